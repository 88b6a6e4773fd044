// What the chat asks of an open home, answered by the rooms behind it.
import { join } from 'node:path';
import * as vscode from 'vscode';
import { describeWith } from './agent/describe.ts';
import type { TurnEvent, TurnStart } from './agent/events.ts';
import type { TurnRecords } from './agent/turn-records.ts';
import type { Attaching } from './attaching.ts';
import type { ChatHome } from './chat/home.ts';
import type { ReadThreads } from './chat/read-threads.ts';
import type { Core } from './core.ts';
import type { HomeModels } from './home-models.ts';
import { listBlocks, saveBlock } from './memory/blocks.ts';
import { storageOf } from './open-home.ts';
import type { Parts } from './parts.ts';
import type { AboutView } from './protocol/about-views.ts';
import { t } from './protocol/l10n.ts';
import type { BlockView } from './protocol/memory-views.ts';
import type { TranscriptPager } from './threads/pager.ts';

export interface HomeChatDeps extends Omit<Core, 'askBeside' | 'openBeside' | 'undo' | 'answering'> {
  parts: Parts;
  models: HomeModels;
  records: TurnRecords;
  /** What the person has seen of threads. */
  seen: ReadThreads;
  about(): AboutView;
  blocks(): Promise<BlockView[]>;
  /** A turn of an open thread begins. */
  turnBegins(): void;
  wake(): void;
}

export function homeChat(home: HomeChatDeps): ChatHome {
  const { deps, connection, changes, parts, models } = home;
  let attaching: Promise<Attaching> | undefined;
  const chat: ChatHome = {
    about: () => home.about(),
    models: () => models.choice.models,
    wake: () => home.wake(),
    sessions: sessions(home),
    threads: threads(home),
    blocks: {
      list: () => home.blocks(),
      save: async (blockId, value, base) => {
        const result = await saveBlock(connection, changes, { blockId, value, base });
        if (result.outcome === 'saved') void deps.refresh('blocks');
        return result;
      },
    },
    memory: () => parts.loadInspector(),
    answers: () => parts.loadReceipts(),
    attachments: () => (attaching ??= loadAttaching(home, () => chat)),
    memoryInUse: () => parts.inspected,
    skills: {
      list: async () => (await parts.loadSkills()).views(),
      called: async (message) => {
        const [library, { callSkill }] = await Promise.all([parts.loadSkills(), import('./skills/call-skill.ts')]);
        const skill = await callSkill(await library.all(), message);
        return skill && { skill, source: (await library.reviewed(skill.name)) ? 'skill' : 'unreviewedSkill' };
      },
      enable: async (id, enabled) => (await parts.loadSkills()).enable(id, enabled),
      desk: async () => (await parts.loadSkills()).desk,
      run: async (command, id) => void vscode.commands.executeCommand(command, ...(id === undefined ? [] : [id])),
      offered: async (answer) => (await parts.learned.loadLearning()).answered(answer),
    },
    commands: {
      show: async (callId) => (await parts.loadHands()).commands.show(callId),
      stop: async (callId) => (await parts.loadHands()).commands.stop(callId),
    },
    stopSubagent: async (callId) => (await parts.loadHands()).beyond.stopSubagent(callId),
    change: async (...change) => (await import('./applying.ts')).applyForPerson(await parts.loadHands(), ...change),
    selectModel: (handle) => models.choice.select(handle),
    settleModel: async () => {
      const before = models.choice.current;
      const settled = await models.settle();
      if (models.choice.current !== before) await deps.refresh('about');
      return settled;
    },
  };
  return chat;
}

/** Threads that `@` offers: the newest. */
const MENTIONED_THREADS = 200;

async function loadAttaching(
  { deps, connection, agent, journal, parts }: HomeChatDeps,
  chat: () => ChatHome,
): Promise<Attaching> {
  const [{ Attaching: Loaded }, { seenBy }, judge] = await Promise.all([
    import('./attaching.ts'),
    import('./agent/seen.ts'),
    parts.loadJudge(),
  ]);
  return new Loaded({
    hands: () => parts.loadHands(),
    threads: async () => (await chat().threads.list({ limit: MENTIONED_THREADS })).threads,
    blocks: () => listBlocks(connection, agent.id),
    skills: () => chat().skills.list(),
    called: (message) => chat().skills.called(message),
    thread: async (id) => {
      const [{ items }, seen = ['tool' as const]] = await Promise.all([chat().sessions.load(id), seenBy(journal, id)]);
      return { items, seen: ['workspace', ...seen] };
    },
    // In its thread: its tables are large.
    masked: async (text) => (await judge.decide({ label: '', before: null, after: text, seen: [] })).masked,
    folder: deps.context.globalStorageUri.fsPath,
  });
}

const ELSEWHERE = t('Another window is answering in this thread. Wait until it is done, or stop it there.');

