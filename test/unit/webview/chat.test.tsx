// @vitest-environment happy-dom
// The Chat panel as a person and a screen reader meet it.
import { act, cleanup, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Init } from '../../../src/protocol/messages.ts';
import { ViewEnd } from '../../../src/protocol/rpc.ts';
import { ABOUT, APPROVAL, ended, ITEMS, PROTECTED_APPROVAL, snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { App } from '../../../webview-ui/src/app.ts';
import { openView } from './view.tsx';

const composer = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message the agent' });
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name });

describe('the first view', () => {
  it('says which agent, which home, which model, and how to connect a better one', async () => {
    const { host, settle } = await openView();
    const about = within(screen.getByRole('region', { name: 'About this agent' }));
    about.getByText('Letta');
    about.getByText('Embedded home on this computer (workbench)');
    about.getByText('demo/offline');
    fireEvent.click(about.getByRole('button', { name: 'Connect a model…' }));
    await settle();
    expect(host.asked.at(-1)?.method).toBe('model.connect');
    expect(screen.getAllByRole('tab').map((tab) => tab.textContent)).toEqual(['Chat', 'Threads', 'Memory', 'Skills']);
  });

  it('keeps the same facts in sight once there are messages', async () => {
    await openView({ snapshot: snapshotOf(ITEMS) });
    const about = within(screen.getByRole('region', { name: 'About this agent' }));
    about.getByText('Letta');
    about.getByText('Embedded home on this computer (workbench)');
    about.getByText('demo/offline');
    about.getByRole('button', { name: 'Connect a model…' });
  });

  it('says why the extension could not start, and tries again', async () => {
    let fail = true;
    const { host, settle } = await openView({
      handlers: {
        ready: async () => {
          if (fail) throw new Error('The database is newer than this version.');
          return { about: ABOUT, models: [], mode: 'standard', panel: 'chat', snapshot: snapshotOf([]) };
        },
      },
    });
    expect(screen.getByRole('alert').textContent).toContain('The database is newer than this version.');
    fail = false;
    fireEvent.click(button('Retry'));
    await settle();
    composer();
    // One that has started takes no notice.
    fail = true;
    host.end.send('again', {});
    await settle();
    composer();
  });

  it('tries again by itself once the host says that the reason is gone', async () => {
    let fail = true;
    const { host, settle } = await openView({
      handlers: {
        ready: async () => {
          if (fail) throw new Error('The Letta server refused the key.');
          return { about: ABOUT, models: [], mode: 'standard', panel: 'chat', snapshot: snapshotOf([]) };
        },
      },
    });
    expect(screen.getByRole('alert').textContent).toContain('The Letta server refused the key.');
    fail = false;
    host.end.send('again', {});
    await settle();
    expect(screen.queryByRole('alert')).toBeNull();
    composer();
  });
});

describe('a host that is slow to start', () => {
  afterEach(() => vi.useRealTimers());

  it('is said to be slow after a while, and the text typed meanwhile is kept', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let answer: (init: Init) => void = () => {};
    const view = new ViewEnd(
      (message) => {
        const { id } = message as { id: number };
        answer = (result) => view.receive({ kind: 'response', id, result });
      },
      () => {},
    );
    const app = new App(view, { getState: () => undefined, setState: () => {} });
    const started = app.start();
    app.setDraft('', 'Hello');
    vi.advanceTimersByTime(10_000);
    expect(app.store.getState().problem).toContain('Show Log');
    answer({ about: ABOUT, models: [], mode: 'standard', panel: 'chat', snapshot: snapshotOf([]) });
    await started;
    expect(app.store.getState()).toMatchObject({ phase: 'ready', problem: undefined, drafts: { 'conv-1': 'Hello' } });
  });
});

