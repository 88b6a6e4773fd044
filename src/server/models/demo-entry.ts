// How the offline demo model is listed; the program itself is loaded with its first turn.
import type { ModelEntry } from './registry.ts';

export const DEMO_ENTRY: ModelEntry = {
  handle: 'demo/offline',
  provider: 'demo',
  id: 'offline',
  name: 'Offline demo (not an AI)',
  contextWindow: 128_000,
  maxOutputTokens: null,
  demo: true,
  local: true,
  vision: false,
};
