// @vitest-environment happy-dom
// The list of what the agent changed, above the composer, as a person and a screen reader meet it.
import { act, fireEvent, screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { ChangesView } from '../../../src/protocol/transcript-views.ts';
import { APPROVAL, ITEMS, snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { openView } from './view.tsx';

const change = (name: string, kind: ChangesView[number]['kind'] = 'changed'): ChangesView[number] => ({
  path: `/w/${name}`,
  name,
  kind,
  added: 3,
  removed: 1,
});

async function withChanges(...changes: ChangesView) {
  const opened = await openView({ snapshot: snapshotOf(ITEMS) });
  const show = (now: ChangesView) =>
    act(async () => {
      opened.host.end.send('changes', now);
      await opened.settle();
    });
  await show(changes);
  return { ...opened, show };
}
const region = () => within(screen.getByRole('region', { name: 'Changed files' }));
const asked = (host: { asked: { method: string; params: unknown }[] }) =>
  host.asked.filter(({ method }) => method === 'changes').map(({ params }) => params);

it('is not there while nothing waits', async () => {
  const { show } = await withChanges();
  expect(screen.queryByRole('region', { name: 'Changed files' })).toBeNull();
  await show([change('a.ts')]);
  region().getByRole('button', { name: '1 file changed' });
  await show([]);
  expect(screen.queryByRole('region', { name: 'Changed files' })).toBeNull();
});

it('counts files and lines, names each file, and hands over what the person decides', async () => {
  const { host, settle } = await withChanges(
    change('src/a.ts'),
    change('src/b.ts', 'created'),
    change('c.ts', 'deleted'),
  );
  const head = region().getByRole('button', { name: '3 files changed' });
  expect(head.getAttribute('aria-expanded')).toBe('true');
  expect(screen.getByRole('region', { name: 'Changed files' }).textContent).toContain('+9 −3');
  const items = within(region().getByRole('list', { name: 'Files changed by the agent' })).getAllByRole('listitem');
  expect(items.map((item) => item.textContent?.match(/^\S+?(?=created|deleted|\+)|created|deleted/g))).toEqual([
    ['src/a.ts'],
    ['src/b.ts', 'created'],
    ['c.ts', 'deleted'],
  ]);
  for (const name of ['src/a.ts', 'Keep src/b.ts', 'Undo c.ts', 'Keep all', 'Undo all', 'Review']) {
    fireEvent.click(region().getByRole('button', { name }));
    await settle();
  }
  expect(asked(host)).toEqual([
    { act: 'open', path: '/w/src/a.ts' },
    { act: 'keep', path: '/w/src/b.ts' },
    { act: 'undo', path: '/w/c.ts' },
    { act: 'keep' },
    { act: 'undo' },
    { act: 'open' },
  ]);
});

it('begins folded where there are many, and the keyboard goes to the composer with the last', async () => {
  const { show } = await withChanges(...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => change(name)));
  expect(region().queryByRole('list')).toBeNull();
  fireEvent.click(region().getByRole('button', { name: '6 files changed' }));
  expect(region().getAllByRole('listitem')).toHaveLength(6);
  await act(async () => fireEvent.click(region().getByRole('button', { name: 'Keep all' })));
  await show([]);
  expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'Message the agent' }));
});

it('an approval says that its proposal was changed by the person', async () => {
  const { host, settle } = await openView({
    snapshot: snapshotOf(ITEMS.slice(0, 1), { running: true, approvals: [APPROVAL] }),
  });
  expect(screen.queryByText(/You changed this proposal/)).toBeNull();
  await act(async () => {
    host.patch({ op: 'approvals', approvals: [{ ...APPROVAL, edited: true }] });
    await settle();
  });
  within(screen.getByRole('group', { name: 'Approval: Edit src/retry.ts' })).getByText(/You changed this proposal/);
});

it('names what has no lines to look through, says what brings it back, and lets it go from the list', async () => {
  const none = { added: 0, removed: 0 };
  const { host, settle, show } = await withChanges(
    { ...change('data.csv'), ...none, listed: 'tooLarge' },
    { ...change('logo.png', 'deleted'), ...none, listed: 'noText' },
    { ...change('img/new.png', 'moved'), ...none, listed: 'noText', from: 'img/old.png' },
    { ...change('vendor', 'deleted'), ...none, listed: 'folder' },
  );
  const items = within(region().getByRole('list', { name: 'Files changed by the agent' })).getAllByRole('listitem');
  const told = ['changed, too large to review', 'deleted, not text', 'moved, not text', 'deleted folder'];
  for (const [index, words] of told.entries()) within(items[index] as HTMLElement).getByText(words);
  region().getByText('img/old.png → img/new.png');
  region().getByText('Not undone from here. Restore… at a message brings back what its checkpoint holds.');
  for (const name of ['Undo data.csv', 'Undo all', 'Review'])
    expect(region().queryByRole('button', { name })).toBeNull();
  region().getByRole('button', { name: 'Keep all' });
  fireEvent.click(region().getByRole('button', { name: 'Dismiss data.csv' }));
  await settle();
  expect(asked(host)).toEqual([{ act: 'keep', path: '/w/data.csv' }]);
  await show([change('a.ts')]);
  expect(region().queryByText(/Restore…/)).toBeNull();
});
