// Answers the tool calls of one step: judged, asked about, journaled, run. Every call gets an answer, whatever happens.
import * as z from 'zod/mini';
import { isWriting, type MemoryChange, memoryChange } from '../letta/memory-tools.ts';
import { type OwnTool, sourceHash } from '../letta/own-tools.ts';
import type { Decision } from '../permissions/decision.ts';
import type { MemorySource } from '../protocol/sources.ts';
import type { ToolPart } from '../protocol/transcript-views.ts';
import { type AnyTool, type Plan, type ToolContext, ToolError, type ToolResult } from '../tools/tool.ts';
import { ASK_AT, type Attempts, attemptPrint, HINT_AT, repeatHint, repeatQuestion } from './attempts.ts';
import { clip, errorText, refusal } from './call-texts.ts';
import { type Describe, describeWith, parseArguments, prettyArguments } from './describe.ts';
import { hashOf } from './files.ts';
import { JournalError, printOf, type ThreadJournal } from './journal.ts';
import type { Answer, Intent } from './journal-records.ts';
import { type Call, describeError, MemoryCalls, type MemoryDeps } from './memory-calls.ts';
import { orStopped, STOPPED, type Stopped } from './or-stopped.ts';
import { type ApprovedSources, FOR_THIS_SOURCE, ownToolQuestion, ownToolView } from './own-tool-calls.ts';
import { FITS_NOT, planOf } from './plan-call.ts';
import { type ReadText, settled } from './recovery.ts';
import { type Seen, sourcesOf } from './seen.ts';

/** A question for a person about one call. */
export interface AskRequest {
  callId: string;
  tool: AnyTool;
  input: unknown;
  title: string;
  target?: string;
  /** What exactly would change; absent for a call that changes no file. */
  plan?: Plan;
  decision: Decision;
  /** What the button says that allows it for good, where no rule does. */
  always?: string;
}

export interface AskAnswer {
  allow: boolean;
  /** For good; only where `AskRequest.always` offers it. */
  always?: true;
  /** What the person said to it, for the agent. */
  reason?: string;
  /** What the person made of the plan before they allowed it, and what the agent is told of that. */
  edited?: { targets: Plan['targets']; told: string };
}

export interface CallDeps extends MemoryDeps {
  tools: readonly AnyTool[];
  /**
   * `plan`: what it comes to, once that is worked out; then all files of it are judged.
   * @throws ToolError for a call that the tool would refuse anyway.
   */
  decide(tool: AnyTool, input: unknown, plan?: Plan): Decision | Promise<Decision>;
  ask(request: AskRequest, signal: AbortSignal): Promise<AskAnswer>;
  /** What was tried in this thread; absent: nobody keeps count. */
  attempts?: Attempts;
  /**
   * Awaited before a changing call runs, and before its intent is written; `targets`: files it will touch, where that is known.
   * @param tell there are more of them than are named @returns then what of them could not be brought back, for the agent
   */
  beforeChange?(targets: readonly string[], tell?: boolean): Promise<string | undefined>;
  /** A tool of the agent's own by its name; absent: it has none. */
  ownTool?(name: string): Promise<OwnTool | undefined>;
  /** Which of their sources run without a question; absent: none. */
  ownSources?: Pick<ApprovedSources, 'has' | 'add'>;
  /** For settling what was interrupted: the editor's text of a file, else the disk's. */
  readText: ReadText;
}

/** How far to go: `run` runs calls that never began; `settle` only says what became of them. */
export type CallMode = 'run' | 'settle';

/** How long a running tool may take to end after Stop, before it is settled by looking. */
const STOP_GRACE_MS = 5_000;

export const STOPPED_TEXT = 'Stopped by the person before it was done. Nothing was changed by this call.';
export const NOT_RUN_TEXT = 'Interrupted before it ran. Nothing was changed. Call it again if it is still needed.';

interface Outcome {
  state: ToolPart['state'];
  answer: Answer;
  view?: ToolResult['view'] | undefined;
  /** Where the answer's text came from; absent: from this program. */
  sources?: readonly MemorySource[];
  settled?: ToolResult['settled'];
}

/** What a call turned out to be, before anything is done about it. */
type Kind =
  | { kind: 'memory'; change: MemoryChange }
  | { kind: 'tool'; tool: AnyTool; input: unknown; changes: boolean }
  | { kind: 'refused'; text: string; unknown?: true };

export class CallRunner {
  private readonly deps: CallDeps;
  private readonly threadId: string;
  private readonly journal: ThreadJournal;
  private readonly seen: Seen;
  private readonly signal: AbortSignal;
  private readonly emit: (part: ToolPart) => void;
  private readonly byName: Map<string, AnyTool>;
  private readonly describe: Describe;
  readonly memory: MemoryCalls;

