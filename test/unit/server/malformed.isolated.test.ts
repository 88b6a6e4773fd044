// Every route of the API, found by walking the app, gets bodies, ids, cursors and queries that are made wrong: always an
// answer below 500 with a `detail` that is a text. The schemas that say what is right are those the routes themselves use.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Hono } from 'hono';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type ScriptedModel, startScriptedModel } from '../../support/scripted-model.ts';

type Schema = { _zod: { def: Record<string, unknown> & { type: string } } };

/** The schema of each route, noted as the route uses it. */
const seen = vi.hoisted(() => ({ schema: undefined as unknown }));
vi.mock('../../../src/server/routes/http.ts', async (original) => {
  const real = await original<typeof import('../../../src/server/routes/http.ts')>();
  const readBody: typeof real.readBody = (context, schema) => {
    seen.schema = schema;
    return real.readBody(context, schema);
  };
  return { ...real, readBody };
});

const { buildApp } = await import('../../../src/server/app.ts');
const { rareRoutes } = await import('../../../src/server/routes/rare.ts');
const { Engine } = await import('../../../src/server/engine/engine.ts');
const { createModelRegistry } = await import('../../../src/server/models/create-model-registry.ts');
const { memoryVault, Providers } = await import('../../../src/server/models/providers.ts');
const { Store } = await import('../../../src/server/store/store.ts');

let app: Hono;
let model: ScriptedModel;
let close: () => Promise<void>;
const errors: string[] = [];
/** What the paths' parameters stand for, where it is there. */
let known: Record<string, string>;

let routes: { method: string; path: string }[];

