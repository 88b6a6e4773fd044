// `for_model`, an addition: who hands on to a model what a route gives names it, and gets no more than that model may see.
import { type Audience, EVERYTHING } from '../engine/audience.ts';
import { audienceOf } from '../engine/kept-local.ts';
import { DEMO_ENTRY } from '../models/demo-entry.ts';
import type { ModelRegistry } from '../models/registry.ts';
import type { RouteDeps } from './http.ts';

/** In place of a handle: nobody can say which model it is, so it counts as one elsewhere. */
const UNKNOWN = 'unknown';

/** @param reader a handle or `unknown`; absent: the person themselves */
export function audienceFor(
  { store, engine }: Pick<RouteDeps, 'store' | 'engine'>,
  agentId: string,
  reader: string | null | undefined,
): Audience {
  if (!reader) return EVERYTHING;
  return audienceOf(store, engine.models, agentId, reader !== UNKNOWN && answersHere(engine.models, reader));
}

/** Of an endpoint that is not known here nobody can say so: another process may have added it, anywhere. */
function answersHere(models: ModelRegistry, handle: string): boolean {
  if (handle === DEMO_ENTRY.handle) return true;
  return models.has?.(handle.split('/')[0] ?? '') !== false && !models.isRemote(handle);
}
