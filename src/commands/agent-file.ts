// "Letta: Import Agent…" and "Letta: Export Agent…": an agent as one file (`.af`). Nothing is made before the person has seen all of it, and nothing
// comes along that they have not.
import * as vscode from 'vscode';
import { type AgentFilePart, type AgentFilePreview, previewAgentFile, type TextJudge } from '../flows/agent-file.ts';
import type { SkillCopy } from '../skills/import-skill.ts';

export interface ImportAgentDeps {
  /** Shows the text in an editor until it is disposed of. */
  show(name: string, text: string): Promise<vscode.Disposable>;
  judge: TextJudge;
  /** @returns what of the file is not there now */
  import(name: string, file: string, skills: readonly SkillCopy[]): Promise<string[]>;
}

export interface ExportAgentDeps {
  agentName: string;
  /** `masked`: how many secrets were replaced in it; `unskilled`: files of skills that the format has no place for. */
  export(): Promise<{ text: string; masked: number; unskilled: string[] }>;
}

const FILTERS = { 'Letta agents': ['af', 'json'] };

export async function importAgentCommand(deps: ImportAgentDeps): Promise<void> {
  const [place] =
    (await vscode.window.showOpenDialog({ title: 'Import Agent', filters: FILTERS, openLabel: 'Preview' })) ?? [];
  if (!place) return;
  const preview = previewAgentFile(new TextDecoder().decode(await vscode.workspace.fs.readFile(place)), deps.judge);
  const shown = await deps.show(preview.name, preview.text);
  try {
    const parts = await chooseParts(preview);
    if (!parts || !(await confirm(preview, parts))) return;
    const ids = parts.map(({ id }) => id);
    const skipped = await deps.import(preview.name, preview.withParts(ids), preview.skillsWith(ids));
    const missing = [...preview.left, ...skipped];
    const left = missing.length > 0 ? ` Not here: ${missing.join(' ')}` : '';
    const choose = 'Choose Agent';
    void vscode.window.showInformationMessage(`Imported ${preview.name}.${left}`, choose).then((answer) => {
      if (answer === choose) void vscode.commands.executeCommand('letta.selectAgent');
    });
  } finally {
    shown.dispose();
  }
}

/** What else than prompt and tools comes along; undefined: the person gave up. */
async function chooseParts({ name, parts }: AgentFilePreview): Promise<readonly AgentFilePart[] | undefined> {
  if (parts.length === 0) return [];
  // Nothing is ticked: somebody else wrote it, and this is where the person reviews it.
  const items = parts.map((part) => {
    const { label, about: description, doubts } = part;
    return { label, description, part, ...(doubts ? { detail: `Look twice: ${doubts}` } : {}) };
  });
  const picked = await vscode.window.showQuickPick(items, {
    title: `Import ${name}`,
    placeHolder: 'Tick what comes along; other blocks come empty, the rest stays behind',
    canPickMany: true,
    ignoreFocusOut: true,
  });
  return picked?.map(({ part }) => part);
}

async function confirm({ name, tools }: AgentFilePreview, parts: readonly AgentFilePart[]): Promise<boolean> {
  const run =
    tools.length > 0
      ? `Python tools: ${tools.join(', ')}. Each call asks first and shows the source. A tool of the same name that is here is kept.\n`
      : '';
  const ticked = parts.map(({ label, about }) => `${label} (${about})`).join(', ') || 'nothing else';
  const detail = `${run}Its description and system prompt come along, and: ${ticked}. The preview shows all of it.`;
  const answer = await vscode.window.showWarningMessage(`Import the agent ${name}?`, { modal: true, detail }, 'Import');
  return answer === 'Import';
}

export async function exportAgentCommand({ agentName, export: exported }: ExportAgentDeps): Promise<void> {
  const name = `${agentName.replaceAll(/[^\p{L}\p{N} _-]+/gu, '').trim() || 'agent'}.af`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const place = await vscode.window.showSaveDialog({
    title: 'Export Agent',
    filters: FILTERS,
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
  if (!place) return;
  const { text, masked, unskilled } = await exported();
  const without = unskilled.length > 0 ? ` files of skills that are no text (${unskilled.join(', ')}),` : '';
  await vscode.workspace.fs.writeFile(place, new TextEncoder().encode(text));
  const hidden =
    masked > 0 ? ` ${masked} ${masked === 1 ? 'text with a secret was' : 'texts with secrets were'} masked.` : '';
  void vscode.window.showInformationMessage(
    `Exported ${agentName}.${hidden} Left behind: values of its secrets,${without} history of its memory, review list. Letta's own servers also pass over its archive and threads.`,
  );
}
