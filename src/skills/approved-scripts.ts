// Which scripts of skills the person has approved: by the contents of every file of the skill's folder, so that a change asks again.
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { isInside } from './read-folder.ts';

/** More than that nobody reads before they approve it. */
const MAX_FILES = 1_000;
const MAX_BYTES = 20 * 1024 * 1024;
const MAX_DEPTH = 12;
/** The oldest go first. */
const MAX_APPROVED = 500;
const KEY = 'letta.skills.approvedScripts';

/** `print` names the folder with exactly these contents. `problem`: why it cannot be told what they are. */
export type ScriptsPrint = { print: string; files: readonly string[] } | { problem: string };

interface Walk {
  root: string;
  lines: string[];
  files: string[];
  bytes: number;
}

class Unprintable extends Error {}

async function walk(state: Walk, folder: string, depth: number): Promise<void> {
  if (depth > MAX_DEPTH) throw new Unprintable('its folders are nested too deeply');
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    const shown = relative(state.root, path).split(sep).join('/');
    if (state.lines.length >= MAX_FILES) throw new Unprintable(`it has ${MAX_FILES} files or more`);
    if (entry.isDirectory()) await walk(state, path, depth + 1);
    else if (entry.isSymbolicLink()) state.lines.push(`link\0${shown}\0${await printOfLink(state, path, shown)}`);
    else if (entry.isFile()) {
      state.lines.push(`file\0${shown}\0${await printOfFile(state, path)}`);
      if (shown.toLowerCase() !== 'skill.md') state.files.push(shown);
    } else throw new Unprintable(`${shown} is neither a file nor a folder`);
  }
}

async function printOfFile(state: Walk, path: string): Promise<string> {
  state.bytes += (await lstat(path)).size;
  if (state.bytes > MAX_BYTES) throw new Unprintable(`it is larger than ${MAX_BYTES / 1024 / 1024} MB`);
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

/** What lies inside is looked at where it lies; what a link brings in from elsewhere is looked at behind it. */
async function printOfLink(state: Walk, path: string, shown: string): Promise<string> {
  const text = await readlink(path);
  const target = await realpath(path).catch(() => undefined);
  if (target === undefined) return `${text}\0nothing`;
  if (isInside(target, state.root)) return `${text}\0inside`;
  if (!(await stat(target)).isFile()) throw new Unprintable(`the link ${shown} leads out of it`);
  state.files.push(shown);
  return `${text}\0${await printOfFile(state, target)}`;
}

/** Never rejects. @param folder of a skill */
export async function printScripts(folder: string): Promise<ScriptsPrint> {
  try {
    const root = await realpath(folder);
    const state: Walk = { root, lines: [], files: [], bytes: 0 };
    await walk(state, root, 0);
    const hash = createHash('sha256').update(`${root}\n`);
    for (const line of state.lines) hash.update(`${line}\n`);
    return { print: hash.digest('hex'), files: state.files };
  } catch (error) {
    if (error instanceof Unprintable) return { problem: error.message };
    return { problem: `it can't be read (${error instanceof Error ? error.message : String(error)})` };
  }
}

/** A store of small values (VS Code's `Memento` fits). */
export interface PrintStore {
  get<T>(key: string, fallback: T): T;
  update(key: string, value: unknown): PromiseLike<void>;
}

export class ApprovedScripts {
  private readonly store: PrintStore;
  private readonly key: string;

  /** @param key where they lie in the store */
  constructor(store: PrintStore, key = KEY) {
    this.store = store;
    this.key = key;
  }

  has(print: string): boolean {
    return this.store.get<string[]>(this.key, []).includes(print);
  }

  async add(prints: readonly string[]): Promise<void> {
    const others = this.store.get<string[]>(this.key, []).filter((print) => !prints.includes(print));
    await this.store.update(this.key, [...others, ...prints].slice(-MAX_APPROVED));
  }
}
