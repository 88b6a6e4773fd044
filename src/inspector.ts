// The memory inspector of one home: what the Memory panel asks, answered by the rooms below. Loaded when memory is first shown or
// written.
import { estimateTokenCount } from 'tokenx';
import * as vscode from 'vscode';
import type { MemoryCall } from './agent/memory-calls.ts';
import { ArchiveDesk } from './archive-desk.ts';
import { BlockDesk } from './block-desk.ts';
import type { ChatMemory } from './chat/home.ts';
import type { Connection } from './letta/connection.ts';
import { ARCHIVE } from './letta/memory-tools.ts';
import type { ChangeLog } from './memory/change-log.ts';
import { type ContextQuery, ContextWatch, type SentAlong } from './memory/context-view.ts';
import { BlockManager, type Grows } from './memory/manage-blocks.ts';
import { MemoryTimeline } from './memory/memory-timeline.ts';
import { blockTokens } from './memory/prompt-room.ts';
import { ReviewList } from './memory/review-list.ts';
import { searchEverywhere } from './memory/search.ts';
import type { CallNote, RevisionValue } from './memory/store/types.ts';
import type { MemoryStoreProxy } from './memory/store-client.ts';
import type { WriteCall } from './memory/undo-write.ts';
import { MemoryDiff } from './native/memory-diff.ts';
import { offerUndo } from './native/offer-undo.ts';
import { originView } from './origin-view.ts';
import { t } from './protocol/l10n.ts';
import type { BlockView, LineView, RevisionView } from './protocol/memory-views.ts';
import { type Filed, ReviewDesk } from './review-desk.ts';
import type { Threads } from './threads/threads.ts';
import { ThreadTitles } from './threads/titles.ts';

export interface InspectorDeps {
  connection: Connection;
  agentId: string;
  changes: ChangeLog;
  grows: Grows;
  threads: Threads;
  /** History and reviews of every home. */
  store: MemoryStoreProxy;
  /** Where deleted entries of the archive are kept for a while. */
  deletedPath: string;
  sentAlong(): Promise<SentAlong[]>;
  /** What a thread with pinned memory is shown of it; undefined: it is not pinned. */
  pinnedMemory(threadId: string): Promise<string | undefined>;
  refresh(what: 'blocks' | 'reviews' | 'archive'): Promise<void>;
  openThread(threadId: string, messageId?: string): Promise<void>;
  /** What a call wrote was taken back: its card is to say so from now on. */
  undone(call: WriteCall): Promise<void>;
  /** What a decision on a proposal that came from files needs and leads to. */
  filed: Filed;
  log(line: string): void;
}

/** Which lines of blocks may no longer be true. */
export interface LineDoubts {
  /** Memory was read. */
  saw(blocks: readonly BlockView[]): void;
  unverified(blockId: string): { line: string; why: string }[];
  expires(blockId: string, line: string): string | undefined;
  confirm(blockId: string, line: string): Promise<void>;
}

const HISTORY_PAGE = 50;
/** Who else has a block changes rarely. */
const SHARED_MS = 60_000;
export class Inspector implements ChatMemory, vscode.Disposable {
  private readonly deps: InspectorDeps;
  readonly store: MemoryStoreProxy;
  readonly timeline: MemoryTimeline;
  readonly desk: ReviewDesk;
  private readonly blocks: BlockManager;
  private readonly blockDesk: BlockDesk;
  readonly archiveDesk: ArchiveDesk;
  readonly archive: ChatMemory['archive'];
  private readonly contexts = new ContextWatch();
  readonly diff = new MemoryDiff();
  private readonly shared = new Map<string, { at: number; shared: boolean }>();
  doubts: LineDoubts | undefined;
  askExpiry: ((blockId: string, line: string) => Promise<void>) | undefined;
  private readonly titles: ThreadTitles;

