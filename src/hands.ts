// What a turn needs and the first view does not: editor, tools, permissions, skills, the turn loop. Loaded after the view is there.
import { estimateTokenCount } from 'tokenx';
import * as vscode from 'vscode';
import type { CallDeps } from './agent/calls.ts';
import { decideRunning } from './agent/decide-running.ts';
import { ScriptGuard } from './agent/decide-scripts.ts';
import type { TurnEvent, TurnOutcome, TurnStart } from './agent/events.ts';
import { ApprovedSources } from './agent/own-tool-calls.ts';
import { runTurn, type TurnDeps } from './agent/turn.ts';
import { Beyond, type BeyondDeps, type Trial } from './beyond.ts';
import { Approvals } from './chat/approvals.ts';
import type { AskQuestion } from './chat/questions.ts';
import type { Amended, Answer } from './chat/session-home.ts';
import type { PutBack, TrialPoint } from './checkpointing.ts';
import type { RanFile, TurnCheckpoint } from './editor/checkpoints/turn-checkpoint.ts';
import { standingText } from './editor/content.ts';
import type { Editor } from './editor/editor.ts';
import { displayPath } from './editor/paths.ts';
import { LeftRuns } from './editor/terminal/left-runs.ts';
import { commandLogs } from './editor/terminal/log-folder.ts';
import { TerminalHistory } from './editor/terminal/vscode-history.ts';
import { closeLeftTerminals } from './editor/terminal/vscode-terminals.ts';
import { createVsCodeEditor } from './editor/vscode-editor.ts';
import { VsCodeSee } from './editor/vscode-see.ts';
import { tellable, WrittenFiles } from './editor/written-files.ts';
import { type Correction, type Rewritten, TurnCorrections } from './flows/corrections.ts';
import type { SubagentReport } from './flows/subagent.ts';
import type { SentAlong } from './memory/context-view.ts';
import { IgnoreLines } from './native/ignore-lines.ts';
import { findRipgrep } from './native/ripgrep.ts';
import * as settings from './native/settings.ts';
import type { SkillLibrary } from './native/skill-library.ts';
import { isHidden } from './permissions/decide.ts';
import type { Decision } from './permissions/decision.ts';
import { Permitting } from './permitting.ts';
import type { PolicyJudge } from './policy-judge.ts';
import { t } from './protocol/l10n.ts';
import type { ApprovalView, Item, ToolBody } from './protocol/transcript-views.ts';
import type { Reviewing } from './reviewing.ts';
import type { Running } from './running.ts';
import type { SkillUses } from './skill-uses.ts';
import { ApprovedScripts } from './skills/approved-scripts.ts';
import { SkillsForModel } from './skills/skill-lookup.ts';
import { STANDS_MS } from './skills/usage.ts';
import { freshCards, leftNews } from './tools/command-body.ts';
import { diffViews } from './tools/plan-views.ts';
import { unifiedDiff } from './tools/support.ts';
import type { AnyTool, Plan } from './tools/tool.ts';
import { toolList } from './tools/tool-list.ts';

export interface HandsDeps extends BeyondDeps {
  skills(): Promise<SkillLibrary>;
  /** Where copies of deleted files are kept on computers without a trash; absolute. */
  deletedFolder: string;
  judge: PolicyJudge;
  /** Follows how skills are used. */
  uses: SkillUses;
  holdMemory: NonNullable<CallDeps['holdMemory']>;
  markMemory: NonNullable<CallDeps['markMemory']>;
  noRoom: NonNullable<CallDeps['noRoom']>;
  /** A turn has ended in which the person said what they want otherwise. */
  corrected(threadId: string, correction: Correction): void;
  /** The person speaks again, and has changed files that the agent wrote in a turn of that thread. */
  rewrote(threadId: string, files: readonly Rewritten[]): void;
  /** `dist/vendor` of the extension. */
  vendorPath: string;
  /** Of this computer, for all its workspaces. */
  globalState: vscode.Memento;
  /** What the agent changed and nobody has decided on. */
  review(): Promise<Reviewing>;
  /** A turn begins: one checkpoint stands before its first change. */
  checkpoint(threadId: string, start: TurnStart): TurnCheckpoint;
  /** What a trial changes is put back by it. `text`: says what is tried */
  trial(text: string): Promise<TrialPoint>;
  extensionPath: string;
  /** What commands in the sandbox may not read. */
  secretFolders: readonly string[];
  refreshCard(threadId: string, callId: string, body: ToolBody): void;
}

