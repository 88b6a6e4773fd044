// Gives passages their vectors behind everything else: in small batches, one process at a time, never while somebody waits.
import { randomUUID } from 'node:crypto';
import { EMBEDDING_BATCH, EmbeddingError, type EmbeddingModel, type EmbeddingSource } from '../models/embedding.ts';
import type { Agent } from '../store/agents.ts';
import { withoutMarked } from '../store/kept-text.ts';
import type { Store } from '../store/store.ts';
import type { MissingPassage, NewVector, StoredModel } from '../store/vectors.ts';
import { wishOf } from './archive-recall.ts';
import { chooseEmbedding } from './choice.ts';
import type { KnownModels } from './known-models.ts';

export interface EmbedderOptions {
  store: Store;
  source: EmbeddingSource;
  known: KnownModels;
  log: (line: string) => void;
  /** Whether somebody waits for an answer: a local model would have to share its computer with this. */
  isBusy: () => boolean;
  pace?: Partial<EmbedderPace>;
}

/** Milliseconds. */
export interface EmbedderPace {
  /** From the start of the server to the first look. */
  afterStart: number;
  /** From a wake to the next look. */
  afterWake: number;
  /** Between looks while somebody waits for an answer, or another process embeds. */
  whileBusy: number;
  /** After the first failure; doubled with each further one. */
  firstRetry: number;
  /** Until the provider is looked for again, once it is gone; doubled up to an hour. */
  untilLookedFor: number;
  /** One request. */
  request: number;
}

const PACE: EmbedderPace = {
  afterStart: 5_000,
  afterWake: 1_000,
  whileBusy: 500,
  firstRetry: 2_000,
  untilLookedFor: 5 * 60_000,
  request: 60_000,
};
const MOST_UNTIL_LOOKED_FOR = 60 * 60_000;
/** A provider that asks for more time than this is left alone until it is looked for again. */
const MOST_PATIENCE = 10 * 60_000;
const FAILURES = 5;
/** All texts of a batch together. */
const BATCH_CHARS = 100_000;
/** Rows of a former model deleted in one transaction. */
const DROPPED = 500;
/** Shared by all background work of the processes over one database. */
const LEASE = 'background';
/** It is renewed while a request is under way, and void so long after its process is gone. */
const LEASE_MS = 10_000;
const HEARTBEAT_MS = 3_000;

/** How one agent's pass ended: everything has a vector, or why not. */
type Ended = 'done' | 'busy' | 'gone' | 'closed';

export class Embedder {
  private readonly options: EmbedderOptions;
  private readonly pace: EmbedderPace;
  private readonly abort = new AbortController();
  private readonly owner = randomUUID();
  private timer: NodeJS.Timeout | undefined;
  private timerAt = Number.POSITIVE_INFINITY;
  private running: Promise<void> | undefined;
  private wokenMeanwhile = false;
  private untilLookedFor: number;

  constructor(options: EmbedderOptions) {
    this.options = options;
    this.pace = { ...PACE, ...options.pace };
    this.untilLookedFor = this.pace.untilLookedFor;
    this.schedule(this.pace.afterStart);
  }

  /** Passages were added, or models may have come or gone. */
  wake(): void {
    this.untilLookedFor = this.pace.untilLookedFor;
    if (this.running) this.wokenMeanwhile = true;
    else this.schedule(this.pace.afterWake);
  }

  /** Resolves when no pass is under way; for tests. */
  async settled(): Promise<void> {
    while (this.running) await this.running;
  }

  /** A request under way is given up; what came before it is stored. */
  close(): void {
    if (this.running) this.releaseLease();
    this.abort.abort(new Error('closed'));
    clearTimeout(this.timer);
  }

  private schedule(ms: number): void {
    const at = performance.now() + ms;
    if (this.abort.signal.aborted || at >= this.timerAt) return;
    clearTimeout(this.timer);
    this.timerAt = at;
    this.timer = setTimeout(() => {
      this.timerAt = Number.POSITIVE_INFINITY;
      this.run();
    }, ms);
    this.timer.unref();
  }

  private run(): void {
    this.running ??= this.pass()
      .catch((error: unknown) => {
        if (this.abort.signal.aborted) return;
        this.options.log(`Passages could not be embedded: ${error instanceof Error ? error.message : String(error)}`);
        this.lookLater();
      })
      .finally(() => {
        this.running = undefined;
        if (!this.wokenMeanwhile) return;
        this.wokenMeanwhile = false;
        this.schedule(this.pace.afterWake);
      });
  }

  private lookLater(): void {
    this.schedule(this.untilLookedFor);
    this.untilLookedFor = Math.min(this.untilLookedFor * 2, MOST_UNTIL_LOOKED_FOR);
  }

  private async pass(): Promise<void> {
    const { store, source, known } = this.options;
    const { signal } = this.abort;
    const agents = store.vectors.agents();
    if (agents.length === 0) return;
    const models = await source.list(signal);
    for (const id of agents) {
      const agent = store.agents.get(id);
      const model = agent && chooseEmbedding(wishOf(agent), models);
      if (!agent || !model) continue;
      let stored: StoredModel;
      try {
        stored = await known.of(model, AbortSignal.any([signal, AbortSignal.timeout(this.pace.request)]));
      } catch (error) {
        signal.throwIfAborted();
        this.options.log(error instanceof Error ? error.message : String(error));
        continue;
      }
      const ended = await this.embedAll(agent, model, stored);
      if (ended === 'closed') return;
      if (ended === 'busy') return this.schedule(this.pace.whileBusy);
      if (ended === 'gone') known.forget(model);
    }
    // Other windows add passages too, and a provider may come.
    this.lookLater();
  }

