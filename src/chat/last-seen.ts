// What was last seen of a home on a server, kept on this computer: it can be read while the server does not answer. One folder a
// workspace and home, for this account alone, without secrets, bounded; gone when the person signs out there.
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { fileNameFor, writeAtomic } from '../agent/files.ts';
import { AboutViewSchema } from '../protocol/about-views.ts';
import { BlockViewSchema } from '../protocol/memory-views.ts';
import { type KeptView, KeptViewSchema } from '../protocol/messages.ts';
import { SkillViewSchema } from '../protocol/skill-views.ts';
import { ThreadViewSchema } from '../protocol/thread-views.ts';

/** Each is as much of a thread as `keptView` keeps: 96,000 characters. */
const MAX_THREADS = 20;
/** A list that is larger is not kept. */
const MAX_CHARACTERS = 1_000_000;

const ThreadSchema = KeptViewSchema.shape.thread;
type SeenThread = KeptView['thread'];

const SCHEMAS = {
  about: AboutViewSchema,
  threads: z.array(z.omit(ThreadViewSchema, { running: true, waiting: true })),
  blocks: z.array(BlockViewSchema),
  skills: z.array(SkillViewSchema),
};
type Kind = keyof typeof SCHEMAS;
type Value<K extends Kind> = z.infer<(typeof SCHEMAS)[K]>;

const folderOfHome = (globalFolder: string, homeKey: string) => join(globalFolder, 'last-seen', fileNameFor(homeKey));

/** By folder of a home: how often what was seen of it was taken away. What was still to be written then is not. */
const forgotten = new Map<string, number>();

/** Takes away what was seen of a home, in whichever workspace. @param globalFolder the extension's storage of this computer */
export async function forgetSeen(globalFolder: string, homeKey: string): Promise<void> {
  const folder = folderOfHome(globalFolder, homeKey);
  forgotten.set(folder, (forgotten.get(folder) ?? 0) + 1);
  await rm(folder, { recursive: true, force: true });
}

export interface LastSeenDeps {
  /** The extension's storage of this computer. */
  globalFolder: string;
  homeKey: string;
  /** Names the workspace. */
  workspace: string;
  /** Loads what takes secrets out of a text. */
  mask(): Promise<(text: string) => string>;
  log(line: string): void;
}

export class LastSeen {
  private readonly home: string;
  private readonly folder: string;
  private readonly begun: number | undefined;
  private readonly deps: Pick<LastSeenDeps, 'mask' | 'log'>;
  /** By name of the file; of several that wait for one the last counts. */
  private readonly next = new Map<string, unknown>();
  private readonly written = new Map<string, string>();
  private tail: Promise<void> = Promise.resolve();

  constructor({ globalFolder, homeKey, workspace, ...deps }: LastSeenDeps) {
    this.home = folderOfHome(globalFolder, homeKey);
    this.folder = join(this.home, fileNameFor(workspace));
    this.begun = forgotten.get(this.home);
    this.deps = deps;
  }

  private get over(): boolean {
    return forgotten.get(this.home) !== this.begun;
  }

  /** This agent works in the workspace now: what was seen of another one goes. */
  begin(agentId: string): void {
    this.after(async () => {
      const known = await this.read('about');
      if (known?.agentId !== agentId) await rm(this.folder, { recursive: true, force: true });
    });
  }

  keep<K extends Kind>(kind: K, value: Value<K>): void {
    this.put(`${kind}.json`, value);
  }

  keepThread(thread: SeenThread): void {
    this.put(fileOf(thread.threadId), thread);
  }

  /** @returns what was kept last; undefined: nothing, or nothing that makes sense */
  async read<K extends Kind>(kind: K): Promise<Value<K> | undefined> {
    return SCHEMAS[kind].safeParse(await this.json(`${kind}.json`)).data as Value<K> | undefined;
  }

  async thread(threadId: string): Promise<SeenThread | undefined> {
    const thread = ThreadSchema.safeParse(await this.json(fileOf(threadId))).data;
    return thread?.threadId === threadId ? thread : undefined;
  }

  /** Resolves when nothing waits to be written. */
  async flush(): Promise<void> {
    await this.tail;
  }

  private after(work: () => Promise<void>): void {
    this.tail = this.tail
      .then(work)
      .catch((error: unknown) => this.deps.log(`What was last seen of the home is not kept: ${String(error)}`));
  }

  private put(file: string, value: unknown): void {
    const waits = this.next.has(file);
    this.next.set(file, value);
    if (!waits) this.after(() => this.write(file));
  }

  private async write(file: string): Promise<void> {
    const value = this.next.get(file);
    this.next.delete(file);
    const mask = await this.deps.mask();
    // Ids stay as they are: by them things are found.
    const clean = (key: string, of: unknown) => (typeof of === 'string' && !/id$/i.test(key) ? mask(of) : of);
    const text = JSON.stringify(value, clean);
    if (this.over || text.length > MAX_CHARACTERS || text === this.written.get(file)) return;
    await writeAtomic(join(this.folder, file), text, false);
    if (this.over) return rm(this.home, { recursive: true, force: true });
    this.written.set(file, text);
    if (file.startsWith(THREAD)) await this.prune();
  }

  private async prune(): Promise<void> {
    const files = (await readdir(this.folder)).filter((file) => file.startsWith(THREAD));
    if (files.length <= MAX_THREADS) return;
    const aged = await Promise.all(
      files.map(async (file) => ({ file, at: (await stat(join(this.folder, file))).mtimeMs })),
    );
    for (const { file } of aged.sort((a, b) => b.at - a.at).slice(MAX_THREADS)) {
      this.written.delete(file);
      await rm(join(this.folder, file), { force: true });
    }
  }

  private async json(file: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(join(this.folder, file), 'utf8'));
    } catch {
      return undefined;
    }
  }
}

const THREAD = 'thread-';
const fileOf = (threadId: string): string => `${THREAD}${fileNameFor(threadId)}.json`;
