// @vitest-environment happy-dom
// The agent's offer to learn a skill, above the composer.
import { act, fireEvent, screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { ITEMS, snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { openView } from './view.tsx';

const snapshot = snapshotOf(ITEMS);

async function withOffer(threadId = snapshot.threadId) {
  const opened = await openView({ snapshot });
  await act(async () => {
    opened.host.end.send('offer', { threadId, times: 3 });
    await opened.settle();
  });
  return opened;
}
const region = () => screen.queryByRole('region', { name: 'Learn a skill' });

it.each([
  ['Draft a skill', 'learn'],
  ['Not now', 'dismiss'],
  ['Never offer', 'never'],
])('%s', async (name, answer) => {
  const { host, settle } = await withOffer();
  const shown = region();
  if (!shown) throw new Error('There is no offer.');
  expect(within(shown).getByRole('status').textContent).toContain('3 threads');
  await act(async () => {
    fireEvent.click(within(shown).getByRole('button', { name }));
    await settle();
  });
  expect(host.asked.filter(({ method }) => method === 'skills.offered')).toEqual([
    { method: 'skills.offered', params: { answer } },
  ]);
  expect(region()).toBeNull();
});

it('stands in the thread it is about alone', async () => {
  await withOffer('another');
  expect(region()).toBeNull();
});
