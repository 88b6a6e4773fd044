// Reads the manifest of Elixir: packages, the version of the language, and the aliases that `mix` runs.

import { lineAt } from './mask.ts';
import type { Project } from './project-types.ts';

export function readMix(p: Project, path: string, text: string): void {
  for (const match of text.matchAll(/\{:(\w+),\s*"([^"]+)"/g))
    p.dependencies.push({ name: match[1] ?? '', spec: match[2] ?? '', path, line: lineAt(text, match.index) });
  const elixir = /\belixir:\s*"([^"]+)"/.exec(text);
  if (elixir) p.runtimes.push({ runtime: 'elixir', spec: elixir[1] ?? '', path, line: lineAt(text, elixir.index) });
  const aliases = /\bdefp?\s+aliases\b[\s\S]*?\n {2}end\b/.exec(text);
  for (const match of (aliases?.[0] ?? '').matchAll(/(?:^|[[,])[ \t]*"?([a-z][\w.]*)"?:\s*(\[[^\]]*\]|"[^"]*")/gm))
    p.scripts.push({
      name: match[1] ?? '',
      body: match[2] ?? '',
      path,
      line: lineAt(text, (aliases?.index ?? 0) + match.index + match[0].search(/\S/)),
      runner: 'mix',
    });
}
