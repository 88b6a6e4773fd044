// A home that does not answer, as the chat sees it: what was last seen of it can be read, everything else says why not.
import type { AboutView } from '../protocol/about-views.ts';
import { t } from '../protocol/l10n.ts';
import type { Item } from '../protocol/transcript-views.ts';
import type { ChatHome, ListedThreads } from './home.ts';
import type { LastSeen } from './last-seen.ts';

export interface SeenHomeDeps {
  seen: LastSeen;
  /** What is known of the home without asking it. */
  about: Pick<AboutView, 'homeLabel' | 'homeKind' | 'trusted'>;
  /** What keeps it from answering, and what to do. */
  why(): string;
  /** Where messages that wait are kept; absolute. */
  queueFolder: string;
}

/** The open home, which lets the person see it again while it does not answer. */
export function keepingSeen(home: ChatHome, seen: LastSeen): ChatHome {
  const noted = async <T>(work: Promise<T>, keep: (value: T) => void): Promise<T> => {
    const value = await work;
    keep(value);
    return value;
  };
  seen.begin(home.about().agentId);
  /** Nobody asks for the list while it is not shown: what is shown goes into it. */
  let listed: ListedThreads['threads'] | undefined;
  const list = (threads: ListedThreads['threads']) => {
    listed = threads;
    seen.keep('threads', threads);
  };
  return {
    ...home,
    threads: {
      ...home.threads,
      list: (query) =>
        noted(home.threads.list(query), ({ threads }) => {
          // A search, or the newest alone, is not the list.
          if (!query.query && !query.archived && query.limit > 1) list(threads);
        }),
    },
    blocks: { ...home.blocks, list: () => noted(home.blocks.list(), (blocks) => seen.keep('blocks', blocks)) },
    skills: { ...home.skills, list: () => noted(home.skills.list(), (skills) => seen.keep('skills', skills)) },
    keep: ({ about, thread }) => {
      seen.keep('about', about);
      seen.keepThread(thread);
      const { threadId: id, title, items } = thread;
      const at = items.at(-1)?.date;
      if (!listed || !at) return;
      const known = listed.find((each) => each.id === id) ?? { createdAt: at };
      const others = listed.filter((each) => each.id !== id);
      const all = [...others, { ...known, id, title, updatedAt: at }];
      list(all.sort((a, b) => b.updatedAt.localeCompare(a.updatedAt)));
    },
  };
}

/** No thread: nothing was seen of any. */
const NONE = 'none';

export async function seenHome({ seen, about, why, queueFolder }: SeenHomeDeps): Promise<ChatHome> {
  const known = await seen.read('about');
  const nothing: AboutView = { ...about, agentId: '', agentName: 'Letta', model: '', demo: false };
  const refuse = async (): Promise<never> => {
    throw new Error(t('The agent’s home does not answer. {0}', why()));
  };
  const read = async <T>(value: Promise<T | undefined>): Promise<T> => (await value) ?? refuse();
  const threads = async () => (await seen.read('threads')) ?? [];
  const titleOf = async (id: string) => (await threads()).find((thread) => thread.id === id)?.title ?? '';
  return {
    about: () => ({ ...nothing, ...known, ...about, down: why() }),
    models: () => [],
    wake: () => {},
    sessions: {
      load: async (threadId) => {
        const thread = await seen.thread(threadId);
        if (thread) {
          const { title, items, pin } = thread;
          return { title, items, hasMore: false, ...(pin ? { pin } : {}) };
        }
        return { title: await titleOf(threadId), items: threadId === NONE ? [] : [notSeen()], hasMore: false };
      },
      older: refuse,
      newer: refuse,
      around: async () => undefined,
      run: refuse,
      take: () => {
        throw new Error(t('The agent’s home does not answer. {0}', why()));
      },
      queueFolder,
      titleFor: refuse,
    },
    threads: {
      list: async ({ limit, query = '', archived = false }) => {
        const words = query.trim().toLowerCase();
        const found = archived ? [] : (await threads()).filter(({ title }) => title.toLowerCase().includes(words));
        return { threads: found.slice(0, limit), hasMore: found.length > limit, hits: [] };
      },
      seen: () => {},
      create: async () => NONE,
      title: titleOf,
      archive: refuse,
      compact: refuse,
      rename: refuse,
      remove: refuse,
      fork: refuse,
      forkBefore: refuse,
      export: refuse,
      nameAnew: async () => undefined,
    },
    blocks: { list: () => read(seen.read('blocks')), save: refuse },
    memory: refuse,
    answers: refuse,
    attachments: refuse,
    memoryInUse: () => false,
    skills: {
      list: () => read(seen.read('skills')),
      called: async () => undefined,
      enable: refuse,
      desk: refuse,
      run: refuse,
      offered: refuse,
    },
    commands: { show: refuse, stop: refuse },
    stopSubagent: refuse,
    change: refuse,
    selectModel: refuse,
    settleModel: async () => {
      throw new Error(t('The agent’s home does not answer. Your message is still in the composer.'));
    },
  };
}

/** Stands for what a thread holds. */
const notSeen = (): Item => ({
  kind: 'notice',
  id: 'not-seen',
  text: t('This thread was not read on this computer lately. It is shown once the home answers.'),
  date: '',
});
