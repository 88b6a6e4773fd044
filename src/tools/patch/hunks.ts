// Applies hunks of a patch to a text: by the exact lines, and inexactly only where there is one place that can be meant.

export interface Hunk {
  /** Lines as they are before: context and removed ones. `kind` ' ' or '-'; added ones are '+'. No line breaks. */
  lines: { kind: ' ' | '-' | '+'; text: string }[];
  /** Line it is said to begin at, from 1, in the text before; where it only adds, the line before which. */
  line?: number;
  /** A line that stands somewhere above it. */
  anchor?: string;
  /** It reaches the end of the file. */
  atEnd?: boolean;
  /** What the last new line is said to end with; undefined: as the file does. */
  finalNewline?: boolean;
}

/** Why a patch does not apply; nothing was changed. */
export class PatchError extends Error {
  override name = 'PatchError';
}

/** Lines of context that may be wrong at either end of a hunk. */
const MOST_FUZZ = 2;
const MAX_SHOWN = 8;

interface Line {
  text: string;
  /** '' only for the last. */
  eol: string;
}

/** @param name of the file, for errors. @throws PatchError */
export function applyHunks(text: string, hunks: readonly Hunk[], name: string): string {
  const lines = split(text);
  const ending = prevailing(lines);
  const result: Line[] = [];
  let from = 0;
  for (const [index, hunk] of hunks.entries()) {
    const label = `${name}, hunk ${index + 1} of ${hunks.length}`;
    const { start, end, kept } = place(lines, hunk, from, label);
    result.push(...lines.slice(from, start));
    let at = start;
    for (const { kind, text: line } of kept) {
      const old = lines[at];
      if (kind === '+') result.push({ text: line, eol: ending });
      else {
        // The file's own line stands, should white space at its end differ.
        if (kind === ' ' && old !== undefined) result.push(old);
        at += 1;
      }
    }
    from = end;
  }
  result.push(...lines.slice(from));
  return join(result, ending, finalNewline(text, hunks));
}

function finalNewline(text: string, hunks: readonly Hunk[]): boolean {
  const said = hunks.at(-1)?.finalNewline;
  return said ?? (text === '' || text.endsWith('\n'));
}

/** The lines with their endings; a final line break begins no line. */
function split(text: string): Line[] {
  return [...text.matchAll(/([^\r\n]*)(\r\n|\n|\r|$)/g)]
    .map((match) => ({ text: match[1] ?? '', eol: match[2] ?? '' }))
    .filter(({ text: line, eol }) => line !== '' || eol !== '');
}

function prevailing(lines: readonly Line[]): string {
  const crlf = lines.filter(({ eol }) => eol === '\r\n').length;
  return crlf > lines.filter(({ eol }) => eol === '\n').length ? '\r\n' : '\n';
}

function join(lines: readonly Line[], ending: string, ended: boolean): string {
  return lines
    .map(({ text, eol }, index) => {
      if (index < lines.length - 1) return text + (eol || ending);
      return ended ? text + (eol || ending) : text;
    })
    .join('');
}

interface Placed {
  start: number;
  end: number;
  /** The hunk's lines, without context that was left out. */
  kept: Hunk['lines'];
}

function place(lines: readonly Line[], hunk: Hunk, from: number, label: string): Placed {
  const least = hunk.anchor === undefined ? from : behindAnchor(lines, hunk.anchor, from, label);
  const old = hunk.lines.filter(({ kind }) => kind !== '+');
  if (old.length === 0) return insertion(lines, hunk, least, label);
  const tries: { same(a: string, b: string): boolean; head: number; tail: number }[] = [
    { same: (a, b) => a === b, head: 0, tail: 0 },
    { same: (a, b) => a.trimEnd() === b.trimEnd(), head: 0, tail: 0 },
  ];
  const [before, after] = [contextLines(hunk.lines), contextLines(hunk.lines.toReversed())];
  for (let fuzz = 1; fuzz <= MOST_FUZZ; fuzz += 1) {
    const [head, tail] = [Math.min(fuzz, before), Math.min(fuzz, after)];
    // Something must be left to know the place by.
    if (head + tail > 0 && old.length - head - tail >= 2) tries.push({ same: (a, b) => a === b, head, tail });
  }
  for (const { same, head, tail } of tries) {
    const sought = old.slice(head, old.length - tail).map(({ text }) => text);
    const found = find(lines, sought, least, same, hunk.atEnd === true && tail === 0);
    if (found.length === 0) continue;
    const exact = head + tail === 0;
    const start = found.length === 1 ? found[0] : chosen(found, hunk, exact);
    if (start === undefined) throw ambiguous(found, label);
    const kept = hunk.lines.slice(head, hunk.lines.length - tail);
    return { start, end: start + sought.length, kept };
  }
  throw notFound(lines, old, label);
}

