// What was said in a thread after a given message: the words of both sides and what tools did, in short, oldest first.
import type { Connection } from '../letta/connection.ts';
import { readHistory } from '../letta/history.ts';
import { memoryChange, serverToolTitle } from '../letta/memory-tools.ts';
import { personText } from '../letta/reminders.ts';
import { approvalsOf, callsOf, returnsOf, textParts, type WireEvent } from '../letta/wire.ts';

export interface Said {
  threadId: string;
  /** Of the stored message. */
  id: string;
  /** ISO 8601. */
  at: string;
  who: 'person' | 'agent' | 'tool';
  text: string;
  /** The person's message that began the turn, where it is among what was read. */
  causeId?: string;
}

export interface SaidSince {
  said: Said[];
  /** The newest stored message, said or not; null where there is none after the given one. */
  last: { id: string; at: string } | null;
  /** More was said than is ever read at once: the oldest of it is left out. */
  cut: boolean;
}

/** 2,500 messages: weeks of work. */
const MAX_PAGES = 50;
/** What a tool was asked and gave back, in characters. */
const ARGS = 160;
const RETURN = 300;

const short = (text: string, most: number): string => {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length > most ? `${flat.slice(0, most - 1)}…` : flat;
};

/**
 * @param after the last message read; `since`: where it is not known, messages from before (milliseconds since the epoch)
 * are left out. `model`: whom it is for; what is kept to local models is withheld from any other
 * @throws LettaError
 */
export async function saidSince(
  connection: Connection,
  agentId: string,
  threadId: string,
  { after, since, model }: { after?: { id: string; at: string } | undefined; since: number; model: string },
): Promise<SaidSince> {
  const from = after ? Date.parse(after.at) : since;
  let events: WireEvent[] = [];
  let page = await readHistory(connection, agentId, threadId, { forModel: model });
  let found = false;
  for (let n = 1; ; n++) {
    events = [...page.messages, ...events];
    found = after !== undefined && page.messages.some(({ id }) => id === after.id);
    const oldest = Date.parse(page.messages[0]?.date ?? '');
    if (found || !page.cursor || oldest < from || n === MAX_PAGES) break;
    page = await readHistory(connection, agentId, threadId, { before: page.cursor, forModel: model });
  }
  const at = found ? events.findLastIndex(({ id }) => id === after?.id) : -1;
  // Not found: the message was deleted, or nothing was read yet; times are seconds, so one of the same second is taken.
  const fresh = found ? events.slice(at + 1) : events.filter(({ date }) => !(Date.parse(date ?? '') < from));
  const newest = fresh.findLast(({ id }) => id !== undefined);
  return {
    said: saidIn(fresh, threadId),
    last: newest?.id ? { id: newest.id, at: newest.date ?? new Date(from).toISOString() } : null,
    cut: !found && page.cursor !== null && !(Date.parse(events[0]?.date ?? '') < from),
  };
}

/** Stored messages in words. What a memory tool gives back is memory, and stands there already. */
function saidIn(events: readonly WireEvent[], threadId: string): Said[] {
  const said: Said[] = [];
  const names = new Map<string, string>();
  let causeId: string | undefined;
  const add = (event: WireEvent, who: Said['who'], text: string): void => {
    if (text.trim() === '' || event.id === undefined) return;
    const cause = causeId === undefined ? {} : { causeId };
    said.push({ threadId, id: event.id, at: event.date ?? '', who, text: text.trim(), ...cause });
  };
  const result = (event: WireEvent, callId: string, status: string, text: string): void => {
    // Of a call that an earlier run has read only the result is news.
    const name = names.get(callId) ?? 'A tool';
    if (name === '') return;
    add(event, 'tool', `${name} ${status === 'error' ? 'failed' : 'gave'}: ${short(text, RETURN)}`);
  };
  for (const event of events) {
    switch (event.message_type) {
      case 'user_message': {
        const text = personText(textParts(event.content));
        // Alerts that a server puts into a person's mouth are JSON.
        if (text === null || text.startsWith('{"type"')) break;
        causeId = event.id;
        add(event, 'person', text);
        break;
      }
      case 'assistant_message':
        add(event, 'agent', textParts(event.content).join(''));
        break;
      case 'tool_call_message':
      case 'approval_request_message':
        for (const { id, name = '', arguments: args } of callsOf(event)) {
          const own = memoryChange(name, parsed(args)) !== undefined;
          if (id) names.set(id, own ? '' : name);
          if (name) add(event, 'tool', own ? titleOf(name, args) : `${name} ${short(args, ARGS)}`);
        }
        break;
      case 'tool_return_message':
        for (const { callId, status, text } of returnsOf(event)) result(event, callId, status, text);
        break;
      case 'approval_response_message':
        for (const { callId, status, text, answered } of approvalsOf(event))
          if (answered) result(event, callId, status, text);
        break;
    }
  }
  return said;
}

function titleOf(name: string, args: string): string {
  const { title, target = '' } = serverToolTitle(name, parsed(args));
  return `${title} ${target}`.trim();
}

function parsed(args: string): unknown {
  try {
    return JSON.parse(args);
  } catch {
    return undefined;
  }
}
