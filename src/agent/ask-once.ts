// One question to a model, by an agent that is made for it and deleted afterwards: it has no tools, no memory, and leaves nothing
// behind that a search could find.
import { randomUUID } from 'node:crypto';
import { type Connection, ONCE } from '../letta/connection.ts';
import { errorFromStopReason, LettaError, toLettaError } from '../letta/errors.ts';
import { follow, send } from '../letta/stream.ts';

export interface Question {
  /** The agent's name and tags: what a kill leaves behind is found by them. */
  name: string;
  tags: string[];
  system: string;
  text: string;
  /** A handle. */
  model: string;
  /** Tokens; where the server passes it on to the model. */
  maxOutput: number;
}

export interface OnceAnswer {
  text: string;
  /** Tokens as the model has counted them; null when it did not say. */
  tokens: { prompt: number; completion: number } | null;
}

/** Nothing should wait for tidying up. */
const TIDY_MS = 5_000;
/** Nobody asks for longer than that. */
const LEFT_BEHIND_MS = 3_600_000;

type CreateBody = Parameters<Connection['client']['agents']['create']>[0];

/** @throws LettaError; the signal's reason when it is aborted: the run is cancelled then */
export async function askOnce(connection: Connection, question: Question, signal: AbortSignal): Promise<OnceAnswer> {
  signal.throwIfAborted();
  const agentId = await make(connection, question);
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

async function make(
  connection: Connection,
  { name, tags, system, model, maxOutput }: Omit<Question, 'text'>,
): Promise<string> {
  const body: CreateBody = {
    agent_type: 'letta_v1_agent',
    name,
    tags,
    system,
    model,
    memory_blocks: [],
    tools: [],
    include_base_tools: false,
    include_base_tool_rules: false,
    initial_message_sequence: [],
  };
  // Each kind of provider has settings of its own; the agent that talks to this model knows which.
  const capped = { ...body, max_tokens: maxOutput, model_settings: { ...OPENAI, max_output_tokens: maxOutput } };
  try {
    return (await connection.client.agents.create(capped, ONCE)).id;
  } catch (error) {
    const known = toLettaError(error);
    if (known.status === undefined || known.status >= 500) throw known;
    if (!/embedding/i.test(known.detail)) return create(connection, { ...body, max_tokens: maxOutput });
    const [embedding] = await connection.client.models.embeddings.list();
    if (!embedding?.handle) throw known;
    return create(connection, { ...body, max_tokens: maxOutput, embedding: embedding.handle });
  }
}

const OPENAI = { provider_type: 'openai' as const };

async function create(connection: Connection, body: CreateBody): Promise<string> {
  try {
    return (await connection.client.agents.create(body, ONCE)).id;
  } catch (error) {
    throw toLettaError(error);
  }
}

async function ask(connection: Connection, agentId: string, text: string, signal: AbortSignal): Promise<OnceAnswer> {
  const otid = randomUUID();
  const content = [{ type: 'text' as const, text }];
  const body = {
    messages: [{ role: 'user' as const, content, otid }],
    streaming: true,
    stream_tokens: true,
    include_pings: true,
    background: true,
  };
  const answer: OnceAnswer = { text: '', tokens: null };
  let failure: LettaError | undefined;
  for await (const piece of follow(send(connection, agentId, 'default', otid, body), { signal })) {
    if (piece.type === 'text') answer.text += piece.delta;
    if (piece.type === 'usage') answer.tokens = { prompt: piece.promptTokens, completion: piece.completionTokens };
    if (piece.type === 'error') failure = piece.error;
    if (piece.type === 'stop' && piece.reason !== 'end_turn') failure ??= errorFromStopReason(piece.reason);
    if (piece.type === 'stop' && piece.incomplete) failure ??= new LettaError('unreachable');
  }
  signal.throwIfAborted();
  if (failure) throw failure;
  return answer;
}

/** Tries, and lets go of what takes too long. */
async function tidy(work: (options: { maxRetries: number; timeout: number }) => PromiseLike<unknown>): Promise<void> {
  try {
    await work({ ...ONCE, timeout: TIDY_MS });
  } catch {
    // What is left behind is swept by the next run.
  }
}
