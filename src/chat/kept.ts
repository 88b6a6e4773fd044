// What a window that was reloaded or killed must find again: the thread it showed, and whose answers were cut off.
// A file of our own, because VS Code writes its workspace state when it likes and a kill comes before that.
import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { writeAtomic } from '../agent/files.ts';

/** In the extension's storage folder of the workspace. The stub reads it too. */
export const KEPT_FILE = 'chat.json';

const KeptSchema = z.object({
  /** The thread that was shown last. */
  thread: z.optional(z.string()),
  /** Threads in which a turn runs; after a break, those with a broken answer. */
  unfinished: z.catch(z.array(z.string()), []),
});
export type KeptState = z.infer<typeof KeptSchema>;

const NOTHING: KeptState = { unfinished: [] };

export class Kept {
  private readonly path: string;
  private readonly log: (line: string) => void;
  private state: Promise<KeptState> | undefined;
  private written = '';
  private writing: Promise<void> | undefined;

  constructor(path: string, log: (line: string) => void) {
    this.path = path;
    this.log = log;
  }

  /** What is kept; nothing where there is no file, or one that cannot be read. */
  read(): Promise<KeptState> {
    this.state ??= readFile(this.path, 'utf8').then(
      (text) => {
        this.written = text;
        return parse(text);
      },
      () => NOTHING,
    );
    return this.state;
  }

  /** On disk within milliseconds; of several changes at once the last counts. */
  keep(change: Partial<KeptState>): void {
    this.state = this.read().then((state) => ({ ...state, ...change }));
    this.writing ??= this.write();
  }

  /** Resolves when nothing waits to be written. */
  async flush(): Promise<void> {
    await this.writing;
  }

  private async write(): Promise<void> {
    try {
      for (;;) {
        const text = JSON.stringify(await this.read());
        if (text === this.written) break;
        await writeAtomic(this.path, text, false);
        this.written = text;
      }
    } catch (error) {
      // The next start opens the newest thread instead.
      this.log(`${this.path} could not be written: ${error instanceof Error ? error.message : String(error)}`);
    }
    // Here and not later: what is kept from now on begins a writing of its own.
    this.writing = undefined;
  }
}

function parse(text: string): KeptState {
  try {
    const parsed = KeptSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : NOTHING;
  } catch {
    return NOTHING;
  }
}
