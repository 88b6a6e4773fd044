// The skills of an agent as files on this computer, kept the same as those that its home stores: an edit here goes there, one there comes here.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from '../protocol/l10n.ts';
import { executablesIn, hashOf, readSkillFiles, type SkillFiles, writeSkillFolder } from './skill-files.ts';
import { leavesFolder } from './skill-name.ts';

export interface StoredSkill {
  name: string;
  files: SkillFiles;
  /** Paths of those that may be run; absent: none. */
  executable?: readonly string[];
}

/** Where the agent's home keeps them. Everything rejects with an Error that says what to do. */
export interface SkillStore {
  list(): Promise<StoredSkill[]>;
  /** Over what is there of that name. */
  put(skill: StoredSkill): Promise<void>;
  remove(name: string): Promise<void>;
}

export interface FolderReport {
  /** Files here were written or removed. */
  changed: boolean;
  /** For the person. */
  problems: string[];
}

/** What is told of one look, and why some skills stay apart, by name. */
interface Look extends FolderReport {
  failed: Map<string, string>;
}

/** Hashes as they were the last time that both were the same, by name. */
type Synced = Record<string, string>;

const STATE = '.synced.json';
/** What gave way to another version. */
const KEPT = '.kept';
/** Elsewhere nothing tells which files may be run: it stays as the store has it. */
const KNOWS_RIGHTS = process.platform !== 'win32';

export class AgentFolder {
  readonly path: string;
  private readonly store: SkillStore;
  private tail: Promise<unknown> = Promise.resolve();

  /** @param path the folder of skills of this agent alone; made when it is needed */
  constructor(path: string, store: SkillStore) {
    this.path = path;
    this.store = store;
  }

  /** Brings both together; calls queue. Nothing is lost: what gives way is kept in `.kept`. @throws Error of the store, or of the file system */
  async sync(): Promise<FolderReport> {
    const { changed, problems, failed } = await this.queue(() => this.look());
    return { changed, problems: [...failed.values(), ...problems] };
  }

  /**
   * Brings both together, as `sync` does.
   * @param name a skill that the store must have afterwards as it is here; absent: it has to answer
   * @throws Error saying why the store does not have it
   */
  async deliver(name?: string): Promise<void> {
    const { failed } = await this.queue(() => this.look());
    const why = name === undefined ? undefined : failed.get(name);
    if (why !== undefined) throw new Error(why);
  }

  /** Deletes a skill in the store; its folder here is gone already, or goes. @throws Error of the store */
  remove(name: string): Promise<void> {
    return this.queue(async () => {
      await this.store.remove(name);
      const { [name]: _, ...rest } = await this.synced();
      await this.save(rest);
      await rm(join(this.path, name), { recursive: true, force: true });
    });
  }

  private queue<T>(work: () => Promise<T>): Promise<T> {
    const done = this.tail.then(work);
    this.tail = done.catch(() => {});
    return done;
  }

  private async look(): Promise<Look> {
    const look: Look = { changed: false, problems: [], failed: new Map() };
    const [there, before] = await Promise.all([this.stored(), this.synced()]);
    const isKnown = (name: string) => there.has(name) || Object.hasOwn(before, name);
    const here = await this.local(look, isKnown);
    const after: Synced = {};
    for (const name of new Set([...there.keys(), ...here.keys(), ...look.failed.keys()])) {
      let hash = before[name];
      try {
        // What cannot be read stays as it is, here and there.
        if (!look.failed.has(name)) hash = await this.bring(name, there.get(name), here.get(name), hash, look);
      } catch (error) {
        // The others go on; this one is tried again with the next look.
        look.failed.set(name, messageOf(error));
      }
      if (hash !== undefined) after[name] = hash;
    }
    if (JSON.stringify(after) !== JSON.stringify(before)) await this.save(after);
    return look;
  }

  /** @returns the hash that both have now */
  private async bring(
    name: string,
    stored: StoredSkill | undefined,
    found: StoredSkill | undefined,
    synced: string | undefined,
    report: FolderReport,
  ): Promise<string | undefined> {
    const local = found && stored && !KNOWS_RIGHTS ? { ...found, executable: stored.executable ?? [] } : found;
    const there = stored && hashOf(stored.files, stored.executable);
    const here = local && hashOf(local.files, local.executable);
    if (there === here) return there;
    if (local && here !== undefined && here !== synced && (there === undefined || there === synced)) {
      await this.store.put(local);
      return here;
    }
    if (local) await this.giveWay(name, here !== synced || stored === undefined, stored !== undefined, report);
    report.changed = true;
    if (stored === undefined) return undefined;
    await writeSkillFolder(this.path, [], name, stored.files, (path) => stored.executable?.includes(path) === true);
    return there;
  }

  private async giveWay(name: string, keep: boolean, isConflict: boolean, report: FolderReport): Promise<void> {
    const kept = await this.setAside(name);
    if (!keep) await rm(kept, { recursive: true, force: true });
    else if (isConflict)
      report.problems.push(t('The skill “{0}” was changed elsewhere as well; your version lies in {1}.', name, kept));
  }

  private async stored(): Promise<Map<string, StoredSkill>> {
    return new Map((await this.store.list()).filter(isInBounds).map((skill) => [skill.name, skill]));
  }

  /** @param isKnown of a skill: one without SKILL.md is missed */
  private async local(look: Look, isKnown: (name: string) => boolean): Promise<Map<string, StoredSkill>> {
    const entries = await readdir(this.path, { withFileTypes: true }).catch(() => []);
    const found = new Map<string, StoredSkill>();
    for (const { name } of entries.filter((entry) => entry.isDirectory() && isName(entry.name))) {
      const folder = join(this.path, name);
      try {
        const files = await readSkillFiles(folder);
        if (files.size > 0) found.set(name, { name, files, executable: await executablesIn(folder, files.keys()) });
        else if (isKnown(name)) look.failed.set(name, lost(name, folder));
      } catch (error) {
        look.failed.set(name, messageOf(error));
      }
    }
    return found;
  }

  private async setAside(name: string): Promise<string> {
    const kept = join(this.path, KEPT, `${name}-${new Date().toISOString().replace(/\D/g, '')}`);
    await mkdir(join(this.path, KEPT), { recursive: true });
    await rename(join(this.path, name), kept);
    return kept;
  }

  private async synced(): Promise<Synced> {
    try {
      const read: unknown = JSON.parse(await readFile(join(this.path, STATE), 'utf8'));
      const entries = typeof read === 'object' && read !== null ? Object.entries(read) : [];
      return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
    } catch {
      return {};
    }
  }

  private async save(synced: Synced): Promise<void> {
    await mkdir(this.path, { recursive: true });
    const file = join(this.path, STATE);
    await writeFile(`${file}.tmp`, JSON.stringify(synced));
    await rename(`${file}.tmp`, file);
  }
}

const lost = (name: string, folder: string): string =>
  t(
    'The agent’s skill “{0}” cannot be kept the same as in its home: {1} has no SKILL.md that can be read. Put it back, or delete the folder to have it as the home has it.',
    name,
    folder,
  );

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Another program may have written it: no file of it may lie elsewhere. */
export const isInBounds = ({ name, files }: StoredSkill): boolean =>
  isName(name) && ![...files.keys()].some(leavesFolder);

const isName = (name: string): boolean => /^[\w-][\w.-]*$/.test(name);
