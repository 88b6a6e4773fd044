// What lies beyond files, tied together: the person, the web, plans and attempts, other tools, subagents. Loaded with the hands.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import type { CallDeps } from './agent/calls.ts';
import type { MemoryContext } from './agent/context.ts';
import type { TurnEvent } from './agent/events.ts';
import type { Journal } from './agent/journal.ts';
import type { Pins } from './agent/pins.ts';
import { ThreadNotes } from './agent/thread-notes.ts';
import type { TurnDeps } from './agent/turn.ts';
import { type AskQuestion, Questions } from './chat/questions.ts';
import { VsCodeShower } from './editor/vscode-show.ts';
import type { SubagentTask } from './flows/subagent.ts';
import type { Connection } from './letta/connection.ts';
import { OtherTools } from './native/other-tools.ts';
import type { Decision } from './permissions/decision.ts';
import { addressKind, isPrivateHost } from './permissions/hosts.ts';
import { t } from './protocol/l10n.ts';
import type { Web } from './tools/fetch.ts';
import { OTHER_TOOLS } from './tools/other-tools.ts';
import type { Subagents } from './tools/task.ts';
import type { AnyTool } from './tools/tool.ts';
import type { ToolDependencies } from './tools/tool-list.ts';

export interface BeyondDeps {
  connection: Connection;
  agentId: string;
  journal: Journal;
  memory: MemoryContext;
  pins: Pins;
  /** What belongs to the workspace. */
  state: vscode.Memento;
  /** Where this window keeps what belongs to its workspace. */
  storage: string;
  log(line: string): void;
  /** Where plans and attempts of threads are kept. */
  notesFolder: string;
  /** The worker thread that reads pages of the web. */
  webWorkerPath: string;
  /** Somebody who does not see the thread is told that it asks. */
  asks(threadId: string, question: string): void;
}

/** What subagents need of those who run turns. */
export interface Turns {
  tools(): readonly AnyTool[];
  /** What the rules say of loading a URL. */
  judgeFetch(url: string): Promise<Decision>;
  turnDeps(tools: readonly AnyTool[], ask: CallDeps['ask']): TurnDeps;
}

/** What a turn has of its own; its subagents have the same. */
export type Underway = Pick<TurnDeps, 'ask'> & Partial<TurnDeps>;

export type Trial = SubagentTask;

export class Beyond {
  readonly notes: ThreadNotes;
  /** Tools of other extensions and MCP servers. */
  readonly foreign: OtherTools;
  readonly tools: NonNullable<ToolDependencies['beyond']>;
  private readonly deps: BeyondDeps;
  private readonly turns: Turns;
  private readonly shower = new VsCodeShower(async (...given) =>
    (await import('./memory/run-git.ts')).runGit(...given),
  );
  private readonly questions: Questions;
  /** Ends a subagent, by the call that began it. */
  private readonly stops = new Map<string, AbortController>();
  /** By the thread whose turn runs. */
  private readonly underway = new Map<string, Underway>();
  private web: Promise<Web> | undefined;

  constructor(deps: BeyondDeps, turns: Turns) {
    this.deps = deps;
    this.turns = turns;
    this.notes = new ThreadNotes(deps.notesFolder);
    this.foreign = new OtherTools(deps.state);
    this.questions = new Questions(deps);
    this.tools = {
      web: () => this.loadWeb(),
      person: this.questions,
      todos: { set: async (threadId, todos) => (await this.notes.open(threadId)).setTodos(todos) },
      shower: this.shower,
      subagents: this.subagents(),
      foreign: this.foreign,
    };
  }

  async dispose(): Promise<void> {
    this.shower.dispose();
    await this.notes.flush();
  }

  /** While the turn runs, questions of its thread and of its subagents go to the person who has it before them. */
  async during<T>(threadId: string, own: Underway, question: AskQuestion, turn: () => Promise<T>): Promise<T> {
    this.underway.set(threadId, own);
    try {
      return await this.questions.during(threadId, question, turn);
    } finally {
      this.underway.delete(threadId);
    }
  }

