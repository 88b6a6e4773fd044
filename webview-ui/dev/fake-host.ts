// A host that is not there: speaks the protocol from fixtures, so that the view can be looked at and tested alone.

import type { BlockView, PassageView, ReviewView } from '../../src/protocol/memory-views.ts';
import type { Init } from '../../src/protocol/messages.ts';
import { type Handlers, HostEnd } from '../../src/protocol/rpc.ts';
import type { SkillView } from '../../src/protocol/skill-views.ts';
import type { MessageHit, PatchOp, Snapshot, ThreadView } from '../../src/protocol/thread-views.ts';
import type { Item } from '../../src/protocol/transcript-views.ts';
import { memoryHandlers } from './fake-memory.ts';
import { ABOUT, BLOCKS, MODELS, previewOf, SKILLS, snapshotOf, THREADS } from './fixtures.ts';
import { passages, RECEIPT } from './memory-fixtures.ts';

export interface Scene {
  init?: Partial<Init>;
  snapshot?: Snapshot;
  threads?: ThreadView[];
  hits?: MessageHit[];
  blocks?: BlockView[];
  reviews?: ReviewView[];
  passages?: PassageView[];
  skills?: SkillView[];
  /** Replaces single handlers. */
  handlers?: Partial<Handlers>;
}

export class FakeHost {
  readonly end: HostEnd;
  /** What the view asked, in order. */
  readonly asked: { method: string; params: unknown }[] = [];
  readonly logged: string[] = [];
  thread: Snapshot;
  blocks: BlockView[];
  reviews: ReviewView[];
  passages: PassageView[];
  threads: ThreadView[];
  readonly hits: MessageHit[];

  constructor(post: (message: unknown) => void, scene: Scene = {}) {
    this.thread = scene.snapshot ?? snapshotOf([]);
    this.blocks = scene.blocks ?? [...BLOCKS];
    this.reviews = scene.reviews ?? [];
    this.passages = scene.passages ?? passages(3);
    this.threads = scene.threads ?? [...THREADS];
    this.hits = scene.hits ?? [];
    const handlers = { ...this.handlers(scene.init ?? {}, scene.skills ?? SKILLS), ...scene.handlers };
    this.end = new HostEnd(post, this.recording(handlers), (text) => this.logged.push(text));
  }

  /** Sends one patch to the view and does the same to the host's own copy, roughly. */
  patch(...ops: PatchOp[]): void {
    this.thread = { ...this.thread, rev: this.thread.rev + 1 };
    for (const op of ops) {
      if (op.op === 'item') this.thread.items = [...this.thread.items, op.item];
      if (op.op === 'running') this.thread.running = op.running;
      if (op.op === 'approvals') this.thread.approvals = op.approvals;
      if (op.op === 'questions') this.thread.questions = op.questions;
      if (op.op === 'todos') this.thread.todos = op.todos;
      if (op.op === 'queued') this.thread.queued = op.queued;
    }
    this.end.send('patch', { threadId: this.thread.threadId, rev: this.thread.rev, ops });
  }

  private recording(handlers: Handlers): Handlers {
    const names = Object.keys(handlers) as (keyof Handlers)[];
    const entries = names.map((method) => [
      method,
      (params: never) => {
        this.asked.push({ method, params });
        return handlers[method](params);
      },
    ]);
    return Object.fromEntries(entries) as Handlers;
  }

