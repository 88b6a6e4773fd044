// The file under the memory timeline: refused where it cannot be trusted, shared by windows, reached in a worker thread.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../src/memory/store/memory-store.ts';
import type { CallNote } from '../../../src/memory/store/types.ts';
import { openMemoryStore } from '../../../src/memory/store-client.ts';

const HOME = 'embedded';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memory-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const call = (n: number, args: Partial<CallNote> = {}): CallNote => ({
  agentId: 'agent-1',
  label: 'project',
  threadId: 'conv-1',
  callId: `call-${n}`,
  tool: 'memory_insert',
  args: { label: 'project', new_string: `line ${n}` },
  at: 1_000 + n,
  ...args,
});
const seen = (value: string) => [{ id: 'block-1', label: 'project', value }];

describe('the file', () => {
  it('that is no database is refused by name and left as it is', () => {
    const file = join(folder, 'memory.db');
    writeFileSync(file, 'not a database'.repeat(100));
    expect(() => new MemoryStore({ dataDir: folder })).toThrow(
      expect.objectContaining({ reason: 'corrupt', message: expect.stringContaining(file) }),
    );
    expect(readFileSync(file, 'utf8')).toBe('not a database'.repeat(100));
  });

  it('that is damaged inside is refused', () => {
    const store = new MemoryStore({ dataDir: folder });
    store.observe(HOME, 'agent-1', seen('x'.repeat(100_000)));
    store.close();
    const file = join(folder, 'memory.db');
    const bytes = readFileSync(file);
    bytes.fill(0xaa, 4096, bytes.length - 4096);
    writeFileSync(file, bytes);
    expect(() => new MemoryStore({ dataDir: folder })).toThrow(expect.objectContaining({ reason: 'corrupt' }));
  });

  it('of a newer version is refused, also when it became that while it was open', () => {
    const store = new MemoryStore({ dataDir: folder });
    const db = new DatabaseSync(join(folder, 'memory.db'));
    db.exec('PRAGMA user_version = 999');
    db.close();
    expect(() => store.setLineNote(HOME, 'block-1', 'x', 1)).toThrow(
      expect.objectContaining({ reason: 'newer_schema' }),
    );
    store.close();
    expect(() => new MemoryStore({ dataDir: folder })).toThrow(expect.objectContaining({ reason: 'newer_schema' }));
  });

  it('grows with what is written, not with what stands there', () => {
    const store = new MemoryStore({ dataDir: folder });
    let value = Array.from({ length: 100 }, (_, i) => `line ${i} ${'x'.repeat(70)}`).join('\n');
    store.observe(HOME, 'agent-1', seen(value), 0);
    const calls: CallNote[] = [];
    for (let n = 0; n < 300; n++) {
      const [first = '', ...rest] = value.split('\n');
      const next = `line ${n} again ${'y'.repeat(60)}`;
      value = [...rest, next].join('\n');
      calls.push(
        call(n, {
          tool: 'memory_rethink',
          args: { label: 'project', new_memory: value },
          returned: value,
          callId: `${n} ${first.length}`,
        }),
      );
    }
    store.noteCalls(HOME, calls);
    expect(store.history(HOME, 'block-1', { limit: 1 })).toMatchObject({ total: 301 });
    store.close();
    // More than two million characters of values.
    expect(statSync(join(folder, 'memory.db')).size).toBeLessThan(900_000);
  });
});

describe('texts', () => {
  it('come back as they were and in their order, whatever is in them, within one millisecond too', () => {
    const store = new MemoryStore({ dataDir: folder, now: () => Date.UTC(2026, 0, 1) });
    const values = [
      'a\u{1F600}b',
      'a\u{1F601}b',
      'a\u{1F601}b\u{1F601}',
      '',
      'é',
      'e\u0301',
      'a\tb\r\nc',
      'a\u{1F600}b\u{1F601}',
    ];
    for (const value of values) store.observe(HOME, 'agent-1', seen(value));
    const { revisions } = store.history(HOME, 'block-1');
    expect(revisions.map((r) => store.revision(HOME, r.id)?.value).reverse()).toEqual(values);
    store.close();
  });
});

