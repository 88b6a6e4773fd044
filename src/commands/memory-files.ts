// Memory as files: opening the folder that mirrors it, export, import, and sharing the project's block.
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ExportReport } from '../memory/mirror/export.ts';
import type { ImportItem, ImportPreview } from '../memory/mirror/import.ts';
import type { ImportedSkill } from '../memory/mirror/import-skills.ts';
import type { Skipped } from '../memory/mirror/walk.ts';
import { plural, t } from '../protocol/l10n.ts';

export interface OpenMemoryFolderDeps {
  /** Null: memory is not kept as files. */
  current(): string | null;
  save(folder: string): Promise<void>;
  /** Starts the mirror when it does not run. @returns the agent's folder. @throws Error saying why it cannot run */
  follow(): Promise<string | null>;
}

export async function openMemoryFolderCommand(deps: OpenMemoryFolderDeps): Promise<void> {
  if (deps.current() === null) {
    const choose = t('Choose a folder…');
    const detail = t(
      'Every block becomes a Markdown file there, and every change a commit. Edits in the files flow back.',
    );
    const picked = await vscode.window.showQuickPick([{ label: choose, detail }], {
      title: t('Open Memory Folder'),
      placeHolder: t('Memory is not kept as files yet'),
    });
    const folder = picked && (await pickFolder(t('Keep Memory in This Folder')));
    if (!folder) return;
    await deps.save(folder);
  }
  const folder = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: t('Letta: writing memory to files…') },
    () => deps.follow(),
  );
  if (!folder) return;
  await vscode.window.showTextDocument(vscode.Uri.file(join(folder, 'MEMORY.md')), { preview: false });
  if (vscode.env.uiKind !== vscode.UIKind.Desktop || vscode.env.remoteName !== undefined) return;
  await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(join(folder, 'MEMORY.md')));
}

export interface ExportMemoryDeps {
  export(folder: string, signal: AbortSignal, onProgress: (passages: number) => void): Promise<ExportReport>;
}

export async function exportMemoryCommand(deps: ExportMemoryDeps): Promise<void> {
  const folder = await pickFolder(t('Export Memory Here'));
  if (!folder) return;
  const report = await working(t('Exporting memory…'), (signal, say) =>
    deps.export(folder, signal, (passages) =>
      say(plural(passages, '{0} entry of the archive', '{0} entries of the archive')),
    ),
  );
  const skipped = report.skipped.map(({ what, reason }) => t('{0} was left out: {1}.', what, reason)).join(' ');
  const blocks = plural(report.blocks, '{0} block', '{0} blocks');
  const archive = plural(report.passages, '{0} entry of the archive', '{0} entries of the archive');
  const done =
    report.skills > 0
      ? t('Exported {0}, {1} and {2} to {3}.', blocks, counted(report.skills), archive, report.folder)
      : t('Exported {0} and {1} to {2}.', blocks, archive, report.folder);
  const { masked } = report;
  const secrets =
    masked > 0 ? plural(masked, '{0} line with a secret is masked.', '{0} lines with secrets are masked.') : '';
  void vscode.window.showInformationMessage([done, secrets, skipped].filter(Boolean).join(' '));
}

export interface ImportMemoryDeps {
  preview(folder: string, signal: AbortSignal): Promise<ImportPreview>;
  import(preview: ImportPreview, chosen: ReadonlySet<string>): Promise<{ proposed: number; skipped: Skipped[] }>;
  /** @returns why those that were not copied were not */
  importSkills(skills: readonly ImportedSkill[]): Promise<string[]>;
  importArchive(folder: string, signal: AbortSignal, onProgress: (added: number) => void): Promise<number>;
}

export async function importMemoryCommand(deps: ImportMemoryDeps, review: () => Promise<unknown>): Promise<void> {
  const folder = await pickFolder(t('Import Memory from Here'), true);
  if (!folder) return;
  const preview = await working(t('Reading the folder…'), (signal) => deps.preview(folder, signal));
  const chosen = await choose(preview);
  if (!chosen) return;
  const skills = chosen.filter((item) => item.kind === 'skill');
  const blocks = new Set(chosen.filter(({ kind }) => kind !== 'archive' && kind !== 'skill').map((item) => item.id));
  const { proposed, skipped } = await deps.import(preview, blocks);
  const archive = chosen.find((item) => item.kind === 'archive');
  const added = archive ? await addArchive(deps, preview.folder, archive.passages - archive.known) : 0;
  const notCopied = skills.length > 0 ? await copySkills(deps, skills) : [];
  const said = [
    ...(proposed > 0 ? [plural(proposed, '{0} change waits for review.', '{0} changes wait for review.')] : []),
    ...(archive
      ? [plural(added, '{0} entry was added to the archive.', '{0} entries were added to the archive.')]
      : []),
    ...(notCopied ? [] : [plural(skills.length, '{0} skill was not copied.', '{0} skills were not copied.')]),
    ...(notCopied ?? []),
    ...skipped.map(({ message }) => message),
  ];
  if (said.length === 0) return;
  const open = t('Review');
  const actions = proposed > 0 ? [open] : [];
  // Not awaited: the command is done.
  void vscode.window.showInformationMessage(said.join(' '), ...actions).then((answer) => answer === open && review());
}

