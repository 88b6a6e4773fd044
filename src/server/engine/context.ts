// What a conversation looks like to the model. Compiled once and then only appended to, so that the request stays
// byte-stable between turns and a long history costs nothing.
import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4TextPart,
  LanguageModelV4ToolCallPart,
  LanguageModelV4ToolResultOutput,
  LanguageModelV4ToolResultPart,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider';
import type { Conversation } from '../store/conversations.ts';
import type { JsonObject } from '../store/json.ts';
import type { AssistantBlock, ContentPart, ImagePart, Message, ToolCall } from '../store/messages.ts';
import type { Store } from '../store/store.ts';
import { parseArguments } from './arguments.ts';
import type { Audience } from './audience.ts';
import { messageBytes } from './token-estimate.ts';

/** Conversations kept compiled; the least recently used one goes first. */
const KEPT = 16;

type AssistantContent = Extract<LanguageModelV4Message, { role: 'assistant' }>['content'];

export interface Context {
  /** The compiled system message. */
  system: string;
  messages: LanguageModelV4Message[];
  /** About how many bytes the messages take on the wire. */
  bytes: number;
  /** Ids of all tool calls in context, and of those that left it while it was kept. */
  callIds: Set<string>;
  /** The step whose response is the last assistant message. */
  lastStep: string | null;
}

interface Compiled extends Context {
  version: number;
  /** Handle of the model whose own metadata (signatures, encrypted thoughts) the messages carry: no other model takes them. */
  handle: string;
  /** Of whom it may be shown to. */
  audience: string;
  hidden: Set<string>;
  place: number;
}

export class ContextCache {
  private readonly store: Store;
  private readonly compiled = new Map<string, Compiled>();

  constructor(store: Store) {
    this.store = store;
  }

  /** The conversation's context as it stands in the store. Reads only what was added since the last time. */
  get(conversation: Pick<Conversation, 'id' | 'contextVersion'>, handle: string, audience: Audience): Context {
    let entry = this.compiled.get(conversation.id);
    this.compiled.delete(conversation.id);
    if (
      !entry ||
      entry.version !== conversation.contextVersion ||
      entry.handle !== handle ||
      entry.audience !== audience.key
    ) {
      const system = this.store.messages.system(conversation.id)?.body;
      entry = {
        version: conversation.contextVersion,
        handle,
        audience: audience.key,
        hidden: new Set(),
        system: system?.role === 'system' ? systemFor(system, audience) : '',
        messages: [],
        bytes: 0,
        // A model that counts its calls from zero must not reuse the id of a call that a client still shows.
        callIds: entry?.callIds ?? new Set(),
        lastStep: null,
        place: 0,
      };
    }
    for (const message of this.store.messages.context(conversation.id, entry.place)) {
      appendMessage(entry, { ...message, body: audience.show(message, entry.hidden) }, handle);
      // A summary comes first and has a later place than what it stands before.
      entry.place = Math.max(entry.place, message.n);
    }
    this.compiled.set(conversation.id, entry);
    const oldest = this.compiled.keys().next().value;
    if (this.compiled.size > KEPT && oldest !== undefined) this.compiled.delete(oldest);
    return entry;
  }
}

/** The stored system message as a model may see it. */
export function systemFor(system: { text: string; kept?: string }, audience: Pick<Audience, 'isLocal'>): string {
  return audience.isLocal ? (system.kept ?? system.text) : system.text;
}

