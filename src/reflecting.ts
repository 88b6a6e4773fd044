// Reflection of one home: what it reads, with which model, and what becomes of its proposals. Loaded after the first turn.
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { providerOf } from './agent/agent-settings.ts';
import { askOnce, sweepOnce } from './agent/ask-once.ts';
import { fileNameFor } from './agent/files.ts';
import type { Journal } from './agent/journal.ts';
import { readIn } from './agent/seen.ts';
import { type ReflectCommandDeps, reflectCommand, tellReflected, withReflectProgress } from './commands/reflect.ts';
import { type Carried, type ReflectBackend, type Reflection, reflect } from './flows/reflect.ts';
import { carryOut } from './flows/reflect-carry.ts';
import { ReflectLedger } from './flows/reflect-ledger.ts';
import { SYSTEM } from './flows/reflect-prompt.ts';
import { left, SpendingLedger } from './flows/reflect-spending.ts';
import type { Answer } from './flows/reflect-state.ts';
import { ReflectWhen } from './flows/reflect-when.ts';
import type { Inspector } from './inspector.ts';
import type { Connection } from './letta/connection.ts';
import { lastRun } from './letta/history.ts';
import { listBlocks } from './memory/blocks.ts';
import type { ChangeLog } from './memory/change-log.ts';
import { undoEdits } from './memory/edit-blocks.ts';
import { isOutdated } from './memory/reflected.ts';
import type { Review } from './memory/store/types.ts';
import * as settings from './native/settings.ts';
import { maskSecrets } from './permissions/secrets.ts';
import type { PolicyJudge } from './policy-judge.ts';
import { t } from './protocol/l10n.ts';
import type { MemorySource } from './protocol/sources.ts';
import { saidSince } from './threads/said-since.ts';
import type { Threads } from './threads/threads.ts';
import type { AnyTool } from './tools/tool.ts';

export interface ReflectingDeps {
  connection: Connection;
  agentId: string;
  changes: ChangeLog;
  journal: Journal;
  judge: PolicyJudge;
  threads: Threads;
  context: vscode.ExtensionContext;
  inspector(): Promise<Inspector>;
  tools(): Promise<readonly AnyTool[]>;
  /** Handle of the agent's model; null where it does not answer, or only the demo does. */
  model(): Promise<string | null>;
  /** Whether a turn runs in this window. */
  turnRuns(): boolean;
  refresh(what: 'blocks'): Promise<void>;
  showMemory(focus: string): Promise<void>;
  log(line: string): void;
}

/** Ids of proposals that were dropped because their block was changed: nobody turned them down. */
const DROPPED_KEY = 'letta.reflectionDropped';
const MAX_DROPPED = 500;

/** What the agent itself proposed: the rest is not told to a model that looks for more. */
const OWN_KINDS: ReadonlySet<string> = new Set<Review['kind']>(['write', 'reflection']);

const NO_MODEL: Reflection = {
  kind: 'failed',
  reason: t('No model is connected that answers. Run “Letta: Connect a Model…”.'),
};

export class Reflecting implements vscode.Disposable {
  private readonly deps: ReflectingDeps;
  private readonly when: ReflectWhen;
  private readonly ledger: ReflectLedger;
  private readonly spending: SpendingLedger;
  private readonly owner = randomUUID();
  private readonly commandDeps: ReflectCommandDeps;
  private readonly shutdown = new AbortController();
  /** Threads of this window that were written to, whatever their server says of their age. */
  private readonly touched = new Set<string>();

