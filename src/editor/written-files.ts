// What the agent wrote into files in the last turn of each thread, until the person speaks there again: what stands otherwise by
// then, they have corrected. Of two turns that run at once it cannot be told which wrote a file, and neither is noted.
import type { Applied, FileChange, Folder } from './editor.ts';
import { contains, displayPath } from './paths.ts';

interface Written {
  before: string;
  after: string;
}

/** One that stands otherwise now. `path` absolute. */
export interface ChangedSince extends Written {
  path: string;
  now: string;
  /** The agent made it, and it is not there any more: `now` is empty. */
  gone?: true;
}

/** Of one turn: who rewrites more has not been corrected in words. */
const MOST_FILES = 20;
/** Of a file; larger ones are data. */
const MOST_CHARACTERS = 200_000;
/** Threads that nobody goes on with are forgotten. */
const MOST_THREADS = 8;

export interface WrittenTurn {
  end(): void;
  /** What its commands have changed, as far as that was found out since; a text is null where there is no file. */
  ran(files: readonly { path: string; before: string | null; after: string | null }[]): void;
}

export class WrittenFiles {
  private readonly running = new Set<string>();
  private readonly last = new Map<string, WrittenTurn>();
  private readonly byThread = new Map<string, Map<string, Written>>();

  /** A turn of the thread begins. */
  begin(threadId: string): WrittenTurn {
    const turn: WrittenTurn = {
      end: () => this.running.delete(threadId),
      ran: (files) => {
        // What a later turn has written stands over it.
        if (this.last.get(threadId) !== turn) return;
        for (const { path, before, after } of files) this.note(threadId, path, before ?? '', after);
      },
    };
    this.running.add(threadId);
    this.last.set(threadId, turn);
    return turn;
  }

  /** The thread whose turn runs; undefined where several do, or none. */
  get thread(): string | undefined {
    const [threadId, another] = this.running;
    return another === undefined ? threadId : undefined;
  }

  applied(changes: readonly FileChange[], { files }: Applied): void {
    const threadId = this.thread;
    if (threadId === undefined) return;
    for (const { path, text } of files) {
      const change = changes.find((one) => one.path === path);
      // What was moved is the agent's own only where it is otherwise than it was.
      const source = changes.find((one) => one.path === change?.from) ?? change;
      this.note(threadId, path, source?.before ?? '', text);
    }
  }

  /** @param first what stood there, as far as this change knows: an earlier one of the turn knows better */
  private note(threadId: string, path: string, first: string, after: string | null): void {
    const written = this.byThread.get(threadId) ?? new Map<string, Written>();
    this.byThread.set(threadId, written);
    const [oldest] = this.byThread.keys();
    if (oldest !== undefined && this.byThread.size > MOST_THREADS) this.byThread.delete(oldest);
    // What another thread's turn writes over it is not the person's.
    for (const [other, theirs] of this.byThread) if (other !== threadId) theirs.delete(path);
    const before = written.get(path)?.before ?? first;
    if (after === null || Math.max(after.length, before.length) > MOST_CHARACTERS) written.delete(path);
    else if (written.has(path) || written.size < MOST_FILES) written.set(path, { before, after });
  }

  /** Those that have noted files. */
  get threads(): string[] {
    return [...this.byThread.keys()];
  }

  /** The files of the thread's last turn that stand otherwise now; they are told once. */
  async take(threadId: string, read: (path: string) => Promise<string | null>): Promise<ChangedSince[]> {
    const found = this.changed(threadId, read);
    this.byThread.delete(threadId);
    return found;
  }

  /** The same, and they stay noted. */
  async changed(threadId: string, read: (path: string) => Promise<string | null>): Promise<ChangedSince[]> {
    const written = [...(this.byThread.get(threadId) ?? [])];
    const found = await Promise.all(
      written.map(async ([path, texts]): Promise<ChangedSince[]> => {
        const now = await read(path).catch(() => undefined);
        if (now === null && texts.before === '') return [{ path, ...texts, now: '', gone: true }];
        return now == null || now === texts.after ? [] : [{ path, ...texts, now }];
      }),
    );
    return found.flat();
  }
}

/**
 * Those whose changes may be told: they lie in the workspace and nothing hides them. What a person made of a file goes to a model
 * without a question.
 */
export function tellable<T extends { path: string }>(
  files: readonly T[],
  folders: Folder[],
  isHidden: (path: string) => boolean,
): (T & { name: string })[] {
  return files
    .filter(({ path }) => folders.some(({ real }) => contains(real, path)) && !isHidden(path))
    .map((file) => ({ ...file, name: displayPath(file.path, folders) }));
}
