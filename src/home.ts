// One open home: a Letta server, the workspace's agent on it, and the rooms wired to both. Replaced when another home is chosen.
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as vscode from 'vscode';
import { MemoryContext } from './agent/context.ts';
import type { TurnOutcome } from './agent/events.ts';
import { fileNameFor } from './agent/files.ts';
import { type Journal, journalOf } from './agent/journal.ts';
import { Pins } from './agent/pins.ts';
import { type AgentInfo, findOrCreateAgent } from './agent/setup.ts';
import { TurnHolds } from './agent/turn-holds.ts';
import { TurnRecords } from './agent/turn-records.ts';
import { AgentChoice } from './agent-choice.ts';
import type { ChatHome } from './chat/home.ts';
import { ReadThreads } from './chat/read-threads.ts';
import type { Notes } from './flows/notes.ts';
import type { OpenBeside, RunBeside, SidePlace } from './flows/run-beside.ts';
import { homeChat } from './home-chat.ts';
import { HomeModels } from './home-models.ts';
import type { Connection } from './letta/connection.ts';
import type { EmbeddedServer } from './letta/embedded.ts';
import type { Others } from './letta/others.ts';
import { listBlocks } from './memory/blocks.ts';
import { ChangeLog } from './memory/change-log.ts';
import { SHARED_GLOB, SHARED_PATH } from './memory/mirror/shared-path.ts';
import type { AnswerAsModel } from './native/letta-models.ts';
import * as settings from './native/settings.ts';
import { type HomeDeps, homeView, openConnection, setupOf, storageOf, workspaceFolder } from './open-home.ts';
import { Parts } from './parts.ts';
import type { AboutView } from './protocol/about-views.ts';
import { t } from './protocol/l10n.ts';
import type { BlockView } from './protocol/memory-views.ts';
import type { MemorySource } from './protocol/sources.ts';
import type { Seeing } from './seeing.ts';
import { Threads } from './threads/threads.ts';

/** How long files of memory wait for the first view. */
const FILES_MS = 2_000;

export class Home {
  chat: ChatHome;
  private opening: Promise<Notes> | undefined;
  private readonly deps: HomeDeps;
  private readonly connection: Connection;
  private readonly server: EmbeddedServer | undefined;
  private readonly agent: AgentInfo;
  readonly models: HomeModels;
  readonly parts: Parts;
  private readonly choice: AgentChoice;
  private readonly filesLater: NodeJS.Timeout;
  private watching: vscode.Disposable | undefined;
  private readonly threads: Threads;
  private readonly seen: ReadThreads;
  private readonly journal: Journal;
  private readonly memory: MemoryContext;
  private readonly pins: Pins;
  private readonly changes: ChangeLog;
  private readonly records: TurnRecords;
  private readonly others: Promise<Others>;
  /** Of a home on a server. */
  private seeing: Seeing | undefined;

  /** @throws Error saying what to do when the server cannot be started or reached */
  static async open(deps: HomeDeps): Promise<Home> {
    const opening = openConnection(deps);
    // Parsed while the server starts in its thread: the first transcript names tools.
    void parseHands().catch(() => {});
    const { connection, server, checked } = await opening;
    try {
      // Another computer may be down the next time.
      const seeing = checked && import('./seeing.ts');
      const { agent, created } = await findOrCreateAgent(await setupOf(deps.context, connection));
      const home = new Home(deps, connection, server, agent);
      if (seeing) {
        const where = { globalFolder: deps.context.globalStorageUri.fsPath, workspace: storageOf(deps.context) };
        home.seeing = new (await seeing).Seeing(home.chat, { ...where, log: deps.log });
        home.chat = home.seeing.chat;
      }
      if (created) home.choice.leaveOpen({ agentId: agent.id, kind: 'new' });
      const listed = home.models.start();
      void listed.then(() => home.choice.offer());
      home.watchRules(listed);
      return home;
    } catch (error) {
      await server?.close();
      throw checked ? (await import('./seeing.ts')).asDown(error, checked) : error;
    }
  }

