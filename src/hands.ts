// What a turn needs and the first view does not: editor, tools, permissions, skills, the turn loop. Loaded after the view is there.
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { estimateTokenCount } from 'tokenx';
import * as vscode from 'vscode';
import type { CallDeps } from './agent/calls.ts';
import type { TurnEvent, TurnOutcome, TurnStart } from './agent/events.ts';
import { runTurn, type TurnDeps } from './agent/turn.ts';
import { Beyond, type BeyondDeps } from './beyond.ts';
import { Approvals } from './chat/approvals.ts';
import type { AskQuestion } from './chat/questions.ts';
import type { Answer } from './chat/session.ts';
import type { Editor } from './editor/editor.ts';
import { displayPath } from './editor/paths.ts';
import { createVsCodeEditor } from './editor/vscode-editor.ts';
import { WrittenFiles } from './editor/written-files.ts';
import { type Correction, type Rewritten, TurnCorrections } from './flows/corrections.ts';
import type { SentAlong } from './memory/context-view.ts';
import * as settings from './native/settings.ts';
import type { SkillLibrary } from './native/skill-library.ts';
import { decide, isHidden } from './permissions/decide.ts';
import type { Policy } from './permissions/decision.ts';
import type { PolicyJudge } from './policy-judge.ts';
import type { ApprovalView } from './protocol/views.ts';
import { unifiedDiff } from './tools/support.ts';
import type { AnyTool } from './tools/tool.ts';
import { toolList } from './tools/tool-list.ts';

export interface HandsDeps extends BeyondDeps {
  skills(): Promise<SkillLibrary>;
  judge: PolicyJudge;
  holdMemory: NonNullable<CallDeps['holdMemory']>;
  markMemory: NonNullable<CallDeps['markMemory']>;
  /** A turn has ended in which the person said what they want otherwise. */
  corrected(threadId: string, correction: Correction): void;
  /** The person speaks again, and has changed files that the agent wrote in a turn of that thread. */
  rewrote(threadId: string, files: readonly Rewritten[]): void;
  log(line: string): void;
}

/** Milliseconds after the first turn began. */
const PREPARE_MS = 1_500;

type Ask = (view: ApprovalView, signal: AbortSignal) => Promise<Answer>;
type Sink = (event: TurnEvent) => void;

export class Hands {
  readonly tools: readonly AnyTool[];
  readonly beyond: Beyond;
  private readonly deps: HandsDeps;
  private readonly editor = createVsCodeEditor();
  private readonly written = new WrittenFiles();
  private readonly approvals: Approvals;
  private readonly ignored = new IgnoreLines();
  private preparing: NodeJS.Timeout | undefined;

  static async open(deps: HandsDeps): Promise<Hands> {
    const hands = new Hands(deps);
    await hands.ignored.read();
    return hands;
  }

  private constructor(deps: HandsDeps) {
    this.deps = deps;
    const apply: Editor['apply'] = async (changes, signal) => {
      const applied = await this.editor.apply(changes, signal);
      this.written.applied(changes, applied);
      return applied;
    };
    this.beyond = new Beyond(deps, {
      tools: () => this.tools,
      judgeFetch: async (url) => decide({ kind: 'fetch', url }, 'Fetch', this.policy()),
      turnDeps: (tools, ask) => this.turnDeps(tools, ask),
    });
    this.tools = toolList({
      editor: { ...this.editor, apply },
      skills: {
        load: async (name) => (await deps.skills()).load(name),
        reviewed: async (name) => (await deps.skills()).reviewed(name),
      },
      hidden: (path) => this.hidden(path),
      beyond: this.beyond.tools,
    });
    this.approvals = new Approvals({
      showProposal: (targets, title) => this.editor.showProposal({ targets }, title),
      diff: unifiedDiff,
      addRule: settings.addAllowRule,
      chatVisible: deps.chatVisible,
      showChat: deps.showChat,
      log: deps.log,
    });
  }

  async dispose(): Promise<void> {
    clearTimeout(this.preparing);
    this.ignored.dispose();
    await Promise.all([this.editor.dispose(), this.beyond.dispose()]);
  }

  /** Whether `.lettaignore` hides a file, by its absolute path. */
  hidden(path: string): boolean {
    return isHidden(path, { lettaignore: this.ignored.lines, workspace: this.ignored.workspace });
  }

  showDiff(approvalId: string): Promise<void> {
    return this.approvals.showDiff(approvalId);
  }

