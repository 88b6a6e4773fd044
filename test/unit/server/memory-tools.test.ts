// The tools by which an agent edits its memory: what they do, and what they say when they refuse.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArchiveRecall } from '../../../src/server/embeddings/archive-recall.ts';
import { NOTHING_PREPARED } from '../../../src/server/embeddings/embeddings.ts';
import { VectorMemory } from '../../../src/server/embeddings/vector-memory.ts';
import { EVERYTHING } from '../../../src/server/engine/audience.ts';
import { ServerCallRunner } from '../../../src/server/engine/tool-run.ts';
import { serverTools } from '../../../src/server/engine/tools/registry.ts';
import { NO_EMBEDDINGS } from '../../../src/server/models/embedding.ts';
import { newId } from '../../../src/server/store/ids.ts';
import { Store } from '../../../src/server/store/store.ts';
import { temporaryFolder } from './support.ts';

function memory(value: string, block: { limit?: number; readOnly?: boolean } = {}) {
  const store = new Store(temporaryFolder());
  const agentId = newId('agent');
  const blockId = newId('block');
  store.write('durable', () => {
    store.agents.create(agentId, {
      name: 'Ada',
      description: null,
      system: '',
      model: null,
      tags: [],
      tools: [...serverTools.keys()],
      toolRules: [],
      settings: {},
    });
    store.blocks.create(blockId, {
      label: 'notes',
      value,
      limit: block.limit ?? 1000,
      description: null,
      readOnly: block.readOnly ?? false,
      hidden: false,
      metadata: {},
      tags: [],
    });
    store.blocks.attach(agentId, { id: blockId, label: 'notes' });
  });
  const agent = store.agents.get(agentId);
  if (!agent) throw new Error('no agent');
  const recall = new ArchiveRecall(store, NO_EMBEDDINGS, new VectorMemory(store));
  const context = { store, agent, runId: 'run-1', audience: EVERYTHING, recall, prepared: NOTHING_PREPARED };
  const runner = new ServerCallRunner(context, 5000, new Set());
  const call = (name: string, args: object | string) =>
    store.write('durable', () =>
      runner.run({ id: 'c', name, arguments: typeof args === 'string' ? args : JSON.stringify(args) }),
    );
  return {
    call,
    store,
    value: (label = 'notes') => store.blocks.byLabel(agentId, label)?.value,
    labels: () => store.blocks.ofAgent(agentId).map((each) => each.label),
  };
}

describe('memory_insert', () => {
  test.each([
    ['at the end', 'a\nb', {}, 'a\nb\nX'],
    ['at the start', 'a\nb', { insert_line: 0 }, 'X\na\nb'],
    ['after a line', 'a\nb', { insert_line: 1 }, 'a\nX\nb'],
    ['a number as a string', 'a\nb', { insert_line: '1' }, 'a\nX\nb'],
    ['into an empty block', '', {}, 'X'],
  ])('%s', (_name, before, more, after) => {
    const m = memory(before);
    expect(m.call('memory_insert', { label: 'notes', new_string: 'X', ...more })).toMatchObject({
      status: 'success',
      content: after,
    });
    expect(m.value()).toBe(after);
  });

  test.each([3, -2])('refuses line %i', (line) => {
    const m = memory('a\nb');
    const result = m.call('memory_insert', { label: 'notes', new_string: 'X', insert_line: line });
    expect(result.status).toBe('error');
    expect(result.content).toContain('[0, 2]');
    expect(m.value()).toBe('a\nb');
  });
});

