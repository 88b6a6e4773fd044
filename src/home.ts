// One open home: a Letta server, the workspace's agent on it, and the rooms wired to both. Replaced when another home is chosen.
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as vscode from 'vscode';
import { MemoryContext } from './agent/context.ts';
import { describeWith } from './agent/describe.ts';
import type { TurnEvent, TurnOutcome, TurnStart } from './agent/events.ts';
import { Journal } from './agent/journal.ts';
import { type Choice, OpenChoice } from './agent/open-choice.ts';
import { Pins } from './agent/pins.ts';
import type { Noted } from './agent/receipt-keeper.ts';
import { type AgentInfo, findOrCreateAgent, type SetupOptions } from './agent/setup.ts';
import { TurnWatch } from './agent/turn-watch.ts';
import type { Bringing } from './bringing.ts';
import type { ChatHome } from './chat/home.ts';
import type { Choosing } from './choosing.ts';
import type { Correcting } from './correcting.ts';
import { learnSkill, type SkillDraft, type SkillSource } from './flows/learn-skill.ts';
import { Notes } from './flows/notes.ts';
import { PendingNotes } from './flows/pending-notes.ts';
import type { StoredChange } from './flows/remember.ts';
import type { Hands } from './hands.ts';
import type { Inspector } from './inspector.ts';
import { type Connection, connect } from './letta/connection.ts';
import { type EmbeddedServer, startEmbeddedServer } from './letta/embedded.ts';
import { ARCHIVE } from './letta/memory-tools.ts';
import { DEMO_MODEL, listModels } from './letta/models.ts';
import { listBlocks, saveBlock } from './memory/blocks.ts';
import { ChangeLog } from './memory/change-log.ts';
import { keepInInbox, undo } from './memory/changes.ts';
import { SHARED_PATH } from './memory/mirror/shared-path.ts';
import type { CallNote } from './memory/store/types.ts';
import type { MemoryStoreProxy } from './memory/store-client.ts';
import type { MemoryFiles } from './memory-files.ts';
import { ModelChoice } from './model-choice.ts';
import * as settings from './native/settings.ts';
import type { SkillLibrary } from './native/skill-library.ts';
import type { Vault } from './native/vault.ts';
import type { MemorySource } from './protocol/sources.ts';
import type { AboutView, BlockView, ToolPart } from './protocol/views.ts';
import type { Receipts } from './receipts.ts';
import type { Reflecting } from './reflecting.ts';
import { TranscriptPager } from './threads/pager.ts';
import { Threads } from './threads/threads.ts';
import type { Upkeep } from './upkeep.ts';

export interface HomeDeps {
  context: vscode.ExtensionContext;
  vault: Vault;
  log(line: string): void;
  refresh(what: 'blocks' | 'skills' | 'about' | 'threads' | 'reviews' | 'archive'): Promise<void>;
  openThread(threadId: string, messageId?: string): Promise<void>;
  chatVisible(): boolean;
  showChat(): Promise<void>;
  showMemory(focus: string): Promise<void>;
  openDraft(text: string): Promise<vscode.TextEditor>;
  /** The server is gone: the next use opens the home anew. */
  lost(): void;
  /** The workspace has another agent now: the home is opened anew with it. */
  reopen(): Promise<void>;
}

/** How long the first message waits for the models: an endpoint that hangs must not hold it up for ever. */
const FIRST_MODELS_MS = 3_000;

/** How long files of memory wait for the first view. */
const FILES_MS = 2_000;

/** What earlier "Remember This" notes became, per agent. */
const NOTES_KEY = 'letta.notes';
const MAX_NOTES = 500;

