// Answers calls that write memory: judged by what the thread has read, let through, marked, or kept for a person.
import { ARCHIVE, applyMemoryCall, HELD, type MemoryChange, memoryChange } from '../letta/memory-tools.ts';
import { PINNED_REFUSAL, reviewAfterwards } from '../permissions/memory-policy.ts';
import { maskSecrets } from '../permissions/secrets.ts';
import type { MemorySource } from '../protocol/sources.ts';
import type { ToolPart } from '../protocol/transcript-views.ts';
import type { ToolResult } from '../tools/tool.ts';
import { parseArguments, prettyArguments } from './describe.ts';
import { printOf, type ThreadJournal } from './journal.ts';
import type { Answer } from './journal-records.ts';
import type { Seen } from './seen.ts';

/** A call of the model that the server waits for. */
export interface Call {
  callId: string;
  name: string;
  /** JSON as the model wrote it. */
  arguments: string;
}

/** A write of the agent's own memory that waits to be let through. */
export interface MemoryCall extends MemoryChange {
  callId: string;
  tool: string;
  threadId: string;
  /** As the model wrote them; undefined where they are no JSON. */
  args: unknown;
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

const UNKNOWN: MemoryDecision = {
  decision: 'hold',
  reason: 'What has been read in this thread elsewhere could not be looked up: its home did not answer.',
};

export interface MemoryDeps {
  decideMemory(call: MemoryCall): MemoryDecision | Promise<MemoryDecision>;
  /**
   * Keeps a write for a person's eye; on disk when it resolves. `call.after` and `call.judged` come with secrets masked. After a kill it may be
   * called again with the same `callId`. Rejects: the agent is told that nothing was kept.
   */
  holdMemory?(call: MemoryCall, verdict: MemoryDecision): Promise<void>;
  /** Marks a write as unreviewed; before it is made, or right after where the server did not ask. As `holdMemory`. */
  markMemory?(call: MemoryCall, verdict: MemoryDecision): Promise<void>;
  /** What the agent is told when a write would make its blocks larger than they may be; undefined: there is room. */
  noRoom?(write: Pick<MemoryCall, 'label' | 'tool' | 'args'>): Promise<string | undefined>;
  /** Memory is pinned in this thread: no write goes through. Absent: it is not. */
  pinned?: boolean;
  /** The value of a block now; undefined where it cannot be told. For the card of a rewrite. */
  blockValue(label: string): Promise<string | undefined>;
  log?: (line: string) => void;
}

/** Makes and shows the cards of calls. */
interface Cards {
  part(call: Call, state: ToolPart['state'], more: Partial<ToolPart>): ToolPart;
  emit(part: ToolPart): void;
}

export class MemoryCalls {
  private readonly deps: MemoryDeps;
  private readonly threadId: string;
  private readonly journal: ThreadJournal;
  private readonly seen: Seen;
  private readonly cards: Cards;

  constructor(deps: MemoryDeps, threadId: string, journal: ThreadJournal, seen: Seen, cards: Cards) {
    this.deps = deps;
    this.threadId = threadId;
    this.journal = journal;
    this.seen = seen;
    this.cards = cards;
  }

  async answer(call: Call, change: MemoryChange): Promise<Answer> {
    const { pinned } = this.deps;
    const refusal = pinned ? PINNED_REFUSAL : await this.noRoom(call, change);
    if (refusal !== undefined) {
      const refused = { status: 'error' as const, text: refusal };
      const masked = { ...change, after: maskSecrets(change.after) };
      return this.answerUnwritten(call, masked, refused, undefined, pinned ? 'denied' : 'failed');
    }
    const whole = await this.seen.whole();
    const seen = this.seen.sources;
    const value = await this.valueFor(
      change,
      seen.some((source) => source !== 'person'),
    );
    const before = change.before ?? value ?? null;
    const judged = linesOf(call, { ...change, before }, value);
    const args = argumentsOf(call);
    const { callId, name: tool } = call;
    const write: MemoryCall = { ...change, before, callId, tool, threadId: this.threadId, args, seen, judged };
    const decision = whole ? await this.deps.decideMemory(write) : UNKNOWN;
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
    this.cards.emit(this.cards.part(call, 'running', memory));
    return { type: 'approval', tool_call_id: call.callId, approve: true };
  }

  /** A server that does not say how large the blocks are is no reason to write nothing. */
  private async noRoom(call: Call, { label }: MemoryChange): Promise<string | undefined> {
    if (!label || label === ARCHIVE) return undefined;
    return this.deps.noRoom?.({ label, tool: call.name, args: argumentsOf(call) }).catch(() => undefined);
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
    // The arguments hold the text as it was: they stay behind.
    const masked = { ...write, args: tagsIn(write), after: maskSecrets(write.after), judged };
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
    { label, before, after }: MemoryChange,
    { status, text }: ToolResult,
    review?: 'held',
    state: 'denied' | 'failed' = 'denied',
  ): Promise<Answer> {
    const memory = label ? { memory: { label, before, after, ...(review ? { review } : {}) } } : {};
    const masked = maskSecrets(call.arguments);
    const input = prettyArguments(masked);
    const part = this.cards.part(call, state, { ...memory, input, output: text });
    const kept = masked === call.arguments ? {} : { masked_arguments: masked };
    const answer: Answer = { type: 'tool', tool_call_id: call.callId, tool_return: text, status, ...kept };
    await this.journal.append({ kind: 'result', callId: call.callId, print: printOf(call), answer, part });
    this.cards.emit(part);
    return answer;
  }

  /** A write that the server made without asking: agents made elsewhere are not altered, their writes are marked. */
  async judgeAfterwards(call: Call): Promise<'unreviewed' | undefined> {
    const parsed = parseArguments(call.arguments);
    const known = parsed.ok ? memoryChange(call.name, parsed.value) : undefined;
    const change = known ?? { label: '', before: null, after: call.arguments };
    const whole = await this.seen.whole();
    const seen: MemorySource[] = [...this.seen.sources, ...(whole ? [] : ['tool' as const])];
    const { review, reasons } = reviewAfterwards({ ...change, seen });
    if (!review) return undefined;
    const { threadId } = this;
    const args = argumentsOf(call);
    const write = { ...change, callId: call.callId, tool: call.name, threadId, args, seen, judged: change };
    await this.journal.append({ kind: 'memory', callId: call.callId, review });
    await this.deps
      .markMemory?.(write, { decision: 'mark', reason: reasons.join(' ') })
      .catch((error: Error) => this.deps.log?.(`A write of memory could not be marked: ${error.message}`));
    return review;
  }
}

function argumentsOf(call: Call): unknown {
  const parsed = parseArguments(call.arguments);
  return parsed.ok ? parsed.value : undefined;
}

/** Under what an entry of the archive is to be found. */
function tagsIn({ label, args }: MemoryCall): unknown {
  if (label !== ARCHIVE || typeof args !== 'object' || args === null || !('tags' in args)) return undefined;
  const tags = Array.isArray(args.tags) ? args.tags.filter((tag) => typeof tag === 'string') : [];
  return tags.length > 0 ? { tags: tags.map(maskSecrets) } : undefined;
}

/** What a write does to the whole block, where its value is known and the call says it. */
function linesOf(call: Call, change: MemoryChange, value: string | undefined): MemoryCall['judged'] {
  const parsed = parseArguments(call.arguments);
  const whole = value !== undefined && parsed.ok ? applyMemoryCall(call.name, parsed.value, value) : undefined;
  if (value === undefined || whole === undefined) return { before: change.before, after: change.after };
  return { before: value, after: whole };
}

export const describeError = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
