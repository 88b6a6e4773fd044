// "Letta: Export Thread…": a whole thread as a file, to read or for programs.
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';
import { type ExportDeps, type ExportedThread, readWhole, toJson, toMarkdown } from '../threads/export.ts';

export interface ExportThreadDeps extends Omit<ExportDeps, 'memory'> {
  memory(): Promise<ExportDeps['memory']>;
  /** The text without secrets. */
  mask(text: string): string;
}

const FORMATS = [
  { label: 'Markdown', detail: t('To read: what was said, and what tools did folded away.'), extension: 'md' },
  { label: 'JSON', detail: t('For programs: everything as the chat shows it.'), extension: 'json' },
] as const;

export async function exportThread(deps: ExportThreadDeps): Promise<void> {
  const { title } = deps.thread;
  const format = await vscode.window.showQuickPick(FORMATS, { title: t('Export “{0}”', title), ignoreFocusOut: true });
  if (!format) return;
  const name = `${
    title
      .replace(/[^\p{L}\p{N} _-]+/gu, '')
      .trim()
      .slice(0, 60) || t('Thread')
  }.${format.extension}`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const place = await vscode.window.showSaveDialog({
    title: t('Export “{0}”', title),
    filters: { [format.label]: [format.extension] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
  if (!place) return;
  const thread = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: t('Exporting “{0}”…', title), cancellable: true },
    async (_progress, token) => read(deps, token),
  );
  if (!thread) return;
  let masked = false;
  const mask = (text: string) => {
    const safe = deps.mask(text);
    masked ||= safe !== text;
    return safe;
  };
  const text = format.extension === 'json' ? toJson(thread, mask) : mask(toMarkdown(thread));
  await vscode.workspace.fs.writeFile(place, new TextEncoder().encode(text));
  const secrets = masked ? [t('Secrets in it were replaced.')] : [];
  const said = [t('Exported “{0}”.', title), ...secrets].join(' ');
  const open = t('Open');
  void vscode.window.showInformationMessage(said, open).then((choice) => {
    if (choice === open) void vscode.window.showTextDocument(place);
  });
}

/** Undefined: the person gave up. */
async function read(deps: ExportThreadDeps, token: vscode.CancellationToken): Promise<ExportedThread | undefined> {
  const stop = new AbortController();
  token.onCancellationRequested(() => stop.abort());
  try {
    return await readWhole({ ...deps, memory: await deps.memory() }, stop.signal);
  } catch (error) {
    if (stop.signal.aborted) return undefined;
    throw error;
  }
}