export class Home {
  readonly chat: ChatHome;
  readonly notes: Notes;
  private readonly deps: HomeDeps;
  private readonly connection: Connection;
  private readonly server: EmbeddedServer | undefined;
  private readonly agent: AgentInfo;
  private readonly model: ModelChoice;
  /** Settles once the server has its endpoints and their keys, and the first list of models was read. */
  private modelsKnown: Promise<void> = Promise.resolve();
  private hands: Promise<Hands> | undefined;
  private skills: Promise<SkillLibrary> | undefined;
  private inspector: Promise<Inspector> | undefined;
  private bringing: Promise<Bringing> | undefined;
  private upkeep: Promise<Upkeep> | undefined;
  private reflecting: Promise<Reflecting> | undefined;
  private readonly turns = new TurnWatch(
    () => void this.reflecting?.then((reflecting) => reflecting.turnBegan()),
    (threadId, compacted) =>
      void this.loadReflecting()
        .then((reflecting) => reflecting.turnEnded(threadId, compacted))
        .catch((error: unknown) => this.deps.log(String(error))),
  );
  private files: Promise<MemoryFiles> | undefined;
  private choosing: Promise<Choosing> | undefined;
  private correcting: Promise<Correcting> | undefined;
  private readonly openChoice: OpenChoice;
  /** Shown while the workspace's agent can still be exchanged without a thought. */
  private choice: AboutView['choice'];
  /** Something was said to the agent. */
  private chosen = false;
  private readonly filesLater: NodeJS.Timeout;
  private readonly threads: Threads;
  private readonly journal: Journal;
  private readonly memory: MemoryContext;
  private readonly pins: Pins;
  private store: Promise<MemoryStoreProxy> | undefined;
  private receipts: Promise<Receipts> | undefined;
  private readonly changes: ChangeLog;
  private readonly lastChanges = new Map<string, { before: string | null; after: string }>();

  /** @throws Error saying what to do when the server cannot be started or reached */
  static async open(deps: HomeDeps): Promise<Home> {
    const opening = openConnection(deps);
    // Parsed while the server starts in its thread: the first transcript names tools.
    void parseHands().catch(() => {});
    const { connection, server } = await opening;
    try {
      const { agent, created } = await findOrCreateAgent(await setupOf(deps.context, connection));
      const home = new Home(deps, connection, server, agent);
      if (created) home.leaveOpen({ agentId: agent.id, kind: 'new' });
      home.modelsKnown = home.modelsChanged().catch((error: unknown) => {
        deps.log(`Models could not be listed: ${String(error)}`);
      });
      void home.modelsKnown.then(() => home.offerChoice());
      home.watchRules();
      return home;
    } catch (error) {
      await server?.close();
      throw error;
    }
  }

  private constructor(deps: HomeDeps, connection: Connection, server: EmbeddedServer | undefined, agent: AgentInfo) {
    this.deps = { ...deps, refresh: (what) => this.refreshed(what, deps.refresh(what)) };
    this.connection = connection;
    this.server = server;
    this.agent = agent;
    this.model = new ModelChoice(connection, agent);
    const storage = storageOf(deps.context);
    this.journal = new Journal(join(storage, 'journal'));
    const root = workspaceFolder()?.uri.fsPath ?? null;
    this.openChoice = new OpenChoice(deps.context.globalStorageUri.fsPath, connection.homeKey, root);
    this.memory = new MemoryContext(connection, join(deps.context.globalStorageUri.fsPath, 'known'));
    this.pins = new Pins(join(deps.context.globalStorageUri.fsPath, 'pins'));
    this.changes = new ChangeLog(join(deps.context.globalStorageUri.fsPath, 'memory-changes.jsonl'));
    this.threads = new Threads(connection, agent.id);
    this.chat = this.chatHome();
    this.notes = this.buildNotes();
    // Files can wait until the chat stands.
    this.filesLater = setTimeout(() => void this.followWantedFiles(), FILES_MS);
    server?.onExit((error) => {
      deps.log(`The embedded server ended: ${error.message}`);
      deps.lost();
    });
  }

  async dispose(): Promise<void> {
    clearTimeout(this.filesLater);
    await this.receipts?.then((receipts) => receipts.flush());
    await Promise.all([
      this.receipts?.then((receipts) => receipts.dispose()),
      this.files?.then((files) => files.dispose()),
      this.server?.close(),
      this.memory.flush(),
      this.hands?.then((hands) => hands.dispose()),
      this.skills?.then((skills) => skills.dispose()),
      this.upkeep?.then((upkeep) => upkeep.dispose()),
      this.reflecting?.then((reflecting) => reflecting.dispose()),
      this.inspector?.then((inspector) => inspector.dispose()),
      this.bringing?.then((bringing) => bringing.dispose()),
      this.choosing?.then((choosing) => choosing.dispose()),
    ]);
    await this.store?.then((store) => store.close());
  }

