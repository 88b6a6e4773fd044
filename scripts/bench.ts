// Measures the budgets: a table, and dist/bench.json. Fails when a row is missing.
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { benchArchive } from '../test/bench/archive.ts';
import { benchArchivedLetta } from '../test/bench/archived-letta.ts';
import { benchChat } from '../test/bench/chat.ts';
import { benchCheckpoints } from '../test/bench/checkpoints.ts';
import { benchEditor } from '../test/bench/editor.ts';
import { benchHygiene, FIRST_SIGHTS, type HygieneFigures } from '../test/bench/hygiene.ts';
import { benchInit } from '../test/bench/init.ts';
import { benchLettaCode } from '../test/bench/letta-code.ts';
import { benchMemory } from '../test/bench/memory.ts';
import { benchSkills } from '../test/bench/skills.ts';
import { type Row, row } from '../test/bench/stats.ts';
import { benchThreads } from '../test/bench/threads.ts';
import { benchTurns } from '../test/bench/turns.ts';
import { measureSizes } from './check-sizes.ts';
import { packageVsix, root } from './lib/package.ts';

const KB = 1024;

const REQUIRED_ROWS = [
  'stub',
  'host',
  'VSIX',
  'activate()',
  'click to usable composer, thread restored',
  'turn received to model request, 10 messages',
  'turn received to model request, 10,000 messages',
  'whole turn, model time excluded',
  'create an agent',
  'create a thread',
  'a memory write',
  'archive search, 100 passages',
  'archive search, 100,000 passages',
  'threads: first page, 2,000 threads, 200,000 messages',
  'threads: search of titles and contents',
  'threads: page around a hit',
  'thread of 5,000 messages: newest page',
  'thread of 5,000 messages: page around a message',
  'snapshot of 5,000 items: check in the view',
  'send to model request',
  'send to model request, first turn',
  'send to model request, to the bare extension',
  'first byte to first pixel',
  'fixed prompt',
  'longest block of the event loop, turns',
  'added memory, 1,000 messages open',
  'init: evidence of 5000 files',
  'init: longest hold of the event loop',
  'stale memory lines, precision',
  'stale memory lines, recall',
  'checkpoint of 50,000 files, with git',
  'checkpoint of 50,000 files, without git',
  'checkpoints: longest hold of the event loop',
  '500 skills: click to panel',
  'streaming 32 KB, a frame, processor time',
  'streaming 32 KB, longest task',
  'streaming 32 KB, commits in one frame',
  'streaming 32 KB, messages of the host a second',
  'open 1,000 messages, to interactive',
  'open 1,000 messages, DOM nodes',
  '1,000 messages, jump to the top',
  '1,000 messages, longest task of the jump',
  '1,000 messages, DOM nodes at the top',
];

function sizeRows(): Row[] {
  return measureSizes().map(({ what, bytes, limit }) => row(what, 'KB', '-', [bytes / KB], limit / KB));
}

/** How well stale lines of memory are told from true ones. */
async function hygieneRows(): Promise<Row[]> {
  const { known, heldOut, unseen, further, newest, later, latest, jotted } = await benchHygiene();
  const rows = ({ lines, precision, recall, perLine }: HygieneFigures, where: string, found = 95): Row[] => [
    { ...row(`stale memory lines, precision${where}`, '%', '-', [precision * 100]), n: lines, floor: 95 },
    { ...row(`stale memory lines, recall${where}`, '%', '-', [recall * 100]), n: lines, floor: found },
    { ...row(`check of a memory line${where}`, 'ms', 'warm', [perLine]), n: lines },
  ];
  // No budget: what was seen once is a fact, not a goal.
  const first = FIRST_SIGHTS.flatMap((seen) =>
    (['precision', 'recall'] as const).map((what) => ({
      ...row(`stale memory lines, ${what}, at first sight, ${seen.repositories}`, '%', '-', [seen[what] * 100]),
      n: seen.lines,
    })),
  );
  return [
    ...rows(known, ''),
    ...rows(heldOut, ', fourth repository'),
    ...first,
    ...rows(unseen, ', fifth repository, today'),
    ...rows(further, ', sixth and seventh, today'),
    ...rows(newest, ', eighth, today'),
    ...rows(later, ', ninth to fourteenth, today'),
    // Of lines as they are jotted down some say what no rule reads.
    ...rows(latest, ', fifteenth to twenty-third, today', 85),
    ...rows(jotted, ', twenty-fourth to twenty-sixth, today', 75),
  ];
}

/** The whole way must not cost more than half again what the barest extension needs in the same run. */
function ratioRows(rows: Row[]): Row[] {
  const find = (name: string): Row | undefined => rows.find((each) => each.name === name);
  const [ours, bare] = [find('send to model request'), find('send to model request, bare extension')];
  if (!ours || !bare) return [];
  const name = 'send to model request, to the bare extension';
  return [
    { name, unit: 'times', state: 'warm', n: ours.n, p50: ours.p50 / bare.p50, p95: ours.p95 / bare.p95, budget: 1.5 },
  ];
}

const figure = (value: number): string =>
  Number.isNaN(value) ? '–' : value >= 100 ? value.toFixed(0) : value.toFixed(1);

function print(rows: Row[], commit: string): void {
  const line = (cells: string[]): string =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(56) : cell.padStart(9))).join(' ');
  process.stdout.write(`\n${line([`commit ${commit}`, '', 'n', 'p50', 'p95', 'budget', 'unit', ''])}\n`);
  for (const { name, unit, state, n, p50, p95, budget, floor } of rows) {
    const verdict = budget === undefined ? '' : p95 <= budget ? 'ok' : 'OVER';
    const reached = floor === undefined ? verdict : p50 >= floor ? 'ok' : 'UNDER';
    const wanted = budget ?? floor;
    const cells = [name, state, String(n), figure(p50), figure(p95), wanted === undefined ? '' : figure(wanted), unit];
    process.stdout.write(`${line([...cells, reached])}\n`);
  }
}

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
await packageVsix();
/** One after the other: they would measure each other. What one of them cannot measure, the others still can. */
const parts: (() => Row[] | Promise<Row[]>)[] = [
  sizeRows,
  hygieneRows,
  benchTurns,
  benchArchive,
  benchThreads,
  benchMemory,
  benchInit,
  benchCheckpoints,
  benchEditor,
  benchSkills,
  benchChat,
  benchLettaCode,
  benchArchivedLetta,
];
const measured: Row[] = [];
for (const part of parts) {
  try {
    measured.push(...(await part()));
  } catch (error) {
    process.stderr.write(`${part.name} broke off: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  }
}
const rows = [...measured, ...ratioRows(measured)];
print(rows, commit);
const load = loadavg()[0] ?? 0;
if (load > availableParallelism()) {
  process.stdout.write(
    `Others use this machine (load ${load.toFixed(1)}): compare times only with rows of this run.\n`,
  );
}
await mkdir(join(root, 'dist'), { recursive: true });
await writeFile(
  join(root, 'dist', 'bench.json'),
  JSON.stringify({ commit, date: new Date().toISOString(), load, rows }, null, 2),
);
const missing = REQUIRED_ROWS.filter((name) => !rows.some((each) => each.name === name));
if (missing.length > 0) {
  process.stdout.write(`Missing rows: ${missing.join('; ')}\n`);
  process.exitCode = 1;
}
