// Makes a model of an OpenAI-compatible endpoint, and smooths over what single endpoints do differently.
import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { Endpoint } from './endpoint.ts';

type Body = Record<string, unknown>;

interface WireMessage {
  role: string;
  content?: unknown;
}

/** Several text parts as one string: some endpoints and chat templates refuse a list of parts. */
function joinText(message: WireMessage): WireMessage {
  if (!Array.isArray(message.content)) return message;
  const texts: string[] = [];
  for (const part of message.content as { type?: string; text?: string }[]) {
    if (part.type !== 'text' || part.text === undefined) return message;
    texts.push(part.text);
  }
  return { ...message, content: texts.join('\n\n') };
}

/** Marks up to where a vendor behind a router keeps a prompt for the next request. */
function withCacheMark(message: WireMessage): WireMessage {
  if (typeof message.content !== 'string' || message.content === '') return message;
  return { ...message, content: [{ type: 'text', text: message.content, cache_control: { type: 'ephemeral' } }] };
}

function adapt(endpoint: Endpoint, body: Body): Body {
  let messages = (body.messages as WireMessage[]).map(joinText);
  if (endpoint.kind !== 'openrouter') return { ...body, messages };
  // Claude keeps nothing unasked; other models do it by themselves.
  if (String(body.model).startsWith('anthropic/')) {
    const last = messages.findLastIndex(({ role }) => role === 'user' || role === 'tool');
    messages = messages.map((message, at) =>
      message.role === 'system' || at === last ? withCacheMark(message) : message,
    );
  }
  return { ...body, messages, usage: { include: true } };
}

/** A model behind an endpoint that speaks OpenAI's chat format. Loads the SDK on first use. */
export async function createCompatibleModel(
  endpoint: Endpoint,
  id: string,
  fetch: typeof globalThis.fetch,
): Promise<LanguageModelV4> {
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
  const provider = createOpenAICompatible({
    name: endpoint.name,
    baseURL: endpoint.baseUrl,
    includeUsage: true,
    fetch,
    transformRequestBody: (body) => adapt(endpoint, body),
    ...(endpoint.apiKey === undefined ? {} : { apiKey: endpoint.apiKey }),
  });
  return provider.chatModel(id);
}
