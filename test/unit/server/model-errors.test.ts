// What a failing provider is turned into: the kind, and words that say each thing once.
import { describe, expect, test } from 'vitest';
import { toLlmError } from '../../../src/server/engine/model-errors.ts';
import { retryAfter } from '../../../src/server/engine/model-retry.ts';
import { createModelRegistry } from '../../../src/server/models/create-model-registry.ts';

/** As the AI SDK throws it. */
const refusal = (statusCode: number, message: string, responseBody: string) =>
  Object.assign(new Error(message), { name: 'AI_APICallError', statusCode, responseBody });
const network = (code: string) =>
  Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('x'), { code }) });

test.each([
  [
    refusal(401, 'Incorrect API key provided.', '{"error":{"message":"Incorrect API key provided."}}'),
    'llm_authentication',
    'a/b refused the API key (HTTP 401): Incorrect API key provided.',
  ],
  [refusal(429, 'Slow down', '{"error":"Slow down"}'), 'llm_rate_limit', 'a/b is rate limited (HTTP 429): Slow down'],
  [
    refusal(429, 'Too Many Requests', '{"error":{"code":"insufficient_quota"}}'),
    'llm_insufficient_credits',
    'The account behind a/b has no credit left. Add some there, or choose another model: Too Many Requests: {"error":{"code":"insufficient_quota"}}',
  ],
  [
    refusal(400, 'Bad Request', '{"detail":"no such model"}'),
    'llm_bad_request',
    'a/b rejected the request (HTTP 400): Bad Request: {"detail":"no such model"}',
  ],
  [refusal(500, 'Oops "quoted"', '{"m":"Oops \\"quoted\\""}'), 'llm_error', 'a/b failed (HTTP 500): Oops "quoted"'],
  [refusal(504, 'Gateway Timeout', ''), 'llm_timeout', 'a/b did not answer in time: Gateway Timeout'],
  [network('ECONNREFUSED'), 'llm_error', 'a/b cannot be reached (ECONNREFUSED).'],
])('%s is %s', (error, type, message) => {
  expect(toLlmError(error, 'a/b')).toMatchObject({ type, message, detail: message });
});

test.each([
  [{ 'retry-after': '7' }, 7_000],
  [{ 'retry-after-ms': '250', 'retry-after': '7' }, 250],
  [{ 'retry-after': 'soon' }, undefined],
  [{}, undefined],
])('an overloaded provider that sends %j asks to wait %s ms', (responseHeaders, retryAfterMs) => {
  for (const status of [429, 503, 529]) {
    const error = Object.assign(refusal(status, 'Busy', ''), { responseHeaders });
    expect(toLlmError(error, 'a/b').overload).toEqual({ retryAfterMs });
  }
  const date = { 'retry-after': new Date(Date.now() + 30_000).toUTCString() };
  const until = toLlmError(Object.assign(refusal(429, 'Busy', ''), { responseHeaders: date }), 'a/b');
  expect(until.overload?.retryAfterMs).toBeGreaterThan(28_000);
});

test.each([400, 401, 402, 500, 502])('after HTTP %i nothing is asked again', (status) => {
  expect(toLlmError(refusal(status, 'No', ''), 'a/b').overload).toBeUndefined();
  expect(retryAfter(toLlmError(refusal(status, 'No', ''), 'a/b'), 1)).toBeUndefined();
});

