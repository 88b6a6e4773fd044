// The smallest sensible text edits between two versions of a text: cursors, folds and markers elsewhere stay put.
import { applyPatch, diffLines, structuredPatch } from 'diff';

/** Replaces `before.slice(start, end)` by `text`; offsets in UTF-16 units of the text before all edits. */
export interface OffsetEdit {
  start: number;
  end: number;
  text: string;
}

/** Longest time the comparison may take, in milliseconds: it runs on the thread that all extensions share. */
const COMPARE_MS = 20;

/** Edits in ascending order that do not overlap and turn `before` into `after`. */
export function textEdits(before: string, after: string): OffsetEdit[] {
  if (before === after) return [];
  const { head, tail } = commonLines(before, after);
  const old = before.slice(head, before.length - tail);
  const now = after.slice(head, after.length - tail);
  const parts = diffLines(old, now, { timeout: COMPARE_MS });
  if (parts === undefined) return trimmed({ start: head, end: head + old.length, text: now }, before);
  const edits: OffsetEdit[] = [];
  let offset = head;
  let open: OffsetEdit | undefined;
  for (const part of parts) {
    if (part.added || part.removed) {
      open ??= { start: offset, end: offset, text: '' };
      if (part.added) open.text += part.value;
      else {
        offset += part.value.length;
        open.end = offset;
      }
      continue;
    }
    if (open !== undefined) edits.push(...trimmed(open, before));
    open = undefined;
    offset += part.value.length;
  }
  if (open !== undefined) edits.push(...trimmed(open, before));
  return edits;
}

/** Two changes of one text that were made independently, together; the first alone where they do not go together. */
export function merged(before: string, first: string, second: string): string {
  const patch = structuredPatch('', '', before, second, undefined, undefined, { timeout: COMPARE_MS });
  if (patch === undefined) return first;
  const both = applyPatch(first, patch);
  return both === false ? first : both;
}

/** How many characters of whole lines two texts have in common at their beginning and at their end. */
export function commonLines(before: string, after: string): { head: number; tail: number } {
  const most = Math.min(before.length, after.length);
  const same = commonLength(most, (from, to) => before.slice(from, to) === after.slice(from, to));
  const head = same === 0 ? 0 : before.lastIndexOf('\n', same - 1) + 1;
  const [oldEnd, nowEnd] = [before.length, after.length];
  const rest = commonLength(
    most - head,
    (from, to) => before.slice(oldEnd - to, oldEnd - from) === after.slice(nowEnd - to, nowEnd - from),
  );
  // Back to where a line begins in both.
  const line = rest === 0 ? -1 : before.indexOf('\n', oldEnd - rest);
  return { head, tail: line === -1 ? 0 : oldEnd - line - 1 };
}

/** How far two texts agree, found by comparing blocks: a loop over characters takes ten times as long. */
function commonLength(most: number, agree: (from: number, to: number) => boolean): number {
  let from = 0;
  for (let step = 1 << 16; step >= 1; step >>= 2) {
    while (from < most && agree(from, Math.min(from + step, most))) from = Math.min(from + step, most);
  }
  return from;
}

/** Drops what an edit has in common with what it replaces, at both ends; no surrogate pair or CRLF is cut in two. */
function trimmed(edit: OffsetEdit, before: string): OffsetEdit[] {
  const old = before.slice(edit.start, edit.end);
  const most = Math.min(old.length, edit.text.length);
  let head = 0;
  while (head < most && old[head] === edit.text[head]) head += 1;
  if (joined(old, head) || joined(edit.text, head)) head -= 1;
  let tail = 0;
  while (tail < most - head && old[old.length - 1 - tail] === edit.text[edit.text.length - 1 - tail]) tail += 1;
  if (joined(old, old.length - tail) || joined(edit.text, edit.text.length - tail)) tail -= 1;
  if (head + tail >= old.length && head + tail >= edit.text.length) return [];
  return [{ start: edit.start + head, end: edit.end - tail, text: edit.text.slice(head, edit.text.length - tail) }];
}

/** True when a cut at `index` would part a CRLF or a surrogate pair. */
function joined(text: string, index: number): boolean {
  if (index <= 0 || index >= text.length) return false;
  const left = text.charCodeAt(index - 1);
  const right = text.charCodeAt(index);
  if (left === 13 && right === 10) return true;
  return left >= 0xd800 && left < 0xdc00 && right >= 0xdc00 && right < 0xe000;
}
