// What the agent is told of calls that came to nothing.
import * as z from 'zod/mini';
import { type AnyTool, ToolError } from '../tools/tool.ts';

/** Longest result that is sent: tools cap theirs lower. */
const RESULT_LIMIT = 100_000;

/** Stands in for a tool that is not there, or cannot read its input: the same call is not refused for ever either. */
export const refusal = (name: string, text: string): AnyTool => ({
  name,
  description: '',
  input: z.unknown(),
  source: [],
  title: () => ({ title: name }),
  access: () => ({ kind: 'none' }),
  run: async () => ({ status: 'error', text }),
});

export const errorText = (name: string, error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof ToolError ? message : `${name} failed: ${message}`;
};

export const clip = (text: string): string =>
  text.length <= RESULT_LIMIT
    ? text
    : `${text.slice(0, RESULT_LIMIT)}\n… (${text.length - RESULT_LIMIT} more characters)`;
