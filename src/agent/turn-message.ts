// The person's message that a turn begins with: noted in a file before it is sent, so that it outlives whatever happens then.
import { randomUUID } from 'node:crypto';
import { reminder } from '../letta/reminders.ts';
import type { WireEvent } from '../letta/wire.ts';
import type { MemorySource } from '../protocol/sources.ts';
import type { Picture } from '../tools/picture-note.ts';
import type { TurnStart } from './events.ts';
import type { ThreadJournal } from './journal.ts';
import type { Outgoing } from './journal-records.ts';
import type { UserMessage } from './outgoing.ts';
import { reachOf } from './reach.ts';

export type MessageStart = Extract<TurnStart, { kind: 'message' }>;

export const partsOf = ({ reminders, skills = [], text }: MessageStart): string[] => [
  ...reminders.map(reminder),
  ...skills.map(({ part }) => part),
  text,
];

export const picturesOf = ({ pictures }: { pictures?: readonly Picture[] | undefined }) =>
  pictures && pictures.length > 0 ? { pictures: [...pictures] } : {};

/** Reminders hold what the editor shows, unless whoever sends them says otherwise. */
export const sourcesOfMessage = (message: { parts: string[]; sources?: readonly MemorySource[] | undefined }) =>
  message.sources ?? (message.parts.length > 1 ? (['workspace'] as const) : []);

/** @throws JournalError */
export async function noteMessage(journal: ThreadJournal, start: MessageStart, otid: string): Promise<void> {
  const sources = start.sources ? { sources: [...start.sources] } : {};
  const at = new Date().toISOString();
  const along = { parts: partsOf(start), ...picturesOf(start) };
  await journal.append({ kind: 'message', at, otid, text: start.text, ...along, ...sources });
}

/**
 * The journal's last message, as it is to be sent again; undefined: something came of it.
 * @param messages the newest stored ones, oldest first
 * @throws JournalError
 */
export async function unheard(
  journal: ThreadJournal,
  messages: readonly WireEvent[],
  { text, otid, parts, sources, pictures }: Outgoing,
): Promise<UserMessage | undefined> {
  switch (reachOf(messages, { text, otid })) {
    case 'answered':
      return undefined;
    case 'stored':
      return { otid, parts, ...picturesOf({ pictures }) };
    case 'missing': {
      // Under its old name some servers would answer with the failed run once more.
      const fresh = randomUUID();
      const along = { parts, ...picturesOf({ pictures }) };
      const again = { kind: 'message' as const, at: new Date().toISOString(), otid: fresh, text, ...along };
      await journal.append({ ...again, ...(sources ? { sources } : {}) });
      return { otid: fresh, ...along };
    }
  }
}
