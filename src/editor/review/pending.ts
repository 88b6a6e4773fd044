// One file that the agent changed and nobody has decided on: its text without the agent's changes, its text now, and where the
// person typed into a change. Pure: every step gives a new state. What the person types elsewhere goes into both texts, so that the
// difference between them stays the agent's.
import { type OffsetEdit, textEdits } from '../changes.ts';
import { eolOf, type Hunk, lineFinder, lineHunks, linesOf, withLines } from './lines.ts';

/** Offsets in UTF-16 units; `end` is not included. Empty where something was taken out. */
export interface Span {
  start: number;
  end: number;
}

export interface Pending {
  /** Absolute, symlinks resolved. */
  path: string;
  /** What the file would be without what the agent did and nobody has kept; null: there would be none. */
  base: string | null;
  /** As it stands; null: the agent has deleted it. */
  now: string | null;
  /** Where in `now` the person changed what the agent had written: undoing those changes would take their words along. */
  typed: readonly Span[];
  /** Since when the file is not there though the agent has not deleted it, in milliseconds: another branch has none, say. */
  missing?: number;
}

/** A change between the two texts, with where it stands now. */
interface Placed extends OffsetEdit {
  from: number;
  to: number;
}

/**
 * The agent changed a file. `before`: as it stood when it did, which is `file.now` where it was pending.
 * @returns undefined where nothing is left to decide on
 */
export function edited(
  file: Pending | undefined,
  path: string,
  before: string | null,
  after: string | null,
): Pending | undefined {
  if (file === undefined) return settled({ path, base: before, now: after, typed: [] });
  const { typed } = file;
  if (before === null || after === null || typed.length === 0) {
    const whole = { start: 0, end: after?.length ?? 0 };
    return settled({ ...file, now: after, typed: typed.length > 0 ? [whole] : [] });
  }
  return settled({ ...file, now: after, typed: mapped(typed, textEdits(before, after)) });
}

/**
 * Somebody else changed the file: the person, or a program. What lies outside of the agent's changes is no change of the agent's.
 * A file that is gone is remembered as missing, and waits again where it comes back as it was.
 * @returns undefined where nothing is left to decide on
 */
export function synced(file: Pending, current: string | null): Pending | undefined {
  const { missing, ...there } = file;
  if (missing !== undefined) return current === null ? file : current === file.now ? there : undefined;
  if (current === file.now) return file;
  if (current === null) return { ...file, missing: Date.now() };
  if (file.now === null) return settled({ ...file, now: current, typed: [{ start: 0, end: current.length }] });
  const { base, now, typed } = withEolOf(file, current);
  const edits = textEdits(now, current);
  const placed = base === null ? undefined : changesOf(base, now);
  const outside: OffsetEdit[] = [];
  const marks: Span[] = [...mapped(typed, edits)];
  let shift = 0;
  for (const edit of edits) {
    const inBase = placed && base !== null ? placeInBase(edit, placed, base, now) : undefined;
    if (inBase) outside.push(inBase);
    else marks.push({ start: edit.start + shift, end: edit.start + shift + edit.text.length });
    shift += edit.text.length - (edit.end - edit.start);
  }
  return settled({
    ...file,
    base: base === null ? null : withEdits(base, outside),
    now: current,
    typed: marks.sort((a, b) => a.start - b.start),
  });
}

/** The text now with a change taken back. Only for files that are there, before and now. */
export function withoutHunk(file: Pending, { base, now }: Hunk): string {
  const [old, fresh] = [file.base ?? '', file.now ?? ''];
  return withLines(fresh, now, linesOf(old).slice(base.start, base.end), eolOf(old) ?? '\n');
}

/** After a change was kept. Only for files that are there, before and now. */
export function withHunk(file: Pending, { base, now }: Hunk): Pending | undefined {
  const [old, fresh] = [file.base ?? '', file.now ?? ''];
  const lines = linesOf(fresh).slice(now.start, now.end);
  return settled({ ...file, base: withLines(old, base, lines, eolOf(fresh) ?? '\n') });
}

/** After changes were taken back, which made `now` of the text. */
export function undone(file: Pending, now: string): Pending | undefined {
  return settled({ ...file, now, typed: mapped(file.typed, textEdits(file.now ?? '', now)) });
}

/** Comparing takes a while, and a state never changes. */
const compared = new WeakMap<Pending, readonly Hunk[]>();

