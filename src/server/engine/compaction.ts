// Compaction (Letta API: compaction_settings): older messages leave a context, a summary takes their place.
import type { LanguageModelV4 } from '@ai-sdk/provider';
import * as z from 'zod/mini';
import type { ModelRegistry } from '../models/registry.ts';
import type { Agent } from '../store/agents.ts';
import { newId } from '../store/ids.ts';
import type { JsonObject } from '../store/json.ts';
import type { Message } from '../store/messages.ts';
import type { Usage } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import type { Audience } from './audience.ts';
import { planCut } from './compaction-plan.ts';
import { ApiError } from './errors.ts';
import { audienceOf } from './kept-local.ts';
import { callModel } from './model-call.ts';
import { recompile } from './recompile.ts';
import { samplingOf } from './sampling.ts';
import { cut, lastAsked, mechanicalSummary, SUMMARY_PROMPT, transcriptOf } from './summary.ts';
import { messageBytes, type TokenScale } from './token-estimate.ts';

/** Of the window, past which a context is compacted. */
export const TRIGGER_SHARE = 0.9;
/** Of the window: what a summary may take, what its request may, and the words of the person that left with the rest. */
const SUMMARY_SHARE = 0.12;
const TRANSCRIPT_SHARE = 0.5;
const ASKED_SHARE = 0.05;
/** Left free for what an estimate may be wrong by. */
const SLACK_SHARE = 0.03;
const CLIP_CHARS = 50_000;
const WINDOW_PERCENTAGE = 0.3;
/** The person waits: after this long a summary is made without the model. */
const SUMMARY_MS = 120_000;

const NOTE =
  'Older messages of this conversation were left out to make room; conversation_search still finds them. A summary of them:';

const settingsSchema = z.object({
  mode: z._default(z.string(), 'sliding_window'),
  model: z.nullish(z.string()),
  model_settings: z.nullish(z.record(z.string(), z.unknown())),
  prompt: z.nullish(z.string()),
  clip_chars: z.nullish(z.number()),
  sliding_window_percentage: z.nullish(z.number()),
});
export type CompactionSettings = z.infer<typeof settingsSchema>;

/** What was given, with defaults; values nobody can use count as not given. */
export function compactionSettings(given: unknown): CompactionSettings {
  const parsed = settingsSchema.safeParse(given ?? {});
  return parsed.success ? parsed.data : { mode: 'sliding_window' };
}

export type CompactionTrigger =
  | 'pre_step_context_check'
  | 'post_step_context_check'
  | 'context_window_exceeded'
  | 'manual';

export interface CompactionRequest {
  owner: string;
  agent: Agent;
  handle: string;
  model: LanguageModelV4;
  /** Tokens the model takes, and how many of them system message and tools take up. */
  window: number;
  fixedTokens: number;
  trigger: CompactionTrigger;
  settings: CompactionSettings;
  isVisible: boolean;
}

/** What is going to happen, before anything has changed. */
export interface CompactionPlan {
  request: CompactionRequest;
  evicted: Message[];
  stats: {
    trigger: CompactionTrigger;
    context_tokens_before: number;
    context_window: number;
    messages_count_before: number;
  };
  keptTokens: number;
  keptCount: number;
}

export interface Summary {
  text: string;
  /** Handle of the model that may see it: the one that wrote it, or for which it was put together. */
  by: string;
  usage: Usage | null;
}

export interface Compacted {
  id: string;
  at: number;
  body: { role: 'summary'; text: string; isVisible: boolean; stats: JsonObject };
  countBefore: number;
  countAfter: number;
}

export interface CompactorDeps {
  store: Store;
  models: ModelRegistry;
  scale: TokenScale;
  idleTimeoutMs: number;
  log: (line: string) => void;
}

export class Compactor {
  readonly scale: TokenScale;
  private readonly deps: CompactorDeps;

  constructor(deps: CompactorDeps) {
    this.deps = deps;
    this.scale = deps.scale;
  }

  /** What would go; undefined where nothing can. */
  plan(request: CompactionRequest): CompactionPlan | undefined {
    const { owner, handle, window, fixedTokens, trigger, settings } = request;
    const context = this.deps.store.messages.context(owner, 0);
    const sizes = context.map((message) =>
      this.scale.tokens(handle, messageBytes(message.body, message.model === handle)),
    );
    const share = percentage(settings);
    const room = window - fixedTokens - Math.ceil(window * (SUMMARY_SHARE + ASKED_SHARE));
    const count = planCut({
      messages: context,
      sizes,
      // Where instructions and tools take most of the window, some of the conversation has to stay all the same.
      target: Math.max(room - window * share, room / 2, 0),
      limit: Math.max(room - window * SLACK_SHARE, 0),
      share,
      all: /(?:^|_)all$/.test(settings.mode),
      least: trigger === 'manual' ? 2 : 1,
      keepTurn: trigger !== 'manual',
    });
    if (count === 0) return undefined;
    const tokens = (list: readonly number[]) => list.reduce((sum, size) => sum + size, fixedTokens);
    return {
      request,
      evicted: context.slice(0, count),
      keptTokens: tokens(sizes.slice(count)),
      keptCount: context.length - count,
      stats: {
        trigger,
        context_tokens_before: tokens(sizes),
        context_window: window,
        messages_count_before: context.length + 1,
      },
    };
  }

