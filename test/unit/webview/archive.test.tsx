// @vitest-environment happy-dom
// The archive as a person searches, filters and changes it.
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { passages, UNREVIEWED_ENTRY } from '../../../webview-ui/dev/memory-fixtures.ts';
import { openMemory, page, said } from './memory-view.tsx';

describe('the archive', () => {
  const entries = () =>
    within(screen.getByRole('list', { name: 'Archive' })).queryAllByRole('listitem', { hidden: true });
  const box = () => screen.getByRole('searchbox', { name: 'Search archive' });

  it('is searched when the person pauses, and never for half a composition', async () => {
    const { view, asked } = await openMemory({ passages: passages(200) });
    const before = asked('archive.list').length;
    fireEvent.compositionStart(box());
    fireEvent.change(box(), { target: { value: 'と' } });
    fireEvent.change(box(), { target: { value: 'とう' } });
    await act(() => new Promise((resolve) => setTimeout(resolve, 250)));
    expect(asked('archive.list')).toHaveLength(before);
    fireEvent.change(box(), { target: { value: 'note 12' } });
    fireEvent.compositionEnd(box());
    await waitFor(() => expect(asked('archive.list')).toHaveLength(before + 1));
    await view.settle();
    expect(asked('archive.list').at(-1)).toEqual({ query: 'note 12' });
    expect(entries()[0]?.textContent).toContain('words: note, 12');
    expect(within(entries()[0] ?? document.body).getAllByText(/^(note|12)$/).length).toBeGreaterThan(1);
    fireEvent.change(box(), { target: { value: 'zebra' } });
    fireEvent.keyDown(box(), { key: 'Enter' });
    await view.settle();
    screen.getByText('No entry matches.');
  });

  it('is filtered by tag and date', async () => {
    const { view, press, asked } = await openMemory({ passages: passages(200) });
    await press(page(), 'Filter');
    fireEvent.change(screen.getByRole('combobox', { name: 'Tag' }), { target: { value: 'parser' } });
    await view.settle();
    fireEvent.change(screen.getByLabelText('From'), { target: { value: '2026-11-15' } });
    fireEvent.change(screen.getByLabelText('To'), { target: { value: '2026-11-16' } });
    await view.settle();
    expect(asked('archive.list').at(-1)).toEqual({ query: '', tag: 'parser', from: '2026-11-15', to: '2026-11-16' });
    for (const entry of entries()) within(entry).getByRole('button', { name: 'Tag parser' });
    await press(page(), 'Clear');
    expect(asked('archive.list').at(-1)).toEqual({ query: '' });
    await press(within(entries()[0] ?? document.body), 'Tag evidence');
    expect(asked('archive.list').at(-1)).toEqual({ query: '', tag: 'evidence' });
  });

  it('goes through thousands with a small page', async () => {
    const { view, press } = await openMemory({ passages: passages(2_000) });
    expect(entries()).toHaveLength(50);
    for (let i = 0; i < 5; i++) await press(page(), 'More');
    expect(entries()).toHaveLength(200);
    expect(entries()[0]?.textContent).toContain('note 100');
    expect(entries().at(-1)?.textContent).toContain('note 299');
    const asked = view.host.asked.length;
    await press(page(), 'Back to newer ones');
    expect(entries()[0]?.textContent).toContain('note 50');
    await press(page(), 'More');
    expect(entries().at(-1)?.textContent).toContain('note 299');
    expect(view.host.asked).toHaveLength(asked);
  });

  it('gets entries, other words for them, and loses them', async () => {
    const { view, press, asked } = await openMemory();
    await press(page(), 'Add entry');
    const form = (name: string) => within(screen.getByRole('form', { name }));
    fireEvent.change(form('New entry').getByRole('textbox', { name: 'Text' }), { target: { value: 'A new fact.' } });
    fireEvent.change(form('New entry').getByRole('textbox', { name: 'Tags' }), { target: { value: 'a, b,, a' } });
    await press(form('New entry'), 'Save');
    expect(asked('archive.add')).toEqual([{ text: 'A new fact.', tags: ['a', 'b'] }]);
    expect(entries()).toHaveLength(4);
    await press(within(entries()[0] ?? document.body), 'Edit');
    fireEvent.change(form('Edit entry').getByRole('textbox', { name: 'Text' }), { target: { value: 'A better one.' } });
    await press(form('Edit entry'), 'Save');
    expect(entries()[0]?.textContent).toContain('A better one.');
    expect(document.activeElement).toBe(entries()[0]);
    await press(within(entries()[0] ?? document.body), 'Delete');
    expect(entries()).toHaveLength(3);
    expect(document.activeElement).toBe(entries()[0]);
    // Undone by the notification: the list follows.
    view.host.passages = passages(5);
    act(() => view.host.end.send('archive', {}));
    await view.settle();
    expect(entries()).toHaveLength(5);
  });

  it('marks what nobody has reviewed with what the agent had read, and takes a Confirm or an Undo', async () => {
    const { press, asked } = await openMemory({ passages: [UNREVIEWED_ENTRY, ...passages(2)] });
    const first = () => within(entries()[0] ?? document.body);
    first().getByText('Unreviewed: files of the workspace, web pages');
    first().getByText(/^Move the configuration/);
    expect(within(entries()[1] ?? document.body).queryByRole('button', { name: 'Confirm', hidden: true })).toBeNull();
    await press(first(), 'Confirm');
    expect(asked('archive.confirm')).toEqual([{ id: UNREVIEWED_ENTRY.id }]);
    expect(first().queryByText(/Unreviewed/)).toBeNull();
    expect(first().queryByRole('button', { name: 'Undo', hidden: true })).toBeNull();
    expect(document.activeElement).toBe(entries()[0]);
    expect(said()).toContain('Confirmed.');
  });

  it('leads from an unreviewed entry to the message that it comes from', async () => {
    const { press, asked } = await openMemory({ passages: [UNREVIEWED_ENTRY] });
    await press(within(entries()[0] ?? document.body), /^Move the configuration/);
    expect(asked('memory.showTurn')).toEqual([{ threadId: 'conv-2', messageId: 'user-9' }]);
  });

  it('takes an unreviewed entry out of the archive on Undo', async () => {
    const { press, asked } = await openMemory({ passages: [UNREVIEWED_ENTRY, ...passages(2)] });
    await press(within(entries()[0] ?? document.body), 'Undo');
    expect(asked('archive.delete')).toEqual([{ id: UNREVIEWED_ENTRY.id }]);
    expect(entries()).toHaveLength(2);
    expect(document.activeElement).toBe(entries()[0]);
  });

  it('does not move what the person reads when it changes', async () => {
    const { view, press } = await openMemory({ passages: passages(400) });
    for (let i = 0; i < 5; i++) await press(page(), 'More');
    const first = entries()[0]?.textContent;
    act(() => view.host.end.send('archive', {}));
    await view.settle();
    expect(entries()[0]?.textContent).toBe(first);
    await press(page(), 'Show it from the start');
    expect(entries()[0]?.textContent).toContain('note 0');
  });
});
