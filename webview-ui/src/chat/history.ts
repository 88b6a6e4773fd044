// What the person has sent in a thread, for going through it with the arrow keys.
import type { Item } from '../../../src/protocol/transcript-views.ts';

/** @returns the texts newest first, repetitions in a row left out. */
export function sentBefore(items: readonly Item[]): string[] {
  const texts: string[] = [];
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i];
    if (item?.kind === 'user' && item.text !== texts.at(-1)) texts.push(item.text);
  }
  return texts;
}