  constructor(deps: InspectorDeps) {
    const { connection, agentId, changes, store, log } = deps;
    this.deps = deps;
    this.store = store;
    this.titles = new ThreadTitles(deps.threads);
    this.timeline = new MemoryTimeline({ connection, agentId, store: this.store, changes, log });
    this.blocks = new BlockManager(connection, agentId, deps.grows);
    this.archiveDesk = new ArchiveDesk({
      connection,
      agentId,
      store,
      deletedPath: deps.deletedPath,
      titles: () => this.titles.read(),
      refresh: () => deps.refresh('archive'),
      offerUndo: (message, undo) => this.offerUndo(message, undo),
      undone: (call) => deps.undone(call),
      log,
    });
    this.archive = this.archiveDesk.asked;
    this.blockDesk = new BlockDesk({
      blocks: this.blocks,
      changed: () => this.changed(),
      offerUndo: (message, undo) => this.offerUndo(message, undo),
      sweep: () => this.archiveDesk.deleted.sweep(),
      log,
    });
    this.desk = new ReviewDesk({
      connection,
      agentId,
      reviews: new ReviewList({ connection, agentId, store: this.store, changes }),
      blocks: this.blocks,
      diff: this.diff,
      filed: deps.filed,
      titles: () => this.titles.read(),
      changed: () => this.changed(),
      refresh: () => deps.refresh('reviews'),
      offerUndo: (message, undo) => this.offerUndo(message, undo),
      log,
    });
  }

  dispose(): void {
    this.blockDesk.dispose();
    this.diff.dispose();
  }

  // ── what turns tell ──────────────────────────────────────────────────────────────────────────────────────────────

  /** Notes a write that nobody has reviewed, before it is made: the mark must not be lost with the process. */
  mark({ callId, label, tool, args, seen, threadId }: MemoryCall): Promise<void> {
    const sources = seen.filter((source) => source !== 'person');
    const call = { callId, label, tool, args, threadId, at: Date.now(), maybe: true };
    return this.timeline.noteCall({ ...call, sources, review: 'unreviewed' });
  }

  /** Notes a call of a memory tool that succeeded. */
  note(call: Omit<CallNote, 'agentId'>): Promise<void> {
    return this.timeline.noteCall(call);
  }

  /** Records what stands in memory now. Never rejects. */
  async observe(blocks?: readonly BlockView[]): Promise<void> {
    try {
      await this.timeline.observe(blocks);
    } catch (error) {
      this.deps.log(`The history of memory could not be brought up to date: ${messageOf(error)}`);
    }
  }

  // ── blocks ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Adds to the blocks what this computer knows of them. Where it knows nothing, they stay as they are. */
  async decorate(blocks: BlockView[]): Promise<BlockView[]> {
    try {
      await this.timeline.observe(blocks);
      this.doubts?.saw(blocks);
      const { homeKey } = this.deps.connection;
      const ids = blocks.map((block) => block.id);
      const [newest, titles] = await Promise.all([
        this.store.newest(homeKey, ids),
        this.titles.read(),
        ...ids.map((id) => this.readShared(id)),
      ]);
      const byBlock = new Map(newest.map((revision) => [revision.blockId, revision]));
      return blocks.map((block) => {
        const revision = byBlock.get(block.id);
        const tokens = blockTokens(block);
        const shared = this.shared.get(block.id)?.shared === true;
        const unverified = this.doubts?.unverified(block.id) ?? [];
        return {
          ...block,
          tokens,
          shared,
          ...(revision ? { changed: originView(revision, titles) } : {}),
          ...(unverified.length > 0 ? { unverified } : {}),
        };
      });
    } catch (error) {
      this.deps.log(`The history of memory cannot be read: ${messageOf(error)}`);
      return blocks;
    }
  }

  create: ChatMemory['create'] = (block) => this.blockDesk.create(block);

  change: ChatMemory['change'] = (blockId, change) => this.blockDesk.change(blockId, change);

  async remove(blockId: string): Promise<void> {
    await this.observe();
    await this.blockDesk.remove(blockId);
  }

  attach(): Promise<void> {
    return this.blockDesk.attach();
  }

