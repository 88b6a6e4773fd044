// @vitest-environment happy-dom
// The seconds of a command that runs without a word: counted in the view, silent for screen readers, still for who wants that.
import { act, screen, within } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import type { AgentItem, ToolBody } from '../../../src/protocol/views.ts';
import { snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { openView } from './view.tsx';

type CommandBody = Extract<ToolBody, { kind: 'command' }>;

const part = (more: Partial<CommandBody> = {}) => ({
  type: 'tool' as const,
  id: 'call-1',
  name: 'Bash',
  title: 'Bash',
  target: 'sleep 60',
  state: 'running' as const,
  input: '{}',
  body: {
    kind: 'command' as const,
    command: 'sleep 60',
    callId: 'call-1',
    terminal: 't1',
    state: 'running' as const,
    output: '',
    seconds: 1.5,
    ...more,
  },
});
const item = (): AgentItem => ({
  kind: 'agent',
  id: 'a1',
  parts: [part()],
  state: 'streaming',
  date: '2026-01-01T00:00:00Z',
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function open() {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  const view = await openView({ snapshot: snapshotOf([item()], { running: true }) });
  const card = within(screen.getByRole('group', { name: 'Bash sleep 60' }));
  const pass = (ms: number) => act(async () => void vi.advanceTimersByTime(ms));
  return { ...view, card, pass };
}

it('go on each second without a message of the host, and unannounced', async () => {
  const { card, pass, host } = await open();
  const said = screen.getByRole('status').textContent;
  const asked = host.asked.length;
  card.getByText('Running, 1 s');
  await pass(1_000);
  card.getByText('Running, 2 s');
  await pass(60_000);
  card.getByText('Running, 62 s');
  expect(card.getByText('Running, 62 s').closest('[aria-live]')?.getAttribute('aria-live')).toBe('off');
  expect([screen.getByRole('status').textContent, host.asked.length]).toEqual([said, asked]);
});

it('follow what the host says, and stand still at the end', async () => {
  const { card, pass, host, settle } = await open();
  await pass(5_000);
  host.patch({ op: 'part', itemId: 'a1', part: part({ output: 'more', seconds: 7.2 }) });
  await settle();
  card.getByText('Running, 7 s');
  await pass(2_000);
  card.getByText('Running, 9 s');
  host.patch({ op: 'part', itemId: 'a1', part: part({ state: 'ended', exitCode: 0, seconds: 9.4 }) });
  await settle();
  await pass(5_000);
  card.getByText('Exit code 0, 9.4 s');
  expect(vi.getTimerCount()).toBe(0);
});

it('move seldom where the person wants a page that keeps still', async () => {
  vi.spyOn(globalThis, 'matchMedia').mockReturnValue({ matches: true } as MediaQueryList);
  const { card, pass } = await open();
  await pass(9_000);
  card.getByText('Running, 1 s');
  await pass(1_000);
  card.getByText('Running, 11 s');
});
