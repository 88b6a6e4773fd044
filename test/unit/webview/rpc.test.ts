// The boundary: every request and event passes both ends, and nothing malformed does harm on either side.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod/mini';
import { events, type Method, requests } from '../../../src/protocol/messages.ts';
import { type Handlers, HostEnd, ViewEnd } from '../../../src/protocol/rpc.ts';
import { FakeHost } from '../../../webview-ui/dev/fake-host.ts';
import {
  ABOUT,
  APPROVAL,
  BLOCKS,
  ITEMS,
  MODELS,
  SKILLS,
  snapshotOf,
  THREADS,
} from '../../../webview-ui/dev/fixtures.ts';
import { App } from '../../../webview-ui/src/app.ts';

const params: { [M in Method]: z.infer<(typeof requests)[M]['params']> } = {
  ready: { panel: 'chat' },
  'links.find': { hrefs: ['src/a.ts:3'] },
  'code.highlight': { code: 'let a;', language: 'ts', theme: 'Default Dark Modern' },
  'code.insert': { text: 'let a;' },
  'code.apply': { threadId: 'conv-1', text: 'let a;', path: 'src/a.ts' },
  'code.run': { text: 'npm test' },
  send: { threadId: 'conv-1', text: 'Hello' },
  stop: { threadId: 'conv-1' },
  continue: { threadId: 'conv-1' },
  retry: { threadId: 'conv-1' },
  decide: { approvalId: 'approval-1', decision: 'deny' },
  answer: { questionId: 'question', choices: [0] },
  changes: { act: 'keep', path: '/w/a.ts' },
  showDiff: { approvalId: 'approval-1' },
  'command.show': { callId: 'call-1' },
  'command.stop': { callId: 'call-1' },
  'subagent.stop': { callId: 'call-1' },
  snapshot: { threadId: 'conv-1' },
  older: { threadId: 'conv-1', before: 'user-1' },
  newer: { threadId: 'conv-1', after: 'user-1' },
  'threads.list': { query: '', limit: 50 },
  'threads.open': { threadId: 'conv-2' },
  'threads.openInEditor': { threadId: 'a' },
  'threads.new': {},
  'threads.rename': { threadId: 'conv-1', title: 'Better' },
  'threads.delete': { threadId: 'conv-1' },
  'threads.fork': { threadId: 'conv-1' },
  'threads.archive': { threadId: 'conv-1', archived: true },
  'threads.pin': { threadId: 'conv-1', pinned: true },
  'answer.about': { threadId: 'conv-1', itemId: 'answer-1' },
  'answer.compare': { threadId: 'conv-1', itemId: 'answer-1', blockId: 'block-inbox' },
  'answer.askAgain': { threadId: 'conv-1', itemId: 'answer-1', memory: 'none' },
  'answer.why': { threadId: 'conv-1', itemId: 'answer-1' },
  'memory.list': {},
  'memory.save': { blockId: 'block-inbox', value: 'x', base: '' },
  'memory.create': { label: 'decisions', description: '', value: '', limit: 5_000 },
  'memory.change': { blockId: 'block-inbox', label: 'notes', readOnly: true },
  'memory.delete': { blockId: 'block-inbox' },
  'memory.attach': {},
  'memory.history': { blockId: 'block-inbox', before: 'rev-6' },
  'memory.compare': { blockId: 'block-inbox', revisionId: 'rev-8', to: 'rev-6' },
  'memory.restore': { blockId: 'block-inbox', revisionId: 'rev-6' },
  'memory.lines': { blockId: 'block-conventions' },
  'memory.confirm': { blockId: 'block-conventions', line: '- Tests assert what a user sees.' },
  'memory.undo': { label: 'conventions', call: { threadId: 'c', id: 'call' } },
  'memory.expire': { blockId: 'block-conventions', line: '- Tests assert what a user sees.' },
  'memory.showTurn': { threadId: 'conv-1', messageId: 'user-1' },
  'review.list': {},
  'review.accept': { id: 'review-1', text: 'Better.' },
  'review.compare': { id: 'review-1' },
  'review.reject': { id: 'review-1' },
  'review.decideAll': { ids: ['r1'], accept: true },
  'archive.list': { query: 'login', tag: 'build', from: '2026-11-01', to: '2026-11-30', after: 'passage-1' },
  'archive.add': { text: 'x', tags: ['build'] },
  'archive.replace': { id: 'passage-1', text: 'x', tags: [] },
  'archive.confirm': { id: 'passage-1' },
  'archive.delete': { id: 'passage-1' },
  'context.show': { threadId: 'conv-1' },
  'memory.search': { query: 'retry' },
  'agent.select': {},
  remember: { threadId: 'conv-1', text: 'Names are nouns.', answer: false },
  restore: { threadId: 'conv-1', itemId: 'user-1' },
  'skills.list': {},
  'skills.edit': { skillId: 's' },
  'skills.new': {},
  'skills.move': { skillId: 's' },
  'skills.fix': { skillId: 's' },
  'skills.wrap': { skillId: 's' },
  'skills.preview': { skillId: 's' },
  'skills.export': { skillId: 's' },
  'skills.versions': { skillId: 's' },
  'skills.import': {},
  'skills.try': { skillId: 's' },
  'skills.revision': { skillId: 's' },
  'skills.revise': { skillId: 's' },
  'skills.offered': { answer: 'learn' },
  'skills.delete': { skillId: 's' },
  'skills.enable': { skillId: 's', enabled: true },
  'model.select': { handle: 'a/b' },
  'mode.select': { mode: 'plan' },
  'home.retry': {},
  'home.select': {},
  'model.connect': {},
  openLink: { href: 'https://example.com' },
  attach: {},
  'queue.take': { threadId: 't', id: 'q' },
  'queue.now': { threadId: 't', id: 'q' },
  resend: { threadId: 't', itemId: 'i', again: true },
  'attach.find': { typed: 'book' },
  'attach.keep': { name: 'a.png', base64: 'AAAA' },
  'attach.dropped': { uris: ['file:///w/a.ts'] },
  'attach.share': { what: 'selection', on: false },
  copy: { text: 'x' },
};