function contextLines(lines: Hunk['lines']): number {
  const first = lines.findIndex(({ kind }) => kind !== ' ');
  return first === -1 ? lines.length : first;
}

/** Which of several places is meant: the one at the line that the hunk names, or the first behind its anchor. */
function chosen(found: number[], hunk: Hunk, exact: boolean): number | undefined {
  if (!exact) return undefined;
  if (hunk.line !== undefined) return found.find((start) => start + 1 === hunk.line);
  return hunk.anchor === undefined ? undefined : found[0];
}

function insertion(lines: readonly Line[], { line, anchor, lines: added }: Hunk, least: number, label: string): Placed {
  if (added.length === 0) throw new PatchError(`${label} is empty.`);
  const named = line === undefined ? undefined : line - 1;
  const start = named ?? (anchor === undefined && lines.length > 0 ? undefined : least);
  if (start === undefined || start < least || start > lines.length) {
    throw new PatchError(`${label} only adds lines and does not say where. Give it a line of context.`);
  }
  return { start, end: start, kept: added };
}

function behindAnchor(lines: readonly Line[], anchor: string, from: number, label: string): number {
  const rest = lines.slice(from);
  const exact = rest.findIndex(({ text }) => text === anchor);
  const at = exact === -1 ? rest.findIndex(({ text }) => text.trim() === anchor.trim()) : exact;
  if (at === -1) throw new PatchError(`${label}: the line ${JSON.stringify(anchor)} behind @@ is not in the file.`);
  return from + at + 1;
}

function find(
  lines: readonly Line[],
  sought: readonly string[],
  from: number,
  same: (a: string, b: string) => boolean,
  atEnd: boolean,
): number[] {
  const found: number[] = [];
  const last = lines.length - sought.length;
  for (let start = atEnd ? Math.max(from, last) : from; start <= last; start += 1) {
    if (sought.every((text, index) => same(lines[start + index]?.text ?? '', text))) found.push(start);
  }
  return found;
}

function ambiguous(found: number[], label: string): PatchError {
  const places = found.slice(0, MAX_SHOWN).map((start) => start + 1);
  const more = found.length > MAX_SHOWN ? ' …' : '';
  return new PatchError(
    `${label} fits at ${found.length} places, lines ${places.join(', ')}${more}. Give it more lines of context.`,
  );
}

/** Names the first line that is not as the hunk says, at the place where most lines are. */
function notFound(lines: readonly Line[], old: Hunk['lines'], label: string): PatchError {
  const known = new Map<string, number[]>();
  for (const [at, { text }] of lines.entries()) {
    const key = text.trim();
    if (key !== '') known.set(key, [...(known.get(key) ?? []).slice(0, 50), at]);
  }
  const votes = new Map<number, number>();
  for (const [index, { text }] of old.entries()) {
    for (const at of known.get(text.trim()) ?? []) votes.set(at - index, (votes.get(at - index) ?? 0) + 1);
  }
  const [best] = [...votes].sort((a, b) => b[1] - a[1]);
  if (best === undefined) return new PatchError(`${label}: none of its lines is in the file. Read the file again.`);
  const [start] = best;
  const at = old.findIndex(({ text }, index) => lines[start + index]?.text.trimEnd() !== text.trimEnd());
  const there = lines[start + at]?.text;
  const is = there === undefined ? 'the file has no such line' : `the file has ${JSON.stringify(there)}`;
  const wanted = JSON.stringify(old[at]?.text ?? '');
  return new PatchError(
    `${label} does not fit. Nearest at line ${start + 1}: where it has ${wanted}, ${is} (line ${start + at + 1}).`,
  );
}
