// The webview boundary against whatever may come over it: dropped and logged, never thrown across, no handler called.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Method, requests } from '../../../src/protocol/messages.ts';
import { type Handlers, HostEnd, ViewEnd } from '../../../src/protocol/rpc.ts';

function host() {
  const called: string[] = [];
  const posted: unknown[] = [];
  const logged: string[] = [];
  const handlers = Object.fromEntries(
    Object.keys(requests).map((method) => [method, async () => void called.push(method)]),
  ) as unknown as Handlers;
  const end = new HostEnd(
    (message) => posted.push(message),
    handlers,
    (line) => logged.push(line),
  );
  return { end, called, posted, logged };
}

const request = (method: string, params: unknown) => ({ kind: 'request', id: 1, method, params });

describe('the end of the host', () => {
  test.each([
    null,
    'text',
    [],
    { kind: 'request' },
    { kind: 'event', event: 'patch', data: {} },
    { kind: 'response', id: 1, result: {} },
    request('noSuchMethod', {}),
    request('constructor', {}),
    request('__proto__', {}),
    request('toString', {}),
  ])('drops and logs %j', async (message) => {
    const { end, called, posted, logged } = host();
    await end.receive(message);
    expect(called).toEqual([]);
    expect(posted).toEqual([]);
    expect(logged).toEqual([expect.stringMatching(/^Dropped a malformed webview message/)]);
  });

  test.each([
    request('send', { threadId: 5, text: 'x' }),
    request('send', { threadId: '', text: 'x' }),
    request('decide', { approvalId: 'a', decision: 'perhaps' }),
    request('mode.select', { mode: 'godmode' }),
    request('openLink', { href: 'x'.repeat(5_000) }),
    request('stop', null),
  ])('drops and logs known requests that are malformed, and says so to who waits: %j', async (message) => {
    const { end, called, posted, logged } = host();
    await end.receive(message);
    expect(called).toEqual([]);
    expect(posted).toEqual([{ kind: 'error', id: 1, message: 'The request was malformed and has been dropped.' }]);
    expect(logged).toEqual([`Dropped a webview request with malformed parameters (${message.method}).`]);
  });

  test('never throws, whatever comes, and calls a handler only for a request that is whole', async () => {
    const near = fc.record({
      kind: fc.constantFrom('request', 'event', 'response', 'error', 'x'),
      id: fc.anything(),
      method: fc.oneof(fc.constantFrom(...(Object.keys(requests) as Method[])), fc.string()),
      params: fc.anything(),
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.anything(), near), async (message) => {
        const { end, called, logged } = host();
        await end.receive(message);
        expect(called.length + logged.length).toBe(1);
        if (called.length === 0) return;
        const { method, params } = message as { method: Method; params: unknown };
        expect(requests[method].params.safeParse(params).success).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('sends what a handler throws as words, and goes on', async () => {
    const posted: unknown[] = [];
    const handlers = { stop: () => Promise.reject(new Error('Not now.')) } as unknown as Handlers;
    const end = new HostEnd(
      (message) => posted.push(message),
      handlers,
      () => {},
    );
    await end.receive(request('stop', { threadId: 't' }));
    expect(posted).toEqual([{ kind: 'error', id: 1, message: 'Not now.' }]);
  });
});

describe('the end of the view', () => {
  test('never throws, whatever comes, and leaves waiting questions alone', async () => {
    const logged: string[] = [];
    const view = new ViewEnd(
      () => {},
      (line) => logged.push(line),
    );
    let settled = false;
    const waiting = view.request('stop', { threadId: 't' }).finally(() => {
      settled = true;
    });
    fc.assert(
      fc.property(fc.anything(), (message) => {
        view.receive(message);
      }),
    );
    view.receive({ kind: 'event', event: 'noSuchEvent', data: {} });
    view.receive({ kind: 'event', event: 'snapshot', data: { threadId: 1 } });
    view.receive({ kind: 'response', id: 99, result: {} });
    expect(logged).toContain('Dropped an unknown or malformed event (noSuchEvent).');
    expect(logged).toContain('Dropped an unknown or malformed event (snapshot).');
    expect(settled).toBe(false);
    view.receive({ kind: 'response', id: 1, result: {} });
    await expect(waiting).resolves.toEqual({});
  });
});
