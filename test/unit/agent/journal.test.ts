// The journal survives being cut off at any byte, and forgets only what is settled.
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal, JournalError, journalOf, parseJournal } from '../../../src/agent/journal.ts';
import type { JournalRecord } from '../../../src/agent/journal-records.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const message = (otid: string, text = 'hi'): JournalRecord => ({
  kind: 'message',
  at: '2026-01-01T00:00:00.000Z',
  otid,
  text,
  parts: [text],
});
const intent = (callId: string, print = 'p'): JournalRecord => ({
  kind: 'intent',
  at: '2026-01-01T00:00:00.000Z',
  callId,
  print,
  tool: 'Edit',
  changes: true,
  targets: [{ path: '/a', before: 'x', after: 'y' }],
});
const result = (callId: string, print = 'p', text = 'ok'): JournalRecord => ({
  kind: 'result',
  callId,
  print,
  answer: { type: 'tool', tool_call_id: callId, tool_return: text, status: 'success' },
  part: { type: 'tool', id: callId, name: 'Edit', title: 'Edit', state: 'done', input: '{}', output: text },
});
const sent = (...callIds: string[]): JournalRecord => ({ kind: 'sent', callIds });

const fileOf = async () => {
  const [name] = await readdir(folder);
  return join(folder, name ?? 'none');
};

const anyRecord: fc.Arbitrary<JournalRecord> = fc.oneof(
  fc.tuple(fc.uuid(), fc.string({ unit: 'binary' })).map(([otid, text]) => message(otid, text)),
  fc.constantFrom('a', 'b', 'c').map((id) => intent(id)),
  fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.string({ unit: 'binary' })).map(([id, text]) => result(id, 'p', text)),
  fc.constantFrom('a', 'b', 'c').map((id) => sent(id)),
  fc.constant<JournalRecord>({ kind: 'stopped' }),
  fc.subarray(['workspace', 'web', 'mcp'] as const).map((sources): JournalRecord => ({ kind: 'seen', sources })),
  fc.constantFrom('a', 'b').map((callId): JournalRecord => ({ kind: 'memory', callId, review: 'unreviewed' })),
);

