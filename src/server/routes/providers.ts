// /v1/providers: model vendors with a key of the person's own. A key goes in, and never comes out.
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { ApiError } from '../engine/errors.ts';
import { isoOrNull } from '../engine/render.ts';
import type { EndpointConfig } from '../models/endpoint.ts';
import { endpointOf, type Provider, ProviderError } from '../models/providers.ts';
import type { JsonObject } from '../store/json.ts';
import { idParam, pageFrom, pageOf, type RouteDeps, readBody } from './http.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const text = z.nullish(z.string());
const checked = z.object({ provider_type: z.string(), api_key: z._default(z.string(), ''), base_url: text });
const created = z.extend(checked, {
  name: z.string().check(z.regex(NAME, 'letters, digits, dot, hyphen and underscore')),
});
const changed = z.object({ api_key: text, base_url: text });

function view(provider: Provider): JsonObject {
  return {
    id: provider.id,
    name: provider.name,
    provider_type: provider.type,
    provider_category: 'byok',
    base_url: provider.baseUrl,
    api_key: null,
    access_key: null,
    region: null,
    api_version: null,
    created_at: isoOrNull(provider.createdAt),
    updated_at: isoOrNull(provider.updatedAt),
  };
}

/** @throws ApiError 400, 409 in place of a ProviderError */
async function told<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    throw new ApiError(error.reason === 'name_taken' ? 409 : 400, error.message);
  }
}

export function providerRoutes({ engine, providers }: RouteDeps): Hono {
  const app = new Hono({ strict: false });
  const { models } = engine;
  const existing = async (id: string): Promise<Provider> => {
    const provider = await providers.get(id);
    if (!provider) throw new ApiError(404, `Provider with ID ${id} not found`);
    return provider;
  };
  const check = async (endpoint: EndpointConfig, type: string, signal: AbortSignal) => {
    const wrong = await models.check?.(endpoint, signal);
    if (wrong?.reason === 'refused') throw new ApiError(401, wrong.message);
    if (wrong) throw new ApiError(400, wrong.message);
    return { message: `Valid api key for provider_type=${type}` };
  };

  app.get('/', async (c) => {
    const page = pageOf(c, { limit: 50, descending: true });
    const [name, type] = [c.req.query('name'), c.req.query('provider_type')];
    const all = (await providers.list()).filter(
      (provider) => (!name || provider.name === name) && (!type || provider.type === type),
    );
    if (page.descending) all.reverse();
    return c.json(pageFrom(all, page).map(view));
  });

  app.post('/', async (c) => {
    const body = await readBody(c, created);
    const input = {
      name: body.name,
      type: body.provider_type,
      apiKey: body.api_key,
      baseUrl: body.base_url ?? undefined,
    };
    const made = await told(() => providers.create(input, (name) => models.has?.(name) ?? false));
    await models.refreshProviders?.();
    return c.json(view(made));
  });

  app.post('/check', async (c) => {
    const body = await readBody(c, checked);
    const input = {
      name: 'check',
      type: body.provider_type,
      apiKey: body.api_key,
      baseUrl: body.base_url ?? undefined,
    };
    return c.json(await check(await told(() => endpointOf(input)), input.type, c.req.raw.signal));
  });

  app.get('/:provider_id', async (c) => c.json(view(await existing(idParam(c, 'provider', 'provider_id')))));

  app.patch('/:provider_id', async (c) => {
    const { id } = await existing(idParam(c, 'provider', 'provider_id'));
    const body = await readBody(c, changed);
    const changes = { apiKey: body.api_key ?? undefined, baseUrl: body.base_url ?? undefined };
    const provider = await told(() => providers.update(id, changes));
    await models.refreshProviders?.();
    return c.json(view(provider ?? (await existing(id))));
  });

  app.delete('/:provider_id', async (c) => {
    const { id } = await existing(idParam(c, 'provider', 'provider_id'));
    await providers.delete(id);
    await models.refreshProviders?.();
    return c.json({ message: `Provider id=${id} successfully deleted` });
  });

  app.post('/:provider_id/check', async (c) => {
    const provider = await existing(idParam(c, 'provider', 'provider_id'));
    return c.json(await check(await told(() => endpointOf(provider)), provider.type, c.req.raw.signal));
  });

  app.patch('/:provider_id/refresh', async (c) => {
    const provider = await existing(idParam(c, 'provider', 'provider_id'));
    await models.list(c.req.raw.signal);
    return c.json(view(provider));
  });

  return app;
}
