// What each command does: a few lines over the rooms, which are loaded when it is run.
import * as vscode from 'vscode';
import type { Chat } from './chat/chat.ts';
import type { Home } from './home.ts';
import * as settings from './native/settings.ts';
import type { Vault } from './native/vault.ts';
import { nativeCommands } from './native-commands.ts';
import { t } from './protocol/l10n.ts';
import { memoryWish } from './protocol/wishes.ts';
import { skillCommands } from './skill-commands.ts';

export type Command = (...args: unknown[]) => Promise<unknown>;

export interface HostCommandsDeps {
  chat: Chat;
  vault: Vault;
  /** Of this computer. */
  state: vscode.Memento;
  /** The extension's storage of this computer. */
  globalFolder: string;
  /** @throws Error saying what to do */
  home(): Promise<Home>;
  /** `fresh`: with a new thread. */
  reopen(fresh?: boolean): Promise<void>;
  remember(given: unknown, why?: boolean): Promise<void>;
  connectModel(): Promise<void>;
  showLog(): void;
}

/** By the ids of the manifest; each rejects with what the person is told. */
export function hostCommands(deps: HostCommandsDeps): Record<string, Command> {
  return {
    ...chatCommands(deps),
    ...nativeCommands(deps),
    ...setupCommands(deps),
    ...rememberCommands(deps),
    ...upkeepCommands(deps),
    ...fileCommands(deps),
    ...skillCommands(async () => (await deps.home()).parts.learned),
  };
}

function chatCommands({ chat, home, showLog }: HostCommandsDeps): Record<string, Command> {
  const { view } = chat;
  const threadCommands = () => import('./chat/thread-commands.ts');
  return {
    'letta.openChat': (threadId) =>
      typeof threadId === 'string' ? chat.openAt(threadId) : view.side.show('chat', 'composer'),
    'letta.openMemory': (label, line) => view.show('memory', memoryWish(label, line)),
    'letta.reviewMemory': () => view.show('memory', 'review:'),
    'letta.openSkills': (name) => view.show('skills', typeof name === 'string' ? name : undefined),
    'letta.openThreads': () => view.show('threads'),
    'letta.openInEditor': (threadId) => chat.openInEditor(typeof threadId === 'string' ? threadId : chat.thread),
    'letta.newThread': () => chat.newThread(),
    'letta.stop': () => chat.stop(),
    'letta.exportThread': async () => (await home()).chat.threads.export(chat.thread),
    'letta.compactThread': async () => (await threadCommands()).compactThread(chat, (await home()).chat),
    'letta.forkThread': async () => (await threadCommands()).forkThread(chat, (await home()).chat),
    'letta.help': async () => (await threadCommands()).showHelp(chat),
    'letta.showContext': () => view.show('chat', 'context'),
    'letta.searchThreads': (words) => view.show('threads', `search:${typeof words === 'string' ? words : ''}`),
    'letta.showLog': async () => showLog(),
    'letta.pinMemory': () => pinMemory(chat),
    'letta.showMessage': async (threadId, messageId) => {
      if (typeof threadId !== 'string') throw new Error(t('Say which thread to show.'));
      await (await home()).showMessage(threadId, typeof messageId === 'string' ? messageId : undefined);
    },
    'letta.restoreCheckpoint': async (message) => {
      const { isRestoredMessage, restoreCommand } = await import('./commands/restore-checkpoint.ts');
      const deps = await (await home()).parts.loadCheckpointing();
      await restoreCommand(deps, isRestoredMessage(message) ? message : undefined, message === 'interrupted');
    },
  };
}

/** Which model, tools, agent and home. */
function setupCommands({
  chat,
  home,
  vault,
  state,
  globalFolder,
  reopen,
  connectModel,
}: HostCommandsDeps): Record<string, Command> {
  const homes = async () =>
    (await import('./choosing-home.ts')).choosingHome({ vault, state, globalFolder, reconnect: () => reopen() });
  const otherAgent = async (fresh: boolean) => {
    if (chat.running) throw new Error(t('The agent is still answering. Stop it first, or wait until it is done.'));
    if (await (await home()).selectAgent(fresh)) await reopen(true);
  };
  return {
    'letta.connectModel': () => connectModel(),
    'letta.selectModel': async () => (await home()).models.pick(),
    'letta.selectTools': async () => {
      const { selectToolsCommand } = await import('./commands/select-tools.ts');
      const { foreign } = (await (await home()).parts.loadHands()).beyond;
      await selectToolsCommand({
        available: () => foreign.available(),
        chosenNames: () => foreign.chosenNames(),
        choose: (names) => foreign.choose(names),
      });
    },
    'letta.selectAgent': () => otherAgent(false),
    'letta.newAgent': () => otherAgent(true),
    'letta.selectHome': async () => (await homes()).select(),
    'letta.signIn': async () => (await homes()).signIn(),
    'letta.signOut': async () => (await homes()).signOut(),
    'letta.offerHome': async () => (await homes()).offer(),
    'letta.copyMcpEntry': async () => (await home()).copyMcpEntry(),
  };
}

