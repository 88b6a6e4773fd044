// One page of what a search has found, as the model reads it: grouped by file, bounded, with how to go on.
import type { Found, FoundLine, TextQuery } from '../editor/search.ts';
import type { FoundPlace } from './places.ts';

/** Most characters of a page: about 8,000 tokens. */
const MAX_CHARACTERS = 32_000;

interface Options extends Pick<TextQuery, 'mode' | 'context'> {
  limit: number;
  /** First result, from 1: a line that matches, or a file. */
  offset: number;
}

export class FoundPage {
  /** Results so far, those before the page included. */
  count = 0;
  /** There are more results than fit. */
  full = false;
  /** The search was ended before all was looked at. */
  late = false;
  readonly places: FoundPlace[] = [];
  private readonly options: Options;
  private readonly lines: string[] = [];
  private size = 0;
  private shown = 0;
  private file: string | undefined;
  private last: number | undefined;
  private printed = 0;
  private waiting: FoundLine[] = [];

  constructor(options: Options) {
    this.options = options;
  }

  /** @param name how the file is called. @returns false: there is no room for more */
  add({ path, line, count }: Omit<Found, 'path'> & { path: string | null }, name: string): boolean {
    if (name !== this.file) this.begin(name);
    if (line !== undefined && line.column === undefined) {
      this.waiting.push(line);
      return true;
    }
    if (this.shown >= this.options.limit || this.size >= MAX_CHARACTERS) {
      this.full = true;
      return false;
    }
    this.count += 1;
    const wanted = this.count >= this.options.offset;
    if (line !== undefined) this.match(line, wanted);
    else if (wanted) this.put(count === undefined ? name : `${name}: ${count}`);
    if (!wanted) return true;
    this.shown += 1;
    this.places.push({
      path,
      name,
      ...(line === undefined ? {} : { line: line.line, text: line.text }),
      ...(line?.column === undefined ? {} : { column: line.column }),
    });
    return true;
  }

  text(): string {
    this.flush();
    const { mode, offset } = this.options;
    const what = mode === 'content' ? 'matching lines' : 'files';
    const notes: string[] = [];
    if (this.shown === 0) notes.push(`(only ${this.count} ${what}; offset ${offset} is behind their end)`);
    else if (this.full)
      notes.push(`(${what} ${offset}-${this.count}; there are more: go on with offset ${this.count + 1})`);
    else if (offset > 1) notes.push(`(${what} ${offset}-${this.count} of ${this.count})`);
    if (this.late) notes.push('(The search was ended after 20 s: there may be more. Narrow it with path or glob.)');
    return [...this.lines, ...notes].join('\n');
  }

  private begin(name: string): void {
    this.flush();
    this.file = name;
    this.last = undefined;
    this.printed = 0;
  }

  private match(line: FoundLine, wanted: boolean): void {
    const { context } = this.options;
    const before = this.waiting;
    this.waiting = [];
    const last = this.last ?? Number.NEGATIVE_INFINITY;
    const near = before.filter((one) => one.line <= last + context || (wanted && one.line >= line.line - context));
    if (wanted && this.last === undefined) this.put(`${this.lines.length === 0 ? '' : '\n'}${this.file}`);
    for (const one of near) this.print(one);
    if (!wanted) return;
    this.last = line.line;
    this.print(line);
  }

  /** Context behind the last match of a file. */
  private flush(): void {
    const last = this.last ?? Number.NEGATIVE_INFINITY;
    for (const one of this.waiting) if (one.line <= last + this.options.context) this.print(one);
    this.waiting = [];
  }

  private print({ line, column, text, cut }: FoundLine): void {
    if (this.options.context > 0 && this.printed > 0 && line > this.printed + 1) this.put('--');
    this.printed = line;
    // Where the match is behind the cut, its column says where to look.
    const note = !cut ? '' : column !== undefined && column > text.length ? `… (match at column ${column})` : '…';
    this.put(`${line}${column === undefined ? '-' : ':'}${text}${note}`);
  }

  private put(line: string): void {
    this.lines.push(line);
    this.size += line.length + 1;
  }
}
