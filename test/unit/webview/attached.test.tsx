// @vitest-environment happy-dom
// What goes along with a message: mentions, chips, pasted files, and what the editor shares.
import { act, fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { Attachment, Mention, SharedView } from '../../../src/protocol/attachments.ts';
// Loaded before, so that no test waits for the disk.
import '../../../webview-ui/src/chat/Attached.tsx';
import { openView } from './view.tsx';

const composer = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message the agent' });
const menu = () => screen.queryByRole('listbox', { name: 'Mentions' });
const options = () =>
  within(menu() ?? document.createElement('i'))
    .queryAllByRole('option')
    .map((option) => option.textContent);
const chips = () =>
  within(screen.queryByRole('list', { name: 'Goes along' }) ?? document.createElement('i'))
    .queryAllByRole('listitem')
    .map((chip) => chip.querySelector('.chip-name')?.textContent);
const type = (value: string) => {
  composer().focus();
  fireEvent.change(composer(), { target: { value } });
  composer().setSelectionRange(value.length, value.length);
  fireEvent.select(composer());
};
const press = (key: string, more = {}) => fireEvent.keyDown(composer(), { key, ...more });

const file = (ref: string): Mention => ({ kind: 'file', label: ref, ref, detail: '' });
const MENTIONS: Mention[] = [
  file('src/book.ts'),
  { kind: 'changes', label: 'git changes', ref: '', detail: 'What is not committed yet' },
  { kind: 'commit', label: 'commit:', ref: '', detail: 'A commit' },
];

async function open(mentions: Mention[] = MENTIONS, more = {}) {
  const opened = await openView({ handlers: { 'attach.find': async () => mentions, ...more } });
  /** Once the host was asked for what stands there, and its answer is shown. */
  const offered = async () => {
    const typed = composer().value.split('@').at(-1) ?? '';
    const asked = () => opened.host.asked.findLast(({ method }) => method === 'attach.find')?.params;
    await act(() => vi.waitFor(() => expect(asked()).toEqual({ typed })));
    await opened.settle();
  };
  const sent = () => opened.host.asked.filter(({ method }) => method === 'send').map(({ params }) => params);
  return { ...opened, offered, sent };
}

describe('a mention', () => {
  it('is looked for while it is typed, taken by Enter, shown as a chip and sent with the message', async () => {
    const { offered, settle, sent, host } = await open();
    type('Look at @boo');
    await offered();
    expect(host.asked.filter(({ method }) => method === 'attach.find').map(({ params }) => params)).toEqual([
      { typed: 'boo' },
    ]);
    expect(options()).toEqual(['src/book.ts file', 'git changes What is not committed yet', 'commit: A commit']);
    expect(composer().getAttribute('aria-activedescendant')).toBe(
      within(menu() as HTMLElement).getAllByRole('option')[0]?.id,
    );
    press('Enter');
    await settle();
    expect(composer().value).toBe('Look at @src/book.ts ');
    expect(chips()).toEqual(['src/book.ts']);
    expect(menu()).toBeNull();
    expect(sent()).toEqual([]);
    press('Enter');
    await settle();
    const attached = [{ kind: 'file', label: 'src/book.ts', ref: 'src/book.ts' }];
    expect(sent()).toEqual([{ threadId: expect.any(String), text: 'Look at @src/book.ts ', attached }]);
    expect(chips()).toEqual([]);
  });

  it('of several words leaves no words behind, and a kind goes on asking', async () => {
    const { offered, settle, host } = await open();
    type('See @g');
    await offered();
    press('ArrowDown');
    press('Tab');
    await settle();
    expect(composer().value).toBe('See ');
    expect(chips()).toEqual(['git changes']);
    type('See @c');
    await offered();
    press('ArrowUp');
    press('Enter');
    await settle();
    expect(composer().value).toBe('See @commit:');
    await offered();
    expect(host.asked.filter(({ method }) => method === 'attach.find').at(-1)?.params).toEqual({ typed: 'commit:' });
  });

  it('is not looked for in addresses of mail; Escape closes its list; an input method has the keys', async () => {
    const { offered, settle, sent } = await open();
    type('a@b');
    await settle();
    expect(menu()).toBeNull();
    type('a @b');
    await offered();
    expect(menu()).not.toBeNull();
    press('Enter', { keyCode: 229 });
    await settle();
    expect([composer().value, sent()]).toEqual(['a @b', []]);
    press('Escape');
    await settle();
    expect(menu()).toBeNull();
    press('Enter');
    await settle();
    expect(sent()).toHaveLength(1);
  });

  it('that is still looked for is not sent as it stands', async () => {
    const { settle, sent } = await open();
    type('a @boo');
    press('Enter');
    await settle();
    expect([composer().value, sent()]).toEqual(['a @boo', []]);
  });
});

describe('what is attached', () => {
  it('can be taken away by keyboard and mouse, and stays with its draft across a reload', async () => {
    const list: Attachment[] = ['a.ts', 'b.ts', 'c.ts'].map((ref) => ({ kind: 'file', label: ref, ref }));
    const { settle, kept } = await open([], { attach: async () => list });
    fireEvent.click(screen.getByRole('button', { name: 'Attach' }));
    await settle();
    expect(chips()).toEqual(['a.ts', 'b.ts', 'c.ts']);
    composer().focus();
    press('Backspace');
    await settle();
    expect(chips()).toEqual(['a.ts', 'b.ts']);
    fireEvent.keyDown(screen.getByRole('button', { name: 'Remove a.ts' }), { key: 'Delete' });
    await settle();
    expect(chips()).toEqual(['b.ts']);
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Remove b.ts' }));
    const [b] = list.slice(1);
    expect(Object.values((kept.state as { attached: object }).attached)).toEqual([[b]]);
    fireEvent.click(screen.getByRole('button', { name: 'Remove b.ts' }));
    await settle();
    expect(document.activeElement).toBe(composer());
    // The same thing twice is one.
    fireEvent.click(screen.getByRole('button', { name: 'Attach' }));
    await settle();
    fireEvent.click(screen.getByRole('button', { name: 'Attach' }));
    await settle();
    expect(chips()).toEqual(['a.ts', 'b.ts', 'c.ts']);
  });

  it('comes back with the text where the host refuses the message', async () => {
    const refused = async () => {
      throw new Error('a.ts cannot be sent: `.lettaignore` hides it.');
    };
    const a = { kind: 'file', label: 'a.ts', ref: 'a.ts' } as const;
    const { settle } = await open([], { attach: async () => [a], send: refused });
    fireEvent.click(screen.getByRole('button', { name: 'Attach' }));
    await settle();
    type('Read it');
    press('Enter');
    await settle();
    expect([composer().value, chips()]).toEqual(['Read it', ['a.ts']]);
    expect(screen.getByText(/hides it/)).toBeTruthy();
  });

  it('is pasted as a file, and text is pasted as text', async () => {
    const { settle, host } = await open();
    const transfer = (files: File[], texts: Record<string, string> = {}) => ({
      files,
      getData: (kind: string) => texts[kind] ?? '',
    });
    const png = new File([new Uint8Array([1, 2, 3])], 'shot.png', { type: 'image/png' });
    fireEvent.paste(composer(), { clipboardData: transfer([png]) });
    await act(() => vi.waitFor(() => expect(chips()).toEqual(['shot.png'])));
    expect(host.asked.filter(({ method }) => method === 'attach.keep').map(({ params }) => params)).toEqual([
      { name: 'shot.png', base64: 'AQID' },
    ]);
    // Office programs bring a picture of the text along.
    expect(fireEvent.paste(composer(), { clipboardData: transfer([png], { 'text/plain': 'words' }) })).toBe(true);
    fireEvent.drop(composer(), { dataTransfer: transfer([], { 'text/uri-list': 'file:///w/a.ts\r\nfile:///w/b' }) });
    await settle();
    expect(host.asked.at(-1)).toEqual({
      method: 'attach.dropped',
      params: { uris: ['file:///w/a.ts', 'file:///w/b'] },
    });
  });
});

describe('what the editor shares', () => {
  const shared: SharedView = {
    on: { selection: true, openFiles: false },
    selection: { kind: 'selection', label: 'src/book.ts:3-9', ref: 'src/book.ts', lines: [3, 9] },
    openFiles: { kind: 'openFiles', label: '2 open files', ref: '' },
  };

  it('is shown with its switches', async () => {
    const { settle, host } = await open();
    host.end.send('shared', shared);
    await settle();
    expect(chips()).toEqual(['Selected: src/book.ts:3-9', '2 open files']);
    const selection = screen.getByRole('button', { name: 'Share the selection' });
    expect(selection.getAttribute('aria-pressed')).toBe('true');
    fireEvent.click(selection);
    fireEvent.click(screen.getByRole('button', { name: 'Share names of open files' }));
    await settle();
    expect(host.asked.filter(({ method }) => method === 'attach.share').map(({ params }) => params)).toEqual([
      { what: 'selection', on: false },
      { what: 'openFiles', on: true },
    ]);
    host.end.send('shared', { on: shared.on });
    await settle();
    expect(chips()).toEqual([]);
  });
});
