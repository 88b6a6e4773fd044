// What a command has written: as text in a file, of which only the last lines are held in memory.
import { type FileHandle, open } from 'node:fs/promises';
import { type Excerpt, excerpt } from './excerpt.ts';
import { Gathered } from './gathered.ts';
import { ScreenText } from './screen-text.ts';

/** Milliseconds that what came is gathered before it is written. */
const WRITE_MS = 200;
/** Bytes that may wait to be written before whoever reads from the command shall wait too. */
const MUCH = 128 * 1024;
/** Longest file, in bytes. */
const MAX_FILE = 1024 * 1024 * 1024;
/** Shown of what is no text, in characters. */
const OF_BINARY = 500;

export interface Shown extends Excerpt {
  /** Why not all of it is in the file. */
  incomplete?: string;
}

export class OutputLog {
  readonly path: string;
  private readonly file: FileHandle;
  private readonly screen: ScreenText;
  /** Lines that no longer change and are not written yet. */
  private readonly waiting = new Gathered();
  /** Bytes and lines of the file that no longer change; behind them stands what still can. */
  private finalBytes = 0;
  private finalLines = 0;
  private fileBytes = 0;
  /** Where the first line stands that was not looked at, or changed afterwards. */
  private unseen = { byte: 0, line: 0 };
  private writing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private dirty = false;
  private incomplete: string | undefined;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.file = file;
    this.screen = new ScreenText((text) => this.waiting.add(text));
  }

  /** Makes the file, for the person's eyes only. @throws Error when it cannot be made */
  static async create(path: string): Promise<OutputLog> {
    return new OutputLog(path, await open(path, 'w+', 0o600));
  }

  /** Takes what the command has written, with whatever control sequences. */
  write(text: string): void {
    this.screen.write(text);
    this.dirty = true;
    if (this.crowded) void this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), WRITE_MS);
  }

  /** More waits to be written than should; `flush` settles when it is written. */
  get crowded(): boolean {
    return this.waiting.size > MUCH;
  }

  get binary(): boolean {
    return this.screen.binary;
  }

  /** The unfinished line that the cursor stands in; '' where it begins a new one. */
  get line(): string {
    return this.screen.line;
  }

  /** The end of the output, for a card. */
  tail(most: number): string {
    const text = this.screen.open.trimEnd();
    if (text.length <= most) return text;
    const cut = text.indexOf('\n', text.length - most);
    return text.slice(cut === -1 ? text.length - most : cut + 1);
  }

  /** All there is, or what came or changed since the last look: head and tail where it is long. */
  async look(since: 'begin' | 'last'): Promise<Shown> {
    await this.flush();
    const begin = since === 'begin' ? 0 : this.unseen.byte;
    const { screen, incomplete } = this;
    // The last line is shown again with its end.
    const lastLine = Buffer.byteLength(screen.line);
    this.unseen = { byte: Math.max(0, this.fileBytes - lastLine), line: screen.last };
    if (incomplete !== undefined) return { text: screen.open, left: 0, incomplete };
    const shown = await excerpt(this.file, begin, this.fileBytes);
    return screen.binary ? { text: shown.text.slice(0, OF_BINARY), left: this.fileBytes } : shown;
  }

  /** Settles when all that came is in the file. Never rejects. */
  async flush(): Promise<void> {
    while (this.writing) await this.writing;
    if (!this.dirty) return;
    this.writing = this.writeOut().finally(() => {
      this.writing = undefined;
    });
    await this.writing;
  }

  /** Nothing comes any more. Never rejects. */
  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.timer);
    await this.file.close().catch(() => {});
  }

  private async writeOut(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.dirty = false;
    const { screen } = this;
    const [finalLines, changed, open] = [screen.final, screen.takeChanged(), Buffer.from(screen.open)];
    const done = this.waiting.take();
    if (this.incomplete !== undefined) return this.waiting.giveBack(done);
    if (changed < this.unseen.line) {
      const before = lengthOfLines(Buffer.concat([done, open]), changed - this.finalLines);
      this.unseen = { byte: this.finalBytes + before, line: changed };
    }
    try {
      const finalBytes = this.finalBytes + done.length;
      const end = finalBytes + open.length;
      if (end > MAX_FILE) throw new Error('it is longer than 1 GB');
      await this.file.write(done, 0, done.length, this.finalBytes);
      await this.file.write(open, 0, open.length, finalBytes);
      if (end < this.fileBytes) await this.file.truncate(end);
      [this.finalBytes, this.finalLines, this.fileBytes] = [finalBytes, finalLines, end];
    } catch (error) {
      this.incomplete = error instanceof Error ? error.message : String(error);
    } finally {
      this.waiting.giveBack(done);
    }
  }
}

/** Bytes of the first lines of a text. */
function lengthOfLines(text: Buffer, count: number): number {
  let at = 0;
  for (let n = 0; n < count; n += 1) at = text.indexOf(10, at) + 1;
  return at;
}
