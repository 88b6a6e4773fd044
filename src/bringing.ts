// What fills a memory from outside: the repository, the rules of other tools, another agent. Loaded on first use.

import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { ForeignEntries } from './agent/foreign-entries.ts';
import type { Journal } from './agent/journal.ts';
import { AGENT_BLOCKS } from './agent/prompt.ts';
import { copyOf, listed, withoutUnusable } from './bringing-skills.ts';
import { bringAgentCommand } from './commands/bring-agent.ts';
import { bringMemoryCommand } from './commands/bring-along.ts';
import { type Initialized, initMemoryCommand } from './commands/init-memory.ts';
import { type InitLine, type InitResult, init } from './flows/init.ts';
import type { StoredChange } from './flows/remember.ts';
import type { RunBeside } from './flows/run-beside.ts';
import type { Inspector } from './inspector.ts';
import type { Connection } from './letta/connection.ts';
import { ARCHIVE } from './letta/memory-tools.ts';
import { appendLines } from './memory/append-lines.ts';
import { Archive } from './memory/archive.ts';
import { listBlocks } from './memory/blocks.ts';
import {
  archiveConversations,
  type ConversationsDeps,
  removeConversations,
  withoutBrought,
} from './memory/bring/archive-conversations.ts';
import { type BringItem, type BringProposal, proposalsOf } from './memory/bring/bring.ts';
import { findLettaCodeAgents, previewLettaCode } from './memory/bring/letta-code.ts';
import { findRules, fold, type RulesDeps, rulesTool } from './memory/bring/rules-files.ts';
import type { ChangeLog } from './memory/change-log.ts';
import { MemoryConflict, undo } from './memory/changes.ts';
import type { OpenPoint } from './memory/evidence/evidence.ts';
import { gather } from './memory/evidence/gather.ts';
import { readGitFacts } from './memory/evidence/git-log.ts';
import { diskWorkspace, lineAt, type WorkspaceFiles } from './memory/evidence/workspace.ts';
import { BlockManager, type Grows } from './memory/manage-blocks.ts';
import type { NewReview } from './memory/store/types.ts';
import { RulesWatch } from './native/rules-watch.ts';
import type { SkillLibrary } from './native/skill-library.ts';
import { decideMemoryWrite } from './permissions/memory-policy.ts';
import { maskSecrets } from './permissions/secrets.ts';
import { t } from './protocol/l10n.ts';
import type { MemorySource } from './protocol/sources.ts';

export interface BringingDeps {
  connection: Connection;
  agentId: string;
  changes: ChangeLog;
  journal: Journal;
  grows: Grows;
  context: vscode.ExtensionContext;
  inspector(): Promise<Inspector>;
  skills(): Promise<SkillLibrary>;
  /** Whether `.lettaignore` hides a file, by its absolute path. */
  hidden(): Promise<(path: string) => boolean>;
  /** Fails at once where only the demo answers. */
  runBeside: RunBeside;
  /** Takes writes back; the text says what became of them. */
  undo(changes: readonly StoredChange[]): Promise<string>;
  refresh(what: 'blocks' | 'archive'): Promise<void>;
  showMemory(focus: string): Promise<void>;
  log(line: string): void;
}

/** Ids of reviews that Undo took off the list: nobody turned them down, so they may be proposed again. */
const TAKEN_BACK_KEY = 'letta.initTakenBack';
const MAX_TAKEN_BACK = 500;

interface Workspace {
  root: string;
  files: WorkspaceFiles;
  source: MemorySource;
}

export class Bringing implements vscode.Disposable {
  private readonly deps: BringingDeps;
  private watch: RulesWatch | undefined;

  constructor(deps: BringingDeps) {
    this.deps = deps;
  }

  get connection(): Connection {
    return this.deps.connection;
  }

  get agentId(): string {
    return this.deps.agentId;
  }

  get globalFolder(): string {
    return this.deps.context.globalStorageUri.fsPath;
  }

