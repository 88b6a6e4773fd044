// Commands that run files of a project's skills: asked about until the person has approved exactly these contents, in every mode.
import type { ShellContext } from '../permissions/commands/decide-command.ts';
import { foldersRun } from '../permissions/commands/runs-in.ts';
import { decide } from '../permissions/decide.ts';
import type { Decision, Policy } from '../permissions/decision.ts';
import { type ApprovedScripts, printScripts, type ScriptsPrint } from '../skills/approved-scripts.ts';
import { type Access, ToolError } from '../tools/tool.ts';

type Command = Pick<Extract<Access, { kind: 'command' }>, 'command' | 'cwd'>;

/** A skill of the project. `folder` is absolute, with symlinks resolved. */
export interface SkillPlace {
  name: string;
  folder: string;
}

export interface ScriptGuardDeps {
  /** As they are now. */
  skills(): Promise<readonly SkillPlace[]>;
  approved: ApprovedScripts;
}

interface Touched extends SkillPlace {
  found: ScriptsPrint;
}

const MOST_NAMED = 6;

const isOpen = (approved: ApprovedScripts) => (touched: Touched) =>
  'problem' in touched.found || !approved.has(touched.found.print);

export class ScriptGuard {
  private readonly deps: ScriptGuardDeps;

  constructor(deps: ScriptGuardDeps) {
    this.deps = deps;
  }

  /** Judges a command by the policy, and by what it runs of skills. A stored rule does not stand for an approval. */
  async decide(access: Command, toolName: string, policy: Policy, shell: ShellContext | undefined): Promise<Decision> {
    const touched = await this.touched(access, policy, shell);
    const open = touched.filter(isOpen(this.deps.approved));
    const approved = touched.filter((each) => !open.includes(each)).map(({ folder }) => folder);
    const decision = decide({ kind: 'command', ...access }, toolName, { ...policy, approved }, shell);
    if (decision.decision === 'deny' || open.length === 0) return decision;
    for (const { name, found } of open)
      if ('problem' in found) return { decision: 'deny', reason: unapprovable(name, found.problem) };
    const approves = open.flatMap(({ found }) => ('print' in found ? [found.print] : []));
    // What would be asked about anyway is no less a reason.
    const others = decision.decision === 'ask' ? [decision.reason] : [];
    return { decision: 'ask', reason: [...open.map(question), ...others].join(' '), approves };
  }

  /** The person has allowed what was asked: these contents may run from now on, with the permissions of their commands. */
  async approve({ approves = [] }: Decision): Promise<void> {
    if (approves.length > 0) await this.deps.approved.add(approves);
  }

  /**
   * Looks once more, right before a command runs: what was judged must be what runs.
   * @throws ToolError when a file was changed meanwhile
   */
  async check(access: Command, policy: Pick<Policy, 'workspace'>, shell: ShellContext | undefined): Promise<void> {
    const [open] = (await this.touched(access, policy, shell)).filter(isOpen(this.deps.approved));
    if (!open) return;
    throw new ToolError(
      `Files of the skill "${open.name}" changed after this command was judged. Nothing was run. Call it again: the person is asked about the files as they are now.`,
    );
  }

  private async touched(
    { command, cwd }: Command,
    policy: Pick<Policy, 'workspace'>,
    shell: ShellContext | undefined,
  ): Promise<Touched[]> {
    if (!shell) return [];
    const skills = await this.deps.skills();
    if (skills.length === 0) return [];
    const places = new Set(
      foldersRun(
        command,
        cwd,
        policy,
        shell,
        skills.map(({ folder }) => folder),
      ),
    );
    const meant = skills.filter(({ folder }) => places.has(folder));
    return Promise.all(meant.map(async (skill) => ({ ...skill, found: await printScripts(skill.folder) })));
  }
}

function unapprovable(name: string, problem: string): string {
  return `Files of the project's skill "${name}" are not run, because nobody can approve them: ${problem}.`;
}

function question({ name, found }: Touched): string {
  const files = 'files' in found ? found.files : [];
  const named = files.slice(0, MOST_NAMED).join(', ');
  const more = files.length > MOST_NAMED ? ` and ${files.length - MOST_NAMED} more` : '';
  const which = named === '' ? '' : ` (${named}${more})`;
  return `It may run files of the project's skill “${name}”${which}, which nobody has approved as they are now. Allowing it approves exactly these contents; a change asks again.`;
}