/** Adds one stored message; what belongs to the model message before it is merged into that one. */
export function appendMessage(context: Omit<Context, 'system'>, message: Message, handle: string): void {
  const { messages } = context;
  const { body } = message;
  const own = message.model === handle;
  context.bytes += messageBytes(body, own);
  switch (body.role) {
    case 'system':
      // A system message in mid-conversation: some providers refuse one there, so it comes as the program's words.
      messages.push(userMessage([{ type: 'text', text: `<system-reminder>\n${body.text}\n</system-reminder>` }]));
      return;
    case 'summary':
      messages.push(userMessage([{ type: 'text', text: `<system-reminder>\n${body.text}\n</system-reminder>` }]));
      return;
    case 'user':
      messages.push(userMessage(body.content.map(toUserPart)));
      return;
    case 'assistant': {
      const content = body.blocks.flatMap((block) => toAssistantParts(block, own, context.callIds));
      if (content.length === 0) return;
      messages.push({ role: 'assistant', content });
      context.lastStep = message.stepId;
      return;
    }
    case 'request': {
      const parts = body.calls.map((call) => toCallPart(call, own ? body.meta?.[call.id] : undefined, context.callIds));
      const last = messages.at(-1);
      if (last?.role === 'assistant' && context.lastStep === message.stepId) last.content.push(...parts);
      else messages.push({ role: 'assistant', content: parts });
      context.lastStep = message.stepId;
      return;
    }
    case 'response':
      return;
    case 'tool': {
      const part: LanguageModelV4ToolResultPart = {
        type: 'tool-result',
        toolCallId: body.callId,
        toolName: body.name,
        output: toOutput(body.content, body.status),
      };
      const last = messages.at(-1);
      if (last?.role === 'tool') last.content.push(part);
      else messages.push({ role: 'tool', content: [part] });
    }
  }
}

function userMessage(content: (LanguageModelV4TextPart | LanguageModelV4FilePart)[]): LanguageModelV4Message {
  return { role: 'user', content };
}

function toUserPart(part: ContentPart): LanguageModelV4TextPart | LanguageModelV4FilePart {
  return part.type === 'text' ? { type: 'text', text: part.text } : toFilePart(part);
}

function toFilePart({ source }: ImagePart): LanguageModelV4FilePart | LanguageModelV4TextPart {
  switch (source.type) {
    case 'base64':
      return { type: 'file', mediaType: source.media_type, data: { type: 'data', data: source.data } };
    case 'url':
      return { type: 'file', mediaType: 'image', data: { type: 'url', url: new URL(source.url) } };
    case 'letta':
      return { type: 'text', text: `[image ${source.file_id}: not kept on this server]` };
  }
}

function toAssistantParts(block: AssistantBlock, own: boolean, callIds: Set<string>): AssistantContent {
  const options = own && block.meta ? { providerOptions: block.meta as SharedV4ProviderOptions } : {};
  switch (block.type) {
    case 'text':
      return [{ type: 'text', text: block.text, ...options }];
    case 'reasoning':
      // Only a provider that signs its reasoning wants it back; others refuse or ignore it.
      return own && block.meta ? [{ type: 'reasoning', text: block.text, ...options }] : [];
    case 'tool_call':
      return [toCallPart(block.call, own ? block.meta : undefined, callIds)];
  }
}

function toCallPart(call: ToolCall, meta: JsonObject | undefined, callIds: Set<string>): LanguageModelV4ToolCallPart {
  callIds.add(call.id);
  return {
    type: 'tool-call',
    toolCallId: call.id,
    toolName: call.name,
    // Arguments that were no JSON object were answered with an error that quotes them.
    input: parseArguments(call.arguments) ?? {},
    ...(meta ? { providerOptions: meta as SharedV4ProviderOptions } : {}),
  };
}

function toOutput(content: string | ContentPart[], status: 'success' | 'error'): LanguageModelV4ToolResultOutput {
  if (typeof content !== 'string' && content.some((part) => part.type === 'image')) {
    const value = content.map((part) => {
      if (part.type === 'text') return { type: 'text' as const, text: part.text };
      return toFilePart(part);
    });
    if (status === 'error') value.unshift({ type: 'text', text: 'Error:' });
    return { type: 'content', value };
  }
  const text =
    typeof content === 'string' ? content : content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
  if (status === 'success') return { type: 'text', value: text };
  // Most wire formats have no place for the status: the text has to say it.
  return { type: 'error-text', value: /^\s*error/i.test(text) ? text : `Error: ${text}` };
}
