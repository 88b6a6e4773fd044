// Judges cases through the product's own code: JSON lines on standard input, one JSON verdict a line out.
import { isAbsolute, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod/mini';
import { checkLine } from '../src/memory/hygiene/check-line.ts';
import { DiskFacts, lettaIgnore } from '../src/memory/hygiene/disk-facts.ts';
import { realPathOf } from '../src/native/real-path.ts';
import { ShellParser } from '../src/native/shell-parser.ts';
import { accessOf } from '../src/permissions/access.ts';
import { decide } from '../src/permissions/decide.ts';
import { decideMemoryWrite } from '../src/permissions/memory-policy.ts';
import { PermissionModeSchema } from '../src/protocol/about-views.ts';
import { judgeSkill } from '../src/skills/read-folder.ts';
import type { Access } from '../src/tools/tool.ts';
import { grammarFile } from './lib/grammars.ts';

const Id = z.union([z.string(), z.number()]);
const Rules = z._default(z.array(z.string()), []);

const PermissionCase = z.object({
  id: Id,
  mode: PermissionModeSchema,
  allow: Rules,
  ask: Rules,
  deny: Rules,
  lettaignore: Rules,
  trusted: z._default(z.boolean(), true),
  workspace: z.string(),
  tool: z.string(),
  input: z.unknown(),
  shell: z._default(z.enum(['bash', 'powershell']), 'bash'),
});

const MemoryCase = z.object({
  id: Id,
  label: z.string(),
  text: z.string(),
  seen: z.array(
    z.enum(['person', 'workspace', 'untrustedWorkspace', 'web', 'tool', 'mcp', 'terminal', 'skill', 'unreviewedSkill']),
  ),
});

const HygieneCase = z.object({ id: Id, workspace: z.string(), line: z.string() });

const SkillCase = z.object({ id: Id, folder: z.string() });

/** Symlinks followed: what the editor does before it asks for a judgement. */
function realPath(path: string, workspace: string): string {
  return realPathOf(isAbsolute(path) ? path : resolve(workspace, path));
}

let loading: Promise<ShellParser> | undefined;
/** Loaded with the first command. */
function parser(): Promise<ShellParser> {
  loading ??= ShellParser.load(grammarFile);
  return loading;
}

function withRealPaths(access: Access, workspace: string): Access {
  if (access.kind !== 'read' && access.kind !== 'edit') return access;
  return { ...access, paths: access.paths.map((path) => realPath(path, workspace)) };
}

const judges: Record<string, (line: unknown) => object | Promise<object>> = {
  async permissions(line) {
    const { id, tool, input, workspace, shell, ...policy } = z.parse(PermissionCase, line);
    const access = accessOf(tool, input);
    if (access === undefined) {
      return { id, decision: 'ask', reason: `${tool} is not known here, or its input says too little.` };
    }
    const real = realPath(workspace, '/');
    const commands = access.kind === 'command' ? { shell, parser: await parser(), realPath: realPathOf } : undefined;
    const { decision, reason } = decide(withRealPaths(access, real), tool, { ...policy, workspace: [real] }, commands);
    return { id, decision, reason };
  },
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
