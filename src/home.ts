// One open home: a Letta server, the workspace's agent on it, and the rooms wired to both. Replaced when another home is chosen.
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as vscode from 'vscode';
import { MemoryContext } from './agent/context.ts';
import { describeWith } from './agent/describe.ts';
import type { TurnEvent, TurnOutcome, TurnStart } from './agent/events.ts';
import { Journal } from './agent/journal.ts';
import { Pins } from './agent/pins.ts';
import type { Noted } from './agent/receipt-keeper.ts';
import { type AgentInfo, findOrCreateAgent } from './agent/setup.ts';
import { AgentChoice } from './agent-choice.ts';
import type { ChatHome } from './chat/home.ts';
import type { SkillDraft, SkillSource } from './flows/learn-skill.ts';
import { Notes } from './flows/notes.ts';
import { PendingNotes } from './flows/pending-notes.ts';
import type { StoredChange } from './flows/remember.ts';
import type { Connection } from './letta/connection.ts';
import type { EmbeddedServer } from './letta/embedded.ts';
import { ARCHIVE } from './letta/memory-tools.ts';
import { listBlocks, saveBlock } from './memory/blocks.ts';
import { ChangeLog } from './memory/change-log.ts';
import { keepInInbox, undo } from './memory/changes.ts';
import { SHARED_PATH } from './memory/mirror/shared-path.ts';
import type { CallNote } from './memory/store/types.ts';
import { ModelChoice } from './model-choice.ts';
import * as settings from './native/settings.ts';
import { type HomeDeps, openConnection, setupOf, storageOf, workspaceFolder } from './open-home.ts';
import { Parts } from './parts.ts';
import type { MemorySource } from './protocol/sources.ts';
import type { AboutView, BlockView, ToolPart } from './protocol/views.ts';
import { TranscriptPager } from './threads/pager.ts';
import { Threads } from './threads/threads.ts';

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
  readonly parts: Parts;
  private readonly choice: AgentChoice;
  private readonly filesLater: NodeJS.Timeout;
  private readonly threads: Threads;
  private readonly journal: Journal;
  private readonly memory: MemoryContext;
  private readonly pins: Pins;
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
      if (created) home.choice.leaveOpen({ agentId: agent.id, kind: 'new' });
      home.modelsKnown = home.modelsChanged().catch((error: unknown) => {
        deps.log(`Models could not be listed: ${String(error)}`);
      });
      void home.modelsKnown.then(() => home.choice.offer());
      home.watchRules();
      return home;
    } catch (error) {
      await server?.close();
      throw error;
    }
  }

  private constructor(deps: HomeDeps, connection: Connection, server: EmbeddedServer | undefined, agent: AgentInfo) {
    this.deps = {
      ...deps,
      refresh: (what) => {
        const done = deps.refresh(what);
        this.parts.changed(what);
        return done;
      },
    };
    this.connection = connection;
    this.server = server;
    this.agent = agent;
    this.model = new ModelChoice(connection, agent);
    const storage = storageOf(deps.context);
    this.journal = new Journal(join(storage, 'journal'));
    const globalFolder = deps.context.globalStorageUri.fsPath;
    this.memory = new MemoryContext(connection, join(globalFolder, 'known'));
    this.pins = new Pins(join(globalFolder, 'pins'));
    this.changes = new ChangeLog(join(globalFolder, 'memory-changes.jsonl'), async ({ blockId, after, by }) => {
      // What is taken back stood there before.
      if (by === 'undo') return;
      await this.parts.grows((now) => now.map((block) => (block.id === blockId ? { ...block, value: after } : block)));
    });
    this.threads = new Threads(connection, agent.id);
    this.choice = new AgentChoice({
      connection,
      agentId: agent.id,
      globalFolder,
      root: workspaceFolder()?.uri.fsPath ?? null,
      setup: () => setupOf(deps.context, connection),
      movedOn: () => deps.reopen(),
      changed: () => this.deps.refresh('about'),
      log: deps.log,
    });
    const { changes, journal, memory, pins, threads } = this;
    this.parts = new Parts({
      deps: this.deps,
      connection,
      agent,
      changes,
      journal,
      memory,
      pins,
      threads,
      askBeside: async (...asked) => {
        await this.settleModel();
        return this.model.demo ? NO_MODEL : this.runBeside(...asked);
      },
      undo: (stored) => this.notes.undo(stored),
      answering: () => this.modelsKnown.then(() => this.model.answering()),
    });
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
    await this.parts.flush();
    await Promise.all([this.parts.dispose(), this.server?.close(), this.memory.flush(), this.choice.dispose()]);
  }

  /** @returns whether the workspace has another agent now: this home is to be opened anew. @throws Error */
  async selectAgent(): Promise<boolean> {
    if (await this.notes.pending()) throw new Error('A note is still on its way into memory. Try again in a moment.');
    return this.choice.select();
  }

  async showDiff(approvalId: string): Promise<void> {
    await (await this.parts.loadHands()).showDiff(approvalId);
  }

  async showMessage(threadId: string, messageId?: string): Promise<void> {
    await (await this.parts.loadInspector()).showTurn(threadId, messageId);
  }

  /** Where rules were brought along once, what changes in them is proposed. Nothing waits for it. */
  private watchRules(): void {
    if (this.deps.context.workspaceState.get(`letta.rules.${this.agent.id}`) === undefined) return;
    this.modelsKnown
      .then(() => this.parts.loadBringing())
      .then((bringing) => bringing.watchRules())
      .catch((error: unknown) => this.deps.log(`Files of rules are not watched: ${String(error)}`));
  }

  /** At the start: most windows have no memory in files. */
  private async followWantedFiles(): Promise<void> {
    const root = workspaceFolder()?.uri;
    const shared = () => (root ? vscode.workspace.fs.stat(vscode.Uri.joinPath(root, SHARED_PATH)) : Promise.reject());
    const wanted = settings.mirrorFolder() !== null || (await Promise.resolve(shared()).then(Boolean, () => false));
    if (wanted) await this.followFiles();
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
        const kept = await keepInInbox(this.connection, this.changes, agentId, masked);
        await this.deps.refresh(kept.archived ? 'archive' : 'blocks');
        return kept;
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
    const { learnSkill } = await import('./flows/learn-skill.ts');
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
    const saved = await (await this.parts.loadSkills()).saveToProject(text);
    this.deps.log(`Saved the skill draft ${draft.path} as ${saved.fsPath}`);
    void vscode.window.showInformationMessage(`Saved the skill to ${vscode.workspace.asRelativePath(saved)}.`);
    return saved;
  }

  private chatHome(): ChatHome {
    let pager: Promise<TranscriptPager> | undefined;
    const loadPager = () => {
      pager ??= this.parts.loadHands().then(
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
          const [thread, page, pin, { todos }] = await Promise.all([
            this.threads.get(threadId),
            loadPager().then((p) => p.newest(threadId)),
            this.pins.read(threadId).catch(() => undefined),
            this.parts.loadHands().then((hands) => hands.beyond.notes.open(threadId)),
          ]);
          const fresh = (await this.parts.loadHands()).freshened(page);
          return { title: thread.title, ...fresh, ...(pin ? { pin: { kind: pin.kind, at: pin.at } } : {}), todos };
        },
        older: async (threadId, before) =>
          (await this.parts.loadHands()).freshened(await (await loadPager()).older(threadId, before)),
        titleFor: (threadId, text) => this.threads.nameAfter(threadId, text),
        run: async (threadId, start, ask, signal, sink, question) =>
          this.parts.turns
            .during(threadId, this.watched(threadId, start, sink), async (noted) =>
              (await this.parts.loadHands()).run(threadId, start, ask, signal, noted, question),
            )
            .finally(() => this.parts.worked()),
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
          await (await this.parts.loadHands()).beyond.notes.remove(threadId);
        },
        fork: async (threadId) => {
          const fork = await created(() => this.threads.fork(threadId));
          // It has read what the thread has read: what it writes to memory is judged by that.
          const { inheritSeen } = await import('./agent/seen.ts');
          await inheritSeen(this.journal, threadId, fork);
          await this.pins.inherit(threadId, fork);
          await (await this.parts.loadHands()).beyond.notes.inherit(threadId, fork);
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
      memory: () => this.parts.loadInspector(),
      answers: () => this.parts.loadReceipts(),
      memoryInUse: () => this.parts.inspected,
      skills: {
        list: async () => (await this.parts.loadSkills()).views(),
        edit: async (id) => (await this.parts.loadSkills()).edit(id),
        create: async () => {
          await this.deps.openDraft(NEW_SKILL);
        },
        remove: async (id) => (await this.parts.loadSkills()).remove(id),
        enable: async (id, enabled) => (await this.parts.loadSkills()).enable(id, enabled),
      },
      commands: {
        show: async (callId) => (await this.parts.loadHands()).commands.show(callId),
        stop: async (callId) => (await this.parts.loadHands()).commands.stop(callId),
      },
      stopSubagent: async (callId) => (await this.parts.loadHands()).beyond.stopSubagent(callId),
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
      memoryTokens: settings.maxPromptTokens(),
      ...(this.choice.kind ? { choice: this.choice.kind } : {}),
    };
  }

  private async blocks(): Promise<BlockView[]> {
    const inspector = await this.parts.loadInspector();
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
    const hands = await this.parts.loadHands();
    const start = { kind: 'message' as const, text, reminders, sources };
    return hands.runWithoutTools(threadId, start, signal, this.watched(threadId, start, sink));
  }

  /** The Memory panel and the history follow what any turn does to a block. */
  private watched(threadId: string, start: TurnStart, sink: (event: TurnEvent) => void): (event: TurnEvent) => void {
    this.choice.settle();
    const turn: Noted = { threadId, model: this.model.current, skills: new Set() };
    return (event) => {
      sink(event);
      const tells =
        event.type === 'given' || event.type === 'ended' || (event.type === 'tool' && event.part.name === 'Skill');
      if (tells) void this.parts.loadReceipts().then((receipts) => receipts.take(turn, event));
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
      const inspector = await this.parts.loadInspector();
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
