// Turns what a program writes to a terminal into the text that stands there afterwards: progress that overwrites itself
// is folded, colours and other control sequences are dropped. Any splitting of the input gives the same text.

/** Lines that a program can still change by moving the cursor up; what is older is final. */
const REACH = 60;
/** Final lines are handed on in batches. */
const BATCH = 2 * REACH;
/** A line that grows longer is broken, so that no line has to be held whole. */
const MAX_LINE = 200_000;
/** Pieces that the input is worked on in. */
const MAX_PIECE = 65_536;
/** Longest text in a control sequence, its beginning included; what goes on without an end is text. */
const MAX_STRING = 8_192;
/** Furthest column that the cursor is moved to. */
const MAX_COLUMN = 1_000;

/** At the place of an escape character, which is the only control character looked for there. */
const CSI = /\p{Cc}\[([0-?]{0,64})[ -/]{0,4}([@-~])/uy;
const CSI_BEGUN = /\p{Cc}(?:\[[0-?]{0,64}[ -/]{0,4})?$/uy;
const SHORT = /\p{Cc}[ -/]{0,4}[0-Z\\^-~]/uy;
const SHORT_BEGUN = /\p{Cc}[ -/]{0,4}$/uy;
/** What may follow an escape character and holds text up to an end of its own. */
const STRINGS = ']PX^_';
/** Everything that is not simply text; the line break is looked at by itself. */
const CONTROL = /\p{Cc}/gu;
const CONTROL_BUT_BREAK = /(?!\n)\p{Cc}/u;
const ESCAPE = '\u001b';
const BELL = '\u0007';

export class ScreenText {
  /** Lines that were handed on. */
  final = 0;
  /** Something that no text holds was written. */
  binary = false;
  private readonly emit: (text: string) => void;
  private readonly lines = [''];
  private row = 0;
  private column = 0;
  /** The cursor never gets above this line, counted from the first of all. */
  private ceiling = 0;
  /** The beginning of a control sequence whose end has not come. */
  private carry = '';
  /** The first line that was changed since it was last asked for, counted from the first of all. */
  private changed = 0;

  /** @param emit takes text that no longer changes, in pieces that end in a line break when `write` returns */
  constructor(emit: (text: string) => void) {
    this.emit = emit;
  }

  write(text: string): void {
    for (let at = 0; at < text.length; at += MAX_PIECE) this.piece(text.slice(at, at + MAX_PIECE));
  }

  /** What can still change: the last lines, the last one perhaps unfinished. */
  get open(): string {
    return this.lines.join('\n');
  }

  /** The line that the cursor stands in; '' where it begins a new one. */
  get line(): string {
    return this.lines.at(-1) ?? '';
  }

  /** Number of the last line, from 0. */
  get last(): number {
    return this.final + this.lines.length - 1;
  }

  /** Number of the first line that changed since the last call, from 0; the last line always counts. */
  takeChanged(): number {
    const first = this.changed;
    this.changed = this.last;
    return first;
  }

  private piece(text: string): void {
    const piece = this.carry + text;
    this.carry = '';
    const last = this.lines.length - 1;
    const simple =
      this.row === last &&
      this.column === this.line.length &&
      this.line.length + piece.length <= MAX_LINE &&
      !CONTROL_BUT_BREAK.test(piece);
    if (simple) this.append(piece);
    else this.work(piece);
    if (this.lines.length > BATCH) this.handOn(this.lines.length - REACH);
  }

  /** Text and line breaks at the end: nearly all that programs write. */
  private append(piece: string): void {
    // Only the last lines stay open, so only they are taken apart.
    let cut = piece.length;
    for (let n = 0; n <= REACH && cut > 0; n += 1) cut = piece.lastIndexOf('\n', cut - 1);
    if (cut > 0) {
      this.emit(this.open);
      this.emit(piece.slice(0, cut + 1));
      this.final += this.lines.length - 1 + breaksIn(piece, cut + 1);
      this.lines.splice(0, this.lines.length, '');
    }
    const [first = '', ...rest] = piece.slice(cut > 0 ? cut + 1 : 0).split('\n');
    this.lines[this.lines.length - 1] += first;
    for (const line of rest) this.lines.push(line);
    this.grown();
    this.row = this.lines.length - 1;
    this.column = this.line.length;
  }

  private work(piece: string): void {
    let at = 0;
    while (at < piece.length) {
      CONTROL.lastIndex = at;
      const next = CONTROL.exec(piece)?.index ?? piece.length;
      if (next > at) this.put(piece.slice(at, next));
      if (next === piece.length) return;
      if (piece[next] === ESCAPE) {
        const end = this.sequence(piece, next);
        if (end === undefined) {
          this.carry = piece.slice(next);
          return;
        }
        at = end;
      } else {
        this.control(piece[next] ?? '');
        at = next + 1;
      }
    }
  }

  /** @returns where it ends; undefined while its end has not come */
  private sequence(piece: string, at: number): number | undefined {
    const opener = piece[at + 1] ?? '';
    if (opener !== '' && STRINGS.includes(opener)) return endOfString(piece, at);
    const csi = matchAt(CSI, piece, at);
    if (csi) this.command(csi[2] ?? '', csi[1] ?? '');
    const found = csi ?? matchAt(SHORT, piece, at);
    if (found) return at + found[0].length;
    const begun = matchAt(CSI_BEGUN, piece, at) ?? matchAt(SHORT_BEGUN, piece, at);
    return begun ? undefined : at + 1;
  }

  private control(character: string): void {
    switch (character) {
      case '\n':
        this.moveTo(this.row + 1, 0);
        break;
      case '\r':
        this.column = 0;
        break;
      case '\b':
        this.column = Math.max(0, this.column - 1);
        break;
      case '\t':
        this.put('\t');
        break;
      case '\0':
        this.binary = true;
        break;
    }
  }

  private command(name: string, parameters: string): void {
    const given = Number.parseInt(parameters, 10);
    const n = Math.max(1, Number.isNaN(given) ? 1 : given);
    const { row, column } = this;
    switch (name) {
      case 'A':
      case 'F':
        this.moveTo(row - n, name === 'F' ? 0 : column);
        break;
      case 'B':
      case 'E':
        this.moveTo(Math.min(row + n, this.lines.length - 1), name === 'E' ? 0 : column);
        break;
      case 'C':
        this.column = Math.min(column + n, MAX_COLUMN);
        break;
      case 'D':
        this.column = Math.max(0, column - n);
        break;
      case 'G':
        this.column = Math.min(n - 1, MAX_COLUMN);
        break;
      case 'K':
        this.eraseLine(parameters);
        break;
      case 'J':
        this.eraseDisplay(parameters);
        break;
    }
  }

  private eraseLine(how: string): void {
    const line = this.lines[this.row] ?? '';
    if (how === '1') this.set(' '.repeat(Math.min(this.column + 1, line.length)) + line.slice(this.column + 1));
    else this.set(how === '2' ? '' : line.slice(0, this.column));
  }

  private eraseDisplay(how: string): void {
    if (how === '' || how === '0') {
      this.eraseLine('');
      this.lines.splice(this.row + 1);
    } else if (how === '2' && this.line !== '') {
      // A cleared screen is a new page: what stood there was shown, and is kept.
      this.moveTo(this.lines.length, 0);
    }
  }

  /** Moves as far as there are lines that can still change; past the end it makes one. */
  private moveTo(row: number, column: number): void {
    if (row === this.lines.length) {
      this.lines.push('');
      this.grown();
      if (this.lines.length > BATCH) this.handOn(this.lines.length - REACH);
      this.row = this.lines.length - 1;
    } else this.row = Math.max(row, this.ceiling - this.final, 0);
    this.column = column;
  }

  private grown(): void {
    this.ceiling = Math.max(this.ceiling, this.final + this.lines.length - REACH);
  }

  private put(text: string): void {
    let rest = text;
    while (rest !== '') {
      const line = this.lines[this.row] ?? '';
      const room = MAX_LINE - this.column;
      const part = rest.slice(0, Math.max(room, 0));
      rest = rest.slice(part.length);
      const before = this.column > line.length ? line.padEnd(this.column) : line.slice(0, this.column);
      this.set(before + part + line.slice(this.column + part.length));
      this.column += part.length;
      if (rest !== '') this.moveTo(this.row + 1, 0);
    }
  }

  private set(line: string): void {
    this.lines[this.row] = line;
    this.changed = Math.min(this.changed, this.final + this.row);
  }

  private handOn(count: number): void {
    const done = this.lines.splice(0, count);
    this.emit(`${done.join('\n')}\n`);
    this.final += count;
    this.row = Math.max(0, this.row - count);
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

/** @returns where the string ends, or what cannot be one; undefined while that cannot be said */
function endOfString(piece: string, at: number): number | undefined {
  CONTROL.lastIndex = at + 2;
  const end = CONTROL.exec(piece)?.index ?? piece.length;
  if (end - at > MAX_STRING) return at + 1;
  if (piece[end] === BELL) return end + 1;
  const next = piece.slice(end, end + 2);
  if (next === `${ESCAPE}\\`) return end + 2;
  return next === '' || next === ESCAPE ? undefined : at + 1;
}

function breaksIn(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
