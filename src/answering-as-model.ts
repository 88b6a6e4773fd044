// An answer of one of the home's models to another chat in VS Code. Loaded with the first one.
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { askOnce } from './agent/ask-once.ts';
import { type Connection, keepsLocal, ONCE } from './letta/connection.ts';
import { toLettaError } from './letta/errors.ts';
import type { AnswerAsModel, OfferedModel } from './native/letta-models.ts';
import type { ModelView } from './protocol/about-views.ts';
import { t } from './protocol/l10n.ts';

/** VS Code's own models, which it has without us: through us they would be asked for with our permission to use them. */
const OF_VSCODE = 'vscode/';
const TAGS = ['origin:letta-vscode-model'];
const MAX_TOKENS = 8_000;

/** `must_call` apart, as the embedded server reads it (`server/routes/answers.ts`). */
interface Message {
  role: 'system' | 'user' | 'assistant';
  content: (
    | { type: 'text'; text: string }
    | { type: 'call'; id: string; name: string; input: object }
    | { type: 'result'; id: string; name: string; text: string }
  )[];
}

const Piece = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('call'), id: z.string(), name: z.string(), input: z.string() }),
  z.object({ type: z.literal('end') }),
  z.object({ type: z.literal('error'), message: z.string() }),
]);

/** What VS Code's chat is offered of a home's models: the demo only where there is nothing else. */
export function offeredOf(connection: Pick<Connection, 'kind'>, models: readonly ModelView[]): OfferedModel[] {
  const own = models.filter(({ handle }) => !handle.startsWith(OF_VSCODE));
  const real = own.filter(({ demo }) => !demo);
  return (real.length > 0 ? real : own).map(({ handle, name, provider, contextWindow }) => ({
    handle,
    name,
    provider,
    contextWindow,
    tools: keepsLocal(connection),
  }));
}

/** @throws Error that VS Code shows */
export async function answerAsModel(connection: Connection, ...asked: Parameters<AnswerAsModel>): Promise<void> {
  const [handle, messages, options, progress, token] = asked;
  if (handle.startsWith(OF_VSCODE)) throw new Error(t('This model is VS Code’s own. Choose it there.'));
  const abort = new AbortController();
  const listening = token.onCancellationRequested(() => abort.abort());
  try {
    const said = toMessages(messages);
    // Other homes know agents only.
    if (keepsLocal(connection)) await stream(connection, handle, said, options, progress, abort.signal);
    else progress.report(new vscode.LanguageModelTextPart(await askInWords(connection, handle, said, abort.signal)));
  } catch (error) {
    if (!abort.signal.aborted) throw error instanceof Error ? error : toLettaError(error);
  } finally {
    listening.dispose();
  }
}

async function stream(
  connection: Connection,
  model: string,
  messages: Message[],
  { tools = [], toolMode }: vscode.ProvideLanguageModelChatResponseOptions,
  progress: vscode.Progress<vscode.LanguageModelResponsePart>,
  signal: AbortSignal,
): Promise<void> {
  const body = {
    model,
    messages,
    tools: tools.map(({ name, description, inputSchema }) => ({
      name,
      description,
      schema: inputSchema ?? { type: 'object', properties: {} },
    })),
    must_call: toolMode === vscode.LanguageModelChatToolMode.Required,
  };
  const response = await connection.client
    .post('/v1/models/answers', { body, signal, ...ONCE })
    .asResponse()
    .catch((error: unknown) => {
      throw toLettaError(error);
    });
  for await (const data of events(response)) {
    const piece = Piece.parse(JSON.parse(data));
    if (piece.type === 'text') progress.report(new vscode.LanguageModelTextPart(piece.text));
    if (piece.type === 'call')
      progress.report(new vscode.LanguageModelToolCallPart(piece.id, piece.name, inputOf(piece.input)));
    if (piece.type === 'error') throw new Error(piece.message);
    if (piece.type === 'end') return;
  }
  throw new Error(t('The answer broke off. Try again.'));
}

async function* events(response: Response): AsyncGenerator<string> {
  if (!response.body) return;
  let rest = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const frames = `${rest}${text}`.split('\n\n');
    rest = frames.pop() ?? '';
    for (const frame of frames) yield frame.replace(/^data: /, '');
  }
}

function inputOf(json: string): object {
  const value: unknown = JSON.parse(json === '' ? '{}' : json);
  return typeof value === 'object' && value !== null ? value : {};
}

/** A conversation as one text, for a home that can only be asked one question at a time. @throws LettaError */
async function askInWords(
  connection: Connection,
  model: string,
  said: Message[],
  signal: AbortSignal,
): Promise<string> {
  const words = ({ content }: Message) =>
    content.map((part) => (part.type === 'text' || part.type === 'result' ? part.text : '')).join('\n');
  const system = said.filter(({ role }) => role === 'system').map(words);
  const spoken = said.filter(({ role }) => role !== 'system');
  const text =
    spoken.length === 1
      ? spoken.map(words).join('')
      : spoken.map((each) => `<${each.role}>\n${words(each)}\n</${each.role}>`).join('\n');
  const told = [...system, ...(spoken.length > 1 ? ['Go on with this conversation: answer its last message.'] : [])];
  const question = {
    name: `Letta model ${randomUUID()}`,
    tags: TAGS,
    system: told.join('\n\n'),
    text,
    model,
    provider: '',
  };
  const answer = await askOnce(connection, { ...question, maxOutput: MAX_TOKENS }, signal);
  if (answer.kind === 'failed') throw answer.error;
  return answer.text;
}

function toMessages(messages: readonly vscode.LanguageModelChatRequestMessage[]): Message[] {
  // A result does not say which tool it is of.
  const names = new Map<string, string>();
  return messages.map(({ role, content }) => ({
    role: role === vscode.LanguageModelChatMessageRole.Assistant ? 'assistant' : 'user',
    content: content.flatMap((part): Message['content'] => {
      if (part instanceof vscode.LanguageModelTextPart) return [{ type: 'text', text: part.value }];
      if (part instanceof vscode.LanguageModelToolCallPart) {
        names.set(part.callId, part.name);
        return [{ type: 'call', id: part.callId, name: part.name, input: part.input }];
      }
      if (part instanceof vscode.LanguageModelToolResultPart) {
        const texts = part.content.map((each) => (each instanceof vscode.LanguageModelTextPart ? each.value : ''));
        return [{ type: 'result', id: part.callId, name: names.get(part.callId) ?? 'tool', text: texts.join('') }];
      }
      return [];
    }),
  }));
}
