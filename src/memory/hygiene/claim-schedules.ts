// Claims about when something runs: "nightly at 03:30", "every 15 minutes", against the schedules of workflows, jobs and code.
import { contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { CODE_FILE, lineAt } from './mask.ts';
import { isTestPath, type Workspace } from './workspace.ts';

interface Schedule extends Evidence {
  /** minute, hour, day, month, weekday */
  fields: string[];
  text: string;
  /** Of what it runs, lower case. */
  words: ReadonlySet<string>;
}

const FIELD = String.raw`(?:\*|\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)(?:\/\d+)?`;
const CRON = new RegExp(
  String.raw`(?<![\w*/,-])(${FIELD}[ \t]+${FIELD}[ \t]+${FIELD}[ \t]+(?:${FIELD}|[A-Z]{3})[ \t]+(?:${FIELD}|[A-Za-z]{3}(?:-[A-Za-z]{3})?))(?![\w*/,-])`,
  'g',
);
const PLACES = /\.(?:ya?ml|toml|json|tf|properties|xml)$|(?:^|\/)(?:crontab|Jenkinsfile)/;
const wordsIn = (text: string): string[] =>
  [...text.replace(/([a-z\d])([A-Z])/g, '$1 $2').matchAll(/[A-Za-z]{4,}/g)].map(([word]) =>
    word.toLowerCase().replace(/s$/, ''),
  );
/** They say that something is scheduled, not what. */
const COMMON =
  /^(?:cron|crontab|schedule|scheduled|every|name|daily|nightly|hourly|weekly|minute|hour|jobs?|work|worker|runs?|task|spec|metadata|kind|this|that|with|from)$/;

async function schedulesOf(workspace: Workspace): Promise<Schedule[]> {
  return workspace.once('schedules', async () => {
    const found: Schedule[] = [];
    for (const path of await workspace.files()) {
      if (isTestPath(path) || !(PLACES.test(path) || CODE_FILE.test(path))) continue;
      const text = (await workspace.text(path)) ?? '';
      if (!/cron|schedule/i.test(text)) continue;
      const rows = text.split('\n');
      const add = (fields: string[], shown: string, offset: number): void => {
        const line = lineAt(text, offset);
        // In a file of one job its whole head tells what is run; in a list only the row, and the key above it.
        const many = [...text.matchAll(CRON)].length > 1;
        const about = many ? rows.slice(Math.max(0, line - 2), line + 1).join(' ') : rows.slice(0, line + 3).join(' ');
        const words = new Set(wordsIn(`${path} ${about}`).filter((word) => !COMMON.test(word)));
        found.push({ path, line, fields, text: shown, words });
      };
      for (const match of text.matchAll(CRON)) add((match[1] ?? '').split(/[ \t]+/), match[1] ?? '', match.index);
      for (const match of text.matchAll(/\bcrontab\(([^()\n]*)\)/g)) {
        const given = (name: string, otherwise: string): string =>
          new RegExp(`\\b${name}\\s*=\\s*["']?([\\d*/,-]+)`).exec(match[1] ?? '')?.[1] ?? otherwise;
        const minute = given('minute', '*');
        add(
          [minute, given('hour', '*'), given('day_of_month', '*'), '*', given('day_of_week', '*')],
          match[0],
          match.index,
        );
      }
    }
    return found;
  });
}

/** Whether a field of a schedule names a number. */
function names(field: string, wanted: number): boolean {
  return field.split(',').some((part) => {
    const [from = '', to = from] = part.split('-');
    return /^\d+$/.test(from) && wanted >= Number(from) && wanted <= Number(to);
  });
}

type Claim = (fields: readonly string[]) => boolean;

function timeOf(text: string): Claim | undefined {
  const match =
    /\b(?:at|around|scheduled for|nightly|daily|night|day|week|weekdays|mondays?|sundays?)[,:]?\s+(?:at\s+)?(?:(\d{1,2}):(\d\d)(?:\s*(am|pm))?|(\d{1,2})\s*(am|pm)|(midnight|noon))\b/i.exec(
      text,
    );
  if (!match) return undefined;
  const half = (match[3] ?? match[5] ?? '').toLowerCase();
  const word = match[6]?.toLowerCase();
  const hour =
    word === 'noon'
      ? 12
      : word === 'midnight'
        ? 0
        : (Number(match[1] ?? match[4]) % (half ? 12 : 24)) + (half === 'pm' ? 12 : 0);
  const minute = Number(match[2] ?? 0);
  return ([m = '', h = '']) => names(m, minute) && names(h, hour);
}

/** How often: only where the line names what runs. */
function rhythmOf(text: string): Claim | undefined {
  const often = /\bevery\s+(\d+|two|three|five|ten)\s*(minutes?|min|hours?|h)\b/i.exec(text);
  if (often) {
    const number = { two: '2', three: '3', five: '5', ten: '10' }[(often[1] ?? '').toLowerCase()] ?? often[1] ?? '';
    const minutes = /^m/i.test(often[2] ?? '');
    return ([m = '', h = '']) => (minutes ? m === `*/${number}` : h === `*/${number}`);
  }
  if (/\bhourly\b|\bevery hour\b/i.test(text)) return ([m = '', h = '']) => /^\d+$/.test(m) && /^\*(?:\/1)?$/.test(h);
  if (/\b(?:nightly|daily)\b|\bevery (?:night|day|morning)\b/i.test(text))
    return ([, h = '', d = '', , w = '']) => /^\d/.test(h) && /^\*/.test(d) && /^(?:\*|1-5|mon-fri)/i.test(w);
  if (/\bweekly\b|\bevery week\b|\bonce a week\b/i.test(text))
    return ([, , , , w = '']) => /^(?:\d|[a-z]{3})$/i.test(w);
  return undefined;
}

/** "nightly at 03:30 UTC", "the sync starts at midnight", "invites expire every 15 minutes" */
export async function checkSchedules(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  if (line.idle) return [];
  const text = line.plain;
  const rhythm = rhythmOf(text);
  const time = timeOf(text);
  if (!time && !rhythm) return [];
  const all = await schedulesOf(workspace);
  const said = new Set(wordsIn(text).filter((word) => !COMMON.test(word)));
  const score = ({ words }: Schedule): number => [...said].filter((word) => words.has(word)).length;
  const best = Math.max(0, ...all.map(score));
  const meant = best > 0 ? all.filter((each) => score(each) === best) : all;
  const [any] = meant;
  const scheduled =
    /\b(?:nightly|cron|schedule[ds]?|every (?:night|day|morning|week)|daily|weekly|workflow|soak)\b/i.test(text);
  // A time without a word of what runs may be that of a meeting.
  if (!any || (best === 0 && !(time && scheduled))) return [];
  const fits = meant.find(({ fields }) => (time?.(fields) ?? true) && (time ? true : (rhythm?.(fields) ?? true)));
  const place = fits ?? any;
  const evidence = { path: place.path, line: place.line };
  return [
    fits
      ? supported(`The schedule is ${place.text}.`, evidence)
      : contradicted(`The schedule is ${place.text}.`, evidence),
  ];
}