  /** For any agent of this home: on its review list, and on disk, when it resolves. */
  readonly putUp = async (review: NewReview): Promise<void> => {
    const { store } = await this.deps.inspector();
    await store.addReview(this.connection.homeKey, review);
  };

  dispose(): void {
    this.watch?.dispose();
  }

  // ── getting to know a repository ─────────────────────────────────────────────────────────────────────────────────

  initMemory(): Promise<void> {
    return initMemoryCommand({
      init: (ask, signal) => this.init(ask, signal),
      undo: (done) => this.takeBack(done),
      viewMemory: (focus) => this.deps.showMemory(focus),
    });
  }

  private async init(
    ask: (point: OpenPoint) => Promise<string | undefined>,
    signal: AbortSignal,
  ): Promise<Initialized> {
    const { connection, agentId, changes: log, runBeside } = this.deps;
    const { root, files, source } = await this.workspace();
    const changes: StoredChange[] = [];
    const held: string[] = [];
    const gitLog = vscode.workspace.isTrusted ? { gitLog: () => readGitFacts(root, signal) } : {};
    const outcome = await init(
      {
        blocks: () => listBlocks(connection, agentId),
        decided: () => this.decided(),
        gather: () => gather({ files, ...gitLog, maskSecrets, signal }),
        lineAt: (place) => lineAt(files, place),
        ask,
        runBeside: (title, text, reminders, sink, abort) => runBeside(title, text, reminders, sink, abort, [source]),
        write: (label, lines) => this.write(label, lines, source, changes, held),
        undo: async (change) => {
          // Held back, or changed by somebody else already: then it is not for us to take back.
          await undo(connection, log, agentId, change).catch((error: unknown) => {
            if (!(error instanceof MemoryConflict)) throw error;
            this.deps.log(error.message);
          });
        },
      },
      signal,
    );
    for (const { text, why } of outcome.dropped) this.deps.log(`Initialize Memory left out “${text}”: ${why}`);
    await this.deps.refresh('blocks');
    return { ...outcome, changes, held };
  }

  /** Each line by the memory-write policy: written, or put up for review. */
  private async write(
    label: string,
    lines: readonly InitLine[],
    source: MemorySource,
    changes: StoredChange[],
    held: string[],
  ): Promise<InitResult['state'][]> {
    const { connection, agentId, changes: log } = this.deps;
    const states = new Map<InitLine, InitResult['state']>();
    const run = randomUUID();
    const proposals: Omit<NewReview, 'agentId'>[] = [];
    const told: InitLine[] = [];
    const found: InitLine[] = [];
    for (const [i, line] of lines.entries()) {
      const ofPerson = line.evidence.length === 0;
      const seen: MemorySource[] = [ofPerson ? 'person' : source];
      const { decision, reasons, masked } = decideMemoryWrite({ label, text: line.text, seen });
      if (decision !== 'hold') {
        (ofPerson ? told : found).push(line);
        continue;
      }
      states.set(line, 'held');
      const shown = line.evidence.map((c) => `${c.path}:${c.line}: ${c.text}`).join('; ');
      const reason = [...reasons, ...(shown ? [t('It rests on {0}', shown)] : [])].join(' ');
      proposals.push({
        callId: `init:${run}:${i}`,
        kind: 'write',
        label,
        before: '',
        after: masked,
        sources: ofPerson ? [] : [source],
        reason: maskSecrets(reason),
      });
    }
    if (proposals.length > 0)
      held.push(...(await (await this.deps.inspector()).desk.propose(proposals)).map(({ id }) => id));
    const add = async (group: readonly InitLine[], by: string): Promise<void> => {
      if (group.length === 0) return;
      const id = await this.blockId(label);
      const texts = group.map((line) => line.text);
      const { fits, change } = await appendLines(connection, log, id, texts, by);
      group.forEach((line, i) => {
        states.set(line, fits[i] ? 'written' : 'full');
      });
      if (change) changes.push(change);
    };
    await add(told, 'init');
    await add(found, `init:${agentId}:${source}`);
    return lines.map((line) => states.get(line) ?? 'held');
  }