  constructor(
    deps: CallDeps,
    threadId: string,
    journal: ThreadJournal,
    seen: Seen,
    signal: AbortSignal,
    emit: (part: ToolPart) => void,
  ) {
    this.deps = deps;
    this.threadId = threadId;
    this.journal = journal;
    this.seen = seen;
    this.signal = signal;
    this.emit = emit;
    this.byName = new Map(deps.tools.map((tool) => [tool.name, tool]));
    this.describe = describeWith(deps.tools);
    this.memory = new MemoryCalls(deps, threadId, journal, seen, {
      part: (call, state, more) => this.part(call, state, more),
      emit,
    });
  }

  /**
   * One answer for every call, in their order. Calls that only read run side by side; one that changes something waits
   * for all before it and is done before the next begins.
   * @throws Error only when the journal cannot be written: then nothing more was run.
   */
  async answer(calls: readonly Call[], mode: CallMode): Promise<Answer[]> {
    const answers = new Map<string, Answer>();
    let reading: Promise<void>[] = [];
    const one = async (call: Call, kind: Kind) => {
      answers.set(call.callId, await this.answerOne(call, kind, mode));
    };
    const readingDone = async () => {
      const settled = await Promise.allSettled(reading);
      reading = [];
      for (const result of settled) if (result.status === 'rejected') throw result.reason;
    };
    for (const call of calls) {
      const kind = this.kindOf(call);
      if (kind.kind === 'tool' && kind.changes) {
        await readingDone();
        await one(call, kind);
      } else reading.push(one(call, kind));
    }
    await readingDone();
    return calls.flatMap((call) => answers.get(call.callId) ?? []);
  }

  private kindOf(call: Call): Kind {
    const parsed = parseArguments(call.arguments);
    if (!parsed.ok) {
      const text = `The arguments of ${call.name} were not valid JSON (${parsed.reason}). Nothing was done. Send the call again with valid JSON.`;
      return { kind: 'refused', text };
    }
    const tool = this.byName.get(call.name);
    if (!tool) {
      const change = memoryChange(call.name, parsed.value);
      if (change) return { kind: 'memory', change };
      // A memory tool whose arguments are not known here is judged by all of them.
      if (isWriting(call.name)) return { kind: 'memory', change: { label: '', before: null, after: call.arguments } };
      const names = [...this.byName.keys()].join(', ') || 'none';
      const text = `There is no tool named ${call.name || '(empty)'} here. Tools: ${names}.`;
      return { kind: 'refused', text, unknown: true };
    }
    const input = tool.input.safeParse(parsed.value);
    if (!input.success) {
      const text = `The arguments of ${call.name} do not fit:\n${z.prettifyError(input.error)}\nNothing was done. Correct the call and send it again.`;
      return { kind: 'refused', text };
    }
    return { kind: 'tool', tool, input: input.data, changes: this.changes(tool, input.data) };
  }

  private changes(tool: AnyTool, input: unknown): boolean {
    if (tool.plan) return true;
    try {
      const { kind } = tool.access(input);
      return kind === 'edit' || kind === 'command' || kind === 'foreign';
    } catch {
      return false;
    }
  }

  private part(call: Call, state: ToolPart['state'], more: Partial<ToolPart> = {}): ToolPart {
    const described = this.describe(call.name, call.arguments);
    const input = prettyArguments(call.arguments);
    return { type: 'tool', id: call.callId, name: call.name, ...described, state, input, ...more };
  }

  private async answerOne(call: Call, kind: Kind, mode: CallMode): Promise<Answer> {
    const earlier = this.journal.view.call(call.callId, printOf(call));
    if (earlier?.result && !earlier.sent) {
      this.emit(earlier.result.part);
      return earlier.result.answer;
    }
    if (kind.kind === 'memory') return this.memory.answer(call, kind.change);
    const begun = earlier?.intent && !earlier.sent ? earlier.intent : undefined;
    if (begun && (begun.changes || mode === 'settle')) return this.settleBegun(call, kind, begun);
    const own = kind.kind === 'refused' && kind.unknown ? await this.deps.ownTool?.(call.name) : undefined;
    if (own && mode === 'run') return this.askOwn(call, own);
    if (kind.kind === 'refused' && mode === 'run')
      return this.tried(call, refusal(call.name, kind.text), call.arguments);
    if (kind.kind === 'refused') return this.finish(call, 'failed', { status: 'error', text: kind.text });
    if (mode === 'settle') return this.finish(call, 'interrupted', { status: 'error', text: NOT_RUN_TEXT });
    return this.tried(call, kind.tool, kind.input, kind.changes);
  }