  private async embedAll(agent: Agent, model: EmbeddingModel, stored: StoredModel): Promise<Ended> {
    const { store } = this.options;
    const { signal } = this.abort;
    const withLocal = model.reach === 'computer';
    let below = Number.MAX_SAFE_INTEGER;
    let failures = 0;
    for (;;) {
      if (signal.aborted) return 'closed';
      if (this.options.isBusy()) return 'busy';
      // The person may have chosen another model meanwhile, at another provider.
      const now = store.agents.get(agent.id);
      if (!now) return 'done';
      if (chooseEmbedding(wishOf(now), [model]) === undefined) return 'gone';
      const batch = fitting(store.vectors.missing(agent.id, stored.n, below, withLocal, EMBEDDING_BATCH));
      const last = batch.at(-1);
      if (!last) break;
      if (!this.takeLease()) return 'busy';
      const beat = setInterval(() => this.renewLease(), HEARTBEAT_MS).unref();
      let vectors: NewVector[];
      try {
        vectors = await this.embed(model, stored, batch);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return 'closed';
        if (!(error instanceof EmbeddingError)) throw error;
        this.options.log(error.message);
        failures += 1;
        const wait = error.retryAfterMs ?? this.pace.firstRetry * 2 ** (failures - 1);
        const isFinal = error.reason === 'unusable' || error.reason === 'malformed';
        if (isFinal || failures >= FAILURES || wait > MOST_PATIENCE) return 'gone';
        this.releaseLease();
        await this.sleep(wait);
        continue;
      } finally {
        clearInterval(beat);
        this.releaseLease();
      }
      store.write('relaxed', () => store.vectors.add(agent.id, stored.n, vectors));
      below = last.n;
    }
    while (store.write('relaxed', () => store.vectors.dropOthers(agent.id, stored.n, DROPPED))) await this.sleep(0);
    return 'done';
  }

  /** A text that the model refuses must not keep the others from their vectors: they are asked for one by one. */
  private async embed(model: EmbeddingModel, stored: StoredModel, batch: MissingPassage[]): Promise<NewVector[]> {
    try {
      const signal = AbortSignal.any([this.abort.signal, AbortSignal.timeout(this.pace.request)]);
      const marks = this.options.store.keptLocal.marks();
      const texts = batch.map(({ text }) => (model.reach === 'computer' ? text : withoutMarked(text, marks)));
      const vectors = await this.options.source.embed(model, texts, 'passage', signal).catch((error: unknown) => {
        if (signal.aborted && !this.abort.signal.aborted)
          throw new EmbeddingError('unavailable', `${model.handle} did not embed in time.`);
        throw error;
      });
      if (vectors.some((vector) => vector.length !== stored.dim))
        throw new EmbeddingError('malformed', `${model.handle} gives vectors of another length than before.`);
      return batch.map(({ n }, at) => ({ passage: n, vector: vectors[at] }));
    } catch (error) {
      if (!(error instanceof EmbeddingError) || error.reason !== 'refused') throw error;
      const [only] = batch;
      if (batch.length === 1 && only) return [{ passage: only.n, vector: undefined }];
      const half = Math.ceil(batch.length / 2);
      return [
        ...(await this.embed(model, stored, batch.slice(0, half))),
        ...(await this.embed(model, stored, batch.slice(half))),
      ];
    }
  }

  /** For one batch. A void lease of a process that is gone is taken over. */
  private takeLease(): boolean {
    const { store } = this.options;
    return store.write('relaxed', () => {
      const held = store.leases.get(LEASE);
      if (held && held.owner !== this.owner && held.expiresAt > Date.now()) return false;
      if (held) store.leases.release(held.runId);
      const expiresAt = Date.now() + LEASE_MS;
      store.leases.take({ key: LEASE, owner: this.owner, runId: `embedding-${this.owner}`, expiresAt });
      return true;
    });
  }

  private renewLease(): void {
    const { store } = this.options;
    try {
      if (!this.abort.signal.aborted)
        store.write('relaxed', () => store.leases.renew(this.owner, Date.now() + LEASE_MS));
    } catch (error) {
      // Another process may take it over then: a batch is embedded twice, and stored once.
      this.options.log(error instanceof Error ? error.message : String(error));
    }
  }

  private releaseLease(): void {
    const { store } = this.options;
    if (!this.abort.signal.aborted) store.write('relaxed', () => store.leases.release(`embedding-${this.owner}`));
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.abort.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      timer.unref();
      this.abort.signal.addEventListener('abort', done, { once: true });
    });
  }
}

/** As many as one request takes; at least one. */
function fitting(passages: readonly MissingPassage[]): MissingPassage[] {
  let chars = 0;
  return passages.filter(({ text }, at) => {
    chars += text.length;
    return at === 0 || chars <= BATCH_CHARS;
  });
}
