// "Letta: Import Agent…" and "Letta: Export Agent…": an agent as one file (`.af`). Nothing is made before the person has seen all of it, and nothing
// comes along that they have not.
import * as vscode from 'vscode';
import type { AgentToImport } from '../agent/import-agent.ts';
import { type AgentFilePart, type AgentFilePreview, previewAgentFile, type TextJudge } from '../flows/agent-file.ts';
import { plural, t } from '../protocol/l10n.ts';

export interface ImportAgentDeps {
  /** Shows the text in an editor until it is disposed of. */
  show(name: string, text: string): Promise<vscode.Disposable>;
  judge: TextJudge;
  /** @returns what of the file is not there now */
  import(agent: AgentToImport): Promise<string[]>;
}

export interface ExportAgentDeps {
  agentName: string;
  /** `masked`: how many secrets were replaced in it; `unskilled`: files of skills that the format has no place for. */
  export(): Promise<{ text: string; masked: number; unskilled: string[] }>;
}

const FILTERS = { [t('Letta agents')]: ['af', 'json'] };

export async function importAgentCommand(deps: ImportAgentDeps): Promise<void> {
  const [place] =
    (await vscode.window.showOpenDialog({ title: t('Import Agent'), filters: FILTERS, openLabel: t('Preview') })) ?? [];
  if (!place) return;
  const preview = previewAgentFile(new TextDecoder().decode(await vscode.workspace.fs.readFile(place)), deps.judge);
  const shown = await deps.show(preview.name, preview.text);
  try {
    const parts = await chooseParts(preview);
    if (!parts || !(await confirm(preview, parts))) return;
    const ids = parts.map(({ id }) => id);
    const { name, memory } = preview;
    const file = preview.withParts(ids);
    const skipped = await deps.import({ name, file, memory, skills: preview.skillsWith(ids) });
    const missing = [...preview.left, ...skipped];
    const told = [
      t('Imported {0}.', name),
      ...(memory.length > 0 ? [t('What its memory blocks hold waits for review there.')] : []),
      ...(missing.length > 0 ? [t('Not here: {0}', missing.join(' '))] : []),
    ];
    const choose = t('Choose Agent');
    void vscode.window.showInformationMessage(told.join(' '), choose).then((answer) => {
      if (answer === choose) void vscode.commands.executeCommand('letta.selectAgent');
    });
  } finally {
    shown.dispose();
  }
}

/** What else than prompt, tools and empty blocks comes along; undefined: the person gave up. */
async function chooseParts({ name, parts }: AgentFilePreview): Promise<readonly AgentFilePart[] | undefined> {
  if (parts.length === 0) return [];
  // Nothing is ticked: somebody else wrote it.
  const items = parts.map((part) => {
    const { label, about: description, doubts } = part;
    return { label, description, part, ...(doubts ? { detail: t('Look twice: {0}', doubts) } : {}) };
  });
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Import {0}', name),
    placeHolder: t('Tick what else comes along; the rest stays behind'),
    canPickMany: true,
    ignoreFocusOut: true,
  });
  return picked?.map(({ part }) => part);
}

async function confirm({ name, tools, memory }: AgentFilePreview, parts: readonly AgentFilePart[]): Promise<boolean> {
  const ticked = parts.map(({ label, about }) => `${label} (${about})`).join(', ') || t('nothing else');
  const run = t(
    'Python tools: {0}. Each call asks first and shows the source. A tool of the same name that is here is kept.',
    tools.join(', '),
  );
  const detail = [
    ...(tools.length > 0 ? [`${run}\n`] : []),
    t('Its description and system prompt come along, and: {0}. The preview shows all of it.', ticked),
    ...(memory.length > 0
      ? [t('Its memory blocks are empty until you have reviewed what they hold, once you have chosen it.')]
      : []),
  ].join(' ');
  const go = t('Import');
  const question = t('Import the agent {0}?', name);
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, go)) === go;
}

export async function exportAgentCommand({ agentName, export: exported }: ExportAgentDeps): Promise<void> {
  const name = `${agentName.replaceAll(/[^\p{L}\p{N} _-]+/gu, '').trim() || 'agent'}.af`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const place = await vscode.window.showSaveDialog({
    title: t('Export Agent'),
    filters: FILTERS,
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
  if (!place) return;
  const { text, masked, unskilled } = await exported();
  await vscode.workspace.fs.writeFile(place, new TextEncoder().encode(text));
  const told = [
    t('Exported {0}.', agentName),
    ...(masked > 0
      ? [plural(masked, '{0} text with a secret was masked.', '{0} texts with secrets were masked.')]
      : []),
    ...(unskilled.length > 0 ? [t('Left behind: files of skills that are no text ({0}).', unskilled.join(', '))] : []),
    t('Left behind: values of its secrets, history of its memory, review list.'),
    t('Letta’s own servers also pass over its archive and threads.'),
  ];
  void vscode.window.showInformationMessage(told.join(' '));
}
