// One answer of an agent for a client that knows only text: its words as they come, over as many runs as it takes.
import { randomUUID } from 'node:crypto';
import { pendingRequest } from '../engine/approvals.ts';
import { ApiError } from '../engine/errors.ts';
import { LLM_STATUS } from '../engine/model-errors.ts';
import { type SendMessage, sendSchema, toSend } from '../engine/request.ts';
import type { ChunkSource } from '../engine/run-stream.ts';
import type { Agent } from '../store/agents.ts';
import { isObject } from '../store/json.ts';
import type { RouteDeps } from './http.ts';

export interface Piece {
  kind: 'text' | 'reasoning';
  text: string;
}

export interface Answer {
  pieces: AsyncIterable<Piece>;
  /** Complete once `pieces` has ended. */
  end: {
    finish: 'stop' | 'length';
    error: { status: number; message: string } | null;
    usage: {
      prompt_tokens: number;
      completion_tokens: number;
      total_tokens: number;
      prompt_tokens_details: { cached_tokens: number };
      completion_tokens_details: { reasoning_tokens: number };
    };
  };
  /** Ends the run; what was said is kept. */
  stop(): Promise<void>;
}

/** How often an agent may be refused in one answer before it is left at that. */
const MOST_REFUSALS = 5;
const REFUSED =
  'Nobody can be asked in this chat. Say what you wanted to do; it can be allowed where the agent is set up.';

/**
 * Sends and answers as it comes. Calls that a person has to allow are refused: nobody can be asked here.
 * @throws ApiError where nothing is sent, e.g. 409 while the conversation is busy or waits for somebody's approval
 */
export async function speak(
  { engine, store }: RouteDeps,
  agent: Agent,
  owner: string,
  messages: readonly SendMessage[],
  signal: AbortSignal,
): Promise<Answer> {
  const begin = async (items: unknown[]) => {
    const body = sendSchema.parse({ messages: items, streaming: true, stream_tokens: true, include_pings: false });
    const sent = await engine.send(owner, toSend(body, true));
    // A run that ends before the first read is not to be found by its id any more.
    return sent.kind === 'started'
      ? { id: sent.run.id, source: sent.run.stream }
      : { id: sent.runId, source: engine.source(sent.runId) };
  };
  let run = await begin(messages.map((message) => ({ ...message, otid: randomUUID() })));
  const end: Answer['end'] = {
    finish: 'stop',
    error: null,
    usage: {
      prompt_tokens: 0,
      completion_tokens: 0,
      total_tokens: 0,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
  };
  const stop = async () => {
    const stored = store.runs.get(run.id);
    if (stored?.status === 'running') await engine.cancel([stored]);
  };
  signal.addEventListener('abort', () => void stop().catch(() => {}), { once: true });

  async function* pieces(): AsyncGenerator<Piece> {
    let block = '';
    for (let refusals = 0; ; refusals++) {
      let reason = '';
      for await (const event of eventsOf(run.source, signal)) {
        const { message_type: type } = event;
        const text = type === 'assistant_message' ? event.content : type === 'reasoning_message' ? event.reasoning : '';
        if (typeof text === 'string' && text !== '') {
          const kind = type === 'assistant_message' ? 'text' : 'reasoning';
          const next = `${kind} ${event.otid}`;
          // Blocks of words stand apart, as they do in the editor.
          const isApart = kind === 'text' && block.startsWith('text ') && block !== next;
          if (kind === 'text' || block === '') block = next;
          yield { kind, text: isApart ? `\n\n${text}` : text };
        }
        if (type === 'stop_reason') reason = String(event.stop_reason);
        if (type === 'usage_statistics') count(end.usage, event);
        if (type === 'error_message') {
          const status = Object.entries(LLM_STATUS).find(([name]) => name === event.error_type)?.[1] ?? 500;
          end.error = { status, message: String(event.message) };
        }
      }
      if (reason === 'max_tokens_exceeded') end.finish = 'length';
      if (reason !== 'requires_approval') return;
      const pending = pendingRequest(store, owner);
      if (!pending || refusals === MOST_REFUSALS || signal.aborted) {
        engine.denyPending(owner, agent.id);
        return;
      }
      const approvals = pending.body.calls.map(({ id }) => ({
        type: 'approval',
        tool_call_id: id,
        approve: false,
        reason: REFUSED,
      }));
      try {
        run = await begin([{ type: 'approval', approvals, otid: randomUUID() }]);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        end.error = { status: error.status, message: error.message };
        return;
      }
    }
  }
  return { pieces: pieces(), end, stop };
}

async function* eventsOf(source: ChunkSource, signal: AbortSignal): AsyncGenerator<Record<string, unknown>> {
  for (let seq = 0; ; ) {
    const ended = source.ended();
    const chunks = source.read(seq);
    for (const { data, seq: at } of chunks) {
      seq = at;
      const event: unknown = JSON.parse(data);
      if (isObject(event)) yield event;
    }
    if (ended) return;
    if (chunks.length === 0) await source.changed(signal);
  }
}

function count(usage: Answer['end']['usage'], event: Record<string, unknown>): void {
  const of = (name: string) => (typeof event[name] === 'number' ? event[name] : 0);
  usage.prompt_tokens += of('prompt_tokens');
  usage.completion_tokens += of('completion_tokens');
  usage.total_tokens += of('total_tokens');
  usage.prompt_tokens_details.cached_tokens += of('cached_input_tokens');
  usage.completion_tokens_details.reasoning_tokens += of('reasoning_tokens');
}
