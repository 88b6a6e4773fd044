// "Letta: Import Agent…" and "Letta: Export Agent…": an agent as one file (`.af`). Nothing is made before the person has seen all of it.
import * as vscode from 'vscode';
import { type AgentFilePreview, previewAgentFile } from '../flows/agent-file.ts';

export interface ImportAgentDeps {
  /** Shows the text in an editor until it is disposed of. */
  show(name: string, text: string): Promise<vscode.Disposable>;
  /** Why somebody should look twice at a text; empty: nothing speaks against it. */
  doubts(label: string, text: string): string;
  /** @returns what of the file is not there now */
  import(name: string, file: string): Promise<string[]>;
}

export interface ExportAgentDeps {
  agentName: string;
  /** `masked`: how many secrets were replaced in it. */
  export(): Promise<{ text: string; masked: number }>;
}

const FILTERS = { 'Letta agents': ['af', 'json'] };

export async function importAgentCommand(deps: ImportAgentDeps): Promise<void> {
  const [place] =
    (await vscode.window.showOpenDialog({ title: 'Import Agent', filters: FILTERS, openLabel: 'Preview' })) ?? [];
  if (!place) return;
  const preview = previewAgentFile(new TextDecoder().decode(await vscode.workspace.fs.readFile(place)));
  const shown = await deps.show(preview.name, preview.text);
  try {
    const labels = await chooseBlocks(deps, preview);
    if (!labels || !(await confirm(preview))) return;
    const skipped = await deps.import(preview.name, preview.withBlocks(labels));
    const left = skipped.length > 0 ? ` Not here: ${skipped.join(' ')}` : '';
    const choose = 'Choose Agent';
    void vscode.window.showInformationMessage(`Imported ${preview.name}.${left}`, choose).then((answer) => {
      if (answer === choose) void vscode.commands.executeCommand('letta.selectAgent');
    });
  } finally {
    shown.dispose();
  }
}

async function chooseBlocks(deps: ImportAgentDeps, { name, blocks }: AgentFilePreview): Promise<string[] | undefined> {
  if (blocks.length === 0) return [];
  const items = blocks.map(({ label, value }) => {
    const doubts = deps.doubts(label, value);
    return { label, description: `${value.length} characters`, detail: doubts || undefined, picked: doubts === '' };
  });
  const picked = await vscode.window.showQuickPick(
    items.map(({ detail, ...item }) => (detail ? { ...item, detail } : item)),
    {
      title: `Import ${name}: memory`,
      placeHolder: 'Tick the blocks whose text comes along; the others come empty',
      canPickMany: true,
      ignoreFocusOut: true,
    },
  );
  return picked?.map(({ label }) => label);
}

async function confirm({ name, tools }: AgentFilePreview): Promise<boolean> {
  const run =
    tools.length > 0
      ? `Python tools: ${tools.join(', ')}. Each call asks first and shows the source. A tool of the same name that is here is kept.\n`
      : '';
  const detail = `${run}The preview shows its system prompt, memory and tools. Its messages come along.`;
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
  const { text, masked } = await exported();
  await vscode.workspace.fs.writeFile(place, new TextEncoder().encode(text));
  const hidden =
    masked > 0 ? ` ${masked} ${masked === 1 ? 'text with a secret was' : 'texts with secrets were'} masked.` : '';
  void vscode.window.showInformationMessage(
    `Exported ${agentName}.${hidden} Left behind: values of its secrets, skills, history of its memory, review list. Letta's own servers also pass over its archive and threads.`,
  );
}
