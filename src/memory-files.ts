// Memory as files, of one open home: runs the mirror of the setting, exports, imports, and shares the project's block.
// Loaded when one of them is wanted.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { ForeignEntries } from './agent/foreign-entries.ts';
import type { Journal } from './agent/journal.ts';
import type { AgentInfo } from './agent/setup.ts';
import { onlyUsableSkills } from './importing-skills.ts';
import type { Inspector } from './inspector.ts';
import { type Connection, keepsLocal } from './letta/connection.ts';
import { AgentSkills } from './memory/agent-skills.ts';
import { Archive } from './memory/archive.ts';
import { listBlocks, readBlock, writeBlock } from './memory/blocks.ts';
import type { ChangeLog } from './memory/change-log.ts';
import { BlockManager, type Grows } from './memory/manage-blocks.ts';
import { type ExportReport, exportMemory } from './memory/mirror/export.ts';
import { filedOf, importItem, mirrorItem, sharedItem } from './memory/mirror/filed.ts';
import { type ImportPreview, importMemory, previewImport } from './memory/mirror/import.ts';
import { importArchive, knownTexts } from './memory/mirror/import-archive.ts';
import type { ImportedSkill } from './memory/mirror/import-skills.ts';
import { Mirror } from './memory/mirror/mirror.ts';
import { SHARED_PATH } from './memory/mirror/shared-path.ts';
import { loadState } from './memory/mirror/state.ts';
import { isInside, subfolderOf } from './memory/mirror/subfolder.ts';
import { checkShared, publishShared } from './memory/mirror/team.ts';
import { type MirrorBlocks, MirrorError, type MirrorReport } from './memory/mirror/types.ts';
import type { Skipped } from './memory/mirror/walk.ts';
import { MirrorWatch } from './memory/mirror/watch.ts';
import type { NewReview, Review } from './memory/store/types.ts';
import { MirrorNotices } from './native/mirror-notices.ts';
import * as settings from './native/settings.ts';
import type { SkillLibrary } from './native/skill-library.ts';
import { maskSecrets } from './permissions/secrets.ts';
import type { BlockView } from './protocol/memory-views.ts';
import { isInBounds } from './skills/agent-folder.ts';

export interface MemoryFilesDeps {
  connection: Connection;
  agent: AgentInfo;
  changes: ChangeLog;
  journal: Journal;
  grows: Grows;
  /** Of the workspace: what was last decided on of the shared file. */
  state: vscode.Memento;
  /** E.g. `letta-vscode 1.0.0`. */
  by: string;
  inspector(): Promise<Inspector>;
  skills(): Promise<Pick<SkillLibrary, 'ofAgent' | 'importForAgent'>>;
  refresh(what: 'blocks' | 'reviews' | 'archive'): Promise<void>;
  log(line: string): void;
}

interface Running {
  setting: string;
  folder: string;
  watch: MirrorWatch;
}

/** One page of the agent's blocks: with as many, some may be missing, and a missing one counts as deleted. */
const MOST_BLOCKS = 100;
/** An extension host that ends does not wait much longer. */
const END_MS = 300;
/** A server far away is asked less often, in milliseconds. */
const CLOUD_POLL = 10_000;
const SHARED_KEY = 'letta.sharedProject';
const PROJECT = 'project';
const ROOM = 8_000;

export class MemoryFiles implements vscode.Disposable {
  private readonly deps: MemoryFilesDeps;
  private readonly notices: MirrorNotices;
  private readonly manager: BlockManager;
  private readonly archive: Archive;
  private readonly subscriptions: vscode.Disposable[] = [];
  /** Decisions that the files are yet to follow. */
  private readonly settling = new Set<string>();
  private running: Running | undefined;
  private tail: Promise<unknown> = Promise.resolve();
  private disposed = false;

