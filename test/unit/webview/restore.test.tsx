// Going back to before a message: each message of the person has the button, answers have none.
// @vitest-environment happy-dom
import { fireEvent, screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { Item } from '../../../src/protocol/transcript-views.ts';
import { snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { openView } from './view.tsx';

const date = '2026-11-20T10:00:00Z';
const ITEMS: Item[] = [
  { kind: 'user', id: 'first', text: 'Do this.', date },
  { kind: 'agent', id: 'a', state: 'done', date, parts: [{ type: 'text', id: 't', text: 'Done.' }] },
  { kind: 'user', id: 'second', text: 'And that.', date },
];

it('asks the host, by the message’s id', async () => {
  const { host, settle } = await openView({ snapshot: snapshotOf(ITEMS) });
  const buttons = screen
    .getAllByRole('article')
    .map((article) => within(article).queryByRole('button', { name: 'Restore…' }));
  expect(buttons.map((button) => button !== null)).toEqual([true, false, true]);
  const [, , last] = buttons;
  if (!last) throw new Error('The button is missing.');
  fireEvent.click(last);
  await settle();
  const { threadId } = snapshotOf([]);
  expect(host.asked.filter(({ method }) => method === 'restore').map(({ params }) => params)).toEqual([
    { threadId, itemId: 'second' },
  ]);
});
