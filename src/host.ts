// The extension proper, loaded on first use: builds the rooms, wires the commands, and lives as long as the window.
import { join } from 'node:path';
import * as vscode from 'vscode';
import { withoutLinks } from './chat/attention.ts';
import { Chat } from './chat/chat.ts';
import { type EarlyPage, pageOwner } from './chat/html.ts';
import { KEPT_FILE, Kept } from './chat/kept.ts';
import { VIEW_FILE, ViewKeeper } from './chat/kept-view.ts';
import { Status } from './chat/status.ts';
import { PendingNotes } from './flows/pending-notes.ts';
import { Home } from './home.ts';
import { type Command, hostCommands } from './host-commands.ts';
import { changeCommand, LazyReview } from './lazy-review.ts';
import { MaybeDown } from './maybe-down.ts';
import type { AnswerAsModel, OfferedModel } from './native/letta-models.ts';
import type { MemoryTool } from './native/memory-tools.ts';
import { offerUndoWithin } from './native/offer-undo.ts';
import { realPathOf } from './native/real-path.ts';
import * as settings from './native/settings.ts';
import type { SkillDrafts } from './native/skill-drafts.ts';
import { Vault } from './native/vault.ts';
import type { NoteTaking } from './note-taking.ts';
import { t } from './protocol/l10n.ts';
import type { Params } from './protocol/messages.ts';

const OFFLINE = t('The server does not answer. Notes are kept until it does; Letta goes on by itself then.');
/** Milliseconds in which a deleted thread can be brought back. */
const UNDO_MS = 10_000;

export interface Host {
  run(command: string, args: unknown[]): Promise<unknown>;
  /** Shows what an address of ours names. Nothing else comes of it, whoever wrote the address. */
  follow(address: vscode.Uri): Promise<void>;
  /** A message to `@letta` in VS Code's own chat. Never rejects. */
  answerInChat(...asked: Parameters<vscode.ChatRequestHandler>): Promise<vscode.ChatResult>;
  /** What a model of ours answers to another chat. @throws Error in words for it */
  answerAsModel: AnswerAsModel;
  /** The MCP server over this folder's memory. @throws Error saying what to do */
  mcpServer(): Promise<vscode.McpStdioServerDefinition>;
  resolveView(page: EarlyPage): void;
  /** An editor tab that VS Code brings back. */
  resolveTab(page: EarlyPage): void;
  drafts(): Promise<SkillDrafts>;
  /** What another agent in VS Code asks of memory, and the person has allowed. @throws Error in words for it */
  useMemory(tool: MemoryTool, input: unknown, signal: AbortSignal): Promise<string>;
  /** Within 500 ms: an extension host that ends does not wait much longer. */
  dispose(): Promise<void>;
}

/** What only the stub can do. */
interface Stub {
  /** Tells VS Code's chat which models there are. */
  offer(models: readonly OfferedModel[]): void;
  /** Opens an editor tab for a thread. */
  openTab(title: string): Promise<EarlyPage>;
}

export function startHost(context: vscode.ExtensionContext, status: vscode.StatusBarItem, stub: Stub): Host {
  return new RunningHost(context, status, stub);
}

class RunningHost implements Host {
  private readonly context: vscode.ExtensionContext;
  private readonly stub: Stub;
  private readonly status: Status;
  private readonly output: vscode.LogOutputChannel;
  private readonly vault: Vault;
  private readonly chat: Chat;
  private readonly subscriptions: vscode.Disposable[] = [];
  private opened: Promise<Home> | undefined;
  private openDrafts: Promise<SkillDrafts> | undefined;
  private readonly review: LazyReview;
  private readonly pendingNotes: PendingNotes;
  private taking: Promise<NoteTaking> | undefined;
  private readonly commands: Record<string, Command>;
  private readonly down: MaybeDown;

