// Starts, finds, follows and stops runs; owns this process's leases and everything that ticks.
import { type EmbeddingOptions, Embeddings, NOTHING_PREPARED } from '../embeddings/embeddings.ts';
import { ModelError, type ModelRegistry } from '../models/registry.ts';
import type { Agent } from '../store/agents.ts';
import type { Conversation } from '../store/conversations.ts';
import { newId } from '../store/ids.ts';
import type { JsonObject } from '../store/json.ts';
import type { Run } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import { denyAll, heldCalls, pendingRequest, settleRequest } from './approvals.ts';
import type { Audience } from './audience.ts';
import { beginRun } from './begin-run.ts';
import { compactNow } from './compact-now.ts';
import { type Compacted, type CompactionSettings, Compactor } from './compaction.ts';
import { ContextCache } from './context.ts';
import { ApiError, notFound } from './errors.ts';
import { audienceOf } from './kept-local.ts';
import { LeaseKeeper, type LeaseOptions } from './lease-keeper.ts';
import type { OwnTools } from './own-tools.ts';
import { Pictures } from './pictures.ts';
import { recompileKept } from './recompile.ts';
import type { SendRequest } from './request.ts';
import type { ChunkSource } from './run-stream.ts';
import { CANCELLED, settleRun, stageAfter } from './settle.ts';
import { StoredStream } from './stored-stream.ts';
import { TokenScale } from './token-estimate.ts';
import { ToolPolicy } from './tool-policy.ts';
import { denyingRunner, returnLimit, ServerCallRunner } from './tool-run.ts';
import { TurnRun } from './turn-run.ts';

export interface EngineOptions {
  store: Store;
  models: ModelRegistry;
  log: (line: string) => void;
  /** How long a model may send nothing; default 180 s. */
  idleTimeoutMs?: number;
  lease?: LeaseOptions;
  embedding?: EmbeddingOptions;
  /** Whether agents' own tools run here; default: not. */
  ownTools?: OwnTools;
}

/** What a send leads to: a run of its own, or the one that carries out the same send already. */
export type Sent = { kind: 'started'; run: TurnRun } | { kind: 'attached'; runId: string };

/** How long another process has to stop a run by itself before it is stopped for it. */
const FOREIGN_CANCEL_MS = 400;
export const DEFAULT_WINDOW = 128_000;

export class Engine {
  readonly store: Store;
  readonly models: ModelRegistry;
  /** What models have counted so far. */
  readonly scale = new TokenScale();
  readonly embeddings: Embeddings;
  private readonly log: (line: string) => void;
  private readonly idleTimeoutMs: number;
  readonly ownTools: OwnTools;
  private readonly contexts: ContextCache;
  private readonly pictures = new Pictures();
  private readonly compactor: Compactor;
  private readonly live = new Map<string, TurnRun>();
  /** All that holds a conversation of this process, by the id in its lease: runs, and compactions that were asked for. */
  private readonly holders = new Map<string, { cancel(): void }>();
  private readonly leases: LeaseKeeper;
  private closed = false;

  constructor(options: EngineOptions) {
    this.store = options.store;
    this.models = options.models;
    this.log = options.log;
    this.idleTimeoutMs = options.idleTimeoutMs ?? 180_000;
    this.ownTools = options.ownTools ?? 'refuse';
    this.contexts = new ContextCache(options.store);
    const { store, models, log, idleTimeoutMs } = this;
    this.compactor = new Compactor({ store, models, log, idleTimeoutMs, scale: this.scale });
    this.leases = new LeaseKeeper(options.store, this.holders, options.log, options.lease ?? {});
    this.sweep();
    this.leases.tidy();
    const isBusy = () => this.live.size > 0;
    this.embeddings = new Embeddings({ store, source: models.embeddings, log, isBusy, ...options.embedding });
  }

