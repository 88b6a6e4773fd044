// Runs a pattern over texts with a time limit, because one can take for ever on this thread.
import { setImmediate as breathe } from 'node:timers/promises';
import { createContext, Script } from 'node:vm';
import { anyLineBreak, badPattern, SearchError, type TextQuery } from './search.ts';

/** Characters that are looked at in one go: a few milliseconds. */
const CHUNK_CHARACTERS = 200_000;
/** When a pattern is given up: far more than an honest one takes. */
const CHUNK_MS = 200;
/** A busy machine may leave this process hardly any of that time: so often it is tried before the pattern is blamed. */
const MOST_TRIES = 10;

export interface Matched {
  /** The columns from 0, by the index of the line. */
  columns: Map<number, number>;
  /** Lines that match; of matches that may span lines, these. */
  count: number;
}

const IN_LINES = new Script(`
  (() => {
    const regex = new RegExp(source, flags);
    const found = [];
    for (let i = 0; i < lines.length; i++) {
      const at = lines[i].search(regex);
      if (at >= 0) found.push(i, at);
    }
    return found;
  })()`);

/** Beginnings and ends. */
const ACROSS = new Script(`
  (() => {
    const found = [];
    for (const match of text.matchAll(new RegExp(source, flags))) found.push(match.index, match.index + match[0].length);
    return found;
  })()`);

export class Matcher {
  private readonly source: string;
  private readonly flags: string;
  private readonly pattern: string;

  constructor({ pattern, ignoreCase, multiline }: TextQuery) {
    this.pattern = pattern;
    // The way ripgrep's patterns say it.
    const inline = /^\(\?([ims]+)\)/.exec(pattern);
    const source = pattern.slice(inline?.[0].length ?? 0).replaceAll('(?P<', '(?<');
    this.source = multiline ? anyLineBreak(source) : source;
    this.flags = (ignoreCase || inline?.[1]?.includes('i') ? 'i' : '') + (multiline ? 'gms' : '');
    try {
      new RegExp(this.source, this.flags);
    } catch (error) {
      throw badPattern(pattern, error instanceof Error ? error.message.replace(/^.*: /, '') : 'it cannot be read');
    }
  }

  async match(lines: readonly string[]): Promise<Matched> {
    const columns = new Map<number, number>();
    for (let start = 0; start < lines.length; ) {
      let size = 0;
      let end = start;
      while (end < lines.length && size < CHUNK_CHARACTERS) size += lines[end++]?.length ?? 0;
      const places = this.run(IN_LINES, { lines: lines.slice(start, end) });
      for (let n = 0; n + 1 < places.length; n += 2) columns.set(start + (places[n] ?? 0), places[n + 1] ?? 0);
      start = end;
      await breathe();
    }
    return { columns, count: columns.size };
  }

  /** As ripgrep tells it: every line that a match touches, with the column where the match begins. */
  matchAcross(text: string): Matched {
    const places = this.run(ACROSS, { text });
    const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
    if (text.endsWith('\n')) starts.pop();
    const columns = new Map<number, number>();
    let line = 0;
    let count = 0;
    for (let n = 0; n + 1 < places.length; n += 2) {
      const [from = 0, to = 0] = [places[n], places[n + 1]];
      // Behind the last line there is none.
      if (from >= text.length && text.length > 0) break;
      count += 1;
      while (line + 1 < starts.length && (starts[line + 1] ?? 0) <= from) line += 1;
      const column = from - (starts[line] ?? 0);
      for (let at = line; at < starts.length && (at === line || (starts[at] ?? 0) < to); at++) {
        if (!columns.has(at)) columns.set(at, column);
      }
    }
    return { columns, count };
  }

  private run(script: Script, given: object): number[] {
    const context = createContext({ source: this.source, flags: this.flags, ...given });
    for (let left = MOST_TRIES - 1; ; left--) {
      const before = process.cpuUsage();
      try {
        return script.runInContext(context, { timeout: CHUNK_MS });
      } catch {
        const { user, system } = process.cpuUsage(before);
        if (left > 0 && user + system < (CHUNK_MS * 1_000) / 2) continue;
        throw new SearchError('slow', `${JSON.stringify(this.pattern)} takes too long to search for: make it simpler.`);
      }
    }
  }
}
