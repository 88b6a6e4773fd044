// Messages that are sent while the agent answers: they wait in order, outlive a reload, and go one after the other.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { TurnOutcome } from '../../../src/agent/events.ts';
import { ComposerRequests } from '../../../src/chat/composer-requests.ts';
import type { ChatHome } from '../../../src/chat/home.ts';
import { attachedAgain } from '../../../src/chat/mentions/resend.ts';
import type { SessionBackend } from '../../../src/chat/session.ts';
import { ThreadSession } from '../../../src/chat/session.ts';
import type { Along, SessionStart } from '../../../src/chat/session-home.ts';
import type { Attachment } from '../../../src/protocol/attachments.ts';
import type { Item } from '../../../src/protocol/transcript-views.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letta-queue-'));
});

/** A window on one thread. @param items what the server has stored */
async function openWindow(items: Item[] = []) {
  const runs: { start: SessionStart; end(outcome: TurnOutcome): void }[] = [];
  const told: string[] = [];
  let unreadable: string | undefined;
  const backend: SessionBackend = {
    load: async () => ({ title: 'T', items: structuredClone(items), hasMore: false }),
    older: async () => ({ items: [], hasMore: false }),
    around: async () => undefined,
    newer: async () => ({ items: [], hasMore: false }),
    run: (_thread, start, _ask, signal, sink) =>
      new Promise((resolve) => {
        const end = (outcome: TurnOutcome) => {
          sink({ type: 'ended', outcome });
          resolve(outcome);
        };
        signal.addEventListener('abort', () => end({ kind: 'stopped' }));
        runs.push({ start, end });
      }),
    titleFor: async () => 'T',
    changed: () => {},
    ended: () => {},
    queueFolder: folder,
    next: (each) => void requests.sendNext(each),
    take: () => ({ release: () => {} }),
  };
  const session = new ThreadSession('thread', backend, () => {});
  const read = async (attached: readonly Attachment[]): Promise<Along> => {
    if (attached.some(({ ref }) => ref === unreadable)) throw new Error('a.ts cannot be sent: it is gone.');
    return { attached: [], reminders: [], sources: [], skills: [], pictures: [] };
  };
  const requests = new ComposerRequests({
    home: async () => ({ settleModel: async () => true, attachments: async () => ({ read }) }) as unknown as ChatHome,
    open: async () => session,
    hasCommand: (command) => command === 'letta.newThread',
    runCommand: () => {},
    takeFirst: () => [],
    shared: () => {},
    startFrom: async () => {},
    tell: (text) => told.push(text),
    log: () => {},
  });
  await session.load();
  const { handlers } = requests;
  const send = (text: string, attached?: Attachment[]) =>
    handlers.send({ threadId: 'thread', text, ...(attached ? { attached } : {}) });
  const texts = () => runs.map(({ start }) => (start.kind === 'message' ? start.text : start.kind));
  const waiting = () => (session.snapshot().queued ?? []).map(({ text }) => text);
  const now = (text: string) => {
    const id = session.queue.queued.find((each) => each.text === text)?.id ?? '';
    return handlers['queue.now']({ threadId: 'thread', id });
  };
  const take = (text: string) => {
    const id = session.queue.queued.find((each) => each.text === text)?.id ?? '';
    return handlers['queue.take']({ threadId: 'thread', id });
  };
  const gone = (ref: string | undefined) => {
    unreadable = ref;
  };
  return { runs, told, session, send, texts, waiting, now, take, gone, done: () => runs.at(-1)?.end({ kind: 'done' }) };
}

describe('messages sent while the agent answers', () => {
  it('wait, and go one after the other in their order', async () => {
    const window = await openWindow();
    for (const text of ['one', 'two', 'three']) await window.send(text);
    expect([window.texts(), window.waiting()]).toEqual([['one'], ['two', 'three']]);
    window.done();
    await vi.waitFor(() => expect([window.texts(), window.waiting()]).toEqual([['one', 'two'], ['three']]));
    window.done();
    await vi.waitFor(() => expect(window.texts()).toEqual(['one', 'two', 'three']));
    await vi.waitFor(() => expect(window.waiting()).toEqual([]));
    // A command is none of them.
    await window.send('/new');
    expect(window.waiting()).toEqual([]);
  });

  it('stay where the answer was stopped or has failed, until the person says so', async () => {
    const window = await openWindow();
    for (const text of ['one', 'two', 'three']) await window.send(text);
    await window.session.stop();
    expect([window.texts(), window.waiting()]).toEqual([['one'], ['two', 'three']]);
    await window.now('three');
    expect([window.texts(), window.waiting()]).toEqual([['one', 'three'], ['two']]);
    // Now: the answer that is being given is stopped.
    await window.now('two');
    expect([window.texts(), window.waiting()]).toEqual([['one', 'three', 'two'], []]);
  });

  it('can be taken back, once', async () => {
    const window = await openWindow();
    await window.send('one');
    const a: Attachment = { kind: 'file', label: 'a.ts', ref: 'a.ts' };
    await window.send('two', [a]);
    expect(await window.take('two')).toMatchObject({ text: 'two', attached: [a] });
    await expect(window.take('two')).rejects.toThrow('sent already');
    expect(window.waiting()).toEqual([]);
  });

  it('are there after a reload; one that was sent when the window was killed is not sent again', async () => {
    const before = await openWindow();
    for (const text of ['one', 'two', 'three']) await before.send(text);
    const [two] = before.session.queue.queued;
    expect((await openWindow()).waiting()).toEqual(['two', 'three']);
    const stored: Item = { kind: 'user', id: two?.id ?? '', text: 'two', date: '' };
    const after = await openWindow([stored]);
    expect([after.waiting(), after.texts()]).toEqual([['three'], []]);
    await after.now('three');
    expect(after.texts()).toEqual(['three']);
    // What one window has sent, another does not send again.
    await before.now('three');
    expect(before.texts()).toEqual(['one', 'two']);
  });

  it('that cannot be sent goes on waiting, and the person is told', async () => {
    const window = await openWindow();
    await window.send('one');
    await window.send('two', [{ kind: 'file', label: 'a.ts', ref: 'a.ts' }]);
    window.gone('a.ts');
    window.done();
    await vi.waitFor(() => expect(window.told).toEqual(['A message still waits: a.ts cannot be sent: it is gone.']));
    expect([window.texts(), window.waiting()]).toEqual([['one'], ['two']]);
    window.gone(undefined);
    await window.now('two');
    expect(window.texts()).toEqual(['one', 'two']);
  });
});

describe('what goes along once more', () => {
  it('is made from its names', () => {
    const sent = (kind: Attachment['kind'], label: string) => ({ kind, label });
    expect(
      attachedAgain([
        sent('file', 'src/a.ts:3-9'),
        sent('folder', 'src/'),
        sent('commit', 'abc123 A shelf'),
        sent('memory', 'project'),
        sent('changes', 'git changes'),
        sent('openFiles', '2 open files'),
        sent('copy', 'shot.png'),
      ]),
    ).toEqual({
      attached: [
        { kind: 'file', label: 'src/a.ts:3-9', ref: 'src/a.ts', lines: [3, 9] },
        { kind: 'folder', label: 'src/', ref: 'src' },
        { kind: 'commit', label: 'abc123 A shelf', ref: 'abc123' },
        { kind: 'memory', label: 'project', ref: 'project' },
        { kind: 'changes', label: 'git changes', ref: '' },
      ],
      lost: ['shot.png'],
    });
  });
});
