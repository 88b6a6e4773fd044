// Times as a person says them.
import { language, t } from '../l10n.tsx';

const relative = new Intl.RelativeTimeFormat(language(), { numeric: 'auto', style: 'short' });
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** @param iso an ISO 8601 date; @returns e.g. `5 min. ago`, a plain date after a week, '' when it is no date. */
export function ago(iso: string, now = Date.now()): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return '';
  const past = now - time;
  if (past < MINUTE) return t('now');
  if (past < HOUR) return relative.format(-Math.floor(past / MINUTE), 'minute');
  if (past < DAY) return relative.format(-Math.floor(past / HOUR), 'hour');
  if (past < 7 * DAY) return relative.format(-Math.floor(past / DAY), 'day');
  return new Date(time).toLocaleDateString(language(), { year: 'numeric', month: 'short', day: 'numeric' });
}

/** @param iso an ISO 8601 date; @returns e.g. `21 Nov 2026, 14:03`, '' when it is no date. */
export function longDate(iso: string): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return '';
  const day = { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' } as const;
  // Americans put the month first and count to twelve.
  return new Date(time).toLocaleString(language() === 'en' ? 'en-GB' : language(), day);
}
