// Skills on their way in and out, and back to an earlier version: nothing is written before the person has seen what it is.
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { cloneTree, gitPlace, gitUrlProblem, skillCommits, skillInCommit } from '../flows/skill-git.ts';
import { language, plural, t } from '../protocol/l10n.ts';
import type { Skill } from '../skills/find-skills.ts';
import {
  type ForeignSkill,
  type ForeignTree,
  filesOfForeign,
  folderTree,
  foreignSkills,
} from '../skills/foreign-skills.ts';
import { copySkillFolder, type SkillFiles } from '../skills/skill-files.ts';
import { changesTo, restoreVersion, SkillVersions, type VersionChange } from '../skills/versions.ts';
import { hasProject } from './has-project.ts';
import { MemoryDiff } from './memory-diff.ts';
import { notSent, SCOPES } from './skill-desk.ts';
import type { SkillLibrary } from './skill-library.ts';

export interface SkillSharingDeps {
  library(): Promise<SkillLibrary>;
  /** Where copies of earlier versions are kept; absolute. */
  versions: string;
}

const TO = { project: t('To Project'), agent: t('To Agent'), computer: t('To Computer') } as const;
const MAX_SHOWN = 200_000;

export class SkillSharing implements vscode.Disposable {
  private readonly deps: SkillSharingDeps;
  private readonly kept: SkillVersions;
  private readonly texts = new MemoryDiff('letta-skill-text');

  constructor(deps: SkillSharingDeps) {
    this.deps = deps;
    this.kept = new SkillVersions(deps.versions);
  }

  dispose(): void {
    this.texts.dispose();
  }

  /** Asks where from; shows all of it; copies what the person then wants, where they want it. */
  async importSkill(): Promise<void> {
    const folder = { label: `$(folder) ${t('From a Folder…')}`, git: false };
    const git = { label: `$(repo-clone) ${t('From a Git Repository…')}`, git: true };
    const from = await vscode.window.showQuickPick([folder, git], {
      title: t('Import Skill'),
      placeHolder: t('Where is it?'),
    });
    if (!from) return;
    if (from.git) await this.fromGit();
    else await this.fromFolder();
  }

  private async fromFolder(): Promise<void> {
    const picked = await vscode.window.showOpenDialog({
      title: t('Import Skill from a Folder'),
      openLabel: t('Look at Its Skills'),
      canSelectFiles: false,
      canSelectFolders: true,
    });
    const folder = picked?.[0];
    if (folder) await this.offer(await folderTree(folder.fsPath, basename(folder.fsPath)), folder.fsPath);
  }

  private async fromGit(): Promise<void> {
    const url = await vscode.window.showInputBox({
      title: t('Import Skill from a Git Repository'),
      prompt: t('Only looked at: nothing of it is checked out or run'),
      placeHolder: t('https://host/owner/repository, or the page of a folder in it'),
      ignoreFocusOut: true,
      validateInput: (text) => (text.trim() === '' ? undefined : gitUrlProblem(text.trim())),
    });
    if (!url?.trim()) return;
    const location = vscode.ProgressLocation.Notification;
    const cloned = await vscode.window.withProgress(
      { location, title: t('Looking at the repository…'), cancellable: true },
      (_, token) => {
        const abort = new AbortController();
        token.onCancellationRequested(() => abort.abort());
        return cloneTree(gitPlace(url.trim()), abort.signal);
      },
    );
    try {
      await this.offer(cloned.tree, url.trim());
    } finally {
      await cloned[Symbol.asyncDispose]();
    }
  }

  private async offer(tree: ForeignTree, from: string): Promise<void> {
    const skills = await foreignSkills(tree);
    const items = skills.map((skill) => ({ ...itemOf(skill), skill }));
    const picked =
      items.length === 1
        ? items[0]
        : await vscode.window.showQuickPick(items, {
            title: t('Skills in {0}', from),
            placeHolder: t('Which one? You see all of it before anything is copied'),
            matchOnDescription: true,
            ignoreFocusOut: true,
          });
    if (!picked) return;
    const { skill } = picked;
    if (skill.problems.length > 0)
      throw new Error(t('“{0}” is not imported. {1}', skill.name, skill.problems.join(' ')));
    // Read once: what is shown is what is copied.
    const files = await filesOfForeign(tree, skill);
    await this.texts.open(skill.name, {
      id: `import-${Date.now()}`,
      title: t('import'),
      text: overview(skill, files, from),
    });
    const scripts = skill.scripts.length === 0 ? t('no scripts') : t('scripts: {0}', skill.scripts.join(', '));
    const said = t(
      'Import the skill “{0}” ({1}, {2})? It is open in the editor: read it first.',
      skill.name,
      countOf(files.size),
      scripts,
    );
    const buttons = hasProject() ? Object.values(TO) : [TO.agent, TO.computer];
    // Not awaited: it can be read for as long as the person likes.
    void Promise.resolve(vscode.window.showInformationMessage(said, ...buttons))
      .then((answer) => this.take(skill, files, answer))
      .catch(tell);
  }