  private handlers(init: Partial<Init>, mine: readonly SkillView[]): Handlers {
    const nothing = async () => ({});
    let about = { ...ABOUT, ...init.about };
    const sendAbout = () => this.end.send('about', { about, models: init.models ?? MODELS, mode });
    let mode = init.mode ?? 'standard';
    let skills = [...mine];
    return {
      ready: async ({ panel }) => ({
        about,
        models: MODELS,
        mode,
        panel: panel ?? 'chat',
        snapshot: this.thread,
        ...init,
      }),
      send: async ({ text }) => {
        const item: Item = { kind: 'user', id: `sent-${this.thread.rev}`, text, date: new Date().toISOString() };
        this.patch({ op: 'item', item });
        return {};
      },
      stop: async () => {
        this.patch({ op: 'running', running: false });
        return {};
      },
      continue: nothing,
      'agent.select': nothing,
      'home.retry': nothing,
      'home.select': nothing,
      remember: nothing,
      restore: nothing,
      retry: nothing,
      decide: async ({ approvalId }) => {
        this.patch({ op: 'approvals', approvals: this.thread.approvals.filter((a) => a.id !== approvalId) });
        return {};
      },
      answer: async ({ questionId }) => {
        const questions = (this.thread.questions ?? []).filter((q) => q.id !== questionId);
        this.patch({ op: 'questions', questions });
        return {};
      },
      showDiff: nothing,
      'command.show': nothing,
      'command.stop': nothing,
      'subagent.stop': nothing,
      changes: nothing,
      snapshot: async () => this.thread,
      older: async () => ({ items: [], hasMore: false }),
      newer: async () => ({ items: [], hasMore: false }),
      'threads.list': async ({ query, archived = false, limit }) => {
        const found = this.threads
          .filter((t) => (t.archived ?? false) === archived && t.title.toLowerCase().includes(query.toLowerCase()))
          .sort((a, b) => b.updatedAt.localeCompare(a.updatedAt));
        const hits =
          query === '' ? [] : this.hits.filter(({ text }) => text.toLowerCase().includes(query.toLowerCase()));
        return { threads: found.slice(0, limit), hasMore: found.length > limit, hits };
      },
      'threads.open': async ({ threadId }) => {
        const title = this.threads.find((t) => t.id === threadId)?.title ?? '';
        this.thread = snapshotOf(threadId === this.thread.threadId ? this.thread.items : [], { threadId, title });
        return { snapshot: this.thread };
      },
      'threads.new': async () => {
        this.thread = snapshotOf([], { threadId: `conv-new-${this.asked.length}`, title: '' });
        return this.thread;
      },
      'threads.rename': async ({ threadId, title }) => {
        this.threads = this.threads.map((t) => (t.id === threadId ? { ...t, title } : t));
        this.end.send('threads', {});
        return {};
      },
      'threads.delete': async ({ threadId }) => {
        this.threads = this.threads.filter((t) => t.id !== threadId);
        this.end.send('threads', {});
        return {};
      },
      'threads.archive': async ({ threadId, archived }) => {
        this.threads = this.threads.map((t) => (t.id === threadId ? { ...t, archived } : t));
        this.end.send('threads', {});
        return {};
      },
      'threads.openInEditor': async () => ({}),
      'threads.fork': async ({ threadId }) => snapshotOf(this.thread.items, { threadId: `${threadId}-fork` }),
      'threads.pin': async ({ pinned }) => {
        const pin = { kind: 'pinned' as const, at: '2026-11-21T14:00:00.000Z' };
        this.patch({ op: 'pin', ...(pinned ? { pin } : {}) });
        return {};
      },
      'answer.about': async () => ({ receipt: RECEIPT }),
      'answer.compare': nothing,
      'answer.askAgain': async ({ threadId, memory }) => {
        const pin = { kind: memory, at: '2026-11-20T09:30:00.000Z' };
        this.thread = { ...snapshotOf([], { threadId: `${threadId}-again`, title: 'Asked again' }), pin };
        return this.thread;
      },
      'answer.why': nothing,
      ...memoryHandlers(this),
      'skills.list': async () => skills,
      'skills.edit': nothing,
      'skills.new': nothing,
      'skills.move': nothing,
      'skills.fix': nothing,
      'skills.wrap': nothing,
      'skills.preview': async ({ skillId }) => previewOf(skills.find(({ id }) => id === skillId)),
      'skills.export': nothing,
      'skills.versions': nothing,
      'skills.import': nothing,
      'skills.try': nothing,
      'skills.revise': nothing,
      'skills.revision': nothing,
      'skills.offered': async () => {
        this.end.send('offer', null);
        return {};
      },
      'skills.delete': async ({ skillId }) => {
        skills = skills.filter((s) => s.id !== skillId);
        this.end.send('skills', skills);
        return {};
      },
      'skills.enable': async ({ skillId, enabled }) => {
        skills = skills.map((s) => (s.id === skillId ? { ...s, enabled } : s));
        this.end.send('skills', skills);
        return {};
      },
      'model.select': async ({ handle }) => {
        about = { ...about, model: handle, demo: handle.startsWith('demo/') };
        sendAbout();
        return {};
      },
      'mode.select': async (params) => {
        mode = params.mode;
        sendAbout();
        return {};
      },
      'model.connect': nothing,
      openLink: nothing,
      attach: async () => [],
      'queue.take': async ({ id }) => {
        const taken = this.thread.queued?.find((each) => each.id === id) ?? { id, text: '' };
        this.patch({ op: 'queued', queued: (this.thread.queued ?? []).filter((each) => each.id !== id) });
        return taken;
      },
      'queue.now': nothing,
      resend: nothing,
      'attach.find': async () => [],
      'attach.keep': async ({ name }) => ({ kind: 'copy', label: name, ref: 'kept' }),
      'attach.dropped': async () => [],
      'attach.share': nothing,
      copy: nothing,
      'links.find': async ({ hrefs }) => hrefs.map(() => true),
      'code.highlight': async () => null,
      'code.insert': nothing,
      'code.apply': nothing,
      'code.run': nothing,
    };
  }
}
