// Stored messages of the Letta API as the items of a thread. Pure.
import { type LettaError, toFailure } from '../letta/errors.ts';
import { isHeld } from '../letta/memory-tools.ts';
import { attachedIn, calledSkill, personText } from '../letta/reminders.ts';
import type { RunState } from '../letta/stream.ts';
import { approvalsOf, callsOf, returnsOf, textParts, type WireEvent } from '../letta/wire.ts';
import { t } from '../protocol/l10n.ts';
import type { AgentItem, Item, MemoryReview, ToolPart, UserItem } from '../protocol/transcript-views.ts';
import { answerIdFor } from './answer-id.ts';

/** What the journal of this computer knows of a call beyond what the server stores. */
export interface CallMemory {
  result?: { part: ToolPart };
  sent: boolean;
  memoryBefore?: string;
  memoryReview?: MemoryReview;
}

/** The journal of the thread, as far as a transcript needs it. */
export interface ThreadMemory {
  calls: ReadonlyMap<string, CallMemory>;
  outgoing?: { otid: string; text: string; at: string; answered: boolean; parts?: string[] } | undefined;
  stopped: boolean;
}

export interface TranscriptOptions {
  /** Title, target and memory change of a call, from its name and arguments. */
  describe(name: string, argumentsText: string): Pick<ToolPart, 'title' | 'target' | 'memory'>;
  /** The newest run; null when there is none. Absent on a page of older messages, where nothing can be unfinished. */
  lastRun?: RunState | null;
  memory?: ThreadMemory;
}

/** `messages`: oldest first. Unknown kinds are skipped; a call without a result never looks as if it still ran. */
export function transcript(messages: readonly WireEvent[], options: TranscriptOptions): Item[] {
  const builder = new Builder(options);
  for (const message of messages) builder.take(message);
  return builder.finish(messages);
}

const SUMMARISED = t('Older messages were summarised to make room.');

class Builder {
  private readonly items: Item[] = [];
  private readonly options: TranscriptOptions;
  private answer: AgentItem | undefined;
  private answerId = 'answer-start';
  private readonly calls = new Map<string, ToolPart>();
  /** Notices that came since the answer's last part: nobody knows yet whether it goes on behind them. */
  private readonly behind = new Set<Item>();

  constructor(options: TranscriptOptions) {
    this.options = options;
  }

  take(message: WireEvent): void {
    switch (message.message_type) {
      case 'user_message':
        this.user(message);
        break;
      case 'assistant_message':
        this.text('text', message, textParts(message.content).join(''));
        break;
      case 'reasoning_message':
        this.text('reasoning', message, message.reasoning ?? '');
        break;
      case 'tool_call_message':
      case 'approval_request_message':
        for (const call of callsOf(message)) {
          if (call.id) this.call(message, call.id, call.name ?? '', call.arguments);
        }
        break;
      case 'approval_response_message':
        for (const answer of approvalsOf(message)) {
          if (answer.denied) this.result(answer.callId, 'denied', answer.text);
          else if (answer.answered) this.result(answer.callId, stateOf(answer.status), answer.text);
        }
        break;
      case 'tool_return_message':
        for (const result of returnsOf(message)) this.result(result.callId, stateOf(result.status), result.text);
        break;
      case 'summary_message':
        this.notice(message, SUMMARISED);
        break;
    }
  }

  private user(message: WireEvent): void {
    const parts = textParts(message.content);
    const text = personText(parts);
    if (text === null) return;
    const skill = calledSkill(parts);
    const alert = systemAlert(text);
    if (alert === 'summary') this.notice(message, SUMMARISED);
    if (alert !== null) return;
    this.settle();
    const id = message.otid ?? message.id ?? `user-${this.items.length}`;
    this.items.push({ kind: 'user', id, text, date: dateOf(message), ...(skill ? { skill } : {}), ...along(parts) });
    this.answer = undefined;
    this.answerId = answerIdFor(id);
  }

  /** An answer is one item: what is said in between stands before it. */
  private notice(message: WireEvent, text: string): void {
    const item: Item = { kind: 'notice', id: message.id ?? `notice-${this.items.length}`, text, date: dateOf(message) };
    const at = this.answer ? this.items.indexOf(this.answer) : this.items.length;
    if (this.items.some((other) => other.kind === 'notice' && other.id === item.id)) return;
    this.items.splice(at, 0, item);
    this.behind.add(item);
  }

  /** The answer is over: what was told behind it stands behind it. */
  private settle(): void {
    if (this.behind.size > 0 && this.answer) {
      const stays = this.items.filter((item) => !this.behind.has(item));
      this.items.splice(0, this.items.length, ...stays, ...this.behind);
    }
    this.behind.clear();
  }

  private open(date: string): AgentItem {
    this.behind.clear();
    if (!this.answer) {
      this.answer = { kind: 'agent', id: this.answerId, parts: [], state: 'done', date };
      this.items.push(this.answer);
    }
    return this.answer;
  }

  private text(type: 'text' | 'reasoning', message: WireEvent, text: string): void {
    if (text.trim() === '') return;
    const { parts } = this.open(dateOf(message));
    const id = message.otid ?? message.id ?? `${type}-${parts.length}`;
    const same = parts.find((part) => part.type === type && part.id === id);
    if (same && same.type !== 'tool') same.text = text;
    else parts.push({ type, id, text });
  }

