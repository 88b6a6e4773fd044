// The skills of this window: read from disk, read again when their folders change, switched on and off by the person.
import { createHash } from 'node:crypto';
import { readFile, realpath, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import type { SkillView } from '../protocol/skill-views.ts';
import { findSkills, type Skill } from '../skills/find-skills.ts';
import { type ClientSkill, clientSkills } from '../skills/offer-skills.ts';
import { SkillSaveError, saveSkill } from '../skills/save-skill.ts';
import { offerUndoWithin } from './offer-undo.ts';
import { watchFiles } from './watch-files.ts';

const DISABLED_KEY = 'letta.skills.disabled';
/** Fingerprints of skills that the person has read and saved. */
const REVIEWED_KEY = 'letta.skills.reviewed';
const MAX_REVIEWED = 1_000;
/** A checkout touches many files at once: read the folders again when it is over. */
const SETTLE_MS = 150;
/** How long a deleted skill can be brought back from the notification, in milliseconds: until then its folder lies beside the others. */
const UNDO_MS = 10_000;

const fingerprint = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

const KEPT_OTHER = 'Not saved: you kept the skill of that name. Change the name in the first lines, then save.';
const KEPT_SECRET = 'Not saved: the draft holds what looks like a secret. Put a placeholder there, then save.';

/** @throws Error with `otherwise` unless the person says so */
async function insist(error: unknown, detail: string, action: string, otherwise: string): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, action)) !== action)
    throw new Error(otherwise);
}

export interface SkillLibraryDeps {
  state: vscode.Memento;
  changed(): void;
  /** Loaded when a skill is saved: its tables are large. */
  secrets(): Promise<{ maskSecrets(text: string): string }>;
  log(line: string): void;
}

export class SkillLibrary implements vscode.Disposable {
  private skills: Promise<Skill[]> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private told = '';
  private readonly watchers: vscode.Disposable[];
  private readonly deps: SkillLibraryDeps;