  /** Tools of others are offered to the model where the person has chosen some. */
  offered(tools: readonly AnyTool[]): readonly AnyTool[] {
    const others = this.foreign.chosen().length > 0;
    return tools.filter(({ name }) => others || name !== OTHER_TOOLS);
  }

  private loadWeb(): Promise<Web> {
    this.web ??= import('./tools/web/web.ts').then(({ createWeb }) =>
      createWeb({
        workerPath: this.deps.webWorkerPath,
        addressKind,
        namesPrivate: isPrivateHost,
        judge: (url) => this.turns.judgeFetch(url),
      }),
    );
    return this.web;
  }

  private subagents(): Subagents {
    return {
      tools: () => this.offered(this.turns.tools()).map(({ name }) => name),
      run: async (task, progress, signal) => {
        const [forking, threads] = await Promise.all([this.forking(), this.subagentThreads()]);
        const deps = {
          ...forking,
          turn: (names: readonly string[]) => {
            const tools = this.turns.tools().filter(({ name }) => names.includes(name));
            const ask = this.askFor(task.threadId, task.description);
            return { ...this.turns.turnDeps(tools, ask), ...this.underway.get(task.threadId), ask };
          },
        };
        const stop = new AbortController();
        this.stops.set(task.callId, stop);
        return threads.run(deps, task, progress, signal, stop.signal).finally(() => this.stops.delete(task.callId));
      },
    };
  }

  /** A task for a hidden fork of a thread whose turns have something of their own. Rejects as `runSubagent` does. */
  async trial(task: Trial, own: Partial<TurnDeps>, seen: (event: TurnEvent) => void, signal: AbortSignal) {
    const threads = await this.subagentThreads();
    const refuse: CallDeps['ask'] = async () => ({ allow: false, reason: 'Nobody is there to be asked.' });
    const turn = (names: readonly string[]) => {
      const tools = this.turns.tools().filter(({ name }) => names.includes(name));
      return { ...this.turns.turnDeps(tools, refuse), ...own };
    };
    const deps = { ...(await this.forking()), seen, turn };
    const { settled, ...report } = await threads.run(deps, task, () => {}, signal, signal);
    settled();
    return report;
  }

  /** What makes forks of threads. */
  private async forking() {
    const { connection, agentId, journal, memory, pins } = this.deps;
    const { forkPending } = await import('./threads/fork-pending.ts');
    return {
      agentId,
      journal,
      fork: (threadId: string, title: string) =>
        memory.created(agentId, () => forkPending(connection, agentId, threadId, title)),
      inheritPin: (parent: string, fork: string) => pins.inherit(parent, fork),
    };
  }

  /** Ends a subagent; the turn that it works for goes on. @throws Error where there is none any more */
  stopSubagent(callId: string): void {
    const stop = this.stops.get(callId);
    if (!stop) throw new Error(t('This subagent has ended.'));
    stop.abort(new Error('stopped by the person'));
  }

  /** Of a window that is gone. */
  async removeLeftSubagents(): Promise<void> {
    const left = await readdir(this.subagentFolder).catch(() => []);
    if (left.length > 0) await (await this.subagentThreads()).cleanUp();
  }

  private get subagentFolder(): string {
    return join(this.deps.storage, 'subagents');
  }

  private async subagentThreads() {
    const [{ SubagentThreads }, { HiddenThreads }] = await Promise.all([
      import('./flows/subagent-threads.ts'),
      import('./threads/hidden-threads.ts'),
    ]);
    const { connection, agentId } = this.deps;
    const hidden = new HiddenThreads(connection, agentId);
    return new SubagentThreads({ ...this.deps, home: connection.homeKey, hidden, folder: this.subagentFolder });
  }

  /** Asks the person who has the thread before them, in the name of a subagent. */
  private askFor(threadId: string, subagent: string): CallDeps['ask'] {
    return async (request, signal) => {
      const ask = this.underway.get(threadId)?.ask;
      if (!ask) return { allow: false, reason: 'Nobody is there to be asked.' };
      return ask({ ...request, title: t('{0} (subagent: {1})', request.title, subagent) }, signal);
    };
  }
}
