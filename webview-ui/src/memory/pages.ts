// Pages of a long list of which only a few are in the page. Pure.

/** So many pages stand in the page at once: a hundred thousand entries never do. */
const WINDOW = 4;

export interface Pages<T extends { id: string }> {
  pages: readonly (readonly T[])[];
  /** The first page that is shown. */
  from: number;
  /** The host has more after the last page here. */
  hasMore: boolean;
}

export function firstPage<T extends { id: string }>(entries: readonly T[], hasMore: boolean): Pages<T> {
  return { pages: [entries], from: 0, hasMore };
}

export function shownOf<T extends { id: string }>({ pages, from }: Pages<T>): T[] {
  return pages.slice(from, from + WINDOW).flat();
}

/** Whether something comes after what is shown, here or at the host. */
export function hasNext<T extends { id: string }>({ pages, from, hasMore }: Pages<T>): boolean {
  return hasMore || from + WINDOW < pages.length;
}

/** @returns the pages one further on, or `undefined` where the host must be asked first. */
export function forward<T extends { id: string }>(state: Pages<T>): Pages<T> | undefined {
  return state.from + WINDOW < state.pages.length ? { ...state, from: state.from + 1 } : undefined;
}

export function back<T extends { id: string }>(state: Pages<T>): Pages<T> {
  return { ...state, from: Math.max(0, state.from - 1) };
}

export function append<T extends { id: string }>(state: Pages<T>, entries: readonly T[], hasMore: boolean): Pages<T> {
  const pages = [...state.pages, entries];
  return { pages, from: Math.max(state.from, pages.length - WINDOW), hasMore };
}

/** An `undefined` replacement takes the entry out. */
export function replace<T extends { id: string }>(state: Pages<T>, id: string, by: T | undefined): Pages<T> {
  const pages = state.pages.map((page) => page.flatMap((entry) => (entry.id !== id ? [entry] : by ? [by] : [])));
  return { ...state, pages };
}

export function prepend<T extends { id: string }>(state: Pages<T>, entry: T): Pages<T> {
  const [first = [], ...rest] = state.pages;
  return { ...state, pages: [[entry, ...first.filter(({ id }) => id !== entry.id)], ...rest], from: 0 };
}

/** The newest page again, and what was loaded before it changed: nothing that the person has opened folds. */
export function renewed<T extends { id: string }>(state: Pages<T>, newest: readonly T[], hasMore: boolean): Pages<T> {
  const known = new Set(state.pages.flat().map(({ id }) => id));
  if (!newest.some(({ id }) => known.has(id))) return firstPage(newest, hasMore);
  const byId = new Map(newest.map((entry) => [entry.id, entry]));
  const [first = [], ...rest] = state.pages.map((page) => page.map((entry) => byId.get(entry.id) ?? entry));
  return { ...state, pages: [[...newest.filter(({ id }) => !known.has(id)), ...first], ...rest] };
}

/** The entry after which the host's next page begins. */
export function lastOf<T extends { id: string }>(state: Pages<T>): T | undefined {
  return state.pages.findLast((page) => page.length > 0)?.at(-1);
}
