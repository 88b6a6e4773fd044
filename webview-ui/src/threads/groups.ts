// The list of threads in groups: those of this workspace by day, then those that were made in others.
import type { ThreadView } from '../../../src/protocol/thread-views.ts';
import { language, t } from '../l10n.tsx';

export interface ThreadGroup {
  /** Stays the same while threads come and go. */
  key: string;
  title: string;
  threads: ThreadView[];
}

/** A group of days beyond the last week is a month. */
const WEEK = 7;

/** @param threads newest first; the order stays within each group */
export function groupThreads(threads: readonly ThreadView[], now = new Date()): ThreadGroup[] {
  const groups = new Map<string, ThreadGroup>();
  for (const thread of threads) {
    const { key, title } =
      thread.workspace === undefined
        ? dayOf(new Date(thread.updatedAt), now)
        : { key: `workspace:${thread.workspace}`, title: t('In {0}', thread.workspace) };
    const group = groups.get(key) ?? { key, title, threads: [] };
    group.threads.push(thread);
    groups.set(key, group);
  }
  const all = [...groups.values()];
  const elsewhere = ({ key }: ThreadGroup) => key.startsWith('workspace:');
  return [...all.filter((group) => !elsewhere(group)), ...all.filter(elsewhere)];
}

/** By the days of the person's calendar. */
function dayOf(date: Date, now: Date): { key: string; title: string } {
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  // What a clock ahead of ours dates is of today, and so is what has no date.
  if (!(days > 0)) return { key: 'today', title: t('Today') };
  if (days === 1) return { key: 'yesterday', title: t('Yesterday') };
  if (days <= WEEK) return { key: 'week', title: t('Last 7 days') };
  const title = date.toLocaleDateString(language(), { month: 'long', year: 'numeric' });
  return { key: title, title };
}

const midnight = (date: Date): number => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
