// Measures checkpoints of 50,000 files, with git and without, asked for from a thread that must not be held up.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { root } from '../../scripts/lib/package.ts';
import { openCheckpoints } from '../../src/editor/checkpoints/client.ts';
import { longestHold } from './hold.ts';
import { type Row, row } from './stats.ts';

const FOLDERS = 1_000;
const FILES = 50;
const ROUNDS = 12;
/** Milliseconds. */
const WITH_GIT = 200;
const WITHOUT_GIT = 1_000;
const HOLD = 25;

const fileAt = (folder: number, file: number): string => `src/p${folder % 50}/d${folder}/file${file}.ts`;

/** Few contents: what is measured is looking at files, not the store that the background fills. */
function makeFiles(folder: string): void {
  for (let d = 0; d < FOLDERS; d++) {
    mkdirSync(join(folder, `src/p${d % 50}/d${d}`), { recursive: true });
    for (let f = 0; f < FILES; f++) writeFileSync(join(folder, fileAt(d, f)), `export const v${f} = ${f};\n`.repeat(4));
  }
  writeFileSync(join(folder, '.gitignore'), 'node_modules/\ndist/\n*.log\n');
}

interface Measured {
  times: number[];
  /** Longest hold of this thread. */
  hold: number;
}

/** Checkpoints with a few files changed before each, as a person and an agent do. */
async function measure(folder: string, store: string): Promise<Measured> {
  const workerPath = join(root, 'dist', 'checkpoints', 'worker.mjs');
  const checkpoints = openCheckpoints({ workerPath, folder: store, log: () => {} });
  const request = { folders: [folder], threadId: 'thread', messageId: 'message', text: 'Change it', unsaved: [] };
  try {
    await checkpoints.prepare([folder]);
    // What the background reads is read by then in a window that somebody uses; here it is waited for.
    await checkpoints.filled();
    // An index that was written a moment ago is read again each time.
    await wait(3_500);
    const times: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      for (let file = 0; file < 3; file++) writeFileSync(join(folder, fileAt(round * 7, file)), `changed ${round}\n`);
      writeFileSync(join(folder, `new-${round}.ts`), 'new\n');
      await wait(150);
      const began = performance.now();
      await checkpoints.take({ ...request, targets: [join(folder, fileAt(round * 7, 0))] });
      times.push(performance.now() - began);
    }
    const hold = await longestHold(() => checkpoints.take({ ...request, targets: [] }));
    // The first one still gets things ready.
    return { times: times.slice(1), hold };
  } finally {
    await checkpoints.close();
  }
}

/** Needs the built worker. */
export async function benchCheckpoints(): Promise<Row[]> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'letta-bench-checkpoints-')));
  try {
    const folder = join(base, 'project');
    makeFiles(folder);
    const without = await measure(folder, join(base, 'without'));
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'gc.auto=0', ...args], {
        cwd: folder,
      });
    git('init', '-q');
    git('add', '-A');
    git('commit', '-q', '-m', 'first');
    const withGit = await measure(folder, join(base, 'with'));
    return [
      row('checkpoint of 50,000 files, with git', 'ms', 'warm', withGit.times, WITH_GIT),
      row('checkpoint of 50,000 files, without git', 'ms', 'warm', without.times, WITHOUT_GIT),
      row('checkpoints: longest hold of the event loop', 'ms', 'warm', [withGit.hold, without.hold], HOLD),
    ];
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}
