// Reads what ripgrep writes, piece by piece as it comes: paths end in NUL, so that no name can pass for another.
import { type Found, type FoundLine, MAX_LINE_BYTES } from './search.ts';

const NUL = 0;
const NEWLINE = 10;
/** A line that stands between the results and belongs to none. */
const BINARY_NOTE = /^.*(?:WARNING: stopped searching binary file|binary file matches).*\n/gm;
const CUT = / \[\.\.\. (?:\d+ more match(?:es)?|omitted end of long line)\]$/;

/** Cuts a stream of bytes into records, each ended by one of the bytes. */
class Records {
  private rest: Buffer = Buffer.alloc(0);

  /** `ends[n]` ends the n-th field of a record. `each` gets the fields; false ends it. @returns false once `each` did */
  feed(chunk: Buffer, ends: readonly number[], each: (fields: Buffer[]) => boolean): boolean {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let start = 0;
    for (;;) {
      const fields: Buffer[] = [];
      let at = start;
      for (const end of ends) {
        const stop = bytes.indexOf(end, at);
        if (stop === -1) break;
        fields.push(bytes.subarray(at, stop));
        at = stop + 1;
      }
      if (fields.length < ends.length) break;
      start = at;
      if (!each(fields)) return false;
    }
    this.rest = bytes.subarray(start);
    return true;
  }
}

/** For `--files --null` and `--files-with-matches --null`. */
export function pathReader(each: (path: string) => boolean): (chunk: Buffer) => boolean {
  const records = new Records();
  return (chunk) => records.feed(chunk, [NUL], ([path]) => eachPath(path, each));
}

/** For `--null` with counts or numbered lines and columns. */
export function resultReader(mode: 'content' | 'count', each: (found: Found) => boolean): (chunk: Buffer) => boolean {
  const records = new Records();
  return (chunk) =>
    records.feed(chunk, [NUL, NEWLINE], ([path, rest]) =>
      eachPath(path, (name) => {
        if (rest === undefined) return true;
        if (mode === 'count') return each({ path: name, count: Number(rest.toString('latin1')) });
        const line = readLine(rest);
        return line === undefined || each({ path: name, line });
      }),
    );
}

function eachPath(bytes: Buffer | undefined, each: (path: string) => boolean): boolean {
  const path = bytes?.toString('utf8').replace(BINARY_NOTE, '').replace(/^\.\//, '') ?? '';
  // A name with a line break could not be told from two: such a file is left out.
  return path.includes('\n') || each(path);
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
