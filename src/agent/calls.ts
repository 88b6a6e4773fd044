// Answers the tool calls of one step: judged, asked about, journaled, run. Every call gets an answer, whatever happens.
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { ARCHIVE, applyMemoryCall, HELD, isWriting, type MemoryChange, memoryChange } from '../letta/memory-tools.ts';
import type { Decision } from '../permissions/decision.ts';
import { maskSecrets } from '../permissions/secrets.ts';
import type { MemorySource } from '../protocol/sources.ts';
import type { ToolPart } from '../protocol/views.ts';
import { type AnyTool, type Plan, ToolError, type ToolResult } from '../tools/tool.ts';
import { type Describe, describeWith, parseArguments, prettyArguments } from './describe.ts';
import { hashOf } from './files.ts';
import { type Answer, JournalError, type ThreadJournal } from './journal.ts';
import { type ReadText, settle, settledText } from './recovery.ts';
import { type Seen, sourcesOf } from './seen.ts';

/** A call of the model that the server waits for. */
export interface Call {
  callId: string;
  name: string;
  /** JSON as the model wrote it. */
  arguments: string;
}

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
}

export interface AskAnswer {
  allow: boolean;
  /** What the person said to it, for the agent. */
  reason?: string;
}

/** A write of the agent's own memory that waits to be let through. */
export interface MemoryCall extends MemoryChange {
  callId: string;
  tool: string;
  threadId: string;
  /** What the thread's model has read so far. */
  seen: readonly MemorySource[];
  /**
   * What is to be judged: the whole block before and after where that can be told, so that half a line is read with the other
   * half; else the change's own lines.
   */
  judged: { before: string | null; after: string };
}

export interface MemoryDecision {
  decision: 'apply' | 'mark' | 'hold';
  /** For the person, and for the agent when it is held. */
  reason: string;
}

export interface CallDeps {
  tools: readonly AnyTool[];
  /** @throws ToolError for a call that the tool would refuse anyway. */
  decide(tool: AnyTool, input: unknown): Decision | Promise<Decision>;
  decideMemory(call: MemoryCall): MemoryDecision | Promise<MemoryDecision>;
  /**
   * Keeps a write for a person's eye; on disk when it resolves. `call.after` and `call.judged` come with secrets masked. After a kill it may be
   * called again with the same `callId`. Rejects: the agent is told that nothing was kept.
   */
  holdMemory?(call: MemoryCall, verdict: MemoryDecision): Promise<void>;
  /** Marks a write as unreviewed; before it is made, or right after where the server did not ask. As `holdMemory`. */
  markMemory?(call: MemoryCall, verdict: MemoryDecision): Promise<void>;
  ask(request: AskRequest, signal: AbortSignal): Promise<AskAnswer>;
  /** For settling what was interrupted: the editor's text of a file, else the disk's. */
  readText: ReadText;
  /** The value of a block now; undefined where it cannot be told. For the card of a rewrite. */
  blockValue(label: string): Promise<string | undefined>;
  log?: (line: string) => void;
}

/** How far to go: `run` runs calls that never began; `settle` only says what became of them. */
export type CallMode = 'run' | 'settle';

/** How long a running tool may take to end after Stop, before it is settled by looking. */
const STOP_GRACE_MS = 5_000;
/** Longest result that is sent: tools cap theirs lower. */
const RESULT_LIMIT = 100_000;

export const STOPPED_TEXT = 'Stopped by the person before it was done. Nothing was changed by this call.';
export const NOT_RUN_TEXT = 'Interrupted before it ran. Nothing was changed. Call it again if it is still needed.';

/** Tells calls apart whose ids a model repeats. */
export const printOf = (call: Call): string =>
  createHash('sha256').update(`${call.name}\0${call.arguments}`).digest('hex').slice(0, 24);

type Stopped = typeof STOPPED;
const STOPPED = Symbol('stopped');

/** Settles with the promise, or with STOPPED once the signal is aborted and the grace is over. */
function orStopped<T>(promise: Promise<T>, signal: AbortSignal, graceMs: number): Promise<T | Stopped> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onAbort = () => {
      timer = setTimeout(() => resolve(STOPPED), graceMs);
    };
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    promise.then(resolve, reject).finally(done);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

interface Outcome {
  state: ToolPart['state'];
  answer: Answer;
  view?: ToolResult['view'] | undefined;
  /** Where the answer's text came from; absent: from this program. */
  sources?: readonly MemorySource[];
}

