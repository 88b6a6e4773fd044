// The tools that look, as they stand in every request.
import { estimateTokenCount } from 'tokenx';
import { afterEach, expect, test } from 'vitest';
import { inputSchema } from '../../../src/agent/request.ts';
import { accessOf } from '../../../src/permissions/access.ts';
import { Looking } from './looking.ts';

const look = new Looking();
afterEach(() => look.dispose());

const LOOKING = ['OpenFiles', 'Read', 'Glob', 'Grep', 'Diagnostics', 'Code', 'Git'];

test('they come first, in a fixed order, and take less than 150 tokens each', () => {
  const first = look.tools.slice(0, LOOKING.length);
  expect(first.map(({ name }) => name)).toEqual(LOOKING);
  for (const tool of first) {
    const { name, description } = tool;
    const sent = JSON.stringify({ name, description, parameters: inputSchema(tool) });
    expect(estimateTokenCount(sent), name).toBeLessThan(150);
    expect(sent).not.toContain(String(Number.MAX_SAFE_INTEGER));
  }
});

test('they are judged as reading what they name', () => {
  look.editor.put('src/a.ts', '');
  const path = look.editor.path('src/a.ts');
  for (const tool of look.tools.filter(({ name }) => LOOKING.includes(name) && name !== 'OpenFiles')) {
    const input = { pattern: 'x', operation: 'log', path: 'src/a.ts' };
    expect(tool.access(input), tool.name).toEqual({ kind: 'read', paths: [path] });
    expect(accessOf(tool.name, input), tool.name).toEqual({ kind: 'read', paths: ['src/a.ts'] });
  }
});
