// Models of VS Code (Copilot's and other extensions'), as the embedded server asks for them: what `server/models/host-models.ts` is answered.
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';

/** Our own vendor: its models are our agents', and would answer themselves. */
const OWN_VENDOR = 'letta';

interface Asked {
  signal: AbortSignal;
  /** Sends a piece ahead of the answer. */
  part(part: unknown): void;
}

type Service = (body: unknown, asked: Asked) => Promise<unknown>;

interface Message {
  role: 'user' | 'assistant';
  content: (
    | { type: 'text'; text: string }
    | { type: 'call'; id: string; name: string; input: object }
    | { type: 'result'; id: string; text: string }
  )[];
}

interface Request {
  id: string;
  messages: Message[];
  tools: { name: string; description: string; schema: object }[];
}

const idOf = ({ vendor, id }: vscode.LanguageModelChat): string => `${vendor}/${id}`;

/** All that VS Code has, ours left out. */
export async function vscodeModels(): Promise<vscode.LanguageModelChat[]> {
  return (await vscode.lm.selectChatModels()).filter(({ vendor }) => vendor !== OWN_VENDOR);
}

/** `lm.list` and `lm.send`. Nothing here makes VS Code ask the person: that is for *Connect a Model*. */
export function modelServices(access: vscode.LanguageModelAccessInformation): Record<'lm.list' | 'lm.send', Service> {
  return {
    'lm.list': async () =>
      (await vscodeModels())
        .filter((model) => access.canSendRequest(model) === true)
        .map((model) => ({ id: idOf(model), name: model.name, maxInputTokens: model.maxInputTokens })),
    'lm.send': async (body, asked) => {
      const request = body as Request;
      const model = (await vscodeModels()).find((each) => idOf(each) === request.id);
      if (!model) throw new Error(t('VS Code has no model {0} now. Choose another one.', request.id));
      if (access.canSendRequest(model) !== true) {
        throw new Error(
          t('VS Code does not let Letta use {0} now. Run “Letta: Connect a Model…” to allow it.', model.name),
        );
      }
      await send(model, request, asked);
      return null;
    },
  };
}

/** Asks the person, by VS Code's own question, whether Letta may use a model. @throws Error in VS Code's words */
export async function allowModel(model: vscode.LanguageModelChat): Promise<string> {
  const message = vscode.LanguageModelChatMessage.User('Answer with the single word: ok');
  const justification = t('Letta answers in its chat with this model.');
  const response = await model.sendRequest([message], { justification }).then(undefined, explain(model.name));
  // What it says does not matter, but its first word has to come.
  for await (const _ of response.stream) break;
  return idOf(model);
}

async function send(model: vscode.LanguageModelChat, request: Request, { signal, part }: Asked): Promise<void> {
  const cancel = new vscode.CancellationTokenSource();
  const stop = () => cancel.cancel();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const tools = request.tools.map(({ name, description, schema }) => ({ name, description, inputSchema: schema }));
    const options = tools.length > 0 ? { tools } : {};
    const response = await model.sendRequest(request.messages.map(toMessage), options, cancel.token);
    for await (const piece of response.stream) {
      if (piece instanceof vscode.LanguageModelTextPart) part({ type: 'text', text: piece.value });
      else if (piece instanceof vscode.LanguageModelToolCallPart)
        part({ type: 'call', id: piece.callId, name: piece.name, input: piece.input });
    }
  } catch (error) {
    explain(model.name)(error);
  } finally {
    signal.removeEventListener('abort', stop);
    cancel.dispose();
  }
}

function toMessage({ role, content }: Message): vscode.LanguageModelChatMessage {
  if (role === 'assistant') {
    const said: (vscode.LanguageModelTextPart | vscode.LanguageModelToolCallPart)[] = [];
    for (const part of content) {
      if (part.type === 'text') said.push(new vscode.LanguageModelTextPart(part.text));
      if (part.type === 'call') said.push(new vscode.LanguageModelToolCallPart(part.id, part.name, part.input));
    }
    return vscode.LanguageModelChatMessage.Assistant(said);
  }
  const given: (vscode.LanguageModelTextPart | vscode.LanguageModelToolResultPart)[] = [];
  for (const part of content) {
    if (part.type === 'call') continue;
    const text = new vscode.LanguageModelTextPart(part.text);
    given.push(part.type === 'text' ? text : new vscode.LanguageModelToolResultPart(part.id, [text]));
  }
  return vscode.LanguageModelChatMessage.User(given);
}

/** @throws Error that names the model and says what can be done */
const explain =
  (name: string) =>
  (error: unknown): never => {
    const code = error instanceof vscode.LanguageModelError ? error.code : '';
    const text = error instanceof Error ? error.message : String(error);
    const next =
      code === vscode.LanguageModelError.NoPermissions.name
        ? t('Run “Letta: Connect a Model…” to allow it.')
        : code === vscode.LanguageModelError.Blocked.name
          ? t('Its quota is used up, or it refused the request. Try again later, or choose another model.')
          : t('Try again, or choose another model.');
    throw new Error(t('{0} did not answer: {1} {2}', name, text, next), { cause: error });
  };
