// The parts of a home, each loaded when it is first used: the first view needs none of them, and most windows few.
import { join } from 'node:path';
import { TurnWatch } from './agent/turn-watch.ts';
import type { Bringing } from './bringing.ts';
import type { Checkpointing } from './checkpointing.ts';
import type { Committing } from './committing.ts';
import type { Core } from './core.ts';
import type { Correcting } from './correcting.ts';
import { whenLoaded } from './editor/checkpoints/turn-checkpoint.ts';
import type { Recall } from './flows/recall.ts';
import type { Hands } from './hands.ts';
import type { Inspector } from './inspector.ts';
import { keepsLocal, UNKNOWN_MODEL } from './letta/connection.ts';
import { listBlocks } from './memory/blocks.ts';
import type { Grows } from './memory/manage-blocks.ts';
import type { PromptRoom } from './memory/prompt-room.ts';
import type { MemoryStoreProxy } from './memory/store-client.ts';
import type { MemoryFiles } from './memory-files.ts';
import * as settings from './native/settings.ts';
import type { SkillLibrary } from './native/skill-library.ts';
import { storageOf } from './open-home.ts';
import type { PolicyJudge } from './policy-judge.ts';
import type { BlockView } from './protocol/memory-views.ts';
import type { Receipts } from './receipts.ts';
import type { Reflecting } from './reflecting.ts';
import { SkillParts } from './skill-parts.ts';
import type { Upkeep } from './upkeep.ts';

/** In the storage of the workspace. */
const CHECKPOINTS = 'checkpoints';

export class Parts {
  private readonly core: Core;
  private hands: Promise<Hands> | undefined;
  private judge: Promise<PolicyJudge> | undefined;
  private inspector: Promise<Inspector> | undefined;
  private bringing: Promise<Bringing> | undefined;
  private upkeep: Promise<Upkeep> | undefined;
  private reflecting: Promise<Reflecting> | undefined;
  private files: Promise<MemoryFiles> | undefined;
  private correcting: Promise<Correcting> | undefined;
  private store: Promise<MemoryStoreProxy> | undefined;
  private receipts: Promise<Receipts> | undefined;
  private checkpointing: Promise<Checkpointing> | undefined;
  /** What learns skills and follows how they are used. */
  readonly learned: SkillParts;
  /** Asked before blocks become more or longer. @throws LettaError `memory_full` */
  readonly grows: Grows = async (next) => {
    const [room, now] = await Promise.all([this.room(), this.blocks()]);
    room.check(now, next(now));
  };
  readonly turns = new TurnWatch(
    () => void this.reflecting?.then((reflecting) => reflecting.turnBegan()),
    (threadId, compacted) => {
      void this.inspector?.then((inspector) => inspector.turnEnded(threadId)).catch(() => {});
      void this.loadReflecting()
        .then((reflecting) => reflecting.turnEnded(threadId, compacted))
        .catch((error: unknown) => this.core.deps.log(String(error)));
    },
  );

  constructor(core: Core) {
    this.core = core;
    this.learned = new SkillParts(core, {
      hands: () => this.loadHands(),
      diff: async () => (await this.loadInspector()).diff,
    });
    core.memory.crowded = async (blocks) => (await this.room()).notice(blocks);
  }

  /** What blocks may take of the prompt, as the setting says now. */
  private async room(): Promise<PromptRoom> {
    const { PromptRoom: Loaded } = await import('./memory/prompt-room.ts');
    return new Loaded(settings.maxPromptTokens());
  }

  private blocks(): Promise<BlockView[]> {
    return listBlocks(this.core.connection, this.core.agent.id);
  }

  /** What was not written yet. Before the server goes. */
  async flush(): Promise<void> {
    await this.receipts?.then((receipts) => receipts.flush());
  }

  async dispose(): Promise<void> {
    const { receipts, files, hands, upkeep, reflecting, inspector, bringing, judge, checkpointing } = this;
    const loaded = [receipts, files, hands, upkeep, reflecting, inspector, bringing, judge, checkpointing];
    await Promise.all(loaded.map((part) => part?.then((each) => each.dispose())));
    await this.learned.dispose();
    await this.store?.then((store) => store.close());
  }

  get inspected(): boolean {
    return this.inspector !== undefined;
  }

