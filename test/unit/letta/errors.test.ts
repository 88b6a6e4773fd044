// Errors of Letta servers, of both kinds, as typed reasons with words for people.
import { APIConnectionError, APIConnectionTimeoutError, APIError } from '@letta-ai/letta-client';
import { describe, expect, it } from 'vitest';
import { errorFromBody, isErrorFrame, toFailure, toLettaError } from '../../../src/letta/errors.ts';

const http = (status: number, body: unknown) =>
  toLettaError(APIError.generate(status, body as object, undefined, new Headers()));

describe('toLettaError', () => {
  it.each([
    [
      409,
      { detail: 'CONFLICT: Cannot send a new message: The agent is waiting for approval on a tool call.' },
      'pending_approval',
    ],
    [409, { detail: { code: 'PENDING_APPROVAL', message: 'x', pending_request_id: 'message-1' } }, 'pending_approval'],
    [
      409,
      { detail: 'CONFLICT: Another request is currently being processed for this conversation.', run_id: 'run-1' },
      'busy',
    ],
    [400, { detail: "Invalid tool call IDs. Expected '['a']', but received '['b']'" }, 'wrong_approval_ids'],
    [
      400,
      { detail: 'Cannot process approval response: No tool call is currently awaiting approval.' },
      'nothing_pending',
    ],
    [400, { detail: 'INVALID_ARGUMENT: no' }, 'bad_request'],
    [401, { detail: 'Unauthorized' }, 'unauthorized'],
    [402, { detail: 'no credits' }, 'credits'],
    [404, { detail: 'Agent not found' }, 'not_found'],
    [410, { detail: 'too old' }, 'not_found'],
    [422, { trace_id: '1', detail: 'bad id' }, 'bad_request'],
    [429, { error: { type: 'llm_rate_limit', message: 'slow down', detail: '' } }, 'rate_limited'],
    [500, { detail: 'An unknown error occurred' }, 'unknown'],
    [500, { detail: 'SQLITE_CORRUPT: database disk image is malformed' }, 'storage'],
    [502, { error: { type: 'llm_error', message: 'Connection refused' } }, 'model_unreachable'],
    [503, { detail: 'no' }, 'unreachable'],
  ])('%i %j is %s', (status, body, reason) => {
    expect(http(status, body)).toMatchObject({ reason, status });
  });

  it('keeps the run that is in the way', () => {
    expect(http(409, { detail: 'is currently being processed', run_id: 'run-7' }).runId).toBe('run-7');
  });

  it.each([
    ['llm_timeout', 'timeout'],
    ['llm_rate_limit', 'rate_limited'],
    ['llm_authentication', 'model_auth'],
    ['llm_insufficient_credits', 'credits'],
    ['llm_bad_request', 'bad_request'],
    ['llm_error', 'model_unreachable'],
    ['llm_empty_response', 'model_unreachable'],
    ['internal_error', 'unknown'],
  ])('a stream that ends in %s is %s', (type, reason) => {
    const frame = {
      message_type: 'error_message',
      run_id: 'run-1',
      error_type: type,
      message: 'm',
      detail: 'd',
      seq_id: 3,
    };
    const thrown = new APIError(undefined, frame, undefined, undefined);
    expect(isErrorFrame(thrown)).toBe(true);
    expect(toLettaError(thrown)).toMatchObject({ reason, runId: 'run-1' });
  });

  it('reads a refusal that comes inside a stream, its reason in `detail`', () => {
    const frame = {
      message_type: 'error_message',
      error_type: 'internal_error',
      message: 'An error occurred',
      detail: 'CONFLICT: Cannot send a new message: The agent is waiting for approval on a tool call.',
    };
    expect(errorFromBody(frame).reason).toBe('pending_approval');
  });

  it('tells an interrupted run from a failed one', () => {
    expect(errorFromBody({ error_type: 'stream_incomplete', message: 'ended' }).interrupted).toBe(true);
    expect(errorFromBody({ error_type: 'llm_error', message: 'ended' }).interrupted).toBe(false);
  });

  it('tells a server that is away from one that is slow', () => {
    expect(toLettaError(new APIConnectionError({ message: 'x', cause: new Error('ECONNREFUSED') })).reason).toBe(
      'unreachable',
    );
    expect(toLettaError(new APIConnectionTimeoutError()).reason).toBe('timeout');
    expect(toLettaError(new TypeError('fetch failed')).reason).toBe('unreachable');
    expect(isErrorFrame(new APIConnectionError({ message: 'x' }))).toBe(false);
  });
});

describe('toFailure', () => {
  it('says what happened in the server’s words, and what to do', () => {
    const failure = toFailure(http(401, { detail: 'Unauthorized' }));
    expect(failure.message).toBe('The Letta server refused the key. Unauthorized');
    expect(failure.hint).toContain('Sign in');
  });

  it('shortens what a proxy may have put there', () => {
    expect(toFailure(http(500, { detail: 'x'.repeat(10_000) })).message.length).toBeLessThan(800);
  });

  it('never promises that Retry mends a damaged store', () => {
    expect(toFailure(http(500, { detail: 'SQLITE_CORRUPT' })).retry).toBe(false);
  });
});