  /**
   * Stores the request and starts its run, or attaches to the run of the same request.
   * All that can be refused is refused here, before anything is answered.
   * @param pendingAsObject the form of the refusal that `agents.messages.create` has
   * @throws ApiError 400, 404, 409
   */
  async send(owner: string, request: SendRequest, pendingAsObject = false): Promise<Sent> {
    const attached = this.runOfSameRequest(owner, request);
    if (attached) return { kind: 'attached', runId: attached };
    const { conversation, agent } = this.find(owner);
    const asked = request.overrideModel && (await this.modelFor(request.overrideModel));
    const handle = asked || (conversation.model ?? agent.model);
    if (!handle) throw new ApiError(400, `Agent ${agent.id} has no model. Choose one first.`);
    const { model, entry, idleTimeoutMs = this.idleTimeoutMs } = await this.resolve(handle, true);
    const waiting = request.approval && pendingRequest(this.store, owner);
    const prepared = waiting
      ? await this.embeddings.prepareCalls(
          agent,
          [...waiting.body.calls, ...heldCalls(this.store, owner, waiting)],
          entry.local,
        )
      : NOTHING_PREPARED;
    if (this.closed) throw new ApiError(503, 'The server is closing.');
    this.sweep();

    const knownWindow = conversation.contextWindowLimit ?? windowOf(agent.settings) ?? entry.contextWindow;
    const modelSettings = { ...settingsOf(agent), ...conversation.modelSettings };
    const oneCall = modelSettings.parallel_tool_calls === false;
    const askedFor = this.ownTools === 'ask' ? agent.tools.filter((name) => this.store.tools.named(name)) : [];
    const policy = new ToolPolicy(agent, request.clientTools, oneCall, askedFor);
    const runId = newId('run');
    // A person's message need not reach the disk before the model is asked; what its approval changes must.
    const begun = this.store.write(request.approval ? 'durable' : 'relaxed', () => {
      // Again: it may have begun while the model was looked up.
      const same = this.runOfSameRequest(owner, request);
      if (same) return same;
      this.checkFree(owner);
      const runner = new ServerCallRunner(
        {
          store: this.store,
          agent,
          runId,
          audience: audienceOf(this.store, this.models, agent.id, entry.local),
          recall: this.embeddings.recall,
          prepared,
        },
        returnLimit(knownWindow),
        policy.clientNames,
        this.ownTools,
      );
      const { store, leases } = this;
      return beginRun({ store, leases, runner }, { owner, agent, request, runId, handle, pendingAsObject });
    });
    if (typeof begun === 'string') return { kind: 'attached', runId: begun };

    const run = new TurnRun(
      {
        ...begun,
        agent,
        request,
        handle,
        model,
        isLocal: entry.local,
        vision: entry.vision,
        price: entry.price,
        modelSettings,
        contextWindow: knownWindow ?? DEFAULT_WINDOW,
        returnChars: returnLimit(knownWindow),
        policy,
      },
      {
        store: this.store,
        contexts: this.contexts,
        compactor: this.compactor,
        models: this.models,
        embeddings: this.embeddings,
        pictures: this.pictures,
        owner: this.leases.owner,
        ownTools: this.ownTools,
        idleTimeoutMs,
        log: this.log,
      },
    );
    this.start(run);
    return { kind: 'started', run };
  }

  private start(run: TurnRun): void {
    this.live.set(run.id, run);
    this.holders.set(run.id, run);
    this.leases.started();
    void run.done.then(() => {
      this.live.delete(run.id);
      this.holders.delete(run.id);
      this.leases.ended();
    });
    void run.execute();
  }

  /** @throws ApiError 409 */
  private checkFree(owner: string): void {
    const lease = this.store.leases.get(owner);
    if (!lease) return;
    this.leases.watchOthers();
    throw new ApiError(
      409,
      'CONFLICT: Another request is currently being processed for this conversation. Please wait until it is done.',
      { run_id: lease.runId },
    );
  }

  /**
   * Compacts a conversation because somebody asked for it. Nobody can send to it meanwhile.
   * @param signal whoever asked has gone: nothing is changed then
   * @throws ApiError 400 where nothing would get shorter, 404, 409
   */
  async compact(owner: string, settings: CompactionSettings, signal: AbortSignal): Promise<Compacted> {
    const { agent } = this.find(owner);
    const { handle, window } = await this.windowOf(owner);
    if (handle === '') throw new ApiError(400, `Agent ${agent.id} has no model. Choose one first.`);
    const { model } = await this.resolve(handle, true);
    if (this.closed) throw new ApiError(503, 'The server is closing.');
    this.sweep();
    const { compactor, store, leases, holders } = this;
    return compactNow(
      { compactor, store, leases, holders, checkFree: () => this.checkFree(owner), isClosed: () => this.closed },
      { owner, agent, handle, model, window, settings },
      signal,
    );
  }

  /** @throws ApiError 404 */
  find(owner: string): { conversation: Conversation; agent: Agent } {
    const conversation = this.store.conversations.get(owner);
    if (!conversation)
      throw owner.startsWith('agent-')
        ? new ApiError(404, `Agent with ID ${owner} not found`)
        : new ApiError(404, `Conversation ${owner} not found`);
    const agent = this.store.agents.get(conversation.agentId);
    if (!agent) throw notFound('Agent');
    return { conversation, agent };
  }

  /**
   * The run under way for a request with the same first otid. Only of this process: one that another process left
   * behind has to run out first, then the request is carried out.
   */
  private runOfSameRequest(owner: string, request: SendRequest): string | undefined {
    if (!request.background || !request.streaming || request.otid === null) return undefined;
    const lease = this.store.leases.get(owner);
    const run = lease && this.live.has(lease.runId) ? this.store.runs.get(lease.runId) : undefined;
    return run?.background && run.otid === request.otid ? run.id : undefined;
  }

  /** How many tokens a conversation's model takes; a model that is gone counts as an unknown one. */
  async windowOf(owner: string): Promise<{ handle: string; window: number }> {
    const { conversation, agent } = this.find(owner);
    const handle = conversation.model ?? agent.model ?? '';
    const set = conversation.contextWindowLimit ?? windowOf(agent.settings);
    if (set) return { handle, window: set };
    const served = await this.models.resolve(handle).then(
      ({ entry }) => entry.contextWindow,
      () => null,
    );
    return { handle, window: served ?? DEFAULT_WINDOW };
  }