  private async take(skill: ForeignSkill, files: SkillFiles, answer: string | undefined): Promise<void> {
    const scope = (['project', 'agent', 'computer'] as const).find((each) => TO[each] === answer);
    if (!scope) return;
    const library = await this.deps.library();
    const { uri, unsent } = await library.add(scope, skill.name, files, (path) => skill.executable.has(path));
    await vscode.window.showTextDocument(uri, { preview: false });
    if (unsent !== undefined) {
      void vscode.window.showWarningMessage(
        t('Imported the skill “{0}” to this computer. {1}', skill.name, notSent(unsent)),
      );
      return;
    }
    // Those of the others are the person's own by now, and judged like any command.
    const guarded = scope === 'project' && skill.scripts.length > 0;
    const next = guarded ? [t('Its scripts are asked about when the agent first wants to run one.')] : [];
    void vscode.window.showInformationMessage([SCOPES[scope].imported(skill.name), ...next].join(' '));
  }

  /** Copies a skill's folder to where the person says. */
  async exportSkill(id: string | undefined): Promise<void> {
    const skill = await this.skill(id, t('Export Skill'));
    if (!skill) return;
    const picked = await vscode.window.showOpenDialog({
      title: t('Export “{0}”', skill.name),
      openLabel: t('Export into This Folder'),
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: vscode.Uri.file(homedir()),
    });
    const target = picked?.[0];
    if (!target) return;
    const folder = await copySkillFolder(skill.folder, target.fsPath, [], skill.name);
    void vscode.window.showInformationMessage(t('Exported the skill “{0}” to {1}.', skill.name, folder));
  }

  /** Shows what a version would change, and puts it back when the person says so. */
  async versions(id: string | undefined): Promise<void> {
    const skill = await this.skill(id, t('Versions of a Skill'));
    if (!skill) return;
    const { folder, name, view } = skill;
    if (view.scope === 'bundled')
      throw new Error(t('This skill comes with the extension: it has no versions of its own.'));
    await this.kept.keep(folder);
    const items = await this.versionsOf(skill);
    const picked = await vscode.window.showQuickPick(items, {
      title: t('Versions of “{0}”', name),
      placeHolder: t('Which one? You see what it would change first'),
      ignoreFocusOut: true,
    });
    if (!picked) return;
    const files = await picked.read();
    const changes = await changesTo(folder, files);
    if (changes.length === 0) {
      void vscode.window.showInformationMessage(t('The skill “{0}” is now as it was then.', name));
      return;
    }
    const at = Date.now();
    const side = (which: 'before' | 'after') => textOf(changes, which);
    await this.texts.show(
      name,
      { id: `${at}-now`, title: t('now'), text: side('before') },
      { id: `${at}-then`, title: picked.label, text: side('after') },
    );
    const restore = t('Restore');
    const said = t(
      'Restore the skill “{0}” as of {1}? It changes {2}.',
      name,
      picked.label,
      changes.map(({ path }) => path).join(', '),
    );
    void Promise.resolve(vscode.window.showInformationMessage(said, restore, t('Cancel')))
      .then((answer) => (answer === restore ? this.restore(skill, files, changes) : undefined))
      .catch(tell);
  }

  private async restore({ folder, name, file }: Skill, files: SkillFiles, shown: VersionChange[]): Promise<void> {
    const dirty = vscode.workspace.textDocuments.find(
      ({ isDirty, uri }) => isDirty && shown.some(({ path }) => uri.fsPath === join(folder, path)),
    );
    if (dirty) throw new Error(t('{0} has unsaved changes: save or revert them first.', basename(dirty.uri.fsPath)));
    // What is replaced can be restored in turn.
    await this.kept.keep(folder);
    await restoreVersion(folder, files, shown);
    await (await this.deps.library()).settled(file);
    void vscode.window.showInformationMessage(t('Restored the skill “{0}”.', name));
  }

