// Threads at scale: 2,000 of them with 200,000 messages, as a person has them after years. What the Threads panel asks for.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SnapshotSchema } from '../../src/protocol/thread-views.ts';
import { findInThreads } from '../../src/threads/find.ts';
import { TranscriptPager } from '../../src/threads/pager.ts';
import { Threads } from '../../src/threads/threads.ts';
import { openSeeded, seedThreads } from '../support/seed-threads.ts';
import { type Row, row } from './stats.ts';

const THREADS = 2_000;
const MESSAGES = 100;
const PAGE = 50;
const ROUNDS = 30;
const LONG = 5_000;
/** Rare words, common ones, one that every message has, a name of code, and what stands nowhere. */
const QUERIES = [
  'message 57 of thread 1234',
  'the database connection',
  'thread message',
  'parser',
  'parseInvoiceNumber',
  'zebra crossing',
];

/** Milliseconds of each run. */
async function timed(rounds: number, work: (round: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const from = performance.now();
    await work(round);
    times.push(performance.now() - from);
  }
  return times;
}

/** Rows: the first page, a search over titles and contents, opening at a hit; and a thread of 5,000 messages. */
export async function benchThreads(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'letta-bench-threads-'));
  try {
    return [...(await manyRows(join(folder, 'many'))), ...(await longRows(join(folder, 'long')))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function manyRows(dataDir: string): Promise<Row[]> {
  const seeded = seedThreads(dataDir, THREADS, MESSAGES);
  const { server, connection } = await openSeeded(dataDir);
  try {
    const { agentId } = seeded;
    const threads = new Threads(connection, agentId);
    const search = async (query: string) =>
      Promise.all([threads.page({ query, limit: PAGE }), findInThreads(connection, agentId, threads, query)]);
    const first = await timed(ROUNDS, () => threads.page({ limit: PAGE }));
    const found = await timed(ROUNDS, (round) => search(QUERIES[round % QUERIES.length] ?? ''));
    const open = await timed(ROUNDS, async (round) => {
      const thread = seeded.threads[(round * 61) % THREADS];
      await pagerOf(connection, agentId).around(thread?.id ?? '', thread?.messageIds[(round * 7) % MESSAGES] ?? '');
    });
    return [
      row('threads: first page, 2,000 threads, 200,000 messages', 'ms', 'warm', first, 100),
      row('threads: search of titles and contents', 'ms', 'warm', found, 150),
      row('threads: page around a hit', 'ms', 'warm', open, 100),
    ];
  } finally {
    await server.close();
  }
}

async function longRows(dataDir: string): Promise<Row[]> {
  const { agentId, threads } = seedThreads(dataDir, 1, LONG);
  const { server, connection } = await openSeeded(dataDir);
  try {
    const [thread] = threads;
    const pager = pagerOf(connection, agentId);
    const newest = await timed(ROUNDS, () => pager.newest(thread?.id ?? ''));
    const middle = await timed(ROUNDS, (round) =>
      pager.around(thread?.id ?? '', thread?.messageIds[round * Math.floor(LONG / ROUNDS)] ?? ''),
    );
    // As the view gets them when all pages were loaded.
    const { items } = await pager.newest(thread?.id ?? '');
    const all = Array.from({ length: LONG }, (_, i) => ({ ...items[i % items.length], id: `item-${i}` }));
    const snapshot = { threadId: 't', title: 't', rev: 1, items: all, hasMore: false, running: false, approvals: [] };
    const parsed = await timed(ROUNDS, async () => {
      if (!SnapshotSchema.safeParse(snapshot).success) throw new Error('The snapshot was refused.');
    });
    return [
      row('thread of 5,000 messages: newest page', 'ms', 'warm', newest, 100),
      row('thread of 5,000 messages: page around a message', 'ms', 'warm', middle, 100),
      row('snapshot of 5,000 items: check in the view', 'ms', 'warm', parsed, 20),
    ];
  } finally {
    await server.close();
  }
}

function pagerOf(connection: ConstructorParameters<typeof TranscriptPager>[0]['connection'], agentId: string) {
  const memory = async () => ({ calls: new Map(), stopped: false });
  return new TranscriptPager({ connection, agentId, describe: (name) => ({ title: name }), memory });
}

if (import.meta.main) console.table(await benchThreads());
