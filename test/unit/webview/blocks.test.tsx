// @vitest-environment happy-dom
// Memory blocks: what they show, how they are changed, how they came to be.
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ABOUT } from '../../../webview-ui/dev/fixtures.ts';
import { openMemory, page, said } from './memory-view.tsx';

describe('a block', () => {
  it('shows how full it is, who may read it, and who changed it', async () => {
    const { block, press, asked } = await openMemory();
    const meter = block('project').getByRole('meter', { name: 'Size' });
    expect(meter.getAttribute('aria-valuetext')).toBe('120 of 125 characters');
    block('project').getByText('120 / 125 characters');
    block('project').getByText('34 tokens');
    block('persona').getByText('Read-only');
    block('human').getByText('Shared');
    block('conventions').getByText(/Remember This/);
    await press(block('conventions'), 'Retry only what can succeed');
    expect(asked('memory.showTurn')).toEqual([{ threadId: 'conv-1', messageId: 'user-1' }]);
  });

  it('shows what nobody has reviewed and what may be out of date, until it is confirmed', async () => {
    const { block, press, asked } = await openMemory();
    block('project').getByText(/nobody has confirmed.*files of the workspace/);
    within(block('project').getByRole('list', { name: 'May no longer be true' })).getByText(/gone since commit/);
    await press(block('project'), 'Confirm', 1);
    expect(asked('memory.confirm')).toEqual([
      { blockId: 'block-project', line: '- The parser lives in src/parser/old.ts.' },
    ]);
    expect(block('project').queryByRole('list', { name: 'May no longer be true' })).toBeNull();
    await press(block('project'), 'Confirm');
    expect(asked('memory.confirm')).toContainEqual({ blockId: 'block-project' });
    expect(block('project').queryByRole('button', { name: 'Confirm' })).toBeNull();
    expect(document.activeElement).toBe(block('project').getByRole('textbox', { name: 'Value' }));
  });

  it('the agent may only read can still be edited by the person', async () => {
    const { view, block, press } = await openMemory();
    fireEvent.change(block('persona').getByRole('textbox', { name: 'Value' }), { target: { value: 'I am terse.' } });
    await press(block('persona'), 'Save');
    expect(view.host.blocks[0]?.value).toBe('I am terse.');
  });

  it('gets another label, description and limit; only what changed is asked for', async () => {
    const { block, press, asked } = await openMemory();
    block('inbox').getByRole('button', { name: 'Edit details' }).focus();
    await press(block('inbox'), 'Edit details');
    const label = block('inbox').getByRole('textbox', { name: 'Label' });
    expect(document.activeElement).toBe(label);
    fireEvent.change(label, { target: { value: 'no spaces!' } });
    await press(block('inbox'), 'Apply');
    expect(block('inbox').getByRole('alert').textContent).toContain('letters, digits');
    expect(asked('memory.change')).toEqual([]);
    fireEvent.change(label, { target: { value: 'notes' } });
    fireEvent.change(block('inbox').getByRole('textbox', { name: 'Limit in characters' }), {
      target: { value: '900' },
    });
    await press(block('inbox'), 'Apply');
    expect(asked('memory.change')).toEqual([{ blockId: 'block-inbox', label: 'notes', limit: 900 }]);
    block('notes').getByText('0 / 900 characters');
    expect(block('notes').queryByRole('button', { name: 'Apply' })).toBeNull();
    await waitFor(() =>
      expect(document.activeElement).toBe(block('notes').getByRole('button', { name: 'Edit details' })),
    );
  });

  it('is made and deleted, the latter after a question', async () => {
    const { block, press, asked } = await openMemory();
    await press(page(), 'New block');
    const form = within(screen.getByRole('form', { name: 'New block' }));
    fireEvent.change(form.getByRole('textbox', { name: 'Label' }), { target: { value: 'decisions' } });
    fireEvent.change(form.getByRole('textbox', { name: 'Description' }), { target: { value: 'Why.' } });
    await press(form, 'Create');
    expect(asked('memory.create')).toEqual([{ label: 'decisions', description: 'Why.', value: '', limit: 5_000 }]);
    expect(document.activeElement).toBe(block('decisions').getByRole('textbox', { name: 'Value' }));
    await press(block('decisions'), 'Edit details');
    await press(block('decisions'), /Delete this block/);
    expect(asked('memory.delete')).toEqual([]);
    await press(block('decisions'), 'Delete');
    expect(asked('memory.delete')).toEqual([{ blockId: 'block-decisions' }]);
    expect(screen.queryByRole('region', { name: 'decisions' })).toBeNull();
    expect(document.activeElement).toBe(block('inbox').getByRole('textbox', { name: 'Value' }));
    await press(page(), 'Attach shared block');
    expect(asked('memory.attach')).toEqual([{}]);
  });

  it('says when the label is taken, and keeps what was typed', async () => {
    const { press } = await openMemory();
    await press(page(), 'New block');
    const form = within(screen.getByRole('form', { name: 'New block' }));
    fireEvent.change(form.getByRole('textbox', { name: 'Label' }), { target: { value: 'human' } });
    await press(form, 'Create');
    expect(screen.getByRole('alert').textContent).toContain('There is a block human already. Choose another label.');
    expect(form.getByRole<HTMLInputElement>('textbox', { name: 'Label' }).value).toBe('human');
  });

  it('merges an edit of other lines on a click, and takes the merge back', async () => {
    const { view, block, press } = await openMemory();
    const value = () => block('project').getByRole<HTMLTextAreaElement>('textbox', { name: 'Value' });
    const base = value().value;
    fireEvent.change(value(), { target: { value: base.replace('Tuesdays', 'Fridays') } });
    const theirs = base.replace('test:unit', 'test');
    view.host.blocks = view.host.blocks.map((b) => (b.label === 'project' ? { ...b, value: theirs } : b));
    act(() => view.host.end.send('blocks', view.host.blocks));
    await view.settle();
    await press(block('project'), 'Merge both');
    expect(value().value).toBe(theirs.replace('Tuesdays', 'Fridays'));
    expect(screen.queryByRole('alert')).toBeNull();
    await press(block('project'), 'Put it back');
    expect(value().value).toBe(base.replace('Tuesdays', 'Fridays'));
    await press(block('project'), 'Merge both');
    await press(block('project'), 'Save');
    expect(view.host.blocks[2]?.value).toBe(theirs.replace('Tuesdays', 'Fridays'));
  });

  it('merges also what is only found out on saving', async () => {
    const { view, block, press } = await openMemory();
    const value = () => block('project').getByRole<HTMLTextAreaElement>('textbox', { name: 'Value' });
    const base = value().value;
    fireEvent.change(value(), { target: { value: `${base}\nmine` } });
    view.host.blocks = view.host.blocks.map((b) =>
      b.label === 'project' ? { ...b, limit: 500, value: `${base}\ntheirs` } : b,
    );
    await press(block('project'), 'Save');
    expect(value().value).toBe(`${base}\nmine`);
    await press(block('project'), 'Merge both');
    expect(value().value).toBe(`${base}\ntheirs\nmine`);
  });
});

