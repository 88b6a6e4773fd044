// A thread as it was before a message: a fork at that place, or, where a server cannot fork there, a new thread that is told what was said.
import type { Connection } from '../letta/connection.ts';
import { ONCE } from '../letta/connection.ts';
import { toLettaError } from '../letta/errors.ts';
import { type Cursor, readHistory } from '../letta/history.ts';
import { isWriting, SERVER_TOOLS } from '../letta/memory-tools.ts';
import { isReminder, personText } from '../letta/reminders.ts';
import { inBody } from '../letta/stream.ts';
import { callsOf, textParts, type WireEvent } from '../letta/wire.ts';

export interface ForkedBefore {
  threadId: string;
  /** What was said before, for the first message: the new thread does not hold it. */
  retold?: string;
}

/** A message further back than that is not looked for, in pages. */
const MAX_PAGES = 40;
/** What is retold is cut from its beginning, in characters. */
const RETOLD = 24_000;

export class ForkError extends Error {
  override name = 'ForkError';
  readonly reason: 'not_found';

  constructor() {
    super('This message is no longer in the thread, so it cannot be asked again from there.');
    this.reason = 'not_found';
  }
}

/**
 * @param messageId the person's message: its otid, or its id where it has none
 * @param plain nothing that memory has told the thread may come along: what was said is then retold without it
 * @throws ForkError, LettaError
 */
export async function forkBefore(
  connection: Connection,
  agentId: string,
  threadId: string,
  messageId: string,
  { title, plain = false }: { title: string; plain?: boolean },
): Promise<ForkedBefore> {
  const read = (all: boolean) => readBefore(connection, agentId, threadId, messageId, all);
  const { earlier, question } = await read(plain);
  const last = earlier.findLast(
    ({ id, message_type }) => id && id !== question.id && message_type !== 'system_message',
  );
  if (last?.id && !(plain && earlier.some(tellsOfMemory))) {
    const fork = await forkAt(connection, agentId, threadId, last.id, question);
    if (fork) {
      await rename(connection, fork, title);
      return { threadId: fork };
    }
  }
  const retold = retell((await read(true)).earlier);
  try {
    const made = await connection.client.conversations.create({ agent_id: agentId, summary: title }, ONCE);
    return { threadId: made.id, ...(retold === '' ? {} : { retold }) };
  } catch (error) {
    throw toLettaError(error);
  }
}

const isAsked = (message: WireEvent, messageId: string): boolean =>
  message.message_type === 'user_message' && (message.otid === messageId || message.id === messageId);

/** `all`: what was said before it as far back as it goes, not only the last of it. */
async function readBefore(
  connection: Connection,
  agentId: string,
  threadId: string,
  messageId: string,
  all: boolean,
): Promise<{ earlier: WireEvent[]; question: WireEvent }> {
  let messages: WireEvent[] = [];
  let before: Cursor | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await readHistory(connection, agentId, threadId, before ? { before } : {});
    messages = [...page.messages, ...messages];
    const at = messages.findLastIndex((message) => isAsked(message, messageId));
    if (page.cursor === null || (!all && at > 0)) break;
    before = page.cursor;
  }
  const at = messages.findLastIndex((message) => isAsked(message, messageId));
  const question = messages[at];
  if (!question) throw new ForkError();
  return { earlier: messages.slice(0, at), question };
}

/** Undefined: the server cannot fork there, or takes the whole thread along. */
async function forkAt(
  connection: Connection,
  agentId: string,
  threadId: string,
  lastId: string,
  question: WireEvent,
): Promise<string | undefined> {
  const { conversations } = connection.client;
  let fork: string;
  try {
    fork = (await conversations.fork(threadId, { agent_id: agentId, message_id: lastId }, ONCE)).id;
  } catch (error) {
    const known = toLettaError(error);
    if (known.reason === 'not_found' || known.reason === 'bad_request') return undefined;
    throw known;
  }
  const { messages } = await readHistory(connection, agentId, fork, { limit: 20 });
  const same = (message: WireEvent) =>
    message.message_type === 'user_message' && (message.otid ?? message.id) === (question.otid ?? question.id);
  if (!messages.some(same)) return fork;
  await conversations.delete(fork, ONCE).catch(() => {});
  return undefined;
}

async function rename(connection: Connection, threadId: string, title: string): Promise<void> {
  try {
    await connection.client.conversations.update(threadId, { summary: title, ...inBody('', threadId) }, ONCE);
  } catch (error) {
    throw toLettaError(error);
  }
}

/** What memory has told the thread: a reminder of its changes, what a search brought back, what was written to it. */
function tellsOfMemory(message: WireEvent): boolean {
  if (message.message_type === 'user_message')
    return textParts(message.content).some((part) => isReminder(part) && /\bmemory\b/i.test(part));
  const servers: readonly string[] = SERVER_TOOLS;
  return callsOf(message).some(
    ({ name }) => name !== null && name !== undefined && (isWriting(name) || servers.includes(name)),
  );
}

/** What the person and the agent said, without reminders and tools; '' when nothing was. */
function retell(messages: readonly WireEvent[]): string {
  const said = messages.flatMap((message) => {
    const parts = textParts(message.content);
    if (message.message_type === 'assistant_message')
      return parts.join('').trim() === '' ? [] : [`You: ${parts.join('')}`];
    if (message.message_type !== 'user_message') return [];
    const text = personText(parts);
    return text === null || text.startsWith('{"type"') ? [] : [`The person: ${text}`];
  });
  const text = said.join('\n\n');
  if (text === '') return '';
  const kept = text.length > RETOLD ? `…\n${text.slice(-RETOLD)}` : text;
  return `This thread goes on from an earlier one. What was said there before:\n\n${kept}`;
}
