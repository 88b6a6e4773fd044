// AgentFiles (`.af`): GET and POST /v1/agents/{id}/export, POST /v1/agents/import.
import { type Context, Hono } from 'hono';
import * as z from 'zod/mini';
import { exportAgent } from '../agent-file/export.ts';
import { parseAgentFile } from '../agent-file/file.ts';
import { importFile } from '../agent-file/import.ts';
import { ApiError } from '../engine/errors.ts';
import { invalid } from '../engine/request.ts';
import type { JsonObject } from '../store/json.ts';
import { existingAgent } from './agents.ts';
import { boolQuery, checkId, idParam, type RouteDeps, readBody } from './http.ts';

const skill = z.looseObject({
  name: z.string().check(z.minLength(1)),
  files: z.nullish(z.record(z.string(), z.string())),
  source_url: z.nullish(z.string()),
});
const exportBody = z.object({
  skills: z.nullish(z.array(skill)),
  conversation_id: z.nullish(z.string()),
  scrub_messages: z.nullish(z.boolean()),
});

const MAX_BYTES = 256 * 1024 * 1024;
const secretsSchema = z.record(z.string(), z.string());

export function agentFileRoutes({ store, engine, version }: RouteDeps): Hono {
  const app = new Hono({ strict: false });

  const exported = (
    c: Context,
    given: { skills?: readonly JsonObject[]; conversation?: string | undefined; scrub: boolean },
  ): Response => {
    const agent = existingAgent(store, idParam(c, 'agent', 'agent_id'));
    const isOther = given.conversation && given.conversation !== 'default';
    const owner = isOther ? checkId('conv', given.conversation) : agent.id;
    if (store.conversations.get(owner)?.agentId !== agent.id)
      throw new ApiError(404, `Conversation ${owner} not found`);
    const { skills = [], scrub: scrubMessages } = given;
    return c.json(exportAgent(store, agent, { owner, scrubMessages, skills, version }));
  };

  app.get('/:agent_id/export', (c) => {
    if (boolQuery(c, 'use_legacy_format')) throw new ApiError(400, 'Legacy format is not supported');
    return exported(c, {
      conversation: c.req.query('conversation_id'),
      scrub: boolQuery(c, 'scrub_messages') ?? false,
    });
  });

  app.post('/:agent_id/export', async (c) => {
    const body = await readBody(c, exportBody);
    const skills = body.skills ?? [];
    const lacking = skills.find((each) => !each.files?.['SKILL.md'] && !each.source_url);
    if (lacking) throw invalid(`The skill ${lacking.name} needs \`files\` with a SKILL.md, or a \`source_url\`.`);
    return exported(c, {
      skills,
      conversation: body.conversation_id ?? undefined,
      scrub: body.scrub_messages ?? false,
    });
  });

  app.post('/import', async (c) => {
    const form = await c.req.raw.formData().catch(() => {
      throw invalid('The body must be multipart/form-data with a `file`.');
    });
    const file = form.get('file');
    if (file === null) throw invalid('`file` must be given.');
    if (typeof file !== 'string' && file.size > MAX_BYTES)
      throw new ApiError(400, 'INVALID_ARGUMENT: The file is too large.');
    const field = (name: string): string | undefined => {
      const value = form.get(name);
      return typeof value === 'string' && value !== '' ? value : undefined;
    };
    const flag = (name: string, otherwise: boolean) =>
      field(name) === undefined ? otherwise : field(name) !== 'false';
    const wanted = field('model') ?? field('override_model_handle');
    const model = wanted === undefined ? undefined : await engine.modelFor(wanted);
    const parsed = parseAgentFile(typeof file === 'string' ? file : await file.text());
    return c.json(
      await importFile(store, parsed, {
        name: field('name') ?? field('override_name'),
        appendCopySuffix: flag('append_copy_suffix', true),
        model,
        stripMessages: flag('strip_messages', false),
        overrideTools: flag('override_existing_tools', true),
        secrets: secretsOf(field('secrets') ?? field('env_vars_json')),
      }),
    );
  });
  return app;
}

/** @throws ApiError 400 */
function secretsOf(text: string | undefined): Record<string, string> {
  if (text === undefined) return {};
  try {
    return secretsSchema.parse(JSON.parse(text));
  } catch {
    throw new ApiError(400, 'secrets must be a valid JSON string');
  }
}