/** Milliseconds after the first turn began. */
const PREPARE_MS = 1_500;

type Ask = (view: ApprovalView, signal: AbortSignal, amended?: Amended) => Promise<Answer>;
type Sink = (event: TurnEvent) => void;

export class Hands {
  readonly tools: readonly AnyTool[];
  readonly beyond: Beyond;
  private readonly deps: HandsDeps;
  private readonly editor: ReturnType<typeof createVsCodeEditor>;
  readonly written = new WrittenFiles();
  private readonly see = new VsCodeSee({
    ripgrep: () => findRipgrep(vscode.env.appRoot),
    git: async (...given) => (await import('./memory/run-git.ts')).runGit(...given),
  });
  readonly approvals: Approvals;
  readonly ignored: IgnoreLines;
  private readonly permitting: Permitting;
  private readonly scripts: ScriptGuard;
  private readonly history = new TerminalHistory();
  private running: Running | undefined;
  private loadingRunning: Promise<Running> | undefined;
  private readonly left: LeftRuns;
  /** Once something was changed. */
  private reviewing: Promise<Reviewing> | undefined;
  private preparing: NodeJS.Timeout | undefined;
  private standing: NodeJS.Timeout | undefined;

  static async open(deps: HandsDeps): Promise<Hands> {
    closeLeftTerminals();
    const hands = new Hands(deps);
    await hands.ignored.read();
    void hands.beyond.removeLeftSubagents().catch((error: unknown) => deps.log(String(error)));
    return hands;
  }

  private constructor(deps: HandsDeps) {
    this.deps = deps;
    this.ignored = new IgnoreLines(deps.log);
    this.left = new LeftRuns(commandLogs(deps.storage), (callId) => this.running?.runs.byCall(callId) !== undefined);
    this.editor = createVsCodeEditor(deps.deletedFolder);
    const apply: Editor['apply'] = async (changes, signal) => {
      const paths = changes.map(({ path }) => path);
      deps.uses.wrote(this.written.thread, paths);
      const byAgent = () => this.see.edits.byAgent(paths, () => this.editor.apply(changes, signal));
      this.reviewing ??= deps.review();
      const applied = await (await this.reviewing).during(this.written.thread, changes, byAgent);
      this.written.applied(changes, applied);
      return applied;
    };
    this.beyond = new Beyond(deps, {
      tools: () => this.tools,
      judgeFetch: (url) => this.permitting.decide({ kind: 'fetch', url }, 'Fetch'),
      turnDeps: (tools, ask) => this.turnDeps(tools, ask),
    });
    this.tools = toolList({
      editor: { ...this.editor, apply },
      skills: new SkillsForModel({
        all: async () => (await deps.skills()).all(),
        reviewed: async (name) => (await deps.skills()).reviewed(name),
      }),
      hidden: (path) => this.hidden(path),
      terminals: {
        open: () => this.loadRunning(),
        known: () => this.running,
        check: (command) => this.permitting.checkScripts(command),
      },
      see: this.see,
      beyond: this.beyond.tools,
    });
    const { vendorPath, globalState: state, log } = deps;
    this.scripts = new ScriptGuard({
      skills: async () => (await deps.skills()).places(),
      approved: new ApprovedScripts(deps.state),
    });
    this.permitting = new Permitting({ ignored: this.ignored, vendorPath, state, scripts: this.scripts, log });
    this.approvals = new Approvals({
      showProposal: (targets, title) => this.editor.showProposal({ targets }, title),
      diff: unifiedDiff,
      files: (targets) => diffViews(targets, this.editor.folders()),
      nameOf: (path) => displayPath(path, this.editor.folders()),
      addRules: settings.addAllowRules,
      asks: deps.asks,
      log: deps.log,
    });
  }

