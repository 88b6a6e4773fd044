// This workspace's memory as tools for every other agent in VS Code. Part of the stub: it asks the person, and hands on what
// they have allowed.
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';

export type MemoryTool = 'letta_recall' | 'letta_remember';

/** @param use loads what does the work */
export function registerMemoryTools(
  use: (tool: MemoryTool, input: unknown, signal: AbortSignal) => Promise<string>,
): vscode.Disposable {
  const register = (name: MemoryTool, prepareInvocation: (input: Input) => vscode.PreparedToolInvocation) =>
    vscode.lm.registerTool<Input>(name, {
      prepareInvocation: ({ input }) => prepareInvocation(input ?? {}),
      async invoke({ input }, token) {
        const text = await use(name, input, signalOf(token));
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
      },
    });
  return vscode.Disposable.from(register('letta_recall', askRecall), register('letta_remember', askRemember));
}

/** As a model wrote it: nothing of it is sure to be there. */
interface Input {
  query?: unknown;
  text?: unknown;
  why?: unknown;
}

// VS Code does not say who calls, so every call is a new caller's: it is asked about, unless the person has told VS Code otherwise.

const askRecall = ({ query }: Input): vscode.PreparedToolInvocation => ({
  invocationMessage: t('Searching Letta’s memory'),
  confirmationMessages: {
    title: t('Search Letta’s memory of this workspace?'),
    message: question(
      t(
        'What is found goes to the agent that asks and to its model; blocks for local models only are left out. It looks for:',
      ),
      query,
    ),
  },
});

const askRemember = ({ text, why }: Input): vscode.PreparedToolInvocation => ({
  invocationMessage: t('Putting a note up for review'),
  confirmationMessages: {
    title: t('Put this up for Letta’s memory?'),
    message: question(
      t(
        'It waits in Memory for your review: nothing is remembered before you accept it. Another agent wants to remember:',
      ),
      typeof why === 'string' && why !== '' ? `${text}\n\n${t('Why: {0}', why)}` : text,
    ),
  },
});

/** The model's words as they are: nothing in them is formatting or a link, and they stand last, where they cannot be taken for ours. */
function question(before: string, words: unknown): vscode.MarkdownString {
  return new vscode.MarkdownString(before).appendCodeblock(typeof words === 'string' ? words : '', 'text');
}

function signalOf(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  // The token's listeners go with the call.
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
