// Puts on record what each answer was given with: behind the turn, and before the next one matters.
import type { NewReceipt } from '../memory/store/types.ts';
import type { Spent } from '../protocol/thread-views.ts';
import { parseArguments } from './describe.ts';
import type { Given, TurnEvent } from './events.ts';

export interface ReceiptKeeperDeps {
  agentId: string;
  /** How memory is pinned in a thread; undefined: it is not. */
  pinOf(threadId: string): Promise<string | undefined>;
  /** On disk when it resolves. */
  keep(receipt: NewReceipt): Promise<void>;
  log(line: string): void;
}

/** A turn under way, as far as its receipt needs it. */
export interface Noted {
  threadId: string;
  model: string;
  skills: Set<string>;
  spent?: Spent | undefined;
  given?: Given;
  /** Milliseconds since the epoch: when the message reached the agent. */
  at?: number;
  timer?: NodeJS.Timeout;
}

/** A turn with many tools is on record while it still runs; a short one is written once, when it ends. */
const WRITE_MS = 250;

export class ReceiptKeeper {
  private readonly deps: ReceiptKeeperDeps;
  private writing: Promise<void> = Promise.resolve();

  constructor(deps: ReceiptKeeperDeps) {
    this.deps = deps;
  }

  /** Resolves when nothing waits to be written. */
  flush(): Promise<void> {
    return this.writing;
  }

  /** Follows a turn. Nothing waits for what is written, and nothing fails with it. */
  take(turn: Noted, event: TurnEvent): void {
    if (event.type === 'tool') {
      const name = usedSkill(event.part);
      if (name) turn.skills.add(name);
    } else if (event.type === 'usage') {
      turn.spent = plus(turn.spent, event.spent);
    } else if (event.type === 'given') {
      turn.given = event.given;
      turn.at = Date.now();
      turn.timer = setTimeout(() => this.write(turn), WRITE_MS);
    } else if (event.type === 'ended') {
      clearTimeout(turn.timer);
      this.write(turn);
    }
  }

  private write({ threadId, model, given, at, skills, spent }: Noted): void {
    const [id, ...aliases] = given?.messageIds ?? [];
    if (!given || id === undefined || at === undefined) return;
    const { agentId, pinOf, keep, log } = this.deps;
    const paid = spent ? { spent } : {};
    const receipt = { id, aliases, agentId, threadId, at, model, skills: [...skills], blocks: given.blocks, ...paid };
    const write = async () => {
      const pin = await pinOf(threadId);
      await keep({ ...receipt, ...(pin ? { pin } : {}) });
    };
    // One after the other: the later one says more.
    this.writing = this.writing.then(write).catch((error: unknown) => {
      log(`What an answer was given with could not be kept: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
}

/** The skill that a call has loaded; undefined for every other call. */
export function usedSkill({ name, state, input }: { name: string; state: string; input: string }): string | undefined {
  if (name !== 'Skill' || state !== 'done') return undefined;
  const args = parseArguments(input);
  if (!args.ok || typeof args.value !== 'object' || args.value === null || !('name' in args.value)) return undefined;
  // What is behind a slash is a file of it.
  return typeof args.value.name === 'string' ? /^\s*\/?([^/]+)/.exec(args.value.name)?.[1]?.trim() : undefined;
}

/** A run that counts nothing adds nothing. What is only partly priced has no price. */
function plus(sum: Spent | undefined, { prompt, cached, completion, cost }: Spent): Spent | undefined {
  if (prompt + completion === 0) return sum;
  const before = sum ?? { prompt: 0, cached: 0, completion: 0, cost: 0 };
  const price = before.cost === undefined || cost === undefined ? {} : { cost: before.cost + cost };
  return {
    prompt: before.prompt + prompt,
    cached: before.cached + cached,
    completion: before.completion + completion,
    ...price,
  };
}
