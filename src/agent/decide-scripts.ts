// Commands that run files of a project's skills: asked about until the person has approved exactly these contents, in every mode.
import type { ShellContext } from '../permissions/commands/decide-command.ts';
import { runsIn } from '../permissions/commands/runs-in.ts';
import { decide } from '../permissions/decide.ts';
import type { Decision, Policy } from '../permissions/decision.ts';
import { t } from '../protocol/l10n.ts';
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
    const { touched, unread } = await this.look(access, policy, shell);
    const open = touched.filter(isOpen(this.deps.approved));
    // What is open is asked about in any case: besides, it is judged as it will be once it is approved.
    const approved = touched.map(({ folder }) => folder);
    const decision = decide({ kind: 'command', ...access }, toolName, { ...policy, approved }, shell);
    if (decision.decision === 'deny' || (open.length === 0 && !unread)) return decision;
    for (const { name, found } of open)
      if ('problem' in found) return { decision: 'deny', reason: unapprovable(name, found.problem) };
    const approves = open.flatMap(({ found }) => ('print' in found ? [found.print] : []));
    // What would be asked about anyway is no less a reason.
    const others = decision.decision === 'ask' ? [t('Besides: {0}', decision.reason)] : [];
    const reason = [...open.map(question), ...(unread ? [unread] : []), ...others].join(' ');
    return { decision: 'ask', reason, ...(approves.length > 0 ? { approves } : {}) };
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
    const { touched } = await this.look(access, policy, shell);
    const open = touched.find(isOpen(this.deps.approved));
    if (!open) return;
    throw new ToolError(
      `Files of the skill "${open.name}" changed after this command was judged. Nothing was run. Call it again: the person is asked about the files as they are now.`,
    );
  }

  /** `unread`: what is said where it is only known as it runs which file that is, and so it may be one that nobody has approved. */
  private async look(
    { command, cwd }: Command,
    policy: Pick<Policy, 'workspace'>,
    shell: ShellContext | undefined,
  ): Promise<{ touched: Touched[]; unread?: string }> {
    const skills = shell ? await this.deps.skills() : [];
    if (!shell || skills.length === 0) return { touched: [] };
    const places = skills.map(({ folder }) => folder);
    const { folders, unread } = runsIn(command, cwd, policy, shell, places);
    const wanted = skills.filter(({ folder }) => unread !== undefined || folders.includes(folder));
    const printed = await Promise.all(
      wanted.map(async (skill) => ({ ...skill, found: await printScripts(skill.folder) })),
    );
    const touched = printed.filter(({ folder }) => folders.includes(folder));
    const others = printed.filter((each) => !touched.includes(each)).filter(isOpen(this.deps.approved));
    const holding = others.filter(({ found }) => 'problem' in found || found.files.length > 0);
    if (unread === undefined || holding.length === 0) return { touched };
    return { touched, unread: hiddenRun(unread, holding) };
  }
}

function unapprovable(name: string, problem: string): string {
  return `Files of the project's skill "${name}" are not run, because nobody can approve them: ${problem}.`;
}

function hiddenRun(word: string, skills: readonly SkillPlace[]): string {
  const names = skills.slice(0, MOST_NAMED).map(({ name }) => `“${name}”`);
  return t(
    "What {0} is, is only known as it runs. It may be a script of the project's skills that nobody has approved ({1}).",
    word,
    listed(names, skills.length),
  );
}

const listed = (first: readonly string[], all: number): string =>
  all > first.length ? t('{0} and {1} more', first.join(', '), all - first.length) : first.join(', ');

function question({ name, found }: Touched): string {
  const files = 'files' in found ? found.files : [];
  const named = listed(files.slice(0, MOST_NAMED), files.length);
  const open =
    named === ''
      ? t("It may run files of the project's skill “{0}”, which nobody has approved as they are now.", name)
      : t(
          "It may run files of the project's skill “{0}” ({1}), which nobody has approved as they are now.",
          name,
          named,
        );
  return `${open} ${t('Allowing it approves exactly these contents; a change asks again.')}`;
}
