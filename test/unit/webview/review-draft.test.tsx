// @vitest-environment happy-dom
// What a person types into a held write is kept until it is decided or cancelled.
import { cleanup, fireEvent, screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { REVIEWS, RICH_BLOCKS } from '../../../webview-ui/dev/memory-fixtures.ts';
import { openMemory } from './memory-view.tsx';
import { openView } from './view.tsx';

const MINE = '- Builds run in CI.';
const first = () =>
  within(screen.getAllByRole('listitem').find((item) => item.dataset.id === 'review-1') as HTMLElement);
const box = () => first().queryByRole<HTMLTextAreaElement>('textbox', { name: 'Text' });

async function type(press: Awaited<ReturnType<typeof openMemory>>['press']) {
  await press(first(), 'Edit');
  fireEvent.change(box() as HTMLElement, { target: { value: MINE } });
}

it('with Escape it is folded away, and Edit shows it again', async () => {
  const { view, press, asked } = await openMemory({ reviews: REVIEWS });
  await type(press);
  fireEvent.keyDown(box() as HTMLElement, { key: 'Escape' });
  await view.settle();
  expect(box()).toBeNull();
  first().getByText(/What you typed is kept/);
  await press(first(), 'Edit');
  expect(box()?.value).toBe(MINE);
  expect(document.activeElement).toBe(box());
  await press(first(), 'Save');
  expect(asked('review.accept')).toEqual([{ id: 'review-1', text: MINE }]);
});

it('is there after the view was thrown away, and leaves the keyboard where it is', async () => {
  const { view, press } = await openMemory({ reviews: REVIEWS });
  await type(press);
  await view.settle();
  const { kept } = view;
  cleanup();
  const again = await openView({ init: { panel: 'memory' }, blocks: RICH_BLOCKS, reviews: REVIEWS }, kept);
  await screen.findByRole('list', { name: 'Waiting for review' });
  await again.settle();
  expect(box()?.value).toBe(MINE);
  expect(document.activeElement).not.toBe(box());
});

it('is gone with Cancel; what is accepted as proposed asks for nothing else', async () => {
  const { press, asked } = await openMemory({ reviews: REVIEWS });
  await type(press);
  await press(first(), 'Cancel');
  expect(first().queryByText(/What you typed is kept/)).toBeNull();
  await press(first(), 'Edit');
  expect(box()?.value).toBe(REVIEWS[0]?.after);
  await press(first(), 'Cancel');
  await press(first(), 'Accept');
  expect(asked('review.accept')).toEqual([{ id: 'review-1' }]);
});
