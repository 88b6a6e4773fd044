// @vitest-environment happy-dom
// Messages that wait: shown in order, each to be sent now, changed or removed; and messages that are asked anew.
import { fireEvent, screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { ITEMS, snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
// Loaded before, so that no test waits for the disk.
import '../../../webview-ui/src/chat/Attached.tsx';
import '../../../webview-ui/src/chat/Queue.tsx';
import { openView } from './view.tsx';

const composer = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message the agent' });
const rows = () =>
  within(screen.queryByRole('region', { name: 'Waiting messages' }) ?? document.createElement('i')).queryAllByRole(
    'listitem',
  );
const texts = () => rows().map((row) => row.querySelector('.queued-text')?.textContent);
const press = (row: number, name: string) =>
  fireEvent.click(within(rows()[row] as HTMLElement).getByRole('button', { name }));

it('are shown in order while the agent answers, and can be sent now, changed or removed', async () => {
  const attached = [{ kind: 'file' as const, label: 'a.ts', ref: 'a.ts' }];
  const queued = [
    { id: 'q1', text: 'one' },
    { id: 'q2', text: 'two', attached },
    { id: 'q3', text: 'three' },
  ];
  const { host, settle } = await openView({ snapshot: { ...snapshotOf(ITEMS, { running: true }), queued } });
  await settle();
  expect(texts()).toEqual(['one', 'two', 'three']);
  screen.getByText('Sent when the answer is done:');
  press(1, 'Edit');
  await settle();
  expect(texts()).toEqual(['one', 'three']);
  expect(composer().value).toBe('two');
  expect(screen.getByRole('button', { name: 'Remove a.ts' })).toBeTruthy();
  expect(document.activeElement).toBe(composer());
  press(1, 'Remove');
  await settle();
  expect(texts()).toEqual(['one']);
  press(0, 'Send now');
  await settle();
  const threadId = expect.any(String);
  expect(host.asked.filter(({ method }) => method.startsWith('queue.'))).toEqual([
    { method: 'queue.take', params: { threadId, id: 'q2' } },
    { method: 'queue.take', params: { threadId, id: 'q3' } },
    { method: 'queue.now', params: { threadId, id: 'q1' } },
  ]);
  host.patch({ op: 'running', running: false });
  await settle();
  screen.getByText('These messages still wait:');
  host.patch({ op: 'queued', queued: [] });
  await settle();
  expect(rows()).toEqual([]);
});

it('an earlier message is asked again as it was, or to be changed', async () => {
  const { host, settle } = await openView({ snapshot: snapshotOf(ITEMS) });
  const [first] = screen.getAllByRole('article', { name: 'You' });
  for (const name of ['Ask again', 'Edit and resend'])
    fireEvent.click(within(first as HTMLElement).getByRole('button', { name }));
  await settle();
  const itemId = first?.dataset.item;
  expect(host.asked.filter(({ method }) => method === 'resend').map(({ params }) => params)).toEqual([
    { threadId: expect.any(String), itemId, again: true },
    { threadId: expect.any(String), itemId, again: false },
  ]);
});
