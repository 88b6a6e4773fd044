// The skills of an agent as files on this computer, kept the same as those that its home stores: an edit here goes there, one there comes here.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashOf, readSkillFiles, type SkillFiles, writeSkillFolder } from './skill-files.ts';
import { leavesFolder } from './skill-name.ts';

export interface StoredSkill {
  name: string;
  files: SkillFiles;
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

/** Hashes as they were the last time that both were the same, by name. */
type Synced = Record<string, string>;

const STATE = '.synced.json';
/** What gave way to another version. */
const KEPT = '.kept';

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
  sync(): Promise<FolderReport> {
    return this.queue(() => this.look());
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

  private async look(): Promise<FolderReport> {
    const report: FolderReport = { changed: false, problems: [] };
    const [there, here, before] = await Promise.all([this.stored(), this.local(report), this.synced()]);
    const after: Synced = {};
    for (const name of new Set([...there.keys(), ...here.keys()])) {
      const hash = await this.bring(name, there.get(name), here.get(name), before[name], report);
      if (hash !== undefined) after[name] = hash;
    }
    if (JSON.stringify(after) !== JSON.stringify(before)) await this.save(after);
    return report;
  }

  /** @returns the hash that both have now */
  private async bring(
    name: string,
    stored: SkillFiles | undefined,
    local: SkillFiles | undefined,
    synced: string | undefined,
    report: FolderReport,
  ): Promise<string | undefined> {
    const there = stored && hashOf(stored);
    const here = local && hashOf(local);
    if (there === here) return there;
    if (local && here !== undefined && here !== synced && (there === undefined || there === synced)) {
      return this.send({ name, files: local }, here, synced, report);
    }
    if (local) await this.giveWay(name, here !== synced || stored === undefined, stored !== undefined, report);
    report.changed = true;
    if (stored === undefined) return undefined;
    await writeSkillFolder(this.path, [], name, stored);
    return there;
  }

  private async send(skill: StoredSkill, here: string, synced: string | undefined, report: FolderReport) {
    try {
      await this.store.put(skill);
      return here;
    } catch (error) {
      // The others go on; this one is tried again with the next look.
      report.problems.push(error instanceof Error ? error.message : String(error));
      return synced;
    }
  }

  private async giveWay(name: string, keep: boolean, isConflict: boolean, report: FolderReport): Promise<void> {
    const kept = await this.setAside(name);
    if (!keep) await rm(kept, { recursive: true, force: true });
    else if (isConflict)
      report.problems.push(`The skill “${name}” was changed elsewhere as well; your version lies in ${kept}.`);
  }

  private async stored(): Promise<Map<string, SkillFiles>> {
    const skills = await this.store.list();
    return new Map(skills.filter(isInBounds).map(({ name, files }) => [name, files]));
  }

  private async local(report: FolderReport): Promise<Map<string, SkillFiles>> {
    const entries = await readdir(this.path, { withFileTypes: true }).catch(() => []);
    const found = new Map<string, SkillFiles>();
    for (const { name } of entries.filter((entry) => entry.isDirectory() && isName(entry.name))) {
      try {
        const files = await readSkillFiles(join(this.path, name));
        if (files.size > 0) found.set(name, files);
      } catch (error) {
        report.problems.push(error instanceof Error ? error.message : String(error));
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

/** Another program may have written it: no file of it may lie elsewhere. */
export const isInBounds = ({ name, files }: StoredSkill): boolean =>
  isName(name) && ![...files.keys()].some(leavesFolder);

const isName = (name: string): boolean => /^[\w-][\w.-]*$/.test(name);
