// One question to a model, by an agent that is made for it and deleted afterwards: it has no tools, no memory, and leaves nothing
// behind that a search could find.
import { randomUUID } from 'node:crypto';
import { type Connection, ONCE } from '../letta/connection.ts';
import { errorFromStopReason, known, LettaError, toLettaError } from '../letta/errors.ts';
import { follow, send } from '../letta/stream.ts';

export interface Question {
  /** The agent's name and tags: what a kill leaves behind is found by them. */
  name: string;
  tags: string[];
  system: string;
  text: string;
  /** A handle, and which kind of provider serves it, in the API's words; '' where that is not known. */
  model: string;
  provider: string;
  /** Tokens; where the server passes it on to the model. */
  maxOutput: number;
}

/** Tokens as the model has counted them. */
export interface Tokens {
  prompt: number;
  completion: number;
}

export type OnceAnswer =
  | { kind: 'answer'; text: string; tokens: Tokens | null }
  /** `begun`: something of an answer came, so that it was paid for. */
  | { kind: 'failed'; error: LettaError; begun: boolean; tokens: Tokens | null };

/** Nothing should wait for tidying up. */
const TIDY_MS = 5_000;
/** Nobody asks for longer than that. */
const LEFT_BEHIND_MS = 3_600_000;

type CreateBody = Parameters<Connection['client']['agents']['create']>[0];

/** @throws the signal's reason when it is aborted: the run is cancelled then */
export async function askOnce(connection: Connection, question: Question, signal: AbortSignal): Promise<OnceAnswer> {
  signal.throwIfAborted();
  let agentId: string;
  try {
    agentId = await make(connection, question);
  } catch (error) {
    return { kind: 'failed', error: toLettaError(error), begun: false, tokens: null };
  }
  try {
    return await ask(connection, agentId, question.text, signal);
  } finally {
    if (signal.aborted) await tidy((options) => connection.client.agents.messages.cancel(agentId, {}, options));
    await tidy((options) => connection.client.agents.delete(agentId, options));
  }
}

/** Deletes what a kill has left behind. Never rejects: it is tried again the next time. */
export async function sweepOnce(connection: Connection, tags: string[]): Promise<void> {
  try {
    const { client } = connection;
    const page = await client.agents.list({ tags, match_all_tags: true, include: ['agent.tags'], limit: 20 });
    for (const { id, tags: own, created_at } of page.items) {
      const age = Date.now() - Date.parse(created_at ?? '');
      if (tags.every((tag) => own.includes(tag)) && age > LEFT_BEHIND_MS) await client.agents.delete(id, ONCE);
    }
  } catch {
    // The server is asked for more important things in a moment.
  }
}

/** @throws LettaError */
async function make(
  connection: Connection,
  { name, tags, system, model, provider, maxOutput }: Omit<Question, 'text'>,
): Promise<string> {
  const plain = {
    agent_type: 'letta_v1_agent' as const,
    name,
    tags,
    system,
    model,
    max_tokens: maxOutput,
    memory_blocks: [],
    tools: [],
    include_base_tools: false,
    include_base_tool_rules: false,
    initial_message_sequence: [],
  };
  // Which fields the settings may have depends on the kind of provider; all of them have this one.
  const settings = { provider_type: provider, max_output_tokens: maxOutput } as CreateBody['model_settings'];
  const { client } = connection;
  const create = (body: CreateBody) => known(async () => (await client.agents.create(body, ONCE)).id);
  let body: CreateBody = provider ? { ...plain, model_settings: settings ?? null } : plain;
  for (let mended = 0; ; mended++) {
    try {
      return await create(body);
    } catch (error) {
      const { status, detail } = toLettaError(error);
      if (mended >= 2 || status === undefined || status >= 500) throw error;
      const [embedding] = /embedding/i.test(detail) ? await client.models.embeddings.list() : [];
      if (embedding?.handle) body = { ...body, embedding: embedding.handle };
      else if (body.model_settings) body = { ...plain };
      else throw error;
    }
  }
}

async function ask(connection: Connection, agentId: string, text: string, signal: AbortSignal): Promise<OnceAnswer> {
  const otid = randomUUID();
  const body = {
    messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text }], otid }],
    streaming: true,
    stream_tokens: true,
    include_pings: true,
    background: true,
  };
  let said = '';
  let begun = false;
  let tokens: Tokens | null = null;
  let error: LettaError | undefined;
  try {
    for await (const piece of follow(send(connection, agentId, 'default', otid, body), { signal })) {
      if (piece.type === 'text') said += piece.delta;
      if (piece.type === 'text' || piece.type === 'reasoning') begun = true;
      // Who does not count says nothing, which is not the same as nothing taken.
      if (piece.type === 'usage' && piece.promptTokens > 0)
        tokens = { prompt: piece.promptTokens, completion: piece.completionTokens };
      if (piece.type === 'error') error = piece.error;
      if (piece.type === 'stop' && piece.reason !== 'end_turn') error ??= errorFromStopReason(piece.reason);
      if (piece.type === 'stop' && piece.incomplete) error ??= new LettaError('unreachable');
    }
  } catch (thrown) {
    error = toLettaError(thrown);
  }
  signal.throwIfAborted();
  return error ? { kind: 'failed', error, begun, tokens } : { kind: 'answer', text: said, tokens };
}

/** Tries, and lets go of what takes too long. */
async function tidy(work: (options: { maxRetries: number; timeout: number }) => PromiseLike<unknown>): Promise<void> {
  try {
    await work({ ...ONCE, timeout: TIDY_MS });
  } catch {
    // What is left behind is swept by the next run.
  }
}
