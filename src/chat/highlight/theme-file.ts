// Reads the rules of a colour theme from its file: JSON with comments, which may build on another one.
import * as z from 'zod/mini';
import type { ThemeRule } from './tokenize.ts';

/** A theme may include one that includes another. */
const MAX_INCLUDES = 8;
const MAX_RULES = 5_000;

const Scope = z.union([z.string(), z.array(z.string())]);
const RuleSchema = z.object({
  scope: z.optional(Scope),
  settings: z.object({ foreground: z.optional(z.string()), fontStyle: z.optional(z.string()) }),
});
const ThemeSchema = z.object({
  include: z.optional(z.string()),
  /** A text names a file of TextMate's own kind, which is not read. */
  tokenColors: z.optional(z.union([z.array(z.unknown()), z.string()])),
});

/** Texts in quotes are left alone. */
const COMMENTS = /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const TRAILING_COMMAS = /("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g;

/** @throws SyntaxError */
export function parseJsonWithComments(text: string): unknown {
  const bare = text.replace(/^\uFEFF/, '').replace(COMMENTS, (_, quoted?: string) => quoted ?? '');
  return JSON.parse(bare.replace(TRAILING_COMMAS, (_, quoted?: string) => quoted ?? ''));
}

/** What is no rule is left out. */
export function rulesOf(list: unknown): ThemeRule[] {
  if (!Array.isArray(list)) return [];
  return list.slice(0, MAX_RULES).flatMap((each) => {
    const rule = RuleSchema.safeParse(each);
    if (!rule.success) return [];
    const { scope, settings } = rule.data;
    const { foreground, fontStyle } = settings;
    const told = { ...(foreground ? { foreground } : {}), ...(fontStyle === undefined ? {} : { fontStyle }) };
    return [{ ...(scope === undefined ? {} : { scope }), settings: told }];
  });
}

/**
 * @param read gives the text of a file that is named from the one before, or from nowhere
 * @returns the rules of a theme, those of what it includes first. @throws Error where a file cannot be read
 */
export async function readRules(
  file: string,
  read: (file: string) => Promise<string>,
  resolve: (file: string, from: string) => string,
  depth = 0,
): Promise<ThemeRule[]> {
  const { include, tokenColors } = ThemeSchema.parse(parseJsonWithComments(await read(file)));
  const before =
    include && depth < MAX_INCLUDES ? await readRules(resolve(include, file), read, resolve, depth + 1) : [];
  return [...before, ...rulesOf(tokenColors)];
}
