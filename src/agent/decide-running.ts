// How calls that run something are judged: by the rules, and then by where they run. The sandbox makes questions unnecessary;
// what is typed into a running program is always one.
import { setImmediate } from 'node:timers/promises';
import type { Decision } from '../permissions/decision.ts';
import type { PermissionMode } from '../protocol/about-views.ts';
import { t } from '../protocol/l10n.ts';
import { accessOfCall } from '../tools/plan-access.ts';
import type { Access, AnyTool, Plan } from '../tools/tool.ts';

/** Judges by modes and rules; `mode`: as if it were the chosen one. */
export type Judge = (access: Access, toolName: string, mode?: PermissionMode) => Decision | Promise<Decision>;

/** A call, and what it comes to once that is worked out. */
interface Proposed {
  tool: AnyTool;
  input: unknown;
  plan?: Plan | undefined;
}

export interface Box {
  mode: PermissionMode;
  /** Whether the person wants commands in the sandbox. */
  wanted: boolean;
  /** Says that this very call runs in the sandbox or not at all. @returns false where that cannot be */
  only(input: unknown): Promise<boolean>;
}

/** So many paths are judged in one go: the extension host does nothing else meanwhile. */
const AT_ONCE = 200;

const TYPED: Decision = { decision: 'ask', reason: t('It is typed into a running program: this is asked every time.') };

/** @throws ToolError for a call that the tool would refuse anyway */
export async function decideRunning({ tool, input, plan }: Proposed, judge: Judge, box: Box): Promise<Decision> {
  const access = accessOfCall(tool, input, plan);
  if (access.kind === 'edit') return judgeFiles(access.paths, tool.name, judge);
  if (access.kind !== 'command') return judge(access, tool.name);
  // Rules about commands hold for what looks like one to the program that reads it.
  const decision = await judge(access, 'Bash');
  if (tool.name !== 'Bash') return decision.decision === 'deny' ? decision : TYPED;
  if (decision.decision !== 'ask' || !box.wanted) return decision;
  if (box.mode !== 'standard' && box.mode !== 'acceptEdits') return decision;
  // Only the mode's own question falls away: rules, protected files, and what cannot be judged are still asked about.
  const free = await judge(access, tool.name, 'unrestricted');
  if (free.decision !== 'allow' || !(await box.only(input))) return decision;
  return { decision: 'allow', reason: 'It runs in the sandbox.' };
}

/** Many files are judged a part at a time. What is asked about whatever the mode is the better reason to ask. */
async function judgeFiles(paths: string[], toolName: string, judge: Judge): Promise<Decision> {
  if (paths.length <= AT_ONCE) return judge({ kind: 'edit', paths }, toolName);
  let [always, now]: (Decision | undefined)[] = [];
  for (let at = 0; at < paths.length; at += AT_ONCE) {
    const access: Access = { kind: 'edit', paths: paths.slice(at, at + AT_ONCE) };
    const { rule: _ofOne, ...decision } = await judge(access, toolName);
    if (decision.decision === 'deny') return decision;
    if (decision.decision === 'ask' && !always) {
      const free = await judge(access, toolName, 'unrestricted');
      if (free.decision === 'ask') always = { decision: 'ask', reason: free.reason };
      else now ??= decision;
    }
    await setImmediate();
  }
  return always ?? now ?? { decision: 'allow', reason: t('Each of its files may be changed.') };
}
