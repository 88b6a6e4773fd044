// The commands of VS Code's own menus: what they are run on goes into the composer, or from there into one of VS Code's own boxes.
import type { Chat } from './chat/chat.ts';
import type { Wish } from './commands/ask-text.ts';
import type { Home } from './home.ts';

interface Deps {
  chat: Chat;
  /** @throws Error saying what to do */
  home(): Promise<Home>;
}

/** By the ids of the manifest; each rejects with what the person is told. */
export function nativeCommands({ chat, home }: Deps): Record<string, (...args: unknown[]) => Promise<unknown>> {
  const load = () => import('./commands/ask-about.ts');
  const about =
    (wish: Wish) =>
    async (...args: unknown[]) =>
      chat.view.insert((await load()).askText(wish, args));
  const terminal = (wish: Wish) => async () => chat.view.insert(await (await load()).terminalText(wish));
  return {
    'letta.addSelectionToChat': about('add'),
    'letta.addToChat': about('add'),
    'letta.explain': about('explain'),
    'letta.fix': about('fix'),
    'letta.addTerminalToChat': terminal('add'),
    'letta.explainTerminal': terminal('explain'),
    'letta.fixTerminal': terminal('fix'),
    'letta.learnSkillFromFile': async (file) => (await import('./commands/learn-skill-file.ts')).learnFromFile(file),
    'letta.commitMessage': async (of) =>
      (await import('./committing.ts')).commitMessage(async () => (await home()).parts.committing(), of),
  };
}
