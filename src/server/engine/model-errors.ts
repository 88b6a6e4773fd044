// What went wrong with a model, in the Letta API's error types and in words that say what to do.
import type { RunError } from '../store/runs.ts';

export type LlmErrorType =
  | 'llm_authentication'
  | 'llm_rate_limit'
  | 'llm_timeout'
  | 'llm_bad_request'
  | 'llm_insufficient_credits'
  | 'llm_error'
  | 'llm_empty_response'
  | 'context_window_overflow_in_system_prompt';

/** Most of a provider's answer is noise. */
const DETAIL_CHARS = 2_000;
const WORDS_CHARS = 600;

/** How providers and local servers say that a request is too long. */
const OVERFLOW =
  /context_length_exceeded|context_window_exceeded|exceed_context_size|maximum context length|(?:exceed|larger than|longer than|over)\S* (?:the |its |this )?(?:model'?s |available )*(?:maximum )?context|exceeds? (?:the |its )?token limit|prompt is too long|input (?:is )?too long|too many (?:input )?tokens|input token count|context (?:window|length|size)[^.]{0,40}(?:exceed|overflow|full|too small)|reduce the length of|tokens? > \d+ maximum/i;

export class LlmError extends Error {
  override name = 'LlmError';
  readonly type: LlmErrorType;
  readonly detail: string;
  /** The request was longer than the model takes. */
  readonly isOverflow: boolean;
  /** What the model takes at most, where it said so. */
  readonly windowTokens: number | undefined;
  /** The request was refused because of too many others: it may be made again. */
  readonly overload: { retryAfterMs: number | undefined } | undefined;

  constructor(type: LlmErrorType, message: string, detail = message, overload?: LlmError['overload']) {
    super(message);
    this.overload = overload;
    this.type = type;
    this.detail = detail.slice(0, DETAIL_CHARS);
    this.isOverflow = (type === 'llm_bad_request' || type === 'llm_error') && OVERFLOW.test(message);
    this.windowTokens = this.isOverflow ? windowIn(message) : undefined;
  }

  toRunError(): RunError {
    return { error_type: this.type, message: this.message, detail: this.detail };
  }
}

/** HTTP status of a failed request that does not stream. */
export const LLM_STATUS: Readonly<Record<LlmErrorType, number>> = {
  llm_authentication: 401,
  llm_insufficient_credits: 402,
  llm_rate_limit: 429,
  llm_timeout: 504,
  llm_bad_request: 400,
  llm_empty_response: 502,
  context_window_overflow_in_system_prompt: 400,
  llm_error: 502,
};

/**
 * Turns whatever a provider threw or sent as an error part into one of the known kinds. What the provider said stands in
 * the message, once.
 * @param begun a part of the answer had come already
 */
export function toLlmError(error: unknown, model: string, begun = false): LlmError {
  if (error instanceof LlmError) return error;
  const text = messageOf(error);
  const body = bodyOf(error);
  const status = statusOf(error);
  const words = repeats(body, text) ? text : [text, body].filter(Boolean).join(': ').slice(0, WORDS_CHARS);
  const say = (type: LlmErrorType, what: string, overload?: LlmError['overload']) => {
    const message = words ? `${what}: ${words}` : `${what}.`;
    return new LlmError(type, message, message, overload);
  };
  if (status === 401 || status === 403)
    return say('llm_authentication', `${model} refused the API key (HTTP ${status})`);
  if (status === 429 && isSoonOver(`${text} ${body}`))
    return say('llm_rate_limit', `${model} is rate limited (HTTP 429)`, waitAsked(error));
  const broke = /insufficient[_ ](?:quota|credits?|funds|balance)|exceeded your current quota/i;
  if (status === 402 || broke.test(`${text} ${body}`))
    return say(
      'llm_insufficient_credits',
      `The account behind ${model} has no credit left. Add some there, or choose another model`,
    );
  if (status === 429) return say('llm_rate_limit', `${model} is rate limited (HTTP 429)`, waitAsked(error));
  if (status === 503 || status === 529)
    return say('llm_error', `${model} is overloaded (HTTP ${status})`, waitAsked(error));
  if (status === 408 || status === 504 || /timed? ?out|ETIMEDOUT|TimeoutError/i.test(`${nameOf(error)} ${text}`))
    return say('llm_timeout', `${model} did not answer in time`);
  if (status !== undefined && status >= 400 && status < 500)
    return say('llm_bad_request', `${model} rejected the request (HTTP ${status})`);
  if (status !== undefined) return say('llm_error', `${model} failed (HTTP ${status})`);
  const cause = causeOf(error);
  if (
    /fetch failed|ECONNREFUSED|ENOTFOUND|ECONNRESET|EHOSTUNREACH|Cannot connect|network|socket/i.test(
      `${text} ${cause}`,
    )
  ) {
    const what = begun ? 'broke off in the middle of its answer' : 'cannot be reached';
    return new LlmError('llm_error', `${model} ${what} (${cause || text}).`);
  }
  return say('llm_error', `${model} failed`);
}

/** Google words the limits of a minute as it does those of a day, and an account that has none at all: as a quota. */
function isSoonOver(said: string): boolean {
  if (/insufficient[_ ]quota|PerDay|limit: 0(?![\d.])/i.test(said)) return false;
  return /PerMinute|RetryInfo|retry in [\d.]+ ?m?s/i.test(said);
}

/**
 * `retry-after` in seconds or as a date, and the form in milliseconds that some send beside it. Google says it in the body,
 * in seconds.
 */
function waitAsked(error: unknown): { retryAfterMs: number | undefined } {
  const headers = field(error, 'responseHeaders');
  const ms = Number(field(headers, 'retry-after-ms') ?? Number.NaN);
  if (ms >= 0) return { retryAfterMs: ms };
  const given = field(headers, 'retry-after');
  const inBody = /"retryDelay":\s*"([\d.]+)s"/.exec(bodyOf(error)) ?? /retry in ([\d.]+) ?s/i.exec(messageOf(error));
  const seconds = Number(given ?? inBody?.[1] ?? Number.NaN);
  const wait = Number.isNaN(seconds) ? Date.parse(String(given)) - Date.now() : seconds * 1_000;
  return { retryAfterMs: Number.isNaN(wait) ? undefined : Math.max(0, wait) };
}

/** Whether a body only says in JSON what the text says. */
function repeats(body: string, text: string): boolean {
  return text !== '' && body.includes(JSON.stringify(text).slice(1, -1));
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message || error.name;
  if (typeof error === 'string') return error;
  if (typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string')
    return error.message;
  try {
    return JSON.stringify(error) ?? String(error);
  } catch {
    return String(error);
  }
}

function field(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined;
}

/** Errors of the AI SDK carry `statusCode`; an error object inside a stream may carry the status as `code` or `status`. */
function statusOf(error: unknown): number | undefined {
  for (const name of ['statusCode', 'status', 'code']) {
    const value = Number(field(error, name));
    if (Number.isInteger(value) && value >= 400 && value < 600) return value;
  }
  return undefined;
}

function bodyOf(error: unknown): string {
  const body = field(error, 'responseBody') ?? field(error, 'type');
  return typeof body === 'string' ? body : '';
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function causeOf(error: unknown): string {
  let deepest = '';
  for (
    let cause = field(error, 'cause'), depth = 0;
    cause !== undefined && depth < 5;
    cause = field(cause, 'cause'), depth++
  ) {
    const code = field(cause, 'code');
    deepest = typeof code === 'string' ? code : messageOf(cause);
  }
  return deepest;
}

/** The tokens a refusal names as the most the model takes; undefined where it names none. */
function windowIn(text: string): number | undefined {
  const found =
    /(?:maximum context length|context (?:length|window|size)|n_ctx|maximum)[^\d]{0,40}([\d,]{4,})/i.exec(text)?.[1] ??
    /> ?([\d,]{4,}) maximum/i.exec(text)?.[1];
  const tokens = Number(found?.replaceAll(',', ''));
  return Number.isInteger(tokens) && tokens > 0 ? tokens : undefined;
}