describe('memory_replace', () => {
  test('replaces the one occurrence, with no meaning for $ patterns', () => {
    const m = memory('costs 5');
    m.call('memory_replace', { label: 'notes', old_string: '5', new_string: "$& $' $1" });
    expect(m.value()).toBe("costs $& $' $1");
  });

  test('says that the text is not there', () => {
    const { content } = memory('abc').call('memory_replace', { label: 'notes', old_string: 'x', new_string: '' });
    expect(content).toContain('No replacement was performed');
    expect(content).toContain('did not appear verbatim');
  });

  test('names the lines where the text is more than once', () => {
    const m = memory('a\nb\na');
    const { content } = m.call('memory_replace', { label: 'notes', old_string: 'a', new_string: 'x' });
    expect(content).toContain('lines [1, 3]');
    expect(m.value()).toBe('a\nb\na');
  });

  test('refuses display line numbers', () => {
    expect(memory('a').call('memory_replace', { label: 'notes', old_string: '1→ a', new_string: 'b' }).status).toBe(
      'error',
    );
  });

  test('changes exactly that text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string({ minLength: 1 }), fc.string(), (before, after, old, fresh) => {
        fc.pre(![before, after, old, fresh].some((text) => /[\t→]/.test(text)));
        const value = before + old + after;
        fc.pre(value.indexOf(old) === value.lastIndexOf(old));
        const m = memory(value, { limit: 10_000 });
        m.call('memory_replace', { label: 'notes', old_string: old, new_string: fresh });
        expect(m.value()).toBe(
          (value.slice(0, value.indexOf(old)) + fresh + value.slice(value.indexOf(old) + old.length)).replaceAll(
            '\0',
            '',
          ),
        );
        m.store.close();
      }),
      { numRuns: 25 },
    );
  });
});

describe('every tool', () => {
  const writes: [string, object][] = [
    ['memory_insert', { new_string: 'b' }],
    ['memory_replace', { old_string: 'a', new_string: 'b' }],
    ['memory_rethink', { new_memory: 'b' }],
    ['memory_apply_patch', { patch: '-a\n+b' }],
    ['core_memory_append', { content: 'b' }],
    ['core_memory_replace', { old_content: 'a', new_content: 'b' }],
    ['memory', { command: 'str_replace', path: '/memories/notes', old_string: 'a', new_string: 'b' }],
    ['memory', { command: 'insert', path: '/memories/notes', insert_line: 0, insert_text: 'b' }],
  ];

  test.each(writes)('%s writes, and gives the whole new value', (name, args) => {
    const m = memory('a');
    const result = m.call(name, { label: 'notes', ...args });
    expect(result).toMatchObject({ status: 'success', content: m.value() });
    expect(m.value()).toContain('b');
  });

  test.each(writes)('%s refuses a read-only block', (name, args) => {
    const m = memory('a', { readOnly: true });
    expect(m.call(name, { label: 'notes', ...args }).content).toContain(
      'This block is read-only and cannot be edited.',
    );
    expect(m.value()).toBe('a');
  });

  test.each(writes.filter(([name]) => name !== 'memory'))('%s lists the labels there are', (name, args) => {
    const result = memory('a').call(name, { ...args, label: 'nowhere' });
    expect(result).toMatchObject({ status: 'error', content: expect.stringContaining('available sections = notes') });
  });

  test.each(['memory_insert', 'memory_rethink'])('%s says how much room is left', (name) => {
    const m = memory('12345', { limit: 8 });
    const { status, content } = m.call(name, { label: 'notes', new_string: 'x'.repeat(9), new_memory: 'x'.repeat(9) });
    expect(status).toBe('error');
    expect(content).toContain('its limit is 8');
    expect(content).toContain('3 characters are left');
    expect(m.value()).toBe('12345');
  });

  test('a block over its limit may shrink', () => {
    const m = memory('x'.repeat(20), { limit: 8 });
    expect(m.call('memory_rethink', { label: 'notes', new_memory: 'y'.repeat(12) }).status).toBe('success');
    expect(m.call('memory_rethink', { label: 'notes', new_memory: 'y'.repeat(13) }).status).toBe('error');
  });

  test.each(['{"label": "notes", "new_str', '[]', '"text"', 'null', '42'])(
    'answers arguments %s with an error',
    (args) => {
      const m = memory('a');
      const result = m.call('memory_insert', args);
      expect(result.status).toBe('error');
      expect(result.content).toContain('not a valid JSON object');
      expect(m.value()).toBe('a');
    },
  );

  test('answers wrong types and missing arguments with an error', () => {
    const m = memory('a');
    expect(m.call('memory_insert', {}).content).toContain('Missing required argument: label');
    expect(m.call('memory_insert', { label: 1 }).content).toContain('must be a string');
    expect(m.call('memory_insert', { label: 'notes', new_string: 'x', insert_line: 1.5 }).content).toContain(
      'whole number',
    );
  });

  test('an unknown tool is an error that names the ones there are', () => {
    expect(memory('a').call('memory_forget', {}).content).toMatch(/no tool named memory_forget.*memory_insert/);
  });
});

