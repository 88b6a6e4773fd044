// Where drafts of skills lie until they are saved or thrown away: in the extension's own storage, so that a reload loses nothing.
import { mkdir, readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import * as z from 'zod/mini';
import type { WritableScope } from '../protocol/skill-views.ts';
import { pathProblem, type SkillFile } from '../skills/files-beside.ts';
import type { Revision } from '../skills/revisions.ts';

const MetaSchema = z.object({
  /** Where saving puts it; absent: into the project. */
  scope: z.optional(z.enum(['project', 'agent', 'computer'] satisfies WritableScope[])),
  /** The conversation beside the thread in which it was drafted, the server that has it, and when it was begun, in milliseconds. */
  talk: z.optional(z.object({ home: z.string(), agentId: z.string(), id: z.string(), at: z.number() })),
  /** It revises this skill, whose SKILL.md read `base`. */
  revises: z.optional(z.object({ id: z.string(), name: z.string(), base: z.string() })),
  /** The person did not want this revision. */
  discarded: z.optional(z.boolean()),
  /** It lay there for months and is gone: its conversation is still to be ended. */
  forgotten: z.optional(z.boolean()),
});
export type DraftMeta = z.infer<typeof MetaSchema>;
type Talk = NonNullable<DraftMeta['talk']>;

/** A file of a draft. */
export interface DraftPlace {
  id: string;
  /** `SKILL.md`, or that of a file beside it. */
  path: string;
  revision: boolean;
}

const MAIN = 'SKILL.md';
/** A draft that nobody looked at for so long. */
const MOST_MS = 90 * 24 * 3_600_000;

/** Undefined: no draft is meant. `path`: that of its address, `/<id>/SKILL.md` or `/revision/<id>/SKILL.md`. */
export function placeOfDraft(path: string): DraftPlace | undefined {
  const [, revision, id = '', rest = ''] = /^\/(revision\/)?([0-9a-f-]{36})\/(.+)$/.exec(path) ?? [];
  if (id === '' || (rest !== MAIN && pathProblem(rest) !== undefined)) return undefined;
  return { id, path: rest, revision: revision !== undefined };
}

export const pathOfDraft = ({ id, path, revision }: DraftPlace): string =>
  `/${revision ? 'revision/' : ''}${id}/${path}`;

export class DraftStore {
  private readonly folder: string;

  /** @param storage of the extension, for all workspaces; absolute */
  constructor(storage: string) {
    this.folder = join(storage, 'skill-drafts');
  }

  /** @throws Error where there is no such file */
  async stat(place: DraftPlace): Promise<{ ctimeMs: number; mtimeMs: number; size: number }> {
    return stat(this.fileOf(place));
  }

  /** @throws Error where there is no such file */
  async read(place: DraftPlace): Promise<Buffer> {
    return readFile(this.fileOf(place));
  }

  async keep(place: DraftPlace, text: string): Promise<void> {
    await this.write(this.fileOf(place), text);
  }

  async note(id: string, meta: DraftMeta): Promise<void> {
    await this.write(join(this.folder, `${id}.json`), JSON.stringify(meta));
  }

  /** What is known of a draft; nothing of one that another version made. */
  async meta(id: string): Promise<DraftMeta> {
    try {
      return MetaSchema.parse(JSON.parse(await readFile(join(this.folder, `${id}.json`), 'utf8')));
    } catch {
      return {};
    }
  }

  /** All revisions that nobody has kept, newest first. Never rejects. */
  async revisions(): Promise<(Revision & { place: DraftPlace })[]> {
    const found = (await this.ids('md')).map(async (id) => {
      const { revises, discarded = false } = await this.meta(id);
      const place = { id, path: MAIN, revision: true };
      const written = revises && (await this.stat(place).catch(() => undefined));
      return written ? [{ place, skill: revises.id, base: revises.base, discarded, at: written.mtimeMs }] : [];
    });
    return (await Promise.all(found)).flat().toSorted((a, b) => b.at - a.at);
  }

  /** A skill has another id from now on: its revisions go with it. */
  async moved(from: string, to: string): Promise<void> {
    for (const id of await this.ids('md')) {
      const meta = await this.meta(id);
      if (meta.revises?.id === from) await this.note(id, { ...meta, revises: { ...meta.revises, id: to } });
    }
  }

  /** The files beside SKILL.md, sorted by path. */
  async files(id: string): Promise<SkillFile[]> {
    const folder = this.filesOf(id);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((path) => pathProblem(path) === undefined)
      .toSorted();
    return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(folder, path), 'utf8') })));
  }

  /** Throws the whole draft away, or one file of it. */
  async discard(place: DraftPlace): Promise<void> {
    if (place.path !== MAIN) {
      await unlink(this.fileOf(place)).catch(() => {});
      return;
    }
    const own = [this.filesOf(place.id), join(this.folder, `${place.id}.json`), this.fileOf(place)];
    for (const path of own) await rm(path, { recursive: true, force: true });
  }

  /** Forgets drafts that lie there for months. Never rejects. */
  async prune(now = Date.now()): Promise<void> {
    for (const id of await this.ids('md')) {
      const found = await this.stat({ id, path: MAIN, revision: false }).catch(() => undefined);
      if (found && now - found.mtimeMs > MOST_MS) await this.lose(id).catch(() => {});
    }
  }

  /** The draft goes; what stays is where it was drafted. */
  private async lose(id: string): Promise<void> {
    const place = { id, path: MAIN, revision: false };
    const { talk } = await this.meta(id);
    if (talk === undefined) return this.discard(place);
    await this.note(id, { talk, forgotten: true });
    for (const path of [this.filesOf(id), this.fileOf(place)]) await rm(path, { recursive: true, force: true });
  }

  /** Where drafts were drafted that `prune` forgot; `discard` ends that. Never rejects. */
  async forgotten(): Promise<{ id: string; talk: Talk }[]> {
    const found: { id: string; talk: Talk }[] = [];
    for (const id of await this.ids('json')) {
      const { talk, forgotten } = await this.meta(id);
      if (talk && forgotten) found.push({ id, talk });
    }
    return found;
  }

  /** Of the drafts of which such a file is there. */
  private async ids(kind: 'md' | 'json'): Promise<string[]> {
    const names = await readdir(this.folder).catch(() => []);
    return names.flatMap((name) =>
      name.endsWith(`.${kind}`) ? (/^([0-9a-f-]{36})\.[a-z]+$/.exec(name)?.[1] ?? []) : [],
    );
  }

  private async write(file: string, text: string): Promise<void> {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.tmp`, text);
    await rename(`${file}.tmp`, file);
  }

  private filesOf(id: string): string {
    return join(this.folder, `${id}.files`);
  }

  private fileOf({ id, path }: DraftPlace): string {
    return path === MAIN ? join(this.folder, `${id}.md`) : join(this.filesOf(id), path);
  }
}
