// A thread as it was before a message of the person, to go on from there: it has read what the first one has read.
import { inheritSeen } from './agent/seen.ts';
import type { Core } from './core.ts';
import { type ForkedBefore, forkBefore } from './threads/fork-before.ts';
import { titleFrom } from './threads/threads.ts';

export interface ForkThreadDeps extends Pick<Core, 'connection' | 'journal' | 'pins'> {
  agentId: string;
  created(create: () => Promise<string>): Promise<string>;
}

/**
 * @returns the new thread, and what its first message has to tell
 * @throws ForkError, LettaError, JournalError
 */
export async function forkThread(
  { connection, agentId, journal, pins, created }: ForkThreadDeps,
  { threadId, messageId, text }: { threadId: string; messageId: string; text: string },
): Promise<{ threadId: string; reminders: string[] }> {
  const title = `${titleFrom(text)} (restored)`;
  let made: ForkedBefore | undefined;
  const fork = await created(async () => {
    made = await forkBefore(connection, agentId, threadId, messageId, { title });
    return made.threadId;
  });
  // Before anything is asked there.
  await inheritSeen(journal, threadId, fork);
  await pins.inherit(threadId, fork);
  return { threadId: fork, reminders: made?.retold === undefined ? [] : [made.retold] };
}