function connect() {
  const host = new FakeHost((message) => view.receive(structuredClone(message)), {
    snapshot: snapshotOf(ITEMS, { approvals: [APPROVAL] }),
  });
  const view = new ViewEnd(
    (message) => void host.end.receive(structuredClone(message)),
    (text) => host.logged.push(text),
  );
  return { host, view };
}

describe('both ends', () => {
  it.each(Object.keys(requests) as Method[])('carry the request %s and its answer', async (method) => {
    const { host, view } = connect();
    const result = await view.request(method, params[method]);
    expect(requests[method].result.safeParse(result).success).toBe(true);
    expect(host.asked).toEqual([{ method, params: params[method] }]);
    expect(host.logged).toEqual([]);
  });

  it('the view listens to every event', () => {
    const listened = new Set<string>();
    const view = new ViewEnd(
      () => {},
      () => {},
    );
    const on = view.on.bind(view);
    view.on = (event, listener) => {
      listened.add(event);
      return on(event, listener);
    };
    new App(view, { getState: () => undefined, setState: () => {} }).dispose();
    expect([...listened].sort()).toEqual(Object.keys(events).sort());
  });

  it('a refusal arrives in the words of the host', async () => {
    const { view } = connect();
    await expect(view.request('memory.save', { blockId: 'gone', value: '', base: '' })).rejects.toThrow(
      'This block is gone.',
    );
  });

  it('every fixture is what the protocol says', () => {
    expect(events.snapshot.safeParse(snapshotOf(ITEMS, { approvals: [APPROVAL] })).success).toBe(true);
    expect(events.blocks.safeParse(BLOCKS).success).toBe(true);
    expect(events.skills.safeParse(SKILLS).success).toBe(true);
    const list = { threads: THREADS, hasMore: false, hits: [] };
    expect(requests['threads.list'].result.safeParse(list).success).toBe(true);
    expect(events.about.safeParse({ about: ABOUT, models: MODELS, mode: 'plan' }).success).toBe(true);
  });
});

describe('malformed messages', () => {
  const junk = fc.oneof(
    fc.anything(),
    fc.record({
      kind: fc.constantFrom('request', 'response', 'error', 'event'),
      id: fc.anything(),
      method: fc.anything(),
    }),
    fc.record({
      kind: fc.constant('request'),
      id: fc.nat(),
      method: fc.constantFrom(...Object.keys(requests), 'toString', '__proto__', 'constructor'),
      params: fc.anything(),
    }),
    fc.record({
      kind: fc.constant('event'),
      event: fc.constantFrom(...Object.keys(events), 'hasOwnProperty'),
      data: fc.anything(),
    }),
    fc.record({ kind: fc.constant('response'), id: fc.nat(3), result: fc.anything() }),
  );

  it('never throw, and reach a handler only when their parameters are right', async () => {
    await fc.assert(
      fc.asyncProperty(junk, async (message) => {
        const posted: unknown[] = [];
        const reached: unknown[] = [];
        const handlers = Object.fromEntries(
          Object.keys(requests).map((method) => [
            method,
            async (given: unknown) => {
              expect(requests[method as Method].params.safeParse(given).success).toBe(true);
              reached.push(given);
              return {};
            },
          ]),
        ) as unknown as Handlers;
        await new HostEnd(
          (m) => posted.push(m),
          handlers,
          () => {},
        ).receive(message);
        expect(reached.length).toBeLessThanOrEqual(posted.length);
        new ViewEnd(
          () => {},
          () => {},
        ).receive(message);
      }),
    );
  });

  it('an answer of the wrong shape is an error, not a value', async () => {
    const view = new ViewEnd(
      (message) => {
        const { id } = message as { id: number };
        queueMicrotask(() => view.receive({ kind: 'response', id, result: { threadId: 7 } }));
      },
      () => {},
    );
    await expect(view.request('snapshot', { threadId: 'conv-1' })).rejects.toThrow('malformed');
  });
});
