// What the memory timeline costs with a long history: 10,000 revisions of one block of 8,000 characters.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStore } from '../../src/memory/store/memory-store.ts';
import type { CallNote } from '../../src/memory/store/types.ts';
import { type Row, row } from './stats.ts';

const HOME = 'embedded';
const AGENT = 'agent-bench';
const BLOCK = 'block-bench';
const REVISIONS = 10_000;
const LINES = 100;
const RUNS = 20;

const lineOf = (n: number): string => `- [${n}] ${'what was learned about the build '.repeat(3)}`.slice(0, 79);

/** One line of the block is rewritten by each call. */
function replaceCall(n: number, lines: string[]): CallNote {
  const at = (n * 37) % LINES;
  const old_string = lines[at] ?? '';
  const new_string = lineOf(n);
  lines[at] = new_string;
  return {
    agentId: AGENT,
    label: 'project',
    threadId: `conv-${n % 50}`,
    callId: `call-${n}`,
    tool: 'memory_replace',
    args: { label: 'project', old_string, new_string },
    returned: lines.join('\n'),
    at: 1_000_000 + n * 1_000,
    cause: { text: 'Remember this.' },
  };
}

const timed = (work: () => void): number => {
  const start = performance.now();
  work();
  return performance.now() - start;
};

/** Times inside of the store, without the way to its worker and back. */
export async function benchMemory(): Promise<Row[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'letta-bench-memory-'));
  try {
    const lines = Array.from({ length: LINES }, (_, i) => lineOf(-i - 1));
    const seen = (): { id: string; label: string; value: string }[] => [
      { id: BLOCK, label: 'project', value: lines.join('\n') },
    ];
    const filling = new MemoryStore({ dataDir });
    filling.observe(HOME, AGENT, seen(), 1);
    for (let n = 0; n < REVISIONS; n += 500) {
      filling.noteCalls(
        HOME,
        Array.from({ length: 500 }, (_, i) => replaceCall(n + i, lines)),
      );
      filling.history(HOME, BLOCK, { limit: 1 });
    }
    const firstLines = timed(() => filling.lines(HOME, BLOCK));
    filling.close();

    const open: number[] = [];
    const restore: number[] = [];
    const provenance: number[] = [];
    for (let i = 0; i < RUNS; i++) {
      // Nothing is left in memory from the run before.
      const store = new MemoryStore({ dataDir });
      store.receipt(HOME, 'none');
      open.push(timed(() => store.history(HOME, BLOCK, { limit: 50 })));
      provenance.push(timed(() => store.lines(HOME, BLOCK)));
      const middle = store.history(HOME, BLOCK, { limit: 500 }).revisions[(i * 23) % 500];
      restore.push(timed(() => store.revision(HOME, middle?.id ?? '')));
      store.close();
    }
    const store = new MemoryStore({ dataDir });
    const after: number[] = [];
    for (let i = 0; i < RUNS; i++) {
      const call = replaceCall(REVISIONS + i, lines);
      after.push(
        timed(() => {
          store.noteCalls(HOME, [call]);
          store.observe(HOME, AGENT, seen(), call.at + 1);
        }),
      );
    }
    store.close();
    return [
      row('open history of 10,000 revisions', 'ms', 'cold', open, 50),
      row('observe after a turn', 'ms', 'warm', after),
      row('provenance of a block', 'ms', 'cold', provenance),
      row('value of one of 10,000 revisions', 'ms', 'warm', restore),
      row('provenance made anew from 10,000 revisions', 'ms', 'cold', [firstLines]),
    ];
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
