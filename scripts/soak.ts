// What is long: kills servers again and again in the middle of their work, and looks whether anything was damaged or lost.
// `npm run soak -- --kills N --files N --seed N` (1,000 and 50,000 when absent, and any seed): `test/support/kill-servers.ts` says
// what is done and checked. Then a folder of so many files is changed at random and goes back to checkpoints.
import { parseArgs } from 'node:util';
import { killServers } from '../test/support/kill-servers.ts';
import { soakCheckpoints } from '../test/support/soak-checkpoints.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    files: { type: 'string', default: '50000' },
    seed: { type: 'string' },
  },
});
const kills = Number(values.kills);
if (!Number.isInteger(kills) || kills < 1) throw new Error('--kills takes a whole number from 1.');
const seed = Number(values.seed ?? Date.now() % 1_000_000);
process.stdout.write(`seed ${seed}\n`);
const began = performance.now();
const lost: string[] = [];
const { wrong, turns, writes, killedAtStart } = await killServers(kills, seed, (kill, report) => {
  if (kill % 50 !== 0) return;
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  process.stdout.write(
    `${kill} kills in ${seconds} s, ${report.turns} turns, ${report.writes} writes, ${report.wrong.length} wrong\n`,
  );
});
process.stdout.write(
  `${kills} kills (${killedAtStart} at the start), ${turns} turns, ${writes} writes, ${wrong.length} wrong\n`,
);
lost.push(...wrong);

for (const git of [true, false]) {
  const wrong = await soakCheckpoints(Number(values.files), git);
  process.stdout.write(
    `${values.files} files ${git ? 'with' : 'without'} git: ${wrong.length} wrong after a restore\n`,
  );
  lost.push(...wrong);
}
for (const line of lost.slice(0, 20)) process.stdout.write(`${line}\n`);
process.stdout.write(`${Math.max(0, kills + 2 - lost.length)} passed, ${lost.length} failed\n`);
process.exitCode = lost.length > 0 ? 1 : 0;
