// Makes the model behind an endpoint, in its vendor's own wire format. SDKs are loaded with the first model that needs one.
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4Message } from '@ai-sdk/provider';
import type { Endpoint } from './endpoint.ts';
import { createCompatibleModel } from './openai-compatible.ts';
import { portablePrompt } from './portable-prompt.ts';

type CallOptions = LanguageModelV4CallOptions;
type ProviderOptions = NonNullable<CallOptions['providerOptions']>;

export interface VendorModelDeps {
  fetch: typeof globalThis.fetch;
  /** The most the model can write, where it is known at the moment of a call. */
  maxOutputTokens(): number | null;
}

/**
 * What an answer may come to where nobody said otherwise. Models could write four times as much, but some accounts have to
 * be able to pay for all that a request allows.
 */
export const DEFAULT_OUTPUT_TOKENS = 32_000;

/**
 * A model behind an endpoint. Calls fail with `APICallError` (`statusCode`, `responseHeaders`, `responseBody`) where the
 * endpoint refuses, and with the signal's reason where the call is aborted.
 */
export async function createVendorModel(
  endpoint: Endpoint,
  id: string,
  deps: VendorModelDeps,
): Promise<LanguageModelV4> {
  const { baseUrl: baseURL, apiKey = 'none' } = endpoint;
  const settings = { baseURL, apiKey, fetch: deps.fetch };
  switch (endpoint.kind) {
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic');
      return withPrompt(createAnthropic(settings).languageModel(id), (options) => forAnthropic(options, id, deps));
    }
    case 'openai': {
      const { createOpenAI } = await import('@ai-sdk/openai');
      return withPrompt(createOpenAI(settings).responses(id), forOpenAI);
    }
    case 'google_ai': {
      const { createGoogle } = await import('@ai-sdk/google');
      return withPrompt(createGoogle(settings).languageModel(id), (options) => forGoogle(options, id));
    }
    case 'openrouter':
      return withinCredit(
        withPrompt(await createCompatibleModel(endpoint, id, deps.fetch), (options) => options),
        deps,
      );
    default:
      return withPrompt(await createCompatibleModel(endpoint, id, deps.fetch), (options) => options);
  }
}

/** The model with every prompt made portable first, then changed as its vendor wants it. */
function withPrompt(model: LanguageModelV4, adapt: (options: CallOptions) => CallOptions): LanguageModelV4 {
  const ready = (options: CallOptions) => adapt({ ...options, prompt: portablePrompt(options.prompt) });
  return {
    specificationVersion: model.specificationVersion,
    provider: model.provider,
    modelId: model.modelId,
    supportedUrls: model.supportedUrls,
    doGenerate: (options) => model.doGenerate(ready(options)),
    doStream: (options) => model.doStream(ready(options)),
  };
}

const defaultOutput = (deps: VendorModelDeps): number =>
  Math.min(DEFAULT_OUTPUT_TOKENS, deps.maxOutputTokens() ?? DEFAULT_OUTPUT_TOKENS);

/** An answer that is cut shorter than this is of no use. */
const LEAST_OUTPUT_TOKENS = 1_000;

/**
 * A router refuses at once what the account could not pay for if the answer came to all that the request allows, and says
 * what it could. Where nobody has set that limit, the request is made again with as much as can be paid for.
 */
function withinCredit(model: LanguageModelV4, deps: VendorModelDeps): LanguageModelV4 {
  const within = async <T>(options: CallOptions, call: (options: CallOptions) => PromiseLike<T>): Promise<T> => {
    if (options.maxOutputTokens !== undefined) return call(options);
    try {
      return await call({ ...options, maxOutputTokens: defaultOutput(deps) });
    } catch (error) {
      const affordable = affordableTokens(error);
      if (affordable === undefined || affordable < LEAST_OUTPUT_TOKENS) throw error;
      return call({ ...options, maxOutputTokens: affordable });
    }
  };
  return {
    ...model,
    doGenerate: (options) => within(options, (next) => model.doGenerate(next)),
    doStream: (options) => within(options, (next) => model.doStream(next)),
  };
}

function affordableTokens(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error) || error.statusCode !== 402)
    return undefined;
  const said = 'responseBody' in error ? String(error.responseBody) : String(error);
  const tokens = Number(/can only afford (\d+)/.exec(said)?.[1]);
  return Number.isInteger(tokens) ? tokens : undefined;
}

function withOptions(options: CallOptions, vendor: string, added: ProviderOptions[string]): CallOptions {
  const given = options.providerOptions ?? {};
  return { ...options, providerOptions: { ...given, [vendor]: { ...added, ...given[vendor] } } };
}