  constructor(context: vscode.ExtensionContext, status: vscode.StatusBarItem, stub: Stub) {
    this.context = context;
    this.stub = stub;
    this.status = new Status(status);
    this.output = vscode.window.createOutputChannel('Letta', { log: true });
    this.vault = new Vault(context.secrets);
    const storage = context.storageUri ?? context.globalStorageUri;
    this.pendingNotes = new PendingNotes(join(storage.fsPath, 'notes.json'));
    this.review = new LazyReview({
      storage: storage.fsPath,
      changed: () => this.chat.showChanges(),
      learn: async (...learned) => (await (await this.home()).parts.loadCorrecting()).propose(...learned),
      undone: (...undone) =>
        void this.home().then(async ({ parts }) => (await parts.learned.loadUses()).undone(...undone)),
      log: (line) => this.output.warn(line),
    });
    this.down = new MaybeDown({
      context,
      home: () => this.home(),
      changed: () => void this.chat.refresh('about'),
      log: (line) => this.output.info(line),
    });
    this.chat = new Chat({
      context,
      kept: new Kept(join(storage.fsPath, KEPT_FILE), (line) => this.output.warn(line)),
      page: new ViewKeeper(join(storage.fsPath, VIEW_FILE), () => pageOwner(context.extension)),
      home: () => this.down.chat(),
      retryHome: () => this.down.retry(),
      selectHome: () => this.run('letta.selectHome', []),
      openTab: (title) => stub.openTab(title),
      connectModel: () => this.connectModel(),
      selectAgent: () => this.run('letta.selectAgent', []),
      remember: (message) => this.rememberMessage(message),
      // The view is free again at once: a restore asks, and takes its time.
      restore: async (message) => void this.run('letta.restoreCheckpoint', [message]),
      hasCommand: (command) => command in this.commands,
      // The composer is free again at once: a command may ask, or take its time.
      runCommand: (...command) => void this.run(...command),
      mode: settings.permissionMode,
      selectMode: settings.savePermissionMode,
      showDiff: async (approvalId) => (await this.home()).showDiff(approvalId),
      status: (running, waiting) => this.status.update({ running, waiting }),
      changes: () => this.review.view(),
      change: (what) => this.run(...changeCommand(what)),
      realPath: realPathOf,
      offerUndo: (message, late) => offerUndoWithin(withoutLinks(message), UNDO_MS, late),
      log: (line) => this.output.info(line),
    });
    this.commands = {
      ...hostCommands({
        chat: this.chat,
        vault: this.vault,
        state: context.globalState,
        globalFolder: context.globalStorageUri.fsPath,
        home: () => this.home(),
        reopen: (fresh) => this.reopen(fresh),
        remember: (given, why) => this.remember(given, why),
        connectModel: () => this.connectModel(),
        showLog: () => this.output.show(),
      }),
      ...this.review.commands,
    };
    this.subscriptions.push(
      this.output,
      this.chat,
      this.down,
      vscode.workspace.onDidChangeConfiguration((event) => void this.configurationChanged(event)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.chat.refresh('about')),
    );
    this.home().catch((error: unknown) => this.output.error(String(error)));
    if (process.env.LETTA_BASE_URL ?? process.env.LETTA_API_URL ?? process.env.LETTA_API_KEY)
      void this.run('letta.offerHome', []);
  }

  async run(command: string, args: unknown[]): Promise<unknown> {
    const action = this.commands[command];
    if (!action) throw new Error(t('The command {0} is not known.', command));
    try {
      return await action(...args);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.output.error(`${command}: ${text}`);
      void vscode.window.showErrorMessage(text);
      return undefined;
    }
  }

  async follow(address: vscode.Uri): Promise<void> {
    const [command, ...args] = (await import('./native/deep-link.ts')).linkCommand(address);
    await this.run(command, args);
  }

  async answerInChat(...asked: Parameters<vscode.ChatRequestHandler>): Promise<vscode.ChatResult> {
    const { answerInChat } = await import('./answering-in-chat.ts');
    const chat = async () => (await this.home()).chat;
    const deps = {
      threads: this.chat.sessions,
      create: async () => (await chat()).threads.create(),
      settleModel: async () => (await chat()).settleModel(),
      log: (line: string) => this.output.warn(line),
    };
    return answerInChat(deps, ...asked);
  }

  answerAsModel: AnswerAsModel = async (...asked) => (await this.home()).answerAsModel(...asked);

  async mcpServer(): Promise<vscode.McpStdioServerDefinition> {
    return (await this.home()).mcpServer();
  }

  resolveView(page: EarlyPage): void {
    this.chat.view.side.resolve(page);
  }

  resolveTab(page: EarlyPage): void {
    this.chat.view.addTab(page);
  }

  async dispose(): Promise<void> {
    const home = this.opened;
    this.opened = undefined;
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
    void this.review.dispose();
    void this.openDrafts?.then((drafts) => drafts.dispose());
    if (home) await home.then((h) => h.dispose()).catch(() => {});
  }

  /** The open home. A failure is not kept: the next use tries again. @throws Error saying what to do. */
  private home(): Promise<Home> {
    if (!this.opened) {
      const opening = Home.open({
        context: this.context,
        vault: this.vault,
        log: (line) => this.output.info(line),
        pendingNotes: this.pendingNotes,
        refresh: (what) =>
          this.chat.refresh(what).catch((error: unknown) => {
            this.output.warn(`Refreshing ${what} failed: ${error instanceof Error ? error.message : String(error)}`);
          }),
        openThread: (threadId, messageId) => this.chat.openAt(threadId, messageId),
        startFrom: (threadId, text, reminders) => this.chat.startFrom(threadId, text, reminders),
        running: () => this.chat.running,
        chatVisible: () => this.chat.view.visible,
        asks: (threadId, question) => this.chat.asks(threadId, question),
        others: {
          ...this.chat.others,
          reachable: (is) => this.status.update({ offline: is ? undefined : OFFLINE }),
        },
        showMemory: (focus) => this.chat.view.show('memory', focus),
        refreshCard: (threadId, callId, body) => this.chat.refreshCard(threadId, callId, body),
        openDraft: async (text, scope) => (await this.drafts()).open(text, [], scope ? { scope } : {}),
        drafts: () => this.drafts(),
        thread: () => this.chat.thread,
        offerSkill: (offer) => this.chat.view.send('offer', offer),
        lost: () => {
          if (this.opened !== opening) return;
          this.opened = undefined;
          void this.startOver();
        },
        reopen: () => this.reopen(true),
        review: () => this.review.load(),
        offerModels: (models) => this.stub.offer(models),
      });
      this.opened = opening;
      opening.then(
        (home) => {
          this.status.update({ home: home.chat.about().homeLabel, offline: undefined });
          // It answers that did not.
          if (this.down.over()) void this.restart();
          // What cannot be read now is read, and its failure shown, when the view asks.
          this.chat.prepare().catch(() => {});
          this.recoverNotes(home).catch((error: unknown) => this.output.error(`Notes that wait: ${String(error)}`));
        },
        (error: unknown) => {
          if (this.opened !== opening) return;
          this.opened = undefined;
          this.down.failed(error);
          this.status.update({ home: undefined, offline: error instanceof Error ? error.message : String(error) });
        },
      );
    }
    return this.opened;
  }