  /** Something that a view shows has changed. */
  changed(what: string): void {
    if (what === 'blocks' || what === 'skills') void this.files?.then((files) => files.changed());
    if (what !== 'blocks') return;
    void this.reflecting?.then((reflecting) => reflecting.sweep());
  }

  /** A turn has ended: code may have changed that lines of memory speak of. */
  worked(): void {
    void this.upkeep?.then(({ marks }) => marks.soon());
  }

  /** The part that turns need, loaded once; the first view does without. */
  loadHands(): Promise<Hands> {
    this.hands ??= Promise.all([import('./hands.ts'), this.loadJudge(), this.learned.loadUses()]).then(
      ([{ Hands: Loaded }, judge, uses]) =>
        Loaded.open({
          judge,
          uses,
          connection: this.core.connection,
          agentId: this.core.agent.id,
          journal: this.core.journal,
          memory: this.core.memory,
          pins: this.core.pins,
          state: this.core.deps.context.workspaceState,
          notesFolder: join(storageOf(this.core.deps.context), 'notes'),
          webWorkerPath: join(this.core.deps.context.extensionPath, 'dist', 'tools', 'web.mjs'),
          skills: () => this.loadSkills(),
          deletedFolder: join(storageOf(this.core.deps.context), 'deleted'),
          noRoom: async ({ tool, args, label }) => {
            const [room, blocks] = await Promise.all([this.room(), this.blocks()]);
            return room.refusal(tool, args, blocks, label);
          },
          holdMemory: async (call, verdict) => (await this.loadInspector()).desk.hold(call, verdict),
          markMemory: async (call) => (await this.loadInspector()).mark(call),
          corrected: (threadId, correction) => this.learn((correcting) => correcting.propose(correction, threadId)),
          rewrote: (threadId, files) => this.learn((correcting) => correcting.rewrote(threadId, files)),
          vendorPath: join(this.core.deps.context.extensionPath, 'dist', 'vendor'),
          globalState: this.core.deps.context.globalState,
          review: this.core.deps.review,
          checkpoint: (threadId, start) => {
            const turn = this.loadCheckpointing().then((checkpointing) => checkpointing.turn(threadId, start));
            return whenLoaded(turn, this.core.deps.log);
          },
          trial: async (text) => (await this.loadCheckpointing()).trial(text),
          asks: this.core.deps.asks,
          storage: storageOf(this.core.deps.context),
          extensionPath: this.core.deps.context.extensionPath,
          secretFolders: [settings.dataDir(), this.core.deps.context.globalStorageUri.fsPath],
          refreshCard: this.core.deps.refreshCard,
          log: this.core.deps.log,
        }),
    );
    return this.hands;
  }

  loadJudge(): Promise<PolicyJudge> {
    const workerPath = join(this.core.deps.context.extensionPath, 'dist', 'policy', 'worker.mjs');
    this.judge ??= import('./policy-judge.ts').then(
      ({ PolicyJudge: Loaded }) => new Loaded(workerPath, this.core.deps.log),
    );
    return this.judge;
  }

  /** What the Memory panel needs, and every turn that writes memory. */
  loadInspector(): Promise<Inspector> {
    if (this.inspector) return this.inspector;
    this.inspector = Promise.all([import('./inspector.ts'), this.loadStore()]).then(
      ([{ Inspector: Loaded }, store]) =>
        new Loaded({
          connection: this.core.connection,
          agentId: this.core.agent.id,
          changes: this.core.changes,
          grows: this.grows,
          threads: this.core.threads,
          store,
          deletedPath: this.learned.ofAgent('deleted-entries'),
          sentAlong: async () => (await this.loadHands()).sentAlong(),
          pinnedMemory: async (threadId) => {
            const pin = await this.core.pins.read(threadId);
            return pin && (await import('./agent/pinned.ts')).pinnedSection(pin);
          },
          refresh: (what) => this.core.deps.refresh(what),
          openThread: (threadId, messageId) => this.core.deps.openThread(threadId, messageId),
          undone: ({ threadId, id }) =>
            this.core.journal.tell(threadId, { kind: 'memory', callId: id, review: 'undone' }),
          filed: {
            before: async (review) =>
              review.kind === 'reflection'
                ? (await this.loadReflecting()).before(review)
                : (await this.loadFiles()).before(review),
            carryOut: async (review, text) =>
              review.kind === 'mirror' && (await this.loadFiles()).carryOut(review, text),
            after: async (review, accepted) => (await this.loadFiles()).after(review, accepted),
          },
          log: this.core.deps.log,
        }),
    );
    // What another window has held meanwhile.
    this.inspector.then(
      () => this.core.deps.refresh('reviews'),
      () => {},
    );
    // Which lines may be out of date is shown with them; so are proposals.
    for (const part of [this.loadUpkeep(), this.loadReflecting()])
      part.catch((error: unknown) => this.core.deps.log(String(error)));
    return this.inspector;
  }

