// The request of one step: messages, the tools and skills of this client, and how the answer shall be streamed.
import { toJSONSchema } from 'zod/v4/core';
import type { SendBody } from '../letta/stream.ts';
import type { AnyTool } from '../tools/tool.ts';
import type { WireAnswer, WireUser } from './wire-answers.ts';

/** A skill as it is offered to the model. `location`: where its SKILL.md lies. */
export interface ClientSkill {
  name: string;
  description: string;
  location: string;
  /** It comes with the product: its words are ours. Not sent. */
  shipped?: true;
}

const schemas = new WeakMap<AnyTool, Record<string, unknown>>();

/** The tool's input as JSON schema, made once: the prompt's prefix must be the same bytes every turn. */
export function inputSchema(tool: AnyTool): Record<string, unknown> {
  let schema = schemas.get(tool);
  if (!schema) {
    const { $schema, ...rest } = toJSONSchema(tool.input, { io: 'input', override: withoutWidest });
    schema = rest;
    schemas.set(tool, schema);
  }
  return schema;
}

/** Every whole number is below this one: saying so costs tokens and tells a model nothing. */
function withoutWidest({ jsonSchema }: { jsonSchema: { maximum?: number } }): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}

/** Letta API: body of a send to a conversation, streamed token by token, going on when the connection breaks. */
export function composeBody(
  outgoing: { approvals?: { otid: string; answers: WireAnswer[] }; user?: WireUser },
  tools: readonly AnyTool[],
  skills: readonly ClientSkill[],
  model: string | undefined,
): SendBody {
  const messages: NonNullable<SendBody['messages']> = [];
  const { approvals, user } = outgoing;
  if (approvals) messages.push({ type: 'approval', approvals: approvals.answers, otid: approvals.otid });
  if (user) messages.push({ role: 'user', content: user.content, otid: user.otid });
  return {
    messages,
    streaming: true,
    stream_tokens: true,
    include_pings: true,
    background: true,
    include_compaction_messages: true,
    client_tools: tools.map((tool) => ({
      name: tool.name,
      description: tool.description,
      parameters: inputSchema(tool),
    })),
    client_skills: skills.map(({ name, description, location }) => ({ name, description, location })),
    ...(model ? { override_model: model } : {}),
  };
}
