// A repository as the Git tool may look at it: inside the workspace, without hidden files, with references that are none but that.
import { relative, sep } from 'node:path';
import type { Folder } from '../editor/editor.ts';
import type { Git, GitAnswer } from '../editor/git.ts';
import { contains } from '../editor/paths.ts';
import type { IsHidden } from './support.ts';
import { ToolError } from './tool.ts';

/** Filters of git-lfs are known to be harmless, and without them every file it holds would count as changed. */
const KNOWN_FILTERS = /^(?:git-lfs (?:clean|smudge)(?: --skip)? -- %f|git-lfs filter-process(?: --skip)?)$/;
/** A revision's name: no option, no path, no search through messages. */
const REVISION = /^[\p{L}\p{N}_.@][\p{L}\p{N}_./@^~{}+#=-]*$/u;
const MAX_REVISION = 250;
const COMPLAINT_CHARACTERS = 300;

export interface Target {
  folder: Folder;
  /** Absolute; the folder itself where no path was given. */
  path: string;
  display: string;
}

export class Repo {
  readonly target: Target;
  private readonly git: Git;
  private readonly hidden: IsHidden;
  private readonly signal: AbortSignal;
  private config: Record<string, string> = {};

  /** @throws ToolError where there is no repository that could be looked at */
  static async open(git: Git, target: Target, hidden: IsHidden, signal: AbortSignal): Promise<Repo> {
    const repo = new Repo(git, target, hidden, signal);
    const top = (await repo.ask(['rev-parse', '--show-toplevel'])).replace(/\n$/, '');
    // The configuration can name any folder as the one that the repository is about.
    if (!contains(top.split('/').join(sep), target.folder.real))
      throw new ToolError(`The repository of ${target.display} is about another folder: ${top}.`);
    repo.config = await repo.withoutFilters();
    return repo;
  }

  private constructor(git: Git, target: Target, hidden: IsHidden, signal: AbortSignal) {
    this.git = git;
    this.target = target;
    this.hidden = hidden;
    this.signal = signal;
  }

  /** Runs git in the workspace folder. @throws ToolError with what it said */
  async ask(args: readonly string[]): Promise<string> {
    return (await this.bounded(args)).output;
  }

  /** The same, with at most so many bytes of output. @throws ToolError */
  async bounded(args: readonly string[], maxBytes?: number): Promise<GitAnswer> {
    const answer = await this.try(args, maxBytes);
    if (answer.code !== 0) throw new ToolError(explain(answer, this.target));
    return answer;
  }

  try(args: readonly string[], maxBytes?: number): Promise<GitAnswer> {
    const options = { signal: this.signal, config: this.config, ...(maxBytes === undefined ? {} : { maxBytes }) };
    return this.git.run(this.target.folder.real, args, options);
  }

  /** The commit that a revision names, by its hash. @throws ToolError */
  async commit(revision: string): Promise<string> {
    if (!REVISION.test(revision) || revision.length > MAX_REVISION || revision.includes('..'))
      throw new ToolError(`${JSON.stringify(revision.slice(0, MAX_REVISION))} is no name of a commit, branch or tag.`);
    const found = await this.try(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
    if (found.code === 0 && found.output.trim() !== '') return found.output.trim();
    throw new ToolError(
      `There is no commit ${revision} here. Git {"operation":"branches"} and "log" list what there is.`,
    );
  }

  /** `A`, `A..B` or `A...B` as hashes: what is compared, oldest first. @throws ToolError */
  async range(text: string): Promise<{ commits: string[]; dots: '' | '..' | '...' }> {
    const [, from, dots, to] = /^(.*?)(\.{2,3})(.*)$/.exec(text) ?? [];
    if (dots === undefined) return { commits: [await this.commit(text)], dots: '' };
    const commits = [await this.commit(from || 'HEAD'), await this.commit(to || 'HEAD')];
    return { commits, dots: dots === '...' ? '...' : '..' };
  }

  /** The absolute path of a name relative to the workspace folder. */
  absolute(name: string): string {
    const { real } = this.target.folder;
    return `${real}${real.endsWith(sep) ? '' : sep}${name.split('/').join(sep)}`;
  }

  /** A name relative to the workspace folder: nothing of it may be shown where it is hidden, or outside of what was asked for. */
  visible(name: string): boolean {
    const path = this.absolute(name);
    return contains(this.target.path, path) && !this.hidden(path);
  }

  /** The target relative to the workspace folder, with `/`; `.` for the folder itself. */
  get pathspec(): string {
    return relative(this.target.folder.real, this.target.path).split(sep).join('/') || '.';
  }

  /** Filters of the repository's own configuration would run whenever a file is compared: they are switched off. */
  private async withoutFilters(): Promise<Record<string, string>> {
    const { code, output } = await this.try(['config', '--show-scope', '--null', '--get-regexp', '^filter\\.']);
    if (code !== 0) return {};
    const off: Record<string, string> = {};
    const fields = output.split('\0');
    for (let n = 0; n + 1 < fields.length; n += 2) {
      const [scope, entry = ''] = [fields[n], fields[n + 1]];
      const [name = '', ...value] = entry.split('\n');
      if (!/^(?:local|worktree)$/.test(scope ?? '') || KNOWN_FILTERS.test(value.join('\n'))) continue;
      off[name] = name.endsWith('.required') ? 'false' : '';
    }
    return off;
  }
}

function explain({ code, complaint }: GitAnswer, { display, folder }: Target): string {
  if (/ENOENT/.test(complaint)) return 'There is no git on this computer.';
  if (/not a git repository/i.test(complaint)) return `${display} is in no git repository.`;
  if (/dubious ownership/i.test(complaint))
    return `Git does not read this repository because it belongs to another user. Only the person can allow it: git config --global --add safe.directory ${folder.real}`;
  if (/does not have any commits|bad revision 'HEAD'|ambiguous argument 'HEAD'/i.test(complaint))
    return 'The repository has no commits yet.';
  if (code === null && complaint === '') return 'Git took too long and was ended. Ask for less: give a path.';
  return `Git says: ${complaint.trim().slice(0, COMPLAINT_CHARACTERS) || `it failed (${code})`}`;
}
