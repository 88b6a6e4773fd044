// Settling a call that was begun and never finished, by looking at what it was to change. Nothing runs again here.
import { hashOf } from './files.ts';
import type { Intent } from './journal-records.ts';

/**
 * The whole text of a file as the editor has it, else as the disk has it; null where there is none. `whole`: a folder stands for
 * all that is in it.
 */
export type ReadText = (path: string, whole?: boolean) => Promise<string | null>;

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
  return settlementOf(intent, await standings(intent, readText));
}

/** Looks at every target, and says what the model reads about it. */
export async function settled(
  intent: Intent,
  readText: ReadText,
): Promise<{ status: 'success' | 'error'; text: string }> {
  const states = await standings(intent, readText);
  return settledText(settlementOf(intent, states), intent, states);
}

type Standing = ReturnType<typeof standing>;

function standings({ targets }: Intent, readText: ReadText): Promise<Standing[]> {
  return Promise.all(
    targets.map(async (target) => {
      try {
        return standing(hashOf(await readText(target.path, target.whole)), target);
      } catch {
        return 'neither';
      }
    }),
  );
}

function settlementOf(intent: Intent, states: readonly Standing[]): Settlement {
  if (!intent.changes) return 'harmless';
  if (states.length === 0) return 'unknown';
  if (states.every((s) => s === 'after' || s === 'both')) return 'applied';
  if (states.every((s) => s === 'before' || s === 'both')) return 'not_applied';
  return 'unknown';
}

/** More files are not named one by one. */
const MOST_NAMED = 30;

/** Where some of several files are as intended and others are not: which. */
function partly(intent: Intent, states: readonly Standing[]): string {
  const words: Record<Exclude<Standing, 'both'>, string> = {
    after: 'As intended',
    before: 'As before',
    neither: 'Neither as before nor as intended',
  };
  return (['after', 'before', 'neither'] as const)
    .flatMap((state) => {
      const paths = intent.targets.flatMap(({ path }, index) => (states[index] === state ? [path] : []));
      const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : '';
      return paths.length === 0 ? [] : [`${words[state]}: ${paths.slice(0, MOST_NAMED).join(', ')}${more}.`];
    })
    .join(' ');
}

/** What the model reads about a settled call. */
export function settledText(
  settlement: Settlement,
  intent: Intent,
  states: readonly Standing[] = [],
): { status: 'success' | 'error'; text: string } {
  const named = intent.targets.slice(0, MOST_NAMED).map((t) => t.path);
  const paths = named.join(', ') + (intent.targets.length > MOST_NAMED ? ', …' : '');
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
      if (states.length > 1) {
        const text = `Interrupted, and done in part. ${partly(intent, states)} Read them before you go on; do not repeat the change blindly.`;
        return { status: 'error', text };
      }
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
