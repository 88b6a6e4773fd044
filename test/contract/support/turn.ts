// Reads the event stream of a turn, frame by frame, as the contract's framing says (Letta API: SSE framing).
import { expect } from 'vitest';

export interface ToolCall {
  name: string | null;
  arguments: string | null;
  tool_call_id: string | null;
}

export interface ToolReturn {
  tool_call_id: string;
  tool_return: string | { type: string; text?: string }[];
  status: string;
}

/** The fields of all message types that the suite looks at. */
export interface LettaEvent {
  message_type: string;
  id?: string;
  date?: string;
  otid?: string | null;
  seq_id?: number | null;
  run_id?: string | null;
  step_id?: string | null;
  content?: string | { type: string; text?: string }[];
  reasoning?: string;
  tool_call?: ToolCall;
  tool_calls?: ToolCall | ToolCall[];
  tool_call_id?: string;
  tool_return?: string;
  tool_returns?: ToolReturn[] | null;
  status?: string;
  stop_reason?: string;
  prompt_tokens?: number;
  completion_tokens?: number;
  total_tokens?: number;
  step_count?: number;
  context_tokens?: number | null;
  approvals?: { type: string; tool_call_id: string; approve?: boolean; status?: string }[];
  approve?: boolean | null;
}

export interface ErrorBody {
  message_type?: string;
  error_type?: string;
  message?: string;
  detail?: string;
  run_id?: string;
}

interface Frame {
  event: string | null;
  data: string;
}

/** The text of a message, in both forms that the contract allows. */
export function textOf(event: LettaEvent | undefined): string {
  const { content } = event ?? {};
  if (content === undefined) return '';
  return typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('');
}

/** `tool_call` or `tool_calls` of an event, as a list. */
export function callsOf(event: LettaEvent | undefined): ToolCall[] {
  if (Array.isArray(event?.tool_calls)) return event.tool_calls;
  if (event?.tool_calls !== undefined && event.tool_calls !== null) return [event.tool_calls];
  return event?.tool_call ? [event.tool_call] : [];
}

/** The results in a `tool_return_message`: one, or all of a step. */
export function returnsOf(event: LettaEvent): ToolReturn[] {
  if (event.tool_returns && event.tool_returns.length > 0) return event.tool_returns;
  const { tool_call_id = '', tool_return = '', status = '' } = event;
  return [{ tool_call_id, tool_return, status }];
}

/** One open or finished answer to a POST that streams. */
export class Turn {
  readonly status: number;
  readonly headers: Headers;
  readonly frames: Frame[] = [];
  /** The JSON body, when the answer is no stream. */
  body: unknown = null;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | null;
  readonly #controller: AbortController;
  readonly #decoder = new TextDecoder();
  #buffer = '';
  #isEnded = false;

  constructor(response: Response, controller: AbortController) {
    this.status = response.status;
    this.headers = response.headers;
    this.#controller = controller;
    const isStream = (response.headers.get('content-type') ?? '').startsWith('text/event-stream');
    this.#reader = isStream && response.body !== null ? response.body.getReader() : null;
    this.#isEnded = this.#reader === null;
  }

  static async open(answer: Promise<Response>, controller: AbortController): Promise<Turn> {
    const response = await answer;
    const turn = new Turn(response, controller);
    if (turn.#reader === null) {
      const text = await response.text();
      turn.body = text === '' ? null : JSON.parse(text);
    }
    return turn;
  }

  /** Events a client would be given: frames without a name, `[DONE]` apart. */
  get events(): LettaEvent[] {
    return this.frames.filter((f) => f.event === null && f.data !== '[DONE]').map((f) => JSON.parse(f.data));
  }

  /** The body of `event: error`, which clients throw. */
  get error(): ErrorBody | null {
    const frame = this.frames.find((f) => f.event === 'error');
    return frame === undefined ? null : JSON.parse(frame.data);
  }

  get isDone(): boolean {
    return this.frames.at(-1)?.data === '[DONE]';
  }

  of(type: string): LettaEvent[] {
    return this.events.filter((event) => event.message_type === type);
  }

  get stopReason(): string | undefined {
    return this.of('stop_reason')[0]?.stop_reason;
  }

  /** All text the agent said, deltas joined. */
  get text(): string {
    return this.of('assistant_message').map(textOf).join('');
  }

  get reasoning(): string {
    return this.of('reasoning_message')
      .map((event) => event.reasoning ?? '')
      .join('');
  }

  /** The run's id, which the first event carries. */
  get runId(): string {
    const id = this.events[0]?.run_id;
    if (!id) throw new Error(`The first event names no run: ${JSON.stringify(this.events[0])}`);
    return id;
  }

  get lastSeqId(): number {
    return Math.max(0, ...this.events.map((event) => event.seq_id ?? 0));
  }

  /** Tool calls of the given type of event, deltas joined as clients join them. */
  calls(type: 'approval_request_message' | 'tool_call_message'): { id: string; name: string; args: unknown }[] {
    const joined = new Map<string, { name: string; text: string }>();
    let last = '';
    for (const call of this.of(type).flatMap(callsOf)) {
      last = call.tool_call_id ?? last;
      const entry = joined.get(last) ?? { name: '', text: '' };
      joined.set(last, { name: entry.name || (call.name ?? ''), text: entry.text + (call.arguments ?? '') });
    }
    return [...joined].map(([id, { name, text }]) => ({ id, name, args: text === '' ? null : JSON.parse(text) }));
  }

  /** Reads on until an event fits. @throws Error when the stream ends before. */
  async until(fits: (event: LettaEvent, turn: Turn) => boolean): Promise<LettaEvent> {
    let seen = 0;
    for (;;) {
      const { events } = this;
      for (; seen < events.length; seen++) {
        const event = events[seen];
        if (event !== undefined && fits(event, this)) return event;
      }
      if (!(await this.#read())) throw new Error(`The stream ended first: ${JSON.stringify(this.frames)}`);
    }
  }

  /** Reads to the end. */
  async end(): Promise<this> {
    while (await this.#read());
    return this;
  }

  /** Leaves, as a client that is closed does. */
  async drop(): Promise<void> {
    this.#isEnded = true;
    this.#controller.abort();
    await this.#reader?.cancel().catch(() => {});
  }

  async #read(): Promise<boolean> {
    if (this.#isEnded || this.#reader === null) return false;
    const { done, value } = await this.#reader.read();
    if (done) {
      this.#isEnded = true;
      expect(this.#buffer, 'a stream ends after a whole frame').toBe('');
      return false;
    }
    this.#buffer += this.#decoder.decode(value, { stream: true });
    const frames = this.#buffer.split('\n\n');
    this.#buffer = frames.pop() ?? '';
    for (const frame of frames) this.frames.push(parseFrame(frame));
    return true;
  }
}

function parseFrame(text: string): Frame {
  let event: string | null = null;
  const data: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('event:')) event = line.slice(6).trim();
    else if (line.startsWith('data:')) data.push(line.slice(5).trimStart());
  }
  return { event, data: data.join('\n') };
}
