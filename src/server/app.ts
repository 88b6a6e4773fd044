// The embedded Letta server: the Letta REST API as a fetch handler.
import type { ModelRegistry } from './models/registry.ts';

export interface ServerOptions {
  /** Folder of `letta.db`; made when missing. */
  dataDir: string;
  models: ModelRegistry;
  /** The product's version, said by `/v1/health/`. */
  version: string;
  /** Bearer token that every request but health must carry; undefined: none is asked. */
  token?: string;
  log?: (line: string) => void;
}

export interface LettaServer {
  fetch(request: Request): Promise<Response>;
  /** Marks its runs interrupted, flushes streamed text, closes the database. Within 500 ms. */
  close(): Promise<void>;
}
