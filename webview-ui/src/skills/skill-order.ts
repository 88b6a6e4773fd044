// Which skills a search finds, in which order they stand, and what their use suggests.
import type { SkillUsageCounts, SkillView } from '../../../src/protocol/skill-views.ts';
import { language, plural, t } from '../l10n.tsx';

export const ORDERS = ['name', 'lastUsed', 'succeeded', 'corrected'] as const;
export type SkillOrder = (typeof ORDERS)[number];

const NEVER: SkillUsageCounts = { used: 0, succeeded: 0, corrected: 0, lastUsed: null };
const DAY = 24 * 60 * 60_000;
/** A skill that nobody wanted for so many days costs a line of every request. */
const RETIRE_DAYS = 90;
/** Fewer prove nothing. */
const ENOUGH_USES = 5;
const ENOUGH_CORRECTIONS = 2;

/** Every word must be found, in the name, the description, the scope or the place. */
export function found(skills: readonly SkillView[], query: string): SkillView[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return skills.filter(({ name, description, scope, location }) => {
    const text = `${name} ${description} ${scope} ${location}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Of one name in order of precedence, as the host gives them. */
export function ordered(skills: readonly SkillView[], order: SkillOrder): SkillView[] {
  const names = new Intl.Collator(language(), { numeric: true });
  const weight = ({ usage = NEVER }: SkillView): number => {
    if (order === 'name') return 0;
    return order === 'lastUsed' ? Date.parse(usage.lastUsed ?? '') || 0 : usage[order];
  };
  return skills.toSorted((a, b) => weight(b) - weight(a) || names.compare(a.name, b.name));
}

export type Advice = { kind: 'revise' | 'retire'; why: string };

/** @param now milliseconds since 1970 */
export function adviceFor({ usage, scope, enabled, bare, problems }: SkillView, now: number): Advice | undefined {
  if (!usage || !enabled || bare) return undefined;
  const { lastUsed, since, revised } = usage;
  // A revision begins anew.
  const counted = (of: 'used' | 'succeeded' | 'corrected') => usage[of] - (revised?.[of] ?? 0);
  const [used, succeeded, corrected] = [counted('used'), counted('succeeded'), counted('corrected')];
  const mayRevise = scope !== 'bundled' && problems.length === 0;
  if (mayRevise && corrected >= ENOUGH_CORRECTIONS && corrected * 3 >= used)
    return {
      kind: 'revise',
      why: revised
        ? t('You corrected {0} of {1} uses since its revision.', corrected, used)
        : t('You corrected {0} of {1} uses.', corrected, used),
    };
  if (used >= ENOUGH_USES && succeeded === 0)
    return {
      kind: 'retire',
      why: revised
        ? t('None of {0} uses since its revision came to a good end.', used)
        : t('None of {0} uses came to a good end.', used),
    };
  const days = Math.floor((now - Date.parse(lastUsed ?? since ?? '')) / DAY);
  if (days >= RETIRE_DAYS) return { kind: 'retire', why: t('Not used for {0} days.', days) };
  return undefined;
}

/** E.g. `Used 3 times, last yesterday`. @param ago of a date */
export function inWords({ used, succeeded, corrected, lastUsed }: SkillUsageCounts, ago: (iso: string) => string) {
  if (used === 0) return t('Not used yet');
  const times =
    lastUsed === null
      ? plural(used, 'Used once', 'Used {0} times')
      : plural(used, 'Used once, last {1}', 'Used {0} times, last {1}', ago(lastUsed));
  return `${times} · ${t('{0} succeeded', succeeded)} · ${t('{0} corrected', corrected)}`;
}
