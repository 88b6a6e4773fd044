// Reads what ripgrep writes, piece by piece as it comes: paths end in NUL, so that no name can pass for another.
import { type Found, type FoundLine, MAX_LINE_BYTES, type TextQuery } from './search.ts';

const NUL = 0;
const NEWLINE = 10;
/** A line that stands between the results and belongs to none. */
const BINARY_NOTE = /^.*(?:WARNING: stopped searching binary file|binary file matches).*\n/gm;
const CUT = / \[\.\.\. (?:\d+ more match(?:es)?|omitted end of long line)\]$/;

/** Keeps what a piece leaves unfinished for the next one. */
export class ResultReader {
  private readonly mode: TextQuery['mode'];
  private rest: Buffer = Buffer.alloc(0);

  /** `files` is what `--files --null` and `--files-with-matches --null` write, too. */
  constructor(mode: TextQuery['mode']) {
    this.mode = mode;
  }

  *read(piece: Buffer): Generator<Found> {
    const bytes = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    let start = 0;
    for (;;) {
      const name = bytes.indexOf(NUL, start);
      const end = name === -1 || this.mode === 'files' ? name : bytes.indexOf(NEWLINE, name + 1);
      if (end === -1) break;
      const found = this.result(bytes.subarray(start, name), bytes.subarray(name + 1, end));
      start = end + 1;
      if (found !== undefined) yield found;
    }
    this.rest = bytes.subarray(start);
  }

  private result(name: Buffer, rest: Buffer): Found | undefined {
    const path = name.toString('utf8').replace(BINARY_NOTE, '').replace(/^\.\//, '');
    // A name with a line break could not be told from two: such a file is left out.
    if (path.includes('\n')) return undefined;
    if (this.mode === 'files') return { path };
    if (this.mode === 'count') return { path, count: Number(rest.toString('latin1')) };
    const line = readLine(rest);
    return line && { path, line };
  }
}

/** `12:5:text` is a match, `12-text` a line of context. */
function readLine(bytes: Buffer): FoundLine | undefined {
  const head = /^(\d+)(?::(\d+):|-)/.exec(bytes.subarray(0, 32).toString('latin1'));
  const [prefix, line, column] = head ?? [];
  if (prefix === undefined) return undefined;
  const body = bytes.subarray(prefix.length);
  const whole = body.toString('utf8').replace(/\r$/, '');
  const cut = body.length > MAX_LINE_BYTES && CUT.test(whole);
  const text = cut ? whole.replace(CUT, '') : whole;
  if (column === undefined) return { line: Number(line), text, cut };
  const before = Number(column) - 1;
  // Columns come in bytes; a match behind the cut has no more exact place than that.
  const place = before <= body.length ? body.subarray(0, before).toString('utf8').length : before;
  return { line: Number(line), column: place + 1, text, cut };
}
