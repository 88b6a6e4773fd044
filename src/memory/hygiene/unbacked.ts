// What a line says beside what was found: a list of which one member was found, a value that was not looked at. Such a line is
// not known to be true.
import { amounts } from './amounts.ts';
import type { Outcome } from './facts.ts';
import type { LineText } from './line-text.ts';
import type { Workspace } from './workspace.ts';

/** Lines around the evidence where a number may stand. */
const NEAR = 3;
/** What a number may be multiplied with to have the unit of the code: times and sizes. */
const UNITS = [1, 60, 1000, 1024, 3600, 60_000, 86_400, 3_600_000, 86_400_000, 1024 ** 2, 1024 ** 3, 1e6, 1e9, 100];

/** Whether something that a line names in backticks, or a number in it, stands nowhere in what supports the line. */
export async function isUnbacked(line: LineText, outcomes: readonly Outcome[], workspace: Workspace): Promise<boolean> {
  const evidence = outcomes.flatMap((outcome) => outcome.evidence);
  if (evidence.length === 0 || line.idle) return false;
  const reasons = outcomes.map(({ reason }) => reason).join('\n');
  const paths = [...new Set(evidence.map(({ path }) => path))];
  const texts = new Map<string, string>();
  for (const path of paths) texts.set(path, (await workspace.text(path)) ?? '');
  const whole = [...texts.values(), ...paths, reasons].join('\n');
  const near = evidence.map(({ path, line: at }) =>
    (texts.get(path) ?? '')
      .split('\n')
      .slice(Math.max(0, at - 1 - NEAR), at + NEAR)
      .join('\n'),
  );
  return (
    namesUnbacked(line, whole) ||
    listUnbacked(line, whole) ||
    numbersUnbacked(line, [...near, reasons, ...paths].join('\n'))
  );
}

function namesUnbacked(line: LineText, whole: string): boolean {
  return line.spans.some(({ text }) => {
    const name = /^-{0,2}@?([\w$./:-]+?)(?:\(\))?$/.exec(text)?.[1];
    if (!name) return false;
    const last = name.split(/[./:]/).findLast((part) => part !== '') ?? name;
    return !whole.includes(name) && !whole.includes(last);
  });
}

const LIST =
  /(?:\b(?:has|have|enables?|includes?|contains?|exposes?|offers?|provides?|defines?|declares?|takes?|accepts?)\s+(?:the\s+|an?\s+)?(?:(?:variants?|methods?|fields?|columns?|members?|options?|cases?|flags?)\s+)?|^[\s*-]*)((?:[\w.-]+\s*,\s+)*[\w.-]*\w)\s*,?\s+(?:and|or)\s+(?:an?\s+|the\s+)?([\w-][\w.-]*\w)\s*(?=[.;)]|$|\sare\b)/g;
const MEMBER =
  /\b(?:variant|method|field|column|marker|linter)\s+(?:(?:called|named)\s+)?([A-Za-z_]\w{2,})\s*(?=[.,;)]|$)/g;

/** "has Find and Cancel", where one of them stands there and the other nowhere in the file; `PATCH /users`, which has no PATCH. */
function listUnbacked(line: LineText, whole: string): boolean {
  const text = line.plain.replaceAll('`', ' ');
  const lower = whole.toLowerCase();
  const has = (word: string): boolean => lower.includes(word.toLowerCase());
  const method = /\b(POST|PUT|PATCH|DELETE)\s+\//.exec(text)?.[1];
  if (method && !has(method)) return true;
  if ([...text.matchAll(MEMBER)].some(([, word = '']) => !has(word))) return true;
  return [...text.matchAll(LIST)].some(([, first = '', last = '']) => {
    const words = [...first.split(/\s*,\s+/), last].filter((word) => /[A-Za-z]{3}/.test(word));
    return words.length > 1 && words.some(has) && !words.every(has);
  });
}

function numbersUnbacked(line: LineText, near: string): boolean {
  const text = near.replaceAll(/(?<=\d)[_,](?=\d{3})/g, '');
  const there = [...text.matchAll(/\d+(?:\.\d+)*/g)].map(([number]) => number);
  for (const [, ...factors] of text.matchAll(/(\d+)\s*\*\s*(\d+)(?:\s*\*\s*(\d+))?/g))
    there.push(String(factors.reduce((product, factor = '1') => product * Number(factor), 1)));
  return amounts(line.plain).some(({ value, start }) => {
    const before = line.plain.slice(0, start);
    // A number in words counts something; that of a line in a file, or of a licence, is read with its name; what would be, is not.
    if (!/^-?\d/.test(line.plain.slice(start)) || /[:\w]$|\bApache $|\b(?:unless|if|whenever|in case)\b/i.test(before))
      return false;
    const said = Math.abs(value);
    // "Node 22" of `22.4.1`
    return !there.some(
      (each) =>
        each.startsWith(`${said}.`) ||
        UNITS.some((unit) => Number(each) === said * unit || Number(each) === said / unit),
    );
  });
}
