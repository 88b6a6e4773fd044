// @vitest-environment happy-dom
// axe-core over populated states. Contrast and layout need a real browser: the dev harness looks at those.
import { fireEvent, screen } from '@testing-library/react';
import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import { APPROVAL, ended, ITEMS, QUESTION, snapshotOf, TODOS } from '../../../webview-ui/dev/fixtures.ts';
import { openView } from './view.tsx';

async function violations(): Promise<string[]> {
  // The page around the view (title, language, landmarks) is not in this small DOM.
  const rules = Object.fromEntries(
    ['document-title', 'html-has-lang', 'color-contrast', 'page-has-heading-one'].map((id) => [id, { enabled: false }]),
  );
  const result = await axe.run(document.body, { rules });
  return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(' | ')}`);
}

describe('axe', () => {
  it.each([
    ['the first view', () => openView()],
    ['a conversation', () => openView({ snapshot: snapshotOf(ITEMS) })],
    ['an approval', () => openView({ snapshot: snapshotOf(ITEMS, { running: true, approvals: [APPROVAL] }) })],
    ['a question', () => openView({ snapshot: snapshotOf(ITEMS, { running: true, questions: [QUESTION] }) })],
    [
      'a question with boxes',
      () => openView({ snapshot: snapshotOf([], { running: true, questions: [{ ...QUESTION, multiple: true }] }) }),
    ],
    ['a plan', () => openView({ snapshot: snapshotOf(ITEMS, { todos: TODOS }) })],
    ['a failure', () => openView({ snapshot: snapshotOf(ended('failed')) })],
  ])('finds nothing in %s', async (_, open) => {
    await open();
    expect(await violations()).toEqual([]);
  });

  it.each(['Threads', 'Memory', 'Skills'])('finds nothing in %s', async (name) => {
    const view = await openView();
    fireEvent.click(screen.getByRole('tab', { name }));
    await view.settle();
    await view.settle();
    expect(await violations()).toEqual([]);
  });

  it('finds what is planted', async () => {
    await openView();
    const planted = document.createElement('button');
    document.body.append(planted);
    try {
      expect((await violations()).join()).toContain('button-name');
    } finally {
      planted.remove();
    }
  });
});
