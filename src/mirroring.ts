// The mirror of one open home: follows the setting, looks whenever files or memory may have changed, and takes decisions along.
import * as vscode from 'vscode';
import type { AgentInfo } from './agent/setup.ts';
import type { Inspector } from './inspector.ts';
import type { Connection } from './letta/connection.ts';
import { listBlocks, readBlock, writeBlock } from './memory/blocks.ts';
import type { ChangeLog } from './memory/change-log.ts';
import type { BlockManager } from './memory/manage-blocks.ts';
import { filedOf, mirrorItem } from './memory/mirror/filed.ts';
import { Mirror } from './memory/mirror/mirror.ts';
import { isSkillPath } from './memory/mirror/paths.ts';
import { loadState } from './memory/mirror/state.ts';
import { isInside, subfolderOf } from './memory/mirror/subfolder.ts';
import { type MirrorBlocks, MirrorError, type MirrorReport, type NewBlock } from './memory/mirror/types.ts';
import { MirrorWatch } from './memory/mirror/watch.ts';
import type { NewReview } from './memory/store/types.ts';
import type { MirroredSkills } from './mirrored-skills.ts';
import type { MirrorNotices } from './native/mirror-notices.ts';
import { realPathOf } from './native/real-path.ts';
import * as settings from './native/settings.ts';
import { decideMemoryEdit } from './permissions/memory-policy.ts';
import { maskSecrets } from './permissions/secrets.ts';
import { t } from './protocol/l10n.ts';
import type { BlockView } from './protocol/memory-views.ts';
import { hashOf } from './skills/skill-files.ts';

export interface MirroringDeps {
  connection: Connection;
  agent: AgentInfo;
  changes: ChangeLog;
  notices: MirrorNotices;
  manager: BlockManager;
  skills: MirroredSkills;
  /** The mirror has put files into skills. */
  skillsWritten(): Promise<void>;
  inspector(): Promise<Inspector>;
  /** Puts what the files say up for review, once. */
  propose(item: Omit<NewReview, 'agentId'>): Promise<void>;
  refresh(what: 'blocks'): Promise<void>;
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
/** Skills change seldom, and some servers answer with all of them, in milliseconds. */
const SKILLS_POLL = 10_000;
/** A server far away is asked less often, in milliseconds. */
const CLOUD_POLL = 10_000;
const ROOM = 8_000;

export class Mirroring {
  private readonly deps: MirroringDeps;
  /** Decisions that the files are yet to follow. */
  private readonly settling = new Set<string>();
  private running: Running | undefined;
  private tail: Promise<unknown> = Promise.resolve();
  private disposed = false;
  private skills = { at: Number.NEGATIVE_INFINITY, hashes: '' };

  constructor(deps: MirroringDeps) {
    this.deps = deps;
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    const ended = this.running?.watch.dispose();
    this.running = undefined;
    // A look that is cut off is made good by the next one.
    if (ended) await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, END_MS))]);
  }

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

  /** Somebody has decided on a proposal of the files. */
  decided(proposal: string): void {
    this.settling.add(proposal);
    this.changed();
  }

  private async start(): Promise<string | null> {
    const setting = settings.mirrorFolder();
    if (this.disposed) return null;
    if (this.running?.setting === setting) return this.running.folder;
    await this.running?.watch.dispose();
    this.running = undefined;
    if (!setting) return null;
    const real = realPathOf(setting);
    const around = vscode.workspace.workspaceFolders?.find(({ uri }) => isInside(real, realPathOf(uri.fsPath)));
    if (around) {
      throw new Error(
        t(
          'The folder of letta.memory.mirror must lie outside the workspace ({0}): what is edited in the workspace would get into memory unseen.',
          around.name,
        ),
      );
    }
    const { agent } = this.deps;
    const folder = await subfolderOf(setting, agent);
    const known = new Map<string, string>();
    const mirror: Mirror = new Mirror({
      folder,
      agentId: agent.id,
      maskSecrets,
      skills: this.deps.skills,
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
    const { connection, agent, skills } = this.deps;
    const blocks = await listBlocks(connection, agent.id);
    if (performance.now() - this.skills.at >= SKILLS_POLL) {
      const hashes = (await skills.list()).map(({ name, files }) => `${name} ${hashOf(files)}`).join('\n');
      this.skills = { at: performance.now(), hashes };
    }
    const values = blocks.map(({ id, label, description, value }) => [id, label, description, value]);
    return JSON.stringify([values, this.skills.hashes]);
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
    this.deps.notices.report(folder, report);
    if (report.applied.length > 0) void this.deps.refresh('blocks');
    if (report.applied.some(isSkillPath))
      this.deps.skillsWritten().catch((error: unknown) => this.deps.log(`Skills: ${messageOf(error)}`));
  }

  private lookFailed(error: unknown): void {
    // Another window is at it; the next look comes by itself.
    if (this.disposed || (error instanceof MirrorError && error.reason === 'locked')) return;
    if (error instanceof MirrorError) this.deps.notices.failed(error.message);
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
        if (blocks.length >= MOST_BLOCKS)
          throw new Error(t('An agent with {0} blocks cannot be mirrored.', MOST_BLOCKS));
        await observed(blocks);
        return blocks;
      },
      write: async (blockId, { value, description, expected }) => {
        const block = await readBlock(connection, blockId);
        if (block.value !== expected) return 'changed';
        if (block.readOnly)
          throw new Error(t('{0} is read-only. Allow changes in the Memory panel first', block.label));
        if (mustWait(block.label, block, { value, description })) return 'held';
        if (value !== block.value) await writeBlock(connection, changes, block, value, 'mirror');
        if (description !== block.description) await this.deps.manager.change(blockId, { description });
        return 'written';
      },
      create: async (block) =>
        mustWait(block.label, { value: '', description: '' }, block)
          ? 'held'
          : this.deps.manager.create({ ...block, limit: roomFor(block.value) }),
      propose: async (proposal) => {
        await this.deps.propose(mirrorItem(proposal));
      },
      withdraw: async (proposalId) => {
        const inspector = await this.deps.inspector();
        for (const review of await inspector.desk.proposals('waiting')) {
          if (filedOf(review)?.proposal === proposalId) await inspector.desk.withdraw([review.id]);
        }
      },
    };
  }
}

function mustWait(label: string, was: Pick<NewBlock, 'value' | 'description'>, now: typeof was): boolean {
  const all = ({ value, description }: typeof was) => `${value}\n${description}`;
  return saysTooMuch(label, all(was), all(now));
}

/** Whether a file says what nobody may put into memory, or into a skill, unseen: any program can write there. */
export const saysTooMuch = (label: string, before: string, after: string): boolean =>
  decideMemoryEdit({ label, before, after, seen: ['workspace'] }).decision === 'hold';

/** Characters for a new block: what it holds, and half as much again. */
export const roomFor = (value: string): number => Math.max(ROOM, Math.ceil(value.length * 1.5));

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
