// The one interface between the engine and every kind of model.
import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { EmbeddingSource } from './embedding.ts';
import type { EndpointConfig } from './endpoint.ts';

/** Dollars a million tokens. */
export interface ModelPrice {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
}

export interface ModelEntry {
  /** `provider/model-id`, what users and clients name it by. */
  handle: string;
  /** The endpoint's name. */
  provider: string;
  /** The id the endpoint knows. */
  id: string;
  name: string;
  /** Tokens; null when not known. */
  contextWindow: number | null;
  maxOutputTokens: number | null;
  /** The offline demo model. */
  demo: boolean;
  /** It runs on this computer or in its own network (`locality.ts`). */
  local: boolean;
  /** It takes pictures; absent where the endpoint does not say. */
  vision?: boolean;
  /** Absent where it is not known. */
  price?: ModelPrice;
  /** The Letta API's name for whose wire format it speaks; absent: OpenAI's. */
  providerType?: string;
  /** The provider was made through the API, with a key of the person's own. */
  byok?: boolean;
}

export interface ResolvedModel {
  entry: ModelEntry;
  model: LanguageModelV4;
  /** How long it may send nothing; absent where nobody set it. */
  idleTimeoutMs?: number;
}

export interface ModelRegistry {
  readonly embeddings: EmbeddingSource;
  /** What answers now. An endpoint that is down contributes nothing and does not fail the list. */
  list(signal?: AbortSignal): Promise<ModelEntry[]>;
  /**
   * Finds the model behind a handle without asking the endpoint for its list, so that a turn costs no extra request.
   * @param forTurn a local server is asked for the window that it serves now, and loads the model where it has to
   * @throws ModelError reason `unknown_handle` where no endpoint has that name.
   */
  resolve(handle: string, forTurn?: boolean): Promise<ResolvedModel>;
  /** Takes the providers that were made through the API; they are read anew with every list. */
  provide?(read: () => Promise<EndpointConfig[]>): Promise<void>;
  /** Reads them at once, since one was made, changed or deleted. */
  refreshProviders?(): Promise<void>;
  /** Whether there is an endpoint of that name. */
  has?(name: string): boolean;
  /** Tries an endpoint with its key, without taking it over. @returns what is wrong; undefined where it answers */
  check?(endpoint: EndpointConfig, signal: AbortSignal): Promise<CheckFailure | undefined>;
  /** Whether a model is certain to answer from elsewhere. One that nobody serves any more is not. */
  isRemote(handle: string): boolean;
}

/** `refused`: the key is not taken; `unreachable`: nobody answers as a provider there. */
export interface CheckFailure {
  reason: 'refused' | 'unreachable';
  message: string;
}

export type ModelErrorReason = 'unknown_handle';

export class ModelError extends Error {
  override name = 'ModelError';
  readonly reason: ModelErrorReason;

  constructor(reason: ModelErrorReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