  async showDiff(approvalId: string): Promise<void> {
    await (await this.loadHands()).showDiff(approvalId);
  }

  /** The part that turns need, loaded once; the first view does without. */
  private loadHands(): Promise<Hands> {
    this.hands ??= import('./hands.ts').then(({ Hands: Loaded }) =>
      Loaded.open({
        connection: this.connection,
        agentId: this.agent.id,
        journal: this.journal,
        memory: this.memory,
        pins: this.pins,
        skills: () => this.loadSkills(),
        holdMemory: async (call, verdict) => (await this.loadInspector()).hold(call, verdict),
        markMemory: async (call) => (await this.loadInspector()).mark(call),
        corrected: (threadId, correction) => this.learn((correcting) => correcting.propose(correction, threadId)),
        rewrote: (threadId, files) => this.learn((correcting) => correcting.rewrote(threadId, files)),
        chatVisible: this.deps.chatVisible,
        showChat: this.deps.showChat,
        log: this.deps.log,
      }),
    );
    return this.hands;
  }

  /** What the Memory panel needs, and every turn that writes memory. */
  private loadInspector(): Promise<Inspector> {
    if (this.inspector) return this.inspector;
    this.inspector = Promise.all([import('./inspector.ts'), this.loadStore()]).then(
      ([{ Inspector: Loaded }, store]) =>
        new Loaded({
          connection: this.connection,
          agentId: this.agent.id,
          changes: this.changes,
          threads: this.threads,
          store,
          sentAlong: async () => (await this.loadHands()).sentAlong(),
          pinnedMemory: async (threadId) => {
            const pin = await this.pins.read(threadId);
            return pin && (await import('./agent/pinned.ts')).pinnedSection(pin);
          },
          refresh: (what) => this.deps.refresh(what),
          openThread: (threadId, messageId) => this.deps.openThread(threadId, messageId),
          filed: {
            before: async (review) =>
              review.kind === 'reflection'
                ? (await this.loadReflecting()).before(review)
                : (await this.loadFiles()).before(review),
            after: async (review, accepted) => (await this.loadFiles()).after(review, accepted),
          },
          log: this.deps.log,
        }),
    );
    // What another window has held meanwhile.
    this.inspector.then(
      () => this.deps.refresh('reviews'),
      () => {},
    );
    // Which lines may be out of date is shown with them; so are proposals.
    for (const part of [this.loadUpkeep(), this.loadReflecting()])
      part.catch((error: unknown) => this.deps.log(String(error)));
    return this.inspector;
  }

  /** History, reviews and receipts of every home lie beside the embedded home's database, behind a worker thread. */
  private loadStore(): Promise<MemoryStoreProxy> {
    this.store ??= import('./memory/store-client.ts').then(({ openMemoryStore }) =>
      openMemoryStore({
        workerPath: join(this.deps.context.extensionPath, 'dist', 'memory', 'worker.mjs'),
        dataDir: settings.dataDir(),
        log: this.deps.log,
      }),
    );
    return this.store;
  }

  /** What stands behind answers. */
  loadReceipts(): Promise<Receipts> {
    this.receipts ??= import('./receipts.ts').then(
      ({ Receipts: Loaded }) =>
        new Loaded({
          connection: this.connection,
          agentId: this.agent.id,
          pins: this.pins,
          journal: this.journal,
          threads: this.threads,
          store: () => this.loadStore(),
          inspector: () => this.loadInspector(),
          skills: () => this.loadSkills(),
          created: (create) => this.memory.created(this.agent.id, create),
          log: this.deps.log,
        }),
    );
    return this.receipts;
  }

  async showMessage(threadId: string, messageId?: string): Promise<void> {
    await (await this.loadInspector()).showTurn(threadId, messageId);
  }

