// `for_model`, an addition: who hands on to a model what a route gives names it, and gets no more than that model may see.
import { type Audience, EVERYTHING } from '../engine/audience.ts';
import { audienceOf } from '../engine/kept-local.ts';
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
  return audienceOf(store, engine.models, agentId, reader !== UNKNOWN && !engine.models.isRemote(reader));
}
