// Models that whoever runs this server brings along, as the extension does with those of VS Code.
import type { ModelEntry, ResolvedModel } from './registry.ts';

export interface InjectedModels {
  /** What answers now. Never rejects, and never takes long. */
  list(signal?: AbortSignal): Promise<ModelEntry[]>;
  /** Undefined where the handle is none of theirs. @throws ModelError `unknown_handle` where it is, and is gone */
  resolve(handle: string): Promise<ResolvedModel | undefined>;
  isRemote(handle: string): boolean;
}