describe('the conversation', () => {
  it('is a log of articles by You and the agent', async () => {
    await openView({ snapshot: snapshotOf(ITEMS) });
    const log = within(screen.getByRole('log', { name: 'Conversation' }));
    expect(log.getAllByRole('article', { name: 'You' })).toHaveLength(2);
    expect(log.getAllByRole('article', { name: 'Letta' })).toHaveLength(2);
  });

  it('streams into one article and says so to assistive technology', async () => {
    const { host, settle } = await openView({ snapshot: snapshotOf(ITEMS.slice(0, 1)) });
    host.patch(
      { op: 'item', item: { kind: 'agent', id: 'live', parts: [], state: 'streaming', date: '' } },
      { op: 'running', running: true },
    );
    await settle();
    const article = screen.getByRole('article', { name: 'Letta' });
    expect(article.getAttribute('aria-busy')).toBe('true');
    for (const word of ['The **fir', 'st** words']) {
      host.patch({ op: 'append', itemId: 'live', partType: 'text', partId: 't', text: word });
      await settle();
    }
    expect(article.querySelector('strong')?.textContent).toBe('first');
    expect(screen.getByRole('status').textContent).toBe('');
    host.patch({ op: 'state', itemId: 'live', state: 'done' }, { op: 'running', running: false });
    await settle();
    expect(article.getAttribute('aria-busy')).toBe('false');
    expect(screen.getByRole('status').textContent).toBe('The **first** words');
  });

  it('names a tool call by title and target and tells its state', async () => {
    await openView({ snapshot: snapshotOf(ITEMS) });
    const log = within(screen.getByRole('log'));
    const read = log.getByRole('group', { name: 'Read /var/log/build.log' });
    within(read).getByText('failed');
    const denied = log.getByRole('group', { name: /^Write packages/ });
    within(denied).getByText('denied');
    within(log.getByRole('group', { name: 'List open files' })).getByText('done');
  });

  it('shows label, old and new text of a memory change, and problems, without a click', async () => {
    await openView({ snapshot: snapshotOf(ITEMS) });
    const card = within(screen.getByRole('group', { name: 'Update memory conventions' }));
    expect(card.getAllByText('conventions').length).toBeGreaterThan(0);
    expect(card.getByText('- Retry every failed request three times.').tagName).toBe('DEL');
    expect(card.getByText(/Retry transient errors only/).tagName).toBe('INS');
    const edit = within(screen.getByRole('group', { name: 'Edit src/retry.ts' }));
    edit.getByText(/Cannot find name 'retryOnce'/);
    edit.getByText(/'i' is declared but never read/);
  });

  it('opens and closes reasoning and tool details', async () => {
    await openView({ snapshot: snapshotOf(ITEMS) });
    const toggle = screen.getByRole('button', { name: /^Reasoning/ });
    expect(toggle.getAttribute('aria-expanded')).toBe('false');
    expect(screen.queryByText(/wants retries that stop early/)).toBeNull();
    fireEvent.click(toggle);
    screen.getByText(/wants retries that stop early/);
    fireEvent.click(toggle);
    expect(screen.queryByText(/wants retries that stop early/)).toBeNull();
  });

  it('offers Continue inside an interrupted answer, for the newest one only', async () => {
    const { host, settle } = await openView({ snapshot: snapshotOf(ended('interrupted')) });
    const article = within(screen.getByRole('article', { name: 'Letta' }));
    article.getByText('Interrupted');
    article.getByRole('button', { name: 'Continue' }).focus();
    fireEvent.click(article.getByRole('button', { name: 'Continue' }));
    await settle();
    // The button goes away; the keyboard goes on in the composer.
    expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'Message the agent' }));
    expect(host.asked.at(-1)).toEqual({ method: 'continue', params: { threadId: 'conv-1' } });
    host.patch({ op: 'item', item: { kind: 'user', id: 'u9', text: 'Never mind.', skill: 'give-up', date: '' } });
    await settle();
    article.getByText('Interrupted');
    expect(screen.getByText('give-up').parentElement?.textContent).toBe('Sent with the skill give-up');
    expect(article.queryByRole('button', { name: 'Continue' })).toBeNull();
  });

  it('shows a failure with message, hint and Retry', async () => {
    const { host, settle } = await openView({ snapshot: snapshotOf(ended('failed')) });
    const article = within(screen.getByRole('article', { name: 'Letta' }));
    article.getByText('The model endpoint refused the key (401).');
    article.getByText(/Check the key of the endpoint/);
    fireEvent.click(article.getByRole('button', { name: 'Retry' }));
    await settle();
    expect(host.asked.at(-1)?.method).toBe('retry');
  });
});