  /** What fills memory from outside: the repository, other tools' rules, another agent. */
  loadBringing(): Promise<Bringing> {
    this.bringing ??= import('./bringing.ts').then(
      ({ Bringing: Loaded }) =>
        new Loaded({
          connection: this.connection,
          agentId: this.agent.id,
          changes: this.changes,
          context: this.deps.context,
          inspector: () => this.loadInspector(),
          hidden: async () => {
            const hands = await this.loadHands();
            return (path) => hands.hidden(path);
          },
          runBeside: async (title, text, reminders, sink, signal, sources) => {
            await this.settleModel();
            if (this.model.demo) return NO_MODEL;
            return this.runBeside(title, text, reminders, sink, signal, sources);
          },
          undo: (changes) => this.notes.undo(changes),
          refresh: (what) => this.deps.refresh(what),
          showMemory: (focus) => this.deps.showMemory(focus),
          log: this.deps.log,
        }),
    );
    return this.bringing;
  }

  /** Where rules were brought along once, what changes in them is proposed. Nothing waits for it. */
  private watchRules(): void {
    if (this.deps.context.workspaceState.get(`letta.rules.${this.agent.id}`) === undefined) return;
    this.modelsKnown
      .then(() => this.loadBringing())
      .then((bringing) => bringing.watchRules())
      .catch((error: unknown) => this.deps.log(`Files of rules are not watched: ${String(error)}`));
  }

  /** What keeps memory true: doctor, forgetting, anchors. */
  loadUpkeep(): Promise<Upkeep> {
    this.upkeep ??= import('./upkeep.ts').then(
      async ({ Upkeep: Loaded }) =>
        new Loaded({
          connection: this.connection,
          agentId: this.agent.id,
          changes: this.changes,
          context: this.memory,
          inspector: await this.loadInspector(),
          workerPath: join(this.deps.context.extensionPath, 'dist', 'memory', 'hygiene.mjs'),
          vendorPath: join(this.deps.context.extensionPath, 'dist', 'vendor'),
          secretFolders: [settings.dataDir(), this.deps.context.globalStorageUri.fsPath],
          refresh: (what) => this.deps.refresh(what),
          log: this.deps.log,
        }),
    );
    return this.upkeep;
  }

  /** What looks through the threads for what memory lacks. */
  loadReflecting(): Promise<Reflecting> {
    this.reflecting ??= import('./reflecting.ts').then(
      ({ Reflecting: Loaded }) =>
        new Loaded({
          connection: this.connection,
          agentId: this.agent.id,
          changes: this.changes,
          journal: this.journal,
          threads: this.threads,
          context: this.deps.context,
          inspector: () => this.loadInspector(),
          tools: async () => (await this.loadHands()).tools,
          model: () => this.modelsKnown.then(() => this.model.answering()),
          turnRuns: () => this.turns.running,
          refresh: (what) => this.deps.refresh(what),
          showMemory: (focus) => this.deps.showMemory(focus),
          log: this.deps.log,
        }),
    );
    return this.reflecting;
  }

  /** Turns what a person corrected into proposals. */
  loadCorrecting(): Promise<Correcting> {
    this.correcting ??= import('./correcting.ts').then(
      async ({ Correcting: Loaded }) =>
        new Loaded({
          connection: this.connection,
          agentId: this.agent.id,
          inspector: await this.loadInspector(),
        }),
    );
    return this.correcting;
  }

  /** Nothing waits for it. */
  private learn(what: (correcting: Correcting) => Promise<unknown>): void {
    this.loadCorrecting()
      .then(what)
      .catch((error: unknown) => this.deps.log(`A correction could not be put up for review: ${String(error)}`));
  }

  // ── which agent ──────────────────────────────────────────────────────────────────────────────────────────────────

  private loadChoosing(): Promise<Choosing> {
    this.choosing ??= import('./choosing.ts').then(
      ({ Choosing: Loaded }) =>
        new Loaded({
          connection: this.connection,
          agentId: this.agent.id,
          setup: () => setupOf(this.deps.context, this.connection),
          movedOn: () => this.deps.reopen(),
          log: this.deps.log,
        }),
    );
    return this.choosing;
  }

  /** @returns whether the workspace has another agent now: this home is to be opened anew. @throws Error */
  async selectAgent(): Promise<boolean> {
    if (await this.notes.pending()) throw new Error('A note is still on its way into memory. Try again in a moment.');
    const chosen = await (await this.loadChoosing()).select();
    if (!chosen) return false;
    await this.openChoice.set({ agentId: chosen.id, kind: chosen.kind });
    return true;
  }

