// Keeps blocks that are for local models only out of every request to another model: the one place that decides it.
//
// Three things are done, since none is enough: such a block is compiled into no prompt of a remote model and its tools
// refuse (by label); what a local model said or did while it could read one is withheld (by author); and whatever text
// of one turns up elsewhere is taken out of the finished request (by its marks).
import type { ModelRegistry } from '../models/registry.ts';
import type { Block } from '../store/blocks.ts';
import { isObject } from '../store/json.ts';
import { isLocalOnly } from '../store/kept-local.ts';
import { withoutMarked } from '../store/kept-text.ts';
import type { Message, MessageBody, ToolCall } from '../store/messages.ts';
import type { Store } from '../store/store.ts';
import { parseArguments } from './arguments.ts';
import { type Audience, EVERYTHING, type RequestOptions } from './audience.ts';

const WITHHELD_ANSWER =
  '[What I answered here as a local model is withheld: it could read a memory block that is kept to local models.]';
const WITHHELD_WORDS = '[What the person said here went into a memory block that is kept to local models.]';
const WITHHELD_SUMMARY =
  'Older messages of this conversation were left out to make room; conversation_search still finds them. Their summary is kept to local models.';
const WITHHELD_RESULT = '[kept to local models]';

export function keptNotice(label: string): string {
  return `The block ${label} is kept to local models and not shown to you: memory tools refuse it.`;
}

/** Whether a text that a model wants to write elsewhere is of such a block. */
export function isOfKept(store: Store, text: string): boolean {
  return withoutMarked(text, store.keptLocal.marks()) !== text;
}

/** Whether a model wrote it that runs here (or is gone), and could read such a block. */
export function isByLocalReader(store: Store, models: ModelRegistry, { model, agentId }: Message): boolean {
  return model !== null && !models.isRemote(model) && store.keptLocal.isReader(agentId);
}

/** @param isLocal of the model's entry in the registry */
export function audienceOf(store: Store, models: ModelRegistry, agentId: string, isLocal: boolean): Audience {
  if (isLocal) return EVERYTHING;
  const version = store.keptLocal.version();
  const kept = store.blocks.ofAgent(agentId).filter(isLocalOnly);
  const marks = store.keptLocal.marks(version);
  const isReader = kept.length > 0 || store.keptLocal.isReader(agentId);
  const key = `${version} ${kept.map(({ label }) => label).join(' ')}`;
  if (marks.size === 0 && !isReader) return { ...EVERYTHING, isLocal, key };
  return new RemoteAudience(store, models, kept, marks, isReader, key);
}

class RemoteAudience implements Audience {
  readonly isLocal = false;
  readonly key: string;
  private readonly store: Store;
  private readonly models: ModelRegistry;
  private readonly labels: ReadonlySet<string>;
  private readonly marks: ReadonlySet<string>;
  private readonly isReader: boolean;

  constructor(
    store: Store,
    models: ModelRegistry,
    kept: readonly Block[],
    marks: ReadonlySet<string>,
    isReader: boolean,
    key: string,
  ) {
    this.store = store;
    this.models = models;
    this.labels = new Set(kept.map(({ label }) => label));
    this.marks = marks;
    this.isReader = isReader;
    this.key = key;
  }

  show(message: Message, hidden: Set<string>): MessageBody {
    const { body } = message;
    if (!this.isReader) return body;
    const byLocal = this.isByLocal(message);
    const shown = (call: ToolCall): ToolCall => {
      if (!byLocal && !this.names(call)) return call;
      hidden.add(call.id);
      return { ...call, arguments: '{}' };
    };
    switch (body.role) {
      case 'user':
        if (!this.store.keptLocal.wasSaid(message.n)) return body;
        return { ...body, content: [{ type: 'text', text: WITHHELD_WORDS }] };
      case 'assistant': {
        const said = body.blocks.filter((block) => block.type === 'tool_call' || !byLocal);
        const withheld = byLocal && body.blocks.some((block) => block.type === 'text');
        return {
          ...body,
          blocks: [
            ...(withheld ? [{ type: 'text' as const, text: WITHHELD_ANSWER }] : []),
            ...said.map((block) => (block.type === 'tool_call' ? { ...block, call: shown(block.call) } : block)),
          ],
        };
      }
      case 'request':
        return { ...body, calls: body.calls.map(shown) };
      case 'summary':
        return byLocal || message.model === null ? { ...body, text: WITHHELD_SUMMARY } : body;
      case 'response': {
        const approvals = body.approvals.map((answer) =>
          answer.type === 'tool' && (byLocal || hidden.has(answer.tool_call_id))
            ? { ...answer, tool_return: WITHHELD_RESULT, stdout: null, stderr: null }
            : answer,
        );
        return { ...body, approvals };
      }
      case 'tool':
        return byLocal || hidden.has(body.callId)
          ? { ...body, content: WITHHELD_RESULT, stdout: null, stderr: null }
          : body;
      default:
        return body;
    }
  }

  finds(message: Message): boolean {
    if (!this.isReader) return true;
    return !this.isByLocal(message) && !this.store.keptLocal.wasSaid(message.n);
  }

  text(text: string): string {
    return withoutMarked(text, this.marks);
  }

  request(options: RequestOptions): RequestOptions {
    if (this.marks.size === 0) return options;
    const { prompt, tools, ...rest } = options;
    return {
      ...rest,
      prompt: this.cleaned(prompt) as RequestOptions['prompt'],
      ...(tools ? { tools: this.cleaned(tools) as NonNullable<RequestOptions['tools']> } : {}),
    };
  }

  /** A model that nobody serves any more may have been a local one. */
  private isByLocal({ model }: Message): boolean {
    return model !== null && !this.models.isRemote(model);
  }

  /** A call from before the block was kept, or of its label in any argument. */
  private names(call: ToolCall): boolean {
    if (this.labels.size === 0) return false;
    const args = parseArguments(call.arguments);
    if (!args) return [...this.labels].some((label) => call.arguments.includes(label));
    return ['label', 'path', 'old_path', 'new_path'].some((name) => {
      const value = args[name];
      return typeof value === 'string' && this.labels.has(value.replace(/^\/?memories\/|^\/+|\/+$/g, ''));
    });
  }

  private cleaned(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((each) => this.cleaned(each));
    if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, PLAIN.has(name) ? each : this.cleaned(each)]),
    );
  }
}

/** Fields of a request that name things or hold bytes, and words of no one. */
const PLAIN = new Set(['type', 'role', 'toolCallId', 'toolName', 'name', 'mediaType', 'providerOptions', 'data']);