  /** Asks the model for a summary; where that fails, makes one without. Never throws. */
  async summarize(plan: CompactionPlan, signal: AbortSignal): Promise<Summary> {
    const { request, evicted } = plan;
    const maxChars = Math.min(
      request.settings.clip_chars && request.settings.clip_chars > 0 ? request.settings.clip_chars : CLIP_CHARS,
      this.scale.bytes(request.handle, request.window * SUMMARY_SHARE),
    );
    const within = AbortSignal.any([signal, AbortSignal.timeout(SUMMARY_MS)]);
    for (const { handle, model, modelSettings, local } of await this.summarizers(request)) {
      if (within.aborted) break;
      const audience = this.audience(request, local);
      const transcript = transcriptOf(
        shownTo(audience, evicted),
        this.scale.bytes(request.handle, request.window * TRANSCRIPT_SHARE),
      );
      const result = await callModel(
        {
          model,
          name: handle,
          options: {
            prompt: [
              { role: 'system', content: request.settings.prompt || SUMMARY_PROMPT },
              { role: 'user', content: [{ type: 'text', text: transcript }] },
            ],
            ...samplingOf(modelSettings),
          },
          audience,
          takenIds: new Set(),
          kindOf: () => 'server',
          oneCall: false,
          idleTimeoutMs: this.deps.idleTimeoutMs,
          signal: within,
        },
        { text: () => {}, call: () => {} },
      );
      const text = result.blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
      if (!result.error && !result.aborted && text.trim() !== '')
        return { text: cut(text.trim(), maxChars), by: handle, usage: result.usage };
      if (result.error) this.deps.log(`${handle} made no summary: ${result.error.message}`);
    }
    const own = shownTo(this.audience(request, await this.isLocal(request.handle)), evicted);
    return { text: cut(mechanicalSummary(own), maxChars), by: request.handle, usage: null };
  }

  private audience(request: CompactionRequest, isLocal: boolean): Audience {
    return audienceOf(this.deps.store, this.deps.models, request.agent.id, isLocal);
  }

  private isLocal(handle: string): Promise<boolean> {
    return this.deps.models.resolve(handle).then(
      ({ entry }) => entry.local,
      () => false,
    );
  }

  /** The model of the settings where it can be had, then the agent's own. The demo program writes no summaries. */
  private async summarizers(request: CompactionRequest) {
    const { settings, agent, handle, model } = request;
    const own = agent.settings.model_settings;
    const found: {
      handle: string;
      model: LanguageModelV4;
      modelSettings: JsonObject;
      demo: boolean;
      local: boolean;
    }[] = [];
    if (settings.model && settings.model !== handle && !settings.mode.startsWith('self_')) {
      try {
        const { entry, model: other } = await this.deps.models.resolve(settings.model);
        found.push({
          handle: settings.model,
          model: other,
          modelSettings: settings.model_settings ?? {},
          demo: entry.demo,
          local: entry.local,
        });
      } catch {
        // Clients name models that exist only elsewhere, e.g. `letta/auto`.
      }
    }
    const modelSettings = typeof own === 'object' && own !== null ? (own as JsonObject) : {};
    const demo = await this.deps.models.resolve(handle).then(
      ({ entry }) => entry.demo,
      () => false,
    );
    found.push({ handle, model, modelSettings, demo, local: await this.isLocal(handle) });
    return found.filter((each) => !each.demo);
  }

  /**
   * Inside a transaction of who holds the conversation: all of it or nothing.
   * @throws ApiError 409 where what was summarised has left the context meanwhile
   */
  apply(plan: CompactionPlan, summary: Summary): Compacted {
    const { store } = this.deps;
    const { owner, agent, handle, isVisible, window } = plan.request;
    const inContext = new Set(store.messages.contextIds(owner));
    if (!plan.evicted.every(({ id }) => inContext.has(id)))
      throw new ApiError(409, 'CONFLICT: The conversation was changed while it was summarised; nothing was compacted.');
    const audience = this.audience(plan.request, !this.deps.models.isRemote(summary.by));
    const said = lastAsked(shownTo(audience, plan.evicted), this.scale.bytes(handle, window * ASKED_SHARE));
    const isOpen = plan.request.trigger !== 'manual' && !this.hasUser(owner, plan.evicted);
    const text = [
      NOTE,
      summary.text,
      ...(isOpen && said ? [`The request you are working on, word for word:\n${said}`] : []),
    ].join('\n\n');
    const tokens = plan.keptTokens + this.scale.tokens(handle, Buffer.byteLength(text));
    const stats = {
      ...plan.stats,
      context_tokens_after: tokens,
      messages_count_after: plan.keptCount + 2,
    };
    const id = newId('message');
    const body = { role: 'summary' as const, text, isVisible, stats };
    store.messages.summarize(
      { id, agentId: agent.id, owner, body, model: summary.by },
      plan.evicted.map((message) => message.n),
    );
    const current = store.agents.get(agent.id) ?? agent;
    recompile(store, current, owner);
    store.conversations.contextReplaced(owner, Date.now());
    return {
      id,
      at: Date.now(),
      body,
      countBefore: plan.stats.messages_count_before,
      countAfter: stats.messages_count_after,
    };
  }

  private hasUser(owner: string, evicted: readonly Message[]): boolean {
    const gone = new Set(evicted.map((message) => message.n));
    return this.deps.store.messages.context(owner, 0).some(({ n, body }) => body.role === 'user' && !gone.has(n));
  }
}

/** The messages as a model may see them. */
function shownTo(audience: Audience, messages: readonly Message[]): Message[] {
  const hidden = new Set<string>();
  return messages.map((message) => ({ ...message, body: audience.show(message, hidden) }));
}

function percentage(settings: CompactionSettings): number {
  const given = settings.sliding_window_percentage;
  return typeof given === 'number' && given > 0 && given < 1 ? given : WINDOW_PERCENTAGE;
}