  constructor(deps: ReflectingDeps) {
    const { connection, agentId, context, log, showMemory } = deps;
    this.deps = deps;
    const home = createHash('sha256').update(connection.homeKey).digest('hex').slice(0, 12);
    const file = `${home}-${fileNameFor(agentId)}.json`;
    const folder = join(context.globalStorageUri.fsPath, 'reflection');
    this.ledger = new ReflectLedger(join(folder, file));
    this.spending = new SpendingLedger(join(folder, 'spending.json'));
    this.commandDeps = {
      reflect: (signal) => this.reflect(signal),
      budget: settings.reflectionBudget,
      undo: (edits) => this.undo(edits),
      showMemory,
    };
    this.when = new ReflectWhen({
      ledger: this.ledger,
      on: () => settings.reflection() !== 'off',
      turnRuns: deps.turnRuns,
      run: async (signal) => {
        // What cannot be had is no reason to show anything.
        if ((await deps.model()) === null) return { kind: 'nothing' };
        const outcome = await withReflectProgress(this.commandDeps, signal);
        tellReflected(this.commandDeps, outcome);
        return outcome;
      },
      left: async () => left(await this.spending.read(), settings.reflectionBudget(), Date.now()),
      now: Date.now,
      log,
    });
    this.when.soon();
  }

  dispose(): void {
    this.when.dispose();
    this.shutdown.abort();
  }

  turnBegan(): void {
    this.when.turnBegan();
  }

  turnEnded(threadId: string, compacted: boolean): Promise<void> {
    this.touched.add(threadId);
    return this.when.turnEnded(compacted);
  }

  reflectNow(): Promise<void> {
    return reflectCommand(this.commandDeps);
  }

  private async reflect(stop: AbortSignal): Promise<Reflection> {
    const { deps } = this;
    const { connection, agentId } = deps;
    const model = await deps.model();
    if (model === null) return NO_MODEL;
    const signal = AbortSignal.any([stop, this.shutdown.signal]);
    const tags = ['origin:letta-vscode-reflection', `reflects:${agentId}`];
    await sweepOnce(connection, tags);
    const touched = [...this.touched];
    const outcome = await reflect(this.backend(model, tags), signal);
    if (outcome.kind === 'done') {
      deps.log(
        `Reflection took ${outcome.tokens} tokens: ${outcome.waiting} proposed, ${outcome.applied.length} applied.`,
      );
      // A turn that ended meanwhile stays for the next run.
      for (const threadId of touched) this.touched.delete(threadId);
    }
    return outcome;
  }

  private backend(model: string, tags: string[]): ReflectBackend {
    const { connection, agentId, threads, log, inspector } = this.deps;
    return {
      ledger: this.ledger,
      spending: this.spending,
      owner: this.owner,
      // What is for local models only is none of a run that may ask another.
      blocks: async () =>
        (await listBlocks(connection, agentId)).filter(({ readOnly, localOnly }) => !readOnly && !localOnly),
      threads: async () => {
        const now = new Date().toISOString();
        const all = await threads.list();
        return all.map((each) => (this.touched.has(each.id) ? { ...each, updatedAt: now } : each));
      },
      running: async (threadId) => {
        const run = await lastRun(connection, agentId, threadId);
        return run?.status === 'running' || run?.status === 'created';
      },
      said: (threadId, from) => saidSince(connection, agentId, threadId, { ...from, model }),
      seen: (threadId) => this.seen(threadId),
      declined: () => this.declined(),
      ask: async (text, maxOutput, signal) => {
        const provider = await providerOf(connection, agentId);
        const name = 'Letta reflection';
        return askOnce(connection, { name, tags, system: SYSTEM, text, model, provider, maxOutput }, signal);
      },
      judge: (edit) => this.deps.judge.decide(edit),
      mask: maskSecrets,
      carryOut: async (runId, answer) => this.carryOut(await inspector(), runId, answer),
      apply: () => settings.reflection() === 'apply',
      budget: settings.reflectionBudget,
      now: Date.now,
      log,
    };
  }

  /** What is noted of a thread here, and what its history tells of the rest. */
  async seen(threadId: string): Promise<MemorySource[]> {
    const { connection, agentId, journal } = this.deps;
    const tools = await this.deps.tools();
    const trusted = () => vscode.workspace.isTrusted;
    return readIn({ connection, agentId, threadId, tools, trusted }, journal);
  }

  private async declined(): Promise<{ text: string; own: boolean }[]> {
    const dropped = new Set(this.dropped());
    const reviews = await (await this.deps.inspector()).desk.waitingOrRejected();
    return reviews
      .filter(({ id }) => !dropped.has(id))
      .map(({ after, kind, sources, localOnly }) => ({
        text: after,
        own: OWN_KINDS.has(kind) && sources.every((source) => source === 'person') && localOnly !== true,
      }));
  }