/** What brings something into memory. */
function rememberCommands({ home, remember }: HostCommandsDeps): Record<string, Command> {
  const bringing = async () => (await home()).parts.loadBringing();
  return {
    'letta.remember': (given) => remember(given),
    'letta.rememberWhy': (given) => remember(given, true),
    'letta.rememberTerminal': async () => remember(await (await import('./commands/remember.ts')).terminalNote()),
    'letta.init': async () => (await bringing()).initMemory(),
    'letta.bringMemory': async () => (await bringing()).bringMemory(),
    'letta.bringAgent': async () => (await bringing()).bringAgent(),
    'letta.importAgent': async () => {
      const { connection, globalFolder, putUp } = await bringing();
      await (await import('./agent-files.ts')).importAgent(connection, globalFolder, putUp);
    },
    'letta.exportAgent': async () => {
      const { agentId, connection } = await bringing();
      await (await import('./agent-files.ts')).exportAgent(connection, agentId);
    },
    'letta.reflect': async () => (await (await home()).parts.loadReflecting()).reflectNow(),
  };
}

/** What corrects memory, or takes something out of it. */
function upkeepCommands({ chat, home }: HostCommandsDeps): Record<string, Command> {
  const loadUpkeep = async () => (await home()).parts.loadUpkeep();
  return {
    'letta.forget': async (given) => {
      const { forgetCommand } = await import('./commands/forget.ts');
      const upkeep = await loadUpkeep();
      const deps = { find: upkeep.findToForget.bind(upkeep), forget: upkeep.forget.bind(upkeep) };
      await forgetCommand(given, deps);
    },
    'letta.restoreDeleted': async () => (await (await home()).parts.loadInspector()).restoreDeleted(),
    'letta.doctor': async (symptom) => {
      if (typeof symptom === 'string' && symptom.trim() !== '') {
        await (await (await home()).parts.loadReceipts()).symptom(symptom.trim());
        return;
      }
      const { doctorCommand } = await import('./commands/doctor.ts');
      const upkeep = await loadUpkeep();
      await doctorCommand({
        diagnose: (ask, signal) => upkeep.diagnose(ask, signal),
        correct: (findings) => upkeep.correct(findings),
      });
    },
    'letta.undoThread': async () => {
      const { undoThreadCommand } = await import('./commands/undo-thread.ts');
      const upkeep = await loadUpkeep();
      const { thread } = chat;
      await undoThreadCommand({
        taught: await upkeep.taughtBy(thread),
        archived: await upkeep.archivedBy(thread),
        show: (taught) => upkeep.showTaught(taught),
        undo: (taught, archived) => upkeep.undoThread(thread, taught, archived),
      });
    },
    'letta.resetMemory': async () => {
      const { resetMemoryCommand } = await import('./commands/reset-memory.ts');
      const upkeep = await loadUpkeep();
      await resetMemoryCommand({ blocks: () => upkeep.blocksToReset(), reset: (blocks) => upkeep.reset(blocks) });
    },
  };
}

/** Memory as files. */
function fileCommands({ chat, home }: HostCommandsDeps): Record<string, Command> {
  const review = () => chat.view.show('memory', 'review:');
  const files = async () => (await home()).parts.loadFiles();
  const commands = () => import('./commands/memory-files.ts');
  return {
    'letta.openMemoryFolder': async () => {
      const loaded = await files();
      const setting = { current: settings.mirrorFolder, save: settings.saveMirrorFolder };
      await (await commands()).openMemoryFolderCommand({ ...setting, follow: () => loaded.follow() });
    },
    'letta.exportMemory': async () => (await commands()).exportMemoryCommand(await files()),
    'letta.importMemory': async () => (await commands()).importMemoryCommand(await files(), review),
    'letta.shareProjectMemory': async () => (await commands()).shareProjectCommand(await files(), review),
  };
}

async function pinMemory(chat: Chat): Promise<void> {
  const pinned = await (await chat.answers()).togglePin(chat.thread);
  await chat.view.show('chat');
  void vscode.window.showInformationMessage(
    pinned
      ? t('Memory is pinned in this thread: the agent reads it as it is now, and cannot write to it.')
      : t('Memory is no longer pinned in this thread.'),
  );
}
