// Tools that clients make: parsed, given a schema, stored; one call of one without a turn. Loaded when the first is made.

import * as z from 'zod/mini';
import { clamp } from '../engine/clamp.ts';
import { ApiError } from '../engine/errors.ts';
import { beginOwnTool, type OwnTools } from '../engine/own-tools.ts';
import { invalid } from '../engine/request.ts';
import { knownTool } from '../engine/tools/known-tools.ts';
import { FOREIGN_TOOLS, serverTools } from '../engine/tools/registry.ts';
import { PythonError, readSchema } from '../python/python.ts';
import { runTool } from '../python/run-tool.ts';
import type { Agent } from '../store/agents.ts';
import { newId } from '../store/ids.ts';
import { isObject, type JsonObject } from '../store/json.ts';
import type { Store } from '../store/store.ts';
import type { CustomTool, CustomToolFields } from '../store/tools.ts';
import { viewCustomTool, viewTool } from './agent-view.ts';

const object = z.record(z.string(), z.unknown());
const NAME = /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/;
const DEFAULT_RETURN_LIMIT = 50_000;

export const toolSchema = z.looseObject({
  source_code: z.nullish(z.string().check(z.minLength(1), z.maxLength(1_000_000))),
  source_type: z.nullish(z.string()),
  json_schema: z.nullish(object),
  args_json_schema: z.nullish(object),
  description: z.nullish(z.string()),
  tags: z.nullish(z.array(z.string())),
  return_char_limit: z.nullish(z.int().check(z.gte(1), z.lte(1_000_000))),
  default_requires_approval: z.nullish(z.boolean()),
  enable_parallel_execution: z.nullish(z.boolean()),
  pip_requirements: z.nullish(z.array(object)),
  npm_requirements: z.nullish(z.array(object)),
  metadata_: z.nullish(object),
});
export type ToolInput = z.infer<typeof toolSchema>;

const KEPT = ['enable_parallel_execution', 'pip_requirements', 'npm_requirements', 'metadata_'] as const;

/** @throws ApiError 400, 409, 422 */
export async function createTool(store: Store, input: ToolInput): Promise<JsonObject> {
  const fields = await fieldsOf(input);
  return store.write('durable', () => {
    const there = store.tools.named(fields.name);
    // The same again is no conflict: clients make their tools at every start.
    if (there && there.sourceCode === fields.sourceCode) return viewCustomTool(there);
    if (there) throw new ApiError(409, `CONFLICT: A tool named ${fields.name} exists already`);
    return viewCustomTool(addTool(store, fields));
  });
}

/** @throws ApiError 400, 422 */
export async function upsertTool(store: Store, input: ToolInput): Promise<JsonObject> {
  const fields = await fieldsOf(input);
  return store.write('durable', () => {
    const there = store.tools.named(fields.name);
    if (!there) return viewCustomTool(addTool(store, fields));
    store.tools.update(there, fields);
    return viewTool(store, fields.name);
  });
}

/** @throws ApiError 400, 404, 409, 422 */
export async function changeTool(store: Store, id: string, input: ToolInput): Promise<JsonObject> {
  const before = ownTool(store, id);
  const isOther = input.source_code && input.source_code !== before.sourceCode;
  const fields = await fieldsOf({
    source_code: before.sourceCode,
    source_type: before.sourceType,
    args_json_schema: before.argsJsonSchema,
    description: isOther ? null : before.description,
    tags: before.tags,
    return_char_limit: before.returnLimit,
    default_requires_approval: before.requiresApproval,
    ...before.rest,
    ...Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null && value !== undefined)),
    json_schema: input.json_schema ?? (isOther ? null : before.jsonSchema),
  });
  return store.write('durable', () => {
    const holder = store.tools.named(fields.name);
    if (holder && holder.id !== id) throw new ApiError(409, `CONFLICT: A tool named ${fields.name} exists already`);
    store.tools.update(ownTool(store, id), fields);
    return viewTool(store, fields.name);
  });
}