  private constructor(deps: HomeDeps, connection: Connection, server: EmbeddedServer | undefined, agent: AgentInfo) {
    this.deps = {
      ...deps,
      refresh: (what) => {
        const done = deps.refresh(what);
        this.parts.changed(what);
        if (what === 'reviews')
          void done.then(async () => (await this.others).tellReviews(deps.others.reviewsWaiting()));
        return done;
      },
    };
    this.connection = connection;
    const { others } = deps;
    this.others = import('./letta/others.ts').then(
      ({ Others: Loaded }) => new Loaded({ connection, agentId: agent.id, ...others, log: deps.log }),
    );
    this.server = server;
    this.agent = agent;
    const { log, vault } = deps;
    const changed = () => this.deps.refresh('about');
    const state = deps.context.globalState;
    this.models = new HomeModels({
      connection,
      agent,
      server,
      vault,
      log,
      changed,
      state,
      offerModels: deps.offerModels,
    });
    const storage = storageOf(deps.context);
    const globalFolder = deps.context.globalStorageUri.fsPath;
    this.journal = journalOf(globalFolder, storage, agent.id);
    this.memory = new MemoryContext(connection, join(globalFolder, 'known'));
    this.pins = new Pins(join(globalFolder, 'pins'));
    const holds = new TurnHolds(join(globalFolder, 'turns'), log);
    this.changes = new ChangeLog(join(globalFolder, 'memory-changes.jsonl'), async ({ blockId, after, by }) => {
      // What is taken back stood there before.
      if (by === 'undo') return;
      await this.parts.grows((now) => now.map((block) => (block.id === blockId ? { ...block, value: after } : block)));
    });
    this.threads = new Threads(connection, agent.id, vscode.workspace.name);
    this.seen = new ReadThreads(join(globalFolder, 'read', `${fileNameFor(agent.id)}.json`), log);
    this.choice = new AgentChoice({
      connection,
      agentId: agent.id,
      agent,
      globalFolder,
      root: workspaceFolder()?.uri.fsPath ?? null,
      setup: () => setupOf(deps.context, connection),
      movedOn: () => deps.reopen(),
      changed: () => this.deps.refresh('about'),
      log: deps.log,
    });
    const { changes, journal, memory, pins, threads } = this;
    const shared = { deps: this.deps, connection, agent, changes, journal, memory, pins, holds, threads };
    this.parts = new Parts({
      ...shared,
      askBeside: async (...asked) => {
        await this.models.settle();
        return this.models.choice.demo ? NO_MODEL : this.runBeside(...asked);
      },
      openBeside: this.openBeside,
      undo: async (stored) => (await this.notes()).undo(stored),
      answering: () => this.models.answering(),
    });
    this.records = new TurnRecords({
      model: () => this.models.choice.current,
      note: async (call) => (await this.parts.loadInspector()).note(call),
      receipts: () => this.parts.loadReceipts(),
      changed: () => this.deps.refresh('blocks'),
      log,
    });
    this.chat = homeChat({
      ...shared,
      parts: this.parts,
      models: this.models,
      records: this.records,
      seen: this.seen,
      about: () => this.about(),
      blocks: () => this.blocks(),
      turnBegins: () => this.choice.settle(),
      wake: () => void this.others.then((others) => others.wake()),
    });
    // Files can wait until the chat stands.
    this.filesLater = setTimeout(() => {
      void this.followWantedFiles();
      void this.refreshLauncher();
      this.seeing
        ?.lookAround(() => listBlocks(connection, agent.id))
        .catch((error: unknown) => deps.log(`What is seen of the home is not kept: ${String(error)}`));
    }, FILES_MS);
    server?.onExit((error) => {
      deps.log(`The embedded server ended: ${error.message}`);
      deps.lost();
    });
  }