  /** History, reviews and receipts of every home lie beside the embedded home's database, behind a worker thread. */
  private loadStore(): Promise<MemoryStoreProxy> {
    this.store ??= import('./memory/store-client.ts').then(({ openMemoryStore }) =>
      openMemoryStore({
        workerPath: join(this.core.deps.context.extensionPath, 'dist', 'memory', 'worker.mjs'),
        dataDir: settings.dataDir(),
        log: this.core.deps.log,
      }),
    );
    return this.store;
  }

  /** What stands behind answers. */
  loadReceipts(): Promise<Receipts> {
    this.receipts ??= import('./receipts.ts').then(
      ({ Receipts: Loaded }) =>
        new Loaded({
          connection: this.core.connection,
          agentId: this.core.agent.id,
          pins: this.core.pins,
          journal: this.core.journal,
          threads: this.core.threads,
          store: () => this.loadStore(),
          inspector: () => this.loadInspector(),
          skills: () => this.loadSkills(),
          created: (create) => this.core.memory.created(this.core.agent.id, create),
          log: this.core.deps.log,
        }),
    );
    return this.receipts;
  }

  /** States of the workspace to go back to. */
  loadCheckpointing(): Promise<Checkpointing> {
    this.checkpointing ??= import('./checkpointing.ts').then(
      ({ Checkpointing: Loaded }) =>
        new Loaded({
          connection: this.core.connection,
          agentId: this.core.agent.id,
          journal: this.core.journal,
          pins: this.core.pins,
          workerPath: join(this.core.deps.context.extensionPath, 'dist', 'checkpoints', 'worker.mjs'),
          folder: join(storageOf(this.core.deps.context), CHECKPOINTS),
          created: (create) => this.core.memory.created(this.core.agent.id, create),
          startFrom: (threadId, text, reminders) => this.core.deps.startFrom(threadId, text, reminders),
          restored: (paths) => void this.learned.restored(paths),
          running: () => this.core.deps.running(),
          inBackground: async () => (await this.hands)?.inBackground ?? [],
          log: this.core.deps.log,
        }),
    );
    return this.checkpointing;
  }

  /** What another agent asks of memory. @returns what it reads. @throws Error when nothing could be searched */
  async recall(asked: Recall): Promise<string> {
    const [{ recall }, { Archive }, judge] = await Promise.all([
      import('./flows/recall.ts'),
      import('./memory/archive.ts'),
      this.loadJudge(),
    ]);
    const { connection, agent, threads, deps } = this.core;
    const agentId = agent.id;
    const forModel = keepsLocal(connection) ? UNKNOWN_MODEL : undefined;
    const archive = new Archive(connection, agentId);
    const blocks = () => listBlocks(connection, agentId, forModel);
    const listed = async () => (await threads.list()).map(({ id }) => id);
    // In its thread: its tables are large.
    const masked = async (text: string) =>
      (await judge.decide({ label: '', before: null, after: text, seen: [] })).masked;
    const from = { connection, agentId, forModel, archive, blocks, threads: listed, log: deps.log };
    return recall({ ...from, maskSecrets: masked }, asked);
  }

  /** What a commit message is made with. */
  async committing(): Promise<Committing> {
    const { connection, agent, answering } = this.core;
    const [hands, judge] = await Promise.all([this.loadHands(), this.loadJudge()]);
    return { connection, agentId: agent.id, model: answering, hidden: (path) => hands.hidden(path), judge };
  }

