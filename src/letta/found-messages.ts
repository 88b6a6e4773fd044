// The server's search over everything that was said, and what of a long text is shown of a hit.
import * as z from 'zod/mini';
import { type Connection, ONCE } from './connection.ts';

const FoundSchema = z.object({
  message_id: z.string(),
  content: z.catch(z.string(), ''),
  /** Null: it was said to the agent without a conversation. */
  conversation_id: z.nullish(z.string()),
  created_at: z.catch(z.string(), ''),
  /** Of the conversation; the embedded server tells it. */
  conversation_summary: z.optional(z.nullable(z.string())),
});
export type FoundMessage = z.infer<typeof FoundSchema>;

/**
 * Messages of people and agents, best first.
 * @param more further fields of the body, e.g. `for_model`
 * @throws Error of the client; servers without a search among them
 */
export async function findMessages(
  { client }: Connection,
  agentId: string,
  query: string,
  limit: number,
  more: Record<string, unknown> = {},
): Promise<FoundMessage[]> {
  const body = { query, agent_id: agentId, limit, roles: ['user', 'assistant'], search_mode: 'hybrid', ...more };
  const raw = await client.post('/v1/messages/search', { body, ...ONCE });
  return (Array.isArray(raw) ? raw : []).flatMap((hit) => {
    const parsed = FoundSchema.safeParse(hit);
    return parsed.success ? [parsed.data] : [];
  });
}

/** The words around the first one that was found. */
export function snippet(text: string, words: readonly string[], length = 240): string {
  const lower = text.toLowerCase();
  const at = words.map((word) => lower.indexOf(word)).filter((i) => i >= 0);
  const from = Math.max(0, Math.min(...(at.length > 0 ? at : [0])) - 60);
  const cut = text.slice(from, from + length).trim();
  return `${from > 0 ? '… ' : ''}${cut}${from + length < text.length ? ' …' : ''}`;
}

export const wordsOf = (query: string): string[] => [
  ...new Set(query.toLowerCase().match(/[\p{L}\p{N}_./-]{2,}/gu) ?? []),
];
