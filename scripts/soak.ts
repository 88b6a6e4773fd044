// What is long: kills servers again and again in the middle of their work, and looks whether anything was damaged or lost.
// `npm run soak -- --kills N --files N --minutes N --seed N` (1,000, 50,000 and 30 when absent, and any seed; 0 leaves a part out):
// `test/support/kill-servers.ts` says what is done and checked. Then a folder of so many files is changed at random and goes back to
// checkpoints, and answers stream into a real VS Code for so many minutes.
import { parseArgs } from 'node:util';
import { killServers } from '../test/support/kill-servers.ts';
import { soakCheckpoints } from '../test/support/soak-checkpoints.ts';
import { soakStreaming } from '../test/support/soak-streaming.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    files: { type: 'string', default: '50000' },
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string' },
  },
});
const most = (name: 'kills' | 'files' | 'minutes'): number => {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} takes a whole number from 0.`);
  return value;
};
const [kills, files, minutes] = [most('kills'), most('files'), most('minutes')];
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`seed ${seed}`);
const began = performance.now();
const lost: string[] = [];
let tried = 0;

if (kills > 0) {
  const { wrong, turns, writes, killedAtStart } = await killServers(kills, seed, (kill, report) => {
    if (kill % 50 !== 0) return;
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    say(`${kill} kills in ${seconds} s, ${report.turns} turns, ${report.writes} writes, ${report.wrong.length} wrong`);
  });
  say(`${kills} kills (${killedAtStart} at the start), ${turns} turns, ${writes} writes, ${wrong.length} wrong`);
  lost.push(...wrong);
  tried += kills;
}
for (const git of files > 0 ? [true, false] : []) {
  const wrong = await soakCheckpoints(files, git);
  say(`${files} files ${git ? 'with' : 'without'} git: ${wrong.length} wrong after a restore`);
  lost.push(...wrong);
  tried++;
}
if (minutes > 0) {
  lost.push(...(await soakStreaming(minutes, say)));
  tried++;
}
for (const line of lost.slice(0, 20)) say(line);
say(`${Math.max(0, tried - lost.length)} passed, ${lost.length} failed`);
process.exitCode = lost.length > 0 ? 1 : 0;