  private async remember(given: unknown, why = false): Promise<void> {
    await (await this.loadTaking()).remember(given, why);
  }

  private loadTaking(): Promise<NoteTaking> {
    this.taking ??= import('./note-taking.ts').then(({ NoteTaking }) => {
      const taking = new NoteTaking({
        home: () => this.home(),
        pending: this.pendingNotes,
        viewMemory: (label) => this.chat.view.show('memory', label),
        log: (line) => this.output.error(line),
      });
      this.subscriptions.push(taking);
      return taking;
    });
    return this.taking;
  }

  /** A message of the chat. */
  private async rememberMessage({ threadId, text, answer }: Params<'remember'>): Promise<void> {
    const sources = await this.home()
      .then((home) => home.wordsIn(threadId, answer ? 'answer' : 'message'))
      // Kept for when the home is back, and shown to the person then.
      .catch(() => ['imported' as const]);
    const own = sources.includes('imported') ? 'It stands in a message.' : 'The person said it in a message to you.';
    const from = answer ? 'It stands in an answer of yours.' : own;
    void this.run('letta.remember', [{ text, from, sources }]);
  }

  /** Notes that an earlier window, or a home that did not answer, left behind. */
  private async recoverNotes(home: Home): Promise<void> {
    if (await home.hasNotes()) await (await this.loadTaking()).recover(home);
  }

  /** Loaded with the first draft. */
  drafts(): Promise<SkillDrafts> {
    this.openDrafts ??= import('./native/skill-drafts.ts').then(
      ({ SkillDrafts: Loaded }) =>
        new Loaded(this.context.globalStorageUri, async (...draft) =>
          (await (await this.home()).parts.learned.loadLearning()).save(...draft),
        ),
    );
    return this.openDrafts;
  }

  async useMemory(tool: MemoryTool, input: unknown, signal: AbortSignal): Promise<string> {
    const { useMemoryTool } = await import('./memory-for-others.ts');
    return useMemoryTool({ home: () => this.home(), taking: () => this.loadTaking() }, tool, input, signal);
  }

  private async connectModel(): Promise<void> {
    const home = await this.home();
    await (await import('./commands/connect-model.ts')).connectModelCommand({
      connect: (endpoint) => home.models.connect(endpoint),
      select: (handle) => home.chat.selectModel(handle),
      vscodeModels: async () => (await import('./native/vscode-models.ts')).vscodeModels(),
      allow: async (model) => {
        const id = await (await import('./native/vscode-models.ts')).allowModel(model);
        await home.models.refresh();
        return `vscode/${id}`;
      },
    });
    await this.chat.refresh('about');
  }

  private async configurationChanged(event: vscode.ConfigurationChangeEvent): Promise<void> {
    if (['letta.server', 'letta.embedded'].some((key) => event.affectsConfiguration(key))) {
      await this.reopen();
      return;
    }
    if (['letta.models', 'letta.context.window'].some((key) => event.affectsConfiguration(key)))
      await (await this.home()).models.refresh();
    if (event.affectsConfiguration('letta.memory.mirror')) await (await this.home()).followFiles();
    if (['letta.permissions', 'letta.memory.maxPromptTokens'].some((key) => event.affectsConfiguration(key)))
      await this.chat.refresh('about');
  }

  private async reopen(fresh = false): Promise<void> {
    const old = this.opened;
    this.opened = undefined;
    this.chat.reset();
    await old?.then((home) => home.dispose()).catch(() => {});
    await this.startOver(fresh);
  }

  /** Another home or agent, or the same one anew after its server ended. */
  private async startOver(fresh = false): Promise<void> {
    this.down.over();
    await this.restart(fresh);
  }

  /** The view shows what is there now. */
  private async restart(fresh = false): Promise<void> {
    this.chat.reset();
    try {
      await this.down.chat();
      await this.chat.restart(fresh);
    } catch (error) {
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
  }
}
