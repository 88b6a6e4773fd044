// Models that the extension has and the server has not, those of VS Code's own: asked for and answered over the port to it.
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider';
import * as z from 'zod/mini';
import type { AskOptions } from '../host-port.ts';
import type { InjectedModels } from './injected.ts';
import type { ModelEntry } from './registry.ts';

/** `lm.list` and `lm.send`, as the host answers them. */
export type AskHost = (what: string, body?: unknown, options?: AskOptions) => Promise<unknown>;

/** The host lists only what it may use without asking the person, and never the models of this server itself. */
const Listed = z.array(z.object({ id: z.string(), name: z.string(), maxInputTokens: z.number() }));
const Part = z.union([
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('call'), id: z.string(), name: z.string(), input: z.record(z.string(), z.unknown()) }),
]);

/** What `lm.send` is given: VS Code's models know no system role, and no pictures that all of them take. */
export interface HostMessage {
  role: 'user' | 'assistant';
  content: (
    | { type: 'text'; text: string }
    | { type: 'call'; id: string; name: string; input: unknown }
    | { type: 'result'; id: string; text: string }
  )[];
}

const PROVIDER = 'vscode';
const LIST_MS = 1_000;
export function createHostModels(ask: AskHost): InjectedModels {
  let known: ModelEntry[] = [];
  const entryOf = (id: string, name = id, window: number | null = null): ModelEntry => ({
    handle: `${PROVIDER}/${id}`,
    provider: PROVIDER,
    id,
    name,
    contextWindow: window,
    maxOutputTokens: null,
    demo: false,
    // Whoever answers behind VS Code does not say where.
    local: false,
    vision: false,
  });
  const list = async (signal?: AbortSignal): Promise<ModelEntry[]> => {
    const limit = AbortSignal.timeout(LIST_MS);
    try {
      const models = Listed.parse(
        await ask('lm.list', null, { signal: signal ? AbortSignal.any([signal, limit]) : limit }),
      );
      known = models.map(({ id, name, maxInputTokens }) => entryOf(id, name, maxInputTokens));
    } catch {
      known = [];
    }
    return known;
  };
  return {
    list,
    resolve: async (handle) => {
      if (!handle.startsWith(`${PROVIDER}/`)) return undefined;
      const id = handle.slice(PROVIDER.length + 1);
      const find = () => known.find((entry) => entry.id === id);
      // Its window decides when a thread is compacted; nobody may have asked yet, or nothing was ready then.
      if (!find()) await list();
      return { entry: find() ?? entryOf(id), model: hostModel(id, ask) };
    },
    isRemote: (handle) => handle.startsWith(`${PROVIDER}/`),
  };
}

function hostModel(id: string, ask: AskHost): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: PROVIDER,
    modelId: id,
    supportedUrls: {},
    doGenerate: async () => {
      throw new Error('Models of VS Code only stream.');
    },
    doStream: async (options) => {
      const { portablePrompt } = await import('./portable-prompt.ts');
      return { stream: streamOf(id, toHostMessages(portablePrompt(options.prompt)), options, ask) };
    },
  };
}

function streamOf(
  id: string,
  messages: HostMessage[],
  { tools, abortSignal }: LanguageModelV4CallOptions,
  ask: AskHost,
): ReadableStream<LanguageModelV4StreamPart> {
  const functions = (tools ?? []).flatMap((tool) =>
    tool.type === 'function'
      ? [{ name: tool.name, description: tool.description ?? '', schema: tool.inputSchema }]
      : [],
  );
  const gone = new AbortController();
  const signal = abortSignal ? AbortSignal.any([abortSignal, gone.signal]) : gone.signal;
  return new ReadableStream<LanguageModelV4StreamPart>({
    start: async (out) => {
      let called = false;
      const onPart = (raw: unknown) => {
        const parsed = Part.safeParse(raw);
        if (!parsed.success) return;
        const part = parsed.data;
        if (part.type === 'text') {
          out.enqueue({ type: 'text-delta', id: 'text', delta: part.text });
          return;
        }
        called = true;
        out.enqueue({
          type: 'tool-call',
          toolCallId: part.id,
          toolName: part.name,
          input: JSON.stringify(part.input),
        });
      };
      try {
        await ask('lm.send', { id, messages, tools: functions }, { signal, onPart });
        out.enqueue({
          type: 'finish',
          finishReason: called ? { unified: 'tool-calls', raw: undefined } : { unified: 'stop', raw: undefined },
          // They do not say what a request took, and a guess would be taken for what they counted.
          usage: {
            inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
            outputTokens: { total: undefined, text: undefined, reasoning: undefined },
          },
        });
        out.close();
      } catch (error) {
        out.error(error);
      }
    },
    cancel: () => gone.abort(),
  });
}

function toHostMessages(prompt: LanguageModelV4Prompt): HostMessage[] {
  return prompt.map(toHostMessage);
}

/** Instructions come as a message of the person, which is the first; what an assistant thought is left out. */
function toHostMessage(message: LanguageModelV4Prompt[number]): HostMessage {
  switch (message.role) {
    case 'system':
      return { role: 'user', content: [{ type: 'text', text: message.content }] };
    case 'user':
      return { role: 'user', content: message.content.flatMap((part) => (part.type === 'text' ? [textOf(part)] : [])) };
    case 'assistant': {
      const content = message.content.flatMap((part): HostMessage['content'] => {
        if (part.type === 'text') return [textOf(part)];
        if (part.type !== 'tool-call') return [];
        return [{ type: 'call', id: part.toolCallId, name: part.toolName, input: part.input }];
      });
      return { role: 'assistant', content };
    }
    case 'tool': {
      const content = message.content.flatMap((part): HostMessage['content'] => {
        if (part.type !== 'tool-result') return [];
        const { output } = part;
        const text = 'value' in output && typeof output.value === 'string' ? output.value : '';
        return [{ type: 'result', id: part.toolCallId, text }];
      });
      return { role: 'user', content };
    }
  }
}

const textOf = ({ text }: { text: string }) => ({ type: 'text' as const, text });