  /** What the model of a conversation would see of it now; one that is gone counts as a remote one. */
  async audienceOf(agent: Agent, owner: string, handle: string): Promise<Audience> {
    const isLocal = await this.models.resolve(handle).then(
      ({ entry }) => entry.local,
      () => false,
    );
    recompileKept(this.store, agent, owner);
    return audienceOf(this.store, this.models, agent.id, isLocal);
  }

  /**
   * The handle to take for one that a client asks for. Letta's own servers choose a model by themselves under
   * `letta/auto`, and clients ask for that everywhere: here it is the first one there is.
   * @throws ApiError 404 where no endpoint has that name
   */
  async modelFor(handle: string): Promise<string> {
    if (/^letta\/auto/.test(handle)) {
      const all = await this.models.list();
      return (all.find(({ demo }) => !demo) ?? all[0])?.handle ?? handle;
    }
    await this.resolve(handle);
    return handle;
  }

  /** What a model may see of an agent now. */
  audience(agent: Agent, isLocal: boolean): Audience {
    return audienceOf(this.store, this.models, agent.id, isLocal);
  }

  /** @throws ApiError 404 where no endpoint has that name */
  async resolve(handle: string, forTurn = false) {
    try {
      return await this.models.resolve(handle, forTurn);
    } catch (error) {
      if (error instanceof ModelError) throw new ApiError(404, error.message);
      throw error;
    }
  }

  /** Where to read a run's events from. */
  source(runId: string): ChunkSource {
    return this.live.get(runId)?.stream ?? new StoredStream(this.store, runId, () => this.sweep());
  }

  /**
   * Stops runs. Answers once they have stopped, within half a second.
   * @returns `cancelled` by run; a run that had ended already is left out
   */
  async cancel(runs: readonly Run[]): Promise<Record<string, 'cancelled' | 'failed'>> {
    const result: Record<string, 'cancelled' | 'failed'> = {};
    await Promise.all(
      runs.map(async (run) => {
        const own = this.live.get(run.id);
        const status = own ? await this.cancelOwn(own) : await this.cancelForeign(run);
        result[run.id] = status === 'cancelled' ? 'cancelled' : 'failed';
      }),
    );
    return result;
  }

  private async cancelOwn(run: TurnRun): Promise<string> {
    run.cancel();
    return (await run.done).status;
  }

  private async cancelForeign(run: Run): Promise<string> {
    this.sweep();
    const status = () => this.store.runs.get(run.id)?.status ?? 'failed';
    const isLive = () => status() === 'running' || status() === 'created';
    if (!isLive()) return status();
    this.store.write('durable', () => this.store.runs.requestCancel(run));
    const until = Date.now() + FOREIGN_CANCEL_MS;
    while (isLive() && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    if (isLive())
      this.store.write('durable', () => isLive() && settleRun(this.store, run, CANCELLED, stageAfter(this.store, run)));
    return status();
  }

  /** Denies what a conversation waits for, so that it is not stuck. The run that asked, or undefined where nothing waits. */
  denyPending(owner: string, agentId: string): string | undefined {
    const { store } = this;
    return store.write('durable', () => {
      const pending = pendingRequest(store, owner);
      if (!pending || store.leases.get(owner)) return undefined;
      const runId = pending.runId ?? newId('run');
      settleRequest(
        store,
        denyingRunner,
        { agentId, owner, runId },
        pending,
        denyAll(pending, 'the turn was stopped'),
        null,
      );
      store.conversations.touch(owner, Date.now());
      return runId;
    });
  }

  /** Ends the runs of processes that are gone, so that what is read next is true. */
  sweep(): void {
    this.leases.sweep();
  }

  /** Marks the runs of this process interrupted, their text kept. */
  close(): void {
    if (this.closed) return;
    for (const run of this.live.values()) {
      try {
        run.interrupt();
      } catch (error) {
        this.log(`Run ${run.id} could not be ended: ${error instanceof Error ? error.message : error}`);
      }
    }
    this.closed = true;
    this.embeddings.close();
    for (const [id, holder] of this.holders) {
      if (this.live.has(id)) continue;
      holder.cancel();
      try {
        this.store.write('relaxed', () => this.store.leases.release(id));
      } catch (error) {
        this.log(`Compaction ${id} could not be ended: ${error instanceof Error ? error.message : error}`);
      }
    }
    this.leases.close();
  }
}

function windowOf(settings: JsonObject): number | undefined {
  const limit = settings.context_window_limit;
  return typeof limit === 'number' && limit > 0 ? limit : undefined;
}

function settingsOf(agent: Agent): JsonObject {
  const settings = agent.settings.model_settings;
  return typeof settings === 'object' && settings !== null ? (settings as JsonObject) : {};
}