  /** Lists what was deleted, and restores what the person ticks. */
  restoreDeleted(): Promise<void> {
    return this.blockDesk.restoreDeleted(this.archiveDesk.deleted, () => this.deps.refresh('archive'));
  }

  // ── history ──────────────────────────────────────────────────────────────────────────────────────────────────────

  async history(blockId: string, before?: string): Promise<{ revisions: RevisionView[]; hasMore: boolean }> {
    if (before === undefined) await this.observe();
    const [page, titles] = await Promise.all([
      this.timeline.history(blockId, { limit: HISTORY_PAGE, ...(before ? { before } : {}) }),
      this.titles.read(),
    ]);
    const revisions = page.revisions.map((revision, i) => ({
      id: revision.id,
      origin: originView(revision, titles),
      added: revision.added,
      removed: revision.removed,
      summary: revision.excerpt,
      current: before === undefined && i === 0,
    }));
    return { revisions, hasMore: page.hasMore };
  }

  async compare(_blockId: string, revisionId: string, to?: string): Promise<void> {
    const revision = await this.existing(revisionId);
    if (to === undefined) {
      const before = { id: `before-${revision.id}`, title: 'before', text: revision.before };
      await this.diff.show(revision.label, before, { id: revision.id, title: when(revision.at), text: revision.value });
      return;
    }
    const other = await this.existing(to);
    const [left, right] = revision.at <= other.at ? [revision, other] : [other, revision];
    const side = ({ id, at, value }: typeof revision) => ({ id, title: when(at), text: value });
    await this.diff.show(revision.label, side(left), side(right));
  }

  async restore(_blockId: string, revisionId: string): Promise<BlockView> {
    const block = await this.timeline.restore(revisionId);
    await this.changed();
    return block;
  }

  async lines(blockId: string): Promise<LineView[]> {
    await this.observe();
    const [lines, titles] = await Promise.all([this.timeline.lines(blockId), this.titles.read()]);
    const unverified = this.doubts?.unverified(blockId) ?? [];
    return lines.map(({ text, revision }) => {
      const why = unverified.find(({ line }) => line.trim() === text.trim())?.why;
      const expires = this.doubts?.expires(blockId, text);
      return {
        text,
        origin: originView(revision, titles),
        ...(revision.cause ? { quote: revision.cause.text.slice(0, 500) } : {}),
        ...(why ? { unverified: why } : {}),
        ...(expires ? { expires } : {}),
      };
    });
  }

  /** Lines that nobody had reviewed, or that may be out of date, are right: one line, or those of the whole block. */
  async confirm(blockId: string, line?: string): Promise<void> {
    if (line !== undefined) await this.doubts?.confirm(blockId, line);
    const lines = await this.timeline.lines(blockId);
    const meant = lines.filter(({ text, revision }) => revision.review === 'unreviewed' && (line ?? text) === text);
    const [newest] = await this.store.newest(this.deps.connection.homeKey, [blockId]);
    const ids = new Set(meant.map(({ revision }) => revision.id));
    if (newest?.review === 'unreviewed' && line === undefined) ids.add(newest.id);
    for (const id of ids) await this.store.setReview(this.deps.connection.homeKey, id, 'accepted');
    await this.deps.refresh('blocks');
  }

  /** Takes back a write of the agent: that of a call, or the last one that nobody has reviewed. */
  async undo(label: string, call?: WriteCall): Promise<WriteCall | undefined> {
    const { connection, agentId, changes } = this.deps;
    if (label === ARCHIVE && call) {
      const { undoEntry } = await import('./memory/taught-archive.ts');
      await undoEntry(connection, agentId, this.archiveDesk.entries, call);
      await this.deps.undone(call);
      await this.deps.refresh('archive');
      return call;
    }
    const { undoWrite } = await import('./memory/undo-write.ts');
    const taken = await undoWrite({ connection, agentId, changes, timeline: this.timeline }, label, call);
    if (taken) await this.deps.undone(taken);
    await this.changed();
    return taken;
  }

