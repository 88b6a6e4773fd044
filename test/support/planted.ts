// A repository on disk with planted conventions, for tests and benches of what `/init` finds by itself.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** One convention the fixture's code follows. */
export interface Plant {
  what: string;
  /** What an offered claim must say. */
  claim: RegExp;
  /** Of a kind outside the usual list: formatters, package files, test layout. */
  heldOut: boolean;
}

export interface Commit {
  sha: string;
  subject: string;
  body: string;
}

export interface Planted {
  name: string;
  plants: readonly Plant[];
  files: Readonly<Record<string, string>>;
  commits: readonly Commit[];
  branches: readonly string[];
}

export interface PlantedRepository extends AsyncDisposable {
  root: string;
}

/** Writes the files into a folder of its own under the system's temporary folder. */
export async function plant(files: Readonly<Record<string, string>>): Promise<PlantedRepository> {
  const root = await mkdtemp(join(tmpdir(), 'letta-planted-'));
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}

/** Commits with made-up hashes, newest first. */
export const commitsOf = (subjects: readonly string[]): Commit[] =>
  subjects.map((subject, i) => ({ sha: (0xa1b2c30 + i * 7919).toString(16), subject, body: '' }));
