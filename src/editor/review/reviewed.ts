// What waits for review: changes of texts that a person can look through.
import type { FileChange } from '../editor.ts';

/** Of a file; larger ones are data, and nobody looks through their changes. */
export const MOST_CHARACTERS = 2_000_000;

/** Whether a text is too large for that, before the change or after it. */
export const isTooLarge = ({ opaque, before, after }: FileChange): boolean =>
  !opaque && Math.max(before?.length ?? 0, after?.length ?? 0) > MOST_CHARACTERS;

/** No more than so much, and no text that only stands for something else. */
export const isReviewed = (change: FileChange): boolean => !change.opaque && !isTooLarge(change);
