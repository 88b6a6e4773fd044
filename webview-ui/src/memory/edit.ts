// What a block's editor shows, from the stored block and the person's draft. Pure: nothing that either side wrote is lost.
import { countCharacters } from '../../../src/protocol/characters.ts';
import type { BlockView } from '../../../src/protocol/memory-views.ts';
import type { BlockDraft } from '../saved.ts';

export interface BlockEdit {
  /** What stands in the text box. */
  value: string;
  dirty: boolean;
  /** The stored text, when it changed under the person's hands. */
  theirs: string | undefined;
  /** In characters as a person counts them; the limit is meant so. */
  length: number;
  tooLong: boolean;
}

/** An untouched block follows what is stored; an edited one keeps the draft and shows what it collides with. */
export function editOf(block: BlockView, draft: BlockDraft | undefined): BlockEdit {
  const value = draft?.value ?? block.value;
  const dirty = value !== block.value;
  const length = countCharacters(value);
  return {
    value,
    dirty,
    theirs: draft && dirty && draft.base !== block.value ? block.value : undefined,
    length,
    tooLong: length > block.limit,
  };
}

/** @returns the draft after typing; `undefined` when nothing differs from what is stored. */
export function typed(block: BlockView, draft: BlockDraft | undefined, value: string): BlockDraft | undefined {
  if (value === block.value) return undefined;
  return { value, base: draft?.base ?? block.value };
}

/** Selects a line, so that the box scrolls to it when it gets the keyboard; nothing where the text is gone meanwhile. */
export function selectLine(box: HTMLTextAreaElement, wanted: string): void {
  const text = wanted.trim();
  const lines = box.value.split('\n');
  const exact = lines.findIndex((line) => line.trim() === text);
  const index = exact >= 0 ? exact : lines.findIndex((line) => text !== '' && line.includes(text));
  if (index < 0) return;
  const start = lines.slice(0, index).reduce((sum, line) => sum + line.length + 1, 0);
  box.setSelectionRange(start, start + (lines[index] ?? '').length);
}