test('an overloaded model is asked again after longer and longer, five times in all, and never after minutes', () => {
  const busy = (headers: object) =>
    toLlmError(Object.assign(refusal(529, 'Busy', ''), { responseHeaders: headers }), 'a/b');
  for (const [attempt, about] of [1_000, 2_000, 4_000, 8_000].entries()) {
    const notice = retryAfter(busy({}), attempt + 1);
    expect(notice).toMatchObject({
      attempt: attempt + 2,
      maxAttempts: 5,
      message: expect.stringContaining('overloaded'),
    });
    expect(Math.abs((notice?.delayMs ?? 0) / about - 1)).toBeLessThanOrEqual(0.26);
  }
  expect(retryAfter(busy({}), 5)).toBeUndefined();
  expect(retryAfter(busy({ 'retry-after': '3' }), 1)?.delayMs).toBe(3_000);
  expect(retryAfter(busy({ 'retry-after': '0' }), 3)?.delayMs).toBeGreaterThan(2_900);
  expect(retryAfter(busy({ 'retry-after': '600' }), 1)).toBeUndefined();
  const broke = toLlmError(refusal(429, 'Too Many Requests', '{"error":{"code":"insufficient_quota"}}'), 'a/b');
  expect(retryAfter(broke, 1)).toBeUndefined();
});

describe('a quota of Google', () => {
  const quota = (quotaId: string, words: string, retryDelay: string) => {
    const message = `You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.\n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, ${words}, model: gemini-2.5-flash\nPlease retry in ${retryDelay}.`;
    const details = [
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [{ quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests', quotaId }],
      },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: retryDelay.replace(/\.\d+s/, 's') },
    ];
    const body = { error: { code: 429, message, status: 'RESOURCE_EXHAUSTED', details } };
    return toLlmError(refusal(429, message, JSON.stringify(body)), 'google_ai/gemini-2.5-flash');
  };

  test('of a minute is waited for as long as it says', () => {
    const minute = quota('GenerateRequestsPerMinutePerProjectPerModel-FreeTier', 'limit: 10', '23.42s');
    expect(minute.type).toBe('llm_rate_limit');
    expect(minute.message).toMatch(/^google_ai\/gemini-2\.5-flash is rate limited/);
    expect(retryAfter(minute, 1)?.delayMs).toBe(23_000);
  });

  test.each([
    ['GenerateRequestsPerDayPerProjectPerModel-FreeTier', 'limit: 250'],
    ['GenerateRequestsPerMinutePerProjectPerModel-FreeTier', 'limit: 0'],
  ])('that waiting does not help with is not waited for (%s, %s)', (quotaId, words) => {
    const spent = quota(quotaId, words, '23s');
    expect(spent.type).toBe('llm_insufficient_credits');
    expect(retryAfter(spent, 1)).toBeUndefined();
  });
});

test.each(['Message exceeds token limit.', 'The prompt exceeds the token limit of 64000'])(
  '"%s" is about the length of the request',
  (words) => expect(toLlmError(new Error(words), 'vscode/gpt').isOverflow).toBe(true),
);

test('a connection that breaks after the first word did not fail to be reached', () => {
  expect(toLlmError(network('UND_ERR_SOCKET'), 'a/b', true).message).toBe(
    'a/b broke off in the middle of its answer (UND_ERR_SOCKET).',
  );
});

test('a page of a proxy is cut', () => {
  expect(toLlmError(refusal(502, 'Bad Gateway', `<html>${'x'.repeat(9_000)}`), 'a/b').message.length).toBeLessThan(700);
});

test.each([
  ['anthropic', 'ANTHROPIC_API_KEY'],
  ['openai', 'OPENAI_API_KEY'],
  ['google_ai', 'GEMINI_API_KEY'],
  ['openrouter', 'OPENROUTER_API_KEY'],
])('a key of %s that no header can carry is in no error', async (name, variable) => {
  const registry = createModelRegistry({
    endpoints: [],
    env: { [variable]: 'sk-SEC\nRET' },
    probeLocal: false,
    fetch: async (input, init) => {
      new Request(input, init);
      return Response.json({ error: { message: 'No key.' } }, { status: 401 });
    },
  });
  const { model } = await registry.resolve(`${name}/m`);
  const asked = Promise.resolve(
    model.doGenerate({ prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] }),
  );
  const error = await asked.then(
    () => undefined,
    (thrown: unknown) => toLlmError(thrown, `${name}/m`).toRunError(),
  );
  expect(error).toMatchObject({ error_type: 'llm_authentication' });
  expect(JSON.stringify(error)).not.toMatch(/SEC|RET/);
});
