// `letta_recall` and `letta_remember`, called by any agent in VS Code: their input read, their work handed on. Loaded with the
// first call.
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { MOST_HITS } from './flows/recall.ts';
import type { Home } from './home.ts';
import type { MemoryTool } from './native/memory-tools.ts';
import type { NoteTaking } from './note-taking.ts';

/** The manifest says the same: VS Code hands on what a model wrote, whatever it is. */
const RecallInput = z.object({
  query: z.string().check(z.trim(), z.minLength(1), z.maxLength(500)),
  limit: z.nullish(z.int().check(z.gte(1), z.lte(MOST_HITS))),
});
const RememberInput = z.object({
  text: z.string().check(z.trim(), z.minLength(1), z.maxLength(2_000)),
  why: z.nullish(z.string().check(z.trim(), z.maxLength(500))),
});

interface Deps {
  /** @throws Error saying what to do */
  home(): Promise<Home>;
  taking(): Promise<NoteTaking>;
}

/** @returns what the calling agent reads. @throws Error in words for it */
export async function useMemoryTool(
  { home, taking }: Deps,
  tool: MemoryTool,
  input: unknown,
  signal: AbortSignal,
): Promise<string> {
  if (tool === 'letta_recall') {
    const { query, limit } = read(RecallInput, input);
    const { parts } = await home();
    signal.throwIfAborted();
    return parts.recall({ query, limit: limit ?? undefined });
  }
  const { text, why } = read(RememberInput, input);
  const noted = await taking();
  // From here on it is kept, whoever no longer waits for it.
  signal.throwIfAborted();
  const sources = vscode.workspace.isTrusted ? (['tool'] as const) : (['tool', 'untrustedWorkspace'] as const);
  return noted.putUp({ text, ...(why ? { why } : {}) }, sources);
}

function read<T>(schema: z.ZodMiniType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw new Error(`This input does not fit: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
