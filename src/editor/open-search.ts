// The search of this window: ripgrep where there is one, found when it is needed first.
import type { Search } from './search.ts';

/** @param ripgrep VS Code's, or `rg` for the one on PATH */
export function openSearch(ripgrep: () => string): Search {
  let opened: Promise<Search> | undefined;
  const open = (): Promise<Search> => (opened ??= choose(ripgrep()));
  return {
    files: async (...given) => (await open()).files(...given),
    text: async (...given) => (await open()).text(...given),
    textIn: async (...given) => (await open()).textIn(...given),
  };
}

async function choose(ripgrep: string): Promise<Search> {
  const { resolveProgram, RipgrepSearch } = await import('./ripgrep-search.ts');
  const program = resolveProgram(ripgrep) ?? resolveProgram('rg');
  if (program !== undefined) return new RipgrepSearch(program);
  const { PlainSearch } = await import('./plain-search.ts');
  return new PlainSearch();
}
