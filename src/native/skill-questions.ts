// What a person is asked before a skill is written: about a name that another skill has, and about what looks like a secret.
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';
import type { WritableScope } from '../protocol/skill-views.ts';
import { type Skill, usableSkills } from '../skills/find-skills.ts';
import { isInside } from '../skills/read-folder.ts';
import { type SavedSkill, SkillSaveError, secretMessage } from '../skills/save-skill.ts';
import type { SkillFiles } from '../skills/skill-files.ts';

const KEPT_OTHER = t('Not saved: you kept the skill of that name. Change the name in the first lines, then save.');
const KEPT_SECRET = t('Not saved: the draft holds what looks like a secret. Put a placeholder there, then save.');

/** What is said of each way in which a skill gets to its place. */
const WORDS = {
  Save: {
    anyway: t('Save Anyway'),
    mask: t('Mask and Save'),
    taken: (name: string) => t('Not saved: there is a skill “{0}” already.', name),
    secret: t('Not saved: the skill holds what looks like a secret.'),
  },
  Import: {
    anyway: t('Import Anyway'),
    mask: t('Mask and Import'),
    taken: (name: string) => t('Not imported: there is a skill “{0}” already.', name),
    secret: t('Not imported: the skill holds what looks like a secret.'),
  },
  Wrap: {
    anyway: t('Wrap Anyway'),
    mask: t('Mask and Wrap'),
    taken: (name: string) => t('Not wrapped: there is a skill “{0}” already.', name),
    secret: t('Not wrapped: the skill holds what looks like a secret.'),
  },
  Move: {
    anyway: t('Move Anyway'),
    mask: t('Move Anyway'),
    taken: (name: string) => t('Not moved: there is a skill “{0}” already.', name),
    secret: t('Not moved: the skill holds what looks like a secret.'),
  },
};
export type Doing = keyof typeof WORDS;

/** A skill on its way to a scope. */
export interface Newcomer {
  name: string;
  scope: WritableScope;
  /** Where it will lie. */
  folder: string;
  doing: Doing;
  files: SkillFiles;
  /** The id of the skill that it is, or whose place it takes. */
  from?: string | undefined;
}

interface SkillQuestionsDeps {
  /** The folders in which skills of the person lie, in order of precedence. */
  roots(): readonly string[];
  /** All there are. */
  skills(): Promise<readonly Skill[]>;
  secrets(): Promise<{ maskSecrets(text: string): string }>;
  /** As `SkillLibraryDeps.keep`. */
  keep?(folder: string): Promise<string>;
}

/** What is asked of every skill before it is written, whatever brings it. */
export class SkillQuestions {
  private readonly deps: SkillQuestionsDeps;

  constructor(deps: SkillQuestionsDeps) {
    this.deps = deps;
  }

  /** @returns the files as the person wants them. @throws Error where they do not want it */
  async admit({ files, ...newcomer }: Newcomer): Promise<SkillFiles> {
    await this.admitName(newcomer);
    // What is for oneself may hold what one likes.
    if (newcomer.scope !== 'project') return files;
    return askAboutSecrets(files, (await this.deps.secrets()).maskSecrets, newcomer.doing);
  }

  /** Asks where another skill has the name, and one of the two would not be used. @throws Error where the person does not want that */
  async admitName({ name, folder, doing, from }: Omit<Newcomer, 'files' | 'scope'>): Promise<void> {
    const skills = await this.deps.skills();
    const used = usableSkills(skills).find((skill) => skill.name === name);
    // One in its very place is another question, or none.
    if (used && used.view.id !== from && !skills.some((each) => each.folder === folder))
      await askAboutName(used, isFirst(used.folder, folder, this.deps.roots()), doing);
  }

  /** Of a skill that is about to be replaced. @throws Error where no copy of it can be kept */
  async keepFirst(folder: string): Promise<void> {
    await this.deps.keep?.(folder).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(
        t('Not saved: the other skill could not be kept before. {0} Delete or move it, then save again.', why),
      );
    });
  }
}

/** @throws Error with `otherwise` unless the person says so */
async function insist(error: unknown, detail: string, action: string, otherwise: string): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, action)) !== action)
    throw new Error(otherwise);
}

/**
 * Asks before a skill is written beside another one of its name: only one of them is used.
 * @param other the one that is used now
 * @param stays it would still be used then
 * @throws Error where the person does not want that
 */
async function askAboutName({ name, view }: Skill, stays: boolean, doing: Doing): Promise<void> {
  const detail = stays
    ? t('That one comes first: the new one would not be used.')
    : t('The new one comes first: that one would no longer be used.');
  const message =
    view.scope === 'bundled'
      ? t('There is a skill “{0}” already, among those that are built in.', name)
      : t('There is a skill “{0}” already, in {1}.', name, view.location);
  await insist(new Error(message), detail, WORDS[doing].anyway, WORDS[doing].taken(name));
}

/**
 * Saves a draft; asks about a secret in it, and about a skill that it would be put in place of.
 * @throws Error saying what is wrong with the draft, or that the person kept the other skill, or the secret
 */
export async function saveAsking(
  draft: string,
  maskSecrets: (text: string) => string,
  save: (text: string, overwrite: boolean) => Promise<SavedSkill>,
): Promise<SavedSkill> {
  let text = draft;
  for (let overwrite = false; ; ) {
    try {
      return await save(text, overwrite);
    } catch (error) {
      const reason = error instanceof SkillSaveError ? error.reason : undefined;
      if (reason === 'secret') {
        await insist(error, t('The draft keeps it until you say so.'), t('Mask and Save'), KEPT_SECRET);
        text = maskSecrets(text);
      } else if (reason === 'exists' && !overwrite) {
        await insist(
          error,
          t('It is replaced with all its files. “Versions…” in the Skills panel has them.'),
          t('Replace'),
          KEPT_OTHER,
        );
        overwrite = true;
      } else throw error;
    }
  }
}

/** Whether a skill in one folder wins over one of its name in the other. */
function isFirst(one: string, other: string, roots: readonly string[]): boolean {
  const [a, b] = [one, other].map((folder) => roots.findIndex((root) => isInside(folder, root)));
  // What lies in none of them is built in.
  if (a !== b) return a !== -1 && (b === -1 || (a ?? 0) < (b ?? 0));
  return one < other;
}

/**
 * Asks about the first file of a skill for the project that holds what looks like a secret.
 * @returns the files with their secrets replaced; as they are where a skill is moved, which must lose nothing
 * @throws Error where the person does not want that
 */
async function askAboutSecrets(
  files: SkillFiles,
  maskSecrets: (text: string) => string,
  doing: Doing,
): Promise<SkillFiles> {
  const masked = new Map(files);
  let first: string | undefined;
  for (const [path, bytes] of files) {
    const text = textOf(bytes);
    const without = text === undefined ? undefined : maskSecrets(text);
    if (text === undefined || without === undefined || without === text) continue;
    first ??= secretMessage(text, without, path);
    masked.set(path, Buffer.from(without));
  }
  if (first === undefined) return files;
  const moves = doing === 'Move';
  const detail = moves
    ? t('To keep it to yourself, put a placeholder there first.')
    : t('Its place is taken by a placeholder.');
  await insist(new Error(first), detail, WORDS[doing].mask, WORDS[doing].secret);
  return moves ? files : masked;
}

/** Undefined: it is no text. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
