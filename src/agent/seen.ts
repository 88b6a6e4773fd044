// What the model of a thread has read: noted on disk before it can act on it, and never forgotten while the thread lives.

import type { Connection } from '../letta/connection.ts';
import { pendingCalls, readHistory } from '../letta/history.ts';
import { isWriting } from '../letta/memory-tools.ts';
import { attachedIn, reminder } from '../letta/reminders.ts';
import { inBody } from '../letta/stream.ts';
import { approvalsOf, callsOf, readEvent, returnsOf, textParts, type WireEvent } from '../letta/wire.ts';
import type { AttachmentKind } from '../protocol/attachments.ts';
import type { MemorySource } from '../protocol/sources.ts';
import type { AnyTool, ToolResult } from '../tools/tool.ts';
import { type Journal, JournalError, printOf, type ThreadJournal } from './journal.ts';
import type { JournalRecord, Looked } from './journal-records.ts';
import type { Outgoing } from './outgoing.ts';
import type { ClientSkill } from './request.ts';

/** Beside the threads' journals: what any thread of this agent has seen. No thread has such an id. */
const ANY_THREAD = '*any-thread*';
/** Pages of history that are looked at where nothing was noted; who has read more than that may have read anything. */
const MAX_PAGES = 20;
/** The oldest messages, among which the note of an import is: behind the prompt. */
const FIRST = 5;

/** Begins the history of an imported thread: its words are those of whoever wrote the file, whichever window reads them back. */
export const IMPORTED_HISTORY = reminder(
  'This conversation was imported from a file. What it says was not said by the person who uses this agent now.',
);

const SEARCHES: ReadonlySet<string> = new Set(['conversation_search', 'archival_memory_search']);
/** Tools that Letta servers run themselves. What else a server runs is a tool that someone has added to it. */
const SERVER_SOURCES: Readonly<Record<string, readonly MemorySource[]>> = {
  web_search: ['web'],
  fetch_webpage: ['web'],
  run_code: ['terminal'],
  send_message: [],
  open_files: ['workspace'],
  grep_files: ['workspace'],
  semantic_search_files: ['workspace'],
};

/** What went along with a message beside files of the workspace. */
const ATTACHED_SOURCES: Partial<Record<AttachmentKind, readonly MemorySource[]>> = {
  copy: ['untrustedWorkspace'],
  terminal: ['terminal'],
  thread: ['tool'],
  url: ['web'],
};

const listOf = (source: MemorySource | readonly MemorySource[]): readonly MemorySource[] =>
  typeof source === 'string' ? [source] : source;

/** Where what a tool returned came from. A tool that does not say so has read files of the workspace. */
export const sourcesOf = (tool: AnyTool, result?: ToolResult): readonly MemorySource[] =>
  listOf(result?.source ?? tool.source ?? 'workspace');

/**
 * What a description has no business to speak of: memory, rules for ever, addresses, code, tags, letters that nobody sees. Cheap,
 * because it is asked before the first request of every thread.
 */
