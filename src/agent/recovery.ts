// Settling a call that was begun and never finished, by looking at what it was to change. Nothing runs again here.
import { hashOf } from './files.ts';
import type { Intent } from './journal.ts';

/** The whole text of a file as the editor has it, else as the disk has it; null where there is none. */
export type ReadText = (path: string) => Promise<string | null>;

export type Settlement =
  /** Every target is as it was to become. */
  | 'applied'
  /** Every target is as it was. */
  | 'not_applied'
  /** Neither: a person must look. */
  | 'unknown'
  /** It changes no file, so there is nothing to look at. */
  | 'harmless';

/** How one target stands against the hashes that were written before the call ran. */
export function standing(
  now: string | null,
  target: { before: string | null; after: string | null },
): 'before' | 'after' | 'both' | 'neither' {
  const before = now === target.before;
  const after = now === target.after;
  return before && after ? 'both' : before ? 'before' : after ? 'after' : 'neither';
}

/** Looks at every target. A target that cannot be read counts as neither. */
export async function settle(intent: Intent, readText: ReadText): Promise<Settlement> {
  if (!intent.changes) return 'harmless';
  if (intent.targets.length === 0) return 'unknown';
  const states = await Promise.all(
    intent.targets.map(async (target) => {
      try {
        return standing(hashOf(await readText(target.path)), target);
      } catch {
        return 'neither';
      }
    }),
  );
  if (states.every((s) => s === 'after' || s === 'both')) return 'applied';
  if (states.every((s) => s === 'before' || s === 'both')) return 'not_applied';
  return 'unknown';
}

/** What the model reads about a settled call. */
export function settledText(settlement: Settlement, intent: Intent): { status: 'success' | 'error'; text: string } {
  const paths = intent.targets.map((t) => t.path).join(', ');
  switch (settlement) {
    case 'applied':
      return {
        status: 'success',
        text: `Applied: ${paths} is as intended. The editor was interrupted before it could report, so problems were not checked.`,
      };
    case 'not_applied':
      return {
        status: 'error',
        text: `Interrupted, not applied: ${paths} is unchanged. Call it again if it is still needed.`,
      };
    case 'unknown':
      return {
        status: 'error',
        text: paths
          ? `Interrupted, outcome unknown: ${paths} is neither as before nor as intended. Read it before you go on; do not repeat the change blindly.`
          : 'Interrupted, outcome unknown. Check what happened before you go on; do not repeat it blindly.',
      };
    case 'harmless':
      return {
        status: 'error',
        text: 'Interrupted before it was done. Nothing was changed. Call it again if it is still needed.',
      };
  }
}