  constructor(deps: MemoryFilesDeps) {
    this.deps = deps;
    this.notices = new MirrorNotices(deps.log);
    this.manager = new BlockManager(deps.connection, deps.agent.id, deps.grows);
    this.archive = new Archive(deps.connection, deps.agent.id);
    const look = () => void this.checkShared().catch((error: unknown) => deps.log(`${SHARED_PATH}: ${String(error)}`));
    const root = workspaceRoot();
    if (root) {
      const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(root, SHARED_PATH));
      this.subscriptions.push(watcher, watcher.onDidChange(look), watcher.onDidCreate(look));
      this.subscriptions.push(vscode.workspace.onDidGrantWorkspaceTrust(look));
      look();
    }
    // Other windows and programs change memory too.
    this.subscriptions.push(vscode.window.onDidChangeWindowState(({ focused }) => focused && this.changed()));
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
    const ended = this.running?.watch.dispose();
    this.running = undefined;
    // A look that is cut off is made good by the next one.
    if (ended) await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, END_MS))]);
  }

  // ── the mirror ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** Starts, moves or stops the mirror as the setting says; resolves after its first look. @returns its folder. @throws Error */
  follow(): Promise<string | null> {
    const done = this.tail.then(() => this.start());
    this.tail = done.catch(() => {});
    return done;
  }

  /** A block may have changed: look soon. */
  changed(): void {
    this.running?.watch.changed();
  }

  private async start(): Promise<string | null> {
    const setting = settings.mirrorFolder();
    if (this.disposed) return null;
    if (this.running?.setting === setting) return this.running.folder;
    await this.running?.watch.dispose();
    this.running = undefined;
    if (!setting) return null;
    const around = vscode.workspace.workspaceFolders?.find((each) => isInside(setting, each.uri.fsPath));
    if (around) {
      const why = 'what is edited in the workspace would get into memory unseen';
      throw new Error(`The folder of letta.memory.mirror must lie outside the workspace (${around.name}): ${why}.`);
    }
    const { agent } = this.deps;
    const folder = await subfolderOf(setting, agent);
    const known = new Map<string, string>();
    const mirror: Mirror = new Mirror({
      folder,
      agentId: agent.id,
      maskSecrets,
      blocks: this.blocks(async (blocks) => {
        for (const revision of await (await this.deps.inspector()).since(blocks, known)) {
          // What came from the files is in their history already.
          if (revision.by === 'mirror') continue;
          const { blockId, label, value, author, threadId, runId, messageId, callId } = revision;
          const turnId = runId ?? messageId ?? callId ?? null;
          mirror.tell({ blockId, label, value, author, threadId: threadId ?? null, turnId });
        }
      }),
    });
    await this.recover(folder);
    const watch = new MirrorWatch({
      folder,
      sync: () => this.look(mirror),
      memory: () => this.memoryNow(),
      ...(this.deps.connection.kind === 'cloud' ? { memoryEvery: CLOUD_POLL } : {}),
      onReport: (report) => this.looked(folder, report),
      onError: (error) => this.lookFailed(error),
    });
    this.running = { setting, folder, watch };
    await watch.start();
    return folder;
  }

  /** Compared only: what differs is read again by the look. */
  private async memoryNow(): Promise<string> {
    const blocks = await listBlocks(this.deps.connection, this.deps.agent.id);
    return JSON.stringify(blocks.map(({ id, label, description, value }) => [id, label, description, value]));
  }

  private async look(mirror: Mirror): Promise<MirrorReport> {
    for (const id of [...this.settling]) {
      await mirror.settled(id);
      this.settling.delete(id);
    }
    return mirror.sync();
  }

  private looked(folder: string, report: MirrorReport): void {
    if (this.disposed) return;
    this.notices.report(folder, report);
    if (report.applied.length > 0) void this.deps.refresh('blocks');
  }

  private lookFailed(error: unknown): void {
    // Another window is at it; the next look comes by itself.
    if (this.disposed || (error instanceof MirrorError && error.reason === 'locked')) return;
    if (error instanceof MirrorError) this.notices.failed(error.message);
    else this.deps.log(`Memory folder: ${messageOf(error)}`);
  }

  /** What was decided while the mirror did not run. */
  private async recover(folder: string): Promise<void> {
    const { entries } = await loadState(folder, this.deps.agent.id);
    const held = new Set(Object.values(entries).map((entry) => entry.held?.id));
    if (![...held].some(Boolean)) return;
    const inspector = await this.deps.inspector();
    const decided = [...(await inspector.desk.proposals('accepted')), ...(await inspector.desk.proposals('rejected'))];
    const waiting = new Set((await inspector.desk.proposals('waiting')).map((review) => filedOf(review)?.proposal));
    for (const review of decided) {
      const id = filedOf(review)?.proposal;
      if (id && held.has(id) && !waiting.has(id)) this.settling.add(id);
    }
  }

  private blocks(observed: (blocks: BlockView[]) => Promise<void>): MirrorBlocks {
    const { connection, agent, changes } = this.deps;
    return {
      list: async () => {
        const blocks = await listBlocks(connection, agent.id);
        if (blocks.length >= MOST_BLOCKS) throw new Error(`An agent with ${MOST_BLOCKS} blocks cannot be mirrored.`);
        await observed(blocks);
        return blocks;
      },
      write: async (blockId, { value, description, expected }) => {
        const block = await readBlock(connection, blockId);
        if (block.value !== expected) return 'changed';
        if (block.readOnly) throw new Error(`${block.label} is read-only. Allow changes in the Memory panel first`);
        if (value !== block.value) await writeBlock(connection, changes, block, value, 'mirror');
        if (description !== block.description) await this.manager.change(blockId, { description });
        return 'written';
      },
      create: (block) => this.manager.create({ ...block, limit: roomFor(block.value) }),
      propose: async (proposal) => {
        await this.propose(mirrorItem(proposal));
      },
      withdraw: async (proposalId) => {
        const inspector = await this.deps.inspector();
        for (const review of await inspector.desk.proposals('waiting')) {
          if (filedOf(review)?.proposal === proposalId) await inspector.desk.withdraw([review.id]);
        }
      },
    };
  }

  // ── the review list ──────────────────────────────────────────────────────────────────────────────────────────────

  /** One that waits already is not added again; one that was decided on is proposed anew. */
  private async propose(item: Omit<NewReview, 'agentId'>): Promise<void> {
    const inspector = await this.deps.inspector();
    const same = (review: Review) => filedOf(review)?.proposal === item.callId && review.label === item.label;
    if ((await inspector.desk.proposals('waiting')).some(same)) return;
    const [added] = await inspector.desk.propose([item]);
    if (added?.state !== 'waiting') await inspector.desk.propose([{ ...item, callId: `${item.callId}#${Date.now()}` }]);
  }

  /** Before a proposal is accepted. @throws Error saying why it cannot be */
  async before(review: Review): Promise<void> {
    const filed = filedOf(review);
    if (filed?.action !== 'create' && filed?.action !== 'delete') return;
    const block = await this.blockOf(review.label);
    if (filed.action === 'create' && !block) {
      const { description, limit, localOnly } = filed;
      const empty = { label: review.label, description: description ?? '', value: '' };
      await this.manager.create({ ...empty, limit: Math.max(limit ?? 0, roomFor(review.after)), localOnly });
    }
    if (filed.action === 'delete' && block && (await this.manager.isShared(block.id))) {
      throw new Error(
        `Other agents have ${review.label} too. Take it from this one in the Memory panel, or reject this.`,
      );
    }
  }

  /** A proposal was decided on. */
  async after(review: Review, accepted: boolean): Promise<void> {
    const filed = filedOf(review);
    if (!filed) return;
    const block = accepted && filed.action !== 'passage' ? await this.blockOf(review.label) : undefined;
    if (block && filed.action === 'delete') {
      if (block.value === '') await this.manager.remove(block.id);
    } else if (block) {
      const description = filed.description !== null && filed.description !== block.description;
      const change = {
        ...(description ? { description: filed.description ?? '' } : {}),
        ...(filed.readOnly && !block.readOnly ? { readOnly: true } : {}),
      };
      if (Object.keys(change).length > 0) await this.manager.change(block.id, change);
    }
    if (filed.filed === 'project' && filed.text !== null) await this.deps.state.update(SHARED_KEY, filed.text);
    if (filed.filed === 'mirror') {
      this.settling.add(filed.proposal);
      this.changed();
    }
  }

  private async blockOf(label: string): Promise<BlockView | undefined> {
    const { connection, agent } = this.deps;
    return (await listBlocks(connection, agent.id)).find((block) => block.label === label);
  }

  // ── out and in ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** Into the folder when it is empty, else into a new one inside it. @throws ExportError, LettaError */
  async export(chosen: string, signal: AbortSignal, onProgress: (passages: number) => void): Promise<ExportReport> {
    const { connection, agent, by } = this.deps;
    const exportedAt = new Date().toISOString();
    const there = new Set(await readdir(chosen));
    let name = `letta-memory-${exportedAt.slice(0, 10)}`;
    for (let n = 2; there.has(name); n++) name = `letta-memory-${exportedAt.slice(0, 10)}-${n}`;
    return exportMemory(there.size === 0 ? chosen : join(chosen, name), {
      blocks: await listBlocks(connection, agent.id),
      passages: this.passages(),
      skills: (await new AgentSkills(connection, agent.id).list()).filter(isInBounds),
      meta: { by, agent: { id: agent.id, name: agent.name }, exportedAt },
      maskSecrets,
      onProgress,
      signal,
    });
  }

  private async *passages() {
    for await (const { text, tags, at, localOnly } of this.archive.all()) {
      yield { text, tags, createdAt: at || null, localOnly };
    }
  }

  async preview(folder: string, signal: AbortSignal): Promise<ImportPreview> {
    const { connection, agent } = this.deps;
    const blocks = await listBlocks(connection, agent.id);
    const known = knownTexts(this.archive, signal);
    const preview = await previewImport(folder, { blocks, maskSecrets, known, signal });
    return onlyUsableSkills(preview, await (await this.deps.skills()).ofAgent());
  }

  /** Blocks and documents wait for review then. */
  async import(preview: ImportPreview, chosen: ReadonlySet<string>): Promise<{ proposed: number; skipped: Skipped[] }> {
    const done = await importMemory(preview, chosen, (proposal) => this.propose(importItem(proposal)));
    return { proposed: done.proposed.length, skipped: done.skipped };
  }

  /** Copies skills for the agent. @returns why those that were not copied were not */
  async importSkills(skills: readonly ImportedSkill[]): Promise<string[]> {
    return (await (await this.deps.skills()).importForAgent(skills)).problems;
  }

  /** Adds the archive's entries that are not there yet. @returns how many; with a signal, those before it. */
  async importArchive(folder: string, signal: AbortSignal, onProgress: (added: number) => void): Promise<number> {
    const { archive } = this;
    const entries = new ForeignEntries(archive, this.deps.journal);
    let count = 0;
    const progress = (added: number): void => {
      count = added;
      onProgress(added);
    };
    try {
      const add = entries.add.bind(entries);
      const keeps = keepsLocal(this.deps.connection);
      const left = await importArchive(folder, { archive, add, maskSecrets, keeps, signal, onProgress: progress });
      if (left > 0) void vscode.window.showWarningMessage(leftOut(left));
    } finally {
      if (count > 0) await this.deps.refresh('archive');
    }
    return count;
  }

  // ── together ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Writes the project's block into the workspace. `review`: a version by others waits for the person first. */
  async share(): Promise<{ message: string; review: boolean }> {
    const root = workspaceRoot();
    if (!root) throw new Error('Open a folder first: the project’s memory is shared with its workspace.');
    if (!vscode.workspace.isTrusted) throw new Error('Trust this workspace first, then share the project’s memory.');
    const block = await this.blockOf(PROJECT);
    if (!block) throw new Error('This agent has no block called project.');
    const { outcome, text, message } = await publishShared(root, block, maskSecrets, this.sharedBase);
    if (outcome === 'written' || outcome === 'same') await this.deps.state.update(SHARED_KEY, text);
    if (outcome === 'refused') throw new Error(message);
    if (outcome === 'changed') await this.checkShared();
    return { message, review: outcome === 'changed' };
  }

  private get sharedBase(): string | null {
    return this.deps.state.get<string>(SHARED_KEY) ?? null;
  }

  private async checkShared(): Promise<void> {
    const root = workspaceRoot();
    const block = root ? await this.blockOf(PROJECT) : undefined;
    if (!root || !block || this.disposed) return;
    const check = await checkShared(root, vscode.workspace.isTrusted, block, maskSecrets, this.sharedBase);
    if (check.state === 'refused') this.notices.failed(check.message);
    if (check.state !== 'proposal') return;
    const inspector = await this.deps.inspector();
    for (const review of await inspector.desk.proposals('waiting')) {
      const filed = filedOf(review);
      // A newer version takes the place of one that nobody decided on.
      if (filed?.filed === 'project' && filed.proposal !== check.proposal.id)
        await inspector.desk.withdraw([review.id]);
    }
    await this.propose(sharedItem(check.proposal, check.text));
  }
}

const workspaceRoot = (): string | undefined =>
  vscode.workspace.workspaceFolders?.find((folder) => folder.uri.scheme === 'file')?.uri.fsPath;

const leftOut = (count: number): string =>
  `${count === 1 ? 'An entry is' : `${count} entries are`} kept to local models, so left out here: only the embedded home can keep to that.`;

/** Characters for a new block: what it holds, and half as much again. */
const roomFor = (value: string): number => Math.max(ROOM, Math.ceil(value.length * 1.5));

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
