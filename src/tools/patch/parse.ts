// Reads a patch in either of two forms: a unified diff, as git writes it, or the one between *** Begin Patch and *** End Patch.
import { parsePatch, type StructuredPatch } from 'diff';
import { type Hunk, PatchError } from './hunks.ts';

/** What a patch wants of one file. Paths as they are written. */
export type FilePatch =
  | { kind: 'add'; path: string; content: string }
  | { kind: 'delete'; path: string; hunks?: Hunk[] }
  | { kind: 'update'; path: string; to?: string; hunks: Hunk[] };

/** @throws PatchError saying which line cannot be read */
export function readPatch(patch: string): FilePatch[] {
  const text = patch.replace(/\r\n?/g, '\n');
  const files = /^\*\*\* Begin Patch[ \t]*$/m.test(text) ? readEnveloped(text) : readUnified(text);
  if (files.length === 0) throw new PatchError('The patch names no file.');
  const seen = new Set<string>();
  for (const file of files) {
    for (const path of file.kind === 'update' && file.to !== undefined ? [file.path, file.to] : [file.path]) {
      if (seen.has(path)) throw new PatchError(`${path} stands twice in the patch. Put all of its hunks together.`);
      seen.add(path);
    }
  }
  return files;
}

const SECTION = /^\*\*\* (Add|Delete|Update) File: (.+)$/;
const HUNK_END = /^\*\*\* /;

function readEnveloped(text: string): FilePatch[] {
  const lines = text.split('\n');
  const begin = lines.findIndex((line) => line.trimEnd() === '*** Begin Patch');
  const end = lines.findIndex((line, index) => index > begin && line.trimEnd() === '*** End Patch');
  if (end === -1) throw new PatchError('The patch does not end with *** End Patch.');
  const files: FilePatch[] = [];
  let at = begin + 1;
  while (at < end) {
    const line = lines[at] ?? '';
    if (line.trim() === '') {
      at += 1;
      continue;
    }
    const match = SECTION.exec(line);
    if (match === null) {
      throw new PatchError(
        `Line ${at + 1} of the patch is ${JSON.stringify(line)}; expected *** Add File:, *** Update File: or *** Delete File: and a path.`,
      );
    }
    const [, verb, path = ''] = match;
    const next = sectionEnd(lines, at + 1, end);
    const body = lines.slice(at + 1, next);
    if (verb === 'Add') files.push(added(path.trim(), body, at + 2));
    else if (verb === 'Delete') files.push({ kind: 'delete', path: path.trim() });
    else files.push(updated(path.trim(), body, at + 2));
    at = next;
  }
  return files;
}

function sectionEnd(lines: readonly string[], from: number, end: number): number {
  for (let at = from; at < end; at += 1) if (SECTION.test(lines[at] ?? '')) return at;
  return end;
}

function added(path: string, body: readonly string[], first: number): FilePatch {
  const content = body.map((line, index) => {
    if (line.startsWith('+')) return line.slice(1);
    if (line === '' && index === body.length - 1) return undefined;
    throw new PatchError(`Line ${first + index} of the patch: every line of a new file begins with +.`);
  });
  const lines = content.filter((line) => line !== undefined);
  return { kind: 'add', path, content: lines.map((line) => `${line}\n`).join('') };
}

function updated(path: string, body: readonly string[], first: number): FilePatch {
  const move = /^\*\*\* Move to: (.+)$/.exec(body[0] ?? '');
  const hunks: Hunk[] = [];
  let hunk: Hunk | undefined;
  for (const [index, line] of body.entries()) {
    if (index === 0 && move !== null) continue;
    if (line.startsWith('@@')) {
      const anchor = line.slice(2).replace(/@@$/, '').trim();
      // Numbers as a unified diff has them say nothing here.
      const named = anchor !== '' && !/^-\d+(,\d+)? \+\d+(,\d+)?$/.test(anchor);
      hunk = { lines: [], ...(named ? { anchor } : {}) };
      hunks.push(hunk);
    } else if (line.trimEnd() === '*** End of File') {
      if (hunk !== undefined) hunk.atEnd = true;
    } else if (HUNK_END.test(line)) {
      throw new PatchError(`Line ${first + index} of the patch, ${JSON.stringify(line)}, means nothing there.`);
    } else {
      if (hunk === undefined) {
        hunk = { lines: [] };
        hunks.push(hunk);
      }
      hunk.lines.push(hunkLine(line, first + index));
    }
  }
  for (const one of hunks) trimBlankEnd(one);
  const left = hunks.filter(({ lines }) => lines.length > 0);
  if (left.length === 0 && move === null) throw new PatchError(`The patch changes nothing in ${path}.`);
  return { kind: 'update', path, ...(move === null ? {} : { to: (move[1] ?? '').trim() }), hunks: left };
}

