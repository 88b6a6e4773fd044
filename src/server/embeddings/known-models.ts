// Which stored vectors belong to a model that answers now: learned from its answer to one text that is always the same.
import type { EmbeddingModel, EmbeddingSource } from '../models/embedding.ts';
import type { Store } from '../store/store.ts';
import type { StoredModel } from '../store/vectors.ts';

const SAMPLE = 'The agent keeps what it has learned, and finds it again by what it means.';

export class KnownModels {
  private readonly store: Store;
  private readonly source: EmbeddingSource;
  private readonly known = new Map<string, StoredModel>();

  constructor(store: Store, source: EmbeddingSource) {
    this.store = store;
    this.source = source;
  }

  /** Asks the model once a process. @throws EmbeddingError; the signal's reason on abort */
  async of(model: EmbeddingModel, signal: AbortSignal): Promise<StoredModel> {
    const key = keyOf(model);
    const known = this.known.get(key);
    if (known) return known;
    const [fingerprint] = await this.source.embed(model, [SAMPLE], 'passage', signal);
    if (!fingerprint) throw new Error('An answer without a vector was let through.');
    const stored = this.store.write('relaxed', () =>
      this.store.vectors.model(model.handle, model.baseUrl, fingerprint),
    );
    this.known.set(key, stored);
    return stored;
  }

  /** Its answers are no longer what they were: it is asked again. */
  forget(model: Pick<EmbeddingModel, 'handle' | 'baseUrl'>): void {
    this.known.delete(keyOf(model));
  }
}

const keyOf = ({ handle, baseUrl }: Pick<EmbeddingModel, 'handle' | 'baseUrl'>): string => `${handle} ${baseUrl}`;