  /** The server runs it, and only the source that was shown. */
  private async askOwn(call: Call, own: OwnTool): Promise<Answer> {
    const tool = ownToolView(own);
    const parsed = parseArguments(call.arguments);
    const input = parsed.ok ? parsed.value : {};
    const { ownSources } = this.deps;
    const { decision, reason, rule } = await this.deps.decide(tool, input);
    if (decision === 'deny') return this.record(call, this.denied(call, reason));
    // A rule of the person's that has it asked about counts at every call.
    const isApproved = (decision === 'allow' || rule !== undefined) && ownSources?.has(own) === true;
    if (!isApproved) {
      const question: Decision = { decision: 'ask', reason: ownToolQuestion(own) };
      const answer = await this.ask(call, tool, input, undefined, question, ownSources && FOR_THIS_SOURCE);
      if (answer === STOPPED) return this.finish(call, 'interrupted', { status: 'error', text: STOPPED_TEXT });
      if (!answer.allow) return this.record(call, this.denied(call, answer.reason ?? 'The person declined this.'));
      if (answer.always) await ownSources?.add(own);
    }
    this.emit(this.part(call, 'running'));
    const source_sha256 = sourceHash(own.source);
    return { type: 'approval', tool_call_id: call.callId, approve: true, source_sha256 };
  }

  private async tried(call: Call, tool: AnyTool, input: unknown, changes = false): Promise<Answer> {
    const outcome = await this.run(call, tool, input, changes);
    return this.record(call, this.withHint(call, tool, input, outcome));
  }

  /** It began in a window that is gone, so it is never run again: what is there tells what became of it. */
  private async settleBegun(call: Call, kind: Kind, begun: Intent): Promise<Answer> {
    const { status, text } = await settled(begun, this.deps.readText);
    const state = status === 'success' ? 'done' : 'interrupted';
    if (kind.kind !== 'tool' || !kind.tool.left) return this.finish(call, state, { status, text });
    const left = await kind.tool.left({ threadId: this.threadId, callId: call.callId }).catch(() => undefined);
    const result: ToolResult = { status, text: left === undefined ? text : `${text}\n${left}` };
    return this.record(call, { ...this.outcome(call, state, result), sources: sourcesOf(kind.tool, result) });
  }

  private async run(call: Call, tool: AnyTool, input: unknown, changes: boolean): Promise<Outcome> {
    let over = false;
    const context: ToolContext = {
      callId: call.callId,
      threadId: this.threadId,
      signal: this.signal,
      // A tool that goes on after its answer must not bring its card back to life.
      update: (view) => {
        if (!over) this.emit(this.part(call, 'running', view));
      },
    };
    const stopped = () => this.outcome(call, 'interrupted', { status: 'error', text: STOPPED_TEXT });
    let begun = false;
    try {
      if (this.signal.aborted) return stopped();
      const first = await this.deps.decide(tool, input);
      if (first.decision === 'deny') return this.denied(call, first.reason);
      const planned = await planOf(tool, input, context, this.deps.decide);
      let { plan } = planned;
      // A call may change more files than it names.
      const judged = plan ? await this.deps.decide(tool, input, plan) : first;
      const decision = this.unlessRepeated(tool, input, judged);
      if (decision.decision === 'deny') return this.denied(call, decision.reason);
      let told = '';
      if (decision.decision === 'ask') {
        const question = planned.keptBack ? { ...decision, reason: `${decision.reason} ${FITS_NOT}` } : decision;
        const answer = await this.ask(call, tool, input, plan, question);
        if (answer === STOPPED) return stopped();
        if (!answer.allow) return this.denied(call, answer.reason ?? 'The person declined this.');
        if (decision !== judged) this.deps.attempts?.goOn(attemptPrint(tool.name, input));
        if (plan && answer.edited) {
          plan = { ...plan, targets: answer.edited.targets };
          told = `${answer.edited.told}\n\n`;
        }
      }
      if (planned.keptBack) throw planned.keptBack;
      if (this.signal.aborted) return stopped();
      const targets = (plan?.targets ?? []).map((target) => ({
        path: target.path,
        before: hashOf(target.before),
        after: hashOf(target.after),
        ...(target.whole ? { whole: true } : {}),
      }));
      const touched = [...targets.map(({ path }) => path), ...(plan?.along ?? [])];
      const lost = changes ? await this.deps.beforeChange?.(touched, plan?.along !== undefined) : undefined;
      if (this.signal.aborted) return stopped();
      const at = new Date().toISOString();
      const print = printOf(call);
      await this.journal.append({ kind: 'intent', at, callId: call.callId, print, tool: tool.name, changes, targets });
      begun = true;
      this.emit(this.part(call, 'running'));
      const running = tool.run(input, context, plan);
      const result = await orStopped(running, this.signal, STOP_GRACE_MS).finally(() => {
        over = true;
      });
      if (result !== STOPPED) {
        const done = result.status === 'success';
        const text = `${told}${result.text}${done && lost !== undefined ? `\n${lost}` : ''}`;
        const state = result.stopped ? 'stopped' : done ? 'done' : 'failed';
        const outcome = this.outcome(call, state, { ...result, text });
        return { ...outcome, sources: sourcesOf(tool, result) };
      }
    } catch (error) {
      // An intent that could not be written: the tool must not run, and the turn must not go on as if it had.
      if (error instanceof JournalError) throw error;
      if (!(error instanceof ToolError)) this.deps.log?.(`Tool ${call.name} failed: ${describeError(error)}`);
      const stop = this.signal.aborted && !(error instanceof ToolError);
      if (stop && !begun) return stopped();
      if (!stop || !changes) {
        const text = stop ? STOPPED_TEXT : errorText(call.name, error);
        const outcome = this.outcome(call, stop ? 'interrupted' : 'failed', { status: 'error', text });
        // An error may quote what it stumbled over.
        return stop ? outcome : { ...outcome, sources: sourcesOf(tool) };
      }
    }
    // Stopped in the middle of a change: the files tell what became of it.
    const intent = this.journal.view.calls.get(call.callId)?.intent;
    if (!intent) return stopped();
    const { status, text } = await settled(intent, this.deps.readText);
    return this.outcome(call, status === 'success' ? 'done' : 'interrupted', { status, text });
  }

