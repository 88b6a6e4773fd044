// @vitest-environment happy-dom
// Cards of calls: those that only looked fold, failures tell why, what was found opens.
import { fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { HitView } from '../../../src/protocol/memory-views.ts';
import type { Part, ToolPart } from '../../../src/protocol/transcript-views.ts';
import { snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { foldRuns } from '../../../webview-ui/src/chat/tool-runs.ts';
import { openView } from './view.tsx';

const call = (id: string, more: Partial<ToolPart> = {}): ToolPart => ({
  type: 'tool',
  id,
  name: 'Read',
  title: 'Read',
  target: `${id}.ts`,
  state: 'done',
  input: '{}',
  output: 'text',
  ...more,
});
const words = (id: string): Part => ({ type: 'text', id, text: 'Words.' });
const shape = (parts: Part[], growing = false) =>
  foldRuns(parts, growing).map((row) => (row.type === 'run' ? row.calls.map(({ id }) => id).join('+') : row.id));

const open = (parts: Part[], handlers = {}) =>
  openView({
    snapshot: snapshotOf([{ kind: 'agent', id: 'a', parts, state: 'done', date: '2026-01-01T00:00:00Z' }]),
    handlers,
  });

describe('runs of calls', () => {
  it('of one tool that only looked become one line, three and more', () => {
    expect(shape([call('a'), call('b'), words('t'), call('c'), call('d'), call('e')])).toEqual([
      'a',
      'b',
      't',
      'c+d+e',
    ]);
  });

  it('of other tools stand for themselves', () => {
    const grep = { name: 'Grep', title: 'Grep' };
    const calls = [call('a'), call('b', grep), call('c', grep), call('d', grep), call('e')];
    expect(shape(calls)).toEqual(['a', 'b+c+d', 'e']);
  });

  it('stand for themselves while more may follow', () => {
    expect(shape([call('a'), call('b'), call('c')], true)).toEqual(['a', 'b', 'c']);
    expect(shape([call('a'), call('b'), call('c'), words('t')], true)).toEqual(['a+b+c', 't']);
  });

  it('hide nothing that changed, failed or asked something', () => {
    const diff = { path: 'a', unified: '', added: 1, removed: 0 };
    const memory = { label: 'l', before: '', after: 'x' };
    for (const odd of [{ diff }, { memory }, { state: 'failed' as const }, { state: 'running' as const }]) {
      expect(shape([call('a'), call('b', odd), call('c')])).toEqual(['a', 'b', 'c']);
    }
  });

  it('say what they are made of, and open', async () => {
    const { settle } = await open([call('a'), call('b'), call('c'), words('t')]);
    expect(screen.queryByRole('group', { name: 'Read b.ts' })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: /Read\s*3 calls/ }));
    await settle();
    expect(screen.getByRole('group', { name: 'Read b.ts' })).toBeTruthy();
  });
});

describe('a call that failed', () => {
  it('says why without a click, and offers to ask for another try', async () => {
    const { app, settle } = await open([
      call('a', { state: 'failed', output: 'There is no file a.ts.\u202e\n\nMore of it.' }),
    ]);
    const card = within(screen.getByRole('group', { name: 'Read a.ts' }));
    expect(card.getByText('There is no file a.ts.⟨U+202E⟩')).toBeTruthy();
    fireEvent.click(card.getByRole('button', { name: 'Ask to try again: Read a.ts' }));
    await settle();
    expect(Object.values(app.store.getState().drafts)[0]).toContain('Read a.ts failed: There is no file a.ts.');
  });
});

describe('what a search has found', () => {
  const archive = call('s', {
    name: 'archival_memory_search',
    title: 'Search archive',
    target: 'tabs',
    output: JSON.stringify({
      count: 1,
      results: [{ id: 'p1', timestamp: '2026-01-02T00:00:00Z', content: 'We indent with tabs.', tags: ['style'] }],
    }),
  });

  it('in the archive opens its entry', async () => {
    const { app, settle } = await open([archive]);
    const list = screen.getByRole('list', { name: 'Found in the archive' });
    fireEvent.click(within(list).getByRole('button', { name: /We indent with tabs\. style/ }));
    await settle();
    expect(app.store.getState().focus).toMatchObject({ panel: 'memory', name: 'archive:We indent with tabs.\np1' });
  });

  it('in threads opens its message', async () => {
    const output = JSON.stringify({ message: 'Showing', results: [{ role: 'user', content: 'Use tabs, please.' }] });
    const hit: HitView = { kind: 'message', title: 'T', text: 'Use tabs', threadId: 'conv-2', messageId: 'm1' };
    const found = call('s', { name: 'conversation_search', title: 'Search threads', output });
    const { host, settle } = await open([found], { 'memory.search': async () => [hit] });
    fireEvent.click(screen.getByRole('button', { name: /Use tabs, please\. you/ }));
    await settle();
    expect(host.asked).toContainEqual({ method: 'memory.search', params: { query: 'Use tabs, please.' } });
    expect(host.asked).toContainEqual({
      method: 'memory.showTurn',
      params: { threadId: 'conv-2', messageId: 'm1' },
    });
  });

  it('is left as it came where it cannot be read', async () => {
    await open([call('s', { name: 'conversation_search', title: 'Search threads', output: 'not JSON' })]);
    expect(screen.queryByRole('list', { name: 'Found in threads' })).toBeNull();
    expect(screen.getByRole('group', { name: /Search threads/ })).toBeTruthy();
  });
});

describe('a subagent', () => {
  it('has a transcript of its own: words as Markdown, calls with what they were given and came to', async () => {
    const { settle } = await open([
      call('t', {
        name: 'Task',
        title: 'Task',
        target: 'look',
        body: {
          kind: 'subagent',
          earlier: 0,
          steps: [
            { kind: 'text', id: 'w', text: 'I **look**.' },
            { kind: 'call', id: 'c', title: 'Grep TODO', state: 'done', input: '{"pattern":"TODO"}', output: '3 hits' },
          ],
        },
      }),
    ]);
    fireEvent.click(screen.getByRole('button', { name: /Grep TODO\s*1 step/ }));
    await settle();
    const steps = within(screen.getByRole('list', { name: 'Steps of the subagent' }));
    expect(steps.getByText('look').tagName).toBe('STRONG');
    fireEvent.click(steps.getByRole('button', { name: /Grep TODO done/ }));
    await settle();
    expect(steps.getByText('3 hits')).toBeTruthy();
    expect(steps.getByText('{"pattern":"TODO"}')).toBeTruthy();
  });
});