/**
 * Anthropic keeps what stands before a mark for five minutes: tools and instructions, and the conversation up to the last
 * two messages that are not the model's, so that a step finds what the one before it left.
 */
function forAnthropic(options: CallOptions, modelId: string, deps: VendorModelDeps): CallOptions {
  const marked = new Set([
    ...options.prompt.filter(({ role }) => role === 'system').slice(-1),
    ...options.prompt.filter(({ role }) => role === 'user' || role === 'tool').slice(-2),
  ]);
  const prompt = options.prompt.map((message) => (marked.has(message) ? cached(message) : message));
  const providerOptions = WITHOUT_EFFORT.test(modelId)
    ? without(options.providerOptions, 'anthropic', 'effort')
    : options.providerOptions;
  const maxOutputTokens = options.maxOutputTokens ?? defaultOutput(deps);
  const next = { ...options, prompt, maxOutputTokens, ...(providerOptions ? { providerOptions } : {}) };
  // A call without the thoughts that led to it, which another model has made, may only go on without thinking.
  return THINKS_BY_BUDGET.test(modelId) && thinksIn(options) && isAmidForeignCalls(prompt)
    ? { ...next, reasoning: 'none', providerOptions: without(next.providerOptions, 'anthropic', 'thinking') }
    : next;
}

/** Models that, once told to think, must have begun every response of the turn with thoughts. Later ones decide by themselves. */
const THINKS_BY_BUDGET = /claude-(?:3|(?:opus|sonnet|haiku)-4-(?:[015](?!\d)|2025))/;

/** Models that refuse a request that says how much effort to make. */
const WITHOUT_EFFORT = /claude-(?:3|(?:sonnet|haiku)-4-(?:[015](?!\d)|2025)|opus-4-(?:[01](?!\d)|2025))/;

function thinksIn({ reasoning, providerOptions }: CallOptions): boolean {
  if (providerOptions?.anthropic?.thinking) return true;
  return reasoning !== undefined && reasoning !== 'none' && reasoning !== 'provider-default';
}

function cached(message: LanguageModelV4Message): LanguageModelV4Message {
  const providerOptions = {
    ...message.providerOptions,
    anthropic: { ...message.providerOptions?.anthropic, cacheControl: { type: 'ephemeral' } },
  };
  return { ...message, providerOptions };
}

/** Whether the turn under way has calls whose message does not begin with signed thoughts. */
function isAmidForeignCalls(prompt: CallOptions['prompt']): boolean {
  const turn = prompt.slice(prompt.findLastIndex(({ role }) => role === 'user') + 1);
  const first = turn.find(({ role }) => role === 'assistant');
  return first?.role === 'assistant' && first.content[0]?.type !== 'reasoning';
}

function without(options: ProviderOptions | undefined, vendor: string, key: string): ProviderOptions {
  const { [key]: _left, ...rest } = options?.[vendor] ?? {};
  return { ...options, [vendor]: rest };
}

/** Nothing is kept at OpenAI: thoughts come back to us, encrypted, and go along with the next request. */
function forOpenAI(options: CallOptions): CallOptions {
  // Without a word from us OpenAI makes every parameter of a tool a required one.
  const tools = options.tools?.map((tool) => (tool.type === 'function' ? { ...tool, strict: false } : tool));
  return withOptions({ ...options, ...(tools ? { tools } : {}) }, 'openai', { store: false });
}

function forGoogle(options: CallOptions, id: string): CallOptions {
  const prompt = options.prompt.map(withoutAddresses);
  if (!/gemini-(?:2\.5|[3-9])/.test(id))
    return { ...options, prompt, providerOptions: without(options.providerOptions, 'google', 'thinkingConfig') };
  const asked = options.providerOptions?.google?.thinkingConfig;
  const thinkingConfig = { includeThoughts: true, ...(typeof asked === 'object' ? asked : {}) };
  const providerOptions = {
    ...options.providerOptions,
    google: { ...options.providerOptions?.google, thinkingConfig },
  };
  return { ...options, prompt, providerOptions };
}

/** Gemini takes the bytes of a picture, and no address of the web. */
function withoutAddresses(message: LanguageModelV4Message): LanguageModelV4Message {
  if (message.role !== 'user') return message;
  const content = message.content.map((part) =>
    part.type === 'file' && part.data.type === 'url'
      ? { type: 'text' as const, text: `[A picture at ${part.data.url.href}, which this model cannot open.]` }
      : part,
  );
  return { ...message, content };
}
