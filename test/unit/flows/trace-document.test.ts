// A trace as a document: what it says, and that every way in it covers exactly the words that it is for.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TraceHit } from '../../../src/flows/trace.ts';
import { day, type TraceReport, traceDocument } from '../../../src/flows/trace-document.ts';

const LINE: TraceHit = {
  kind: 'line',
  id: 'block-1',
  label: 'conventions',
  number: 3,
  text: 'We indent with tabs.',
  score: 0.62,
};
const report = (more: Partial<TraceReport> = {}): TraceReport => ({
  title: 'Why did you do that?',
  about: [
    ['You asked ', { text: '“How do we indent?”', target: { kind: 'message', threadId: 'conv-1', messageId: 'm-1' } }],
  ],
  hits: [],
  provenance: () => undefined,
  skillPath: () => undefined,
  threadTitle: () => undefined,
  facts: [],
  ...more,
});
/** The words under each way, with where it leads. */
const ways = (document: ReturnType<typeof traceDocument>) =>
  document.links.map(({ line, start, end, target }) => [document.text.split('\n')[line]?.slice(start, end), target]);

describe('the document of a trace', () => {
  it('names a line by block and number, with its id, who wrote it, and after which words', () => {
    const document = traceDocument(
      report({
        hits: [LINE],
        provenance: () => ({
          revisionId: 'rev-7',
          author: 'the agent',
          at: '2026-11-20T09:30:00.000Z',
          threadId: 'conv-2',
          threadTitle: 'Conventions',
          messageId: 'm-9',
          quote: 'We use\ntabs',
        }),
      }),
    );
    expect(document.text).toContain('- conventions, line 3 (62 %): “We indent with tabs.” `block-1`\n');
    expect(document.text).toContain(
      `  Written by the agent, ${day('2026-11-20T09:30:00.000Z')} in Conventions \`rev-7\` \`m-9\`\n`,
    );
    expect(document.text).toContain('  after you said “We use tabs”\n');
    expect(ways(document)).toEqual([
      ['“How do we indent?”', { kind: 'message', threadId: 'conv-1', messageId: 'm-1' }],
      ['conventions, line 3', { kind: 'block', label: 'conventions', line: 'We indent with tabs.' }],
      ['Conventions', { kind: 'message', threadId: 'conv-2', messageId: 'm-9' }],
    ]);
  });

  it('tells the time as the person’s clock does', () => {
    const at = new Date(2026, 10, 20, 9, 5);
    expect(day(at.toISOString())).toBe('2026-11-20 09:05');
    expect(day('')).toBe('at an unknown time');
  });

  it('says of a line that it is gone', () => {
    expect(traceDocument(report({ hits: [LINE], provenance: () => 'gone' })).text).toContain(
      'It does not stand there any more.',
    );
  });

  it('leads to skills, blocks and messages', () => {
    const document = traceDocument(
      report({
        about: [],
        hits: [
          { kind: 'block', id: 'block-2', label: 'project', text: 'project: the build', score: 0.5 },
          { kind: 'skill', id: '/s/release', name: 'release', text: 'release: makes releases', score: 0.4 },
          {
            kind: 'message',
            id: 'message-3',
            threadId: 'conv-3',
            text: 'Tabs, please',
            date: '2026-11-19T08:00:00Z',
            score: 0,
          },
        ],
        skillPath: (id) => `${id}/SKILL.md`,
        threadTitle: () => 'Earlier',
      }),
    );
    expect(ways(document)).toEqual([
      ['project', { kind: 'block', label: 'project' }],
      ['release', { kind: 'file', path: '/s/release/SKILL.md' }],
      ['Earlier', { kind: 'message', threadId: 'conv-3', messageId: 'message-3' }],
    ]);
    for (const id of ['block-2', '/s/release', 'message-3']) expect(document.text).toContain(`\`${id}\``);
  });

  it('says plainly when nothing was found', () => {
    expect(traceDocument(report()).text).toContain('Nothing in memory');
  });

  it('keeps every way on its words, whatever stands in memory', () => {
    const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 5 }), words, (labels, text) => {
        const document = traceDocument(
          report({
            about: [],
            facts: [
              {
                heading: 'Given',
                lines: labels.map((label) => [text, { text: label, target: { kind: 'block', label } }, text]),
              },
            ],
            hits: [],
          }),
        );
        const clean = (each: string) => each.replace(/\s+/g, ' ').trim();
        expect(ways(document).map(([shown]) => shown)).toEqual(labels.map(clean));
      }),
    );
  });
});
