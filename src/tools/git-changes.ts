// What has changed: status, diffs, a commit, a file as it was. Git is asked only for files that may be seen.

import type { Repo } from './git-repo.ts';
import { clip } from './support.ts';
import { ToolError } from './tool.ts';

const MAX_DIFF = 40_000;
const MAX_DIFF_BYTES = 1_000_000;
/** Files whose changes are shown at once; the others are counted. */
const MAX_FILES = 100;
const MAX_LISTED = 300;
const MAX_FILE_BYTES = 2_000_000;

/** Submodules have configurations of their own, which are not looked into. */
const SAFE = ['--no-color', '--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty', '--submodule=short'];

export interface Changes {
  text: string;
  /** Relative to the workspace folder. */
  files: string[];
}

/** @param compared commits by their hashes, before them `--cached` for what is staged */
export async function diff(repo: Repo, compared: readonly string[], none: string): Promise<Changes> {
  const base = ['diff', ...SAFE, '--relative'];
  const names = await repo.ask([...base, '--name-only', '--no-renames', '-z', ...compared, '--']);
  const files = names.split('\0').filter((name) => name !== '' && repo.visible(name));
  if (files.length === 0) return { text: none, files };
  const shown = files.slice(0, MAX_FILES);
  const shape = ['--patch', '--find-renames', '--unified=3', '--src-prefix=a/', '--dst-prefix=b/'];
  const args = ['--literal-pathspecs', ...base, ...shape, ...compared, '--', ...shown];
  const { output, cut } = await repo.bounded(args, MAX_DIFF_BYTES);
  const lines = [clip(output.trimEnd(), MAX_DIFF)];
  if (cut || output.length > MAX_DIFF) lines.push('(The diff is longer than is shown: give a path.)');
  if (files.length > shown.length) lines.push(`(${files.length - shown.length} more files have changed: give a path.)`);
  return { text: lines.join('\n'), files };
}

/** A commit: who, when, why, and what it changed against its first parent. */
export async function showCommit(repo: Repo, ref: string): Promise<Changes> {
  const commit = await repo.commit(ref);
  const format = '--format=commit %H%nAuthor: %an%nDate: %ad%n%n%B';
  const head = await repo.ask(['show', '-s', '--no-notes', '--no-show-signature', '--date=iso', format, commit]);
  const parent = await repo.try(['rev-parse', '--verify', '--quiet', `${commit}^1`]);
  const before = parent.code === 0 ? parent.output.trim() : await emptyTree(repo);
  const { text, files } = await diff(repo, [before, commit], '(It changed no file here.)');
  return { text: `${head.trimEnd()}\n\n${text}`, files };
}

/** A file as a commit has it. @throws ToolError */
export async function fileAt(repo: Repo, ref: string): Promise<string> {
  const { display } = repo.target;
  const blob = `${await repo.commit(ref)}:./${repo.pathspec}`;
  const kind = await repo.try(['cat-file', '-t', blob]);
  if (kind.code !== 0) throw new ToolError(`${display} does not exist at ${ref}.`);
  if (kind.output.trim() !== 'blob') throw new ToolError(`${display} is no file at ${ref}.`);
  const { output, cut } = await repo.bounded(['cat-file', 'blob', blob], MAX_FILE_BYTES);
  if (cut) throw new ToolError(`${display} has more than ${MAX_FILE_BYTES / 1_000_000} MB at ${ref}.`);
  if (output.includes('\0')) throw new ToolError(`${display} is a binary file at ${ref}.`);
  return output;
}

export async function status(repo: Repo): Promise<Changes> {
  const output = await repo.ask([
    ...['status', '--porcelain=v2', '--branch', '--untracked-files=normal', '--ignore-submodules=dirty', '-z'],
    ...['--', repo.pathspec === '.' ? '.' : `:(literal)${repo.pathspec}`],
  ]);
  const prefix = (await repo.ask(['rev-parse', '--show-prefix'])).replace(/\n$/, '');
  const found = parseStatus(output, (name) => (name.startsWith(prefix) ? name.slice(prefix.length) : undefined));
  const files = new Set<string>();
  const lines = [found.branch];
  for (const [title, entries] of Object.entries(found.groups)) {
    const seen = entries.filter(({ names }) => names.every((name) => name !== undefined && repo.visible(name)));
    if (seen.length === 0) continue;
    lines.push(
      `${title}:`,
      ...seen.slice(0, MAX_LISTED).map(({ mark, names }) => `  ${mark}${names.toReversed().join(' -> ')}`),
    );
    if (seen.length > MAX_LISTED) lines.push(`  … ${seen.length - MAX_LISTED} more; give a path.`);
    for (const { names } of seen) if (names[0] !== undefined) files.add(names[0]);
  }
  if (files.size === 0) lines.push('Nothing has changed.');
  return { text: lines.join('\n'), files: [...files] };
}

interface StatusEntry {
  /** What happened to it, e.g. `M `. */
  mark: string;
  /** Its name, and the one it had before a renaming; undefined: outside of the workspace folder. */
  names: (string | undefined)[];
}

/** @param local a name relative to the repository as one relative to the workspace folder */
function parseStatus(output: string, local: (name: string) => string | undefined) {
  const groups = {
    Conflicts: [] as StatusEntry[],
    Staged: [] as StatusEntry[],
    'Not staged': [] as StatusEntry[],
    Untracked: [] as StatusEntry[],
  };
  const facts = new Map<string, string>();
  const records = output.split('\0');
  for (let n = 0; n < records.length; n++) {
    const [kind = '', ...words] = (records[n] ?? '').split(' ');
    const [staged = '.', unstaged = '.'] = words[0] ?? '';
    // So many words stand before the name, which may hold spaces itself.
    const name = (before: number) => local(words.slice(before).join(' '));
    if (kind === '#') facts.set(words[0] ?? '', words.slice(1).join(' '));
    else if (kind === '?') groups.Untracked.push({ mark: '', names: [name(0)] });
    else if (kind === 'u') groups.Conflicts.push({ mark: `${words[0]} `, names: [name(9)] });
    else if (kind === '1' || kind === '2') {
      const names = kind === '1' ? [name(7)] : [name(8), local(records[++n] ?? '')];
      if (staged !== '.') groups.Staged.push({ mark: `${staged} `, names });
      if (unstaged !== '.') groups['Not staged'].push({ mark: `${unstaged} `, names: names.slice(0, 1) });
    }
  }
  return { branch: describeBranch(facts), groups };
}

function describeBranch(facts: ReadonlyMap<string, string>): string {
  const head = facts.get('branch.head') ?? '';
  const commit = (facts.get('branch.oid') ?? '').slice(0, 9);
  const upstream = facts.get('branch.upstream');
  const [, ahead = '0', behind = '0'] = /^\+(\d+) -(\d+)$/.exec(facts.get('branch.ab') ?? '') ?? [];
  const at = commit.startsWith('(') ? 'no commits yet' : `at ${commit}`;
  const where = head === '(detached)' ? `No branch, ${at}` : `On branch ${head}, ${at}`;
  return upstream === undefined ? `${where}.` : `${where}; ${ahead} ahead of ${upstream}, ${behind} behind.`;
}

async function emptyTree(repo: Repo): Promise<string> {
  const { output } = await repo.bounded(['rev-parse', '--show-object-format']);
  return output.trim() === 'sha256'
    ? '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321'
    : '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
}