  /** A turn of an open thread, with all tools. */
  run(
    threadId: string,
    start: TurnStart,
    ask: Ask,
    signal: AbortSignal,
    sink: Sink,
    question: AskQuestion,
  ): Promise<TurnOutcome> {
    this.prepare();
    const corrections = new TurnCorrections();
    const asked: CallDeps['ask'] = (request, aborted) =>
      this.approvals.ask(threadId, request, async (view) => {
        const answer = await ask(view, aborted);
        if (typeof answer === 'object') corrections.refused(view.title, answer.deny);
        return answer;
      });
    const noted: Sink = (event) => {
      corrections.event(event);
      sink(event);
    };
    if (start.kind === 'message') void this.lookAtWritten(threadId);
    const ended = this.written.begin(threadId);
    const { agentId, corrected } = this.deps;
    const tools = this.beyond.offered(this.tools);
    const turn = () => runTurn(this.turnDeps(tools, asked), { agentId, threadId, start, signal }, noted);
    return this.beyond.during(threadId, { ask: asked }, question, turn).finally(() => {
      ended();
      if (corrections.proposal) corrected(threadId, corrections.proposal);
    });
  }

  private async lookAtWritten(threadId: string): Promise<void> {
    const files = await this.written.take(threadId, (path) => this.read(path));
    const folders = this.editor.folders();
    const named = files.map(({ path, ...texts }) => ({ name: displayPath(path, folders), ...texts }));
    if (named.length > 0) this.deps.rewrote(threadId, named);
  }

  private async read(path: string): Promise<string | null> {
    return (await this.editor.read(path))?.text ?? null;
  }

  /** What judges writes of memory gets ready behind the first turn. */
  private prepare(): void {
    this.preparing ??= setTimeout(() => this.deps.judge.prepare(), PREPARE_MS);
  }

  /** A turn of a flow: no editor tools, nobody to ask. */
  runWithoutTools(threadId: string, start: TurnStart, signal: AbortSignal, sink: Sink): Promise<TurnOutcome> {
    const refuse: CallDeps['ask'] = async () => ({ allow: false, reason: 'Not available here.' });
    // A flow's reminders say what the person selected and wants done with it.
    const given: TurnStart = start.kind === 'message' ? { sources: ['person'], ...start } : start;
    return runTurn(this.turnDeps([], refuse), { agentId: this.deps.agentId, threadId, start: given, signal }, sink);
  }

  /** What goes with every message beside what the server knows: for the context view. */
  async sentAlong(): Promise<SentAlong[]> {
    const offered = this.beyond.offered(this.tools);
    const tools = offered.map(({ name, description, input }) => `${name}: ${description}\n${JSON.stringify(input)}`);
    const skills = (await (await this.deps.skills()).offered()).map(
      ({ name, description }) => `${name}: ${description}`,
    );
    return [
      { name: 'Editor tools', text: tools.join('\n\n') },
      { name: 'Skills', text: skills.join('\n') },
    ].map((part) => ({ ...part, tokens: estimateTokenCount(part.text) }));
  }

  private turnDeps(tools: readonly AnyTool[], ask: CallDeps['ask']): TurnDeps {
    const { connection, journal, judge, memory, pins, skills, log } = this.deps;
    return {
      connection,
      journal,
      context: memory,
      pins,
      notes: this.beyond.notes,
      tools,
      ask,
      skills: async () => (tools.length > 0 ? (await skills()).offered() : []),
      decide: (tool, input) => decide(tool.access(input), tool.name, this.policy()),
      trusted: () => vscode.workspace.isTrusted,
      decideMemory: async ({ label, judged, seen }) => {
        const { decision, reasons } = await judge.decide({ label, ...judged, seen });
        return { decision, reason: reasons.join(' ') };
      },
      holdMemory: this.deps.holdMemory,
      markMemory: this.deps.markMemory,
      readText: (path) => this.read(path),
      log,
    };
  }

  private policy(): Policy {
    return {
      mode: settings.permissionMode(),
      ...settings.permissionRules(),
      lettaignore: this.ignored.lines,
      trusted: vscode.workspace.isTrusted,
      workspace: this.ignored.workspace,
    };
  }
}

/** The lines of the workspace's `.lettaignore` files and the folders they count from, kept current. */
class IgnoreLines implements vscode.Disposable {
  lines: string[] = [];
  workspace: string[] = [];
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    const watcher = vscode.workspace.createFileSystemWatcher('**/.lettaignore');
    const again = () => void this.read();
    this.subscriptions = [
      watcher,
      watcher.onDidCreate(again),
      watcher.onDidChange(again),
      watcher.onDidDelete(again),
      vscode.workspace.onDidChangeWorkspaceFolders(again),
    ];
  }

  async read(): Promise<void> {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter((f) => f.uri.scheme === 'file');
    const paths = folders.map((folder) => folder.uri.fsPath);
    const texts = await Promise.all(paths.map((path) => readFile(join(path, '.lettaignore'), 'utf8').catch(() => '')));
    this.workspace = await Promise.all(paths.map((path) => realpath(path).catch(() => path)));
    this.lines = texts.flatMap((text) => text.split(/\r?\n/));
  }

  dispose(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
  }
}
