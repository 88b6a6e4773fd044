// What fills a memory from outside: getting to know a repository. Loaded on first use.
import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { TurnEvent, TurnOutcome } from './agent/events.ts';
import { AGENT_BLOCKS } from './agent/prompt.ts';
import { type Initialized, initMemoryCommand } from './commands/init-memory.ts';
import { type InitLine, type InitResult, init } from './flows/init.ts';
import type { StoredChange } from './flows/remember.ts';
import type { Inspector } from './inspector.ts';
import type { Connection } from './letta/connection.ts';
import { appendLines } from './memory/append-lines.ts';
import { listBlocks } from './memory/blocks.ts';
import type { ChangeLog } from './memory/change-log.ts';
import { MemoryConflict, undo } from './memory/changes.ts';
import type { OpenPoint } from './memory/evidence/evidence.ts';
import { gather } from './memory/evidence/gather.ts';
import { readGitFacts } from './memory/evidence/git-log.ts';
import { diskWorkspace, lineAt, type WorkspaceFiles } from './memory/evidence/workspace.ts';
import { BlockManager } from './memory/manage-blocks.ts';
import type { NewReview } from './memory/store/types.ts';
import { decideMemoryWrite } from './permissions/memory-policy.ts';
import { maskSecrets } from './permissions/secrets.ts';
import type { MemorySource } from './protocol/sources.ts';

export interface BringingDeps {
  connection: Connection;
  agentId: string;
  changes: ChangeLog;
  context: vscode.ExtensionContext;
  inspector(): Promise<Inspector>;
  /** Whether `.lettaignore` hides a file, by its absolute path. */
  hidden(): Promise<(path: string) => boolean>;
  /** One message in a hidden thread, without tools; fails at once where only the demo answers. */
  runBeside(
    title: string,
    text: string,
    reminders: string[],
    sink: (event: TurnEvent) => void,
    signal: AbortSignal,
    sources: readonly MemorySource[],
  ): Promise<TurnOutcome>;
  /** Takes writes back; the text says what became of them. */
  undo(changes: readonly StoredChange[]): Promise<string>;
  refresh(): Promise<void>;
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

export class Bringing {
  private readonly deps: BringingDeps;

  constructor(deps: BringingDeps) {
    this.deps = deps;
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
    await this.deps.refresh();
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
      const reason = [...reasons, ...(shown ? [`It rests on ${shown}`] : [])].join(' ');
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
    if (proposals.length > 0) held.push(...(await (await this.deps.inspector()).propose(proposals)));
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
    return (await new BlockManager(connection, agentId).create(made)).id;
  }

  private async decided(): Promise<string[]> {
    const takenBack = new Set(this.takenBack());
    const reviews = await (await this.deps.inspector()).waitingOrRejected();
    return reviews.filter(({ id }) => !takenBack.has(id)).flatMap(({ after }) => after.split('\n'));
  }

  private async takeBack({ changes, held }: Initialized): Promise<string> {
    const { context, inspector, undo: undoWrites } = this.deps;
    const rejected = await (await inspector()).withdraw(held);
    await context.workspaceState.update(TAKEN_BACK_KEY, [...this.takenBack(), ...rejected].slice(-MAX_TAKEN_BACK));
    const said = changes.length > 0 ? await undoWrites(changes) : '';
    const off = rejected.length > 0 ? `Took ${rejected.length} off the review list.` : '';
    return [said, off].filter(Boolean).join(' ') || 'There was nothing left to undo.';
  }

  private takenBack(): string[] {
    return this.deps.context.workspaceState.get<string[]>(TAKEN_BACK_KEY, []);
  }

  // ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** @throws Error where no folder on this computer is open */
  private async workspace(): Promise<Workspace> {
    const folder = vscode.workspace.workspaceFolders?.find((f) => f.uri.scheme === 'file');
    if (!folder) throw new Error('Open a folder first: there is nothing to read here.');
    const [root, hidden] = await Promise.all([realpath(folder.uri.fsPath), this.deps.hidden()]);
    return {
      root,
      files: diskWorkspace(root, { hidden: (path) => hidden(join(root, path)) }),
      source: vscode.workspace.isTrusted ? 'workspace' : 'untrustedWorkspace',
    };
  }
}
