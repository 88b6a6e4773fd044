// What tests of compaction look at: agents with a small window, what goes over the wire, and whether calls have their returns.
import type { LanguageModelV4CallOptions, LanguageModelV4Message } from '@ai-sdk/provider';
import { expect } from 'vitest';
import { SUMMARY_PROMPT } from '../../../src/server/engine/summary.ts';
import type { Harness, Part } from './support.ts';

export const WINDOW = 8_000;

/** As the scripted endpoint counts: a quarter of what goes over the wire. */
export function wireTokens(options: LanguageModelV4CallOptions): number {
  return Math.ceil(Buffer.byteLength(JSON.stringify([options.tools ?? [], options.prompt])) / 4);
}

export function isSummaryRequest(options: LanguageModelV4CallOptions): boolean {
  return options.prompt[0]?.role === 'system' && options.prompt[0].content === SUMMARY_PROMPT;
}

/** Every call has its return right after it, every return its call. */
export function expectPaired(prompt: readonly LanguageModelV4Message[]): void {
  let open = new Set<string>();
  for (const message of prompt) {
    if (message.role === 'tool') {
      for (const part of message.content)
        if (part.type === 'tool-result') expect(open.delete(part.toolCallId)).toBe(true);
      continue;
    }
    expect([...open]).toEqual([]);
    open = new Set();
    if (message.role !== 'assistant') continue;
    for (const part of message.content) if (part.type === 'tool-call') open.add(part.toolCallId);
  }
  expect([...open]).toEqual([]);
}

export const stream = (parts: Part[]) =>
  new ReadableStream<Part>({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });

export async function smallAgent(harness: Harness, fields: object = {}) {
  const agent = await harness.agent({
    context_window_limit: WINDOW,
    tools: ['archival_memory_insert'],
    ...fields,
  });
  return { agent, conversation: await harness.conversation(agent.id) };
}

export const filler = (n: number, length: number) =>
  Array.from({ length }, (_, i) => ['build', 'cache', 'parser', 'retry', 'token', 'queue'][(n * 7 + i * 3) % 6]).join(
    ' ',
  );
