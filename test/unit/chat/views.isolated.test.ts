// Several places that show the chat: which one a command goes to, what each shows, and what is left when a tab is closed.
import { expect, test, vi } from 'vitest';
import type { EarlyPage, Surface } from '../../../src/chat/html.ts';
import { Views } from '../../../src/chat/views.ts';
import type { Handlers } from '../../../src/protocol/rpc.ts';

const commands: string[] = [];
vi.mock('vscode', () => ({ commands: { executeCommand: async (command: string) => void commands.push(command) } }));

/** A webview as VS Code gives it. */
function surface(kind: 'view' | 'tab') {
  const posted: { name?: string; event?: string; data?: unknown }[] = [];
  const listeners: { state: (() => void)[]; gone: (() => void)[] } = { state: [], gone: [] };
  const on = (list: (() => void)[]) => (listener: () => void) => {
    list.push(listener);
    return { dispose: () => {} };
  };
  let receive = (_: unknown) => {};
  const common = {
    visible: true,
    webview: { postMessage: (message: object) => posted.push(message) },
    onDidDispose: on(listeners.gone),
    dispose: () => {
      for (const listener of listeners.gone) listener();
    },
  };
  const own =
    kind === 'view'
      ? { show: () => {}, onDidChangeVisibility: on(listeners.state) }
      : { title: '', active: false, reveal: vi.fn(), onDidChangeViewState: on(listeners.state) };
  const fake = { ...common, ...own };
  const page = {
    surface: fake as unknown as Surface,
    spoke: Promise.resolve(),
    renew: () => {},
    listen: (listener: (message: unknown) => void) => {
      receive = listener;
      return { dispose: () => {} };
    },
  } satisfies EarlyPage;
  return {
    page,
    fake: fake as typeof common & { title: string; active: boolean; reveal: () => void },
    posted,
    say: (method: string) => receive({ kind: 'request', id: 1, method, params: {} }),
    change: (to: { visible?: boolean; active?: boolean }) => {
      Object.assign(fake, to);
      for (const listener of listeners.state) listener();
    },
  };
}

function open() {
  const views = new Views({ handlers: () => ({}) as Handlers, kept: () => '', log: () => {} });
  const [side, one, two] = [surface('view'), surface('tab'), surface('tab')];
  views.side.resolve(side.page);
  views.side.shown = 'side';
  views.addTab(one.page, 'one');
  views.addTab(two.page, 'two');
  for (const view of views.all) view.ready();
  return { views, side, one, two };
}

test('a command goes to the view that was used last, while that is in sight', () => {
  const { views, side, one, two } = open();
  expect(views.current.shown).toBe('two');
  side.say('threads.new');
  expect(views.current).toBe(views.side);
  // What a page asks by itself is no sign of a person.
  one.say('snapshot');
  two.say('skills.list');
  expect(views.current).toBe(views.side);
  one.change({ active: true });
  expect(views.current.shown).toBe('one');
  one.change({ visible: false, active: false });
  expect(views.current).toBe(views.side);
});

test('says which threads are shown, and which of them are in sight', () => {
  const { views, one, side } = open();
  one.change({ visible: false });
  expect([views.threads, views.seen, views.visible]).toEqual([['side', 'one', 'two'], ['side', 'two'], true]);
  side.change({ visible: false });
  expect(views.seen).toEqual(['two']);
});

test('what is told goes to all that listen; a hidden one starts anew when it is shown', () => {
  const { views, side, one, two } = open();
  one.change({ visible: false });
  views.send('archive', {});
  expect([side, one, two].map(({ posted }) => posted.length)).toEqual([1, 0, 1]);
});

test('a tab is called by its thread, and shown again instead of a second one', async () => {
  const { views, one } = open();
  const tab = views.tabOf('one');
  tab?.patch({ threadId: 'one', rev: 1, ops: [{ op: 'title', title: 'Renamed' }] });
  expect(one.fake.title).toBe('Renamed');
  await tab?.show('chat', 'composer');
  expect(one.fake.reveal).toHaveBeenCalled();
  expect(commands).toEqual([]);
});

test('a closed tab is gone, and the side bar is where commands go', () => {
  const { views, two } = open();
  two.fake.dispose();
  expect(views.threads).toEqual(['side', 'one']);
  expect(views.current).toBe(views.side);
});

test('another home: tabs whose thread is there go on, the others are closed', async () => {
  const { views } = open();
  const snapshot = { threadId: 'one', title: 'One', rev: 1, items: [], hasMore: false, running: false, approvals: [] };
  await views.renewTabs(async ({ shown }) => {
    if (shown === 'two') throw new Error('gone');
    return snapshot;
  });
  expect(views.threads).toEqual(['side', 'one']);
});
