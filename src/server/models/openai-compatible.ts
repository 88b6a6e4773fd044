// Makes a model of an OpenAI-compatible endpoint, and smooths over what single endpoints do differently.
import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { Endpoint } from './endpoint.ts';

type Body = Record<string, unknown>;

interface WireMessage {
  role: string;
  content?: unknown;
  tool_calls?: { id: string; extra_content?: unknown }[];
}

/** What Gemini accepts in place of a signature that another model, or an earlier process, did not leave. */
const NO_SIGNATURE = 'skip_thought_signature_validator';

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

function withSignatures(message: WireMessage): WireMessage {
  if (message.tool_calls === undefined) return message;
  const calls = message.tool_calls.map((call) =>
    call.extra_content === undefined
      ? { ...call, extra_content: { google: { thought_signature: NO_SIGNATURE } } }
      : call,
  );
  return { ...message, tool_calls: calls };
}

function adapt(endpoint: Endpoint, body: Body): Body {
  let messages = (body.messages as WireMessage[]).map(joinText);
  if (endpoint.kind === 'gemini') messages = messages.map(withSignatures);
  const { max_tokens, ...rest } = body;
  if (max_tokens === undefined) return { ...rest, messages };
  // OpenAI's reasoning models refuse the old name.
  return { ...rest, [endpoint.kind === 'openai' ? 'max_completion_tokens' : 'max_tokens']: max_tokens, messages };
}

/**
 * A model behind an endpoint. Loads the SDK on first use. Calls fail with `APICallError` (`statusCode`,
 * `responseHeaders`, `responseBody`) where the endpoint refuses, and with the signal's reason where the call is aborted.
 */
export async function createEndpointModel(
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