/** The changes as lines; none where the file was made or deleted: that is one change, of all of it. */
export function hunksOf(file: Pending): readonly Hunk[] {
  const { base, now } = file;
  if (base === null || now === null) return [];
  const hunks = compared.get(file) ?? lineHunks(base, now);
  compared.set(file, hunks);
  return hunks;
}

/** Whether the person typed into a change. */
export function typedIn({ now, typed }: Pending, hunk: Hunk): boolean {
  if (now === null) return typed.length > 0;
  const line = lineFinder(now);
  const { start, end } = hunk.now;
  // Where lines were only taken out, what was typed there touches the line before or behind.
  const [first, last] = start === end ? [start - 1, start] : [start, end - 1];
  return typed.some((span) => line(span.start) <= last && line(Math.max(span.start, span.end - 1)) >= first);
}

/** Lines of the file that came and went. */
export function countsOf(file: Pending): { added: number; removed: number } {
  if (file.base === null) return { added: countOf(file.now), removed: 0 };
  if (file.now === null) return { added: 0, removed: countOf(file.base) };
  let [added, removed] = [0, 0];
  for (const { base, now } of hunksOf(file)) {
    added += now.end - now.start;
    removed += base.end - base.start;
  }
  return { added, removed };
}

const countOf = (text: string | null): number => (text ? linesOf(text).length - (text.endsWith('\n') ? 1 : 0) : 0);

/** Drops what says nothing any more: the file, where it is as it was, and marks in what is no change. */
function settled(file: Pending): Pending | undefined {
  const { base, now, typed } = file;
  if (base === now) return undefined;
  if (base === null || now === null || typed.length === 0) return file;
  const changes = changesOf(base, now);
  return {
    ...file,
    typed: typed.filter(({ start, end }) => changes.some(({ from, to }) => start <= to && end >= from)),
  };
}

function changesOf(base: string, now: string): Placed[] {
  let shift = 0;
  return textEdits(base, now).map((edit) => {
    const from = edit.start + shift;
    shift += edit.text.length - (edit.end - edit.start);
    return { ...edit, from, to: from + edit.text.length };
  });
}

/** Where an edit of the text now belongs in the base; undefined where it touches a change. */
function placeInBase(edit: OffsetEdit, changes: readonly Placed[], base: string, now: string): OffsetEdit | undefined {
  let shift = 0;
  for (const change of changes) {
    const lines = atLineStart(base, change.end) && atLineStart(now, change.to);
    if (edit.start > change.to || (edit.start === change.to && lines)) {
      shift += change.text.length - (change.end - change.start);
      continue;
    }
    if (edit.end < change.from) break;
    // Whole lines that are put, or taken out, just before it are none of it.
    const before = edit.end === change.from && atLineStart(base, change.start) && atLineStart(now, change.from);
    if (before && (edit.text === '' || edit.text.endsWith('\n'))) break;
    return undefined;
  }
  return { start: edit.start - shift, end: edit.end - shift, text: edit.text };
}

const atLineStart = (text: string, offset: number): boolean => offset === 0 || text[offset - 1] === '\n';

function withEdits(text: string, edits: readonly OffsetEdit[]): string {
  let [result, from] = ['', 0];
  for (const { start, end, text: replacement } of edits) {
    result += text.slice(from, start) + replacement;
    from = end;
  }
  return result + text.slice(from);
}

/** Where spans are after the edits; one that an edit reaches into grows to hold all of it. */
function mapped(spans: readonly Span[], edits: readonly OffsetEdit[]): Span[] {
  return spans.map(({ start, end }) => {
    let [from, to, before, within] = [start, end, 0, 0];
    for (const edit of edits) {
      const delta = edit.text.length - (edit.end - edit.start);
      if (edit.end <= start) before += delta;
      else if (edit.start >= end) break;
      else {
        from = Math.min(from, edit.start);
        to = Math.max(to, edit.end);
        within += delta;
      }
    }
    return { start: from + before, end: to + before + within };
  });
}

/** With the line endings of the text, where the person has given the file others. */
function withEolOf(file: Pending, current: string): { base: string | null; now: string; typed: readonly Span[] } {
  const now = file.now ?? '';
  const eol = eolOf(current);
  if (eol === undefined || eolOf(now) === eol || eolOf(now) === undefined)
    return { base: file.base, now, typed: file.typed };
  const converted = (text: string): string => text.replace(/\r?\n/g, eol);
  const at = (offset: number): number => converted(now.slice(0, offset)).length;
  const typed = file.typed.map(({ start, end }) => ({ start: at(start), end: at(end) }));
  return { base: file.base === null ? null : converted(file.base), now: converted(now), typed };
}
