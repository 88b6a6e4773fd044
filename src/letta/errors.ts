// What can go wrong with a Letta server or the model behind it, as one closed set of reasons with words for people.
import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from '@letta-ai/letta-client';
import { t } from '../protocol/l10n.ts';
import type { Failure } from '../protocol/transcript-views.ts';

export type LettaErrorReason =
  /** The Letta server does not answer. */
  | 'unreachable'
  /** The Letta server wants another key. */
  | 'unauthorized'
  /** Another turn runs in the conversation. */
  | 'busy'
  /** The conversation waits for the results of tool calls. */
  | 'pending_approval'
  | 'wrong_approval_ids'
  | 'nothing_pending'
  /** The model endpoint is down, answers 5xx, or broke off. */
  | 'model_unreachable'
  /** The model endpoint refuses the key. */
  | 'model_auth'
  | 'rate_limited'
  | 'credits'
  | 'timeout'
  | 'bad_request'
  /** The blocks take as much of the prompt as they may. */
  | 'memory_full'
  | 'not_found'
  /** The server's store is damaged, full, or newer than the program. */
  | 'storage'
  | 'unknown';

interface Details {
  /** The server's own words. */
  detail?: string | undefined;
  status?: number | undefined;
  /** The server's `error_type`, e.g. `stream_incomplete`. */
  errorType?: string | undefined;
  runId?: string | undefined;
  cause?: unknown;
}

export class LettaError extends Error {
  override name = 'LettaError';
  readonly reason: LettaErrorReason;
  readonly detail: string;
  readonly status: number | undefined;
  readonly errorType: string | undefined;
  /** The run that failed, or with `busy` the one that is in the way. */
  readonly runId: string | undefined;

  constructor(reason: LettaErrorReason, details: Details = {}) {
    const words = WORDS[reason];
    super([words.message, details.detail ? `(${details.detail})` : '', words.hint].filter(Boolean).join(' '), {
      cause: details.cause,
    });
    this.reason = reason;
    this.detail = details.detail ?? '';
    this.status = details.status;
    this.errorType = details.errorType;
    this.runId = details.runId;
  }

  /** The run was broken off from outside, e.g. by the end of its process: what came of it is kept. */
  get interrupted(): boolean {
    return this.errorType === 'stream_incomplete' || this.errorType === 'stream_task_cancelled';
  }
}

const WORDS: Record<LettaErrorReason, Failure> = {
  unreachable: {
    message: t('The Letta server does not answer.'),
    hint: t('Check that it runs and that its address in the settings is right, then retry.'),
    retry: true,
  },
  unauthorized: {
    message: t('The Letta server refused the key.'),
    hint: t('Sign in again, or choose another home with “Letta: Select Home…”.'),
    retry: true,
  },
  busy: {
    message: t('Another answer is running in this thread, perhaps in another window.'),
    hint: t('Wait until it is done or stop it, then retry.'),
    retry: true,
  },
  pending_approval: {
    message: t('The thread waits for the result of a tool call.'),
    hint: t('Continue settles it. If that does not help, start a new thread: the memory stays.'),
    retry: true,
  },
  wrong_approval_ids: {
    message: t('The server did not accept the tool results.'),
    hint: t('Continue asks it which ones it waits for. If that does not help, start a new thread: the memory stays.'),
    retry: true,
  },
  nothing_pending: {
    message: t('The server no longer waits for these tool results.'),
    hint: t('Continue goes on from what it has.'),
    retry: true,
  },
  model_unreachable: {
    message: t('The model did not answer, or not to the end.'),
    hint: t('Check that its endpoint runs, or choose another model, then retry.'),
    retry: true,
  },
  model_auth: {
    message: t('The model’s endpoint refused the key.'),
    hint: t('Set the key with “Letta: Connect a Model…”, or choose another model, then retry.'),
    retry: true,
  },
  rate_limited: {
    message: t('The model’s endpoint limits requests at the moment.'),
    hint: t('Wait a little and retry, or choose another model.'),
    retry: true,
  },
  credits: {
    message: t('The account at the model’s endpoint has no credit left.'),
    hint: t('Top it up or choose another model, then retry.'),
    retry: true,
  },
  timeout: {
    message: t('No answer came in time.'),
    hint: t('Retry; if it happens again, choose another model or check the endpoint.'),
    retry: true,
  },
  bad_request: {
    message: t('The request was refused.'),
    hint: t('Choose another model or start a new thread; “Letta: Show Log” has the details.'),
    retry: true,
  },
  memory_full: {
    message: t('Memory has no room for this.'),
    hint: t(
      'Nothing was written. Shorten or delete lines in Memory, move some to the archive, or raise letta.memory.maxPromptTokens.',
    ),
    retry: false,
  },
  not_found: {
    message: t('This is no longer there, or the model is not known here.'),
    hint: t('Open another thread, or choose a model that is listed.'),
    retry: true,
  },
  storage: {
    message: t('The memory store cannot be used.'),
    hint: t('Nothing was overwritten. See “Letta: Show Log” for the file, then reload the window.'),
    retry: false,
  },
  unknown: {
    message: t('Something went wrong.'),
    hint: t('Retry; “Letta: Show Log” has the details.'),
    retry: true,
  },
};

