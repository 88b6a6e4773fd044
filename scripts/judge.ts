// Judges cases through the product's own code: JSON lines on standard input, one JSON verdict a line out.
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod/mini';
import { checkLine } from '../src/memory/hygiene/check-line.ts';
import { DiskFacts, lettaIgnore } from '../src/memory/hygiene/disk-facts.ts';
import { decideMemoryWrite } from '../src/permissions/memory-policy.ts';
import { MemorySourceSchema } from '../src/protocol/sources.ts';
import { judgeSkill } from '../src/skills/read-folder.ts';
import { judgePermissions } from './lib/judge-permissions.ts';

const Id = z.union([z.string(), z.number()]);
const MemoryCase = z.object({
  id: Id,
  label: z.string(),
  text: z.string(),
  seen: z.array(MemorySourceSchema),
});

const HygieneCase = z.object({ id: Id, workspace: z.string(), line: z.string() });

const SkillCase = z.object({ id: Id, folder: z.string() });

const judges: Record<string, (line: unknown) => object | Promise<object>> = {
  permissions: judgePermissions,
  'memory-policy'(line) {
    const { id, ...write } = z.parse(MemoryCase, line);
    return { id, ...decideMemoryWrite(write) };
  },
  async hygiene(each) {
    const { id, workspace, line } = z.parse(HygieneCase, each);
    const root = resolve(workspace);
    const { verdict, evidence } = await checkLine(line, new DiskFacts(root, await lettaIgnore(root)));
    return { id, verdict, evidence };
  },
  async skills(line) {
    const { id, folder } = z.parse(SkillCase, line);
    return { id, ...(await judgeSkill(resolve(folder))) };
  },
};

/** A line of input may also be the bare path of a skill folder. */
function parseLine(text: string, name: string): unknown {
  if (name === 'skills' && !text.startsWith('{')) return { id: text, folder: text };
  return JSON.parse(text);
}

const name = process.argv[2] ?? '';
const judge = Object.hasOwn(judges, name) ? judges[name] : undefined;
if (!judge) {
  process.stderr.write(`Which judge? ${Object.keys(judges).join(', ')}.\n`);
  process.exit(2);
}
for await (const text of createInterface({ input: process.stdin })) {
  if (text.trim() === '') continue;
  try {
    process.stdout.write(`${JSON.stringify(await judge(parseLine(text.trim(), name)))}\n`);
  } catch (error) {
    // The caller counts lines: every case gets one.
    process.stdout.write(
      `${JSON.stringify({ error: error instanceof Error ? error.message : String(error), text })}\n`,
    );
    process.exitCode = 1;
  }
}