  constructor(deps: SkillLibraryDeps) {
    this.deps = deps;
    // A folder that appears with its files in it fires one event, for the folder: so the whole tree is watched.
    const folders = ['**/.agents/**', '**/.skills/**', '**/.github/skills/**', '**/.claude/skills/**'];
    this.watchers = folders.flatMap((glob) => watchFiles(glob, () => this.readAgain()));
    this.watchers.push(vscode.workspace.onDidChangeWorkspaceFolders(() => this.readAgain()));
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const watcher of this.watchers.splice(0)) watcher.dispose();
  }

  async views(): Promise<SkillView[]> {
    return (await this.all()).map((skill) => skill.view);
  }

  /** What is offered to the model with each message. */
  async offered(): Promise<readonly ClientSkill[]> {
    const { list, omitted } = clientSkills(await this.all());
    const told = omitted.join(', ');
    if (told !== this.told) {
      this.told = told;
      if (told) this.deps.log(`Skills not offered to the model, because the list would grow too long: ${told}`);
    }
    return list;
  }

  /**
   * Whether the person has read the skill as it is now: they saved it here, or it lies in their own folders. One that came
   * with a repository, or was changed since, counts as unread.
   */
  async reviewed(name: string): Promise<boolean> {
    const skill = (await this.all()).find((each) => each.name === name && !each.view.shadowedBy);
    if (!skill) return false;
    if (skill.view.scope !== 'project') return true;
    return this.deps.state.get<string[]>(REVIEWED_KEY, []).includes(await fingerprint(skill.file));
  }

  private async nowReviewed(file: string): Promise<vscode.Uri> {
    const known = this.deps.state.get<string[]>(REVIEWED_KEY, []);
    await this.deps.state.update(REVIEWED_KEY, [...known, await fingerprint(file)].slice(-MAX_REVIEWED));
    return vscode.Uri.file(file);
  }

  async edit(id: string): Promise<void> {
    const skill = await this.byId(id);
    await vscode.window.showTextDocument(vscode.Uri.file(skill.file), { preview: false });
  }

  async enable(id: string, enabled: boolean): Promise<void> {
    const disabled = this.disabled();
    if (enabled) disabled.delete(id);
    else disabled.add(id);
    await this.deps.state.update(DISABLED_KEY, [...disabled]);
    this.refresh();
  }

  /** To the trash where there is one; the notification brings it back. */
  async remove(id: string): Promise<void> {
    const skill = await this.byId(id);
    const folder = vscode.Uri.file(skill.folder);
    const kept = vscode.Uri.file(join(skill.folder, '..', `.${skill.name}.deleted-${Date.now()}`));
    await vscode.workspace.fs.rename(folder, kept);
    this.refresh();
    let where = `The skill “${skill.name}” lies in the trash as ${basename(kept.fsPath)}. Restore it from there.`;
    void offerUndoWithin(`Deleted the skill “${skill.name}”.`, UNDO_MS, () => where).then(async (wanted) => {
      if (wanted) await vscode.workspace.fs.rename(kept, folder);
      else {
        await Promise.resolve(vscode.workspace.fs.delete(kept, { recursive: true, useTrash: true })).catch(() => {
          where = `The skill “${skill.name}” is deleted for good: there is no trash here.`;
          return rm(kept.fsPath, { recursive: true, force: true });
        });
      }
      this.refresh();
    });
  }

  /**
   * Saves a draft into the project under the name it gives itself; asks before it replaces another, or a secret in it.
   * @returns the file
   * @throws Error saying what is wrong with the draft, or that the person kept the other skill, or the secret
   */
  async saveToProject(draft: string): Promise<vscode.Uri> {
    const { maskSecrets } = await this.deps.secrets();
    const save = (text: string, overwrite: boolean) => saveSkill(base, text, { maskSecrets, overwrite });
    let text = draft;
    const base = vscode.workspace.workspaceFolders?.find((f) => f.uri.scheme === 'file')?.uri.fsPath ?? homedir();
    try {
      for (let overwrite = false; ; ) {
        try {
          return await this.nowReviewed((await save(text, overwrite)).file);
        } catch (error) {
          const reason = error instanceof SkillSaveError ? error.reason : undefined;
          if (reason === 'secret') {
            await insist(error, 'The draft keeps it until you say so.', 'Mask and Save', KEPT_SECRET);
            text = maskSecrets(text);
          } else if (reason === 'exists' && !overwrite) {
            await insist(
              error,
              'Replacing it cannot be undone here, except through version control.',
              'Replace',
              KEPT_OTHER,
            );
            overwrite = true;
          } else throw error;
        }
      }
    } finally {
      this.refresh();
    }
  }

  /** Where the project's skills really lie: broken ones and those that are switched off, too. */
  async places(): Promise<{ name: string; folder: string }[]> {
    const skills = (await this.all()).filter(({ view }) => view.scope === 'project');
    return Promise.all(
      skills.map(async ({ name, folder }) => ({ name, folder: await realpath(folder).catch(() => folder) })),
    );
  }

  /** All there are, in order of precedence; the same array until something changes. */
  all(): Promise<Skill[]> {
    this.skills ??= findSkills({
      folders: (vscode.workspace.workspaceFolders ?? [])
        .filter((f) => f.uri.scheme === 'file')
        .map((f) => f.uri.fsPath),
      home: homedir(),
      disabled: this.disabled(),
    });
    return this.skills;
  }

  private async byId(id: string): Promise<Skill> {
    const skill = (await this.all()).find((s) => s.view.id === id);
    if (!skill) throw new Error('This skill is no longer there.');
    return skill;
  }

  private disabled(): Set<string> {
    return new Set(this.deps.state.get<string[]>(DISABLED_KEY, []));
  }

  private readAgain(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), SETTLE_MS);
    // What is asked before the timer fires must not see the old list.
    this.skills = undefined;
  }

  private refresh(): void {
    this.skills = undefined;
    this.deps.changed();
  }
}
