// "Letta: Bring Your Letta Code Agent": choose the agent, look at what it has, choose what comes along. Its folder is only read.
import * as vscode from 'vscode';
import type { BringItem, BringPreview } from '../memory/bring/bring.ts';
import type { LettaCodeAgent } from '../memory/bring/letta-code.ts';
import { plural, t } from '../protocol/l10n.ts';
import { choose } from './bring-along.ts';
import { showError } from './show-error.ts';

export interface BringAgentDeps {
  defaultFolder: string;
  /** @throws Error when the folder holds no Letta Code agents */
  agents(folder: string): Promise<LettaCodeAgent[]>;
  preview(folder: string, agentId: string): Promise<BringPreview>;
  /** Puts memory up for review. @returns how many are new there */
  propose(preview: BringPreview, ids: readonly string[]): Promise<number>;
  /** Puts conversations into the archive. @returns ids of the entries; none of a conversation that was cut off */
  archive(conversations: readonly BringItem[], signal: AbortSignal): Promise<string[]>;
  /** Takes entries out of the archive again. */
  removeArchived(conversations: readonly BringItem[], passages: readonly string[]): Promise<void>;
  viewReviews(): Promise<void>;
  /** The skills with their files, a line for each. */
  listed(skills: readonly BringItem[]): string;
  /** @returns folders of those that were copied, and why others were not */
  importSkills(skills: readonly BringItem[]): Promise<{ folders: string[]; problems: string[] }>;
  removeSkills(folders: readonly string[]): Promise<void>;
  showSkills(): Promise<void>;
}

const TITLE = t('Bring Your Letta Code Agent');
const FOLDER = `$(folder-opened) ${t('Another folder…')}`;

async function chooseFolder(): Promise<string | undefined> {
  const picked = await vscode.window.showOpenDialog({
    title: t('{0}: the folder that holds “agents” and “memfs”', TITLE),
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: t('Look for Agents'),
  });
  return picked?.[0]?.fsPath;
}

async function chooseAgent(deps: BringAgentDeps): Promise<{ folder: string; agent: LettaCodeAgent } | undefined> {
  for (let folder: string | undefined = deps.defaultFolder; folder; folder = await chooseFolder()) {
    let agents: LettaCodeAgent[] = [];
    let why = t('Agents in {0}', folder);
    try {
      agents = await deps.agents(folder);
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
    const items = agents.map((agent) => ({
      label: agent.name,
      description: agent.model,
      detail: agent.description,
      agent,
    }));
    const picked = await vscode.window.showQuickPick([...items, { label: FOLDER, agent: undefined }], {
      title: TITLE,
      placeHolder: why,
      ignoreFocusOut: true,
    });
    if (!picked) return undefined;
    if (picked.agent) return { folder, agent: picked.agent };
  }
  return undefined;
}

export async function bringAgentCommand(deps: BringAgentDeps): Promise<void> {
  const chosen = await chooseAgent(deps);
  if (!chosen) return;
  const preview = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: t('Letta is reading {0}…', chosen.agent.name) },
    () => deps.preview(chosen.folder, chosen.agent.id),
  );
  // Conversations may be many megabytes: whoever wants them says so.
  const ids = await choose(preview, `${TITLE}: ${chosen.agent.name}`, (item) => item.kind === 'memory');
  if (!ids || ids.length === 0) return;
  const wanted = preview.found.filter(({ id }) => ids.includes(id));
  const memory = wanted.filter(({ kind }) => kind !== 'transcript' && kind !== 'skill').map(({ id }) => id);
  const skills = wanted.filter(({ kind }) => kind === 'skill');
  const conversations = wanted.filter(({ kind }) => kind === 'transcript');
  if (memory.length > 0) {
    await deps.propose(preview, memory);
    await deps.viewReviews();
  }
  if (skills.length > 0) await copySkills(deps, skills);
  if (conversations.length > 0) await archive(deps, conversations);
}

async function copySkills(deps: BringAgentDeps, skills: readonly BringItem[]): Promise<void> {
  const copy = t('Copy');
  const answer = await vscode.window.showWarningMessage(
    plural(skills.length, 'Copy {0} skill for this agent?', 'Copy {0} skills for this agent?'),
    {
      modal: true,
      detail: `${deps.listed(skills)}\n\n${t('Models are offered them from then on. Nothing in them is run by that: a script asks first, as every command does.')}`,
    },
    copy,
  );
  if (answer !== copy) return;
  const { folders, problems } = await deps.importSkills(skills);
  if (problems.length > 0) void vscode.window.showWarningMessage(t('Not copied: {0}', problems.join(' ')));
  if (folders.length > 0) void offerToRemove(deps, folders).catch(showError);
}

async function offerToRemove(deps: BringAgentDeps, folders: readonly string[]): Promise<void> {
  const said = plural(folders.length, 'Copied {0} skill for this agent.', 'Copied {0} skills for this agent.');
  const answer = await vscode.window.showInformationMessage(said, t('View'), t('Undo'));
  if (answer === t('View')) await deps.showSkills();
  if (answer !== t('Undo')) return;
  await deps.removeSkills(folders);
  void vscode.window.showInformationMessage(
    plural(folders.length, 'Took {0} skill away again.', 'Took {0} skills away again.'),
  );
}

async function archive(deps: BringAgentDeps, conversations: readonly BringItem[]): Promise<void> {
  const messages = conversations.reduce((sum, { messages: said = [] }) => sum + said.length, 0);
  const what = plural(conversations.length, '{0} conversation', '{0} conversations');
  const put = t('Put into the Archive');
  const answer = await vscode.window.showWarningMessage(
    plural(messages, 'Put {0} message of {1} into the archive?', 'Put {0} messages of {1} into the archive?', what),
    { modal: true, detail: t('They enter no prompt by themselves, but the agent finds them when it searches.') },
    put,
  );
  if (answer !== put) return;
  const passages = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: t('Letta is archiving {0}…', what), cancellable: true },
    (_, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      return deps.archive(conversations, abort.signal);
    },
  );
  if (passages.length === 0) {
    void vscode.window.showInformationMessage(t('Nothing was put into the archive.'));
    return;
  }
  void offerUndo(deps, conversations, passages).catch(showError);
}

async function offerUndo(
  deps: BringAgentDeps,
  conversations: readonly BringItem[],
  passages: readonly string[],
): Promise<void> {
  const put = plural(passages.length, 'Put {0} entry into the archive.', 'Put {0} entries into the archive.');
  const answer = await vscode.window.showInformationMessage(put, t('Undo'));
  if (answer !== t('Undo')) return;
  await deps.removeArchived(conversations, passages);
  void vscode.window.showInformationMessage(
    plural(passages.length, 'Took {0} entry out of the archive again.', 'Took {0} entries out of the archive again.'),
  );
}
