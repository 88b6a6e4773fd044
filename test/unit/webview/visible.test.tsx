// @vitest-environment happy-dom
import { fireEvent, screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { visible } from '../../../src/protocol/visible.ts';
import { APPROVAL, ITEMS, snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { openView } from './view.tsx';

it.each([
  ['plain ünïcode – text\n\twith lines', 'plain ünïcode – text\n\twith lines'],
  ['a\u202eb\u2066c\u200bd', 'a⟨U+202E⟩b⟨U+2066⟩c⟨U+200B⟩d'],
  ['\u001b[8mhidden\u0007', '⟨U+001B⟩[8mhidden⟨U+0007⟩'],
  ['one\r\ntwo\rthree', 'one\ntwo⟨U+000D⟩three'],
  ['tag \u{e0041}', 'tag ⟨U+E0041⟩'],
  // What joins emoji and the letters of some scripts is part of the word.
  ['👩‍💻 क्‍ष می‌خواهم', '👩‍💻 क्‍ष می‌خواهم'],
])('%j', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

it('an approval shows what a command really is', async () => {
  const { diff: _, ...bare } = APPROVAL;
  const tricky = {
    ...bare,
    title: 'Bash',
    detail: 'rm -rf \u202e/tmp/a\u202c # harmless',
    reason: 'Commands\u200b ask.',
  };
  await openView({ snapshot: snapshotOf(ITEMS.slice(0, 1), { running: true, approvals: [tricky] }) });
  const group = within(screen.getByRole('group', { name: 'Approval: Bash' }));
  group.getByText('rm -rf ⟨U+202E⟩/tmp/a⟨U+202C⟩ # harmless');
  group.getByText('Commands⟨U+200B⟩ ask.');
});

it('Escape that ends a composition does not throw a new title away', async () => {
  const { settle } = await openView();
  fireEvent.click(screen.getByRole('tab', { name: 'Threads' }));
  await settle();
  fireEvent.click(screen.getAllByRole('button', { name: 'Rename' })[0] as HTMLElement);
  const title = screen.getByRole<HTMLInputElement>('textbox', { name: 'Thread title' });
  fireEvent.change(title, { target: { value: '新しい' } });
  fireEvent.keyDown(title, { key: 'Escape', isComposing: true });
  fireEvent.keyDown(title, { key: 'Escape', keyCode: 229 });
  expect(title.value).toBe('新しい');
  fireEvent.keyDown(title, { key: 'Escape' });
  expect(screen.queryByRole('textbox', { name: 'Thread title' })).toBeNull();
});
