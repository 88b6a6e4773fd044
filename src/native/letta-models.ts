// The models that Letta reaches, for VS Code's own chat: without any model that chat refuses `@letta`. Part of the stub, so it lists
// what the host has noted, and loads it for an answer only.
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';

const VENDOR = 'letta';
const KEY = 'letta.models.offered';
/** Of a model whose window nobody knows. */
const WINDOW = 32_000;
const MOST_OUTPUT = 8_000;
const BYTES_A_TOKEN = 4;

/** A model of the home that was open last in any window. */
export interface OfferedModel {
  handle: string;
  name: string;
  provider: string;
  /** Tokens; null when not known. */
  contextWindow: number | null;
  /** The home passes tools on. */
  tools: boolean;
}

/** Before any home was opened: it answers without anything being set up. */
const DEMO: OfferedModel = {
  handle: 'demo/offline',
  name: t('Offline demo (not an AI)'),
  provider: 'demo',
  contextWindow: null,
  tools: true,
};

export type AnswerAsModel = (
  handle: string,
  messages: readonly vscode.LanguageModelChatRequestMessage[],
  options: vscode.ProvideLanguageModelChatResponseOptions,
  progress: vscode.Progress<vscode.LanguageModelResponsePart>,
  token: vscode.CancellationToken,
) => Promise<void>;

export interface LettaModels extends vscode.Disposable {
  /** Takes what there is now. */
  offer(models: readonly OfferedModel[]): void;
}

/** @param answer loads what does the work */
export function registerLettaModels(state: vscode.Memento, answer: AnswerAsModel): LettaModels {
  const changed = new vscode.EventEmitter<void>();
  const known = (): OfferedModel[] => state.get<OfferedModel[]>(KEY, [DEMO]);
  const registered = vscode.lm.registerLanguageModelChatProvider(VENDOR, {
    onDidChangeLanguageModelChatInformation: changed.event,
    provideLanguageModelChatInformation: () => known().map(toInformation),
    provideLanguageModelChatResponse: ({ id }, ...asked) => answer(id, ...asked),
    provideTokenCount: async (_, counted) => tokensOf(counted),
  });
  return {
    offer: (models) => {
      if (JSON.stringify(models) === JSON.stringify(known())) return;
      void state.update(KEY, models).then(() => changed.fire());
    },
    dispose: () => {
      registered.dispose();
      changed.dispose();
    },
  };
}

function toInformation({
  handle,
  name,
  provider,
  contextWindow,
  tools,
}: OfferedModel): vscode.LanguageModelChatInformation {
  return {
    id: handle,
    name,
    family: provider,
    version: '1',
    tooltip: t('{0}, through Letta: without its memory. Ask @letta for the agent.', handle),
    maxInputTokens: contextWindow ?? WINDOW,
    maxOutputTokens: MOST_OUTPUT,
    capabilities: { toolCalling: tools },
  };
}

/** An estimate: which tokens a model makes is its vendor's. */
function tokensOf(counted: string | vscode.LanguageModelChatRequestMessage): number {
  const text =
    typeof counted === 'string'
      ? counted
      : counted.content
          .map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : JSON.stringify(part)))
          .join('');
  return Math.ceil(Buffer.byteLength(text) / BYTES_A_TOKEN);
}
