// The agent's model names a thread after its first turn. Nothing of it is stored but the name.
import * as z from 'zod/mini';
import { type Connection, ONCE } from '../letta/connection.ts';
import { type Threads, titleFrom } from './threads.ts';

/** Characters of each side that the model is shown. */
const SHOWN = 2_000;
const MOST_WORDS = 12;
const TIMEOUT_MS = 30_000;
/** Said to the model; the scripted one of the tests knows the question by it. */
const SYSTEM =
  'You name conversations. Answer with a title for the one below: at most six words in its language, no quotes, no full stop, nothing else.';

const AnswerSchema = z.object({ content: z.string() });

export interface NameThreadDeps {
  connection: Connection;
  agentId: string;
  threads: Pick<Threads, 'get' | 'rename'>;
}

export interface FirstTurn {
  threadId: string;
  /** The name that the thread has got from its first message. */
  given: string;
  said: { question: string; answer: string };
}

/**
 * @returns the new name; undefined where the person has named the thread, or the model has said nothing of use
 * @throws LettaError, or an Error of the client: a server without the route answers 404
 */
export async function nameThread(
  deps: NameThreadDeps,
  { threadId, given, said }: FirstTurn,
): Promise<string | undefined> {
  const { connection, agentId, threads } = deps;
  if (given !== titleFrom(said.question)) return undefined;
  const prompt = `The person:\n${said.question.slice(0, SHOWN)}\n\nThe agent:\n${said.answer.slice(0, SHOWN)}`;
  const body = { prompt, system_prompt: SYSTEM };
  const path = `/v1/agents/${encodeURIComponent(agentId)}/generate`;
  const answer = AnswerSchema.safeParse(await connection.client.post(path, { body, ...ONCE, timeout: TIMEOUT_MS }));
  const title = answer.success ? titleOf(answer.data.content) : undefined;
  if (title === undefined || title === given) return undefined;
  // The person may have named it meanwhile.
  if ((await threads.get(threadId)).title !== given) return undefined;
  await threads.rename(threadId, title);
  return title;
}

/** Undefined: no title, e.g. an answer to what was asked there. */
function titleOf(content: string): string | undefined {
  const lines = content
    .trim()
    .split('\n')
    .filter((line) => line.trim() !== '');
  const line = lines[0]?.trim().replace(/^(?:title:\s*)?["“„'«]*|["”“'».]*$/giu, '');
  if (lines.length !== 1 || !line || line.split(/\s+/).length > MOST_WORDS) return undefined;
  return titleFrom(line);
}
