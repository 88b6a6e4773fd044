// Skills in git: a repository that is looked at without checking anything out, and earlier versions of a skill. No hook, filter or program of it is run.
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GitOptions, runGit } from '../memory/run-git.ts';
import { t } from '../protocol/l10n.ts';
import { type ForeignEntry, ForeignError, type ForeignTree, tooLarge } from '../skills/foreign-skills.ts';

const CLONE_MS = 120_000;
const LOOK_MS = 250;
/** Of a clone without history. */
const MAX_CLONE_BYTES = 100 * 1024 * 1024;
const MAX_READ_BYTES = 16 * 1024 * 1024;
const MAX_VERSIONS = 20;
/** Of a branch's name, between slashes. */
const MAX_NAME_PARTS = 12;

/** What a person may mean: no local helpers (`ext::`), nothing that git would take for a flag, nothing unencrypted. */
export function gitUrlProblem(url: string): string | undefined {
  if (
    /^(?:https|ssh):\/\/[^\s/@:-][^\s]*$|^(?:ssh:\/\/)?[\w.-]+@[\w.-]+[:/][^\s]+$/.test(url) &&
    !/:\/\/-|@-/.test(url)
  ) {
    return undefined;
  }
  if (/^file:\/\/\/\S*$/.test(url)) return undefined;
  if (/^(?:http|git):\/\//.test(url)) return t('This address is not encrypted: use https:// or ssh.');
  return t('Give the address of a repository: https://…, ssh://… or git@host:path.');
}

/** What is looked at of a repository. */
export interface GitPlace {
  url: string;
  /** Absent: its newest commit. */
  branch?: string;
  /** The folder, with `/`; absent: all of it. */
  folder?: string;
}

/**
 * What a person means by an address, which may be that of a folder's page on GitHub, GitLab or the like. Where the branch ends in it
 * only the repository knows: `cloneTree` asks.
 */
export function gitPlace(address: string): GitPlace {
  const page = /^(https:\/\/[^/]+\/.+?)\/(?:-\/)?(tree|blob|src\/branch)\/([^/?#-][^/?#]*)\/?([^?#]*)/.exec(address);
  if (!page) return { url: address };
  const [, url = '', kind = '', branch = '', path = ''] = page;
  const parts = plain(path).split('/').filter(Boolean);
  // The page of a file stands for the skill that it belongs to.
  if (kind === 'blob') parts.pop();
  return { url, branch: plain(branch), ...(parts.length > 0 ? { folder: parts.join('/') } : {}) };
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The protocol of the address itself, and no other that it might be led to. */
function protocols(url: string): Record<string, string> {
  const name = /^(https|file):/.exec(url)?.[1] ?? 'ssh';
  return { [`protocol.${name}.allow`]: 'always', 'http.followRedirects': 'initial', 'transfer.fsckObjects': 'true' };
}

export interface Cloned extends AsyncDisposable {
  tree: ForeignTree;
}

/**
 * Fetches the newest commit of a repository into a temporary folder, bare: no file of it is written out.
 * @throws ForeignError saying what is wrong with the address or the repository
 */
export async function cloneTree(place: GitPlace, signal: AbortSignal): Promise<Cloned> {
  const { url } = place;
  const problem = gitUrlProblem(url);
  if (problem) throw new ForeignError(problem);
  const folder = await mkdtemp(join(tmpdir(), 'letta-skill-'));
  const dispose = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  const tooBig = new AbortController();
  const watch = setInterval(() => {
    void bytesIn(join(folder, 'repo.git', 'objects', 'pack')).then(
      (bytes) => bytes > MAX_CLONE_BYTES && tooBig.abort(),
    );
  }, LOOK_MS);
  try {
    const { branch, folder: below = '' } = await withWholeBranch(folder, place, signal);
    const flags = ['--bare', '--depth=1', '--single-branch', '--no-tags', '--no-recurse-submodules', '--template='];
    if (branch !== undefined) flags.push(`--branch=${branch}`);
    const { code, complaint } = await runGit(folder, ['clone', ...flags, '--', url, 'repo.git'], {
      config: protocols(url),
      timeoutMs: CLONE_MS,
      signal: AbortSignal.any([signal, tooBig.signal]),
    });
    if (tooBig.signal.aborted) throw new ForeignError(t('The repository is larger than 100 MB.'));
    if (signal.aborted) throw new ForeignError(t('Stopped.'));
    if (code !== 0) throw new ForeignError(t('The repository could not be fetched: {0}', lastLine(complaint)));
    const name = (/([^/:]+?)(?:\.git)?\/*$/.exec(below || url)?.[1] ?? 'skill').toLowerCase();
    const tree = await commitTree(join(folder, 'repo.git'), 'HEAD', below, name);
    if (below !== '' && tree.entries.length === 0)
      throw new ForeignError(t('The repository has no folder {0}.', below));
    return { tree, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  } finally {
    clearInterval(watch);
  }
}

/** The name of a branch or tag may hold slashes: the longest that there is counts. Where none is found, the place as it was. */
async function withWholeBranch(at: string, place: GitPlace, signal: AbortSignal): Promise<GitPlace> {
  const { url, branch, folder } = place;
  if (branch === undefined || folder === undefined) return place;
  const parts = `${branch}/${folder}`.split('/');
  const names = parts.map((_, i) => parts.slice(0, i + 1).join('/')).slice(0, MAX_NAME_PARTS);
  const refs = names.flatMap((name) => [`refs/heads/${name}`, `refs/tags/${name}`]);
  const { output } = await runGit(at, ['ls-remote', '--refs', '--', url, ...refs], {
    config: protocols(url),
    timeoutMs: CLONE_MS,
    signal,
  });
  const found = new Set(output.split('\n').map((line) => line.split('\t')[1]));
  const name = names.findLast((each) => found.has(`refs/heads/${each}`) || found.has(`refs/tags/${each}`));
  if (name === undefined) return place;
  const rest = parts.slice(name.split('/').length).join('/');
  return { url, branch: name, ...(rest === '' ? {} : { folder: rest }) };
}

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

const lastLine = (text: string): string =>
  text
    .trim()
    .split('\n')
    .at(-1)
    ?.replace(/^(?:fatal|error):\s*/, '') || t('git is not there.');

const KINDS: Readonly<Record<string, ForeignEntry['kind']>> = { '120000': 'link', '160000': 'submodule' };

/** The files of a folder in a commit. @param below the folder, relative to `root`; '' for all. @throws ForeignError */
export async function commitTree(root: string, commit: string, below: string, name: string): Promise<ForeignTree> {
  const place = below === '' ? [] : ['--', `${below}/`];
  const { code, output, cut } = await runGit(root, ['ls-tree', '-r', '-z', '--long', commit, ...place]);
  if (cut) throw tooLarge();
  if (code !== 0) throw new ForeignError(t('The repository has no commit to look at.'));
  const ids = new Map<string, string>();
  const entries = output
    .split('\0')
    .filter((line) => line !== '')
    .map((line): ForeignEntry => {
      const [, mode = '', id = '', size = '', whole = ''] =
        /^(\d+) \w+ ([0-9a-f]+) +(\S+)\t([\s\S]*)$/.exec(line) ?? [];
      const path = below === '' ? whole : whole.slice(below.length + 1);
      ids.set(path, id);
      const kind = KINDS[mode] ?? (mode.startsWith('100') ? 'file' : 'other');
      return { path, kind, size: Number(size) || 0, executable: mode === '100755' };
    });
  return {
    name,
    entries,
    read: (paths) =>
      readBlobs(
        root,
        paths.map((path) => ids.get(path) ?? ''),
      ),
  };
}

async function readBlobs(root: string, ids: readonly string[]): Promise<Uint8Array[]> {
  const options: GitOptions = { input: ids.map((id) => `${id}\n`).join(''), maxBytes: MAX_READ_BYTES };
  const { bytes, cut, code } = await runGit(root, ['cat-file', '--batch'], options);
  if (cut || code !== 0) throw new ForeignError(t('The files could not be read from the repository.'));
  const blobs: Uint8Array[] = [];
  for (let at = 0; blobs.length < ids.length; ) {
    const end = bytes.indexOf(0x0a, at);
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(bytes.toString('latin1', at, Math.max(at, end)))?.[1];
    if (size === undefined) throw new ForeignError(t('A file could not be read from the repository.'));
    blobs.push(new Uint8Array(bytes.subarray(end + 1, end + 1 + Number(size))));
    at = end + 1 + Number(size) + 1;
  }
  return blobs;
}

/** A commit that changed a skill. */
export interface SkillCommit {
  id: string;
  /** Milliseconds since the epoch. */
  at: number;
  subject: string;
  author: string;
}

/** Newest first; none where the folder is in no repository, or nothing of it was ever committed. */
export async function skillCommits(folder: string): Promise<SkillCommit[]> {
  const format = '--format=%H%x1f%at%x1f%an%x1f%s%x1e';
  const { code, output } = await runGit(folder, ['log', `-${MAX_VERSIONS}`, '--no-show-signature', format, '--', '.']);
  if (code !== 0) return [];
  return output
    .split('\x1e')
    .map((line) => line.trim().split('\x1f'))
    .flatMap(([id = '', at = '', author = '', subject = '']) =>
      /^[0-9a-f]{40,64}$/.test(id) ? [{ id, at: Number(at) * 1_000, subject, author }] : [],
    );
}

/** A skill's folder as it was in a commit. @throws ForeignError */
export async function skillInCommit(folder: string, commit: string, name: string): Promise<ForeignTree> {
  const { code, output } = await runGit(folder, ['rev-parse', '--show-prefix']);
  if (code !== 0) throw new ForeignError(t('The skill is no longer in a repository.'));
  const prefix = output.trim().replace(/\/$/, '');
  const { output: top } = await runGit(folder, ['rev-parse', '--show-toplevel']);
  return commitTree(top.trim(), commit, prefix, name);
}
