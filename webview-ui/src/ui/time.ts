// Times as a person says them.

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** @param iso an ISO 8601 date; @returns e.g. `5 min. ago`, a plain date after a week, '' when it is no date. */
export function ago(iso: string, now = Date.now()): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return '';
  const past = now - time;
  if (past < MINUTE) return 'now';
  if (past < HOUR) return relative.format(-Math.floor(past / MINUTE), 'minute');
  if (past < DAY) return relative.format(-Math.floor(past / HOUR), 'hour');
  if (past < 7 * DAY) return relative.format(-Math.floor(past / DAY), 'day');
  return new Date(time).toLocaleDateString('en', { year: 'numeric', month: 'short', day: 'numeric' });
}

/** @param iso an ISO 8601 date; @returns e.g. `21 Nov 2026, 14:03`, '' when it is no date. */
export function longDate(iso: string): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return '';
  const day = { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' } as const;
  return new Date(time).toLocaleString('en-GB', day);
}