  async dispose(): Promise<void> {
    clearTimeout(this.preparing);
    clearTimeout(this.standing);
    this.ignored.dispose();
    this.see.dispose();
    this.permitting.dispose();
    this.history.dispose();
    await this.loadingRunning?.then((running) => running.dispose());
    await Promise.all([this.editor.dispose(), this.beyond.dispose()]);
  }

  /** Whether `.lettaignore` or a rule that refuses reading hides a file, by its absolute path. */
  hidden(path: string): boolean {
    const { lines: lettaignore, workspace } = this.ignored;
    return isHidden(path, { lettaignore, workspace, deny: this.permitting.refused });
  }

  /** Background commands that run now. */
  get inBackground(): readonly string[] {
    return this.running?.inBackground ?? [];
  }

  /** The commands of this window, by the call that began them. Both throw where there is no such command any more. */
  readonly commands = {
    show: (callId: string): void => this.command(callId).show(),
    stop: (callId: string): void => this.command(callId).kill('person'),
  };

  private command(callId: string) {
    const run = this.running?.runs.byCall(callId);
    if (!run) throw new Error(t('The terminal of this command is closed.'));
    return run;
  }

  /** Cards of commands as they stand now: those of an earlier window run no more. */
  freshened<T extends { items: Item[] }>(page: T): T {
    return { ...page, items: freshCards(page.items, (callId) => this.running?.runs.byCall(callId)) };
  }

  private loadRunning(): Promise<Running> {
    this.loadingRunning ??= import('./running.ts').then(({ Running: Loaded }) => {
      const { storage, extensionPath, secretFolders, refreshCard, log } = this.deps;
      const folders = () => this.ignored.workspace;
      const refused = () => this.permitting.refused;
      const own = () => this.history.list();
      this.running = new Loaded({ storage, extensionPath, secretFolders, folders, refused, own, refreshCard, log });
      return this.running;
    });
    return this.loadingRunning;
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
    const begun = Date.now();
    const corrections = new TurnCorrections();
    const point = this.deps.checkpoint(threadId, start);
    const use = this.deps.uses.begin(threadId, start, async () => {
      const files = this.written.thread === threadId ? await this.ran(point, begun) : [];
      turn.ran(files);
      return files.map(({ path }) => path);
    });
    const asked: CallDeps['ask'] = async (request, aborted) => {
      const answer = await this.approvals.ask(threadId, request, {
        answer: async (view, amended) => {
          const answer = await ask(view, aborted, amended);
          const why = typeof answer === 'object' ? answer.deny : undefined;
          if (why !== undefined) corrections.refused(view.title, why);
          if (why !== undefined || answer === 'deny') use.refused(view.title, why);
          return answer;
        },
        edited: (files) => {
          corrections.edited(files);
          use.edited(files);
        },
      });
      if (answer.allow) await this.scripts.approve(request.decision);
      return answer;
    };
    const noted: Sink = (event) => {
      corrections.event(event);
      use.event(event);
      sink(event);
    };
    if (start.kind === 'message') {
      void this.lookAtWritten(threadId).catch((error: unknown) => this.deps.log(String(error)));
      this.lookAround(threadId);
    }
    const turn = this.written.begin(threadId);
    const { agentId, corrected } = this.deps;
    const own = { ask: asked, beforeChange: point.beforeChange };
    const deps = { ...this.turnDeps(this.beyond.offered(this.tools), asked), ...own, files: true };
    const run = async () => {
      await this.left.find();
      return runTurn(deps, { agentId, threadId, start, signal }, noted);
    };
    return this.beyond.during(threadId, own, question, run).finally(() => {
      turn.end();
      clearTimeout(this.standing);
      this.standing = setTimeout(() => this.lookAround(), STANDS_MS);
      if (corrections.proposal) corrected(threadId, corrections.proposal);
    });
  }

