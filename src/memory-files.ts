// Memory as files, of one open home: exports, imports, shares the project's block, and has the mirror of the setting run.
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
import { listBlocks } from './memory/blocks.ts';
import type { ChangeLog } from './memory/change-log.ts';
import { BlockManager, type Grows } from './memory/manage-blocks.ts';
import { type ExportReport, exportMemory } from './memory/mirror/export.ts';
import { filedOf, importItem, sharedItem } from './memory/mirror/filed.ts';
import { type ImportPreview, importMemory, previewImport } from './memory/mirror/import.ts';
import { importArchive, knownTexts } from './memory/mirror/import-archive.ts';
import type { ImportedSkill } from './memory/mirror/import-skills.ts';
import { SHARED_PATH } from './memory/mirror/shared-path.ts';
import { checkShared, publishShared, SharedBase } from './memory/mirror/team.ts';
import type { Skipped } from './memory/mirror/walk.ts';
import type { NewReview, Review } from './memory/store/types.ts';
import { MirroredSkills } from './mirrored-skills.ts';
import { Mirroring, roomFor, saysTooMuch } from './mirroring.ts';
import { MirrorNotices } from './native/mirror-notices.ts';
import type { SkillLibrary } from './native/skill-library.ts';
import { maskSecrets } from './permissions/secrets.ts';
import { plural, t } from './protocol/l10n.ts';
import type { BlockView } from './protocol/memory-views.ts';

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
  skills(): Promise<Pick<SkillLibrary, 'ofAgent' | 'importForAgent' | 'fromHome'>>;
  refresh(what: 'blocks' | 'reviews' | 'archive'): Promise<void>;
  log(line: string): void;
}

const PROJECT = 'project';

export class MemoryFiles implements vscode.Disposable {
  private readonly deps: MemoryFilesDeps;
  private readonly notices: MirrorNotices;
  private readonly manager: BlockManager;
  private readonly archive: Archive;
  private readonly ownSkills: MirroredSkills;
  private readonly mirroring: Mirroring;
  private readonly base: SharedBase;
  private readonly subscriptions: vscode.Disposable[] = [];
  /** One after the other: two at once would propose the same twice. */
  private looks = Promise.resolve();
  private disposed = false;

  constructor(deps: MemoryFilesDeps) {
    this.deps = deps;
    this.notices = new MirrorNotices(deps.log);
    this.manager = new BlockManager(deps.connection, deps.agent.id, deps.grows);
    this.archive = new Archive(deps.connection, deps.agent.id);
    this.ownSkills = new MirroredSkills(new AgentSkills(deps.connection, deps.agent.id), saysTooMuch);
    this.mirroring = new Mirroring({
      ...deps,
      skills: this.ownSkills,
      skillsWritten: async () => (await deps.skills()).fromHome(),
      notices: this.notices,
      manager: this.manager,
      propose: (item) => this.propose(item),
    });
    this.base = new SharedBase(deps.state, deps.connection.homeKey, deps.agent.id);
    // Other windows and programs change memory too.
    this.subscriptions.push(vscode.window.onDidChangeWindowState(({ focused }) => focused && this.changed()));
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
    await this.mirroring.dispose();
  }

  /** Starts, moves or stops the mirror as the setting says; resolves after its first look. @returns its folder. @throws Error */
  follow(): Promise<string | null> {
    return this.mirroring.follow();
  }

  /** The file that the workspace shares is there, or has changed. */
  lookAtShared(): void {
    this.looks = this.looks
      .then(() => this.checkShared())
      .catch((error: unknown) => this.deps.log(`${SHARED_PATH}: ${String(error)}`));
  }

  /** A block may have changed: look soon. */
  changed(): void {
    this.mirroring.changed();
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

  /** A file of a skill is no block. @returns whether it was one @throws Error saying why it cannot be */
  async carryOut(review: Review, text: string): Promise<boolean> {
    if (!filedOf(review)?.skill) return false;
    const read = await this.ownSkills.accept(review, text);
    await (await this.deps.skills()).fromHome(read);
    return true;
  }

  /** Before a proposal is accepted. @throws Error saying why it cannot be */
  async before(review: Review): Promise<void> {
    const filed = filedOf(review);
    if (filed?.skill || (filed?.action !== 'create' && filed?.action !== 'delete')) return;
    const block = await this.blockOf(review.label);
    if (filed.action === 'create' && !block) {
      const { description, limit, localOnly } = filed;
      const empty = { label: review.label, description: description ?? '', value: '' };
      await this.manager.create({ ...empty, limit: Math.max(limit ?? 0, roomFor(review.after)), localOnly });
    }
    if (filed.action === 'delete' && block && (await this.manager.isShared(block.id))) {
      throw new Error(
        t('Other agents have {0} too. Take it from this one in the Memory panel, or reject this.', review.label),
      );
    }
  }

  /** A proposal was decided on. */
  async after(review: Review, accepted: boolean): Promise<void> {
    const filed = filedOf(review);
    if (!filed) return;
    const block = accepted && !filed.skill && filed.action !== 'passage' ? await this.blockOf(review.label) : undefined;
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
    if (filed.filed === 'project' && filed.text !== null) await this.base.set(filed.text);
    if (filed.filed === 'mirror') this.mirroring.decided(filed.proposal);
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
      skills: await this.ownSkills.list(),
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
    if (!root) throw new Error(t('Open a folder first: the project’s memory is shared with its workspace.'));
    if (!vscode.workspace.isTrusted) throw new Error(t('Trust this workspace first, then share the project’s memory.'));
    const block = await this.blockOf(PROJECT);
    if (!block) throw new Error(t('This agent has no block called project.'));
    const { outcome, text, message } = await publishShared(root, block, maskSecrets, this.base.text);
    if (outcome === 'written' || outcome === 'same') await this.base.set(text);
    if (outcome === 'refused') throw new Error(message);
    if (outcome === 'changed') await this.checkShared();
    return { message, review: outcome === 'changed' };
  }

  private async checkShared(): Promise<void> {
    const root = workspaceRoot();
    const block = root ? await this.blockOf(PROJECT) : undefined;
    if (!root || !block || this.disposed) return;
    const check = await checkShared(root, vscode.workspace.isTrusted, block, maskSecrets, this.base.text);
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
  plural(
    count,
    'An entry is kept to local models, so left out here: only the embedded home can keep to that.',
    '{0} entries are kept to local models, so left out here: only the embedded home can keep to that.',
  );
