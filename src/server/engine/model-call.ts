// One call of a model: its stream read to the end, its blocks gathered, every delta passed on as it comes.

import { randomUUID } from 'node:crypto';
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { isObject, type JsonObject } from '../store/json.ts';
import type { AssistantBlock, ToolCall } from '../store/messages.ts';
import type { Usage } from '../store/runs.ts';
import type { Audience } from './audience.ts';
import { LlmError, toLlmError } from './model-errors.ts';
import { type RetryNotice, retryAfter, waited } from './model-retry.ts';

/** Where a call of the model is carried out. */
export type CallKind = 'server' | 'request';

export interface CallSink {
  text(kind: 'text' | 'reasoning', block: number, delta: string): void;
  /** `block` is undefined for calls that go to the client. `delta` null: the call begins. */
  call(kind: CallKind, block: number | undefined, call: { id: string; name: string }, delta: string | null): void;
}

export interface ModelCall {
  model: LanguageModelV4;
  /** How people know the model; for errors. */
  name: string;
  options: Omit<LanguageModelV4CallOptions, 'abortSignal'>;
  /** What the model may see: the request is cut to it right before it leaves. */
  audience: Pick<Audience, 'request'>;
  /** Ids that were used before in the conversation: some models count from zero in each response. */
  takenIds: ReadonlySet<string>;
  kindOf(toolName: string): CallKind;
  /** Only the first call counts; further ones are dropped. */
  oneCall: boolean;
  idleTimeoutMs: number;
  signal: AbortSignal;
  /** The model is overloaded and will be asked again. */
  onRetry?(notice: RetryNotice): void;
}

export interface ModelResult {
  /** Text, reasoning and calls run by the server; each block's index is the one its deltas came with. */
  blocks: AssistantBlock[];
  /** Calls that go to the client. */
  requests: ToolCall[];
  requestMeta: { [callId: string]: JsonObject };
  usage: Usage | null;
  finish: 'stop' | 'length' | 'other';
  /** Set where the response is incomplete: calls are left out then, the text is what came. */
  error?: LlmError;
  /** The caller's signal ended it. */
  aborted: boolean;
  /** Milliseconds until the first part; undefined when none came. */
  firstPartMs: number | undefined;
}

/**
 * Never throws: what goes wrong is in the result, beside the text that came before it. A model that refuses because it is
 * overloaded, and has said nothing yet, is asked again.
 */
export async function callModel(call: ModelCall, sink: CallSink): Promise<ModelResult> {
  for (let attempt = 1; ; attempt++) {
    const result = await askOnce(call, sink);
    const retry = result.error && !result.begun ? retryAfter(result.error, attempt) : undefined;
    if (!retry) return result;
    call.onRetry?.(retry);
    if (await waited(retry.delayMs, call.signal)) continue;
    const { error: _error, ...stopped } = result;
    return { ...stopped, aborted: true };
  }
}

async function askOnce(call: ModelCall, sink: CallSink): Promise<ModelResult & { begun: boolean }> {
  const gathered = new Gathering(call, sink);
  const idle = new IdleAbort(call.signal, call.idleTimeoutMs);
  const started = performance.now();
  let firstPartMs: number | undefined;
  let error: LlmError | undefined;
  let reader: ReadableStreamDefaultReader<LanguageModelV4StreamPart> | undefined;
  try {
    const { stream } = await idle.guard(
      Promise.resolve(call.model.doStream({ ...call.audience.request(call.options), abortSignal: idle.signal })),
    );
    reader = stream.getReader();
    for (;;) {
      const { done, value } = await idle.guard(reader.read());
      if (done) break;
      if (value.type !== 'stream-start' && value.type !== 'response-metadata')
        firstPartMs ??= performance.now() - started;
      gathered.add(value);
      if (gathered.failure !== undefined) break;
    }
    error = gathered.failure ?? gathered.incomplete();
  } catch (thrown) {
    error = idle.timedOut
      ? new LlmError(
          'llm_timeout',
          `${call.name} sent nothing for ${Math.round(call.idleTimeoutMs / 1000)} seconds. Retry, or check its endpoint.`,
        )
      : toLlmError(thrown, call.name, firstPartMs !== undefined);
  } finally {
    idle.dispose();
    reader?.cancel().catch(() => {});
  }
  const aborted = call.signal.aborted;
  return {
    ...gathered.result(aborted || error !== undefined),
    ...(error && !aborted ? { error } : {}),
    aborted,
    firstPartMs,
    begun: gathered.begun,
  };
}

interface OpenCall {
  kind: CallKind;
  block: number | undefined;
  call: ToolCall;
  complete: boolean;
  meta?: JsonObject;
}

