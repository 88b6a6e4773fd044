// Handlers of requests that the first view does not make: loaded with the first of them.
import { type Method, requests } from '../protocol/messages.ts';
import type { Handlers } from '../protocol/rpc.ts';

/** @param names which requests they answer: all of them, and no others */
export function later<M extends Method>(names: RegExp, load: () => Promise<Pick<Handlers, M>>): Pick<Handlers, M> {
  let loading: Promise<Pick<Handlers, M>> | undefined;
  const handler = (name: M) => async (params: never) => {
    loading ??= load();
    return (await loading)[name](params);
  };
  const methods = Object.keys(requests).filter((name) => names.test(name)) as M[];
  return Object.fromEntries(methods.map((name) => [name, handler(name)])) as Pick<Handlers, M>;
}

/** What `answers.ts` answers. */
export const OF_ANSWERS = /^(?:answer\.|threads\.pin$)/;
/** What `memory-requests.ts` answers. */
export const OF_MEMORY = /^(?:memory|review|archive|context|skills)\./;