/** What a call turned out to be, before anything is done about it. */
type Kind =
  | { kind: 'memory'; change: MemoryChange }
  | { kind: 'tool'; tool: AnyTool; input: unknown; changes: boolean }
  | { kind: 'refused'; text: string };

export class CallRunner {
  private readonly deps: CallDeps;
  private readonly threadId: string;
  private readonly journal: ThreadJournal;
  private readonly seen: Seen;
  private readonly signal: AbortSignal;
  private readonly emit: (part: ToolPart) => void;
  private readonly byName: Map<string, AnyTool>;
  private readonly describe: Describe;

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
      return { kind: 'refused', text: `There is no tool named ${call.name || '(empty)'} here. Tools: ${names}.` };
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
      return kind === 'edit' || kind === 'command';
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
    if (kind.kind === 'memory') return this.answerMemory(call, kind.change);
    const begun = earlier?.intent && !earlier.sent ? earlier.intent : undefined;
    if (begun && (begun.changes || mode === 'settle')) {
      const { status, text } = settledText(await settle(begun, this.deps.readText), begun);
      return this.finish(call, status === 'success' ? 'done' : 'interrupted', { status, text });
    }
    if (kind.kind === 'refused') return this.finish(call, 'failed', { status: 'error', text: kind.text });
    if (mode === 'settle') return this.finish(call, 'interrupted', { status: 'error', text: NOT_RUN_TEXT });
    const outcome = await this.run(call, kind.tool, kind.input, kind.changes);
    return this.record(call, outcome);
  }

  private async run(call: Call, tool: AnyTool, input: unknown, changes: boolean): Promise<Outcome> {
    const context = { callId: call.callId, threadId: this.threadId, signal: this.signal };
    const stopped = () => this.outcome(call, 'interrupted', { status: 'error', text: STOPPED_TEXT });
    let begun = false;
    try {
      if (this.signal.aborted) return stopped();
      const decision = await this.deps.decide(tool, input);
      if (decision.decision === 'deny') return this.denied(call, decision.reason);
      const plan = await tool.plan?.(input, context);
      if (decision.decision === 'ask') {
        const answer = await this.ask(call, tool, input, plan, decision);
        if (answer === STOPPED) return stopped();
        if (!answer.allow) return this.denied(call, answer.reason ?? 'The person declined this.');
      }
      if (this.signal.aborted) return stopped();
      const targets = (plan?.targets ?? []).map((target) => ({
        path: target.path,
        before: hashOf(target.before),
        after: hashOf(target.after),
      }));
      const at = new Date().toISOString();
      const print = printOf(call);
      await this.journal.append({ kind: 'intent', at, callId: call.callId, print, tool: tool.name, changes, targets });
      begun = true;
      this.emit(this.part(call, 'running'));
      const result = await orStopped(tool.run(input, context, plan), this.signal, STOP_GRACE_MS);
      if (result !== STOPPED) {
        const outcome = this.outcome(call, result.status === 'success' ? 'done' : 'failed', result);
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
    const { status, text } = settledText(await settle(intent, this.deps.readText), intent);
    return this.outcome(call, status === 'success' ? 'done' : 'interrupted', { status, text });
  }

  private async ask(
    call: Call,
    tool: AnyTool,
    input: unknown,
    plan: Plan | undefined,
    decision: Decision,
  ): Promise<AskAnswer | Stopped> {
    this.emit(this.part(call, 'waiting'));
    const { title, target } = this.describe(call.name, call.arguments);
    const request = { callId: call.callId, tool, input, title, decision };
    const asking = this.deps.ask(
      { ...request, ...(target === undefined ? {} : { target }), ...(plan ? { plan } : {}) },
      this.signal,
    );
    const answer = await orStopped(asking, this.signal, 0);
    // A view that answers Stop with a refusal has not refused the call.
    return this.signal.aborted ? STOPPED : answer;
  }

  private async answerMemory(call: Call, change: MemoryChange): Promise<Answer> {
    const seen = this.seen.sources;
    const value = await this.valueFor(
      change,
      seen.some((source) => source !== 'person'),
    );
    const before = change.before ?? value ?? null;
    const judged = linesOf(call, { ...change, before }, value);
    const write = { ...change, before, callId: call.callId, tool: call.name, threadId: this.threadId, seen, judged };
    const decision = await this.deps.decideMemory(write);
    if (decision.decision === 'hold') return this.hold(call, write, decision);
    const review = decision.decision === 'mark' ? ('unreviewed' as const) : undefined;
    if (review) {
      try {
        await this.deps.markMemory?.(write, decision);
      } catch (error) {
        return this.notKept(call, write, error);
      }
    }
    const told = change.before === null && before !== null ? { before } : {};
    if (review || told.before !== undefined) {
      await this.journal.append({ kind: 'memory', callId: call.callId, ...told, ...(review ? { review } : {}) });
    }
    const memory = change.label ? { memory: { ...change, before, ...(review ? { review } : {}) } } : {};
    this.emit(this.part(call, 'running', memory));
    return { type: 'approval', tool_call_id: call.callId, approve: true };
  }

  /** The block's value where the card or the judgement needs it. */
  private async valueFor({ label, before }: MemoryChange, judged: boolean): Promise<string | undefined> {
    if (!label || label === ARCHIVE || (before !== null && !judged)) return undefined;
    return this.deps.blockValue(label).catch(() => undefined);
  }

  /** Kept for a person first, then noted, then told: a kill in between loses nothing. */
  private async hold(call: Call, write: MemoryCall, decision: MemoryDecision): Promise<Answer> {
    const { before, after } = write.judged;
    const judged = { before: before === null ? null : maskSecrets(before), after: maskSecrets(after) };
    const masked = { ...write, after: maskSecrets(write.after), judged };
    try {
      await this.deps.holdMemory?.(masked, decision);
    } catch (error) {
      return this.notKept(call, write, error);
    }
    const text = `${HELD}${decision.reason} Nothing was written. The person will see it and decide; do not write it again, go on with the task.`;
    return this.answerUnwritten(call, masked, { status: 'success', text }, 'held');
  }

  private notKept(call: Call, write: MemoryCall, error: unknown): Promise<Answer> {
    this.deps.log?.(`A write of memory could not be kept for review: ${describeError(error)}`);
    const why = error instanceof Error ? error.message : String(error);
    const text = `Not written: it needs a person's review, and could not be kept for it (${why}). Tell the person.`;
    return this.answerUnwritten(call, { ...write, after: maskSecrets(write.after) }, { status: 'error', text });
  }

  /** A result of our own in place of the server's. */
  private async answerUnwritten(
    call: Call,
    { label, before, after }: MemoryCall,
    { status, text }: ToolResult,
    review?: 'held',
  ): Promise<Answer> {
    const memory = label ? { memory: { label, before, after, ...(review ? { review } : {}) } } : {};
    const input = prettyArguments(maskSecrets(call.arguments));
    const part = this.part(call, 'denied', { ...memory, input, output: text });
    const answer: Answer = { type: 'tool', tool_call_id: call.callId, tool_return: text, status };
    await this.journal.append({ kind: 'result', callId: call.callId, print: printOf(call), answer, part });
    this.emit(part);
    return answer;
  }

  private outcome(call: Call, state: ToolPart['state'], result: ToolResult): Outcome {
    const text = clip(result.text);
    const answer: Answer = { type: 'tool', tool_call_id: call.callId, tool_return: text, status: result.status };
    return { state, answer, view: result.view };
  }

  private denied(call: Call, reason: string): Outcome {
    return { state: 'denied', answer: { type: 'approval', tool_call_id: call.callId, approve: false, reason } };
  }

  private finish(call: Call, state: ToolPart['state'], result: ToolResult): Promise<Answer> {
    return this.record(call, this.outcome(call, state, result));
  }

  private async record(call: Call, { state, answer, view, sources = [] }: Outcome): Promise<Answer> {
    const output = answer.type === 'tool' ? answer.tool_return : (answer.reason ?? '');
    const part = this.part(call, state, { output, ...view });
    // With the result, and so before it is sent: no step may act on what is not noted.
    await this.seen.note(sources, { kind: 'result', callId: call.callId, print: printOf(call), answer, part });
    this.emit(part);
    return answer;
  }
}

/** What a write does to the whole block, where its value is known and the call says it. */
function linesOf(call: Call, change: MemoryChange, value: string | undefined): MemoryCall['judged'] {
  const parsed = parseArguments(call.arguments);
  const whole = value !== undefined && parsed.ok ? applyMemoryCall(call.name, parsed.value, value) : undefined;
  if (value === undefined || whole === undefined) return { before: change.before, after: change.after };
  return { before: value, after: whole };
}

const describeError = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

const errorText = (name: string, error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof ToolError ? message : `${name} failed: ${message}`;
};

const clip = (text: string): string =>
  text.length <= RESULT_LIMIT
    ? text
    : `${text.slice(0, RESULT_LIMIT)}\n… (${text.length - RESULT_LIMIT} more characters)`;
