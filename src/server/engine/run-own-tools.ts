// Runs calls whose places in the conversation are kept, and puts their results there.
import type { Chunk } from '../store/stream-log.ts';
import { clamp } from './clamp.ts';
import type { PlacedCall } from './own-tools.ts';
import { type LettaMessage, renderReturn } from './render.ts';
import type { TurnDeps, TurnSetup } from './turn-setup.ts';

/** What running tools needs of their turn. */
export interface TurnHost {
  signal: AbortSignal;
  isEnded(): boolean;
  /** Throws where the conversation is another process's by now. */
  fence(): void;
  stage(message: LettaMessage): Chunk[];
  show(chunks: Chunk[]): void;
}

/** Runs them one after the other; each result is stored before it is announced. Never throws for what a tool does. */
export async function runOwnTools(
  placed: readonly PlacedCall[],
  { run, returnChars }: TurnSetup,
  { store }: TurnDeps,
  host: TurnHost,
): Promise<void> {
  if (placed.length === 0) return;
  const { runTool } = await import('../python/run-tool.ts');
  for (const { call, job, limit, messageId, stepId } of placed) {
    const { content, ...outcome } = await runTool(job, host.signal);
    if (host.isEnded()) return;
    const clamped = clamp(content, Math.min(limit, returnChars));
    const lines = (given: string[] | null) => (given ?? []).map((text) => clamp(text, returnChars));
    const stdout = lines(outcome.stdout);
    const stderr = lines(outcome.stderr);
    const result = { callId: call.id, name: call.name, status: outcome.status, content: clamped, stdout, stderr };
    store.write('durable', () => {
      host.fence();
      store.messages.putResult(messageId, { role: 'tool', ...result });
      const conversation = store.conversations.get(run.owner);
      if (conversation) store.conversations.contextReplaced(run.owner, conversation.recompiledAt);
    });
    const at = { id: messageId, at: Date.now(), stepId, runId: run.id };
    host.show(host.stage(renderReturn(at, messageId, result)));
  }
}
