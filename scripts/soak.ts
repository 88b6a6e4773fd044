// What is long: kills a server again and again in the middle of its work, and looks whether anything was damaged or lost.
// `npm run soak -- --kills N --files N` (1,000 and 50,000 when absent). Each round SIGKILLs a real process while one turn streams
// and memory is written; a separate reader then checks the database, and the next server must have every write that was
// acknowledged. At the end a folder of so many files is changed at random and goes back to checkpoints.
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { integrity, storedText } from '../test/contract/support/database.ts';
import { type SpawnedServer, spawnCli, temporaryFolder } from '../test/contract/support/server.ts';
import { startScriptedModel, text, toolCalls } from '../test/support/scripted-model.ts';
import { soakCheckpoints } from '../test/support/soak-checkpoints.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '1000' }, files: { type: 'string', default: '50000' } },
});
const kills = Number(values.kills);
if (!Number.isInteger(kills) || kills < 1) throw new Error('--kills takes a whole number from 1.');
/** A turn here takes about this long, so that kills fall everywhere in it. */
const LATEST_KILL_MS = 250;

const folder = temporaryFolder();
const model = await startScriptedModel();
const lost: string[] = [];
/** Acknowledged writes: the block must hold the last one, or the one that was on its way. */
let acknowledged = 0;

const call = async (server: SpawnedServer, method: string, path: string, body?: unknown): Promise<Response> =>
  server.fetch(`${server.baseUrl}/v1${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

async function writeUntilKilled(server: SpawnedServer, blockId: string): Promise<void> {
  for (;;) {
    const answer = await call(server, 'PATCH', `/blocks/${blockId}`, { value: `write ${acknowledged + 1}` });
    if (!answer.ok) throw new Error(`PATCH: ${answer.status}`);
    await answer.text();
    acknowledged++;
  }
}

async function talk(server: SpawnedServer, agentId: string, round: number): Promise<void> {
  const created = await call(server, 'POST', `/conversations/?agent_id=${agentId}`, {});
  const { id } = (await created.json()) as { id: string };
  const messages = [{ role: 'user', content: `message ${round}` }];
  const answer = await call(server, 'POST', `/conversations/${id}/messages`, { messages, stream_tokens: true });
  await answer.text();
}

const start = () =>
  spawnCli([
    ...['--port', '0', '--data-dir', folder.path, '--no-token'],
    ...['--endpoint', `scripted=${model.baseUrl}`],
  ]);

let server = await start();
const made = await call(server, 'POST', '/agents/', {
  name: 'soak',
  model: 'scripted/scripted',
  memory_blocks: [
    { label: 'notes', value: '' },
    { label: 'counter', value: 'write 0' },
  ],
});
const agent = (await made.json()) as { id: string; blocks: { id: string; label: string }[] };
const counter = agent.blocks.find((block) => block.label === 'counter')?.id ?? '';

const began = performance.now();
for (let round = 1; round <= kills; round++) {
  model.script(
    toolCalls([{ name: 'memory_rethink', args: { label: 'notes', new_memory: `note of round ${round}` } }]),
    text(`answer ${round} `.repeat(200), { delayMs: 1 }),
  );
  const work = [writeUntilKilled(server, counter), talk(server, agent.id, round)].map((each) => each.catch(() => {}));
  await wait(Math.random() * LATEST_KILL_MS);
  await server.kill();
  await Promise.all(work);
  model.reset();

  const found = integrity(folder.path);
  if (found !== 'ok') lost.push(`round ${round}: the database is damaged: ${found}`);
  const stored = storedText(folder.path);
  const stands = [acknowledged, acknowledged + 1].find((n) => stored.includes(`write ${n}\n`));
  if (stands === undefined) lost.push(`round ${round}: write ${acknowledged} was acknowledged and is gone`);
  acknowledged = stands ?? acknowledged;

  server = await start();
  const after = await call(server, 'GET', `/blocks/${counter}`);
  const { value } = (await after.json()) as { value: string };
  if (value !== `write ${acknowledged}`)
    lost.push(`round ${round}: the next server says "${value}", not write ${acknowledged}`);
  if (round % 50 === 0) {
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    process.stdout.write(`${round} kills in ${seconds} s, ${acknowledged} writes, ${lost.length} losses\n`);
  }
}
await server.close();
await model.close();
folder.remove();

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
