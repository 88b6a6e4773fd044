// How long a line of memory holds: a day, a branch, or for good.
import * as vscode from 'vscode';
import { type Expiry, parseExpiry } from '../memory/hygiene/expiry.ts';
import { t } from '../protocol/l10n.ts';

export interface ExpiryQuestion {
  line: string;
  /** As it is shown; absent: the line holds for good. */
  current?: string;
  /** Of the workspace's repository. */
  branches: readonly string[];
  now: Date;
}

/** What others are merged into ends no line. */
const TRUNKS = new Set(['main', 'master']);
const QUOTE = 60;

type Item = vscode.QuickPickItem & { answer: Expiry | null | 'day' | 'branch' };

/** @returns null: for good; undefined: nothing was said */
export async function pickExpiry({ line, current, branches, now }: ExpiryQuestion): Promise<Expiry | null | undefined> {
  const one = line.trim();
  const title = t('Expires: {0}', one.length > QUOTE ? `${one.slice(0, QUOTE - 1)}…` : one);
  const others = branches.filter((branch) => !TRUNKS.has(branch));
  const inDays = (label: string, day: Date): Item => ({
    label,
    description: dayOf(day),
    answer: { until: dayOf(day) },
  });
  const items: Item[] = [
    inDays(t('In a week'), later(now, 0, 7)),
    inDays(t('In a month'), later(now, 1, 0)),
    inDays(t('In three months'), later(now, 3, 0)),
    { label: t('On a day…'), answer: 'day' },
    ...(others.length > 0 ? [{ label: t('When a branch is merged or gone…'), answer: 'branch' } satisfies Item] : []),
    { label: t('Never'), ...(current ? {} : { description: t('as now') }), answer: null },
  ];
  const placeHolder = current
    ? t('It holds until {0}. Until when does it hold?', current)
    : t('Until when does this line hold?');
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder });
  if (!picked) return undefined;
  if (picked.answer === 'day') return askDay(title, dayOf(later(now, 1, 0)));
  if (picked.answer !== 'branch') return picked.answer;
  const branch = await vscode.window.showQuickPick(others, {
    title,
    placeHolder: t('The line holds until this branch is merged or gone'),
  });
  return branch === undefined ? undefined : { branch };
}

async function askDay(title: string, value: string): Promise<Expiry | undefined> {
  const day = await vscode.window.showInputBox({
    title,
    prompt: t('The last day it holds, as YYYY-MM-DD'),
    value,
    ignoreFocusOut: true,
    validateInput: (text) =>
      parseExpiry(`until ${text.trim()}`) && /^\S{10}$/.test(text.trim())
        ? undefined
        : t('Write a day that exists, as 2026-12-31.'),
  });
  return day === undefined ? undefined : { until: day.trim() };
}

function later(now: Date, months: number, days: number): Date {
  const first = new Date(now.getFullYear(), now.getMonth() + months, 1);
  const last = new Date(first.getFullYear(), first.getMonth() + 1, 0).getDate();
  return new Date(first.getFullYear(), first.getMonth(), Math.min(now.getDate(), last) + days);
}

/** The day where the person is. */
const dayOf = (date: Date): string =>
  [
    String(date.getFullYear()).padStart(4, '0'),
    String(date.getMonth() + 1).padStart(2, '0'),
    String(date.getDate()).padStart(2, '0'),
  ].join('-');