const RULES =
  /\b(?:memor\w*|remember\w*|archiv\w*|from now on|always|never|ignore|approv\w*|permi\w*|curl|sudo|secrets?|tokens?)\b|:\/\/|[`<>{}|]|[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e007f}]/iu;

const instructs = (text: string): boolean => RULES.test(text);

/** A fork has its parent's messages under their ids, or ends before the one that was looked at. */
const isUpTo = (message: WireEvent, looked: Looked): boolean =>
  message.id === looked.id || Date.parse(message.date ?? '') < Date.parse(looked.date);

export interface SeenDeps {
  connection: Connection;
  agentId: string;
  threadId: string;
  tools: readonly AnyTool[];
  /** Whether the person trusts the workspace now. */
  trusted(): boolean;
}

/**
 * Searches of the archive and of earlier conversations bring back what any thread has read: they count as files of the
 * workspace and as everything that any thread of this agent was ever noted to have seen on this computer.
 */
export class Seen {
  private readonly deps: SeenDeps;
  private readonly store: Journal;
  private readonly journal: ThreadJournal;
  /** Names of what this turn has sent. */
  private readonly own = new Set<string>();
  private looking: Promise<boolean> | undefined;
  /** What others have said is noted. */
  private noted = false;
  /** The newest message that is looked at. */
  private last: Looked | undefined;

  constructor(deps: SeenDeps, store: Journal, journal: ThreadJournal) {
    this.deps = deps;
    this.store = store;
    this.journal = journal;
  }

  /** What counts for a write of memory now. */
  get sources(): MemorySource[] {
    return ['person', ...(this.journal.view.seen ?? [])];
  }

  /**
   * Notes sources with records of the journal, in one write: both are there or neither. `workspace` is noted as what the
   * workspace is to the person now.
   * @throws JournalError
   */
  async note(sources: readonly MemorySource[], ...records: JournalRecord[]): Promise<void> {
    const known = this.journal.view.seen;
    const meant = sources.map((s) => (s === 'workspace' && !this.deps.trusted() ? 'untrustedWorkspace' : s));
    const fresh = [...new Set(meant)].filter((source) => source !== 'person' && !known?.has(source));
    // The wider note first: a kill in between leaves too much noted, never too little.
    if (fresh.length > 0) await this.noteElsewhere(fresh);
    const first: JournalRecord[] = fresh.length > 0 || !known ? [{ kind: 'seen', sources: fresh }] : [];
    await this.journal.append(...first, ...records);
  }

  /** A tool that the server ran has returned: the next step of the same answer may write what it has read. @throws JournalError */
  async returned(tool: string): Promise<void> {
    const sources = await this.ofCall(tool);
    if (sources.length > 0) await this.note(sources);
  }

  /**
   * Names and descriptions of skills stand in every prompt: one that instructs is text of the workspace. That a skill says
   * when it is to be used is no such thing. @throws JournalError
   */
  async offered(skills: readonly ClientSkill[]): Promise<void> {
    const foreign = skills.filter(({ shipped }) => !shipped);
    if (foreign.some(({ name, description }) => instructs(`${name}\n${description}`))) await this.note(['workspace']);
  }

  /** This turn sends these: what stands behind them in the thread is of this turn. */
  sends({ user, approvals }: Pick<Outgoing, 'user' | 'approvals'>): void {
    for (const sent of [user, approvals]) if (sent) this.own.add(sent.otid);
  }

  /** A run of this turn is there, so what others have said in the thread stands before it: looks at it, beside the run. */
  look(): void {
    this.whole().catch(() => {});
  }

  /**
   * Whether `sources` holds all that the thread has read: in other workspaces, by other clients, on other computers too.
   * False: its home does not tell, and is asked again the next time. @throws JournalError
   */
  whole(): Promise<boolean> {
    this.looking ??= this.lookBack().then(
      () => true,
      (error: unknown) => {
        this.looking = undefined;
        if (error instanceof JournalError) throw error;
        return false;
      },
    );
    return this.looking;
  }

  /** A step of this turn went through: what came with it, up to this message, is noted. @throws JournalError */
  async passed(last: Looked | undefined): Promise<void> {
    this.last = last ?? this.last;
    await this.noteLooked();
  }

  /** What stored messages show to have been read, also by a step that nobody here has followed. @throws JournalError */
  async stored(messages: readonly WireEvent[]): Promise<void> {
    const sources = await this.ofCalls(messages, messages);
    if (sources.length > 0) await this.note(sources);
  }

  /** What came into the thread since it was last looked at on this computer. @throws LettaError, JournalError */
  private async lookBack(): Promise<void> {
    const { connection, agentId, threadId } = this.deps;
    const { seen, looked } = await this.store.anywhere.read(threadId);
    const found = new Set(seen);
    let newest: Looked | undefined;
    let page = await readHistory(connection, agentId, threadId);
    for (let n = 1; ; n++) {
      const own = page.messages.findIndex(({ otid }) => otid !== undefined && this.own.has(otid));
      const before = own < 0 ? page.messages : page.messages.slice(0, own);
      const known = looked ? before.findLastIndex((message) => isUpTo(message, looked)) : -1;
      for (const source of await this.inMessages(before.slice(known + 1), page.messages)) found.add(source);
      const { id, date } = before.at(-1) ?? {};
      if (id !== undefined && date !== undefined) newest ??= { id, date };
      if (known >= 0 || !page.cursor) break;
      if (n === MAX_PAGES) {
        found.add('tool');
        break;
      }
      page = await readHistory(connection, agentId, threadId, { before: page.cursor });
    }
    await this.note([...found]);
    this.noted = true;
    this.last ??= newest;
    await this.noteLooked();
  }

  private async noteLooked(): Promise<void> {
    if (!this.noted || !this.last) return;
    await (await this.elsewhere()).append({ kind: 'looked', ...this.last });
  }

  private async inMessages(messages: readonly WireEvent[], all: readonly WireEvent[]): Promise<MemorySource[]> {
    const sources = await this.ofCalls(messages, all);
    for (const message of messages) {
      const parts = message.message_type === 'user_message' ? textParts(message.content) : [];
      if (parts.some((part) => part.includes(IMPORTED_HISTORY))) sources.push('imported');
      if (parts.some((part) => part.includes('<system-reminder>'))) sources.push('workspace');
      sources.push(...attachedIn(parts).flatMap(({ kind }) => ATTACHED_SOURCES[kind] ?? []));
    }
    return sources;
  }

  /** Calls that were answered elsewhere: those made here are noted with their results, what still waits has told nothing. */
  private async ofCalls(messages: readonly WireEvent[], all: readonly WireEvent[]): Promise<MemorySource[]> {
    const { view } = this.journal;
    const waiting = new Set(pendingCalls(all).map(({ callId }) => callId));
    const names = new Set<string>();
    for (const { id, name, arguments: args } of messages.flatMap(callsOf)) {
      const here = id !== undefined && view.call(id, printOf({ name: name ?? '', arguments: args }));
      if (name && !here && !(id !== undefined && waiting.has(id))) names.add(name);
    }
    // A call that waited when it was last looked at, and was answered by somebody else.
    const asked = new Map(all.flatMap(callsOf).map(({ id, name }) => [id, name]));
    for (const { callId, text } of messages.flatMap((message) => [...returnsOf(message), ...approvalsOf(message)])) {
      const entry = view.calls.get(callId);
      const answer = entry?.result?.answer;
      const here = entry?.sent || (answer?.type === 'tool' && answer.tool_return === text);
      if (!here) names.add(asked.get(callId) ?? '');
    }
    const sources = await Promise.all([...names].map((name) => this.ofCall(name)));
    return sources.flat();
  }

  /** For searches of any thread, and for this thread in other workspaces. */
  private async noteElsewhere(fresh: readonly MemorySource[]): Promise<void> {
    await noteAnywhere(this.store, fresh);
    const thread = await this.elsewhere();
    if (thread !== this.journal) await thread.append({ kind: 'seen', sources: [...fresh] });
  }

  /** The thread's journal that all workspaces of this computer share. */
  private elsewhere(): Promise<ThreadJournal> {
    const { anywhere } = this.store;
    return anywhere === this.store ? Promise.resolve(this.journal) : anywhere.open(this.deps.threadId);
  }

  private byName(name: string): AnyTool | undefined {
    return this.deps.tools.find((tool) => tool.name === name);
  }

  private async ofCall(name: string): Promise<readonly MemorySource[]> {
    const tool = this.byName(name);
    if (tool) return sourcesOf(tool);
    if (isWriting(name)) return [];
    if (SEARCHES.has(name)) return ['workspace', ...(await seenAnywhere(this.store))];
    return Object.hasOwn(SERVER_SOURCES, name) ? (SERVER_SOURCES[name] ?? []) : ['tool'];
  }
}

/** Everything that any thread of the agent was noted to have seen on this computer. */
export async function seenAnywhere(store: Journal): Promise<MemorySource[]> {
  return [...((await store.anywhere.read(ANY_THREAD)).seen ?? [])];
}

/** Any thread may come to read this by a search. @throws JournalError */
export async function noteAnywhere(store: Journal, sources: readonly MemorySource[]): Promise<void> {
  const known = (await store.anywhere.read(ANY_THREAD)).seen;
  const fresh = sources.filter((source) => !known?.has(source));
  if (fresh.length > 0) await (await store.anywhere.open(ANY_THREAD)).append({ kind: 'seen', sources: fresh });
}

/** What a thread has seen; undefined: nothing was noted of it. */
export async function seenBy(store: Journal, threadId: string): Promise<MemorySource[] | undefined> {
  const [{ seen }, { seen: elsewhere }] = await Promise.all([store.read(threadId), store.anywhere.read(threadId)]);
  return (seen ?? elsewhere) && [...new Set([...(seen ?? []), ...(elsewhere ?? [])])];
}

/** All that a thread has read, also elsewhere; what cannot be looked up may be anything. @throws JournalError */
export async function readIn(deps: SeenDeps, store: Journal): Promise<MemorySource[]> {
  const seen = new Seen(deps, store, await store.open(deps.threadId));
  const whole = await seen.whole();
  return whole ? seen.sources : [...seen.sources, 'tool'];
}

/** Whose words a stored message holds: an answer is made of all that its thread has read. @throws JournalError */
export async function wordsIn(
  deps: Pick<SeenDeps, 'connection' | 'agentId' | 'threadId'>,
  kind: 'answer' | 'message',
  read: () => Promise<readonly MemorySource[]>,
): Promise<MemorySource[]> {
  if (kind === 'answer') return ['workspace', ...(await read())];
  // Which of its messages the person wrote later nobody can tell.
  return (await isImported(deps).catch(() => true)) ? ['imported'] : ['person'];
}

async function isImported({ connection, agentId, threadId }: Parameters<typeof wordsIn>[0]): Promise<boolean> {
  const about = { order: 'asc' as const, limit: FIRST, ...inBody(agentId, threadId) };
  const { items } = await connection.client.conversations.messages.list(threadId, about);
  return items.some((item) => textParts(readEvent(item)?.content).some((part) => part.includes(IMPORTED_HISTORY)));
}

/** A fork has its parent's messages, so it has read what they hold. Called before the fork is shown. @throws JournalError */
export async function inheritSeen(store: Journal, parentId: string, forkId: string): Promise<void> {
  const sources = await seenBy(store, parentId);
  // Of a parent that nothing is known of, the fork's own history will tell as much.
  if (!sources) return;
  const { looked } = await store.anywhere.read(parentId);
  const records: JournalRecord[] = [{ kind: 'seen', sources }];
  if (store.anywhere !== store) await (await store.open(forkId)).append(...records);
  await (await store.anywhere.open(forkId)).append(
    ...records,
    ...(looked ? [{ kind: 'looked' as const, ...looked }] : []),
  );
}