describe('several processes', () => {
  it('write one file at the same time, and each revision is there once', async () => {
    const first = new MemoryStore({ dataDir: folder });
    first.observe(HOME, 'agent-1', seen(''), 0);
    const run = (thread: number) =>
      new Promise<number | null>((resolve, reject) => {
        const child = spawn(
          process.execPath,
          [join(import.meta.dirname, 'noting-process.ts'), folder, String(thread)],
          { stdio: 'inherit' },
        );
        child.on('exit', resolve).on('error', reject);
      });
    expect(await Promise.all([run(0), run(1), run(2)])).toEqual([0, 0, 0]);
    const page = first.history(HOME, 'block-1', { limit: 500 });
    // And what was seen first.
    expect(page.total).toBe(91);
    expect(new Set(page.revisions.map((r) => r.callId)).size).toBe(91);
    const newest = page.revisions[0];
    const lines = first.revision(HOME, newest?.id ?? '')?.value.split('\n') ?? [];
    expect(lines).toHaveLength(90);
    expect(first.lines(HOME, 'block-1').map((line) => `${line.revision.threadId} ${line.revision.callId}`)).toEqual(
      lines,
    );
    first.close();
  });
});

describe('a call', () => {
  it('is one revision, told live, by the history, and by the history of a fork', () => {
    const store = new MemoryStore({ dataDir: folder });
    store.observe(HOME, 'agent-1', seen('a'), 0);
    store.noteCalls(HOME, [call(1, { runId: 'run-1' })]);
    const told = call(1, {
      runId: 'run-1',
      messageId: 'message-1',
      fromHistory: true,
      at: 1_500,
      cause: { messageId: 'message-0', text: 'Why' },
    });
    store.noteCalls(HOME, [told]);
    store.noteCalls(HOME, [told, { ...told, threadId: 'conv-fork' }]);
    const { revisions } = store.history(HOME, 'block-1');
    expect(revisions).toMatchObject([
      { callId: 'call-1', threadId: 'conv-1', messageId: 'message-1', cause: { messageId: 'message-0', text: 'Why' } },
      { author: 'elsewhere', by: 'first seen' },
    ]);
    store.close();
  });

  it('with an id that a model has used before is another revision', () => {
    const store = new MemoryStore({ dataDir: folder });
    store.observe(HOME, 'agent-1', seen('a'), 0);
    store.noteCalls(HOME, [
      call(1, { messageId: 'message-1', fromHistory: true }),
      call(1, { messageId: 'message-2', fromHistory: true, at: 2_000 }),
      call(1, { messageId: 'message-3', fromHistory: true, at: 3_000, threadId: 'conv-2' }),
    ]);
    expect(store.history(HOME, 'block-1').total).toBe(4);
    store.close();
  });

  it('of a block that nobody had seen yet is told of that block later', () => {
    const store = new MemoryStore({ dataDir: folder });
    store.noteCalls(HOME, [call(1, { returned: 'a\nline 1' })]);
    store.observe(HOME, 'agent-1', seen('a\nline 1'), 5_000);
    expect(store.history(HOME, 'block-1').revisions.map((r) => r.by)).toEqual(['memory_insert', 'first seen']);
    store.close();
  });

  it('keeps the review mark and sources when the timeline is made anew', () => {
    const store = new MemoryStore({ dataDir: folder });
    store.observe(HOME, 'agent-1', seen('a'), 0);
    store.noteCalls(HOME, [call(1, { sources: ['workspace'], review: 'unreviewed' })]);
    const [revision] = store.history(HOME, 'block-1').revisions;
    expect(revision).toMatchObject({ sources: ['workspace'], review: 'unreviewed' });
    expect(store.unreviewed(HOME, 'agent-1')).toEqual([revision]);
    store.setReview(HOME, revision?.id ?? '', 'accepted');
    expect(store.unreviewed(HOME, 'agent-1')).toEqual([]);
    store.rebuild(HOME, 'agent-1');
    expect(store.history(HOME, 'block-1').revisions[0]).toMatchObject({ sources: ['workspace'], review: 'accepted' });
    store.close();
  });
});

