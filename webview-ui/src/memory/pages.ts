// Pages of the archive of which only a few are in the page. Pure.
import type { PassageView } from '../../../src/protocol/views.ts';

/** So many pages stand in the page at once: a hundred thousand entries never do. */
const WINDOW = 3;

export interface Pages {
  pages: readonly (readonly PassageView[])[];
  /** The first page that is shown. */
  from: number;
  /** The host has more after the last page here. */
  hasMore: boolean;
}

export const firstPage = (passages: readonly PassageView[], hasMore: boolean): Pages => ({
  pages: [passages],
  from: 0,
  hasMore,
});

export const shownOf = ({ pages, from }: Pages): PassageView[] => pages.slice(from, from + WINDOW).flat();

/** Whether something comes after what is shown, here or at the host. */
export const hasNext = ({ pages, from, hasMore }: Pages): boolean => hasMore || from + WINDOW < pages.length;

/** @returns the pages one further on, or `undefined` where the host must be asked first. */
export function forward(state: Pages): Pages | undefined {
  if (state.from + WINDOW < state.pages.length) return { ...state, from: state.from + 1 };
  return undefined;
}

export const back = (state: Pages): Pages => ({ ...state, from: Math.max(0, state.from - 1) });

export function append(state: Pages, passages: readonly PassageView[], hasMore: boolean): Pages {
  const pages = [...state.pages, passages];
  return { pages, from: Math.max(state.from, pages.length - WINDOW), hasMore };
}

/** An `undefined` replacement takes the entry out. */
export function replace(state: Pages, id: string, by: PassageView | undefined): Pages {
  const pages = state.pages.map((page) => page.flatMap((entry) => (entry.id !== id ? [entry] : by ? [by] : [])));
  return { ...state, pages };
}

export function prepend(state: Pages, entry: PassageView): Pages {
  const [first = [], ...rest] = state.pages;
  return { ...state, pages: [[entry, ...first.filter(({ id }) => id !== entry.id)], ...rest], from: 0 };
}

/** The entry after which the host's next page begins. */
export const lastOf = (state: Pages): PassageView | undefined =>
  state.pages.findLast((page) => page.length > 0)?.at(-1);
