// What `/init` finds by itself: planted conventions that are missed or lack evidence, and the time a large tree takes.
import { gatherEvidence } from '../../src/memory/evidence/gather.ts';
import { diskWorkspace } from '../../src/memory/evidence/workspace.ts';
import { type Planted, plant } from '../support/planted.ts';
import { CLINIC } from '../support/planted-clinic.ts';
import { LEDGER } from '../support/planted-ledger.ts';
import { SHOP } from '../support/planted-shop.ts';
import { longestHold } from './hold.ts';
import { type Row, row } from './stats.ts';

const TREE = 5_000;
const RUNS = 5;
/** Of twenty planted conventions sixteen must be offered. */
const MAY_MISS = 4;
/** The extension host belongs to all extensions. */
const MAX_HOLD_MS = 25;

async function planted(fixture: Planted): Promise<Row[]> {
  await using repository = await plant(fixture.files);
  const evidence = await gatherEvidence({ files: diskWorkspace(repository.root), gitLog: async () => fixture });
  const missed = fixture.plants.filter((p) => !evidence.some((e) => p.claim.test(e.claim)));
  let unsupported = 0;
  for (const claim of evidence) {
    const there = claim.evidence.every(({ path, line, text }) => {
      const commit = fixture.commits.find((c) => path === `commit ${c.sha.slice(0, 7)}`);
      return (commit?.subject ?? fixture.files[path]?.split('\n')[line - 1])?.includes(text) ?? false;
    });
    if (claim.evidence.length === 0 || !there) unsupported++;
  }
  return [
    row(
      `init: planted conventions missed of ${fixture.plants.length}, ${fixture.name}`,
      'times',
      '-',
      [missed.length],
      MAY_MISS,
    ),
    row(`init: claims without evidence, ${fixture.name}`, 'times', '-', [unsupported], 0),
  ];
}

/** A tree of the size of a real project, made of the planted one. */
function largeTree(): Record<string, string> {
  const files: Record<string, string> = {};
  const sources = Object.entries(SHOP.files);
  for (let i = 0; Object.keys(files).length < TREE; i++) {
    for (const [path, text] of sources) files[i === 0 ? path : `packages/part-${i}/${path}`] = text;
  }
  return Object.fromEntries(Object.entries(files).slice(0, TREE));
}

async function large(): Promise<Row[]> {
  await using repository = await plant(largeTree());
  const times: number[] = [];
  const holds: number[] = [];
  const gathering = () => gatherEvidence({ files: diskWorkspace(repository.root), gitLog: async () => SHOP });
  for (let i = 0; i < RUNS; i++) {
    const start = performance.now();
    await gathering();
    times.push(performance.now() - start);
  }
  for (let i = 0; i < RUNS; i++) holds.push(await longestHold(gathering));
  return [
    row(`init: evidence of ${TREE} files`, 'ms', 'warm', times),
    row('init: longest hold of the event loop', 'ms', 'warm', holds, MAX_HOLD_MS),
  ];
}

export async function benchInit(): Promise<Row[]> {
  return [...(await planted(SHOP)), ...(await planted(LEDGER)), ...(await planted(CLINIC)), ...(await large())];
}
