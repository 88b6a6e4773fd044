// A question about several files: all of them are there to be read before it is answered.
// @vitest-environment happy-dom
import { fireEvent, screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { DiffView } from '../../../src/protocol/transcript-views.ts';
import { APPROVAL, snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { openView } from './view.tsx';

const changed = (path: string, line: string): DiffView => ({
  path,
  unified: `--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-old\n+${line}\n`,
  added: 1,
  removed: 1,
});
const named = (path: string): DiffView => ({ path, unified: '', added: 0, removed: 0 });

async function question(files: DiffView[]) {
  const { diff: _, ...rest } = APPROVAL;
  const approval = { ...rest, title: 'Patch several files', detail: '', files };
  const view = await openView({ snapshot: snapshotOf([], { running: true, approvals: [approval] }) });
  return { ...view, group: within(screen.getByRole('group', { name: 'Approval: Patch several files' })) };
}

it('shows the diffs of few files at once, and by name what has none', async () => {
  const { group, host, settle } = await question([changed('a.ts', 'new a'), changed('b.ts', 'new b'), named('c → d')]);
  const items = within(group.getByRole('list', { name: 'Files that would change' })).getAllByRole('listitem');
  expect(items.map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(/a\.ts.*\+1.*−1.*\+new a/s),
    expect.stringMatching(/b\.ts.*\+new b/s),
    'c → d',
  ]);
  fireEvent.click(group.getByRole('button', { name: 'Show diff' }));
  await settle();
  expect(host.asked.filter(({ method }) => method === 'showDiff')).toHaveLength(1);
});

it('folds many, and unfolds the one that is wanted', async () => {
  const { group, settle } = await question(['a', 'b', 'c', 'd'].map((name) => changed(`${name}.ts`, `new ${name}`)));
  expect(group.queryByText(/new b/)).toBeNull();
  fireEvent.click(group.getByRole('button', { name: /b\.ts/ }));
  await settle();
  group.getByText(/new b/);
  expect(group.queryByText(/new a/)).toBeNull();
});

it('offers no diff where there is none to show', async () => {
  const { group } = await question([named('a/'), named('a/picture.png')]);
  expect(group.queryByRole('button', { name: 'Show diff' })).toBeNull();
});