type Choice = ImportItem | ImportedSkill;

async function choose(preview: ImportPreview): Promise<Choice[] | undefined> {
  const wanted: Choice[] = [...preview.items.filter((item) => item.status !== 'same'), ...preview.skills];
  const same = preview.items.length + preview.skills.length - wanted.length;
  const rows = wanted.map((item) => ({ ...inWords(item), picked: true, item }));
  const kinds = { kind: vscode.QuickPickItemKind.Separator };
  const skipped = preview.skipped.map(({ path, message }) => ({ label: `$(circle-slash) ${path}`, detail: message }));
  const all = [
    ...rows,
    ...(skipped.length > 0 ? [{ label: t('Skipped'), ...kinds }, ...skipped] : []),
  ] satisfies vscode.QuickPickItem[];
  if (all.length === 0) {
    const why =
      same > 0 ? t('Everything in this folder is in memory already.') : t('No memory was found in this folder.');
    void vscode.window.showInformationMessage(why);
    return undefined;
  }
  const picked = await vscode.window.showQuickPick<vscode.QuickPickItem & { item?: Choice }>(all, {
    title: preview.manifest ? t('Import Memory of {0}', preview.manifest.agent.name) : t('Import Memory'),
    placeHolder:
      same > 0
        ? t('Choose what to import ({0} are in memory already); blocks wait for review', same)
        : t('Choose what to import; blocks wait for review'),
    canPickMany: true,
    ignoreFocusOut: true,
    matchOnDetail: true,
  });
  return picked?.flatMap(({ item }) => (item ? [item] : []));
}

function inWords(item: Choice): vscode.QuickPickItem {
  if (item.kind === 'skill') {
    const files = ['SKILL.md', ...Object.keys(item.files)].join(', ');
    return { label: item.name, description: t('a skill of this agent'), detail: `${item.path}: ${files}` };
  }
  const status = item.status === 'new' ? t('new') : t('changed');
  if (item.kind === 'archive') {
    return {
      label: t('Archive'),
      description: plural(item.passages - item.known, '{0} new entry', '{0} new entries'),
      detail: item.path,
    };
  }
  if (item.kind === 'document') {
    return { label: item.name, description: t('an entry of the archive'), detail: item.path };
  }
  return { label: item.label, description: status, detail: `${item.path}: ${firstLine(item.after)}` };
}

const counted = (skills: number): string => plural(skills, '{0} skill', '{0} skills');

/** @returns undefined: the person would rather not; else why some were not copied */
async function copySkills(deps: ImportMemoryDeps, skills: readonly ImportedSkill[]): Promise<string[] | undefined> {
  const copy = t('Copy');
  const listed = skills.map(({ name, files }) => `${name}: ${['SKILL.md', ...Object.keys(files)].join(', ')}`);
  const detail = `${listed.join('\n')}\n\n${t('Models are offered them from then on. Nothing in them is run by that: a script asks first.')}`;
  const question = plural(skills.length, 'Copy {0} skill for this agent?', 'Copy {0} skills for this agent?');
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, copy);
  return answer === copy ? deps.importSkills(skills) : undefined;
}

const firstLine = (text: string): string => (text.trim().split('\n')[0] ?? '').slice(0, 100);

async function addArchive(deps: ImportMemoryDeps, folder: string, count: number): Promise<number> {
  const add = plural(count, 'Add {0} Entry', 'Add {0} Entries');
  const detail = t('They are searched by the agent when it needs them. They are not shown one by one before.');
  const answer = await vscode.window.showWarningMessage(
    plural(count, 'Add {0} entry to the archive?', 'Add {0} entries to the archive?'),
    { modal: true, detail },
    add,
  );
  if (answer !== add) return 0;
  return working(t('Adding to the archive…'), (signal, say) =>
    deps.importArchive(folder, signal, (added) => say(t('{0} of {1}', added, count))),
  );
}

/** Writes the project's block into the workspace, or shows what others wrote there first. */
export async function shareProjectCommand(
  deps: { share(): Promise<{ message: string; review: boolean }> },
  review: () => Promise<unknown>,
): Promise<void> {
  const shared = await deps.share();
  if (!shared.review) {
    void vscode.window.showInformationMessage(shared.message);
    return;
  }
  const open = t('Review');
  void vscode.window.showWarningMessage(shared.message, open).then((answer) => answer === open && review());
}

/** @param orAgentFile where the dialog can show both: on some systems it shows folders only, and finds such files inside */
async function pickFolder(openLabel: string, orAgentFile = false): Promise<string | undefined> {
  const picked = await vscode.window.showOpenDialog({
    canSelectFiles: orAgentFile,
    ...(orAgentFile ? { filters: { 'Agent file': ['af'] } } : {}),
    canSelectFolders: true,
    openLabel,
    title: openLabel,
  });
  return picked?.[0]?.fsPath;
}

function working<T>(
  title: string,
  work: (signal: AbortSignal, say: (message: string) => void) => Promise<T>,
): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(
    vscode.window.withProgress(options, (progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      return work(abort.signal, (message) => progress.report({ message }));
    }),
  );
}