  private call(message: WireEvent, id: string, name: string, args: string): void {
    const known = this.options.memory?.calls.get(id);
    const described = this.options.describe(name, args);
    const { memory } = described;
    const before = memory?.before ?? known?.memoryBefore ?? null;
    const review = known?.memoryReview;
    const part: ToolPart = {
      type: 'tool',
      id,
      name,
      ...described,
      ...(memory ? { memory: { ...memory, before, ...(review ? { review } : {}) } } : {}),
      // Until a result comes along; the last answer's open calls are looked at once more in `finish`.
      state: 'interrupted',
      input: pretty(args),
    };
    const { parts } = this.open(dateOf(message));
    const at = parts.findIndex((other) => other.type === 'tool' && other.id === id);
    // A model that numbers its calls anew in every step: the later one is the one that results belong to.
    if (at >= 0 && this.calls.get(id)?.state === 'interrupted') parts[at] = part;
    else parts.push(part);
    this.calls.set(id, part);
  }

  private result(callId: string, state: ToolPart['state'], output: string): void {
    const part = this.calls.get(callId);
    if (!part) return;
    const known = this.options.memory?.calls.get(callId)?.result?.part;
    // A refusal is followed by an error return that repeats it, and our own card knows more than the server.
    part.state = part.state === 'denied' ? 'denied' : state;
    if (known && known.name === part.name) {
      part.state = known.state === 'waiting' || known.state === 'running' ? part.state : known.state;
      if (known.diff) part.diff = known.diff;
      if (known.body) part.body = known.body;
      if (known.problems) part.problems = known.problems;
    }
    if (part.memory && isHeld(output)) {
      part.state = 'denied';
      part.memory = { ...part.memory, review: 'held' };
      // The card as it was shown: with secrets masked.
      if (known?.memory && known.name === part.name) Object.assign(part, { memory: known.memory, input: known.input });
    }
    if (output !== '' || part.output === undefined) part.output = output;
  }

  finish(messages: readonly WireEvent[]): Item[] {
    this.settle();
    const { lastRun, memory } = this.options;
    if (lastRun === undefined) return this.items;
    this.addUnsent(messages);
    const open = this.lastAnswerNeeded(lastRun, memory);
    if (!open) return this.items;
    let pending = false;
    for (const part of open.parts) {
      if (part.type !== 'tool' || part.output !== undefined || part.state !== 'interrupted') continue;
      pending = true;
      const result = memory?.calls.get(part.id)?.result?.part;
      if (result && result.name === part.name) Object.assign(part, result);
    }
    Object.assign(open, endOf(lastRun, pending, memory));
    return this.items;
  }

  /** What was typed and never reached the server, or was dropped there with a failed run, is shown all the same. */
  private addUnsent(messages: readonly WireEvent[]): void {
    const outgoing = this.options.memory?.outgoing;
    if (!outgoing || outgoing.answered) return;
    const stored = this.items.some(
      (item) => item.kind === 'user' && (item.id === outgoing.otid || item.text === outgoing.text),
    );
    const hidden = messages.some((message) => message.otid === outgoing.otid);
    if (stored || hidden || outgoing.text.trim() === '') return;
    this.items.push({
      kind: 'user',
      id: outgoing.otid,
      text: outgoing.text,
      date: outgoing.at,
      ...along(outgoing.parts ?? []),
    });
    this.answer = undefined;
    this.answerId = answerIdFor(outgoing.otid);
  }

  /** The answer whose end the last run tells; made empty where a message has none. */
  private lastAnswerNeeded(lastRun: RunState | null, memory: ThreadMemory | undefined): AgentItem | undefined {
    if (this.answer) return this.answer;
    const last = this.items.findLast((item) => item.kind !== 'notice');
    if (last?.kind !== 'user') return undefined;
    if (lastRun === null && !memory?.outgoing) return undefined;
    return this.open(last.date);
  }
}

const along = (parts: readonly string[]): Pick<UserItem, 'attached'> => {
  const attached = attachedIn(parts);
  return attached.length > 0 ? { attached } : {};
};

const stateOf = (status: 'success' | 'error'): ToolPart['state'] => (status === 'success' ? 'done' : 'failed');

function endOf(
  run: RunState | null,
  pending: boolean,
  memory: ThreadMemory | undefined,
): Pick<AgentItem, 'state' | 'failure'> {
  const stopped = memory?.stopped === true;
  const unsent = memory?.outgoing !== undefined && !memory.outgoing.answered;
  switch (run?.status) {
    case 'created':
    case 'running':
      return { state: 'streaming' };
    case 'cancelled':
      return { state: 'stopped' };
    case 'failed':
      return failed(run.error);
    case 'completed':
      if (stopped) return { state: 'stopped' };
      return { state: pending || unsent ? 'interrupted' : 'done' };
    default:
      return { state: stopped ? 'stopped' : unsent || pending ? 'interrupted' : 'done' };
  }
}

function failed(error: LettaError | undefined): Pick<AgentItem, 'state' | 'failure'> {
  if (error?.interrupted) return { state: 'interrupted' };
  return { state: 'failed', failure: toFailure(error ?? new Error(t('The last step failed.'))) };
}

/** Messages that servers put into a user's mouth: alerts as JSON. */
function systemAlert(text: string): 'summary' | 'hidden' | null {
  if (!text.startsWith('{"type"')) return null;
  try {
    const value: unknown = JSON.parse(text);
    const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
    if (type === 'system_alert') return 'summary';
    return type === 'heartbeat' || type === 'login' ? 'hidden' : null;
  } catch {
    return null;
  }
}

const dateOf = (message: WireEvent): string => message.date ?? new Date(0).toISOString();

function pretty(args: string): string {
  try {
    return args.trim() === '' ? '{}' : JSON.stringify(JSON.parse(args), null, 2);
  } catch {
    return args;
  }
}

/** Where a page may begin: at something the person said, so that no answer is cut in two. */
export function startsWithPerson(message: WireEvent): boolean {
  if (message.message_type !== 'user_message') return false;
  const text = personText(textParts(message.content));
  return text !== null && systemAlert(text) === null;
}