  /** What commands of a turn have written. What the person typed meanwhile is theirs. */
  private async ran(point: TurnCheckpoint, begun: number): Promise<RanFile[]> {
    const typed = this.see.edits.list().filter(({ by, at }) => by === 'person' && at >= begun);
    return this.named(await point.ran()).filter((file) => !typed.some(({ path }) => path === file.path));
  }

  private async lookAtWritten(threadId: string): Promise<void> {
    const taken = (await this.reviewing)?.turnBegan(threadId) ?? [];
    const undone = await Promise.all(
      taken.map(async ({ path, base, wrote }) => {
        const now = await this.read(path).catch(() => null);
        return now === null ? [] : [{ path, before: base, after: wrote, now, undone: true }];
      }),
    );
    const written = await this.written.take(threadId, (path) => this.read(path));
    const found = [...undone.flat(), ...written.filter(({ path }) => !taken.some((each) => each.path === path))];
    const named = this.named(found);
    const stand = named.filter((file) => !('gone' in file));
    if (stand.length > 0) this.deps.rewrote(threadId, stand);
    this.deps.uses.spoke(threadId, named);
  }

  /** What was written in threads where the person may never speak again. */
  private lookAround(except?: string): void {
    for (const threadId of this.written.threads.filter((each) => each !== except)) {
      void this.written
        .changed(threadId, (path) => this.read(path))
        .then((found) => this.deps.uses.changed(threadId, this.named(found)));
    }
  }

  private named<T extends { path: string }>(files: readonly T[]): (T & { name: string })[] {
    return tellable(files, this.editor.folders(), (path) => this.hidden(path));
  }

  private async read(path: string): Promise<string | null> {
    return (await this.editor.read(path))?.text ?? null;
  }

  /** What judges writes of memory gets ready behind the first turn. */
  private prepare(): void {
    this.preparing ??= setTimeout(() => this.deps.judge.prepare(), PREPARE_MS);
  }

  /** A question to a hidden fork of a thread, which goes afterwards. Memory and files stay as they are; `seen` is told all that happens. */
  async trial(task: Trial, seen: Sink, signal: AbortSignal): Promise<SubagentReport & PutBack> {
    const { beforeChange, putBack } = await this.deps.trial(`${task.description}: ${task.prompt}`);
    const own: Partial<TurnDeps> = {
      beforeChange,
      ask: async (request, aborted) =>
        (await import('./commands/ask-in-trial.ts')).askInTrial(request, aborted, unifiedDiff),
      skills: () => [],
      noRoom: async () => 'This is a trial: memory stays as it is.',
    };
    const report = await this.beyond.trial(task, own, seen, signal).catch(async (error: unknown) => {
      await putBack();
      throw error;
    });
    return { ...report, ...(await putBack()) };
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
      { name: t('Editor tools'), text: tools.join('\n\n') },
      { name: t('Skills'), text: skills.join('\n') },
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
      ownSources: new ApprovedSources(this.deps.state, this.deps.agentId),
      skills: async () => (tools.length > 0 ? (await skills()).offered() : []),
      decide: (tool, input, plan) => this.decide(tool, input, plan),
      news: (threadId) => [...leftNews(this.left, threadId), ...(this.running?.news(threadId) ?? [])],
      trusted: () => vscode.workspace.isTrusted,
      decideMemory: async ({ label, judged, seen }) => {
        const { decision, reasons } = await judge.decide({ label, ...judged, seen });
        return { decision, reason: reasons.join(' ') };
      },
      holdMemory: this.deps.holdMemory,
      markMemory: this.deps.markMemory,
      noRoom: this.deps.noRoom,
      readText: (path, whole) => standingText(path, (at) => this.editor.read(at), whole),
      log,
    };
  }

  decide(tool: AnyTool, input: unknown, plan?: Plan): Promise<Decision> {
    return decideRunning({ tool, input, plan }, (access, name, mode) => this.permitting.decide(access, name, mode), {
      mode: settings.permissionMode(),
      wanted: settings.sandboxWanted(),
      only: async (given) => (await this.loadRunning()).onlyInBox(given),
    });
  }
}