  // ── what becomes of proposals ────────────────────────────────────────────────────────────────────────────────────

  private async carryOut(inspector: Inspector, run: string, answer: Answer): Promise<Carried> {
    const carried = await carryOut(
      {
        propose: (proposals) => inspector.desk.propose(proposals),
        accepted: () => inspector.desk.proposals('accepted'),
        apply: (id, unreviewed) => inspector.desk.apply(id, unreviewed),
        drop: (reviews) => this.drop(inspector, reviews),
        block: (label) => this.block(label),
        log: this.deps.log,
      },
      run,
      answer,
    );
    if (carried.applied.length > 0) {
      await inspector.observe();
      await this.deps.refresh('blocks');
      await inspector.desk.refresh();
    }
    return carried;
  }

  private async block(label: string) {
    const { connection, agentId } = this.deps;
    return (await listBlocks(connection, agentId)).find((block) => block.label === label);
  }

  private async undo(edits: Carried['applied']): Promise<string> {
    const { connection, changes, agentId, inspector, refresh } = this.deps;
    const { written, problems } = await undoEdits(connection, changes, agentId, edits);
    await (await inspector()).observe();
    await refresh('blocks');
    const labels = [...new Set(written.map(({ label }) => label))];
    return [...(labels.length > 0 ? [t('Undone in {0}.', labels.join(', '))] : []), ...problems].join(' ');
  }

  /** Drops proposals that wait for blocks which somebody has changed since, and says so. Never rejects. */
  async sweep(): Promise<void> {
    try {
      const inspector = await this.deps.inspector();
      const outdated = await this.outdated(inspector);
      if (outdated.length === 0) return;
      const said = await this.drop(inspector, outdated);
      if (said.length > 0) void vscode.window.showInformationMessage(said.join(' '));
    } catch (error) {
      this.deps.log(`What reflections proposed could not be looked through: ${messageOf(error)}`);
    }
  }

  /** Before a proposal is accepted. @throws Error when its block was changed since: it is dropped then */
  async before(review: Review): Promise<void> {
    const inspector = await this.deps.inspector();
    const outdated = (await this.outdated(inspector)).filter(({ id }) => id === review.id);
    const [said] = await this.drop(inspector, outdated);
    if (said !== undefined) throw new Error(said);
  }

  private async outdated(inspector: Inspector): Promise<Review[]> {
    const waiting = (await inspector.desk.proposals('waiting')).filter(({ kind }) => kind === 'reflection');
    if (waiting.length === 0) return [];
    const under = await Promise.all(waiting.map(({ id }) => inspector.store.reviewApplying(id)));
    // One is being accepted: its block changes for that.
    if (under.some((applying) => applying !== null)) return [];
    const { connection, agentId } = this.deps;
    const [decided, blocks] = await Promise.all([
      inspector.desk.proposals('accepted'),
      listBlocks(connection, agentId),
    ]);
    return waiting.filter((review) =>
      isOutdated(review, decided, blocks.find(({ label }) => label === review.label)?.value),
    );
  }

  /** @returns a sentence for each block */
  private async drop(inspector: Inspector, reviews: readonly Review[]): Promise<string[]> {
    if (reviews.length === 0) return [];
    const ids = reviews.map(({ id }) => id);
    const noted = [...this.dropped().filter((id) => !ids.includes(id)), ...ids].slice(-MAX_DROPPED);
    await this.deps.context.globalState.update(DROPPED_KEY, noted);
    const off = await inspector.desk.withdraw(ids);
    const labels = new Set(reviews.filter(({ id }) => off.includes(id)).map(({ label }) => label));
    return [...labels].map((label) =>
      t('{0} was changed since: what a reflection had proposed for it was dropped.', label),
    );
  }

  private dropped(): string[] {
    return this.deps.context.globalState.get<string[]>(DROPPED_KEY, []);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
