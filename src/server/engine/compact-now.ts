// Compaction that somebody asked for: it holds the conversation like a run, and can be cancelled like one.
import { newId } from '../store/ids.ts';
import type { Store } from '../store/store.ts';
import type { Compacted, CompactionRequest, Compactor } from './compaction.ts';
import { ApiError } from './errors.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import { systemTextOf } from './recompile.ts';
import { jsonBytes } from './token-estimate.ts';
import { offeredTools, ToolPolicy } from './tool-policy.ts';

export interface CompactNowDeps {
  compactor: Compactor;
  store: Store;
  leases: LeaseKeeper;
  /** All that holds a conversation of this process, by the id in its lease. */
  holders: Map<string, { cancel(): void }>;
  /** Inside a transaction. @throws ApiError 409 */
  checkFree(): void;
  isClosed(): boolean;
}

/** @throws ApiError 400 where nothing would get shorter, 409 where the conversation is busy or it was cancelled */
export async function compactNow(
  deps: CompactNowDeps,
  request: Omit<CompactionRequest, 'fixedTokens' | 'trigger' | 'isVisible'>,
  signal: AbortSignal,
): Promise<Compacted> {
  const { compactor, store, leases, holders } = deps;
  const { owner, agent, handle } = request;
  const id = newId('run');
  const abort = new AbortController();
  store.write('relaxed', () => {
    deps.checkFree();
    leases.take(owner, id);
  });
  holders.set(id, { cancel: () => abort.abort(new Error('cancelled')) });
  leases.started();
  try {
    const tools = offeredTools(store, agent, new ToolPolicy(agent, []), []);
    const system = store.messages.system(owner)?.body;
    const text = system?.role === 'system' ? system.text : systemTextOf(store, agent, owner, Date.now());
    const fixedTokens = compactor.scale.tokens(handle, jsonBytes(text) + jsonBytes(tools));
    const plan = compactor.plan({ ...request, fixedTokens, trigger: 'manual', isVisible: true });
    if (!plan) throw new ApiError(400, 'INVALID_ARGUMENT: Nothing to compact: the conversation would not get shorter.');
    const within = AbortSignal.any([signal, abort.signal]);
    const summary = await compactor.summarize(plan, within);
    if (deps.isClosed()) throw new ApiError(503, 'The server is closing.');
    if (within.aborted) throw new ApiError(409, 'CONFLICT: The compaction was cancelled; nothing was changed.');
    return store.write('durable', () => {
      if (!store.leases.holds(owner, leases.owner, id))
        throw new ApiError(409, 'CONFLICT: Another window has taken this conversation over.');
      return compactor.apply(plan, summary);
    });
  } finally {
    holders.delete(id);
    if (!deps.isClosed()) {
      store.write('relaxed', () => store.leases.release(id));
      leases.ended();
    }
  }
}
