// Several servers over one folder, killed again and again while they work (`kill-child.ts`), and a reader of its own that
// looks at the database after each kill: is it sound, is nothing half-written, is all there that was acknowledged?
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { createServer } from '../../src/server/app.ts';
import { NO_EMBEDDINGS } from '../../src/server/models/embedding.ts';
import type { KillChildSetup } from './kill-child.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SLOTS = 3;
const LOOPS = 2;
const CONVERSATIONS = 8;
/** After a process has opened the database. */
const LATEST_KILL_MS = 150;
/** So many die before that: while they start, open the database and end what others left. */
const KILLED_AT_START = 0.25;

export interface KillReport {
  /** What was acknowledged by processes of which most were killed. */
  turns: number;
  writes: number;
  /** Starts that were not finished when the kill came. */
  killedAtStart: number;
  wrong: string[];
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What the database must hold, as the acknowledgements say. */
class Expected {
  readonly otids: string[] = [];
  /** Each stands exactly once in the block `log`. */
  readonly lines: string[] = [];
  readonly passages: string[] = [];
  readonly counters: number[] = Array.from({ length: SLOTS }, () => 0);
  readonly turns: number[][] = Array.from({ length: SLOTS }, () => Array.from({ length: LOOPS }, () => 0));
  readonly wrong: string[] = [];

  hear(slot: number, line: string): void {
    const [what, ...rest] = line.split(' ');
    if (what === 'bad') this.wrong.push(line);
    if (what === 'counter') this.counters[slot] = Number(rest[0]);
    if (what === 'passage') this.passages.push(rest.join(' '));
    if (what !== 'turn') return;
    const [loop, n, kind, key = ''] = rest;
    (this.turns[slot] ?? [])[Number(loop)] = Number(n) + 1;
    this.otids.push(key);
    if (kind === 'memory') this.lines.push(`<${key}>`);
    if (kind === 'archive') this.passages.push(`archived <${key}>`);
  }
}

class Server {
  readonly process: ChildProcess;
  readonly gone: Promise<void>;
  readonly ready: Promise<void>;
  isReady = false;
  isDone = false;

