// What a person does with skills one by one: make, edit, mend, wrap, move and delete them, with VS Code's own questions.
import { readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';
import type { SkillPreview, WritableScope } from '../protocol/skill-views.ts';
import { applyFix } from '../skills/apply-fix.ts';
import { bareScripts, wrapped } from '../skills/bare-scripts.ts';
import { deletedFolder, findDeleted } from '../skills/deleted-skills.ts';
import { fixFor, type Skill } from '../skills/find-skills.ts';
import type { LastUsed } from '../skills/offer-skills.ts';
import { previewSkill } from '../skills/preview-skill.ts';
import { isInside } from '../skills/read-folder.ts';
import { SKILLS_FOLDER } from '../skills/save-skill.ts';
import { copySkillFolder, readSkillFiles, type SkillFiles, writeSkillFolder } from '../skills/skill-files.ts';
import { commandProblem, isSkillName } from '../skills/skill-name.ts';
import { MAX_DESCRIPTION } from '../skills/validate.ts';
import { hasProject } from './has-project.ts';
import { MemoryDiff } from './memory-diff.ts';
import { offerUndo, offerUndoWithin } from './offer-undo.ts';
import type { SkillPlace } from './skill-place.ts';
import type { Newcomer } from './skill-questions.ts';
import { bringBack, throwAway, toTrash } from './skill-trash.ts';

/** How long a deleted skill can be brought back from the notification, in milliseconds: until then its folder lies beside the others. */
const UNDO_MS = 10_000;
/** Another window may still offer to bring it back. */
const SWEEP_AFTER_MS = 60_000;
interface ScopeWords {
  label: string;
  detail: string;
  moved(name: string): string;
  imported(name: string): string;
}

export const SCOPES: Record<WritableScope, ScopeWords> = {
  project: {
    label: `$(repo) ${t('Project')}`,
    moved: (name) => t('Moved the skill “{0}” to the project.', name),
    imported: (name) => t('Imported the skill “{0}” to the project.', name),
    detail: t('In .agents/skills: everybody who works on it has it, with any agent'),
  },
  agent: {
    label: `$(hubot) ${t('This agent')}`,
    moved: (name) => t('Moved the skill “{0}” to this agent.', name),
    imported: (name) => t('Imported the skill “{0}” to this agent.', name),
    detail: t('Kept by the agent’s home: it travels with the agent, to other computers too'),
  },
  computer: {
    label: `$(device-desktop) ${t('This computer')}`,
    moved: (name) => t('Moved the skill “{0}” to this computer.', name),
    imported: (name) => t('Imported the skill “{0}” to this computer.', name),
    detail: t('In ~/.agents/skills: all your agents here have it, in all projects'),
  },
};

interface SkillDeskDeps {
  skills(): Promise<Skill[]>;
  /** Undefined: it is not known. */
  usage(skills: readonly Skill[]): Promise<LastUsed | undefined>;
  /** Where skills of a scope are written. Undefined: the person was asked, and chose nothing. */
  place(scope: WritableScope): Promise<SkillPlace | undefined>;
  /** Asks what a person should know beforehand. @returns the files as they want them. @throws Error where they do not want it */
  admit(newcomer: Newcomer): Promise<SkillFiles>;
  /** Keeps a copy of a skill. @returns where @throws Error */
  keep(folder: string): Promise<string>;
  /** The folders in which skills of the person lie. */
  roots(): Promise<string[]>;
  /** Whether a folder is one of the files that the agent's home keeps. */
  isOwn(folder: string): boolean;
  /** Deletes one of those. */
  removeOwn(name: string): Promise<void>;
  /** Brings them together with their home. @throws Error where it does not answer, or does not take `name` */
  deliver(name?: string): Promise<void>;
  /** Sends what changed in them. */
  sync(): Promise<void>;
  /** Its folder, which names it, is another one now. */
  moved(from: string, to: string): Promise<void>;
  /** It was deleted for good, or lies in the trash. */
  removed(id: string): Promise<void>;
  /** The person has read it as it is now. */
  reviewed(file: string): Promise<unknown>;
  openDraft(text: string, scope: WritableScope): Promise<unknown>;
  changed(): void;
}

export class SkillDesk implements vscode.Disposable {
  private readonly deps: SkillDeskDeps;
  private diff: MemoryDiff | undefined;

  constructor(deps: SkillDeskDeps) {
    this.deps = deps;
  }

  dispose(): void {
    this.diff?.dispose();
  }

  /** Asks what it is called and for; the draft is saved by the person. */
  async create(): Promise<void> {
    const names = new Set((await this.deps.skills()).map(({ name }) => name));
    const name = await vscode.window.showInputBox({
      title: t('New Skill (1 of 3)'),
      prompt: t('Its name: lower case, digits and hyphens'),
      placeHolder: t('e.g. add-a-route'),
      ignoreFocusOut: true,
      validateInput: (text) => nameProblem(text.trim(), names),
    });
    if (name === undefined) return;
    const description = await this.askDescription(t('New Skill (2 of 3)'), '');
    if (description === undefined) return;
    const scope = await pickScope(t('New Skill (3 of 3)'), t('Who should have it?'));
    if (scope) await this.deps.openDraft(draftOf(name.trim(), description), scope);
  }

  async edit(id: string): Promise<void> {
    const { file, view } = await this.byId(id);
    if (file === '') throw new Error(t('It cannot be opened. {0}', view.problems.join(' ')));
    await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: false });
    if (view.scope === 'bundled')
      await vscode.commands.executeCommand('workbench.action.files.setActiveEditorReadonlyInSession');
  }

  /** The SKILL.md of a skill as it is now. @throws Error where there is none */
  async source(id: string): Promise<{ file: string; text: string; bundled: boolean }> {
    const { file, view } = await this.byId(id);
    if (file === '' || view.bare) throw new Error(t('This skill cannot be read. {0}', view.problems.join(' ')));
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    return { file, text: document.getText(), bundled: view.scope === 'bundled' };
  }

  /** Puts another text into a SKILL.md, which the person has read; Ctrl+Z takes it back there. @throws Error */
  async replace(id: string, text: string): Promise<vscode.Uri> {
    const { file, view } = await this.byId(id);
    refuseBundled(view.scope, t('Save a copy instead.'));
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
    if (!(await vscode.workspace.applyEdit(edit)) || !(await document.save()))
      throw new Error(t('The skill could not be written to {0}.', file));
    await this.deps.reviewed(file);
    await this.settled();
    return document.uri;
  }

  /** @throws SkillLoadError */
  async preview(id: string): Promise<SkillPreview> {
    const skills = await this.deps.skills();
    return previewSkill(skills, await this.byId(id), await this.deps.usage(skills));
  }

  /** To the trash where there is one; the notification brings it back. */
  async remove(id: string): Promise<void> {
    const { name, folder, view } = await this.byId(id);
    refuseBundled(view.scope, t('Switch it off instead.'));
    const isOwn = this.deps.isOwn(folder);
    const uri = vscode.Uri.file(folder);
    // For where there is no trash. What is too large to be kept stays where it is then.
    const copy = await this.deps.keep(folder).catch(() => undefined);
    const kept = vscode.Uri.file(deletedFolder(folder, Date.now()));
    await vscode.workspace.fs.rename(uri, kept);
    if (isOwn) {
      await this.deps.removeOwn(basename(folder)).catch(async (error: unknown) => {
        await vscode.workspace.fs.rename(kept, uri);
        throw error;
      });
    }
    this.deps.changed();
    let where = '';
    void offerUndoWithin(t('Deleted the skill “{0}”.', name), UNDO_MS, () => where)
      .then(async (wanted) => {
        if (wanted) await bringBack(name, kept, uri);
        else {
          where = await throwAway(name, kept.fsPath, copy);
          await this.deps.removed(id);
        }
        if (wanted && isOwn) await this.deps.sync();
        this.deps.changed();
      })
      .catch((error: unknown) => void vscode.window.showErrorMessage(messageOf(error)));
  }

  /** Deleted skills that could still be brought back when their window went. @returns where they are now */
  async sweep(): Promise<string[]> {
    const said: string[] = [];
    for (const { name, path } of await findDeleted(await this.deps.roots(), Date.now() - SWEEP_AFTER_MS)) {
      const copy = await this.deps.keep(path).catch(() => undefined);
      said.push(await throwAway(name, path, copy));
    }
    return said;
  }

  /** A bundled one is copied: then it can be changed. */
  async move(id: string): Promise<void> {
    const skill = await this.byId(id);
    const { name, folder, view } = skill;
    if (view.bare) throw new Error(t('Wrap the script into a skill first.'));
    const copies = view.scope === 'bundled';
    const title = copies ? t('Customize “{0}”', name) : t('Move “{0}”', name);
    const scope = await pickScope(title, t('Who should have it?'), view.scope);
    if (!scope) return;
    const place = await this.deps.place(scope);
    if (!place) return;
    const { base, parts } = place;
    // What comes with the extension holds no secrets of anybody.
    const files = copies ? new Map<string, Uint8Array>() : await readSkillFiles(folder);
    const to = join(base, ...parts, basename(folder));
    await this.deps.admit({ name, scope, folder: to, doing: 'Move', files, from: id });
    const target = await this.carry(folder, base, parts, !copies);
    await this.settled();
    if (copies) {
      await vscode.window.showTextDocument(vscode.Uri.file(join(target, basename(skill.file))), { preview: false });
      return;
    }
    // Not awaited: the notification stays as long as the person likes.
    void offerUndo(SCOPES[scope].moved(name))
      .then(async (wanted) => {
        if (!wanted) return;
        await this.carry(target, dirname(folder), [], true);
        await this.settled();
      })
      .catch((error: unknown) => void vscode.window.showErrorMessage(messageOf(error)));
  }

  /** Shows what would be mended; writes it when the person says so. */
  async fix(id: string): Promise<void> {
    const skill = await this.byId(id);
    const { file, folder, name } = skill;
    const fix = await fixFor(skill);
    if (!fix) throw new Error(t('This needs your judgement: open it with Edit.'));
    const before = await readFile(file, 'utf8');
    this.diff ??= new MemoryDiff('letta-skill-fix');
    const at = Date.now();
    if (fix.text !== before) {
      const left = { id: `${at}-before`, title: t('now'), text: before };
      await this.diff.show(name, left, { id: `${at}-after`, title: t('mended'), text: fix.text });
    }
    const apply = t('Apply');
    const said = t('Mending the skill “{0}” {1}.', name, listed(fix.changes));
    // Not awaited: the diff can be read for as long as the person likes.
    void Promise.resolve(vscode.window.showInformationMessage(said, apply, t('Cancel')))
      .then(async (answer) => {
        if (answer !== apply) return;
        const open = vscode.workspace.textDocuments.find((document) => document.uri.fsPath === file);
        if (open?.isDirty)
          throw new Error(t('Its SKILL.md has unsaved changes: save or revert them, then choose “Fix…” again.'));
        const isRenamed = this.deps.isOwn(folder) && fix.folder !== basename(folder);
        const mended = await applyFix(file, before, fix);
        if (isRenamed) await this.deps.removeOwn(basename(folder));
        await this.deps.moved(folder, dirname(mended));
        await this.settled();
        void vscode.window.showInformationMessage(t('Mended the skill “{0}”.', fix.folder));
      })
      .catch((error: unknown) => void vscode.window.showErrorMessage(messageOf(error)));
  }

  /** Makes a skill of a script; the script itself stays until the person says otherwise. */
  async wrap(id: string): Promise<void> {
    const { file, view } = await this.byId(id);
    const script = (await bareScripts(dirname(file))).find((each) => each.file === file);
    if (!view.bare || !script) throw new Error(t('This script is no longer there.'));
    const description = await this.askDescription(t('Wrap {0} into a Skill', script.fileName), script.description);
    if (description === undefined) return;
    const base = vscode.workspace.workspaceFolders?.find((each) => isInside(file, each.uri.fsPath))?.uri.fsPath;
    if (base === undefined) throw new Error(t('The folder of this script is no longer open.'));
    const { name } = script;
    const files = await this.deps.admit({
      ...{ name, scope: 'project', folder: join(base, ...SKILLS_FOLDER, name), doing: 'Wrap', from: id },
      files: await wrapped(script, description),
    });
    const folder = await writeSkillFolder(base, SKILLS_FOLDER, name, files);
    await this.deps.reviewed(join(folder, 'SKILL.md'));
    this.deps.changed();
    await vscode.window.showTextDocument(vscode.Uri.file(join(folder, 'SKILL.md')), { preview: false });
    const remove = t('Delete the Original');
    const said = t('The skill “{0}” holds a copy of {1}. The original is still there.', script.name, view.location);
    void Promise.resolve(vscode.window.showInformationMessage(said, remove))
      .then(async (answer) => {
        if (answer === remove) await toTrash(file);
        this.deps.changed();
      })
      .catch((error: unknown) => void vscode.window.showErrorMessage(messageOf(error)));
  }

  private askDescription(title: string, value: string): Thenable<string | undefined> {
    return vscode.window
      .showInputBox({
        title,
        value,
        prompt: t('What it does and when to use it: the agent decides by this sentence'),
        placeHolder: t('e.g. Adds a route with its test. Use when an endpoint is wanted.'),
        ignoreFocusOut: true,
        validateInput: descriptionProblem,
      })
      .then((text) => text?.replace(/\s+/g, ' ').trim());
  }

  /** Copies a skill's folder; what is moved goes only where the copy has arrived. @returns the copy @throws Error: nothing is done then */
  private async carry(folder: string, base: string, parts: readonly string[], moves: boolean): Promise<string> {
    const name = basename(folder);
    const isOwn = this.deps.isOwn(join(base, ...parts, name));
    // Before anything is copied: whether the home answers, and which skills it has.
    if (isOwn) await this.deps.deliver();
    const target = await copySkillFolder(folder, base, parts, name);
    try {
      if (isOwn) await this.deps.deliver(name);
      if (moves) await this.discard(folder);
    } catch (error) {
      await rm(target, { recursive: true, force: true });
      throw error;
    }
    if (moves) await this.deps.moved(folder, target);
    return target;
  }

  private async discard(folder: string): Promise<void> {
    if (this.deps.isOwn(folder)) await this.deps.removeOwn(basename(folder));
    else await toTrash(folder);
  }

  private async settled(): Promise<void> {
    await this.deps.sync();
    this.deps.changed();
  }

  private async byId(id: string): Promise<Skill> {
    const skill = (await this.deps.skills()).find((each) => each.view.id === id);
    if (!skill) throw new Error(t('This skill is no longer there.'));
    return skill;
  }
}

