// The offline demo model: the demo program behind the same interface as every real model.
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';
import { DEMO_ENTRY } from './demo-entry.ts';
import { type Decision, decide } from './demo-program.ts';
import { readSituation } from './demo-prompt.ts';

/** Fast to read along, slow enough to see that an answer streams. */
const PIECE_DELAY_MS = 12;
const PIECE_CHARS = 16;

interface Made {
  decision: Decision;
  calls: { id: string; name: string; input: string }[];
  usage: LanguageModelV4Usage;
  finishReason: LanguageModelV4FinishReason;
}

function make(options: LanguageModelV4CallOptions): Made {
  const decision = decide(readSituation(options));
  const calls = decision.calls.map(({ name, input }) => ({
    id: `call_${crypto.randomUUID()}`,
    name,
    input: JSON.stringify(input),
  }));
  const inputTokens = Math.ceil(JSON.stringify([options.prompt, options.tools ?? []]).length / 4);
  const outputTokens = Math.ceil((decision.text.length + calls.reduce((sum, c) => sum + c.input.length, 0)) / 4);
  return {
    decision,
    calls,
    usage: {
      inputTokens: { total: inputTokens, noCache: inputTokens, cacheRead: 0, cacheWrite: 0 },
      outputTokens: { total: outputTokens, text: outputTokens, reasoning: 0 },
    },
    finishReason: calls.length > 0 ? { unified: 'tool-calls', raw: 'tool_calls' } : { unified: 'stop', raw: 'stop' },
  };
}

function* pieces(text: string): Generator<string> {
  const points = Array.from(text);
  for (let i = 0; i < points.length; i += PIECE_CHARS) yield points.slice(i, i + PIECE_CHARS).join('');
}

function* partsOf(made: Made): Generator<LanguageModelV4StreamPart> {
  yield { type: 'stream-start', warnings: [] };
  if (made.decision.text !== '') {
    yield { type: 'text-start', id: 'text' };
    for (const delta of pieces(made.decision.text)) yield { type: 'text-delta', id: 'text', delta };
    yield { type: 'text-end', id: 'text' };
  }
  for (const { id, name, input } of made.calls) {
    yield { type: 'tool-input-start', id, toolName: name };
    for (const delta of pieces(input)) yield { type: 'tool-input-delta', id, delta };
    yield { type: 'tool-input-end', id };
    yield { type: 'tool-call', toolCallId: id, toolName: name, input };
  }
  yield { type: 'finish', usage: made.usage, finishReason: made.finishReason };
}

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}

/** `pieceDelayMs` between two pieces of text, 0 for none. An aborted call's stream fails with the signal's reason. */
export function createDemoModel({ pieceDelayMs = PIECE_DELAY_MS }: { pieceDelayMs?: number } = {}): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: DEMO_ENTRY.provider,
    modelId: DEMO_ENTRY.id,
    supportedUrls: {},
    async doGenerate(options) {
      options.abortSignal?.throwIfAborted();
      const { decision, calls, usage, finishReason } = make(options);
      return {
        content: [
          ...(decision.text === '' ? [] : [{ type: 'text' as const, text: decision.text }]),
          ...calls.map((c) => ({ type: 'tool-call' as const, toolCallId: c.id, toolName: c.name, input: c.input })),
        ],
        usage,
        finishReason,
        warnings: [],
      };
    },
    async doStream(options) {
      const signal = options.abortSignal;
      signal?.throwIfAborted();
      const parts = partsOf(make(options));
      return {
        stream: new ReadableStream<LanguageModelV4StreamPart>({
          async pull(controller) {
            if (signal?.aborted) return controller.error(signal.reason);
            const { value, done } = parts.next();
            if (done) return controller.close();
            if (value.type === 'text-delta' && pieceDelayMs > 0) await wait(pieceDelayMs, signal);
            if (signal?.aborted) return controller.error(signal.reason);
            controller.enqueue(value);
          },
        }),
      };
    },
  };
}
