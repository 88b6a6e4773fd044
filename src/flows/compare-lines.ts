// Lines of memory held against one another: those that say the same, and those that exclude one another.
import { setImmediate } from 'node:timers/promises';
import { alike, meaning, normalized, overlap, type Statement, statementsOf } from '../memory/hygiene/statements.ts';
import { t } from '../protocol/l10n.ts';
import { type Finding, finding, type MemoryLine } from './findings.ts';

/** Beyond this many lines only equal ones are found. */
const MAX_LINES = 5_000;
/** Where so many lines differ about one thing they list what there is of it. */
const MOST_PAIRS = 50;
/** Milliseconds of work before others have their turn. */
const SLICE = 8;
/** The later line goes, in the block that can be written. */
export async function duplicates(lines: readonly MemoryLine[], readOnly: ReadonlySet<string>): Promise<Finding[]> {
  const found: Finding[] = [];
  const gone = new Set<MemoryLine>();
  const report = (first: MemoryLine, second: MemoryLine): void => {
    const [kept, dropped] =
      readOnly.has(second.blockId) && !readOnly.has(first.blockId) ? [second, first] : [first, second];
    gone.add(dropped);
    const same = normalized(kept.text) === normalized(dropped.text);
    const at = String(kept.number);
    const where = kept.blockId === dropped.blockId ? t('line {0}', at) : t('line {0} of {1}', at, kept.label);
    // The one that says more is kept: its words take the place of the other's.
    const longer = !same && meaning(dropped.text).size > meaning(kept.text).size;
    const text = longer
      ? t('The line says the same as {0}, and more.', where)
      : same
        ? t('The line says the same as {0}.', where)
        : t('The line says the same as {0} in other words.', where);
    found.push(
      finding(
        'duplicate',
        [kept, dropped],
        text,
        longer && !readOnly.has(kept.blockId) ? { line: kept, text: '' } : { line: dropped, text: '' },
      ),
    );
    if (longer && !readOnly.has(kept.blockId)) {
      gone.delete(dropped);
      gone.add(kept);
    }
  };
  const pause = pauser();
  const exact = new Map<string, MemoryLine>();
  const others: MemoryLine[] = [];
  for (const line of lines) {
    await pause();
    const key = normalized(line.text);
    const first = exact.get(key);
    if (first && key !== '') report(first, line);
    else {
      exact.set(key, line);
      others.push(line);
    }
  }
  const paired = others.filter((line) => !gone.has(line)).slice(0, MAX_LINES);
  const words: ReadonlySet<string>[] = [];
  const counts = new Map<string, number>();
  for (const { text } of paired) {
    await pause();
    const own = meaning(text);
    words.push(own);
    for (const word of own) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  // Two lines that share three quarters of their words share one of each one's rarest: only those are compared.
  const byWord = new Map<string, number[]>();
  for (const [index, second] of paired.entries()) {
    await pause();
    const own = words[index] ?? new Set<string>();
    const rarest = [...own]
      .sort((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0) || (a < b ? -1 : 1))
      .slice(0, Math.floor(own.size / 4) + 1);
    const near = [...new Set(rarest.flatMap((word) => byWord.get(word) ?? []))].sort((a, b) => a - b);
    const first = near
      .map((at) => ({ line: paired[at], words: words[at] }))
      .find((each) => each.line && !gone.has(each.line) && alike(each.line.text, second.text, each.words, own));
    if (first?.line) report(first.line, second);
    for (const word of rarest) {
      const known = byWord.get(word);
      if (known) known.push(index);
      else byWord.set(word, [index]);
    }
  }
  return found;
}

/** Lets the event loop go on when a slice of work is done. */
function pauser(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < SLICE) return;
    await setImmediate();
    since = performance.now();
  };
}

/** Of two lines that exclude one another the stale one goes; otherwise the person chooses. */
export async function contradictions(lines: readonly MemoryLine[], stale: ReadonlySet<MemoryLine>): Promise<Finding[]> {
  const bySubject = new Map<string, Stated[]>();
  const pause = pauser();
  for (const line of lines) {
    await pause();
    for (const statement of statementsOf(line.text)) {
      const known = bySubject.get(statement.subject);
      if (known) known.push({ line, statement });
      else bySubject.set(statement.subject, [{ line, statement }]);
    }
  }
  const found: Finding[] = [];
  for (const [subject, all] of bySubject) {
    const pairs = await excluding(all, pause);
    if (pairs.length > MOST_PAIRS) continue;
    for (const [first, second] of pairs) {
      const wrong = [first.line, second.line].filter((line) => stale.has(line));
      const [only] = wrong;
      if (found.some(({ lines: [a, b] }) => a === first.line && b === second.line)) continue;
      const about = subject.startsWith('rule: ')
        ? t('One says to do it, the other not to.')
        : t('They differ about {0}: {1} or {2}.', subject, first.statement.value, second.statement.value);
      const advice = wrong.length === 1 ? t('The workspace contradicts one of them.') : t('Keep the one that holds.');
      const explanation = `${about} ${advice}`;
      found.push(
        finding(
          'contradiction',
          [first.line, second.line],
          explanation,
          wrong.length === 1 && only ? { line: only, text: '' } : null,
        ),
      );
    }
  }
  return found;
}

interface Stated {
  line: MemoryLine;
  statement: Statement;
}

/** Statements about one thing that cannot both hold, the earlier one first; ends once there are too many. */
async function excluding(all: readonly Stated[], pause: () => Promise<void>): Promise<[Stated, Stated][]> {
  // A line that names two values itself knows of the other.
  const values = new Map<MemoryLine, Set<string>>();
  for (const { line, statement } of all) values.set(line, (values.get(line) ?? new Set()).add(statement.value));
  const pairs: [Stated, Stated][] = [];
  for (const [index, second] of all.entries()) {
    await pause();
    for (const first of all.slice(0, index)) {
      if (pairs.length > MOST_PAIRS) return pairs;
      if (
        first.line !== second.line &&
        first.statement.value !== second.statement.value &&
        !values.get(first.line)?.has(second.statement.value) &&
        !values.get(second.line)?.has(first.statement.value) &&
        !compatible(first.statement, second.statement) &&
        overlap(first.statement.scope, second.statement.scope)
      )
        pairs.push([first, second]);
    }
  }
  return pairs;
}

/** `3` and `3.1` of a version, `npm test` and `npm test -- --run`. */
function compatible(a: Statement, b: Statement): boolean {
  const [short = '', long = ''] = [a.value, b.value].sort((x, y) => x.length - y.length);
  return (
    (a.subject.startsWith('version of') && long.startsWith(`${short}.`)) ||
    (a.subject.endsWith(' command') && long.startsWith(`${short} `))
  );
}