class Gathering {
  failure: LlmError | undefined;
  private readonly request: ModelCall;
  private readonly sink: CallSink;
  private readonly blocks: (AssistantBlock | OpenCall)[] = [];
  private readonly texts = new Map<string, number>();
  private readonly calls: OpenCall[] = [];
  /** By the provider's id, which may be used again once its call is complete. */
  private readonly open = new Map<string, OpenCall>();
  private readonly used = new Set<string>();
  private usage: Usage | null = null;
  private finish: ModelResult['finish'] | 'interrupted' | undefined;

  /** Something of the answer was passed on. */
  get begun(): boolean {
    return (
      this.calls.length > 0 ||
      this.blocks.some((block) => !('type' in block) || !('text' in block) || block.text !== '')
    );
  }

  constructor(request: ModelCall, sink: CallSink) {
    this.request = request;
    this.sink = sink;
  }

  add(part: LanguageModelV4StreamPart): void {
    switch (part.type) {
      case 'text-start':
      case 'text-end':
        this.addText('text', part.id, '', part.providerMetadata);
        break;
      case 'text-delta':
        this.addText('text', part.id, part.delta, part.providerMetadata);
        break;
      case 'reasoning-start':
      case 'reasoning-end':
        this.addText('reasoning', part.id, '', part.providerMetadata);
        break;
      case 'reasoning-delta':
        this.addText('reasoning', part.id, part.delta, part.providerMetadata);
        break;
      case 'tool-input-start':
        this.openCall(part.id, part.toolName);
        break;
      case 'tool-input-delta':
        this.addArguments(part.id, part.delta);
        break;
      case 'tool-call':
        this.completeCall(part.toolCallId, part.toolName, part.input, part.providerMetadata);
        break;
      case 'finish':
        this.usage = toUsage(part.usage);
        this.setFinish(part.finishReason.unified);
        break;
      case 'error':
        this.failure ??= toLlmError(part.error, this.request.name, this.blocks.length > 0);
        break;
      default:
    }
  }

  private setFinish(reason: string): void {
    if (reason === 'error')
      this.failure ??= new LlmError('llm_error', `${this.request.name} stopped with an error. Retry.`);
    this.finish =
      reason === 'length' || reason === 'interrupted'
        ? reason
        : reason === 'stop' || reason === 'tool-calls'
          ? 'stop'
          : 'other';
  }

  /** What is wrong with a stream that ended by itself. */
  incomplete(): LlmError | undefined {
    const { name } = this.request;
    if (this.finish === undefined || this.finish === 'interrupted')
      return new LlmError('llm_error', `${name} stopped in the middle of its answer: the stream ended early. Retry.`);
    const said = this.blocks.some((block) => 'type' in block && block.type === 'text' && block.text !== '');
    if (!said && this.calls.length === 0)
      return new LlmError('llm_empty_response', `${name} sent an empty answer. Retry, or choose another model.`);
    return undefined;
  }

  result(callsDropped: boolean): Pick<ModelResult, 'blocks' | 'requests' | 'requestMeta' | 'usage' | 'finish'> {
    const blocks: AssistantBlock[] = [];
    // What only has a vendor's mark, and no text, belongs to an answer that is whole.
    while (callsDropped) {
      const last = this.blocks.at(-1);
      if (last === undefined || !('type' in last) || last.type === 'tool_call' || last.text !== '') break;
      this.blocks.pop();
    }
    for (const block of this.blocks) {
      if ('type' in block) blocks.push(block);
      else if (!callsDropped) {
        const meta = block.meta ? { meta: block.meta } : {};
        blocks.push({ type: 'tool_call', call: block.call, ...meta });
      }
    }
    const requests: ToolCall[] = [];
    const requestMeta: ModelResult['requestMeta'] = {};
    for (const open of this.calls) {
      if (callsDropped || open.kind !== 'request') continue;
      requests.push(open.call);
      if (open.meta) requestMeta[open.call.id] = open.meta;
    }
    const finish = this.finish === undefined || this.finish === 'interrupted' ? 'other' : this.finish;
    return { blocks, requests, requestMeta, usage: this.usage, finish };
  }

