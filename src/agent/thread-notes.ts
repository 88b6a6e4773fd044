// What a thread must still know when its older messages were summarised: its plan, and what was tried. One small file a thread.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { type Todo, TodoSchema } from '../protocol/views.ts';
import { AttemptSchema, Attempts } from './attempts.ts';
import { fileNameFor, writeAtomic } from './files.ts';

const NotesSchema = z.object({
  todos: z.array(TodoSchema),
  attempts: z.array(AttemptSchema),
  /** Messages were summarised, and the thread was not told again yet. */
  due: z.boolean(),
});

/** Threads that are kept in memory. */
const KEEP_OPEN = 20;

const MARKS: Record<Todo['status'], string> = { pending: '[ ]', in_progress: '[>]', completed: '[x]' };

/** One line a step. */
export const todoLines = (todos: readonly Todo[]): string =>
  todos.map(({ content, status }) => `${MARKS[status]} ${content}`).join('\n');

/** The notes of one thread. */
export class ThreadNote {
  readonly attempts: Attempts;
  todos: readonly Todo[];
  private due: boolean;
  private readonly path: string;
  private writing: Promise<void> | undefined;
  private again = false;

  constructor(path: string, { todos, attempts, due }: z.infer<typeof NotesSchema>) {
    this.path = path;
    this.todos = todos;
    this.attempts = new Attempts(attempts);
    this.due = due;
  }

  /** On disk when it resolves. */
  async setTodos(todos: readonly Todo[]): Promise<void> {
    this.todos = todos;
    await this.write();
  }

  /** Older messages were summarised. */
  compacted(): void {
    this.due = true;
    this.changed();
  }

  /** What the thread is to be told again; null: nothing, or it knows. */
  reminder(): string | null {
    if (!this.due) return null;
    const open = this.todos.some(({ status }) => status !== 'completed');
    const plan = open ? `Your todo list, as you wrote it last:\n${todoLines(this.todos)}` : null;
    const parts = [plan, this.attempts.describe()].filter((part) => part !== null);
    return parts.length === 0 ? null : `Older messages were summarised.\n${parts.join('\n\n')}`;
  }

  /** The thread was told. */
  reminded(): void {
    if (!this.due) return;
    this.due = false;
    this.changed();
  }

  /** Something was noted that the file is to hold soon; nobody waits for it. */
  changed(): void {
    void this.write().catch(() => {
      // Losing it costs a hint. A plan is written by `setTodos`, which tells.
    });
  }

  flush(): Promise<void> {
    return this.writing?.catch(() => {}) ?? Promise.resolve();
  }

  /** One write at a time; what comes meanwhile goes out with the next. */
  private write(): Promise<void> {
    this.again = true;
    this.writing ??= this.drain().finally(() => {
      this.writing = undefined;
    });
    return this.writing;
  }

  private async drain(): Promise<void> {
    while (this.again) {
      this.again = false;
      const { todos, due, attempts } = this;
      await writeAtomic(this.path, JSON.stringify({ todos, due, attempts: attempts.list }), false);
    }
  }
}

/** The notes of a workspace's threads, in the extension's storage folder. */
export class ThreadNotes {
  private readonly folder: string;
  private readonly opened = new Map<string, Promise<ThreadNote>>();

  constructor(folder: string) {
    this.folder = folder;
  }

  open(threadId: string): Promise<ThreadNote> {
    const known = this.opened.get(threadId) ?? this.read(threadId);
    this.opened.delete(threadId);
    this.opened.set(threadId, known);
    for (const oldest of [...this.opened.keys()].slice(0, -KEEP_OPEN)) this.opened.delete(oldest);
    return known;
  }

  /** A fork goes on with its parent's plan. */
  async inherit(parentId: string, forkId: string): Promise<void> {
    const { todos } = await this.open(parentId);
    if (todos.length > 0) await (await this.open(forkId)).setTodos(todos);
  }

  /** The thread is gone. */
  async remove(threadId: string): Promise<void> {
    await (await this.opened.get(threadId))?.flush();
    this.opened.delete(threadId);
    await rm(this.pathOf(threadId), { force: true });
  }

  /** Resolves when nothing waits to be written. */
  async flush(): Promise<void> {
    const notes = await Promise.all(this.opened.values());
    await Promise.all(notes.map((note) => note.flush()));
  }

  private pathOf(threadId: string): string {
    return join(this.folder, `${fileNameFor(threadId)}.json`);
  }

  private async read(threadId: string): Promise<ThreadNote> {
    const path = this.pathOf(threadId);
    const empty = { todos: [], attempts: [], due: false };
    try {
      const parsed = NotesSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
      return new ThreadNote(path, parsed.success ? parsed.data : empty);
    } catch {
      return new ThreadNote(path, empty);
    }
  }
}
