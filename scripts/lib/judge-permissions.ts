// Judges one call from outside as the extension would: the same rules, parser, symlinks and ways to read a patch.
import { resolve } from 'node:path';
import * as z from 'zod/mini';
import { EditorError, type Folder } from '../../src/editor/editor.ts';
import { resolvePath } from '../../src/editor/paths.ts';
import { realPathOf } from '../../src/native/real-path.ts';
import { ShellParser } from '../../src/native/shell-parser.ts';
import { accessOf } from '../../src/permissions/access.ts';
import { decide } from '../../src/permissions/decide.ts';
import { PermissionModeSchema } from '../../src/protocol/about-views.ts';
import { accessOfFiles } from '../../src/tools/files.ts';
import { accessPaths } from '../../src/tools/support.ts';
import type { Access } from '../../src/tools/tool.ts';
import { grammarFile } from './grammars.ts';

const Rules = z._default(z.array(z.string()), []);

const PermissionCase = z.object({
  id: z.union([z.string(), z.number()]),
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
export type PermissionCase = z.input<typeof PermissionCase>;

export interface Verdict {
  id: string | number;
  decision: 'allow' | 'ask' | 'deny';
  reason: string;
}

let loading: Promise<ShellParser> | undefined;
/** Loaded with the first command. */
function parser(): Promise<ShellParser> {
  loading ??= ShellParser.load(grammarFile);
  return loading;
}

/** @param line one parsed line of input. @throws where it is no case */
export async function judgePermissions(line: unknown): Promise<Verdict> {
  const { id, tool, input, workspace, shell, ...policy } = z.parse(PermissionCase, line);
  const access = tool === 'Files' ? accessOfFiles(input) : accessOf(tool, input);
  if (access === undefined) {
    return { id, decision: 'ask', reason: `${tool} is not known here, or its input says too little.` };
  }
  const path = resolve(workspace);
  const folder: Folder = { path, real: realPathOf(path), name: 'workspace' };
  const { refused, ...place } = placed(access, folder);
  const commands = access.kind === 'command' ? { shell, parser: await parser(), realPath: realPathOf } : undefined;
  const judged = decide(place.access, tool, { ...policy, workspace: [folder.real] }, commands);
  // What the tool would refuse by itself never runs: nobody need be told that it may.
  if (refused !== undefined && judged.decision === 'allow') return { id, decision: 'ask', reason: refused };
  return { id, decision: judged.decision, reason: judged.reason };
}

/** Where the paths really are; `refused`: why the editor would not go there. */
function placed(access: Access, folder: Folder): { access: Access; refused?: string } {
  if (access.kind !== 'read' && access.kind !== 'edit') return { access };
  let refused: string | undefined;
  const paths = access.paths.flatMap((path) => {
    try {
      return accessPaths(resolvePath(path, [folder]));
    } catch (error) {
      if (!(error instanceof EditorError)) throw error;
      refused ??= error.message;
      return [path];
    }
  });
  return { access: { ...access, paths: [...new Set(paths)] }, ...(refused === undefined ? {} : { refused }) };
}
