// What a file shall be once the agent's changes are taken back; and why a decision is refused.

import { t } from '../../protocol/l10n.ts';
import type { Hunk } from './lines.ts';
import { hunksOf, type Pending, typedIn, withoutHunk } from './pending.ts';

export type ReviewErrorReason = 'nothing' | 'busy' | 'typed' | 'stale';

/** Why it was not done; the message is for the person. */
export class ReviewError extends Error {
  override name = 'ReviewError';
  readonly reason: ReviewErrorReason;
  constructor(reason: ReviewErrorReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** What the person typed into changes that are to be undone: says no, stays with the changes it is in, goes with them. */
export type Typed = 'refuse' | 'leave' | 'take';

/**
 * The text without these changes, or all of them; null: there shall be no file; as it stands where nothing is to be taken back.
 * @throws ReviewError `typed`
 */
export function takenBack(file: Pending, hunks: readonly Hunk[] | undefined, typed: Typed): string | null {
  const { base, now } = file;
  if (base === null || now === null) {
    if (file.typed.length > 0 && typed !== 'take') return typed === 'leave' ? now : refused();
    return base;
  }
  const all = hunks ?? hunksOf(file);
  const free = all.filter((each) => !typedIn(file, each));
  if (free.length < all.length && typed === 'refuse') return refused();
  const back = typed === 'leave' ? free : all;
  if (hunks === undefined && back.length === all.length) return base;
  return back.toReversed().reduce((text, hunk) => withoutHunk({ ...file, now: text }, hunk), now);
}

function refused(): never {
  throw new ReviewError('typed', t('You have typed into what would be undone.'));
}