describe('Journal', () => {
  it('reads all whole records, wherever the file was cut, and what is written after the cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRecord, { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (records, at) => {
          await rm(folder, { recursive: true, force: true });
          const writing = await new Journal(folder).open('conv-1');
          for (const record of records) await writing.append(record);
          const path = await fileOf();
          const bytes = await readFile(path);
          const size = Math.floor(bytes.length * at);
          await truncate(path, size);
          // Whole lines survive; a line that lost only its line break is whole too.
          const lines = bytes.toString('utf8').split('\n').slice(0, -1);
          let end = 0;
          const whole = lines.filter((line) => {
            end += Buffer.byteLength(line) + 1;
            return end - 1 <= size;
          });
          const expected = records.slice(0, whole.length);
          expect(parseJournal(await readFile(path, 'utf8'))).toEqual(expected);
          const next = await new Journal(folder).open('conv-1');
          await next.append(message('after'));
          expect(parseJournal(await readFile(path, 'utf8'))).toEqual([...expected, message('after')]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('skips lines of other programs and later versions', async () => {
    const text = `{"kind":"later","x":1}\nnot json\n${JSON.stringify(message('m'))}\n\n[]\n`;
    expect(parseJournal(text)).toEqual([message('m')]);
  });

  it('knows a result that was not sent, and forgets it once it was', async () => {
    const writing = await new Journal(folder).open('conv-1');
    await writing.append(message('m'), intent('a'), result('a'));
    let view = await new Journal(folder).read('conv-1');
    expect(view.unsent).toBe(true);
    expect(view.call('a', 'p')?.result?.answer).toMatchObject({ tool_return: 'ok' });
    await writing.append(sent('a'));
    view = await new Journal(folder).read('conv-1');
    expect(view.unsent).toBe(false);
    expect(view.call('a', 'p')?.sent).toBe(true);
  });

  it('never takes the result of another call that has the same id', async () => {
    const writing = await new Journal(folder).open('conv-1');
    await writing.append(intent('call_0', 'first'), result('call_0', 'first'), sent('call_0'));
    expect(writing.view.call('call_0', 'second')).toBeUndefined();
    await writing.append(intent('call_0', 'second'));
    expect(writing.view.call('call_0', 'second')).toMatchObject({ sent: false });
    expect(writing.view.call('call_0', 'second')?.result).toBeUndefined();
  });

  it('remembers the last message and whether it was answered', async () => {
    const writing = await new Journal(folder).open('conv-1');
    await writing.append(message('one', 'a'), { kind: 'answered', otid: 'one' }, message('two', 'b'));
    expect((await new Journal(folder).read('conv-1')).outgoing).toMatchObject({
      otid: 'two',
      text: 'b',
      answered: false,
    });
    await writing.append({ kind: 'answered', otid: 'two' });
    expect((await new Journal(folder).read('conv-1')).outgoing?.answered).toBe(true);
  });

  it('keeps threads apart, whatever their ids are', async () => {
    const journal = new Journal(folder);
    await (await journal.open('../../etc/passwd')).append(message('x'));
    await (await journal.open('conv-2')).append(message('y'));
    expect((await journal.read('../../etc/passwd')).outgoing?.otid).toBe('x');
    expect((await readdir(folder)).length).toBe(2);
  });

  it('writes what comes at once in order, each on disk when it says so', async () => {
    const writing = await new Journal(folder).open('conv-1');
    await Promise.all(Array.from({ length: 50 }, (_, i) => writing.append(message(`m${i}`))));
    const records = parseJournal(await readFile(await fileOf(), 'utf8'));
    expect(records.map((r) => r.kind === 'message' && r.otid)).toEqual(Array.from({ length: 50 }, (_, i) => `m${i}`));
  });

  it('is shortened when it has grown, and loses nothing that is open', async () => {
    const writing = await new Journal(folder).open('conv-1');
    await writing.append({ kind: 'seen', sources: ['web'] }, intent('open'), message('m', 'question'));
    for (let i = 0; i < 300; i++) {
      await writing.append(intent(`c${i}`), result(`c${i}`, 'p', 'x'.repeat(3_000)), sent(`c${i}`));
    }
    await writing.append({ kind: 'memory', callId: 'c299', review: 'unreviewed' }, { kind: 'seen', sources: ['mcp'] });
    const before = (await readFile(await fileOf())).length;
    const { view } = await new Journal(folder).open('conv-1');
    const after = (await readFile(await fileOf())).length;
    expect(after).toBeLessThan(before / 2);
    expect(view.call('open', 'p')).toMatchObject({ sent: false });
    const again = await new Journal(folder).read('conv-1');
    expect(again.call('open', 'p')).toMatchObject({ sent: false });
    expect(again.call('c299', 'p')).toMatchObject({ sent: true, memoryReview: 'unreviewed' });
    expect([...(again.seen ?? [])]).toEqual(['web', 'mcp']);
    expect(again.outgoing?.text).toBe('question');
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('says when it cannot be written, and knows nothing of what was not', async () => {
    const writing = await new Journal(folder).open('conv-1');
    await rm(folder, { recursive: true, force: true });
    await writeFile(folder, 'a file in the way');
    await expect(writing.append(message('m'))).rejects.toBeInstanceOf(JournalError);
    expect(writing.view.outgoing).toBeUndefined();
    await rm(folder);
    await writing.append(message('n'));
    expect((await new Journal(folder).read('conv-1')).outgoing?.otid).toBe('n');
  });
});

it('takes along what an earlier version kept in the workspace, until the thread has gone on elsewhere', async () => {
  const [global, one, two] = ['global', 'one', 'two'].map((name) => join(folder, name)) as [string, string, string];
  for (const workspace of [one, two]) {
    const earlier = new Journal(join(workspace, 'journal'));
    for (const thread of ['conv-1', 'conv-2']) await (await earlier.open(thread)).append(intent(workspace));
  }
  const here = journalOf(global, one, 'agent-1');
  expect([...(await here.read('conv-1')).calls.keys()]).toEqual([one]);
  await (await here.open('conv-2')).append(result(one));
  const there = journalOf(global, two, 'agent-1');
  expect([...(await there.read('conv-1')).calls.keys()]).toEqual([one]);
  expect((await there.open('conv-2')).view.call(one, 'p')?.result).toBeDefined();
  expect(await readdir(join(one, 'journal'))).toEqual([]);
});
