// Puts deleted entries of the archive back: each with its date, and the rest where one cannot be.

import { plural, t } from '../protocol/l10n.ts';
import type { PassageView } from '../protocol/memory-views.ts';

/** Of the text of an entry that is told whole: enough to add it by hand. */
const MOST_TOLD = 1_000;

/** Never throws: who undoes has more to put back. @returns what became of them, for the person; what failed with its words */
export async function putBack(
  deleted: { putBack(entry: PassageView): Promise<void> },
  entries: readonly PassageView[],
): Promise<string> {
  let back = 0;
  const problems: string[] = [];
  for (const entry of entries) {
    try {
      await deleted.putBack(entry);
      back++;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      problems.push(t('An entry of the archive could not be put back ({0}): {1}', why, entry.text.slice(0, MOST_TOLD)));
    }
  }
  const said =
    back === 0 ? [] : [plural(back, 'Put an entry of the archive back.', 'Put {0} entries of the archive back.')];
  return [...said, ...problems].join(' ');
}