async function ask(method: string, path: string, body?: BodyInit, headers: Record<string, string> = {}) {
  const response = await app.fetch(
    new Request(`http://embedded.invalid${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined || method === 'GET' ? {} : { body }),
    }),
  );
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const text = await response.text();
  return { status: response.status, text, isStream };
}

async function make<T = { id: string }>(path: string, body: unknown): Promise<T> {
  const { status, text } = await ask('POST', path, JSON.stringify(body));
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
  return JSON.parse(text) as T;
}

/** An agent that has one of everything, by the names that paths have for their ids. */
async function world(): Promise<Record<string, string>> {
  const agent = await make('/v1/agents/', {
    name: 'A',
    model: 'scripted/scripted',
    memory_blocks: [{ label: 'human' }],
  });
  const conversation = await make(`/v1/conversations/?agent_id=${agent.id}`, {});
  const passages = await make<{ id: string; archive_id: string }[]>(`/v1/agents/${agent.id}/archival-memory`, {
    text: 'T',
  });
  const sent = await make<{ messages: { run_id: string; step_id: string; id: string }[] }>(
    `/v1/agents/${agent.id}/messages`,
    { input: 'Hi' },
  );
  const block = JSON.parse((await ask('GET', `/v1/agents/${agent.id}/core-memory/blocks/human`)).text) as {
    id: string;
  };
  const [tool] = JSON.parse((await ask('GET', '/v1/tools/')).text) as { id: string; name: string }[];
  const provider = await make('/v1/providers', {
    name: `p-${crypto.randomUUID()}`,
    provider_type: 'vllm',
    base_url: 'http://127.0.0.1:9',
  });
  return {
    provider_id: provider.id,
    agent_id: agent.id,
    conversation_id: conversation.id,
    memory_id: passages[0]?.id ?? '',
    passage_id: passages[0]?.id ?? '',
    archive_id: passages[0]?.archive_id ?? '',
    block_id: block.id,
    label: 'human',
    run_id: sent.messages[0]?.run_id ?? '',
    step_id: sent.messages[0]?.step_id ?? '',
    message_id: sent.messages[0]?.id ?? '',
    tool_id: tool?.id ?? '',
    tool_name: 'memory_insert',
  };
}

beforeAll(async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'letta-malformed-'));
  model = await startScriptedModel({});
  const models = createModelRegistry({
    endpoints: [{ name: 'scripted', baseUrl: model.baseUrl }],
    env: {},
    probeLocal: false,
  });
  const log = (line: string) => void errors.push(line);
  const store = new Store(dataDir, log);
  const engine = new Engine({ store, models, log });
  const deps = { store, engine, providers: new Providers(memoryVault()), version: '0.1.0' };
  app = buildApp(deps, { token: undefined, log });
  const all = [...app.routes, ...rareRoutes(deps).routes];
  routes = [...new Map(all.map((route) => [`${route.method} ${route.path}`, route])).values()].filter(
    ({ method, path }) => method !== 'ALL' || !path.includes('*'),
  );

  known = await world();
  close = async () => {
    engine.close();
    store.close();
    await model.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
});

afterAll(() => close());

/** What stands in a path for its parameters. */
function fill(path: string, value: (name: string) => string): string {
  return path.replace(/:(\w+)(\{[^}]*\})?/g, (_whole, name: string) => value(name));
}

/** That what was answered is a plain refusal, or nothing to complain of. */
function expectPlain(
  what: unknown,
  answer: { status: number; text: string; isStream: boolean },
  isWrong = false,
): void {
  const { status, text } = answer;
  const shown = { what, status, text: text.slice(0, 300), log: errors.splice(0).join('\n').slice(0, 1500) };
  expect(status, JSON.stringify(shown, null, 1)).toBeLessThan(500);
  if (isWrong) expect(status, JSON.stringify(shown, null, 1)).toBeGreaterThanOrEqual(400);
  if (status >= 400) {
    const body = JSON.parse(text) as { detail?: unknown; error?: { message?: unknown } };
    expect(typeof (body.detail ?? body.error?.message), JSON.stringify(shown)).toBe('string');
  }
}

/** Values that are wrong nearly everywhere. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1.5,
    1e308,
    Number.MAX_SAFE_INTEGER,
    '',
    '\0',
    'a\0b',
    '\ud800',
    '\udc00\ud800',
    'x'.repeat(100_000),
    'agent-nonsense',
    '2026-99-99T99:99:99Z',
    '__proto__',
    [],
    [[]],
    [null],
    {},
    { __proto__: null, constructor: 1 },
    { '': '' },
  ),
  fc.string({ unit: 'binary' }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Values that a schema takes. */
function valid(schema: Schema): fc.Arbitrary<unknown> {
  const { def } = schema._zod;
  const inner = () => valid(def.innerType as Schema);
  switch (def.type) {
    case 'string':
      return fc.oneof(
        fc.constantFrom(...Object.values(known), 'default', 'scripted/scripted', 'Hi\0 \ud800'),
        fc.string(),
      );
    case 'number':
    case 'int':
      return fc.integer({ min: 1, max: 1000 });
    case 'boolean':
      return fc.boolean();
    case 'literal':
      return fc.constantFrom(...(def.values as unknown[]));
    case 'enum':
      return fc.constantFrom(...Object.values(def.entries as Record<string, unknown>));
    case 'optional':
    case 'nullable':
      return fc.option(inner(), { nil: def.type === 'optional' ? undefined : null, freq: 2 });
    case 'default':
    case 'prefault':
    case 'readonly':
    case 'lazy':
      return inner();
    case 'array':
      return fc.array(valid(def.element as Schema), { maxLength: 3 });
    case 'record':
      return fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 });
    case 'union':
      return fc.oneof(...(def.options as Schema[]).map(valid));
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(def.shape as Record<string, Schema>).map(([key, each]) => [key, valid(each)]),
        ),
      );
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

/** A value with one place in it, however deep, made odd, taken away or added to. */
function spoiled(value: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(value) && value.length > 0)
    return fc.oneof(
      odd,
      fc.nat(value.length - 1).chain((at) => spoiled(value[at]).map((put) => value.with(at, put))),
    );
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return odd;
  return fc.constantFrom(...Object.keys(value)).chain((key) =>
    fc.oneof(
      {
        weight: 4,
        arbitrary: spoiled((value as Record<string, unknown>)[key]).map((put) => ({ ...value, [key]: put })),
      },
      {
        weight: 1,
        arbitrary: fc.constant(Object.fromEntries(Object.entries(value).filter(([each]) => each !== key))),
      },
      { weight: 1, arbitrary: odd.map((put) => ({ ...value, made_up: put })) },
    ),
  );
}

const withBody = () => routes.filter(({ method }) => ['POST', 'PATCH', 'PUT'].includes(method));

test('the walk finds the routes', () => {
  expect(routes.length).toBeGreaterThan(60);
  expect(withBody().length).toBeGreaterThan(25);
});

test('a body that is no JSON, or no object, is a 422', async () => {
  const bodies: [string, BodyInit][] = [
    ['cut', '{"messages":['],
    ['text', 'hello'],
    ['form', 'a=1&b=2'],
    ['array', '[]'],
    ['number', '7'],
    ['string', '"x"'],
    ['null', 'null'],
    ['deep', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    ['deep object', `{"metadata":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_001)}`],
    ['invalid UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    ['NUL bytes', new Uint8Array(64)],
  ];
  for (const route of withBody()) {
    const path = fill(route.path, (name) => known[name] ?? 'nothing');
    for (const [name, body] of bodies) {
      const type =
        name === 'form' ? 'application/x-www-form-urlencoded' : name === 'text' ? 'text/plain' : 'application/json';
      expectPlain([route.method, path, name], await ask(route.method, path, body, { 'content-type': type }));
    }
  }
});

test('ids that are none are refused, and so are unknown ones', async () => {
  const wrong = [
    'x',
    'agent-1',
    '%00',
    '%ff',
    '%F0%9F%98%80',
    '..%2F..',
    'null',
    'x'.repeat(5_000),
    "'; DROP TABLE agents; --",
  ];
  for (const { method, path } of routes) {
    const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '');
    for (const name of names)
      for (const id of [...wrong, `${(known[name] ?? 'x-').replace(/-.*/, '')}-00000000-0000-4000-8000-000000000000`]) {
        const filled = fill(path, (each) => (each === name ? encodeURIComponent(id) : (known[each] ?? 'nothing')));
        expectPlain([method, filled.slice(0, 200)], await ask(method, filled, '{}'), true);
      }
  }
});

test('queries that make no sense are refused or passed over', async () => {
  const query = fc.array(
    fc.tuple(
      fc.constantFrom(
        'after',
        'before',
        'limit',
        'order',
        'order_by',
        'agent_id',
        'conversation_id',
        'tags',
        'made_up',
      ),
      fc.oneof(
        fc.constantFrom(
          '',
          '0',
          '-1',
          '1e99',
          'NaN',
          'asc',
          'desc',
          'up',
          '\0',
          'agent-1',
          'default',
          ...Object.values(known),
        ),
        fc.string(),
      ),
    ),
    { maxLength: 4 },
  );
  const gets = routes.filter(({ method }) => method === 'GET');
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...gets), query, async ({ path }, pairs) => {
      const filled = `${fill(path, (name) => known[name] ?? 'nothing')}?${new URLSearchParams(pairs)}`;
      expectPlain(filled, await ask('GET', filled));
    }),
    { numRuns: 600 },
  );
});

test('bodies made from the schema of a route, and then spoiled in one place', async () => {
  let tried = 0;
  for (const { method, path } of withBody()) {
    const ids = await world();
    const query = path.includes('agent_id') ? '' : `?agent_id=${ids.agent_id}`;
    const filled = `${fill(path, (name) => ids[name] ?? 'nothing')}${query}`;
    seen.schema = undefined;
    await ask(method, filled, '{"made_up":true}');
    const { schema } = seen;
    if (schema === undefined) continue;
    tried += 1;
    const bodies = valid(schema as Schema).chain((body) => fc.oneof(fc.constant(body), spoiled(body)));
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const json = JSON.stringify(body) ?? '';
        expectPlain([method, filled, json.slice(0, 600)], await ask(method, filled, json));
      }),
      { numRuns: 25 },
    );
    // What was let in can be read, and worked with.
    for (const look of ['', '/messages', '/context', '/core-memory/blocks', '/archival-memory'])
      expectPlain([method, path, look], await ask('GET', `/v1/agents/${ids.agent_id}${look}`));
    expectPlain([method, path, 'send'], await ask('POST', `/v1/agents/${ids.agent_id}/messages`, '{"input":"Hi"}'));
  }
  expect(tried).toBeGreaterThan(25);
  for (const look of ['agents', 'conversations', 'blocks', 'runs', 'steps', 'tags'])
    expectPlain(look, await ask('GET', `/v1/${look}/?limit=1000&archive_status=all`));
}, 120_000);