/** @param except where it lies now */
export async function pickScope(
  title: string,
  placeHolder: string,
  except?: string,
): Promise<WritableScope | undefined> {
  const scopes = (['project', 'agent', 'computer'] as const).filter(
    (scope) => scope !== except && (scope !== 'project' || hasProject()),
  );
  const items = scopes.map((scope) => ({ label: SCOPES[scope].label, detail: SCOPES[scope].detail, scope }));
  return (await vscode.window.showQuickPick(items, { title, placeHolder, ignoreFocusOut: true }))?.scope;
}

export interface Saved {
  uri: vscode.Uri;
  /** Why the agent's home does not have it yet: it is sent later. */
  unsent?: string;
}

/** What is told of a skill of the agent that lies only here. */
export const notSent = (why: string): string =>
  t('The agent’s home does not have it yet, and gets it as soon as it can: {0}', why);

export function tellSaved({ uri, unsent }: Saved, scope: WritableScope): void {
  if (unsent !== undefined) {
    void vscode.window.showWarningMessage(t('Saved the skill on this computer. {0}', notSent(unsent)));
    return;
  }
  const said =
    scope === 'agent'
      ? t('Saved the skill to the agent.')
      : t('Saved the skill to {0}.', vscode.workspace.asRelativePath(uri));
  void vscode.window.showInformationMessage(said);
}