  private leaveOpen(choice: Choice | undefined): void {
    this.openChoice.set(choice).catch((error: unknown) => this.deps.log(String(error)));
  }

  /** Nothing waits for it: the chat is open with the workspace's own agent. */
  private async offerChoice(): Promise<void> {
    try {
      const open = await this.openChoice.get();
      if (open?.agentId !== this.agent.id || this.chosen) return;
      if (!(await (await this.loadChoosing()).hasOthers()) || this.chosen) return;
      this.choice = open.kind;
      await this.deps.refresh('about');
    } catch (error) {
      this.deps.log(`Other agents could not be listed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** From now on it is the workspace's. */
  private settleChoice(): void {
    if (this.chosen) return;
    this.chosen = true;
    this.leaveOpen(undefined);
    void this.choosing?.then((choosing) => choosing.dispose());
    if (!this.choice) return;
    this.choice = undefined;
    void this.deps.refresh('about');
  }

  /** Memory as files: the mirror, export and import, what a workspace shares. */
  loadFiles(): Promise<MemoryFiles> {
    this.files ??= import('./memory-files.ts').then(
      ({ MemoryFiles: Loaded }) =>
        new Loaded({
          connection: this.connection,
          agent: this.agent,
          changes: this.changes,
          state: this.deps.context.workspaceState,
          by: `letta-vscode ${(this.deps.context.extension.packageJSON as { version: string }).version}`,
          inspector: () => this.loadInspector(),
          refresh: (what) => this.deps.refresh(what),
          log: this.deps.log,
        }),
    );
    return this.files;
  }

  /** At the start: most windows have no memory in files. */
  private async followWantedFiles(): Promise<void> {
    const root = vscode.workspace.workspaceFolders?.find((f) => f.uri.scheme === 'file')?.uri;
    const shared = () => (root ? vscode.workspace.fs.stat(vscode.Uri.joinPath(root, SHARED_PATH)) : Promise.reject());
    const wanted = settings.mirrorFolder() !== null || (await Promise.resolve(shared()).then(Boolean, () => false));
    if (wanted) await this.followFiles();
  }

  /** Does what `letta.memory.mirror` says. Never rejects: what is wrong is shown. */
  async followFiles(): Promise<void> {
    await this.loadFiles()
      .then((files) => files.follow())
      .catch(
        (error: unknown) =>
          void vscode.window.showWarningMessage(error instanceof Error ? error.message : String(error)),
      );
  }

  private async refreshed(what: string, done: Promise<void>): Promise<void> {
    if (what === 'blocks') {
      void this.files?.then((files) => files.changed());
      void this.reflecting?.then((reflecting) => reflecting.sweep());
    }
    await done;
  }

  private loadSkills(): Promise<SkillLibrary> {
    this.skills ??= import('./native/skill-library.ts').then(
      ({ SkillLibrary: Loaded }) =>
        new Loaded({
          state: this.deps.context.globalState,
          changed: () => void this.deps.refresh('skills'),
          log: this.deps.log,
        }),
    );
    return this.skills;
  }

  /** The settings name other models, or keys changed. */
  async modelsChanged(): Promise<void> {
    this.server?.configure(await this.deps.vault.withKeys(settings.endpoints(this.deps.log)));
    await this.model.refresh();
    await this.deps.refresh('about');
  }

  async pickModel(): Promise<void> {
    await this.model.refresh();
    await this.model.pick();
    await this.deps.refresh('about');
  }

  /** @returns handles of the models that answer there. @throws Error when none does: then nothing is kept */
  async connectEndpoint({ name, baseUrl, key }: { name: string; baseUrl: string; key: string }): Promise<string[]> {
    if (!this.server)
      throw new Error(
        'This home has its own models. Connect them on the Letta server, or choose the home on this computer.',
      );
    const others = (await this.deps.vault.withKeys(settings.endpoints(this.deps.log))).filter((e) => e.name !== name);
    this.server.configure([...others, { name, baseUrl, ...(key ? { apiKey: key } : {}) }]);
    await this.model.refresh();
    const handles = this.model.models.map((m) => m.handle).filter((handle) => handle.startsWith(`${name}/`));
    if (handles.length === 0) {
      this.server.configure(others);
      throw new Error(`No model answers at ${baseUrl}. Check the address and the key, and that the server runs.`);
    }
    if (key) await this.deps.vault.saveEndpointKey(name, key);
    await settings.saveEndpoint({ name, baseUrl });
    return handles;
  }

  private buildNotes(): Notes {
    const agentId = this.agent.id;
    const { globalState } = this.deps.context;
    const known = () => globalState.get<Record<string, StoredChange>>(`${NOTES_KEY}.${agentId}`, {});
    return new Notes({
      agentId,
      pending: new PendingNotes(join(storageOf(this.deps.context), 'notes.json')),
      blocks: () => this.blocks(),
      runBeside: (title, text, reminders, sink, signal, sources) =>
        this.runBeside(title, text, reminders, sink, signal, sources),
      keepInInbox: async (text) => {
        const { maskSecrets } = await import('./permissions/secrets.ts');
        const masked = maskSecrets(text);
        await keepInInbox(this.connection, this.changes, agentId, masked);
        await this.deps.refresh('blocks');
        return masked.replaceAll('\r\n', '\n').trim();
      },
      recall: (key) => known()[key],
      record: async (key, change) => {
        const entries = Object.entries({ ...known(), [key]: change }).slice(-MAX_NOTES);
        await globalState.update(`${NOTES_KEY}.${agentId}`, Object.fromEntries(entries));
      },
      undo: (change) => undo(this.connection, this.changes, agentId, change),
      reword: (change, text) => undo(this.connection, this.changes, agentId, { ...change, before: text }, 'person'),
      changed: async (undone) => {
        for (const label of undone) this.lastChanges.delete(label);
        await this.deps.refresh('blocks');
      },
    });
  }

  /** What an answer of a thread was made of, as far as it was noted. */
  async readBy(threadId: string): Promise<MemorySource[]> {
    return [...((await this.journal.read(threadId)).seen ?? [])];
  }

  async draftSkill(source: SkillSource, signal: AbortSignal): Promise<SkillDraft> {
    const { validateDraft } = await import('./skills/validate.ts');
    return learnSkill(
      {
        runBeside: (title, text, reminders, sink, abort) => this.runBeside(title, text, reminders, sink, abort),
        validate: validateDraft,
      },
      source,
      signal,
    );
  }

  /** @returns the file. @throws Error saying what is wrong with the draft: the editor then keeps it as not saved */
  async saveSkill(draft: vscode.Uri, text: string): Promise<vscode.Uri> {
    const saved = await (await this.loadSkills()).saveToProject(text);
    this.deps.log(`Saved the skill draft ${draft.path} as ${saved.fsPath}`);
    void vscode.window.showInformationMessage(`Saved the skill to ${vscode.workspace.asRelativePath(saved)}.`);
    return saved;
  }

  private chatHome(): ChatHome {
    let pager: Promise<TranscriptPager> | undefined;
    const loadPager = () => {
      pager ??= this.loadHands().then(
        ({ tools }) =>
          new TranscriptPager({
            connection: this.connection,
            agentId: this.agent.id,
            describe: describeWith(tools),
            memory: (threadId) => this.journal.read(threadId),
          }),
      );
      return pager;
    };
    const created = (create: () => Promise<string>) => this.memory.created(this.agent.id, create);
    return {
      about: () => this.about(),
      models: () => this.model.models,
      sessions: {
        load: async (threadId) => {
          const [thread, page, pin] = await Promise.all([
            this.threads.get(threadId),
            loadPager().then((p) => p.newest(threadId)),
            this.pins.read(threadId).catch(() => undefined),
          ]);
          return { title: thread.title, ...page, ...(pin ? { pin: { kind: pin.kind, at: pin.at } } : {}) };
        },
        older: async (threadId, before) => (await loadPager()).older(threadId, before),
        titleFor: (threadId, text) => this.threads.nameAfter(threadId, text),
        run: async (threadId, start, ask, signal, sink) =>
          this.turns
            .during(threadId, this.watched(threadId, start, sink), async (noted) =>
              (await this.loadHands()).run(threadId, start, ask, signal, noted),
            )
            .finally(() => void this.upkeep?.then(({ marks }) => marks.soon())),
      },
      threads: {
        list: async (query) => {
          const [list, pinned] = await Promise.all([this.threads.list(query), this.pins.all()]);
          return list.map((thread) => (pinned(thread.id) ? { ...thread, pinned: true } : thread));
        },
        create: () => created(() => this.threads.create()),
        rename: (threadId, title) => this.threads.rename(threadId, title),
        remove: async (threadId) => {
          await this.threads.remove(threadId);
          await this.pins.remove(threadId);
        },
        fork: async (threadId) => {
          const fork = await created(() => this.threads.fork(threadId));
          // It has read what the thread has read: what it writes to memory is judged by that.
          const { inheritSeen } = await import('./agent/seen.ts');
          await inheritSeen(this.journal, threadId, fork);
          await this.pins.inherit(threadId, fork);
          return fork;
        },
      },
      blocks: {
        list: () => this.blocks(),
        save: async (blockId, value, base) => {
          const result = await saveBlock(this.connection, this.changes, { blockId, value, base });
          if (result.outcome === 'saved') void this.deps.refresh('blocks');
          return result;
        },
      },
      memory: () => this.loadInspector(),
      answers: () => this.loadReceipts(),
      memoryInUse: () => this.inspector !== undefined,
      skills: {
        list: async () => (await this.loadSkills()).views(),
        edit: async (id) => (await this.loadSkills()).edit(id),
        create: async () => {
          await this.deps.openDraft(NEW_SKILL);
        },
        remove: async (id) => (await this.loadSkills()).remove(id),
        enable: async (id, enabled) => (await this.loadSkills()).enable(id, enabled),
      },
      selectModel: (handle) => this.model.select(handle),
      settleModel: async () => {
        const before = this.model.current;
        const settled = await this.settleModel();
        if (this.model.current !== before) await this.deps.refresh('about');
        return settled;
      },
    };
  }

  /** @returns false when the person was asked for a model and backed out. */
  private async settleModel(): Promise<boolean> {
    await Promise.race([this.modelsKnown, new Promise((resolve) => setTimeout(resolve, FIRST_MODELS_MS))]);
    return this.model.settle();
  }

  private about(): AboutView {
    const { kind } = this.connection;
    const label = {
      embedded: `Embedded home on this computer (${hostname()})`,
      selfHosted: `Letta server at ${settings.serverUrl()}`,
      cloud: 'Letta Cloud',
    };
    return {
      agentId: this.agent.id,
      agentName: this.agent.name,
      homeLabel: label[kind],
      homeKind: kind,
      model: this.model.current,
      demo: this.model.demo,
      trusted: vscode.workspace.isTrusted,
      ...(this.choice ? { choice: this.choice } : {}),
    };
  }

  private async blocks(): Promise<BlockView[]> {
    const inspector = await this.loadInspector();
    const blocks = await inspector.decorate(await listBlocks(this.connection, this.agent.id));
    return blocks.map((block) => {
      const lastChange = this.lastChanges.get(block.label);
      // What was undone or changed again is no longer the last word.
      const stands = lastChange && (lastChange.after === '' || block.value.includes(lastChange.after));
      return stands ? { ...block, lastChange } : block;
    });
  }

  /** One message in a hidden thread of its own, without editor tools: it disturbs no open thread. */
  private async runBeside(
    title: string,
    text: string,
    reminders: string[],
    sink: (event: TurnEvent) => void,
    signal: AbortSignal,
    sources: readonly MemorySource[] = ['person'],
  ): Promise<TurnOutcome> {
    await this.settleModel();
    const threadId = await this.memory.created(this.agent.id, () => this.threads.create({ title, hidden: true }));
    const hands = await this.loadHands();
    const start = { kind: 'message' as const, text, reminders, sources };
    return hands.runWithoutTools(threadId, start, signal, this.watched(threadId, start, sink));
  }

  /** The Memory panel and the history follow what any turn does to a block. */
  private watched(threadId: string, start: TurnStart, sink: (event: TurnEvent) => void): (event: TurnEvent) => void {
    this.settleChoice();
    const turn: Noted = { threadId, model: this.model.current, skills: new Set() };
    return (event) => {
      sink(event);
      const tells =
        event.type === 'given' || event.type === 'ended' || (event.type === 'tool' && event.part.name === 'Skill');
      if (tells) void this.loadReceipts().then((receipts) => receipts.take(turn, event));
      if (event.type !== 'tool' || !event.part.memory || event.part.state !== 'done') return;
      const { label, before, after } = event.part.memory;
      this.lastChanges.set(label, { before, after });
      const cause =
        start.kind === 'message' ? { text: start.text, ...(start.otid ? { messageId: start.otid } : {}) } : undefined;
      void this.noteMemory(threadId, event.part, cause).finally(() => this.deps.refresh('blocks'));
    };
  }

  /** What cannot be noted here is found in the thread's history later. */
  private async noteMemory(threadId: string, part: ToolPart, cause: CallNote['cause']): Promise<void> {
    if (!part.memory || part.memory.label === ARCHIVE) return;
    try {
      const call = {
        callId: part.id,
        label: part.memory.label,
        tool: part.name,
        args: JSON.parse(part.input) as unknown,
      };
      const inspector = await this.loadInspector();
      await inspector.note({ ...call, threadId, at: Date.now(), ...(cause ? { cause } : {}) });
    } catch (error) {
      this.deps.log(`A change of memory could not be noted: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** The demo is no AI: its words are not asked for. */
const NO_MODEL: TurnOutcome = {
  kind: 'failed',
  failure: { message: 'No model is connected.', hint: 'Run “Letta: Connect a Model…”.', retry: false },
};

const NEW_SKILL = `---
name: my-skill
description: What it does, and when to use it.
---

# My skill

## When to use

## Steps

1.

## Check
`;

/** In two parts, so that the extension host is blocked only briefly. */
async function parseHands(): Promise<void> {
  await import('./skills/frontmatter.ts');
  await setImmediate();
  await import('./hands.ts');
}

/** Where this window keeps what belongs to its workspace; without a workspace, what belongs to the computer. */
const storageOf = (context: vscode.ExtensionContext): string => (context.storageUri ?? context.globalStorageUri).fsPath;

/** Whose agent it is: where several folders are open, that of the first. */
const workspaceFolder = () => vscode.workspace.workspaceFolders?.find((folder) => folder.uri.scheme === 'file');

async function setupOf(context: vscode.ExtensionContext, connection: Connection): Promise<SetupOptions> {
  const folder = workspaceFolder();
  return {
    connection,
    workspace: folder ? { root: folder.uri.fsPath, name: folder.name, trusted: vscode.workspace.isTrusted } : null,
    storageFolder: storageOf(context),
    globalFolder: context.globalStorageUri.fsPath,
    model: await firstModel(connection),
  };
}

/** What a new agent starts with; which model answers is settled once the list is there. */
async function firstModel(connection: Connection): Promise<string> {
  // Its endpoints are told to the embedded server a moment later.
  if (connection.kind === 'embedded') return DEMO_MODEL;
  const wanted = settings.defaultModel();
  if (wanted) return wanted;
  const [first] = await listModels(connection);
  if (!first) throw new Error('This Letta server offers no model. Add a provider there, then try again.');
  return first.handle;
}

async function openConnection(deps: HomeDeps): Promise<{ connection: Connection; server?: EmbeddedServer }> {
  const kind = settings.homeKind();
  if (kind === 'embedded') {
    const server = await startEmbeddedServer({
      workerPath: join(deps.context.extensionPath, 'dist', 'server', 'worker.mjs'),
      dataDir: settings.dataDir(),
      version: (deps.context.extension.packageJSON as { version: string }).version,
      // The keys follow (`modelsChanged`): reading them would keep the first view waiting.
      endpoints: [],
      log: deps.log,
    });
    return { connection: connect({ kind, fetch: server.fetch }), server };
  }
  const key = await deps.vault.serverKey();
  if (kind === 'selfHosted') {
    return { connection: connect({ kind, url: settings.serverUrl(), ...(key ? { apiKey: key } : {}) }) };
  }
  if (!key) throw new Error('Letta Cloud needs an API key: run “Letta: Select Home…” and enter it.');
  return { connection: connect({ kind, apiKey: key }) };
}
