// `letta_recall` and `letta_remember`, called by any agent in VS Code: their input read, their work handed on. Loaded with the
// first call.
import * as vscode from 'vscode';
import { RecallInput, RememberInput, readInput } from './flows/others-input.ts';
import type { Home } from './home.ts';
import type { MemoryTool } from './native/memory-tools.ts';
import type { NoteTaking } from './note-taking.ts';

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
    const { query, limit } = readInput(RecallInput, input);
    const { parts } = await home();
    signal.throwIfAborted();
    return parts.recall({ query, limit: limit ?? undefined });
  }
  const { text, why } = readInput(RememberInput, input);
  const noted = await taking();
  // From here on it is kept, whoever no longer waits for it.
  signal.throwIfAborted();
  const sources = vscode.workspace.isTrusted ? (['tool'] as const) : (['tool', 'untrustedWorkspace'] as const);
  return noted.putUp({ text, ...(why ? { why } : {}) }, sources);
}
