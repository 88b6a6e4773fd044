// What a failing provider is turned into: the kind, and words that say each thing once.
import { expect, test } from 'vitest';
import { toLlmError } from '../../../src/server/engine/model-errors.ts';

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
    'The account behind a/b has no credit left: Too Many Requests: {"error":{"code":"insufficient_quota"}}',
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

test('a connection that breaks after the first word did not fail to be reached', () => {
  expect(toLlmError(network('UND_ERR_SOCKET'), 'a/b', true).message).toBe(
    'a/b broke off in the middle of its answer (UND_ERR_SOCKET).',
  );
});

test('a page of a proxy is cut', () => {
  expect(toLlmError(refusal(502, 'Bad Gateway', `<html>${'x'.repeat(9_000)}`), 'a/b').message.length).toBeLessThan(700);
});
