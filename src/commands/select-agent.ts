// "Letta: Select Agent…": which agent works in this workspace; others are renamed and deleted from the same list.
import * as vscode from 'vscode';
import type { OtherAgent } from '../agent/choose-agent.ts';
import { type AgentBelongings, COUNTED } from '../agent/manage-agent.ts';
import { language, plural, t } from '../protocol/l10n.ts';

export interface SelectAgentDeps {
  /** The workspace's agent now. */
  own: { id: string; name: string };
  /** The others of this home, the one used last first. @throws LettaError */
  others(): Promise<OtherAgent[]>;
  rename(agentId: string, name: string): Promise<void>;
  belongings(agentId: string): Promise<AgentBelongings>;
  /** Asks where to. */
  export(agentId: string): Promise<void>;
  remove(agentId: string): Promise<void>;
}

const RENAME: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('edit'), tooltip: t('Rename…') };
const DELETE: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('trash'), tooltip: t('Delete…') };

type Named = Pick<OtherAgent, 'id' | 'name'>;
type Act = 'rename' | 'delete';
type Answer = { act: Act; agent: Named } | { take: OtherAgent | 'new' };

interface Item extends vscode.QuickPickItem {
  agent?: OtherAgent | 'new';
  /** Whom the buttons are about. */
  named?: Named;
}

/** @returns undefined when all stays as it is. @throws LettaError */
export async function selectAgent(deps: SelectAgentDeps): Promise<OtherAgent | 'new' | undefined> {
  for (let own = deps.own; ; ) {
    const answer = await ask(itemsFor(own, await deps.others()));
    if (!answer || 'take' in answer) return answer?.take;
    const { agent } = answer;
    if (answer.act === 'delete') await remove(deps, agent);
    else {
      const name = await newName(agent);
      if (name === undefined) continue;
      await deps.rename(agent.id, name);
      if (agent.id === own.id) own = { ...own, name };
    }
  }
}

function ask(items: Item[]): Promise<Answer | undefined> {
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = t('Select Agent');
  pick.placeholder = t('Which agent works in this workspace? Its threads and its project memory come with it.');
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = items;
  const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
  const end = (answer: Answer | undefined): void => {
    resolve(answer);
    pick.hide();
  };
  pick.onDidTriggerItemButton(({ item: { named }, button }) => {
    if (named) end({ act: button === RENAME ? 'rename' : 'delete', agent: named });
  });
  pick.onDidAccept(() => {
    const agent = (pick.selectedItems[0] ?? pick.activeItems[0])?.agent;
    end(agent && { take: agent });
  });
  pick.onDidHide(() => {
    resolve(undefined);
    pick.dispose();
  });
  pick.show();
  return promise;
}

function itemsFor(own: Named, others: readonly OtherAgent[]): Item[] {
  const now: Item = {
    label: `$(pinned) ${own.name}`,
    description: t('pinned to this workspace'),
    named: own,
    buttons: [RENAME],
  };
  const fresh: Item = {
    label: `$(add) ${t('New agent for this workspace')}`,
    detail: t('Its memory of the project begins empty. What is known about you is shared.'),
    agent: 'new',
  };
  if (others.length === 0) return [fresh, now];
  const existing = others.map((agent) => ({
    label: `$(hubot) ${agent.name}`,
    description: [agent.model, agent.lastRun ? t('last used {0}', day(agent.lastRun)) : ''].filter(Boolean).join(' · '),
    detail: agent.ours
      ? agent.description
      : [agent.description, t('Not made by this extension.')].filter(Boolean).join(' '),
    agent,
    named: agent,
    buttons: [RENAME, DELETE],
  }));
  return [fresh, now, { label: t('Existing agents'), kind: vscode.QuickPickItemKind.Separator }, ...existing];
}

const day = (at: string): string =>
  new Date(at).toLocaleDateString(language(), { year: 'numeric', month: 'short', day: 'numeric' });

async function newName({ name }: Named): Promise<string | undefined> {
  const given = await vscode.window.showInputBox({
    title: t('Rename {0}', name),
    value: name,
    prompt: t('Its new name'),
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? t('An agent needs a name.') : undefined),
  });
  const wanted = given?.trim();
  return wanted === name ? undefined : wanted;
}

/** Says what is lost, and offers to save it first. */
async function remove(deps: SelectAgentDeps, { id, name }: Named): Promise<void> {
  const { threads, entries, blocks } = await deps.belongings(id);
  const lost = [
    `${plural(threads, '{0} thread', '{0} threads')}${threads === COUNTED ? '+' : ''}`,
    `${plural(entries, '{0} entry of the archive', '{0} entries of the archive')}${entries === COUNTED ? '+' : ''}`,
    ...(blocks.length > 0 ? [t('memory: {0}', blocks.join(', '))] : []),
  ].join('\n');
  const detail = `${t('Lost for good:')}\n${lost}`;
  const [save, del] = [t('Export First…'), t('Delete')];
  for (;;) {
    const answer = await vscode.window.showWarningMessage(
      t('Delete the agent {0}?', name),
      { modal: true, detail },
      save,
      del,
    );
    if (answer === del) return deps.remove(id);
    if (answer !== save) return;
    await deps.export(id);
  }
}
