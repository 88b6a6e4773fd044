// Which conversation a chat client means. It names none: it sends all that was said so far, and that is looked for.
import type { Agent } from '../store/agents.ts';
import type { Conversation } from '../store/conversations.ts';
import { newId } from '../store/ids.ts';
import { isReminder } from '../store/message-text.ts';
import type { MessageBody } from '../store/messages.ts';
import type { Store } from '../store/store.ts';
import { fork, startConversation } from './conversations.ts';

export interface Said {
  role: 'user' | 'assistant';
  text: string;
}

/** How many conversations are looked through, the most recently used ones, and how far back in each. */
const CONVERSATIONS = 20;
const MESSAGES = 400;

/**
 * The conversation in which exactly this was said last. Where more was said since, as when an answer is asked for again, a
 * fork from that point. Where it was said nowhere, or nothing was said yet: a new one.
 * @param title of a new one
 * @returns `isNew`: nothing was said in it yet; `isMade`: it was not there before, and is of no use where nothing can be sent
 */
export function threadOf(
  store: Store,
  agent: Agent,
  before: readonly Said[],
  title: string,
): { owner: string; isNew: boolean; isMade: boolean } {
  const wanted = merged(before.map(({ role, text }) => ({ role, key: keyOf(text), place: 0 }))).reverse();
  if (wanted.length > 0) {
    let earlier: { conversation: Conversation; upTo: number } | undefined;
    for (const conversation of recent(store, agent)) {
      const { said, isWhole } = spokenIn(store, agent, conversation.id);
      const at = said.findIndex((_each, from) => matches(said, from, wanted, isWhole));
      if (at === 0) return { owner: conversation.id, isNew: false, isMade: false };
      if (at > 0) earlier ??= { conversation, upTo: said[at]?.place ?? 0 };
    }
    if (earlier) return { owner: fork(store, earlier.conversation, agent, earlier.upTo), isNew: false, isMade: true };
  }
  const id = newId('conv');
  store.write('durable', () => startConversation(store, agent, id, { summary: title === '' ? null : title }));
  return { owner: id, isNew: true, isMade: true };
}

/** One side's words in a row; `place` is that of their last message. */
interface Spoken {
  role: Said['role'];
  key: string;
  place: number;
}

function recent(store: Store, agent: Agent): Conversation[] {
  return store.conversations.list({
    agentId: agent.id,
    archive: 'unarchived',
    orderBy: 'last_message_at',
    descending: true,
    limit: CONVERSATIONS,
  });
}

/** Newest first. `isWhole`: nothing was said before. */
function spokenIn(store: Store, agent: Agent, owner: string): { said: Spoken[]; isWhole: boolean } {
  const rows = store.messages.list({ agentId: agent.id, owner, descending: true, limit: MESSAGES });
  const spoken = rows.toReversed().flatMap(({ message: { body }, place }): Spoken[] => {
    const text = wordsOf(body);
    if (body.role === 'user') return [{ role: 'user', key: keyOf(text), place }];
    // What ends a turn may be the result of a tool: a fork behind the words alone would leave a call without its result.
    if (body.role === 'assistant') return [{ role: 'assistant', key: keyOf(text), place }];
    return body.role === 'tool' ? [{ role: 'assistant', key: '', place }] : [];
  });
  return { said: merged(spoken).reverse(), isWhole: rows.length < MESSAGES };
}

function wordsOf(body: MessageBody): string {
  if (body.role === 'user')
    return body.content.map((part) => (part.type === 'text' && !isReminder(part.text) ? part.text : '')).join('');
  if (body.role === 'assistant') return body.blocks.map((block) => (block.type === 'text' ? block.text : '')).join('');
  return '';
}

/** Clients trim and wrap as they like. */
const keyOf = (text: string): string => text.replace(/\s+/g, '');

function merged(said: readonly Spoken[]): Spoken[] {
  const all: Spoken[] = [];
  for (const each of said) {
    const last = all.at(-1);
    if (last?.role === each.role) all[all.length - 1] = { ...each, key: last.key + each.key };
    else all.push(each);
  }
  return all;
}

/** Both newest first. */
function matches(said: readonly Spoken[], from: number, wanted: readonly Spoken[], isWhole: boolean): boolean {
  const rest = said.slice(from);
  if (isWhole ? rest.length !== wanted.length : rest.length > wanted.length) return false;
  return rest.every(({ role, key }, at) => role === wanted[at]?.role && key === wanted[at]?.key);
}
