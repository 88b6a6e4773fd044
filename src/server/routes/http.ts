// What all routes share: reading ids, queries and bodies, and errors as answers.
import type { Context } from 'hono';
import * as z from 'zod/mini';
import type { Engine } from '../engine/engine.ts';
import { ApiError } from '../engine/errors.ts';
import { invalid } from '../engine/request.ts';
import { endOfDay } from '../engine/tools/recall.ts';
import type { Providers } from '../models/providers.ts';
import { type IdPrefix, isId } from '../store/ids.ts';
import type { Store } from '../store/store.ts';

export interface RouteDeps {
  store: Store;
  engine: Engine;
  providers: Providers;
  version: string;
}

/** @throws ApiError 422 where the id is malformed */
export function checkId(prefix: IdPrefix, id: string | undefined): string {
  if (id !== undefined && isId(prefix, id)) return id;
  throw new ApiError(422, `Invalid ${prefix} id: ${JSON.stringify(id ?? '')}`, {
    examples: [`${prefix}-123e4567-e89b-42d3-a456-426614174000`],
    trace_id: crypto.randomUUID(),
  });
}

export function idParam(context: Context, prefix: IdPrefix, name: string): string {
  return checkId(prefix, context.req.param(name));
}

/**
 * The conversation a path names, as the store knows it: a `conv-…` id, or the agent's id for the default one.
 * @param agentId the agent that `default` is about
 */
export function ownerParam(context: Context, agentId: string | undefined): string {
  const id = context.req.param('conversation_id') ?? '';
  if (id !== 'default') return isId('agent', id) ? id : checkId('conv', id);
  if (agentId === undefined) throw new ApiError(404, 'Conversation default not found: agent_id is missing');
  return checkId('agent', agentId);
}

/** The body parsed with a schema. A missing body counts as `{}`. @throws ApiError 422 */
export async function readBody<T>(context: Context, schema: z.ZodMiniType<T>): Promise<T> {
  const parsed = schema.safeParse(await readJson(context));
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error));
  return parsed.data;
}

async function readJson(context: Context): Promise<unknown> {
  const text = await context.req.text();
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('The body is not valid JSON.');
  }
  if (isDeeper(value, MOST_LEVELS)) throw invalid(`The body is nested deeper than ${MOST_LEVELS} levels.`);
  return value;
}

/** Far below what overflows the stack where a value is written again. */
const MOST_LEVELS = 200;

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1));
}

export interface Page {
  after: string | undefined;
  before: string | undefined;
  limit: number;
  descending: boolean;
  /** The order was asked for, not assumed. */
  explicitOrder: boolean;
}

/** `before`, `after`, `limit`, `order`. @throws ApiError 422 */
export function pageOf(context: Context, defaults: { limit: number; descending: boolean }): Page {
  const order = context.req.query('order');
  if (order !== undefined && order !== 'asc' && order !== 'desc') throw invalid('`order` must be asc or desc.');
  return {
    after: context.req.query('after') || undefined,
    before: context.req.query('before') || undefined,
    limit: intQuery(context, 'limit', 1, 1000) ?? defaults.limit,
    descending: order === undefined ? defaults.descending : order === 'desc',
    explicitOrder: order !== undefined,
  };
}

/** A page of a list that is at hand, in the order it has. A cursor that is not in it has nothing beside it. */
export function pageFrom<T extends { id?: unknown }>(all: readonly T[], page: Page): T[] {
  const { after, before, limit } = page;
  const at = (id: string) => all.findIndex((each) => each.id === id);
  const end = before === undefined ? all.length : at(before);
  const past = after === undefined ? undefined : at(after);
  if (end < 0 || past === -1) return [];
  if (past !== undefined) return all.slice(past + 1, end).slice(0, limit);
  return before === undefined ? all.slice(0, limit) : all.slice(Math.max(0, end - limit), end);
}

export function intQuery(context: Context, name: string, min: number, max: number): number | undefined {
  const text = context.req.query(name);
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min) throw invalid(`\`${name}\` must be a whole number of at least ${min}.`);
  return Math.min(value, max);
}

export function boolQuery(context: Context, name: string): boolean | undefined {
  const text = context.req.query(name);
  return text === undefined || text === '' ? undefined : text === 'true' || text === '1';
}

export function dateQuery(context: Context, name: string): number | undefined {
  return dateOf(name, context.req.query(name));
}

/** Milliseconds since 1970. @throws ApiError 422 */
export function dateOf(name: string, text: string | null | undefined): number | undefined {
  if (text === undefined || text === null || text === '') return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw invalid(`\`${name}\` must be an ISO 8601 date.`);
  return at;
}

/** The end of a span of time: a date without a time means the whole day. */
export function endDateQuery(context: Context, name: string): number | undefined {
  return endOfDay(context.req.query(name), dateQuery(context, name));
}

/** A repeated key as a list; undefined where it is absent. */
export function listQuery(context: Context, name: string): string[] | undefined {
  const values = context.req.queries(name)?.filter((value) => value !== '');
  return values && values.length > 0 ? values : undefined;
}

export function streamResponse(stream: ReadableStream<Uint8Array>): Response {
  return new Response(stream, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    },
  });
}
