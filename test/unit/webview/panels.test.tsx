// @vitest-environment happy-dom
// Tabs, Threads, Memory and Skills as a person and a screen reader meet them.
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { APPROVAL, BLOCKS, ITEMS, snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { type Opened, openView } from './view.tsx';

async function tab(view: Opened, name: string) {
  fireEvent.click(screen.getByRole('tab', { name }));
  await view.settle();
  // The panel's own code comes lazily.
  await screen.findByRole('tabpanel', { name });
  await view.settle();
}

describe('tabs', () => {
  it('move with the arrow keys, and only the selected one is in the tab order', async () => {
    const view = await openView();
    const chat = screen.getByRole('tab', { name: 'Chat' });
    chat.focus();
    fireEvent.keyDown(chat, { key: 'ArrowLeft' });
    await view.settle();
    const skills = screen.getByRole('tab', { name: 'Skills' });
    expect(document.activeElement).toBe(skills);
    expect(skills.getAttribute('aria-selected')).toBe('true');
    expect(screen.getAllByRole('tab').map((t) => t.tabIndex)).toEqual([-1, -1, -1, 0]);
    fireEvent.keyDown(skills, { key: 'Home' });
    await view.settle();
    expect(document.activeElement).toBe(chat);
  });

  it('say that an approval waits, without changing the name', async () => {
    const view = await openView({ snapshot: snapshotOf(ITEMS, { approvals: [APPROVAL] }) });
    await tab(view, 'Memory');
    expect(screen.getByRole('tab', { name: 'Chat' }).getAttribute('aria-description')).toBe('An approval waits');
  });

  it('show the panel that was open when the view was closed, and what a command asks for', async () => {
    const first = await openView();
    await tab(first, 'Threads');
    const { kept } = first;
    const view = await openView({}, kept);
    expect(view.host.asked[0]?.params).toMatchObject({ panel: 'threads' });
    act(() => view.host.end.send('show', { panel: 'memory', focus: 'conventions' }));
    await view.settle();
    const block = await screen.findAllByRole('region', { name: 'conventions' });
    expect(block.length).toBeGreaterThan(0);
  });
});

describe('threads', () => {
  it('are listed newest first and open in Chat', async () => {
    const view = await openView({ snapshot: snapshotOf(ITEMS) });
    await tab(view, 'Threads');
    const rows = within(screen.getByRole('list', { name: 'Threads' })).getAllByRole('listitem');
    expect(rows.map((row) => within(row).getAllByRole('button')[0]?.textContent)).toEqual([
      'Retry only what can succeed',
      'Move the configuration into one file and delete what nobody reads any more',
      'Why is the parser slow?',
    ]);
    expect(rows[0]?.textContent).toContain('Running');
    expect(rows[1]?.textContent).toContain('Waits for you');
    fireEvent.click(screen.getByRole('button', { name: 'Why is the parser slow?' }));
    await view.settle();
    expect(view.host.asked.at(-1)).toEqual({ method: 'threads.open', params: { threadId: 'conv-3' } });
    expect(screen.getByRole('tab', { name: 'Chat' }).getAttribute('aria-selected')).toBe('true');
  });

  it('are searched, made, renamed, forked and deleted', async () => {
    const view = await openView();
    await tab(view, 'Threads');
    const ask = (method: string) => view.host.asked.filter((a) => a.method === method).map((a) => a.params);
    const row = (title: string) => {
      const item = screen.getByRole('button', { name: title }).closest('li');
      if (!item) throw new Error(`No row ${title}`);
      return within(item);
    };
    fireEvent.click(row('Why is the parser slow?').getByRole('button', { name: 'Rename' }));
    fireEvent.change(screen.getByRole('textbox', { name: 'Thread title' }), { target: { value: ' The parser ' } });
    fireEvent.submit(screen.getByRole('textbox', { name: 'Thread title' }));
    await view.settle();
    expect(ask('threads.rename')).toEqual([{ threadId: 'conv-3', title: 'The parser' }]);
    fireEvent.click(row('The parser').getByRole('button', { name: 'Delete' }));
    await view.settle();
    expect(screen.queryByRole('button', { name: 'The parser' })).toBeNull();
    fireEvent.change(screen.getByRole('searchbox', { name: 'Search threads' }), { target: { value: 'config' } });
    await waitFor(() => expect(ask('threads.list')).toContainEqual({ query: 'config', archived: false, limit: 50 }));
    await view.settle();
    expect(screen.getAllByRole('listitem')).toHaveLength(1);
    fireEvent.click(
      row('Move the configuration into one file and delete what nobody reads any more').getByRole('button', {
        name: 'Fork',
      }),
    );
    await view.settle();
    expect(ask('threads.fork')).toEqual([{ threadId: 'conv-2' }]);
    await tab(view, 'Threads');
    fireEvent.click(screen.getByRole('button', { name: 'New thread' }));
    await view.settle();
    expect(screen.getByRole('tab', { name: 'Chat' }).getAttribute('aria-selected')).toBe('true');
    screen.getByRole('region', { name: 'About this agent' });
  });
});

describe('memory', () => {
  const value = (label: string) =>
    within(screen.getByRole('region', { name: label })).getByRole<HTMLTextAreaElement>('textbox', { name: 'Value' });
  const press = (label: string, name: string) =>
    fireEvent.click(within(screen.getByRole('region', { name: label })).getByRole('button', { name }));
  const type = (label: string, text: string) => fireEvent.change(value(label), { target: { value: text } });

  async function openMemory() {
    const view = await openView({ blocks: BLOCKS });
    await tab(view, 'Memory');
    /** What the agent, or another window, does to a block meanwhile. */
    const change = async (text: string, tell: boolean) => {
      view.host.blocks = view.host.blocks.map((b) => (b.label === 'conventions' ? { ...b, value: text } : b));
      if (tell) view.host.end.send('blocks', view.host.blocks);
      await view.settle();
    };
    const stored = () => view.host.blocks.find((b) => b.label === 'conventions')?.value;
    return { view, change, stored };
  }

  it('shows every block at once with its size against its limit', async () => {
    await openMemory();
    const persona = within(screen.getByRole('region', { name: 'persona' }));
    persona.getByText('82 / 4000 characters');
    within(screen.getByRole('region', { name: 'inbox' })).getByText('0 / 8000 characters');
  });

  it('shows what the agent changed last, old and new', async () => {
    await openMemory();
    const conventions = within(screen.getByRole('region', { name: 'conventions' }));
    conventions.getByText('Last change by the agent');
    expect(conventions.getByRole('deletion').textContent).toBe('- Retry every error three times.');
    expect(conventions.getByRole('insertion').textContent).toMatch(/^- Retry transient errors only/);
    const persona = within(screen.getByRole('region', { name: 'persona' }));
    expect(persona.queryByText('Last change by the agent')).toBeNull();
  });

  it('saves what was typed, and reverts it', async () => {
    const { view, stored } = await openMemory();
    type('conventions', '- Tabs, not spaces.');
    press('conventions', 'Save');
    await view.settle();
    expect(stored()).toBe('- Tabs, not spaces.');
    type('conventions', 'wrong');
    press('conventions', 'Revert');
    expect(value('conventions').value).toBe('- Tabs, not spaces.');
  });

  it('follows the agent while untouched, and keeps what the person typed', async () => {
    const { change } = await openMemory();
    await change('A', true);
    expect(value('conventions').value).toBe('A');
    type('conventions', 'mine');
    await change('B', true);
    expect(value('conventions').value).toBe('mine');
  });

  it.each([true, false])('shows both texts when the block changed meanwhile (announced: %s)', async (tell) => {
    const { view, change, stored } = await openMemory();
    type('conventions', 'mine');
    await change('theirs', tell);
    if (!tell) {
      press('conventions', 'Save');
      await view.settle();
    }
    expect(stored()).toBe('theirs');
    expect(value('conventions').value).toBe('mine');
    within(screen.getByRole('alert')).getByText('theirs');
    press('conventions', 'Keep mine');
    await view.settle();
    expect(stored()).toBe('mine');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('takes theirs without losing mine', async () => {
    const { change } = await openMemory();
    type('conventions', 'mine');
    await change('theirs', true);
    press('conventions', 'Take theirs');
    expect(value('conventions').value).toBe('theirs');
    press('conventions', 'Put it back');
    expect(value('conventions').value).toBe('mine');
  });

  it('saves a merge of both', async () => {
    const { view, change, stored } = await openMemory();
    type('conventions', 'mine');
    await change('theirs', true);
    type('conventions', 'mine and theirs');
    press('conventions', 'Keep mine');
    await view.settle();
    expect(stored()).toBe('mine and theirs');
  });

  it('notices a change between the conflict and the choice', async () => {
    const { view, change, stored } = await openMemory();
    type('conventions', 'mine');
    await change('theirs', true);
    await change('theirs again', false);
    press('conventions', 'Keep mine');
    await view.settle();
    expect(stored()).toBe('theirs again');
    within(screen.getByRole('alert')).getByText('theirs again');
    expect(value('conventions').value).toBe('mine');
  });

  it('does not save what is over the limit, counted as the server counts', async () => {
    await openMemory();
    type('persona', '😀'.repeat(4_001));
    const persona = within(screen.getByRole('region', { name: 'persona' }));
    persona.getByText('4001 / 4000 characters');
    persona.getByText('Too long by 1.');
    expect(persona.getByRole<HTMLButtonElement>('button', { name: 'Save' }).disabled).toBe(true);
  });

  it('keeps an unsaved text when the view is thrown away', async () => {
    const { view } = await openMemory();
    type('conventions', 'half');
    cleanup();
    await openView({}, view.kept);
    await waitFor(() => expect(value('conventions').value).toBe('half'));
  });
});

describe('skills', () => {
  it('are listed with what is wrong with them, and edited, switched, deleted, made', async () => {
    const view = await openView();
    await tab(view, 'Skills');
    const list = within(screen.getByRole('list', { name: 'Skills' }));
    const rows = list.getAllByRole('listitem');
    expect(rows).toHaveLength(3);
    const [first, third, second] = rows.map((row) => within(row));
    if (!first || !second || !third) throw new Error('Three rows were there.');
    third.getByText(/The name has a space and capitals/);
    second.getByText(/has the same name and wins/);
    const enabled = first.getByRole('switch', { name: 'Enabled' });
    expect(enabled.getAttribute('aria-checked')).toBe('true');
    fireEvent.click(enabled);
    await view.settle();
    expect(first.getByRole('switch', { name: 'Enabled' }).getAttribute('aria-checked')).toBe('false');
    fireEvent.click(first.getByRole('button', { name: 'Edit' }));
    fireEvent.click(screen.getByRole('button', { name: 'New skill' }));
    await view.settle();
    expect(view.host.asked.slice(-2).map((a) => a.method)).toEqual(['skills.edit', 'skills.new']);
    fireEvent.click(first.getByRole('button', { name: 'Delete' }));
    await view.settle();
    expect(list.getAllByRole('listitem')).toHaveLength(2);
  });
});