  constructor(program: string, setup: KillChildSetup, expected: Expected) {
    this.process = spawn(process.execPath, [program, JSON.stringify(setup)], {
      env: { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: join(program, '..', 'compiled') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    const lines = createInterface({ input: this.process.stdout as NodeJS.ReadableStream });
    let isReady = () => {};
    this.ready = new Promise((resolve) => {
      isReady = resolve;
    });
    lines.on('line', (line) => {
      if (line === 'ready') {
        this.isReady = true;
        isReady();
      } else if (line === 'done') this.isDone = true;
      else expected.hear(setup.slot, line);
    });
    // `close`: what it said last has been read by then.
    this.gone = new Promise((resolve) => {
      this.process.once('close', (code, signal) => {
        isReady();
        if (signal !== 'SIGKILL' && code !== 0) expected.wrong.push(`a server ended with ${code}: ${errors}`);
        resolve();
      });
    });
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.gone;
  }
}

interface Place {
  folder: string;
  dataDir: string;
  program: string;
  agentId: string;
  conversations: string[];
}

/** The program, and a folder with an agent that all servers share. */
async function prepare(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'letta-kills-'));
  const dataDir = join(folder, 'data');
  const program = join(folder, 'kill-child.mjs');
  await build({
    entryPoints: [join(root, 'test/support/kill-child.ts')],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    logLevel: 'error',
    banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
  });
  const models = {
    embeddings: NO_EMBEDDINGS,
    isRemote: () => false,
    list: async () => [],
    resolve: () => Promise.reject(new Error('There is no model.')),
  };
  const server = await createServer({ dataDir, models, version: 'kills' });
  const make = async <T>(path: string, body: object): Promise<T> => {
    const headers = { 'content-type': 'application/json' };
    const request = new Request(`http://letta/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const response = await server.fetch(request);
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const counters = Array.from({ length: SLOTS }, (_, n) => ({ label: `counter-${n}`, value: '<0>' }));
  const agent = await make<{ id: string }>('/agents/', {
    name: 'Killed',
    include_base_tools: false,
    tools: ['memory_insert', 'archival_memory_insert'],
    memory_blocks: [{ label: 'log', value: '', limit: 10_000_000 }, ...counters],
  });
  const conversations: string[] = [];
  for (let n = 0; n < CONVERSATIONS; n++)
    conversations.push((await make<{ id: string }>(`/conversations/?agent_id=${agent.id}`, { model: null })).id);
  await server.close();
  const db = new DatabaseSync(join(dataDir, 'letta.db'));
  db.exec("UPDATE agents SET model = 'mock/m'");
  db.close();
  const place = { folder, dataDir, program, agentId: agent.id, conversations };
  // What it compiles is kept when it ends, which those that are killed do not.
  const once = {
    dataDir,
    agentId: agent.id,
    conversations,
    slot: 0,
    round: 0,
    turns: [],
    counter: 0,
    end: { turns: 0, writes: 0 },
  };
  await new Server(program, once, new Expected()).gone;
  return place;
}

/** Rules that hold between any two transactions, whoever was killed in between. Each query finds what breaks one. */
const RULES: readonly (readonly [string, string])[] = [
  [
    'a running run without a lease',
    `SELECT id FROM runs WHERE status IN ('created', 'running') AND id NOT IN (SELECT run_id FROM leases)`,
  ],
  [
    'a lease without a running run',
    `SELECT run_id FROM leases WHERE run_id NOT IN (SELECT id FROM runs WHERE status IN ('created', 'running'))`,
  ],
  [
    'an ended run without its end',
    `SELECT id FROM runs WHERE status NOT IN ('created', 'running') AND (completed_at IS NULL OR stop_reason IS NULL)`,
  ],
  [
    'a message stored twice',
    'SELECT otid FROM messages WHERE otid IS NOT NULL GROUP BY owner, otid HAVING count(*) > 1',
  ],
  ['a message in no conversation', 'SELECT id FROM messages WHERE n NOT IN (SELECT message FROM history)'],
  [
    'text under way of a run that ended',
    `SELECT run_id FROM partials WHERE run_id NOT IN (SELECT id FROM runs WHERE status = 'running')`,
  ],
  [
    'a call of a server tool without its one result',
    `
    SELECT json_extract(b.value, '$.call.id') FROM messages m, json_each(m.body, '$.blocks') b
    WHERE m.role = 'assistant' AND json_extract(b.value, '$.type') = 'tool_call' AND 1 <> (
      SELECT count(*) FROM messages t WHERE t.role = 'tool' AND t.owner = m.owner AND t.run_id = m.run_id AND t.n > m.n
        AND json_extract(t.body, '$.callId') = json_extract(b.value, '$.call.id'))`,
  ],
  [
    'an answered request without all results, or one left behind',
    `
    SELECT m.id FROM messages m, json_each(m.body, '$.calls') c
    WHERE m.role = 'request' AND EXISTS (SELECT 1 FROM history h WHERE h.owner = m.owner AND h.position > m.n) AND 1 <> (
      SELECT count(*) FROM messages t WHERE t.role = 'tool' AND t.owner = m.owner AND t.n > m.n
        AND json_extract(t.body, '$.callId') = json_extract(c.value, '$.id'))`,
  ],
  [
    'a result without a call',
    `
    SELECT t.id FROM messages t WHERE t.role = 'tool' AND NOT EXISTS (
      SELECT 1 FROM messages m WHERE m.owner = t.owner AND m.n < t.n AND m.role IN ('assistant', 'request')
        AND instr(m.body, json_extract(t.body, '$.callId')) > 0)`,
  ],
  [
    'a line of memory twice',
    `
    SELECT key FROM (SELECT line.value AS key, count(*) AS c FROM blocks, json_each('["' || replace(blocks.value, char(10), '","') || '"]') line
      WHERE label = 'log' GROUP BY 1) WHERE c > 1 AND key <> ''`,
  ],
  ['a passage twice', 'SELECT text FROM passages GROUP BY text HAVING count(*) > 1'],
  [
    'a passage that is not in the index',
    `
    SELECT p.id FROM passages p JOIN agents a ON a.id = p.agent_id WHERE a.n * 4294967296 + p.n NOT IN (SELECT rowid FROM passages_words)`,
  ],
  ['a foreign key that leads nowhere', 'PRAGMA foreign_key_check'],
];

/** Looks as somebody else would: a connection of its own that cannot write, and one snapshot for all. */
function inspect(
  dataDir: string,
  expected: Expected,
  since: { otids: number; lines: number; passages: number },
  whole: boolean,
): string[] {
  const acknowledged = {
    otids: expected.otids.slice(since.otids),
    lines: expected.lines.slice(since.lines),
    passages: expected.passages.slice(since.passages),
    counters: [...expected.counters],
  };
  since.otids = expected.otids.length;
  since.lines = expected.lines.length;
  since.passages = expected.passages.length;
  const db = new DatabaseSync(join(dataDir, 'letta.db'), { readOnly: true });
  const wrong: string[] = [];
  try {
    db.exec('PRAGMA busy_timeout = 5000; BEGIN');
    const sound = Object.values(db.prepare(whole ? 'PRAGMA integrity_check' : 'PRAGMA quick_check(1)').get() ?? {})[0];
    if (sound !== 'ok') wrong.push(`the database is damaged: ${sound}`);
    for (const [rule, sql] of RULES) {
      const found = db.prepare(sql).all();
      if (found.length > 0) wrong.push(`${rule}: ${JSON.stringify(found.slice(0, 3))}`);
    }
    const stored = db.prepare('SELECT count(*) AS c FROM messages WHERE otid = ?');
    for (const otid of acknowledged.otids)
      if (stored.get(otid)?.c !== 1)
        wrong.push(`the message ${otid} was acknowledged and is there ${stored.get(otid)?.c} times`);
    const passage = db.prepare('SELECT count(*) AS c FROM passages WHERE text = ?');
    for (const text of acknowledged.passages)
      if (passage.get(text)?.c !== 1)
        wrong.push(`"${text}" was acknowledged and is in the archive ${passage.get(text)?.c} times`);
    const block = db.prepare('SELECT value FROM blocks WHERE label = ?');
    const log = String(block.get('log')?.value);
    for (const line of acknowledged.lines)
      if (!log.includes(line)) wrong.push(`"${line}" was acknowledged and is not in memory`);
    for (const [slot, least] of acknowledged.counters.entries()) {
      const now = Number(/\d+/.exec(String(block.get(`counter-${slot}`)?.value))?.[0]);
      if (now < least) wrong.push(`${least} was written to counter ${slot} and it says ${now}`);
    }
    db.exec('COMMIT');
  } finally {
    db.close();
  }
  return wrong;
}

/** Runs servers to the end of what they have to do. */
async function finish(
  place: Place,
  expected: Expected,
  rounds: readonly number[],
  end: NonNullable<KillChildSetup['end']>,
): Promise<void> {
  const servers = rounds.map(
    (round, slot) => new Server(place.program, setupOf(place, expected, slot, round, end), expected),
  );
  await Promise.all(servers.map((server) => server.gone));
  for (const [slot, server] of servers.entries())
    if (!server.isDone) expected.wrong.push(`server ${slot} did not come to its end`);
}

function setupOf(
  place: Place,
  expected: Expected,
  slot: number,
  round: number,
  end?: KillChildSetup['end'],
): KillChildSetup {
  const { dataDir, agentId, conversations } = place;
  const turns = [...(expected.turns[slot] ?? [])];
  const counter = (expected.counters[slot] ?? 0) + 1;
  return { dataDir, agentId, conversations, slot, round, turns, counter, ...(end ? { end } : {}) };
}

function reportOf(expected: Expected, killedAtStart: number): KillReport {
  const writes = expected.lines.length + expected.passages.length + expected.counters.reduce((sum, n) => sum + n, 0);
  return { turns: expected.otids.length, writes, killedAtStart, wrong: expected.wrong };
}

/**
 * Kills so many servers at moments that the seed decides; `told` hears of each check.
 * At the end, servers that nobody kills must free every conversation and finish what was left open.
 */
export async function killServers(
  kills: number,
  seed: number,
  told: (kill: number, report: KillReport) => void = () => {},
): Promise<KillReport> {
  const random = randomOf(seed);
  const place = await prepare();
  const expected = new Expected();
  const since = { otids: 0, lines: 0, passages: 0 };
  let killedAtStart = 0;
  try {
    const rounds = Array.from({ length: SLOTS }, () => 0);
    const started = (slot: number) =>
      new Server(place.program, setupOf(place, expected, slot, rounds[slot] ?? 0), expected);
    const servers = rounds.map((_, slot) => started(slot));
    for (let kill = 1; kill <= kills; kill++) {
      const slot = Math.floor(random() * SLOTS);
      const server = servers[slot];
      if (!server) break;
      if (random() >= KILLED_AT_START) await server.ready;
      await wait(random() * LATEST_KILL_MS);
      if (!server.isReady) killedAtStart += 1;
      await server.kill();
      rounds[slot] = kill;
      expected.wrong.push(
        ...inspect(place.dataDir, expected, since, kill % 25 === 0).map((what) => `kill ${kill}: ${what}`),
      );
      servers[slot] = started(slot);
      told(kill, reportOf(expected, killedAtStart));
    }
    await Promise.all(servers.map((server) => server.kill()));
    const turns = Math.max(...expected.turns.flat()) + 2;
    await finish(
      place,
      expected,
      rounds.map(() => kills + 1),
      { turns, writes: 0 },
    );
    since.otids = since.lines = since.passages = 0;
    expected.wrong.push(...inspect(place.dataDir, expected, since, true).map((what) => `at the end: ${what}`));
    expected.wrong.push(...leftOver(place.dataDir));
    return reportOf(expected, killedAtStart);
  } finally {
    rmSync(place.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Several servers work on the same conversations and blocks until each has done its part. */
export async function crowdServers(turns: number, writes: number): Promise<KillReport> {
  const place = await prepare();
  const expected = new Expected();
  try {
    await finish(
      place,
      expected,
      Array.from({ length: SLOTS }, () => 0),
      { turns, writes: writes + 1 },
    );
    const since = { otids: 0, lines: 0, passages: 0 };
    expected.wrong.push(...inspect(place.dataDir, expected, since, true), ...leftOver(place.dataDir));
    return reportOf(expected, 0);
  } finally {
    rmSync(place.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What must not be there once everybody is done. */
function leftOver(dataDir: string): string[] {
  const db = new DatabaseSync(join(dataDir, 'letta.db'), { readOnly: true });
  try {
    const count = (sql: string) => Number(db.prepare(`SELECT count(*) AS c FROM ${sql}`).get()?.c);
    const wrong: string[] = [];
    if (count('leases') > 0) wrong.push('a lease is left');
    if (count("runs WHERE status IN ('created', 'running')") > 0) wrong.push('a run is left running');
    return wrong;
  } finally {
    db.close();
  }
}