  /** @param meta the vendor's own (a signature, encrypted thoughts): it may come with any part, also with one that has no text */
  private addText(type: 'text' | 'reasoning', id: string, delta: string, meta: JsonObject | undefined): void {
    const hasMeta = meta !== undefined && Object.keys(meta).length > 0;
    const key = `${type} ${id}`;
    let index = this.texts.get(key);
    if (delta === '' && !hasMeta) return;
    // A block that other output interrupted goes on as a new one: blocks are contiguous.
    if (index === undefined || (delta !== '' && index !== this.blocks.length - 1)) {
      index = this.blocks.length;
      this.blocks.push({ type, text: '' });
      this.texts.set(key, index);
    }
    const block = this.blocks[index];
    if (!block || !('type' in block) || block.type !== type) return;
    if (hasMeta) block.meta = merged(block.meta, meta);
    if (delta === '') return;
    block.text += delta;
    this.sink.text(type, index, delta);
  }

  private openCall(givenId: string, name: string): OpenCall | undefined {
    if (this.request.oneCall && this.calls.length > 0) return undefined;
    const kind = this.request.kindOf(name);
    const taken = givenId === '' || this.request.takenIds.has(givenId) || this.used.has(givenId);
    const id = taken ? `call_${randomUUID().replaceAll('-', '')}` : givenId;
    this.used.add(id);
    const open: OpenCall = {
      kind,
      block: kind === 'server' ? this.blocks.length : undefined,
      call: { id, name, arguments: '' },
      complete: false,
    };
    if (kind === 'server') this.blocks.push(open);
    this.calls.push(open);
    this.open.set(givenId, open);
    this.sink.call(kind, open.block, open.call, null);
    return open;
  }

  private addArguments(id: string, delta: string): void {
    const open = this.open.get(id);
    if (!open || delta === '') return;
    open.call.arguments += delta;
    this.sink.call(open.kind, open.block, open.call, delta);
  }

  private completeCall(id: string, name: string, input: string, meta: JsonObject | undefined): void {
    const known = this.open.get(id);
    const open = known && !known.complete ? known : this.openCall(id, name);
    if (!open) return;
    open.complete = true;
    if (meta && Object.keys(meta).length > 0) open.meta = meta;
    const rest = open.call.arguments === '' ? input : '';
    open.call.arguments = input;
    if (rest !== '') this.sink.call(open.kind, open.block, open.call, rest);
  }
}

/** Vendors add to what they said of a block before. */
function merged(before: JsonObject | undefined, added: JsonObject): JsonObject {
  const vendors = Object.entries(added).map(([vendor, value]) => {
    const known = before?.[vendor];
    return [vendor, isObject(known) && isObject(value) ? { ...known, ...value } : value];
  });
  return { ...before, ...Object.fromEntries(vendors) };
}

/** Whoever still listens may go. Made once: an abort without a reason makes an exception each time. */
const OVER = new Error('The call is over.');

/** Aborts when the caller does, or when nothing came for too long. */
class IdleAbort {
  timedOut = false;
  private readonly outer: AbortSignal;
  private readonly inner = new AbortController();
  private readonly timeoutMs: number;
  private readonly onAbort = () => this.inner.abort(this.outer.reason);

  constructor(outer: AbortSignal, timeoutMs: number) {
    this.outer = outer;
    this.timeoutMs = timeoutMs;
    if (outer.aborted) this.inner.abort(outer.reason);
    outer.addEventListener('abort', this.onAbort);
  }

  get signal(): AbortSignal {
    return this.inner.signal;
  }

  /** The promise, or a rejection as soon as it is too late for it; a model may not heed its signal. */
  async guard<T>(promise: Promise<T>): Promise<T> {
    if (this.signal.aborted) {
      promise.catch(() => {});
      throw this.signal.reason;
    }
    let timer: NodeJS.Timeout | undefined;
    let onAbort = () => {};
    const cut = new Promise<never>((_resolve, reject) => {
      onAbort = () => reject(this.signal.reason);
      this.signal.addEventListener('abort', onAbort);
      timer = setTimeout(() => {
        this.timedOut = true;
        this.inner.abort(new Error('idle'));
      }, this.timeoutMs);
    });
    try {
      return await Promise.race([promise, cut]);
    } finally {
      clearTimeout(timer);
      this.signal.removeEventListener('abort', onAbort);
      promise.catch(() => {});
    }
  }

  dispose(): void {
    this.outer.removeEventListener('abort', this.onAbort);
    this.inner.abort(OVER);
  }
}

function toUsage(usage: Extract<LanguageModelV4StreamPart, { type: 'finish' }>['usage']): Usage | null {
  const { inputTokens, outputTokens } = usage;
  if (inputTokens.total === undefined && outputTokens.total === undefined) return null;
  const prompt = inputTokens.total ?? 0;
  const completion = outputTokens.total ?? 0;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    cached_input_tokens: inputTokens.cacheRead ?? null,
    cache_write_tokens: inputTokens.cacheWrite ?? null,
    reasoning_tokens: outputTokens.reasoning ?? null,
  };
}
