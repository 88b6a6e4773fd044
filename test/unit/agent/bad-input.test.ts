// What a model gets wrong, tool by tool: a missing field and one of the wrong type are named, and nothing is done.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { inputSchema } from '../../../src/agent/request.ts';
import type { AnyTool } from '../../../src/tools/tool.ts';
import { type ToolDependencies, toolList } from '../../../src/tools/tool-list.ts';
import { callRunner } from './call-runner.ts';

/** Stands for anything a tool may use: whoever uses it has begun something. */
const untouched = <T extends object>(): T =>
  new Proxy({} as T, {
    get: (_, name) => {
      if (name === 'bind') return undefined;
      return () => {
        throw new Error(`${String(name)} was used`);
      };
    },
  });

const tools: AnyTool[] = toolList({
  editor: untouched<ToolDependencies['editor']>(),
  skills: untouched<ToolDependencies['skills']>(),
  see: untouched<NonNullable<ToolDependencies['see']>>(),
  terminals: untouched<NonNullable<ToolDependencies['terminals']>>(),
  beyond: untouched<NonNullable<ToolDependencies['beyond']>>(),
});

const Schema = z.object({
  properties: z.record(z.string(), z.looseObject({ type: z.optional(z.string()) })),
  required: z.optional(z.array(z.string())),
});
const schemaOf = (tool: AnyTool) => z.parse(Schema, inputSchema(tool));

let storage: string;
let calls = 0;
beforeAll(() => {
  storage = mkdtempSync(join(tmpdir(), 'letta-bad-input-'));
});
afterAll(() => rmSync(storage, { recursive: true, force: true }));

async function answer(name: string, input: object) {
  const runner = await callRunner(storage, { tools });
  calls += 1;
  const [given] = await runner.calls.answer([{ callId: `c${calls}`, name, arguments: JSON.stringify(input) }], 'run');
  return given?.type === 'tool' ? { status: given.status, text: given.tool_return } : given;
}

const refused = (name: string, field: string) => ({
  status: 'error',
  text: expect.stringMatching(
    new RegExp(`^The arguments of ${name} do not fit:[^]*\\b${field}\\b[^]*Nothing was done\\. Correct the call`),
  ),
});

test('all tools are walked', () => expect(tools).toHaveLength(20));

describe.each(tools.map((tool) => [tool.name, tool] as const))('%s', (name, tool) => {
  const { properties, required = [] } = schemaOf(tool);

  test('says that a list is no input', async () => {
    expect(await answer(name, [])).toEqual({ status: 'error', text: expect.stringContaining('Nothing was done.') });
  });

  // Some tools want nothing.
  test.each(required)('names %s where it is missing', async (field) => {
    expect(await answer(name, {})).toEqual(refused(name, field));
  });

  test.each(Object.entries(properties))('names %s where it is of another type', async (field, { type }) => {
    const wrong = type === 'object' ? 'text' : { wrong: true };
    expect(await answer(name, { [field]: wrong })).toEqual(refused(name, field));
  });
});