  /** Agents made elsewhere may lack the block. */
  private async blockId(label: string): Promise<string> {
    const { connection, agentId } = this.deps;
    const there = (await listBlocks(connection, agentId)).find((block) => block.label === label);
    if (there) return there.id;
    const known = AGENT_BLOCKS.find((block) => block.label === label);
    const made = { label, description: known?.description ?? '', value: '', limit: known?.limit ?? 8_000 };
    return (await new BlockManager(connection, agentId, this.deps.grows).create(made)).id;
  }

  private async decided(): Promise<string[]> {
    const takenBack = new Set(this.takenBack());
    const reviews = await (await this.deps.inspector()).desk.waitingOrRejected();
    return reviews.filter(({ id }) => !takenBack.has(id)).flatMap(({ after }) => after.split('\n'));
  }

  private async takeBack({ changes, held }: Initialized): Promise<string> {
    const { context, inspector, undo: undoWrites } = this.deps;
    const rejected = await (await inspector()).desk.withdraw(held);
    await context.workspaceState.update(TAKEN_BACK_KEY, [...this.takenBack(), ...rejected].slice(-MAX_TAKEN_BACK));
    const said = changes.length > 0 ? await undoWrites(changes) : '';
    const off = rejected.length > 0 ? t('Took {0} off the review list.', rejected.length) : '';
    return [said, off].filter(Boolean).join(' ') || t('There was nothing left to undo.');
  }

  private takenBack(): string[] {
    return this.deps.context.workspaceState.get<string[]>(TAKEN_BACK_KEY, []);
  }

  // ── rules of other tools ─────────────────────────────────────────────────────────────────────────────────────────

  bringMemory(): Promise<void> {
    return bringMemoryCommand({
      preview: async () => findRules(await this.rules()),
      propose: async (preview, ids) => {
        const { source } = await this.workspace();
        const added = await this.propose(proposalsOf(preview, ids), source);
        await this.rulesWatch()?.chosen(new Set(ids));
        return added;
      },
      viewReviews: () => this.deps.showMemory('review:'),
    });
  }

  /** Proposes what is new in the files of rules that were brought along. */
  watchRules(): void {
    this.rulesWatch()?.start();
  }

  private rulesWatch(): RulesWatch | undefined {
    const folder = firstFolder();
    if (!folder) return undefined;
    this.watch ??= new RulesWatch({
      folder,
      state: this.deps.context.workspaceState,
      key: rulesKey(this.deps.agentId),
      rules: () => this.rules(),
      propose: (proposals, version) => this.propose(proposals, 'workspace', version),
      review: () => this.deps.showMemory('review:'),
      log: this.deps.log,
    });
    return this.watch;
  }

  /** @param version of where they are from: the same is proposed once for it. @returns how many are new on the list */
  private async propose(
    proposals: readonly BringProposal[],
    source: MemorySource | undefined,
    version: string = randomUUID(),
  ): Promise<number> {
    const inspector = await this.deps.inspector();
    const before = new Set((await inspector.desk.waitingOrRejected()).map(({ id }) => id));
    const added = await inspector.desk.propose(proposals.map((proposal) => reviewOf(proposal, source, version)));
    const ids = added.map(({ id }) => id);
    return ids.filter((id) => !before.has(id)).length;
  }

  private async rules(): Promise<RulesDeps> {
    const { files } = await this.workspace();
    return { files, maskSecrets, known: await this.known() };
  }

  /** Says what stands in a block, or waits for review. */
  private async known(): Promise<(text: string) => boolean> {
    const { connection, agentId, inspector } = this.deps;
    const blocks = await listBlocks(connection, agentId);
    const waiting = (await (await inspector()).desk.waitingOrRejected()).filter(({ state }) => state === 'waiting');
    const texts = [...blocks.map(({ value }) => value), ...waiting.map(({ after }) => after)];
    const lines = new Set(texts.flatMap((text) => text.split('\n').map(fold)));
    const whole = texts.map(fold);
    return (text) => {
      const wanted = fold(text);
      return lines.has(wanted) || (text.includes('\n') && whole.some((each) => each.includes(wanted)));
    };
  }

