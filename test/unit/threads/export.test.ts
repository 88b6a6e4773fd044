import { Marked } from 'marked';
import { describe, expect, it } from 'vitest';
import type { Item } from '../../../src/protocol/transcript-views.ts';
import { type ExportedThread, toJson, toMarkdown } from '../../../src/threads/export.ts';

const at = '2026-11-20T10:00:00.000Z';
const items: Item[] = [
  { kind: 'user', id: 'u1', text: 'Fix `retry`\n\n- only 5xx', date: at },
  {
    kind: 'agent',
    id: 'answer-u1',
    state: 'done',
    date: at,
    parts: [
      { type: 'reasoning', id: 'r1', text: 'Think first.' },
      {
        type: 'tool',
        id: 'c1',
        name: 'Bash',
        title: 'Run',
        target: 'npm test <all>',
        state: 'done',
        input: '{ "command": "npm test" }',
        output: 'before\n````\nfenced\n````\nafter',
      },
      { type: 'text', id: 't1', text: 'Done: **three** tries.' },
    ],
  },
  { kind: 'notice', id: 'n1', text: 'Older messages were summarised.', date: at },
  { kind: 'agent', id: 'answer-u2', state: 'interrupted', date: at, parts: [{ type: 'text', id: 't2', text: 'Half' }] },
];
const thread: ExportedThread = {
  format: 'letta-thread',
  version: 1,
  id: 'conv-1',
  title: 'Fix the\nretry',
  agent: 'Ada',
  createdAt: at,
  exportedAt: at,
  items,
};

describe('an exported thread', () => {
  it('as JSON holds everything', () => {
    expect(JSON.parse(toJson(thread))).toEqual(thread);
    const masked = JSON.parse(toJson(thread, (text) => text.replace('Half', '[secret]')));
    expect(masked.items[3].parts[0].text).toBe('[secret]');
  });

  it('as Markdown says who said what, and folds away what tools did', () => {
    const text = toMarkdown(thread);
    expect(text).toMatch(/^# Fix the retry\n\n\*With Ada, begun 2026-11-20\.\*\n/);
    expect(text).toContain('## You, 2026-11-20 10:00\n\nFix `retry`\n\n- only 5xx\n');
    expect(text).toContain('<details><summary>Run npm test &#60;all&#62; (done)</summary>');
    expect(text).toContain('Done: **three** tries.');
    expect(text).toMatch(/Half\n\n\*Interrupted\*\n$/);
  });

  it('no output breaks out of its fence', () => {
    const tokens = new Marked().lexer(toMarkdown(thread));
    const code = tokens.flatMap((token) => (token.type === 'code' ? [String(token.text)] : []));
    expect(code).toContain('before\n````\nfenced\n````\nafter');
  });
});
