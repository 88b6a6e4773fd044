// Letta: Select Tools…: which tools of other extensions and MCP servers the agent may use.
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';

interface Choosable {
  name: string;
  description: string;
  /** The extension or server. */
  from: string;
}

export interface SelectToolsDeps {
  available(): Choosable[];
  chosenNames(): string[];
  choose(names: readonly string[]): Promise<void>;
}

export async function selectToolsCommand({ available, chosenNames, choose }: SelectToolsDeps): Promise<void> {
  const tools = available();
  if (tools.length === 0) {
    void vscode.window.showInformationMessage(
      t(
        'No other tools are installed. Extensions and MCP servers bring them; VS Code’s own are not offered, as they would pass by Letta’s permissions.',
      ),
    );
    return;
  }
  const before = new Set(chosenNames());
  const picked = await vscode.window.showQuickPick(itemsOf(tools, before), {
    canPickMany: true,
    matchOnDescription: true,
    matchOnDetail: true,
    title: t('Tools the agent may use in this workspace'),
    placeHolder: t('Each call is asked about, unless a rule allows it'),
  });
  if (!picked) return;
  // What is not there now (a server that is off) stays as it was chosen.
  const gone = [...before].filter((name) => !tools.some((tool) => tool.name === name));
  await choose([...gone, ...picked.flatMap(({ name }) => name ?? [])]);
}

function itemsOf(
  tools: readonly Choosable[],
  chosen: ReadonlySet<string>,
): (vscode.QuickPickItem & { name?: string })[] {
  const groups = new Map<string, Choosable[]>();
  for (const tool of tools) groups.set(tool.from, [...(groups.get(tool.from) ?? []), tool]);
  return [...groups].flatMap(([from, members]) => [
    { label: from, kind: vscode.QuickPickItemKind.Separator },
    ...members.map(({ name, description }) => ({
      label: name,
      name,
      detail: description.split('\n')[0] ?? '',
      picked: chosen.has(name),
    })),
  ]);
}
