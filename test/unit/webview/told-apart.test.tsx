// @vitest-environment happy-dom
// What has the same buttons in every row is told apart by people who do not see the row.
import { describe, expect, it } from 'vitest';
import { passages } from '../../../webview-ui/dev/memory-fixtures.ts';
import { openMemory } from './memory-view.tsx';

/** The text of the elements that an attribute names by their ids. */
const referred = (element: Element, attribute: string): string =>
  (element.getAttribute(attribute) ?? '')
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent ?? '')
    .join(' ');
const nameOf = (item: Element) => referred(item, 'aria-labelledby');

/** Names with descriptions of all buttons and boxes in a list, and how many there are. */
function told(items: readonly HTMLElement[]) {
  const controls = items.flatMap((item) => [...item.querySelectorAll<HTMLElement>('button, input')]);
  const words = controls
    .filter((control) => !control.classList.contains('thread-link') && !control.classList.contains('tag'))
    .map((control) => `${control.getAttribute('aria-label')}: ${referred(control, 'aria-describedby')}`);
  return { words, apart: new Set(words).size };
}

describe('the rows of', () => {
  it('a history say who wrote them, when and what, and so do their buttons', async () => {
    const { block, press, list } = await openMemory();
    await press(block('conventions'), 'History');
    const items = list('History of conventions').getAllByRole('listitem');
    const names = items.map(nameOf);
    expect(names[0]).toMatch(/^The agent · Remember This · .*Retry transient errors only/);
    expect(new Set(names).size).toBe(items.length);
    const { words, apart } = told(items);
    expect(words[0]).toMatch(/^Choose for comparing: The agent · Remember This · .*Retry transient errors/);
    expect(words).toContainEqual(expect.stringMatching(/^Show turn: .*Remember This/));
    expect(apart).toBe(words.length);
  });

  it('the archive are named by their text, and so are their buttons', async () => {
    const { list } = await openMemory({ passages: passages(4) });
    const items = list('Archive').getAllByRole('listitem');
    const names = items.map(nameOf);
    expect(new Set(names).size).toBe(items.length);
    const { words, apart } = told(items);
    expect(words).toContainEqual(`Edit: ${names[0]}`);
    expect(apart).toBe(words.length);
  });
});
