// Keeps a turn's requests within the model's window: compacts before a call, after a step, and when the model refuses.
import type { LanguageModelV4FunctionTool } from '@ai-sdk/provider';
import { newId } from '../store/ids.ts';
import type { Usage } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import type { Chunk } from '../store/stream-log.ts';
import {
  type CompactionRequest,
  type CompactionTrigger,
  type Compactor,
  compactionSettings,
  TRIGGER_SHARE,
} from './compaction.ts';
import type { Context } from './context.ts';
import { LlmError } from './model-errors.ts';
import { head, type LettaMessage, renderSummary } from './render.ts';
import { jsonBytes, leastTokens, messageBytes } from './token-estimate.ts';

const MAX_RETRIES = 3;
/** Of what was refused, the next try is at most this much. */
const RETRY_SHARE = 0.75;

export interface RoomSetup extends Omit<CompactionRequest, 'fixedTokens' | 'trigger' | 'settings' | 'isVisible'> {
  runId: string;
  maxOutputTokens: unknown;
  /** The client wants to hear of it. */
  isVisible: boolean;
}

export interface RoomHost {
  store: Store;
  compactor: Compactor;
  signal: AbortSignal;
  /** Throws where the conversation is another process's by now. */
  fence(): void;
  isEnded(): boolean;
  stage(message: LettaMessage): Chunk[];
  show(chunks: Chunk[]): void;
  /** Inside a transaction. */
  save(chunks: readonly Chunk[]): void;
  publish(chunks: readonly Chunk[]): void;
  /** What a summary cost. */
  spent(usage: Usage): void;
}

export class TurnRoom {
  private readonly setup: RoomSetup;
  private readonly host: RoomHost;
  private window: number;
  private fixedBytes = 0;
  private requestBytes = 0;
  private toolBytes: number | undefined;
  private isOver = false;
  private retries = 0;
  /** As much as could go has just gone: only the model can say whether it is enough. */
  private isShort = false;

  constructor(setup: RoomSetup, host: RoomHost) {
    this.setup = setup;
    this.host = host;
    const reserved = setup.maxOutputTokens;
    // What the answer may take has to fit as well; a limit that leaves no room to ask is not meant so.
    const left = typeof reserved === 'number' && reserved < setup.window / 2 ? setup.window - reserved : setup.window;
    this.window = Math.min(setup.window, Math.floor(left / TRIGGER_SHARE));
  }

  private get limit(): number {
    return Math.floor(this.window * TRIGGER_SHARE);
  }

  /**
   * Before a call. Compacts where the request would not fit.
   * @param context read again after each change
   * @param system what is sent of its system message
   * @returns what stands in the way of the call, if anything does
   */
  async before(
    context: () => Pick<Context, 'bytes' | 'system'>,
    system: (context: Pick<Context, 'system'>) => string,
    tools: readonly LanguageModelV4FunctionTool[],
  ): Promise<LlmError | undefined> {
    const { handle } = this.setup;
    const { scale } = this.host.compactor;
    this.toolBytes ??= jsonBytes(tools) + tools.length * 40;
    const now = context();
    this.fixedBytes = jsonBytes(system(now)) + this.toolBytes;
    if (leastTokens(this.fixedBytes) > this.setup.window)
      return new LlmError(
        'context_window_overflow_in_system_prompt',
        `The agent's instructions, memory and tools alone take about ${leastTokens(this.fixedBytes)} tokens; ${handle} takes ${this.setup.window}. Shorten its memory blocks, or choose a model with a larger window.`,
      );
    this.requestBytes = this.fixedBytes + now.bytes;
    const mayCompact = !this.isShort;
    this.isShort = false;
    if (mayCompact && (this.isOver || scale.tokens(handle, this.requestBytes) > this.limit)) {
      const [newest] = this.host.store.messages.newest(this.setup.owner, 1);
      const alone = newest?.body.role === 'user' ? messageBytes(newest.body, false) : 0;
      if (leastTokens(this.fixedBytes + alone) > this.setup.window) return this.tooLong(this.fixedBytes + alone);
      await this.compact(this.isOver ? 'post_step_context_check' : 'pre_step_context_check');
      if (this.host.signal.aborted || this.host.isEnded()) return undefined;
      this.requestBytes = this.fixedBytes + context().bytes;
    }
    return leastTokens(this.requestBytes) > this.setup.window ? this.tooLong(this.requestBytes) : undefined;
  }

  private tooLong(bytes: number): LlmError {
    return new LlmError(
      'llm_bad_request',
      `The last message alone does not fit: the request would have about ${leastTokens(bytes)} tokens, and ${this.setup.handle} takes ${this.setup.window}. Send less at once, or choose a model with a larger window.`,
    );
  }

  /** After a step, with what the model counted. True where there should be room before the next one. */
  after(usage: Usage | null): boolean {
    this.retries = 0;
    if (!usage) return false;
    this.host.compactor.scale.learn(this.setup.handle, usage.prompt_tokens, this.requestBytes);
    // The prompt alone: what was said in answer may be long, and still nothing has to go.
    this.isOver = usage.prompt_tokens > this.limit;
    return this.isOver;
  }

  /** The model refused the request as too long. True where less was left, so that it can be asked again. */
  async afterOverflow(error: LlmError): Promise<boolean> {
    if (this.retries >= MAX_RETRIES) return false;
    this.retries += 1;
    const asked = this.host.compactor.scale.tokens(this.setup.handle, this.requestBytes);
    this.window = Math.floor(Math.min(this.window, asked * RETRY_SHARE, error.windowTokens ?? Infinity));
    this.isShort = await this.compact('context_window_exceeded');
    return this.isShort;
  }

  /** False where nothing could go. */
  async compact(trigger: CompactionTrigger): Promise<boolean> {
    const { host, setup, window } = this;
    const { compactor, store } = host;
    this.isOver = false;
    const plan = compactor.plan({
      ...setup,
      window,
      trigger,
      fixedTokens: compactor.scale.tokens(setup.handle, this.fixedBytes),
      settings: compactionSettings(setup.agent.settings.compaction_settings),
    });
    if (!plan) return false;
    const event_data = {
      trigger,
      context_token_estimate: plan.stats.context_tokens_before,
      context_window: window,
    };
    const id = newId('message');
    const at = { id, at: Date.now(), stepId: null, runId: setup.runId };
    if (setup.isVisible)
      host.show(host.stage({ ...head(at, 'event_message', id), event_type: 'compaction', event_data } as LettaMessage));
    const summary = await compactor.summarize(plan, host.signal);
    if (host.signal.aborted || host.isEnded()) return false;
    if (summary.usage) host.spent(summary.usage);
    const staged: Chunk[] = [];
    store.write('durable', () => {
      host.fence();
      const done = compactor.apply(plan, summary);
      const from = { id: done.id, at: done.at, stepId: null, runId: setup.runId };
      if (setup.isVisible) staged.push(...host.stage(renderSummary(from, null, done.body)));
      host.save(staged);
    });
    host.publish(staged);
    return true;
  }
}