const DETAIL_LIMIT = 600;
const clip = (text: string): string => (text.length > DETAIL_LIMIT ? `${text.slice(0, DETAIL_LIMIT)}…` : text);

/** What a person reads: what happened in one sentence with the server's own words, what to do, whether Retry helps. */
export function toFailure(error: unknown): Failure {
  const known = toLettaError(error);
  const words = WORDS[known.reason];
  const detail = clip(known.detail.trim());
  return { ...words, message: detail && detail !== words.message ? `${words.message} ${detail}` : words.message };
}

/** Phrases that Letta servers have said for years and that other clients match on too. */
const PHRASES: [RegExp, LettaErrorReason][] = [
  [/waiting for approval|cannot send a new message|PENDING_APPROVAL/i, 'pending_approval'],
  [/is currently being processed|busy with another active run/i, 'busy'],
  [/invalid tool call ids/i, 'wrong_approval_ids'],
  [/no tool call is currently awaiting approval/i, 'nothing_pending'],
];
/** How a damaged, locked, full or newer store speaks; looked for only where no model error explains the words. */
const STORAGE = /SQLITE_|database (disk image|is locked|file|schema|or disk is full)|newer (version )?than this/i;

const TYPES: Record<string, LettaErrorReason> = {
  llm_timeout: 'timeout',
  llm_rate_limit: 'rate_limited',
  llm_authentication: 'model_auth',
  llm_permission_denied: 'model_auth',
  llm_insufficient_credits: 'credits',
  llm_bad_request: 'bad_request',
  llm_unprocessable_entity: 'bad_request',
  llm_not_found: 'not_found',
  llm_empty_response: 'model_unreachable',
  llm_error: 'model_unreachable',
  context_window_overflow_in_system_prompt: 'bad_request',
};

interface Body {
  text: string;
  type: string | undefined;
  runId: string | undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const string = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);

/**
 * Reads `{detail}`, `{detail: {code, message}}`, `{error: {type, message, detail}}` and the `error_message` of a
 * stream, which are the shapes of the Letta API's errors.
 */
function readBody(value: unknown): Body {
  if (typeof value === 'string') return { text: value, type: undefined, runId: undefined };
  if (!isRecord(value)) return { text: '', type: undefined, runId: undefined };
  const inner = isRecord(value.error) ? value.error : isRecord(value.detail) ? value.detail : value;
  const message = string(inner.message);
  const detail = string(inner.detail);
  const text =
    message && detail && !detail.includes(message) && !message.includes(detail)
      ? `${message} ${detail}`
      : detail && (!message || detail.length > message.length)
        ? detail
        : (message ?? string(value.error) ?? '');
  return {
    text,
    type: string(value.error_type) ?? string(inner.error_type) ?? string(inner.type) ?? string(inner.code),
    runId: string(value.run_id) ?? string(inner.run_id),
  };
}