describe('the composer', () => {
  it('sends with Enter and is empty at once; Shift+Enter is a new line', async () => {
    const { host, settle } = await openView();
    fireEvent.change(composer(), { target: { value: 'Hello' } });
    fireEvent.keyDown(composer(), { key: 'Enter', shiftKey: true });
    expect(host.asked.some((a) => a.method === 'send')).toBe(false);
    fireEvent.keyDown(composer(), { key: 'Enter' });
    expect(composer().value).toBe('');
    await settle();
    expect(host.asked.at(-1)).toEqual({ method: 'send', params: { threadId: 'conv-1', text: 'Hello' } });
  });

  it.each([
    ['isComposing', { key: 'Enter', isComposing: true }],
    ['key code 229', { key: 'Enter', keyCode: 229 }],
  ])('leaves Enter to an input method that composes (%s)', async (_, event) => {
    const { host, settle } = await openView();
    fireEvent.change(composer(), { target: { value: 'こんにち' } });
    fireEvent.keyDown(composer(), event);
    await settle();
    expect(composer().value).toBe('こんにち');
    expect(host.asked.some((a) => a.method === 'send')).toBe(false);
  });

  it('gives the text back when the host refuses it, and says why', async () => {
    const { settle } = await openView({
      handlers: { send: async () => Promise.reject(new Error('The agent is still answering here.')) },
    });
    fireEvent.change(composer(), { target: { value: 'Hello' } });
    fireEvent.click(button('Send'));
    await settle();
    expect(composer().value).toBe('Hello');
    expect(screen.getByRole('alert').textContent).toContain('still answering');
    fireEvent.click(button('Dismiss'));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('shows Stop only while a turn runs, beside Send; Escape stops nothing', async () => {
    const { host, settle } = await openView({ snapshot: snapshotOf(ITEMS) });
    expect(screen.queryByRole('button', { name: 'Stop' })).toBeNull();
    host.patch({ op: 'running', running: true });
    await settle();
    fireEvent.change(composer(), { target: { value: 'Next' } });
    fireEvent.keyDown(composer(), { key: 'Escape' });
    await settle();
    expect(composer().value).toBe('Next');
    fireEvent.keyDown(composer(), { key: 'Enter' });
    await settle();
    // The host has it wait.
    expect(host.asked.map((a) => a.method)).not.toContain('stop');
    expect(host.asked.at(-1)).toMatchObject({ method: 'send', params: { text: 'Next' } });
    expect(composer().value).toBe('');
    fireEvent.change(composer(), { target: { value: 'Next' } });
    fireEvent.click(button('Stop'));
    await settle();
    expect(host.asked.at(-1)?.method).toBe('stop');
    expect(screen.queryByRole('button', { name: 'Stop' })).toBeNull();
    expect(button('Send').disabled).toBe(false);
  });

  it('goes through what was sent with the arrow keys, only from an empty box', async () => {
    await openView({ snapshot: snapshotOf(ITEMS) });
    const up = () => fireEvent.keyDown(composer(), { key: 'ArrowUp' });
    up();
    expect(composer().value).toMatch(/^Now run the tests/);
    up();
    expect(composer().value).toMatch(/^Retry only what can succeed/);
    up();
    expect(composer().value).toMatch(/^Retry only what can succeed/);
    fireEvent.keyDown(composer(), { key: 'ArrowDown' });
    fireEvent.keyDown(composer(), { key: 'ArrowDown' });
    expect(composer().value).toBe('');
    fireEvent.change(composer(), { target: { value: 'mine' } });
    up();
    expect(composer().value).toBe('mine');
  });

  it('keeps a draft per thread, also when the view is thrown away', async () => {
    const { kept, app, settle } = await openView();
    fireEvent.change(composer(), { target: { value: 'Half a thou' } });
    await act(() => app.openThread('conv-2'));
    await settle();
    expect(composer().value).toBe('');
    fireEvent.change(composer(), { target: { value: 'Other' } });
    cleanup();
    const {
      host,
      app: second,
      settle: again,
    } = await openView({ snapshot: snapshotOf([], { threadId: 'conv-2' }) }, kept);
    expect(host.asked[0]).toEqual({ method: 'ready', params: { panel: 'chat', threadId: 'conv-2' } });
    expect(composer().value).toBe('Other');
    await act(() => second.openThread('conv-1'));
    await again();
    expect(composer().value).toBe('Half a thou');
  });

  it('takes text that a command puts in, after what was there', async () => {
    const { host, settle } = await openView();
    fireEvent.change(composer(), { target: { value: 'Look at this:' } });
    host.end.send('insert', { text: '`src/a.ts:3-9`' });
    await settle();
    expect(composer().value).toBe('Look at this:\n`src/a.ts:3-9`');
    expect(host.asked.some((a) => a.method === 'send')).toBe(false);
  });

  it('selects model and permission mode', async () => {
    const { host, settle } = await openView();
    const model = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Model' });
    const mode = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Permission mode' });
    expect([model.value, mode.value]).toEqual(['demo/offline', 'standard']);
    fireEvent.change(model, { target: { value: 'ollama/qwen3:8b' } });
    fireEvent.change(mode, { target: { value: 'plan' } });
    await settle();
    expect(host.asked.slice(-2)).toEqual([
      { method: 'model.select', params: { handle: 'ollama/qwen3:8b' } },
      { method: 'mode.select', params: { mode: 'plan' } },
    ]);
    expect([model.value, mode.value]).toEqual(['ollama/qwen3:8b', 'plan']);
  });
});

describe('approvals', () => {
  const scene = {
    snapshot: snapshotOf(ITEMS.slice(0, 1), { running: true, approvals: [APPROVAL, PROTECTED_APPROVAL] }),
  };

  it('wait as named groups with what, why, the diff and three answers', async () => {
    const { host, settle } = await openView(scene);
    const group = within(screen.getByRole('group', { name: 'Approval: Edit src/retry.ts' }));
    group.getByText(/Edits in the workspace ask/);
    group.getByText('Edit(src/retry.ts)');
    group.getByText(/attempt < MAX_ATTEMPTS/);
    fireEvent.click(group.getByRole('button', { name: 'Allow' }));
    fireEvent.click(group.getByRole('button', { name: 'Deny' }));
    await settle();
    const decisions = host.asked.filter((a) => a.method === 'decide');
    expect(decisions).toEqual([{ method: 'decide', params: { approvalId: 'approval-1', decision: 'allow' } }]);
    expect(screen.queryByRole('group', { name: 'Approval: Edit src/retry.ts' })).toBeNull();
  });

  it('show every rule that Always allow would add', async () => {
    const rules = ['Bash(npm ci:*)', 'Bash(npm test:*)'];
    const { alwaysRule: _, diff: __, ...bare } = APPROVAL;
    const several = { ...bare, title: 'Bash npm ci && npm test', alwaysRules: rules };
    const { host, settle } = await openView({
      snapshot: snapshotOf(ITEMS.slice(0, 1), { running: true, approvals: [several] }),
    });
    const group = within(screen.getByRole('group', { name: 'Approval: Bash npm ci && npm test' }));
    group.getByText('Always allow adds the rules');
    expect(group.getAllByRole('listitem').map((item) => item.textContent)).toEqual(rules);
    fireEvent.click(group.getByRole('button', { name: 'Always allow…' }));
    await settle();
    expect(host.asked.filter((a) => a.method === 'decide')).toEqual([
      { method: 'decide', params: { approvalId: 'approval-1', decision: 'always' } },
    ]);
  });

  it('offer what allows it for good without a rule by its name', async () => {
    const { alwaysRule: _, diff: __, ...bare } = APPROVAL;
    const own = { ...bare, title: 'Python tool greet', always: 'Allow for this source' };
    const { host, settle } = await openView({
      snapshot: snapshotOf(ITEMS.slice(0, 1), { running: true, approvals: [own] }),
    });
    const group = within(screen.getByRole('group', { name: 'Approval: Python tool greet' }));
    fireEvent.click(group.getByRole('button', { name: 'Allow for this source' }));
    await settle();
    expect(host.asked.filter((each) => each.method === 'decide')).toEqual([
      { method: 'decide', params: { approvalId: 'approval-1', decision: 'always' } },
    ]);
  });

  it('show the command in the reason as code, also one with backquotes of its own', async () => {
    const reason = 'standard mode asks before `echo `id`` is run.';
    await openView({
      snapshot: snapshotOf(ITEMS.slice(0, 1), { running: true, approvals: [{ ...APPROVAL, reason }] }),
    });
    const group = within(screen.getByRole('group', { name: `Approval: ${APPROVAL.title}` }));
    expect(group.getByText('echo `id`').tagName).toBe('CODE');
    expect(group.getByText(/asks before/).textContent).toBe('standard mode asks before echo `id` is run.');
  });

  it('never offer a rule for what is always asked', async () => {
    await openView(scene);
    const group = within(screen.getByRole('group', { name: 'Approval: Write .vscode/tasks.json' }));
    expect(group.getByRole<HTMLButtonElement>('button', { name: 'Always allow…' }).disabled).toBe(true);
    expect(group.getByRole<HTMLButtonElement>('button', { name: 'Deny' }).disabled).toBe(false);
  });

  it('can be answered again when the host refused the first answer', async () => {
    const { settle } = await openView({
      ...scene,
      handlers: { decide: async () => Promise.reject(new Error('Try again.')) },
    });
    const group = within(screen.getByRole('group', { name: 'Approval: Edit src/retry.ts' }));
    fireEvent.click(group.getByRole('button', { name: 'Allow' }));
    await settle();
    expect(group.getByRole<HTMLButtonElement>('button', { name: 'Allow' }).disabled).toBe(false);
  });
});

describe('the feed', () => {
  it('asks for a snapshot when a patch was lost, and shows what it brings', async () => {
    const { host, settle } = await openView({ snapshot: snapshotOf(ITEMS.slice(0, 1)) });
    host.thread = snapshotOf([...ITEMS.slice(0, 1), { kind: 'notice', id: 'n', text: 'Retrying in 4 s', date: '' }], {
      rev: 2,
    });
    host.end.send('patch', { threadId: 'conv-1', rev: 2, ops: [{ op: 'title', title: 'x' }] });
    await settle();
    await settle();
    expect(host.asked.filter((a) => a.method === 'snapshot')).toHaveLength(1);
    screen.getByText('Retrying in 4 s');
  });
});