/** @throws ApiError 400, 404 */
export function deleteTool(store: Store, id: string): void {
  store.write('durable', () => store.tools.delete(ownTool(store, id)));
}

/** Inside a transaction. */
export function addTool(store: Store, fields: CustomToolFields): CustomTool {
  const id = newId('tool');
  store.tools.create(id, fields);
  const made = store.tools.get(id);
  if (!made) throw new Error('A tool that was just stored is gone.');
  return made;
}

function ownTool(store: Store, id: string): CustomTool {
  const tool = store.tools.get(id);
  if (tool) return tool;
  throw new ApiError(400, 'INVALID_ARGUMENT: The server’s own tools cannot be changed or deleted.');
}

/**
 * A tool from what a client sent of it; its schema read from the source where none was given.
 * @throws ApiError 400, 422
 */
export async function fieldsOf(input: ToolInput): Promise<CustomToolFields> {
  const { source_code: sourceCode } = input;
  if (!sourceCode) throw invalid('A tool needs its `source_code`.');
  const sourceType = input.source_type ?? 'python';
  const given = input.json_schema ?? undefined;
  const jsonSchema = given && isObject(given.parameters) ? given : await generated(sourceCode, sourceType, input);
  const { name } = jsonSchema;
  if (typeof name !== 'string' || !NAME.test(name))
    throw new ApiError(400, `INVALID_ARGUMENT: ${JSON.stringify(name ?? null)} is no name of a tool.`);
  if (serverTools.has(name) || FOREIGN_TOOLS.has(name))
    throw new ApiError(400, `INVALID_ARGUMENT: ${name} is a tool of the server. Give yours another name.`);
  const described = typeof jsonSchema.description === 'string' ? jsonSchema.description : null;
  const kept = KEPT.filter((key) => input[key] !== undefined && input[key] !== null).map((key) => [key, input[key]]);
  return {
    name,
    description: input.description ?? described,
    sourceCode,
    sourceType,
    jsonSchema,
    argsJsonSchema: input.args_json_schema ?? null,
    tags: [...new Set(input.tags ?? [])],
    returnLimit: input.return_char_limit ?? DEFAULT_RETURN_LIMIT,
    requiresApproval: input.default_requires_approval ?? false,
    rest: Object.fromEntries(kept),
  };
}

async function generated(sourceCode: string, sourceType: string, input: ToolInput): Promise<JsonObject> {
  if (sourceType !== 'python')
    throw new ApiError(400, `INVALID_ARGUMENT: A tool in ${sourceType} needs its \`json_schema\`.`);
  const wanted = input.json_schema?.name;
  try {
    const schema = await readSchema(sourceCode, typeof wanted === 'string' ? wanted : null);
    return isObject(input.args_json_schema) ? { ...schema, parameters: input.args_json_schema } : schema;
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    const help = error.reason === 'missing' ? ' Without it a tool needs its `json_schema`.' : '';
    throw new ApiError(400, `INVALID_ARGUMENT: ${error.message}${help}`);
  }
}

/**
 * One call of a tool that an agent has, without a turn.
 * @throws ApiError 400 where it may not run, or is the server's own: those need a turn
 */
export async function runNamedTool(
  { store, mode }: { store: Store; mode: OwnTools },
  agent: Agent,
  name: string,
  args: JsonObject,
  approvedHash: string | undefined,
  signal: AbortSignal,
): Promise<JsonObject> {
  const known = knownTool(store, name);
  if (known?.kind !== 'custom') throw new ApiError(400, `INVALID_ARGUMENT: ${name} runs in a turn of its agent only.`);
  const call = { id: 'call', name, arguments: JSON.stringify(args) };
  const begun = beginOwnTool({ store, agent }, known.tool, { call, args, approvedHash, mode });
  if ('refusal' in begun) throw new ApiError(400, `INVALID_ARGUMENT: ${begun.refusal}`);
  const { status, content, stdout, stderr } = await runTool(begun.job, signal);
  const rest = { agent_state: null, sandbox_config_fingerprint: null };
  return { status, func_return: clamp(content, begun.limit), stdout, stderr, ...rest };
}
