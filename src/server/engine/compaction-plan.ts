// Where a context may be cut, and how much of it has to go. Pure.
import type { Message } from '../store/messages.ts';
import { callsOf } from './approvals.ts';

/** How much more goes with each try. */
const GROWTH = 0.1;

export interface PlanInput {
  /** The context after the system message, a former summary first. */
  messages: readonly Pick<Message, 'body' | 'stepId'>[];
  /** Size of each of them, in any unit. */
  sizes: readonly number[];
  /** What should be left of them, in that unit, and what may be left at most. */
  target: number;
  limit: number;
  /** Share of the messages that goes at least, of 1. */
  share: number;
  /** As much as may go, goes. */
  all: boolean;
  /** How many messages must go for it to be worth it. */
  least: number;
  /** A turn is under way: the message of the person that began it stays, and what came after it, if that is possible. */
  keepTurn: boolean;
}

/** How many of the first messages to evict, so that what is left fits; 0: nothing can go. */
export function planCut(input: PlanInput): number {
  const { messages, sizes } = input;
  const cuts = safeCuts(messages).filter((cut) => cut >= input.least);
  const last = cuts.at(-1);
  if (last === undefined) return 0;
  if (input.all && !input.keepTurn) return last;
  const rest = restSizes(sizes);
  const isWithin = (cut: number) => (rest[cut] ?? 0) <= input.limit;
  const slid = input.all ? undefined : slide(input, cuts, rest);
  const asked = input.keepTurn ? messages.findLastIndex(({ body }) => body.role === 'user') : messages.length;
  if (slid !== undefined && slid <= asked) return slid;
  return (
    cuts.findLast((cut) => cut <= asked && isWithin(cut)) ??
    slid ??
    cuts.findLast((cut) => cut < messages.length && isWithin(cut)) ??
    last
  );
}

/** The least that is worth it and fits, something being left. */
function slide(input: PlanInput, cuts: readonly number[], rest: readonly number[]): number | undefined {
  const count = input.messages.length;
  for (let share = input.share; share <= 1; share += GROWTH) {
    const wanted = Math.ceil(count * share);
    const cut = cuts.find((each) => each >= wanted);
    if (cut !== undefined && cut < count && (rest[cut] ?? 0) <= input.target) return cut;
  }
  return undefined;
}

/**
 * The places before which a context may be cut, ascending; the end counts too. Never between a call and its return, nor
 * within a response of the model; what waits for an answer stays.
 */
export function safeCuts(messages: PlanInput['messages']): number[] {
  const returnAt = new Map<string, number>();
  messages.forEach(({ body }, index) => {
    if (body.role === 'tool') returnAt.set(body.callId, index);
  });
  const pending = messages.at(-1)?.body.role === 'request';
  const cuts: number[] = [];
  /** Everything up to here belongs together with a call before it. */
  let bound = -1;
  let firstOfStep = 0;
  messages.forEach(({ body, stepId }, index) => {
    if (index === 0 || stepId === null || messages[index - 1]?.stepId !== stepId) firstOfStep = index;
    const isStart = body.role === 'user' || body.role === 'system' || (firstOfStep === index && isSpoken(body.role));
    if (index > 0 && index > bound && isStart) cuts.push(index);
    for (const id of callIdsOf(body)) bound = Math.max(bound, returnAt.get(id) ?? -1);
  });
  if (messages.length > 0 && !pending) cuts.push(messages.length);
  // Calls of the same response that wait with the pending one have no return yet.
  return pending ? cuts.filter((cut) => cut <= firstOfStep) : cuts;
}

function isSpoken(role: string): boolean {
  return role === 'assistant' || role === 'request';
}

function callIdsOf(body: Message['body']): string[] {
  if (body.role === 'assistant') return callsOf(body.blocks).map((call) => call.id);
  return body.role === 'request' ? body.calls.map((call) => call.id) : [];
}

/** What is left from each place on. */
function restSizes(sizes: readonly number[]): number[] {
  const rest = [...sizes, 0];
  for (let i = sizes.length - 1; i >= 0; i--) rest[i] = (rest[i] ?? 0) + (rest[i + 1] ?? 0);
  return rest;
}
