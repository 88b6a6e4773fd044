// @vitest-environment happy-dom
// Places that a tool has found, on its card.
import { fireEvent, screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { PlaceView, ToolPart } from '../../../src/protocol/transcript-views.ts';
import { snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { openView } from './view.tsx';

const place = (n: number): PlaceView => ({
  name: 'src/a.ts',
  line: n,
  text: `line ${n}`,
  href: `/work/src/a.ts:${n}:3`,
});

async function openWith(places: PlaceView[], more = 0) {
  const part: ToolPart = {
    type: 'tool',
    id: 'call-1',
    name: 'Grep',
    title: 'Search',
    target: 'line',
    state: 'done',
    input: '{}',
    body: { kind: 'hits', places, more },
  };
  const date = '2026-01-01T00:00:00.000Z';
  const opened = await openView({
    snapshot: snapshotOf([{ kind: 'agent', id: 'a', parts: [part], state: 'done', date }]),
  });
  return { ...opened, card: within(screen.getByRole('group', { name: 'Search line' })) };
}

it('shows a few at once, each a link that asks the host to open it at line and column', async () => {
  const { card, host, settle } = await openWith([place(3), { ...place(7), name: 'src/b.ts' }]);
  card.getByRole('button', { name: '2 places in 2 files', expanded: true });
  const list = within(card.getByRole('list', { name: 'Found places' }));
  expect(list.getAllByRole('listitem').map((item) => item.textContent)).toEqual([
    'src/a.ts:3line 3',
    'src/b.ts:7line 7',
  ]);
  fireEvent.click(list.getByRole('link', { name: 'src/a.ts:3' }));
  await settle();
  expect(host.asked.at(-1)).toEqual({ method: 'openLink', params: { href: '/work/src/a.ts:3:3' } });
});

it('folds many, says how many more there are, and names what is no link', async () => {
  const outside: PlaceView = { name: '/lib/lib.d.ts', line: 1, text: '' };
  const { card } = await openWith([...[1, 2, 3, 4].map(place), outside], 20);
  expect(card.queryByRole('list')).toBeNull();
  fireEvent.click(card.getByRole('button', { name: '25 places', expanded: false }));
  const list = within(card.getByRole('list', { name: 'Found places' }));
  expect(list.getAllByRole('link')).toHaveLength(4);
  list.getByText('/lib/lib.d.ts:1');
  card.getByText('and 20 more');
});

it('counts files where no line is named', async () => {
  const file = (name: string): PlaceView => ({ name, text: '', href: `/work/${name}` });
  const { card } = await openWith([file('a.ts'), file('b.ts'), file('c.ts')]);
  card.getByRole('button', { name: '3 files' });
  card.getByRole('link', { name: 'b.ts' });
});

it('shows nothing where nothing was found', async () => {
  const { card } = await openWith([]);
  expect(card.queryByRole('list', { name: 'Found places' })).toBeNull();
});