function sessions({
  deps,
  connection,
  agent,
  journal,
  threads,
  pins,
  holds,
  parts,
  records,
  turnBegins,
}: HomeChatDeps) {
  let pager: Promise<TranscriptPager> | undefined;
  const loadPager = () => {
    pager ??= Promise.all([parts.loadHands(), import('./threads/pager.ts')]).then(
      ([{ tools }, { TranscriptPager: Loaded }]) =>
        new Loaded({
          connection,
          agentId: agent.id,
          describe: describeWith(tools),
          memory: (threadId) => journal.read(threadId),
        }),
    );
    return pager;
  };
  return {
    load: async (threadId) => {
      const [thread, page, pin, { todos }] = await Promise.all([
        threads.get(threadId),
        loadPager().then((p) => p.newest(threadId)),
        pins.read(threadId).catch(() => undefined),
        parts.loadHands().then((hands) => hands.beyond.notes.open(threadId)),
      ]);
      const fresh = (await parts.loadHands()).freshened(page);
      return {
        title: thread.title,
        ...fresh,
        ...(pin ? { pin: { kind: pin.kind, at: pin.at } } : {}),
        todos,
        elsewhere: holds.elsewhere(threadId),
        tokens: async () => {
          const { contextTokens } = await import('./letta/context-tokens.ts');
          return contextTokens(connection, agent.id, threadId);
        },
      };
    },
    take: (threadId, stop) => {
      const hold = holds.take(threadId, stop);
      if (!hold) throw new Error(ELSEWHERE);
      return hold;
    },
    older: async (threadId, before) =>
      (await parts.loadHands()).freshened(await (await loadPager()).older(threadId, before)),
    around: async (threadId, messageId) => {
      const page = await (await loadPager()).around(threadId, messageId);
      return page && (await parts.loadHands()).freshened(page);
    },
    newer: async (threadId, after) =>
      (await parts.loadHands()).freshened(await (await loadPager()).newer(threadId, after)),
    queueFolder: join(storageOf(deps.context), 'queue'),
    titleFor: (threadId, text) => threads.nameAfter(threadId, text),
    run: async (threadId, start, ask, signal, sink, question) => {
      turnBegins();
      const one = async (each: TurnStart, told: (event: TurnEvent) => void) =>
        (await parts.loadHands()).run(threadId, each, ask, signal, told, question);
      if (start.kind !== 'attach' && start.kind !== 'follow') {
        const noted = records.following(threadId, start, sink);
        return parts.turns.during(threadId, noted, (told) => one(start, told)).finally(() => parts.worked());
      }
      const [{ follow }, { lastRun }] = await Promise.all([import('./agent/follow.ts'), import('./letta/history.ts')]);
      const last = () => lastRun(connection, agent.id, threadId);
      const attach = (id: string, told: (event: TurnEvent) => void) => {
        const run = { kind: 'attach' as const, runId: id };
        return one(run, records.following(threadId, run, told));
      };
      const runId = start.kind === 'attach' ? start.runId : undefined;
      const followed = (told: (event: TurnEvent) => void) =>
        follow({ holds, last, attach }, { threadId, runId, signal }, told);
      return parts.turns.during(threadId, sink, followed, false).finally(() => parts.worked());
    },
  } satisfies ChatHome['sessions'];
}

function threads(home: HomeChatDeps) {
  const { connection, agent, journal, memory, threads: stored, pins, parts, seen } = home;
  const created = (create: () => Promise<string>) => memory.created(agent.id, create);
  return {
    list: async ({ limit, query = '', archived = false }) => {
      const searching = query.trim() !== '' && !archived;
      const [{ threads: page, hasMore }, pinned, unread, hits] = await Promise.all([
        stored.page({ limit, query, archived }),
        pins.all(),
        seen.unread(),
        searching
          ? import('./threads/find.ts').then(({ findInThreads }) => findInThreads(connection, agent.id, stored, query))
          : [],
      ]);
      const here = vscode.workspace.name;
      const list = page.map(({ workspace, ...thread }) => ({
        ...thread,
        ...(pinned(thread.id) ? { pinned: true } : {}),
        ...(unread(thread) ? { unread: true } : {}),
        ...(workspace !== undefined && workspace !== here ? { workspace } : {}),
      }));
      return { threads: list, hasMore, hits };
    },
    seen: (threadId, at) => seen.mark(threadId, at),
    archive: (threadId, archived) => stored.archive(threadId, archived),
    title: async (threadId) => (await stored.get(threadId)).title,
    create: () => created(() => stored.create()),
    rename: (threadId, title) => stored.rename(threadId, title),
    remove: async (threadId) => {
      await stored.remove(threadId);
      await pins.remove(threadId);
      await (await parts.loadHands()).beyond.notes.remove(threadId);
    },
    fork: async (threadId) => {
      const fork = await created(() => stored.fork(threadId));
      await inherit(home, threadId, fork);
      return fork;
    },
    forkBefore: async (threadId, messageId) => {
      const { forkBefore } = await import('./threads/fork-before.ts');
      const title = `${(await stored.get(threadId)).title} (fork)`;
      const fork = await forkBefore(connection, agent.id, threadId, messageId, { title });
      await created(async () => fork.threadId);
      await inherit(home, threadId, fork.threadId);
      return { threadId: fork.threadId, reminders: fork.retold === undefined ? [] : [fork.retold] };
    },
    export: async (threadId) => {
      const [{ exportThread }, { maskSecrets }, { tools }, thread] = await Promise.all([
        import('./commands/export-thread.ts'),
        import('./permissions/secrets.ts'),
        parts.loadHands(),
        stored.get(threadId),
      ]);
      const memoryOf = () => journal.read(threadId);
      const describe = describeWith(tools);
      await exportThread({ connection, agent, thread, describe, memory: memoryOf, mask: maskSecrets });
    },
    compact: async (threadId, signal) =>
      (await import('./threads/compact.ts')).compact(connection, agent.id, threadId, signal),
    nameAnew: async (threadId, given, said) => {
      if (home.models.choice.demo) return undefined;
      const { nameThread } = await import('./threads/name-thread.ts');
      return nameThread({ connection, agentId: agent.id, threads: stored }, { threadId, given, said });
    },
  } satisfies ChatHome['threads'];
}

/** A copy has read what its thread has read, and what it writes to memory is judged by that; plan and pinned memory come along. */
async function inherit({ journal, pins, parts }: HomeChatDeps, from: string, to: string): Promise<void> {
  const { inheritSeen } = await import('./agent/seen.ts');
  await inheritSeen(journal, from, to);
  await pins.inherit(from, to);
  await (await parts.loadHands()).beyond.notes.inherit(from, to);
}
