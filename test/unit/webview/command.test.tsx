// @vitest-environment happy-dom
// The card of a command: the end of its output, how it stands, and the buttons that a person has while it runs.
import { fireEvent, screen, within } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import type { AgentItem, ToolBody } from '../../../src/protocol/transcript-views.ts';
import { snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { openView } from './view.tsx';

type CommandBody = Extract<ToolBody, { kind: 'command' }>;

const body = (more: Partial<CommandBody>): CommandBody => ({
  kind: 'command',
  command: 'npm test',
  callId: 'call-1',
  terminal: 't1',
  state: 'running',
  output: '',
  seconds: 1.5,
  ...more,
});

const part = (more: Partial<CommandBody>) => ({
  type: 'tool' as const,
  id: 'call-1',
  name: 'Bash',
  title: 'Bash',
  target: 'npm test',
  state: 'running' as const,
  input: '{}',
  body: body(more),
});

const item = (more: Partial<CommandBody>): AgentItem => ({
  kind: 'agent',
  id: 'a1',
  parts: [part(more)],
  state: 'streaming',
  date: '2026-01-01T00:00:00Z',
});

it('shows the end of the output as it comes, and offers the terminal and the end of the command', async () => {
  const { host, settle } = await openView({ snapshot: snapshotOf([item({})]) });
  const card = within(screen.getByRole('group', { name: 'Bash npm test' }));
  card.getByText('Running, 1 s');
  host.patch({ op: 'part', itemId: 'a1', part: part({ output: 'test 1 ok', seconds: 2 }) });
  await settle();
  expect(card.getByLabelText('Last output').textContent).toBe('test 1 ok');
  fireEvent.click(card.getByRole('button', { name: 'Show terminal' }));
  fireEvent.click(card.getByRole('button', { name: 'Stop command' }));
  await settle();
  expect(host.asked.slice(-2)).toEqual([
    { method: 'command.show', params: { callId: 'call-1' } },
    { method: 'command.stop', params: { callId: 'call-1' } },
  ]);
});

it('stays at the end of the output when the view gets another width, save where the person has scrolled up', async () => {
  const resized: (() => void)[] = [];
  const measuring = globalThis.ResizeObserver;
  vi.stubGlobal(
    'ResizeObserver',
    class extends measuring {
      constructor(notify: ResizeObserverCallback) {
        super(notify);
        resized.push(() => notify([], this));
      }
    },
  );
  await openView({ snapshot: snapshotOf([item({ output: 'one\ntwo' })]) });
  const output = screen.getByLabelText('Last output');
  Object.defineProperty(output, 'scrollHeight', { value: 500, configurable: true });
  for (const notify of resized) notify();
  expect(output.scrollTop).toBe(500);
  output.scrollTop = 40;
  fireEvent.scroll(output);
  for (const notify of resized) notify();
  expect(output.scrollTop).toBe(40);
  vi.unstubAllGlobals();
});

it('that the person stopped is called so, not a failure', async () => {
  const stopped = { ...part({ state: 'stopped', output: 'test 1 ok' }), state: 'stopped' as const };
  await openView({ snapshot: snapshotOf([{ ...item({}), parts: [stopped], state: 'done' }]) });
  const card = within(screen.getByRole('group', { name: 'Bash npm test' }));
  card.getByText('stopped');
  card.getByText('Stopped after 1.5 s');
  expect(card.queryByText('failed')).toBeNull();
});

it.each([
  [{ state: 'ended', exitCode: 1 }, 'Exit code 1, 1.5 s', false],
  [{ state: 'ended' }, 'Ended after 1.5 s', false],
  [{ state: 'stopped' }, 'Stopped after 1.5 s', false],
  [{ state: 'lost' }, 'No longer running', false],
  [{ state: 'background' }, 'Running in the background (t1), 1 s', true],
  [{ state: 'waiting', boxed: true }, 'Waiting for input (t1), 1 s, in the sandbox', true],
] as const)('tells how it stands: %o', async (more, words, alive) => {
  await openView({ snapshot: snapshotOf([item(more)]) });
  const card = within(screen.getByRole('group', { name: 'Bash npm test' }));
  card.getByText(words);
  expect(card.queryAllByRole('button', { name: 'Stop command' })).toHaveLength(alive ? 1 : 0);
});
