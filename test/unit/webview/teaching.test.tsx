// What a person can teach from the view: a message to remember, a reason for a refusal, a line's end.
// @vitest-environment happy-dom
import { act, fireEvent, screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { Item } from '../../../src/protocol/transcript-views.ts';
import { APPROVAL, snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { openView } from './view.tsx';

const at = '2026-11-20T10:00:00Z';
const QUESTION: Item = { kind: 'user', id: 'u', text: ' Names are nouns. ', date: at };
const answer = (state: 'streaming' | 'done', texts: string[]): Item => ({
  kind: 'agent',
  id: 'a',
  state,
  date: at,
  parts: texts.map((text, i) => ({ type: 'text' as const, id: `t${i}`, text })),
});
const remember = (article: HTMLElement) => within(article).queryByRole('button', { name: 'Remember this' });

it('hands a message to the host: what the person said, and what the agent answered', async () => {
  const items = [QUESTION, answer('done', ['First.', '', 'Second.'])];
  const { host, settle } = await openView({ snapshot: snapshotOf(items) });
  const [you, agent] = screen.getAllByRole('article');
  for (const article of [you, agent]) {
    const button = article && remember(article);
    if (!button) throw new Error('The button is missing.');
    fireEvent.click(button);
  }
  await settle();
  const { threadId } = snapshotOf([]);
  expect(host.asked.filter(({ method }) => method === 'remember').map(({ params }) => params)).toEqual([
    { threadId, text: 'Names are nouns.', answer: false },
    { threadId, text: 'First.\n\nSecond.', answer: true },
  ]);
});

it('takes what is selected of a message instead, and nothing that is selected elsewhere', async () => {
  const { host, settle } = await openView({ snapshot: snapshotOf([QUESTION, answer('done', ['An answer.'])]) });
  const [you, agent] = screen.getAllByRole('article');
  const words = you?.querySelector('.user-text')?.firstChild;
  if (!words || !agent || !you) throw new Error('The messages are missing.');
  const selection = document.getSelection();
  selection?.setBaseAndExtent(words, 1, words, 6);
  fireEvent.click(remember(you) ?? you);
  fireEvent.click(remember(agent) ?? agent);
  await settle();
  const texts = host.asked.filter(({ method }) => method === 'remember').map(({ params }) => params);
  expect(texts).toMatchObject([{ text: 'Names' }, { text: 'An answer.' }]);
  selection?.removeAllRanges();
});

it('offers nothing on an answer that is being written, or that says nothing', async () => {
  await openView({ snapshot: snapshotOf([QUESTION, answer('streaming', ['Half'])], { running: true }) });
  expect(screen.getAllByRole('article').map((article) => remember(article) !== null)).toEqual([true, false]);
});

it('tells a reason with Deny, by the button or by Enter, and only then', async () => {
  const second = { ...APPROVAL, id: 'second', title: 'Edit src/b.ts' };
  const third = { ...APPROVAL, id: 'third', title: 'Edit src/c.ts' };
  const approvals = [APPROVAL, second, third];
  const { host, settle } = await openView({ snapshot: snapshotOf([QUESTION], { running: true, approvals }) });
  const card = (title: string) => within(screen.getByRole('group', { name: `Approval: ${title}` }));
  const words = (title: string) => card(title).getByRole('textbox', { name: 'Why not?' });
  const decisions = () => host.asked.filter(({ method }) => method === 'decide').map(({ params }) => params);

  // Enter in an empty box is no decision.
  fireEvent.keyDown(words(second.title), { key: 'Enter' });
  fireEvent.change(words(second.title), { target: { value: ' use pnpm here ' } });
  fireEvent.keyDown(words(second.title), { key: 'Enter', isComposing: true });
  await settle();
  expect(decisions()).toEqual([]);
  fireEvent.keyDown(words(second.title), { key: 'Enter' });
  await settle();
  fireEvent.change(words(third.title), { target: { value: 'never mind' } });
  fireEvent.click(card(third.title).getByRole('button', { name: 'Allow' }));
  await settle();
  fireEvent.click(card(APPROVAL.title).getByRole('button', { name: 'Deny' }));
  await settle();
  expect(decisions()).toEqual([
    { approvalId: 'second', decision: 'deny', reason: 'use pnpm here' },
    { approvalId: 'third', decision: 'allow' },
    { approvalId: APPROVAL.id, decision: 'deny' },
  ]);
});

it('asks how long a line of memory holds', async () => {
  const { host, settle } = await openView();
  act(() => screen.getByRole('tab', { name: 'Memory' }).click());
  await settle();
  const block = within(screen.getByRole('region', { name: 'conventions' }));
  fireEvent.click(block.getByRole('button', { name: 'Lines' }));
  await settle();
  const [first] = within(block.getByRole('list', { name: 'Lines of conventions' })).getAllByRole('listitem');
  if (!first) throw new Error('The block has no lines.');
  fireEvent.click(within(first).getByRole('button', { name: 'Expires…' }));
  await settle();
  const asked = host.asked.find(({ method }) => method === 'memory.expire')?.params;
  const line = first.querySelector('.line-text')?.textContent;
  expect(asked).toEqual({ blockId: 'block-conventions', line });
});