  /** What fills memory from outside: the repository, other tools' rules, another agent. */
  loadBringing(): Promise<Bringing> {
    this.bringing ??= import('./bringing.ts').then(
      ({ Bringing: Loaded }) =>
        new Loaded({
          connection: this.core.connection,
          agentId: this.core.agent.id,
          changes: this.core.changes,
          journal: this.core.journal,
          grows: this.grows,
          context: this.core.deps.context,
          inspector: () => this.loadInspector(),
          skills: () => this.loadSkills(),
          hidden: async () => {
            const hands = await this.loadHands();
            return (path) => hands.hidden(path);
          },
          runBeside: this.core.askBeside,
          undo: (changes) => this.core.undo(changes),
          refresh: (what) => this.core.deps.refresh(what),
          showMemory: (focus) => this.core.deps.showMemory(focus),
          log: this.core.deps.log,
        }),
    );
    return this.bringing;
  }

  /** What keeps memory true: doctor, forgetting, anchors. */
  loadUpkeep(): Promise<Upkeep> {
    this.upkeep ??= Promise.all([import('./upkeep.ts'), import('./flows/agent-workspaces.ts')]).then(
      async ([{ Upkeep: Loaded }, { AgentWorkspaces }]) =>
        new Loaded({
          connection: this.core.connection,
          agentId: this.core.agent.id,
          changes: this.core.changes,
          tooMuch: async (blocks) => (await this.room()).tooMuch(blocks),
          context: this.core.memory,
          workspaces: new AgentWorkspaces(this.learned.ofAgent('workspaces')),
          inspector: await this.loadInspector(),
          workerPath: join(this.core.deps.context.extensionPath, 'dist', 'memory', 'hygiene.mjs'),
          ignored: async () => (await this.loadHands()).ignored.all(),
          vendorPath: join(this.core.deps.context.extensionPath, 'dist', 'vendor'),
          secretFolders: [settings.dataDir(), this.core.deps.context.globalStorageUri.fsPath],
          refresh: (what) => this.core.deps.refresh(what),
          log: this.core.deps.log,
        }),
    );
    return this.upkeep;
  }

  /** What looks through the threads for what memory lacks. */
  loadReflecting(): Promise<Reflecting> {
    this.reflecting ??= Promise.all([import('./reflecting.ts'), this.loadJudge()]).then(
      ([{ Reflecting: Loaded }, judge]) =>
        new Loaded({
          judge,
          connection: this.core.connection,
          agentId: this.core.agent.id,
          changes: this.core.changes,
          journal: this.core.journal,
          threads: this.core.threads,
          context: this.core.deps.context,
          inspector: () => this.loadInspector(),
          tools: async () => (await this.loadHands()).tools,
          model: () => this.core.answering(),
          turnRuns: () => this.turns.running,
          refresh: (what) => this.core.deps.refresh(what),
          showMemory: (focus) => this.core.deps.showMemory(focus),
          log: this.core.deps.log,
        }),
    );
    return this.reflecting;
  }

  /** Turns what a person corrected into proposals. */
  loadCorrecting(): Promise<Correcting> {
    this.correcting ??= import('./correcting.ts').then(
      async ({ Correcting: Loaded }) =>
        new Loaded({
          connection: this.core.connection,
          agentId: this.core.agent.id,
          reviews: (await this.loadInspector()).desk,
        }),
    );
    return this.correcting;
  }

  /** Nothing waits for it. */
  private learn(what: (correcting: Correcting) => Promise<unknown>): void {
    this.loadCorrecting()
      .then(what)
      .catch((error: unknown) => this.core.deps.log(`A correction could not be put up for review: ${String(error)}`));
  }

  /** Memory as files: the mirror, export and import, what a workspace shares. */
  loadFiles(): Promise<MemoryFiles> {
    this.files ??= import('./memory-files.ts').then(
      ({ MemoryFiles: Loaded }) =>
        new Loaded({
          connection: this.core.connection,
          agent: this.core.agent,
          changes: this.core.changes,
          journal: this.core.journal,
          grows: this.grows,
          state: this.core.deps.context.workspaceState,
          skills: () => this.loadSkills(),
          by: `letta-vscode ${(this.core.deps.context.extension.packageJSON as { version: string }).version}`,
          inspector: () => this.loadInspector(),
          refresh: (what) => this.core.deps.refresh(what),
          log: this.core.deps.log,
        }),
    );
    return this.files;
  }

  /** The skills there are. */
  loadSkills(): Promise<SkillLibrary> {
    return this.learned.loadSkills();
  }
}