  /** Notes on their way into memory. Loaded with the first one. */
  notes(): Promise<Notes> {
    const { connection, agent, changes, deps } = this;
    this.opening ??= import('./remembering.ts').then(({ openNotes }) =>
      openNotes({
        connection,
        agentId: agent.id,
        changes,
        pending: deps.pendingNotes,
        state: deps.context.globalState,
        blocks: () => this.blocks(),
        runBeside: this.runBeside,
        refresh: deps.refresh,
        undone: (labels) => this.records.undone(labels),
        trusted: () => vscode.workspace.isTrusted,
        reviews: async () => (await this.parts.loadInspector()).desk,
      }),
    );
    return this.opening;
  }

  /** Whether notes wait that nobody sees to. */
  async hasNotes(): Promise<boolean> {
    return this.deps.pendingNotes.any(this.agent.id);
  }

  async dispose(): Promise<void> {
    clearTimeout(this.filesLater);
    this.models.dispose();
    this.watching?.dispose();
    void this.others.then((others) => others.dispose());
    await this.parts.flush();
    await Promise.all([
      this.parts.dispose(),
      this.server?.close(),
      this.memory.flush(),
      this.seen.flush(),
      this.choice.dispose(),
      this.seeing?.flush(),
    ]);
  }

  /** @param fresh a new one. @returns whether the workspace has another agent now: this home is to be opened anew. @throws Error */
  async selectAgent(fresh = false): Promise<boolean> {
    if (await this.hasNotes()) throw new Error(t('A note is still on its way into memory. Try again in a moment.'));
    return this.choice.select(fresh);
  }

  async showDiff(approvalId: string): Promise<void> {
    await (await this.parts.loadHands()).showDiff(approvalId);
  }

  async showMessage(threadId: string, messageId?: string): Promise<void> {
    await (await this.parts.loadInspector()).showTurn(threadId, messageId);
  }

  /** Where rules were brought along once, what changes in them is proposed. Nothing waits for it. */
  private watchRules(listed: Promise<void>): void {
    if (this.deps.context.workspaceState.get(`letta.rules.${this.agent.id}`) === undefined) return;
    listed
      .then(() => this.parts.loadBringing())
      .then((bringing) => bringing.watchRules())
      .catch((error: unknown) => this.deps.log(`Files of rules are not watched: ${String(error)}`));
  }

