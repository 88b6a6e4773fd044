// @vitest-environment happy-dom
// What a person types into the forms of the archive and of a new block is there after the view was thrown away.
import { cleanup, fireEvent, screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { RICH_BLOCKS } from '../../../webview-ui/dev/memory-fixtures.ts';
import { openMemory } from './memory-view.tsx';
import { openView } from './view.tsx';

const PASSAGES = [{ id: 'p1', text: 'The till was bought in 2019.', tags: ['shop'], at: '2026-01-01T00:00:00Z' }];
const form = (name: string) => screen.queryByRole('form', { name });
const field = (name: string, label: string) =>
  within(form(name) as HTMLElement).getByLabelText<HTMLInputElement | HTMLTextAreaElement>(label);

async function again(view: Awaited<ReturnType<typeof openMemory>>['view']) {
  await view.settle();
  const { kept } = view;
  cleanup();
  const next = await openView({ init: { panel: 'memory' }, blocks: RICH_BLOCKS, passages: PASSAGES }, kept);
  await screen.findByRole('list', { name: 'Archive' });
  await next.settle();
  await next.settle();
  return next;
}

it.each([
  ['New entry', 'Add entry', 'Text', 'Something new'],
  ['Edit entry', 'Edit', 'Tags', 'shop, till'],
  ['New block', 'New block', 'Description', 'Words we use'],
])(
  '%s comes back with what was typed, leaves the keyboard alone, and is gone with Cancel',
  async (name, opener, label, typed) => {
    const { view, press } = await openMemory({ passages: PASSAGES });
    const scope = name === 'Edit entry' ? within(screen.getByRole('list', { name: 'Archive' })) : within(document.body);
    await press(scope, opener);
    fireEvent.change(field(name, label), { target: { value: typed } });
    const next = await again(view);
    expect(field(name, label).value).toBe(typed);
    expect(form(name)?.contains(document.activeElement)).toBe(false);
    fireEvent.click(within(form(name) as HTMLElement).getByRole('button', { name: 'Cancel' }));
    await next.settle();
    expect(form(name)).toBeNull();
    await again(next);
    expect(form(name)).toBeNull();
  },
);

it('what was saved does not come back', async () => {
  const { view, press, asked } = await openMemory({ passages: PASSAGES });
  await press(within(document.body), 'Add entry');
  fireEvent.change(field('New entry', 'Text'), { target: { value: 'Something new' } });
  await press(within(form('New entry') as HTMLElement), 'Save');
  expect(asked('archive.add')).toEqual([{ text: 'Something new', tags: [] }]);
  await again(view);
  expect(form('New entry')).toBeNull();
});
