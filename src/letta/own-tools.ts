// Tools that an agent has of its own: Python functions that run on its server.
import { createHash } from 'node:crypto';
import { type Connection, ONCE } from './connection.ts';

export interface OwnTool {
  name: string;
  description: string;
  source: string;
  /** Whether it is kept from the person's files; `unknown`: its server does not say. */
  sandbox: 'yes' | 'no' | 'unknown';
}

/** The tool as its server has it now; undefined where there is none of that name with a source, or its server does not say. */
export async function ownTool({ client }: Connection, name: string): Promise<OwnTool | undefined> {
  // A name that a model made up must not end the turn.
  const listed = await client.tools.list({ name, limit: 10 }).catch(() => undefined);
  const tool = listed?.items.find((each) => each.name === name && each.tool_type === 'custom');
  if (!tool?.source_code) return undefined;
  return { name, description: tool.description ?? '', source: tool.source_code, sandbox: await sandboxOf(client) };
}

/** Only the embedded server has this address. */
async function sandboxOf(client: Connection['client']): Promise<OwnTool['sandbox']> {
  const answer = await client.get<{ sandbox?: unknown }>('/v1/tools/sandbox', ONCE).catch(() => undefined);
  return typeof answer?.sandbox === 'string' ? 'yes' : answer?.sandbox === null ? 'no' : 'unknown';
}

/** As the embedded server takes it for the proof of what was shown. */
export function sourceHash(source: string): string {
  return createHash('sha256').update(source).digest('hex');
}
