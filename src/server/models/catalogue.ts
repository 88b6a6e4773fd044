// What is known of the large vendors' models, for lists that do not say it. Taken from the data of pi-ai 0.87.1 (MIT), November 2026.
import type { ProviderType } from './endpoint.ts';
import type { ModelPrice } from './registry.ts';

export interface KnownModel {
  contextWindow: number;
  maxOutputTokens: number;
  vision: boolean;
  /** Absent where it costs nothing, or nobody knows. */
  price?: ModelPrice;
}

/** Tokens of the window and of an answer, whether it takes pictures, and dollars a million tokens: read, written, read from and written to the cache. */
type Row = readonly [number, number, boolean, number, number, number, number];

const ROWS: Partial<Record<ProviderType, Record<string, Row>>> = {
  anthropic: {
    'claude-fable-5': [1000000, 128000, true, 10, 50, 1, 12.5],
    'claude-fable-5-1': [1000000, 128000, true, 10, 50, 0.25, 12.5],
    'claude-haiku-4-5': [200000, 64000, true, 1, 5, 0.1, 1.25],
    'claude-haiku-4-5-20251001': [200000, 64000, true, 1, 5, 0.1, 1.25],
    'claude-opus-4-5': [200000, 64000, true, 5, 25, 0.5, 6.25],
    'claude-opus-4-5-20251101': [200000, 64000, true, 5, 25, 0.5, 6.25],
    'claude-opus-4-6': [1000000, 128000, true, 5, 25, 0.5, 6.25],
    'claude-opus-4-7': [1000000, 128000, true, 5, 25, 0.5, 6.25],
    'claude-opus-4-8': [1000000, 128000, true, 5, 25, 0.5, 6.25],
    'claude-opus-5': [1000000, 128000, true, 5, 25, 0.5, 6.25],
    'claude-opus-5-5': [1000000, 128000, true, 4, 20, 0.2, 5],
    'claude-sonnet-4-5': [1000000, 64000, true, 3, 15, 0.3, 3.75],
    'claude-sonnet-4-5-20250929': [1000000, 64000, true, 3, 15, 0.3, 3.75],
    'claude-sonnet-4-6': [1000000, 128000, true, 3, 15, 0.3, 3.75],
    'claude-sonnet-5': [1000000, 128000, true, 2, 10, 0.2, 2.5],
  },
  openai: {
    'gpt-4': [8192, 8192, false, 30, 60, 0, 0],
    'gpt-4-turbo': [128000, 4096, true, 10, 30, 0, 0],
    'gpt-4.1': [1047576, 32768, true, 2, 8, 0.5, 0],
    'gpt-4.1-mini': [1047576, 32768, true, 0.4, 1.6, 0.1, 0],
    'gpt-4.1-nano': [1047576, 32768, true, 0.1, 0.4, 0.025, 0],
    'gpt-4o': [128000, 16384, true, 2.5, 10, 1.25, 0],
    'gpt-4o-2024-05-13': [128000, 4096, true, 5, 15, 0, 0],
    'gpt-4o-2024-08-06': [128000, 16384, true, 2.5, 10, 1.25, 0],
    'gpt-4o-2024-11-20': [128000, 16384, true, 2.5, 10, 1.25, 0],
    'gpt-4o-mini': [128000, 16384, true, 0.15, 0.6, 0.075, 0],
    'gpt-5': [400000, 128000, true, 1.25, 10, 0.125, 0],
    'gpt-5-chat-latest': [128000, 16384, true, 1.25, 10, 0.125, 0],
    'gpt-5-mini': [400000, 128000, true, 0.25, 2, 0.025, 0],
    'gpt-5-nano': [400000, 128000, true, 0.05, 0.4, 0.005, 0],
    'gpt-5-pro': [400000, 128000, true, 15, 120, 0, 0],
    'gpt-5.1': [400000, 128000, true, 1.25, 10, 0.125, 0],
    'gpt-5.2': [400000, 128000, true, 1.75, 14, 0.175, 0],
    'gpt-5.2-chat-latest': [128000, 16384, true, 1.75, 14, 0.175, 0],
    'gpt-5.2-pro': [400000, 128000, true, 21, 168, 0, 0],
    'gpt-5.3-chat-latest': [128000, 16384, true, 1.75, 14, 0.175, 0],
    'gpt-5.3-codex': [400000, 128000, true, 1.75, 14, 0.175, 0],
    'gpt-5.3-codex-spark': [128000, 32000, true, 1.75, 14, 0.175, 0],
    'gpt-5.4': [272000, 128000, true, 2.5, 15, 0.25, 0],
    'gpt-5.4-mini': [400000, 128000, true, 0.75, 4.5, 0.075, 0],
    'gpt-5.4-nano': [400000, 128000, true, 0.2, 1.25, 0.02, 0],
    'gpt-5.4-pro': [1050000, 128000, true, 30, 180, 0, 0],
    'gpt-5.5': [272000, 128000, true, 5, 30, 0.5, 0],
    'gpt-5.5-pro': [1050000, 128000, true, 30, 180, 0, 0],
    'gpt-5.6-luna': [272000, 128000, true, 0.2, 1.2, 0.02, 0.25],
    'gpt-5.6-sol': [272000, 128000, true, 4, 20, 0.4, 5],
    'gpt-5.6-terra': [272000, 128000, true, 2, 12, 0.2, 2.5],
    'gpt-6-astra': [272000, 128000, true, 10, 50, 1, 12.5],
    'gpt-6-luna': [272000, 128000, true, 0.1, 0.5, 0.01, 0.125],
    'gpt-6-sol': [272000, 128000, true, 2, 10, 0.2, 2.5],
    o1: [200000, 100000, true, 15, 60, 7.5, 0],
    'o1-pro': [200000, 100000, true, 150, 600, 0, 0],
    o3: [200000, 100000, true, 2, 8, 0.5, 0],
    'o3-mini': [200000, 100000, false, 1.1, 4.4, 0.55, 0],
    'o3-pro': [200000, 100000, true, 20, 80, 0, 0],
    'o4-mini': [200000, 100000, true, 1.1, 4.4, 0.275, 0],
  },
  google_ai: {
    'gemini-2.5-computer-use-preview-10-2025': [131072, 65536, true, 1.25, 10, 0, 0],
    'gemini-2.5-flash': [1048576, 65536, true, 0.3, 2.5, 0.03, 0],
    'gemini-2.5-flash-lite': [1048576, 65536, true, 0.1, 0.4, 0.01, 0],
    'gemini-2.5-pro': [1048576, 65536, true, 1.25, 10, 0.125, 0],
    'gemini-3-flash-preview': [1048576, 65536, true, 0.5, 3, 0.05, 0],
    'gemini-3.1-flash-lite': [1048576, 65536, true, 0.25, 1.5, 0.025, 0],
    'gemini-3.1-flash-lite-preview': [1048576, 65536, true, 0.25, 1.5, 0.025, 0],
    'gemini-3.1-pro-preview': [1048576, 65536, true, 2, 12, 0.2, 0],
    'gemini-3.1-pro-preview-customtools': [1048576, 65536, true, 2, 12, 0.2, 0],
    'gemini-3.5-flash': [1048576, 65536, true, 1.5, 9, 0.15, 0],
    'gemini-3.5-flash-lite': [1048576, 65536, true, 0.3, 2.5, 0.03, 0],
    'gemini-3.6-flash': [1048576, 65536, true, 0.75, 3.75, 0.075, 0],
    'gemini-3.7-flash': [1048576, 65536, true, 0.75, 3.75, 0.075, 0],
    'gemini-3.8-flash': [1048576, 65536, true, 0.75, 3.75, 0.075, 0],
    'gemini-flash-latest': [1048576, 65536, true, 1.5, 9, 0.15, 0],
    'gemini-flash-lite-latest': [1048576, 65536, true, 0.25, 1.5, 0.025, 0],
    'gemma-4-26b-a4b-it': [262144, 32768, true, 0, 0, 0, 0],
    'gemma-4-31b-it': [262144, 32768, true, 0, 0, 0, 0],
  },
};

/** A dated id counts as the one it is a version of. */
export function knownModel(type: string, id: string): KnownModel | undefined {
  const models: Record<string, Row> = ROWS[type as ProviderType] ?? {};
  const row = models[id] ?? models[id.replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2})$/, '')];
  if (!row) return undefined;
  const [contextWindow, maxOutputTokens, vision, input, output, cacheRead, cacheWrite] = row;
  const price = { input, output, cacheRead: cacheRead || input, cacheWrite: cacheWrite || input };
  return { contextWindow, maxOutputTokens, vision, ...(input + output > 0 ? { price } : {}) };
}
