// @vitest-environment happy-dom
// Questions, the plan and subagents as a person and a screen reader meet them.
import { cleanup, fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { QuestionView } from '../../../src/protocol/asking.ts';
import type { AgentItem, ToolPart } from '../../../src/protocol/views.ts';
import { QUESTION, snapshotOf, TODOS } from '../../../webview-ui/dev/fixtures.ts';
import { openView } from './view.tsx';

const ask = (more: Partial<QuestionView> = {}) =>
  openView({ snapshot: snapshotOf([], { running: true, questions: [{ ...QUESTION, ...more }] }) });
const group = () => within(screen.getByRole('group', { name: 'Question: Tabs or spaces?' }));
const words = () => group().getByRole<HTMLTextAreaElement>('textbox', { name: 'Your answer' });

describe('a question', () => {
  it('is answered with one click on an option, once, and goes away', async () => {
    const { host, settle } = await ask();
    const tabs = group().getByRole('button', { name: 'Tabs' });
    expect(tabs.getAttribute('aria-describedby')).toBe(group().getByText('As in the rest of the code').id);
    fireEvent.click(tabs);
    fireEvent.click(group().getByRole('button', { name: 'Spaces' }));
    await settle();
    const answers = host.asked.filter(({ method }) => method === 'answer');
    expect(answers.map(({ params }) => params)).toEqual([{ questionId: 'question-1', choices: [0] }]);
    expect(screen.queryByRole('group', { name: /^Question/ })).toBeNull();
  });

  it('is answered in words with Enter, but not with the Enter of an input method', async () => {
    const { host, settle } = await ask();
    fireEvent.change(words(), { target: { value: ' 両方 ' } });
    fireEvent.keyDown(words(), { key: 'Enter', isComposing: true });
    fireEvent.keyDown(words(), { key: 'Enter', keyCode: 229 });
    fireEvent.keyDown(words(), { key: 'Enter', shiftKey: true });
    await settle();
    expect(host.asked.some(({ method }) => method === 'answer')).toBe(false);
    fireEvent.keyDown(words(), { key: 'Enter' });
    await settle();
    expect(host.asked.at(-1)).toEqual({
      method: 'answer',
      params: { questionId: 'question-1', choices: [], text: '両方' },
    });
  });

  it('that allows several is answered with boxes and words together, in the order of the options', async () => {
    const { host, settle } = await ask({ multiple: true });
    const answer = group().getByRole<HTMLButtonElement>('button', { name: 'Answer' });
    expect(answer.disabled).toBe(true);
    for (const name of ['Spaces', 'Tabs', 'Tabs', 'Tabs']) fireEvent.click(group().getByRole('checkbox', { name }));
    fireEvent.change(words(), { target: { value: 'both' } });
    fireEvent.click(answer);
    await settle();
    expect(host.asked.at(-1)?.params).toEqual({ questionId: 'question-1', choices: [0, 1], text: 'both' });
  });

  it('can be skipped, and what was typed is not sent then', async () => {
    const { host, settle } = await ask({ options: [] });
    fireEvent.change(words(), { target: { value: 'half a thou' } });
    fireEvent.click(group().getByRole('button', { name: 'Skip' }));
    await settle();
    expect(host.asked.at(-1)?.params).toEqual({ questionId: 'question-1', choices: [], skip: true });
  });

  it('is announced, and told on the tab while another panel is shown', async () => {
    const { host, settle } = await openView({ snapshot: snapshotOf([], { running: true }) });
    host.patch({ op: 'questions', questions: [QUESTION] });
    await settle();
    expect(screen.getByRole('status').textContent).toBe('Question: Tabs or spaces?');
    fireEvent.click(screen.getByRole('tab', { name: 'Threads' }));
    await settle();
    expect(screen.getByRole('tab', { name: 'Chat' }).getAttribute('aria-description')).toBe('A question waits');
  });
});

const answer = (part: Partial<ToolPart>): AgentItem => ({
  kind: 'agent',
  id: 'a1',
  state: 'done',
  date: '2026-11-21T10:00:00Z',
  parts: [{ type: 'tool', id: 'c1', name: 'X', title: 'X', state: 'done', input: '{}', ...part }],
});

describe('the plan', () => {
  it('stands in short above the composer while it is not done, and unfolds', async () => {
    const { host, settle } = await openView({ snapshot: snapshotOf([], { todos: TODOS }) });
    const plan = () => within(screen.getByRole('region', { name: 'Plan' }));
    const button = plan().getByRole('button');
    expect(button.textContent).toContain('Mend it');
    expect(button.textContent).toContain('1 of 3 done');
    expect(plan().queryByRole('list')).toBeNull();
    fireEvent.click(button);
    expect(
      plan()
        .getAllByRole('listitem')
        .map((item) => item.textContent?.replace(/^\W+/, '')),
    ).toEqual(['done: Read it', 'in progress: Mend it', 'to do: Test it']);
    host.patch({ op: 'todos', todos: TODOS.map((todo) => ({ ...todo, status: 'completed' })) });
    await settle();
    expect(screen.queryByRole('region', { name: 'Plan' })).toBeNull();
  });

  it('stands on the card that wrote it', async () => {
    const item = answer({ title: 'Todos', target: '1 of 3 done', body: { kind: 'todos', todos: TODOS } });
    await openView({ snapshot: snapshotOf([item]) });
    const card = within(screen.getByRole('group', { name: 'Todos 1 of 3 done' }));
    expect(within(card.getByRole('list', { name: 'Todos' })).getAllByRole('listitem')).toHaveLength(3);
  });
});

describe('a subagent', () => {
  it('shows its newest call, how many there were and what they took, and all of them on demand', async () => {
    const body = {
      kind: 'subagent' as const,
      earlier: 2,
      tokens: 12_345,
      steps: [
        { kind: 'text' as const, id: 't1', text: 'I look around.' },
        { kind: 'call' as const, id: 'c1', title: 'Read a.txt', state: 'done' as const },
        { kind: 'call' as const, id: 'c2', title: 'Grep needle', state: 'running' as const },
      ],
    };
    await openView({ snapshot: snapshotOf([answer({ title: 'Task', target: 'find it', state: 'running', body })]) });
    const card = within(screen.getByRole('group', { name: 'Task find it' }));
    const line = card.getByRole('button', { name: /Grep needle/ });
    expect(line.textContent).toContain('4 steps, 12,345 tokens');
    fireEvent.click(line);
    const steps = within(card.getByRole('list', { name: 'Steps of the subagent' })).getAllByRole('listitem');
    expect(steps.map((step) => step.textContent)).toEqual([
      'I look around.',
      expect.stringContaining('Read a.txt done'),
      expect.stringContaining('Grep needle running'),
    ]);
  });

  it('is stopped alone by a button of its card, while it works', async () => {
    const body = { kind: 'subagent' as const, earlier: 0, steps: [] };
    const task = { title: 'Task', target: 'find it', body };
    const { host, settle } = await openView({ snapshot: snapshotOf([answer({ ...task, state: 'running' })]) });
    fireEvent.click(screen.getByRole('button', { name: 'Stop Task find it' }));
    await settle();
    expect(host.asked.at(-1)).toEqual({ method: 'subagent.stop', params: { callId: expect.any(String) } });
    cleanup();
    await openView({ snapshot: snapshotOf([answer({ ...task, state: 'done' })]) });
    expect(screen.queryByRole('button', { name: /^Stop Task/ })).toBeNull();
  });

  it('and an answered question show what came of them', async () => {
    const body = { kind: 'question' as const, question: 'Tabs or spaces?', answer: 'Tabs' };
    await openView({ snapshot: snapshotOf([answer({ title: 'Question', target: 'Tabs or spaces?', body })]) });
    const card = screen.getByRole('group', { name: 'Question Tabs or spaces?' });
    expect(card.textContent).toContain('Tabs');
    expect(card.querySelector('.question-answer')?.textContent).toBe('Tabs');
  });
});