  // ── a Letta Code agent ───────────────────────────────────────────────────────────────────────────────────────────

  bringAgent(): Promise<void> {
    const conversations = this.conversations();
    return bringAgentCommand({
      defaultFolder: join(homedir(), '.letta', 'lc-local-backend'),
      agents: async (folder) => (await findLettaCodeAgents({ folder })).agents,
      preview: async (folder, lettaCodeAgent) => {
        const preview = await previewLettaCode({ folder, maskSecrets }, lettaCodeAgent);
        const [known, skills] = await Promise.all([this.known(), this.deps.skills()]);
        const rest = withoutUnusable(withoutBrought(preview, conversations.brought()), await skills.ofAgent());
        const isThere = (item: BringItem) => item.target.kind === 'block' && known(item.text);
        const there = rest.found
          .filter(isThere)
          .map(({ from }) => ({ path: from, why: t('It stands in memory already.') }));
        return { ...rest, found: rest.found.filter((item) => !isThere(item)), skipped: [...rest.skipped, ...there] };
      },
      propose: (preview, ids) => this.propose(proposalsOf(preview, ids), undefined),
      archive: (items, signal) => this.refreshed(archiveConversations(conversations, items, signal)),
      listed: (items) => listed(items.flatMap((item) => copyOf(item) ?? [])),
      importSkills: async (items) =>
        (await this.deps.skills()).importForAgent(items.flatMap((item) => copyOf(item) ?? [])),
      removeSkills: async (folders) => (await this.deps.skills()).removeImported(folders),
      showSkills: async () => void (await vscode.commands.executeCommand('letta.openSkills')),
      removeArchived: (items, passages) => this.refreshed(removeConversations(conversations, items, passages)),
      viewReviews: () => this.deps.showMemory('review:'),
    });
  }

  /** What brought conversations need of the archive. */
  conversations(): ConversationsDeps {
    const { connection, agentId, context, journal } = this.deps;
    const archive = new Archive(connection, agentId);
    const entries = new ForeignEntries(archive, journal);
    const key = `letta.brought.${agentId}`;
    return {
      add: async (text, tags, at) => (await entries.add(text, tags, at === '' ? {} : { at })).id,
      entries: () => archive.all(),
      remove: (id) => archive.remove(id),
      brought: () => context.globalState.get<string[]>(key, []),
      setBrought: async (ids) => context.globalState.update(key, ids),
    };
  }

  private async refreshed<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } finally {
      await this.deps.refresh('archive');
    }
  }

  // ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** @throws Error where no folder on this computer is open */
  private async workspace(): Promise<Workspace> {
    const folder = firstFolder();
    if (!folder) throw new Error(t('Open a folder first: there is nothing to read here.'));
    const [root, hidden] = await Promise.all([realpath(folder.uri.fsPath), this.deps.hidden()]);
    return {
      root,
      files: diskWorkspace(root, {
        hidden: (path) => hidden(join(root, path)),
        links: (path) => rulesTool(path) !== undefined,
      }),
      source: vscode.workspace.isTrusted ? 'workspace' : 'untrustedWorkspace',
    };
  }
}

const firstFolder = () => vscode.workspace.workspaceFolders?.find((f) => f.uri.scheme === 'file');

const rulesKey = (agentId: string): string => `letta.rules.${agentId}`;

function reviewOf(
  { kind, id, target, text, from }: BringProposal,
  source: MemorySource | undefined,
  version: string,
): Omit<NewReview, 'agentId'> {
  const proposal = {
    callId: `bring:${id}:${version}`,
    kind,
    before: '',
    after: text,
    sources: source ? [source] : [],
    reason: t('It stands in {0}.', from),
  };
  if (target.kind !== 'block') {
    const tags = target.kind === 'archive' ? target.tags : [];
    return { ...proposal, label: ARCHIVE, args: { tags } };
  }
  const { label, description } = target;
  return { ...proposal, label, ...(description ? { args: { description } } : {}) };
}