  private async versionsOf({ folder, name }: Skill) {
    const [commits, copies] = await Promise.all([skillCommits(folder), this.kept.list(folder)]);
    const date = (at: number) => new Date(at).toLocaleString(language());
    const items = [
      ...commits.map(({ id, at, subject, author }) => ({
        at,
        label: date(at),
        description: `${id.slice(0, 7)} ${subject}`,
        detail: author,
        read: async (): Promise<SkillFiles> => {
          const tree = await skillInCommit(folder, id, name);
          const [then] = await foreignSkills(tree);
          if (!then) throw new Error(t('The skill was not there then.'));
          return filesOfForeign(tree, then);
        },
      })),
      ...copies.map(({ id, at }) => ({
        at,
        label: date(at),
        description: t('kept copy'),
        detail: '',
        read: () => this.kept.read(folder, id),
      })),
    ];
    if (items.length === 0) throw new Error(t('There is no earlier version of this skill.'));
    return items.toSorted((a, b) => b.at - a.at);
  }

  /** Keeps skills as they are now: those that the person can change, also in a repository, which may ignore them or not have them yet. */
  async keepAll(): Promise<void> {
    for (const { folder, files, view } of await (await this.deps.library()).all())
      if (view.scope !== 'bundled' && !view.bare) await this.kept.keep(folder, files);
  }

  /** As `SkillVersions.mustKeep`. */
  keep(folder: string): Promise<string> {
    return this.kept.mustKeep(folder);
  }

  /** As `SkillVersions.moved`. */
  moved(from: string, to: string): Promise<void> {
    return this.kept.moved(from, to);
  }

  private async skill(id: string | undefined, title: string): Promise<Skill | undefined> {
    const skills = (await (await this.deps.library()).all()).filter(({ view }) => !view.bare);
    if (id !== undefined) {
      const skill = skills.find(({ view }) => view.id === id);
      if (!skill) throw new Error(t('This skill is no longer there.'));
      return skill;
    }
    const items = skills.map((skill) => ({ label: skill.name, description: skill.view.location, skill }));
    return (await vscode.window.showQuickPick(items, { title, placeHolder: t('Which skill?') }))?.skill;
  }
}

function itemOf({ name, description, files, scripts, problems, folder }: ForeignSkill) {
  const count = scripts.length;
  const programs = count > 0 ? [plural(count, '{0} of them a program', '{0} of them programs')] : [];
  const held = [countOf(files.length), ...programs].join(', ');
  return {
    label: problems.length > 0 ? `$(warning) ${name}` : name,
    description: folder,
    detail: problems.length > 0 ? t('Cannot be imported: {0}', problems.join(' ')) : `${held}. ${description}`,
  };
}

const countOf = (files: number): string => plural(files, '{0} file', '{0} files');

/** All of it, as Markdown: instructions and programs in full. */
function overview(skill: ForeignSkill, files: SkillFiles, from: string): string {
  const list = [...files].map(([path, bytes]) => {
    const size = plural(bytes.byteLength, '{0} byte', '{0} bytes');
    return skill.scripts.includes(path) ? `- ${path} (${size}) — ${t('program')}` : `- ${path} (${size})`;
  });
  const texts = [...files].map(([path, bytes]) => `## ${path}\n\n${fenced(bytes)}\n`);
  const said = t('From {0}. Nothing is copied yet, and nothing of it was run.', from);
  return `# ${skill.name}\n\n${said}\n\n${list.join('\n')}\n\n${texts.join('\n')}`;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

function fenced(bytes: Uint8Array): string {
  const text = decoded(bytes);
  if (text === undefined) return noText(bytes);
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((m) => m[0].length));
  const fence = '`'.repeat(longest + 1);
  const more = text.length > MAX_SHOWN ? `\n${t('… {0} more characters', text.length - MAX_SHOWN)}` : '';
  return `${fence}\n${text.slice(0, MAX_SHOWN)}\n${fence}${more}`;
}

const noText = (bytes: Uint8Array): string => t('(no text, {0} bytes)', bytes.byteLength);

function textOf(changes: readonly VersionChange[], side: 'before' | 'after'): string {
  return changes
    .map(({ path, [side]: bytes }) => {
      if (!bytes) return `──── ${t('{0}: not there', path)} ────\n`;
      return `──── ${path} ────\n${decoded(bytes) ?? noText(bytes)}`;
    })
    .join('\n');
}

function tell(error: unknown): void {
  void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
}