  /** A call that has come to the same again and again is asked about, even where it would pass. */
  private unlessRepeated(tool: AnyTool, input: unknown, decision: Decision): Decision {
    const times = this.deps.attempts?.times(attemptPrint(tool.name, input)) ?? 0;
    if (decision.decision === 'deny' || times < ASK_AT - 1) return decision;
    if (decision.decision === 'allow') return { decision: 'ask', reason: repeatQuestion(times) };
    return { ...decision, reason: `${repeatQuestion(times)} ${decision.reason}` };
  }

  /** Notes what came of a call, and says so where it has come to the same before. */
  private withHint(call: Call, tool: AnyTool, input: unknown, outcome: Outcome): Outcome {
    const { attempts } = this.deps;
    const { state, answer } = outcome;
    if (!attempts || state === 'interrupted' || state === 'stopped') return outcome;
    const text = answer.type === 'tool' ? answer.tool_return : `Denied: ${answer.reason ?? ''}`;
    const { title, target = '' } = this.describe(call.name, call.arguments);
    const print = attemptPrint(tool.name, input);
    const times = attempts.note({ print, what: `${title} ${target}`.trim(), ok: state === 'done', text });
    if (times < HINT_AT || answer.type !== 'tool') return outcome;
    return { ...outcome, answer: { ...answer, tool_return: `${answer.tool_return}\n\n${repeatHint(times)}` } };
  }

  private async ask(
    call: Call,
    tool: AnyTool,
    input: unknown,
    plan: Plan | undefined,
    decision: Decision,
    always?: string,
  ): Promise<AskAnswer | Stopped> {
    this.emit(this.part(call, 'waiting'));
    const { title, target } = this.describe(call.name, call.arguments);
    const request = { callId: call.callId, tool, input, title, decision, ...(always ? { always } : {}) };
    const asking = this.deps.ask(
      { ...request, ...(target === undefined ? {} : { target }), ...(plan ? { plan } : {}) },
      this.signal,
    );
    const answer = await orStopped(asking, this.signal, 0);
    // A view that answers Stop with a refusal has not refused the call.
    return this.signal.aborted ? STOPPED : answer;
  }

  private outcome(call: Call, state: ToolPart['state'], result: ToolResult): Outcome {
    const { status, pictures } = result;
    const shown = status === 'success' && pictures ? { pictures: [...pictures] } : {};
    const text = clip(result.text);
    const answer: Answer = { type: 'tool', tool_call_id: call.callId, tool_return: text, status, ...shown };
    return { state, answer, view: result.view, settled: result.settled };
  }

  private denied(call: Call, reason: string): Outcome {
    return { state: 'denied', answer: { type: 'approval', tool_call_id: call.callId, approve: false, reason } };
  }

  private finish(call: Call, state: ToolPart['state'], result: ToolResult): Promise<Answer> {
    return this.record(call, this.outcome(call, state, result));
  }

  private async record(call: Call, { state, answer, view, sources = [], settled }: Outcome): Promise<Answer> {
    const output = answer.type === 'tool' ? answer.tool_return : (answer.reason ?? '');
    const part = this.part(call, state, { output, ...view });
    // With the result, and so before it is sent: no step may act on what is not noted.
    await this.seen.note(sources, { kind: 'result', callId: call.callId, print: printOf(call), answer, part });
    this.emit(part);
    settled?.();
    return answer;
  }
}
