// `@letta` in VS Code's own chat: the same agent, and a thread that the side bar shows as well. Loaded with the first message.
import * as vscode from 'vscode';
import type { OpenThreads } from './chat/open-threads.ts';
import type { ThreadSession } from './chat/session.ts';
import { Relay } from './native/relay.ts';
import { t } from './protocol/l10n.ts';
import type { Patch } from './protocol/thread-views.ts';

export const PARTICIPANT = 'letta.agent';

export interface ParticipantDeps {
  threads: OpenThreads;
  /** @returns the id of a new thread of the agent */
  create(): Promise<string>;
  /** Asks which model should answer when several do and none was chosen. @returns false when the person backed out */
  settleModel(): Promise<boolean>;
  log(line: string): void;
}

type Asked = Parameters<vscode.ChatRequestHandler>;

/** Never rejects: what goes wrong is in the result. */
export async function answerInChat(deps: ParticipantDeps, ...asked: Asked): Promise<vscode.ChatResult> {
  const [request, context, stream, token] = asked;
  let thread: string | undefined;
  try {
    const session = await sessionOf(deps, context, stream);
    thread = session.threadId;
    if (!(await deps.settleModel())) throw new Error(t('No model was chosen. Ask again, and choose one.'));
    const { failure } = await turn(deps, session, request, stream, token);
    return resultOf(thread, failure);
  } catch (error) {
    return resultOf(thread, error instanceof Error ? error.message : String(error));
  }
}

function resultOf(conversationId: string | undefined, failure: string | undefined): vscode.ChatResult {
  return {
    ...(conversationId ? { metadata: { conversationId } } : {}),
    ...(failure === undefined ? {} : { errorDetails: { message: failure } }),
  };
}

/** The thread of this chat, else a new one. */
async function sessionOf(
  { threads, create, log }: ParticipantDeps,
  { history }: vscode.ChatContext,
  stream: vscode.ChatResponseStream,
): Promise<ThreadSession> {
  const known = history.findLast(
    (each): each is vscode.ChatResponseTurn =>
      each instanceof vscode.ChatResponseTurn && each.participant === PARTICIPANT && threadOf(each) !== undefined,
  );
  const threadId = known && threadOf(known);
  if (threadId === undefined) return threads.open(await create());
  try {
    return await threads.open(threadId);
  } catch (error) {
    log(`Thread ${threadId} of VS Code’s chat could not be opened: ${String(error)}`);
    stream.markdown(`*${t('The thread of this chat is no longer there. This is a new one.')}*\n\n`);
    return threads.open(await create());
  }
}

function threadOf({ result }: vscode.ChatResponseTurn): string | undefined {
  const id: unknown = result.metadata?.conversationId;
  return typeof id === 'string' ? id : undefined;
}

async function turn(
  { threads }: ParticipantDeps,
  session: ThreadSession,
  request: vscode.ChatRequest,
  stream: vscode.ChatResponseStream,
  token: vscode.CancellationToken,
): Promise<{ failure: string | undefined }> {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const relay = new Relay(
    {
      text: (text) => stream.markdown(text),
      progress: (text) => stream.progress(text),
      // Text of the agent's: nothing in it is formatting or a link.
      waits: (title) => {
        stream.markdown(new vscode.MarkdownString(`\n\n**${t('Waiting for you:')}** `).appendText(title));
        stream.button({ command: 'letta.showMessage', title: t('Decide in Letta'), arguments: [session.threadId] });
      },
    },
    end,
  );
  const watch = threads.watch(session.threadId, ({ ops }: Patch) => relay.take(ops));
  const stopping = token.onCancellationRequested(() => void session.stop());
  try {
    const { prompt, left } = promptOf(request);
    if (left > 0) stream.markdown(`*${t('Letta cannot read {0} of the attachments here.', left)}*\n\n`);
    await session.send(prompt.text, prompt.reminders);
    if (token.isCancellationRequested) void session.stop();
    await ended;
    return { failure: relay.failure };
  } finally {
    watch.dispose();
    stopping.dispose();
  }
}

/** Files are named, so that the agent reads them with its own tools, as far as it may. */
function promptOf({ prompt, references }: vscode.ChatRequest) {
  const named = references.flatMap(({ value }) => {
    if (value instanceof vscode.Uri) return [vscode.workspace.asRelativePath(value)];
    if (!(value instanceof vscode.Location)) return [];
    const { start, end } = value.range;
    return [`${vscode.workspace.asRelativePath(value.uri)}:${start.line + 1}-${end.line + 1}`];
  });
  const text = prompt.trim() === '' ? 'Hello' : prompt;
  const reminders = named.length > 0 ? [`The person has attached, for this message:\n${named.join('\n')}`] : [];
  return { prompt: { text, reminders }, left: references.length - named.length };
}