function hunkLine(line: string, number: number): Hunk['lines'][number] {
  const kind = line[0];
  if (kind === undefined) return { kind: ' ', text: '' };
  if (kind !== ' ' && kind !== '-' && kind !== '+') {
    throw new PatchError(
      `Line ${number} of the patch is ${JSON.stringify(line)}; lines of a hunk begin with a space, - or +.`,
    );
  }
  return { kind, text: line.slice(1) };
}

/** An empty line before the next header is layout, no line of the file. */
function trimBlankEnd(hunk: Hunk): void {
  const last = hunk.lines.at(-1);
  if (last?.kind === ' ' && last.text === '') hunk.lines.pop();
}

function readUnified(text: string): FilePatch[] {
  let parsed: StructuredPatch[];
  try {
    parsed = parsePatch(recounted(text));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PatchError(`The patch is no unified diff and does not begin with *** Begin Patch: ${why}`);
  }
  return parsed
    .filter(({ oldFileName, newFileName, hunks }) => oldFileName ?? newFileName ?? hunks[0])
    .map((file) => fromUnified(file));
}

function fromUnified(file: StructuredPatch): FilePatch {
  const { oldFileName, newFileName } = file;
  if (oldFileName === undefined || newFileName === undefined) {
    throw new PatchError('A file of the patch has no --- and +++ lines, so its path is not known.');
  }
  if (file.isBinary) throw new PatchError(`${newFileName} is a binary patch; only text can be patched.`);
  if (file.isCopy) throw new PatchError(`${newFileName} is to be a copy; copying is not offered.`);
  const hunks = file.hunks.map(unifiedHunk);
  const [from, to] = [plainName(oldFileName, newFileName, 'a/'), plainName(newFileName, oldFileName, 'b/')];
  if (oldFileName === '/dev/null' || file.isCreate) {
    const lines = hunks.flatMap((hunk) => hunk.lines.map(({ text }) => text));
    const ended = hunks.at(-1)?.finalNewline !== false;
    return { kind: 'add', path: to, content: lines.join('\n') + (ended && lines.length > 0 ? '\n' : '') };
  }
  if (newFileName === '/dev/null' || file.isDelete) return { kind: 'delete', path: from, hunks };
  if (hunks.length === 0 && from === to) throw new PatchError(`The patch changes nothing in ${from}.`);
  return { kind: 'update', path: from, ...(from === to ? {} : { to }), hunks };
}

/** Without `a/` or `b/`, where both names have them as git writes them. */
function plainName(name: string, other: string, prefix: string): string {
  const otherPrefix = prefix === 'a/' ? 'b/' : 'a/';
  const git = name.startsWith(prefix) && (other.startsWith(otherPrefix) || other === '/dev/null');
  return git ? name.slice(2) : name;
}

function unifiedHunk(hunk: StructuredPatch['hunks'][number]): Hunk {
  const lines: Hunk['lines'] = [];
  let finalNewline: boolean | undefined;
  for (const [index, line] of hunk.lines.entries()) {
    if (!line.startsWith('\\')) lines.push(hunkLine(line, index));
    else if (lines.at(-1)?.kind !== '-') finalNewline = false;
    else finalNewline ??= true;
  }
  const atEnd = finalNewline !== undefined;
  return {
    lines,
    line: hunk.oldStart,
    ...(atEnd ? { atEnd } : {}),
    ...(finalNewline === undefined ? {} : { finalNewline }),
  };
}

/** Models miscount: the numbers of lines in hunk headers are set right. */
function recounted(text: string): string {
  const lines = text.replace(/\n$/, '').split('\n');
  const result: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (header === null) {
      result.push(line);
      continue;
    }
    const end = unifiedEnd(lines, at + 1);
    const body = lines.slice(at + 1, end).map((one) => (one === '' ? ' ' : one));
    const count = (kinds: string) => body.filter((one) => kinds.includes(one[0] ?? ' ')).length;
    result.push(`@@ -${header[1]},${count(' -')} +${header[2]},${count(' +')} @@`, ...body);
    at = end - 1;
  }
  return `${result.join('\n')}\n`;
}

function unifiedEnd(lines: readonly string[], from: number): number {
  for (let at = from; at < lines.length; at += 1) {
    const [line = '', next = ''] = [lines[at], lines[at + 1]];
    if (line === '' && isLayout(lines, at)) return at;
    if (/^@@ -\d/.test(line) || /^(diff --git|index [0-9a-f]+\.\.|Index: )/.test(line)) return at;
    if (isFileHeader(line, next)) return at;
    if (line !== '' && !/^[ +\-\\]/.test(line)) return at;
  }
  return lines.length;
}

/** Whether an empty line only stands between files, or at the end. */
function isLayout(lines: readonly string[], at: number): boolean {
  const next = lines.findIndex((line, index) => index > at && line !== '');
  if (next === -1) return true;
  return /^(diff --git|Index: )/.test(lines[next] ?? '') || isFileHeader(lines[next] ?? '', lines[next + 1] ?? '');
}

function isFileHeader(line: string, next: string): boolean {
  return line.startsWith('--- ') && next.startsWith('+++ ');
}