describe('memory', () => {
  test('creates, renames, describes and deletes', () => {
    const m = memory('a');
    const run = (args: object) => m.call('memory', args);
    expect(run({ command: 'create', path: '/memories/team/rules', file_text: 'Be kind.' }).status).toBe('success');
    expect(m.value('team/rules')).toBe('Be kind.');
    expect(run({ command: 'create', path: '/memories/notes', file_text: '' }).status).toBe('error');
    expect(run({ command: 'rename', old_path: '/memories/team/rules', new_path: '/memories/rules' }).status).toBe(
      'success',
    );
    expect(m.labels()).toEqual(['notes', 'rules']);
    expect(run({ command: 'rename', old_path: '/memories/rules', new_path: '/memories/notes' }).status).toBe('error');
    expect(run({ command: 'delete', path: '/memories/rules' }).status).toBe('success');
    expect(m.labels()).toEqual(['notes']);
    expect(run({ command: 'fly' }).content).toContain('Unknown command');
  });
});

describe('memory_apply_patch', () => {
  const patch = (value: string, text: string) => {
    const m = memory(value);
    return { ...m.call('memory_apply_patch', { label: 'notes', patch: text }), after: m.value(), labels: m.labels() };
  };

  test('applies several hunks', () => {
    expect(patch('a\nb\nc\nd\ne', '@@\n a\n-b\n+B\n@@\n-e\n+E\n+f').after).toBe('a\nB\nc\nd\nE\nf');
  });

  test('takes the line of a header where lines repeat, and refuses where it does not help', () => {
    expect(patch('x\ny\nx', '@@ -3,1 +3,1 @@\n-x\n+z').after).toBe('x\ny\nz');
    expect(patch('x\ny\nx', '-x\n+z')).toMatchObject({ status: 'error', content: expect.stringContaining('[1, 3]') });
  });

  test('refuses what is not there, and then changes nothing at all', () => {
    const result = patch('a\nb', '@@\n-a\n+A\n@@\n-q\n+Q');
    expect(result).toMatchObject({ status: 'error', after: 'a\nb' });
  });

  test('adds, updates with a new name, and deletes blocks', () => {
    const text = [
      '*** Add Block: ideas',
      '+one',
      '+two',
      '*** Update Block: notes',
      '*** Move to: log',
      '@@',
      '-a',
      '+A',
    ].join('\n');
    const m = memory('a');
    expect(m.call('memory_apply_patch', { label: 'notes', patch: text }).status).toBe('success');
    expect([m.value('ideas'), m.value('log'), m.value('notes')]).toEqual(['one\ntwo', 'A', undefined]);
    m.call('memory_apply_patch', { label: '', patch: '*** Delete Block: ideas' });
    expect(m.labels()).toEqual(['log']);
  });

  test('a section that fails takes the others back', () => {
    const result = patch('a', '*** Add Block: ideas\n+one\n*** Delete Block: nowhere');
    expect(result).toMatchObject({ status: 'error', labels: ['notes'] });
  });

  test('turns any text into any other', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', '', 'some words', '@', '#'), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        fc.pre(before.join('\n') !== after.join('\n') && before.join('\n') !== '');
        const text = ['@@ -1 +1 @@', ...before.map((line) => `-${line}`), ...after.map((line) => `+${line}`)].join(
          '\n',
        );
        expect(patch(before.join('\n'), text).after).toBe(after.join('\n'));
      }),
      { numRuns: 25 },
    );
  });
});