function classify(status: number | undefined, body: Body): LettaErrorReason {
  const words = `${body.type ?? ''} ${body.text}`;
  for (const [pattern, reason] of PHRASES) if (pattern.test(words)) return reason;
  const byType = body.type ? TYPES[body.type] : undefined;
  if (byType) return byType;
  if (STORAGE.test(words)) return 'storage';
  switch (status) {
    case 401:
    case 403:
      return 'unauthorized';
    case 402:
      return 'credits';
    case 404:
    case 410:
      return 'not_found';
    case 408:
      return 'timeout';
    case 429:
      return 'rate_limited';
    case 502:
    case 503:
    case 504:
      return 'unreachable';
    case undefined:
      return 'unknown';
    default:
      return status >= 400 && status < 500 ? 'bad_request' : 'unknown';
  }
}

/** An error body as a server sends it: with a status, or without one out of a stream or a run's metadata. */
export function errorFromBody(value: unknown, status?: number, cause?: unknown): LettaError {
  const body = readBody(value);
  return new LettaError(classify(status, body), {
    detail: body.text,
    status,
    errorType: body.type,
    runId: body.runId,
    cause,
  });
}

const causeText = (error: Error): string => {
  const cause = error.cause;
  return cause instanceof Error ? cause.message : error.message;
};

/** Whatever was thrown on the way to a server and back. */
export function toLettaError(error: unknown): LettaError {
  if (error instanceof LettaError) return error;
  if (error instanceof APIConnectionTimeoutError) return new LettaError('timeout', { cause: error });
  if (error instanceof APIUserAbortError) return new LettaError('unknown', { detail: 'Aborted.', cause: error });
  if (error instanceof APIConnectionError) {
    return new LettaError('unreachable', { detail: causeText(error), cause: error });
  }
  if (error instanceof APIError) {
    return errorFromBody(error.error ?? error.message, error.status, error);
  }
  if (error instanceof Error) {
    const network = error instanceof TypeError || error.name === 'EmbeddedServerError';
    return new LettaError(network ? 'unreachable' : 'unknown', { detail: causeText(error), cause: error });
  }
  return new LettaError('unknown', { detail: String(error) });
}

/** An `event: error` frame: the server's last word on the run, as opposed to a connection that broke. */
export const isErrorFrame = (error: unknown): boolean =>
  error instanceof APIError &&
  !(error instanceof APIConnectionError) &&
  !(error instanceof APIUserAbortError) &&
  error.status === undefined &&
  error.error !== undefined;

/** Stop reasons that are failures, for runs that say nothing more. */
export function errorFromStopReason(stopReason: string): LettaError {
  const detail: Record<string, string> = {
    max_tokens_exceeded: t('The answer was longer than the model may write at once.'),
    invalid_tool_call: t('The model called a tool in a way that cannot be read.'),
    invalid_llm_response: t('The model’s answer could not be read.'),
    no_tool_call: t('The model did not call the tool it had to.'),
    context_window_overflow_in_system_prompt: t(
      'Memory and instructions alone are longer than the model’s context window. Shorten memory blocks or choose a model with a larger window.',
    ),
  };
  const reason: LettaErrorReason =
    stopReason === 'insufficient_credits'
      ? 'credits'
      : stopReason === 'context_window_overflow_in_system_prompt'
        ? 'bad_request'
        : stopReason === 'error'
          ? 'unknown'
          : 'model_unreachable';
  return new LettaError(reason, { detail: detail[stopReason], errorType: stopReason });
}

/** What `work` gives. @throws LettaError whatever it throws */
export async function known<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toLettaError(error);
  }
}