  /** Asks how long a line holds. */
  async expire(blockId: string, line: string): Promise<void> {
    if (!this.askExpiry) throw new Error(t('Memory is still being read. Try again in a moment.'));
    await this.askExpiry(blockId, line);
  }

  async showTurn(threadId: string, messageId?: string): Promise<void> {
    await this.deps.openThread(threadId, messageId && (await this.itemOf(messageId)));
  }

  /** The view knows a message by the id that it was sent with, where it has one. */
  private async itemOf(messageId: string): Promise<string> {
    try {
      const variants = await this.deps.connection.client.messages.retrieve(messageId);
      const otid = variants.map((variant) => ('otid' in variant ? variant.otid : undefined)).find(Boolean);
      return otid ?? messageId;
    } catch {
      // Its own id is such an id already, or the server has no such route.
      return messageId;
    }
  }

  // ── review ───────────────────────────────────────────────────────────────────────────────────────────────────────

  reviews: ChatMemory['reviews'] = () => this.desk.views();

  accept: ChatMemory['accept'] = (id, text) => this.desk.accept(id, text);

  reject: ChatMemory['reject'] = (id) => this.desk.reject(id);

  decideAll: ChatMemory['decideAll'] = (ids, accept) => this.desk.decideAll(ids, accept);

  compareReview: ChatMemory['compareReview'] = (id) => this.desk.compare(id);

  // ── what became of blocks ───────────────────────────────────────────────────────────────────────────────────────────────

  /** What became of blocks since it was asked last: see `MemoryTimeline.since`. */
  async since(blocks: readonly BlockView[], known: Map<string, string>): Promise<RevisionValue[]> {
    await this.observe(blocks);
    return this.timeline.since(blocks, known);
  }

  // ── archive, context, search ─────────────────────────────────────────────────────────────────────────────────────

  async context(threadId: string) {
    return this.contexts.read(await this.contextQuery(threadId));
  }

  /** What the person sees marked in its context from now on is what changed after this. Never rejects. */
  async turnEnded(threadId: string): Promise<void> {
    try {
      await this.contexts.turnEnded(threadId, () => this.contextQuery(threadId));
    } catch (error) {
      this.deps.log(`What the turn has left in the context could not be read: ${messageOf(error)}`);
    }
  }

  private async contextQuery(threadId: string): Promise<ContextQuery> {
    const { connection, agentId, sentAlong, pinnedMemory } = this.deps;
    const [along, text] = await Promise.all([sentAlong(), pinnedMemory(threadId)]);
    const pinned =
      text === undefined ? undefined : { name: t('Pinned memory'), text, tokens: estimateTokenCount(text) };
    return { connection, agentId, threadId, along, pinned };
  }

  async search(query: string) {
    const { connection, agentId, log } = this.deps;
    const blocks = async () => (await import('./memory/blocks.ts')).listBlocks(connection, agentId);
    // What was said a moment ago is found.
    const titles = () => this.titles.shown();
    const deps = { connection, agentId, archive: this.archiveDesk.entries, blocks, titles, untitled: t('Thread'), log };
    return searchEverywhere(deps, query);
  }

  // ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────

  private async changed(): Promise<void> {
    await this.observe();
    await this.deps.refresh('blocks');
  }

  private offerUndo(message: string, undo: () => Promise<void>): void {
    offerUndo(message)
      .then((wanted) => (wanted ? undo() : undefined))
      .catch((error: unknown) => void vscode.window.showErrorMessage(messageOf(error)));
  }

  private async existing(revisionId: string) {
    const revision = await this.timeline.revision(revisionId);
    if (!revision) throw new Error(t('This state of the block is no longer known. Open the history again.'));
    return revision;
  }

  /** Whether other agents have the block. What cannot be told counts as its own. */
  private async readShared(blockId: string): Promise<void> {
    if (Date.now() - (this.shared.get(blockId)?.at ?? 0) < SHARED_MS) return;
    const shared = await this.blocks.isShared(blockId).catch(() => false);
    this.shared.set(blockId, { at: Date.now(), shared });
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const when = (at: string): string =>
  new Date(at).toLocaleString(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
