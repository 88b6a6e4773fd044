// The embedded Letta server: the Letta REST API as a fetch handler.
import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import type { EmbeddingOptions } from './embeddings/embeddings.ts';
import { Engine } from './engine/engine.ts';
import { ApiError } from './engine/errors.ts';
import type { LeaseOptions } from './engine/lease-keeper.ts';
import { memoryVault, Providers, type Vault } from './models/providers.ts';
import type { ModelRegistry } from './models/registry.ts';
import { agentRoutes } from './routes/agents.ts';
import { agentBlockRoutes, blockRoutes } from './routes/blocks.ts';
import { conversationRoutes } from './routes/conversations.ts';
import type { RouteDeps } from './routes/http.ts';
import { messageSearchRoutes } from './routes/message-search.ts';
import { modelRoutes } from './routes/models.ts';
import { passageRoutes } from './routes/passages.ts';
import { messageRoutes, runRoutes } from './routes/runs.ts';
import { agentMessageRoutes, conversationMessageRoutes, runStreamRoutes } from './routes/send.ts';
import { agentToolRoutes, toolRoutes } from './routes/tools.ts';
import { StoreError } from './store/errors.ts';
import { Store } from './store/store.ts';

export interface ServerOptions {
  /** Folder of `letta.db`; made when missing. */
  dataDir: string;
  models: ModelRegistry;
  /** Where providers that are made through the API are kept, with their keys; default: in memory. */
  vault?: Vault;
  /** The product's version, said by `/v1/health/`. */
  version: string;
  /** Bearer token that every request but health must carry; undefined: none is asked. */
  token?: string;
  log?: (line: string) => void;
  /** Called before a database of an earlier version is changed: that may take long. */
  migrating?: () => void;
  /** Milliseconds a model may send nothing before its call is given up; default 180,000. */
  modelIdleTimeoutMs?: number;
  /** How a process shows that it still runs what it began; for tests. */
  lease?: LeaseOptions;
  /** Whether agents' own Python tools run here: each call once its source was approved, all, or none (default). */
  ownTools?: 'ask' | 'allow' | 'refuse';
  /** How passages get their vectors; for tests. */
  embedding?: EmbeddingOptions;
}

export interface LettaServer {
  fetch(request: Request): Promise<Response>;
  /** Marks its runs interrupted, flushes streamed text, closes the database. Within 500 ms. */
  close(): Promise<void>;
}

/**
 * Opens the database and answers the Letta API.
 * @throws StoreError where the database is damaged, newer than this program, or cannot be used
 */
export async function createServer(options: ServerOptions): Promise<LettaServer> {
  const log = options.log ?? (() => {});
  const store = new Store(options.dataDir, log, options.migrating);
  let engine: Engine;
  try {
    const { models, modelIdleTimeoutMs: idleTimeoutMs, lease, embedding, ownTools } = options;
    engine = new Engine({
      store,
      models,
      log,
      ...(idleTimeoutMs ? { idleTimeoutMs } : {}),
      ...(lease ? { lease } : {}),
      ...(embedding ? { embedding } : {}),
      ...(ownTools ? { ownTools } : {}),
    });
  } catch (error) {
    store.close();
    throw error;
  }
  const providers = new Providers(options.vault ?? memoryVault());
  // Who asks for one of their models before this is done waits for it.
  options.models
    .provide?.(() => providers.endpoints())
    .catch((error: unknown) => log(`Providers could not be read: ${error}`));
  const app = buildApp({ store, engine, providers, version: options.version }, { token: options.token, log });
  return {
    fetch: async (request) => app.fetch(request),
    close: async () => {
      engine.close();
      // What the readers of ended runs still have in hand is theirs; nothing below touches the store again.
      store.close();
    },
  };
}

/** In the shapes of both APIs: clients show the field they know. */
const UNAUTHORIZED = {
  detail: 'Unauthorized',
  error: {
    message: 'Unauthorized: the token is missing or wrong.',
    type: 'invalid_request_error',
    code: 'invalid_api_key',
  },
};

/** All routes. What the extension itself never asks for is loaded with its first request: it would only slow the start. */
export function buildApp(
  deps: RouteDeps,
  { token, log }: { token: string | undefined; log(line: string): void },
): Hono {
  const app = new Hono({ strict: false });

  app.get('/v1/health', (c) => c.json({ version: deps.version, status: 'ok' }));
  // Some clients name the newest version of the API.
  app.all('/latest/*', (c) => {
    const url = new URL(c.req.url);
    url.pathname = url.pathname.replace(/^\/latest/, '/v1');
    return app.fetch(new Request(url, c.req.raw));
  });

  if (token !== undefined) {
    app.use(async (c, next) => {
      if (!carries(c.req.raw.headers, token))
        // Unless it is asked for them git sends no credentials; a browser that was asked would open a dialog.
        return c.json(
          UNAUTHORIZED,
          401,
          c.req.path.startsWith('/v1/git/') ? { 'www-authenticate': 'Basic realm="Letta"' } : {},
        );
      return next();
    });
  }

  const agents = [agentMessageRoutes, agentBlockRoutes, agentToolRoutes, passageRoutes, agentRoutes];
  for (const routes of agents) app.route('/v1/agents', routes(deps));
  app.route('/v1/blocks', blockRoutes(deps));
  app.route('/v1/conversations', conversationMessageRoutes(deps));
  app.route('/v1/conversations', conversationRoutes(deps));
  app.route('/v1/messages', messageRoutes(deps));
  app.route('/v1/messages', messageSearchRoutes(deps));
  app.route('/v1/models', modelRoutes(deps));
  app.route('/v1/runs', runStreamRoutes(deps));
  app.route('/v1/runs', runRoutes(deps));
  app.route('/v1/tools', toolRoutes(deps));
  app.get('/v1/tags', (c) => c.json(deps.store.agents.tags()));

  let rare: Promise<Hono> | undefined;
  app.notFound(async (c) => {
    rare ??= import('./routes/rare.ts').then(({ rareRoutes }) => rareRoutes(deps).onError(answerTo));
    return (await rare).fetch(c.req.raw);
  });
  const answerTo = (error: Error): Response => {
    if (error instanceof ApiError) return Response.json(error.body, { status: error.status, headers: error.headers });
    if (error instanceof StoreError) {
      log(error.message);
      return Response.json({ detail: error.message }, { status: 500, headers: { 'x-should-retry': 'false' } });
    }
    log(error.stack ?? error.message);
    return Response.json({ detail: 'An unknown error occurred' }, { status: 500 });
  };
  return app.onError(answerTo);
}

/** As a bearer, as older clients send it (`X-BARE-PASSWORD: password TOKEN`), or as git does: the password of anybody. */
function carries(headers: Headers, token: string): boolean {
  const bare = headers.get('x-bare-password')?.replace(/^password\s+/i, '');
  const given = headers.get('authorization') ?? '';
  const [, basic] = /^basic\s+(\S+)$/i.exec(given) ?? [];
  const password =
    basic &&
    Buffer.from(basic, 'base64')
      .toString('utf8')
      .replace(/^[^:]*:/, '');
  return [given.replace(/^bearer\s+/i, ''), bare, password].some((each) => sameToken(each, token));
}

/** In a time that does not tell how much of it is right. */
function sameToken(given: string | undefined, token: string): boolean {
  const [a, b] = [given ?? '', token].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