function refuseBundled(scope: string, instead: string): void {
  if (scope === 'bundled')
    throw new Error(t('This skill comes with the extension and cannot be changed. {0}', instead));
}

function nameProblem(name: string, taken: ReadonlySet<string>): string | vscode.InputBoxValidationMessage | undefined {
  if (name === '') return t('Give it a name.');
  if (!isSkillName(name))
    return t(
      'Only a-z, 0-9 and single hyphens between them, at most 64: other tools drop the skill silently otherwise.',
    );
  if (taken.has(name)) return t('There is a skill “{0}” already.', name);
  const message = commandProblem(name);
  return message && { message, severity: vscode.InputBoxValidationSeverity.Warning };
}

function descriptionProblem(text: string): string | undefined {
  if (text.trim() === '') return t('Say what it does and when to use it.');
  return text.trim().length > MAX_DESCRIPTION ? t('At most {0} characters.', MAX_DESCRIPTION) : undefined;
}

const draftOf = (name: string, description: string): string => `---
name: ${name}
description: ${JSON.stringify(description)}
---

# ${name}

## When to use

## Steps

1.

## Check
`;

const listed = (changes: readonly string[]): string =>
  [changes.slice(0, -1).join(', '), changes.at(-1)].filter(Boolean).join(' and ');

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