  /** At the start: most windows have no memory in files. What a workspace shares may come with a pull at any time. */
  private async followWantedFiles(): Promise<void> {
    const root = workspaceFolder();
    if (root) {
      const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(root, SHARED_GLOB));
      const look = () => void this.lookAtShared(vscode.Uri.joinPath(root.uri, SHARED_PATH));
      const trusted = vscode.workspace.onDidGrantWorkspaceTrust(look);
      this.watching = vscode.Disposable.from(watcher, watcher.onDidCreate(look), watcher.onDidChange(look), trusted);
      look();
    }
    if (settings.mirrorFolder() !== null) await this.followFiles();
  }

  private async lookAtShared(file: vscode.Uri): Promise<void> {
    try {
      if (await isThere(file)) (await this.parts.loadFiles()).lookAtShared();
    } catch (error) {
      this.deps.log(`${SHARED_PATH}: ${String(error)}`);
    }
  }

  /** How other programs reach this agent's memory, for the clipboard. @throws Error saying what to do */
  async copyMcpEntry(): Promise<void> {
    if (this.connection.kind !== 'embedded') throw new Error(OTHER_HOME);
    const { copyMcpEntry } = await import('./commands/copy-mcp.ts');
    await copyMcpEntry(this.mcpPlace(), workspaceFolder()?.uri.fsPath);
  }

  /** The same for VS Code. @throws Error saying what to do */
  async mcpServer(): Promise<vscode.McpStdioServerDefinition> {
    if (this.connection.kind !== 'embedded') throw new Error(OTHER_HOME);
    const { mcpServer } = await import('./commands/copy-mcp.ts');
    return mcpServer(this.mcpPlace(), workspaceFolder()?.uri.fsPath);
  }

  /** @throws Error in words for whoever asks */
  answerAsModel: AnswerAsModel = async (...asked) => {
    const { answerAsModel } = await import('./answering-as-model.ts');
    await this.models.listed();
    return answerAsModel(this.connection, ...asked);
  };

  private mcpPlace() {
    return { extensionPath: this.deps.context.extensionPath, dataDir: settings.dataDir() };
  }

  private async refreshLauncher(): Promise<void> {
    try {
      await (await import('./commands/copy-mcp.ts')).refreshLauncher(this.mcpPlace());
    } catch (error) {
      this.deps.log(`Other programs may not reach memory: ${String(error)}`);
    }
  }

  /** Does what `letta.memory.mirror` says. Never rejects: what is wrong is shown. */
  async followFiles(): Promise<void> {
    await this.parts
      .loadFiles()
      .then((files) => files.follow())
      .catch(
        (error: unknown) =>
          void vscode.window.showWarningMessage(error instanceof Error ? error.message : String(error)),
      );
  }

  /** Whose words a message of a thread holds. */
  async wordsIn(threadId: string, kind: 'answer' | 'message'): Promise<MemorySource[]> {
    const { wordsIn } = await import('./agent/seen.ts');
    const about = { connection: this.connection, agentId: this.agent.id, threadId };
    return wordsIn(about, kind, async () => (await this.parts.loadReflecting()).seen(threadId));
  }

  private about(): AboutView {
    return {
      agentId: this.agent.id,
      agentName: this.agent.name,
      ...homeView(),
      model: this.models.choice.current,
      demo: this.models.choice.demo,
      memoryTokens: settings.maxPromptTokens(),
      ...(this.models.choice.limit ? { window: this.models.choice.limit } : {}),
      ...(this.choice.kind ? { choice: this.choice.kind } : {}),
    };
  }

  private async blocks(): Promise<BlockView[]> {
    const inspector = await this.parts.loadInspector();
    return this.records.withLastChanges(await inspector.decorate(await listBlocks(this.connection, this.agent.id)));
  }

  private readonly openBeside: OpenBeside = async (place) => {
    await this.models.settle();
    const make = async (place: Exclude<SidePlace, { kind: 'known' }>) => {
      if (place.kind === 'new') return this.threads.create({ title: place.title, hidden: true });
      const { forkPending } = await import('./threads/fork-pending.ts');
      return forkPending(this.connection, this.agent.id, place.of, place.title);
    };
    const id = place.kind === 'known' ? place.id : await this.memory.created(this.agent.id, () => make(place));
    if (place.kind === 'copy') {
      // It has read what the thread has read: what it writes to memory is judged by that.
      await (await import('./agent/seen.ts')).inheritSeen(this.journal, place.of, id);
      await this.pins.inherit(place.of, id);
    }
    return {
      id,
      ask: async (text, reminders, sink, signal, sources = ['person']) => {
        const hands = await this.parts.loadHands();
        const start = { kind: 'message' as const, text, reminders, sources };
        this.choice.settle();
        return hands.runWithoutTools(id, start, signal, this.records.following(id, start, sink));
      },
    };
  };

  private readonly runBeside: RunBeside = async (title, ...asked) =>
    (await this.openBeside({ kind: 'new', title })).ask(...asked);
}

const OTHER_HOME = t('The MCP server reads the embedded home, and this agent lives on another one.');

const isThere = (file: vscode.Uri): Promise<boolean> =>
  Promise.resolve(vscode.workspace.fs.stat(file)).then(Boolean, () => false);

/** The demo is no AI: its words are not asked for. */
const NO_MODEL: TurnOutcome = {
  kind: 'failed',
  failure: { message: t('No model is connected.'), hint: t('Run “Letta: Connect a Model…”.'), retry: false },
};

/** In two parts, so that the extension host is blocked only briefly. */
async function parseHands(): Promise<void> {
  await import('./skills/frontmatter.ts');
  await setImmediate();
  await Promise.all([import('./threads/pager.ts'), import('./hands.ts')]);
}
