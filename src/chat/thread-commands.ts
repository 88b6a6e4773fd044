// What a person does with the shown thread as a whole, from the palette or by a slash command. Loaded with the first of them.
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';
import { SLASH_COMMANDS } from '../protocol/slash-commands.ts';
import type { Chat } from './chat.ts';
import type { ChatHome } from './home.ts';

/** Has older messages of the shown thread summarised. @throws Error saying what to do */
export async function compactThread(chat: Chat, home: ChatHome): Promise<void> {
  const { thread } = chat;
  const session = await chat.sessions.open(thread);
  await session.compact(async (signal) => {
    await home.threads.compact(thread, signal);
    // No step has counted it yet.
    const context = await (await home.memory()).context(thread).catch(() => undefined);
    return context?.total;
  });
}

/** Shows a copy of the shown thread. @throws Error saying what to do */
export async function forkThread(chat: Chat, home: ChatHome): Promise<void> {
  const fork = await home.threads.fork(chat.thread);
  await chat.startFrom(fork, '', [], chat.view.current);
}

/** Lists what can be typed into the composer; what is chosen is put there. */
export async function showHelp(chat: Chat): Promise<void> {
  const commands = SLASH_COMMANDS.map(({ name, does }) => ({ label: `/${name}`, description: does }));
  const picked = await vscode.window.showQuickPick(
    [
      ...commands,
      { label: '/', description: t('Names of skills stand behind it too') },
      { label: '@', description: t('Attach a file, a folder, a symbol, a thread or a block of memory') },
    ],
    { title: t('Help'), placeHolder: t('What you can type into the composer'), matchOnDescription: true },
  );
  if (picked) await chat.view.insert(picked.label.length > 1 ? `${picked.label} ` : picked.label);
}
