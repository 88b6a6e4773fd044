// What a server-side tool is: a definition for the model and a synchronous change of the store.
import type { ArchiveRecall, PreparedQuery } from '../../embeddings/archive-recall.ts';
import type { Agent } from '../../store/agents.ts';
import type { JsonObject } from '../../store/json.ts';
import type { Store } from '../../store/store.ts';
import type { Audience } from '../audience.ts';

export interface ToolContext {
  store: Store;
  agent: Agent;
  /** The run that calls; its own messages are not found by search. */
  runId: string;
  /** What the model that calls may see. */
  audience: Audience;
  recall: ArchiveRecall;
  /** Queries of the calls, as they stand in the arguments: what could only be waited for. */
  prepared: ReadonlyMap<string, PreparedQuery>;
}

export interface ServerTool {
  name: string;
  type: 'letta_core' | 'letta_memory_core' | 'letta_builtin';
  description: string;
  /** JSON schema of the arguments. */
  parameters: JsonObject;
  /** The result for the model; throws `ToolFailure` for what the model should correct. Absent: known but not run here. */
  run?(args: JsonObject, context: ToolContext): string;
}

/** Becomes a tool return with status `error`; the message is what the model reads. */
export class ToolFailure extends Error {
  override name = 'ToolFailure';
}

export function textArg(args: JsonObject, name: string): string {
  const value = args[name];
  if (typeof value === 'string') return value;
  throw new ToolFailure(
    value === undefined || value === null
      ? `Missing required argument: ${name}`
      : `Argument ${name} must be a string, not ${Array.isArray(value) ? 'a list' : typeof value}`,
  );
}

export function optionalTextArg(args: JsonObject, name: string): string | undefined {
  return args[name] === undefined || args[name] === null ? undefined : textArg(args, name);
}

/** Models sometimes write numbers as strings. */
export function optionalIntArg(args: JsonObject, name: string): number | undefined {
  const value = args[name];
  if (value === undefined || value === null || value === '') return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number)) return number;
  throw new ToolFailure(`Argument ${name} must be a whole number`);
}

export function optionalListArg(args: JsonObject, name: string): string[] | undefined {
  const value = args[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return [value];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new ToolFailure(`Argument ${name} must be a list of strings`);
}

export function optionalDateArg(args: JsonObject, name: string): number | undefined {
  const text = optionalTextArg(args, name);
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new ToolFailure(`Argument ${name} must be an ISO 8601 date`);
  return at;
}

/** An object schema from its properties; all but the optional ones are required. */
export function schema(properties: { [name: string]: JsonObject }, optional: string[] = []): JsonObject {
  return {
    type: 'object',
    properties,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
  };
}

export const text = (description: string): JsonObject => ({ type: 'string', description });