describe('a receipt', () => {
  it('keeps model, skills and memory of an answer, and gives the values of that day back', () => {
    const store = new MemoryStore({ dataDir: folder });
    store.observe(HOME, 'agent-1', seen('old'));
    const receipt = {
      id: 'run-1',
      agentId: 'agent-1',
      threadId: 'conv-1',
      at: 5_000,
      model: 'm',
      skills: ['s'],
      blocks: seen('old'),
    };
    store.addReceipt(HOME, { ...receipt, aliases: ['message-1'] });
    store.observe(HOME, 'agent-1', seen('new'));
    const [, first] = store.history(HOME, 'block-1').revisions;
    expect(store.receipt(HOME, 'message-1')).toEqual({
      id: 'run-1',
      agentId: 'agent-1',
      threadId: 'conv-1',
      at: new Date(5_000).toISOString(),
      model: 'm',
      skills: ['s'],
      memory: [{ blockId: 'block-1', label: 'project', hash: expect.any(String), revisionId: first?.id }],
    });
    expect(store.memoryOf(HOME, 'run-1')).toEqual(seen('old'));
    expect(store.receipt(HOME, 'run-2')).toBeNull();
    expect(store.receipt('another home', 'run-1')).toBeNull();
    store.close();
  });
});

describe('notes on lines', () => {
  it('are kept by the line, also when it moves', () => {
    const store = new MemoryStore({ dataDir: folder });
    store.observe(HOME, 'agent-1', seen('a\nb'));
    const hash = store.lines(HOME, 'block-1')[1]?.hash ?? '';
    store.setLineNote(HOME, 'block-1', hash, { file: 'src/a.ts' });
    store.observe(HOME, 'agent-1', seen('b\na'));
    const { hash: moved = '' } = store.lines(HOME, 'block-1')[0] ?? {};
    expect(store.lineNote(HOME, 'block-1', moved)).toEqual({ file: 'src/a.ts' });
    expect(store.lineNotes(HOME, 'block-1')).toEqual({ [hash]: { file: 'src/a.ts' } });
    store.setLineNote(HOME, 'block-1', hash, null);
    expect(store.lineNotes(HOME, 'block-1')).toEqual({});
    store.close();
  });
});

describe('the store in its worker', () => {
  let bundle: string;
  let bundleFolder: string;
  beforeAll(async () => {
    bundleFolder = mkdtempSync(join(tmpdir(), 'memory-worker-'));
    bundle = join(bundleFolder, 'worker.mjs');
    await build({
      entryPoints: [join(import.meta.dirname, '../../../src/memory/worker.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node22',
      outfile: bundle,
      logLevel: 'silent',
    });
  });
  afterAll(() => rmSync(bundleFolder, { recursive: true, force: true }));

  it('is started by the first call and answers as the store itself', async () => {
    const store = openMemoryStore({ workerPath: bundle, dataDir: folder });
    expect(() => statSync(join(folder, 'memory.db'))).toThrow();
    await store.observe(HOME, 'agent-1', seen('a'), 0);
    await store.noteCalls(HOME, [call(1)]);
    expect(await store.lines(HOME, 'block-1')).toMatchObject([
      { text: 'a' },
      { text: 'line 1', revision: { callId: 'call-1' } },
    ]);
    await store.close();
    await expect(store.history(HOME, 'block-1')).rejects.toMatchObject({ reason: 'closed' });
    // The window's reload.
    const again = openMemoryStore({ workerPath: bundle, dataDir: folder });
    expect(await again.history(HOME, 'block-1')).toMatchObject({ total: 2 });
    await again.close();
  });

  it('answers a file it must not touch with the reason, on every call', async () => {
    writeFileSync(join(folder, 'memory.db'), 'something else');
    const store = openMemoryStore({ workerPath: bundle, dataDir: folder });
    for (let n = 0; n < 2; n++) {
      await expect(store.history(HOME, 'block-1')).rejects.toMatchObject({
        name: 'MemoryStoreError',
        reason: 'corrupt',
      });
    }
    await store.close();
  });

  it('says that it ended, and starts again with the next call', async () => {
    const broken = join(folder, 'broken.mjs');
    writeFileSync(
      broken,
      `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(1));`,
    );
    const lines: string[] = [];
    const store = openMemoryStore({ workerPath: broken, dataDir: folder, log: (line) => lines.push(line) });
    await expect(store.reviewCount(HOME, 'agent-1')).rejects.toMatchObject({ reason: 'exited' });
    await expect(store.reviewCount(HOME, 'agent-1')).rejects.toMatchObject({ reason: 'exited' });
    expect(lines.length).toBeGreaterThan(0);
    await store.close();
  });
});