describe('the history of a block', () => {
  const rows = () => within(screen.getByRole('list', { name: 'History of conventions' })).getAllByRole('listitem');
  const row = (at: number) => within(rows()[at] ?? document.body);

  async function openHistory() {
    const memory = await openMemory();
    await memory.press(memory.block('conventions'), 'History');
    return memory;
  }

  it('says who, how and when, and what changed', async () => {
    await openHistory();
    expect(rows()).toHaveLength(4);
    row(0).getByText(/Remember This/);
    row(0).getByText('+1');
    row(1).getByText('Unreviewed.');
    row(2).getByText('You');
    row(2).getByText('−5');
    row(3).getByText('Reflection');
  });

  it('compares with the one before, or any two', async () => {
    const { press, asked } = await openHistory();
    await press(row(1), 'Compare');
    fireEvent.click(row(3).getByRole('checkbox'));
    fireEvent.click(row(0).getByRole('checkbox'));
    await press(page(), 'Compare the two');
    expect(asked('memory.compare')).toEqual([
      { blockId: 'block-conventions', revisionId: 'rev-8' },
      { blockId: 'block-conventions', revisionId: 'rev-9', to: 'rev-6' },
    ]);
  });

  it('restores any but the current one', async () => {
    const { press, block, asked } = await openHistory();
    expect(row(0).queryByRole('button', { name: 'Restore' })).toBeNull();
    await press(row(2), 'Restore');
    expect(asked('memory.restore')).toEqual([{ blockId: 'block-conventions', revisionId: 'rev-7' }]);
    expect(block('conventions').getByRole<HTMLTextAreaElement>('textbox', { name: 'Value' }).value).toBe('- Restored.');
    expect(said()).toContain('Restored conventions.');
    // A restore is a revision itself: the list is asked for again.
    expect(asked('memory.history').length).toBeGreaterThan(1);
  });

  it('shows the turn where a thread is known', async () => {
    const { press, asked } = await openHistory();
    expect(row(2).queryByRole('button', { name: 'Show turn' })).toBeNull();
    await press(row(1), 'Show turn');
    expect(asked('memory.showTurn')).toEqual([{ threadId: 'conv-2', messageId: 'user-9' }]);
    expect(screen.getByRole('tab', { name: 'Chat' }).getAttribute('aria-selected')).toBe('true');
  });

  it('comes in pages', async () => {
    const { press } = await openHistory();
    await press(page(), 'Older');
    expect(rows()).toHaveLength(24);
    await press(page(), 'Older');
    await press(page(), 'Older');
    expect(rows()).toHaveLength(49);
    expect(screen.queryByRole('button', { name: 'Older' })).toBeNull();
  });

  it('says of each line why it is believed', async () => {
    const { press, block, list, asked } = await openMemory();
    await press(block('conventions'), 'Lines');
    const lines = list('Lines of conventions')
      .getAllByRole('listitem')
      .map((line) => within(line));
    lines[0]?.getByText('No, only what can succeed a second time. A 404 stays a 404.');
    lines[1]?.getByText('Until branch feature/retry');
    lines[2]?.getByText('From before Letta began to watch.');
    await press(list('Lines of conventions'), 'Confirm');
    expect(asked('memory.confirm')).toEqual([
      { blockId: 'block-conventions', line: '- Tests assert what a user sees.' },
    ]);
    await press(list('Lines of conventions'), 'Show message');
    expect(asked('memory.showTurn')).toEqual([{ threadId: 'conv-1', messageId: 'user-1' }]);
  });
});

describe('the room in the prompt', () => {
  it('is shown for all blocks together, and what to do when they take more', async () => {
    const { view } = await openMemory({ init: { panel: 'memory', about: { ...ABOUT, memoryTokens: 2_000 } } });
    const send = (memoryTokens: number) =>
      act(() => view.host.end.send('about', { about: { ...ABOUT, memoryTokens }, models: [], mode: 'standard' }));
    const meter = screen.getByRole('meter', { name: 'All blocks' });
    expect(meter.getAttribute('aria-valuetext')).toMatch(/^[\d,]+ of 2,000 tokens of the prompt$/);
    expect(screen.queryByText(/letta\.memory\.maxPromptTokens/)).toBeNull();
    send(10);
    await view.settle();
    screen.getByText(/move lines to the archive, or raise the setting letta\.memory\.maxPromptTokens/);
  });
});
