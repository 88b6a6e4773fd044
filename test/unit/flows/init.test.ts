// `/init` as a person sees it: what is asked, what enters memory, what is refused and why, and what a second run adds.
import { describe, expect, it } from 'vitest';
import type { TurnEvent, TurnOutcome } from '../../../src/agent/events.ts';
import { type InitBackend, type InitLine, init } from '../../../src/flows/init.ts';
import type { Evidence, OpenPoint } from '../../../src/memory/evidence/evidence.ts';
import { gather } from '../../../src/memory/evidence/gather.ts';
import type { BlockView } from '../../../src/protocol/memory-views.ts';
import { SHOP } from '../../support/planted-shop.ts';

const FILES: Record<string, string> = {
  'package.json': '{\n"test": "vitest run",\n"build": "tsc -p ."\n}',
  'README.md': '# Shop\n\nTakes orders for a small web shop.',
  'src/a.ts': "import { b } from './b.js'\nconst text = 'quoted'\n\n",
};

const cite = (path: string, line: number) => ({ path, line, text: FILES[path]?.split('\n')[line - 1]?.trim() ?? '' });
const claim = (block: Evidence['block'], text: string, path: string, line: number, strength = 0.8): Evidence => ({
  block,
  topic: 'style',
  claim: text,
  evidence: [cite(path, line)],
  strength,
});

const EVIDENCE = [
  claim('project', 'Tests: `pnpm test` (vitest run).', 'package.json', 2, 0.95),
  claim('project', 'Purpose: Takes orders for a small web shop.', 'README.md', 3),
  claim('conventions', 'Strings are in single quotes (40 of 41).', 'src/a.ts', 2),
  claim('conventions', 'Relative imports carry the extension .js (12 of 12).', 'src/a.ts', 1),
  claim('conventions', 'Equality is ===, never == (9 of 9).', 'src/a.ts', 1, 0.3),
];

interface World {
  evidence?: Evidence[];
  open?: OpenPoint[];
  reply?: string | ((reminder: string) => string);
  outcome?: TurnOutcome;
  events?: TurnEvent[];
  answers?: Record<string, string>;
  values?: Record<string, string>;
  decided?: string[];
}

function make(world: World) {
  const values: Record<string, string> = world.values ?? { project: '', conventions: '' };
  const asked: string[] = [];
  const reminders: string[] = [];
  const undone: string[] = [];
  const backend: InitBackend = {
    blocks: async () =>
      Object.entries(values).map(
        ([label, value]): BlockView => ({ id: label, label, value, description: '', limit: 8_000, readOnly: false }),
      ),
    decided: async () => world.decided ?? [],
    gather: async () => ({ evidence: world.evidence ?? EVIDENCE, open: world.open ?? [] }),
    lineAt: async ({ path, line }) => FILES[path]?.split('\n')[line - 1] ?? null,
    ask: async (point) => {
      asked.push(point.id);
      return world.answers?.[point.id];
    },
    runBeside: async (_title, _text, given, sink) => {
      reminders.push(given.join('\n'));
      for (const event of world.events ?? []) sink(event);
      const reply = typeof world.reply === 'function' ? world.reply(given.join('\n')) : world.reply;
      if (reply) sink({ type: 'text', id: 't', delta: reply });
      return world.outcome ?? { kind: 'done' };
    },
    write: async (label, lines: readonly InitLine[]) => {
      values[label] = [values[label], ...lines.map((l) => l.text)].filter(Boolean).join('\n');
      return lines.map(() => 'written' as const);
    },
    undo: async (change) => {
      undone.push(change.after);
    },
  };
  return { backend, values, asked, reminders, undone };
}

const down: TurnOutcome = {
  kind: 'failed',
  failure: { message: 'connect ECONNREFUSED', hint: 'Start it.', retry: true },
};
const never = new AbortController().signal;
const open = (id: string): OpenPoint => ({
  id,
  question: `${id}?`,
  options: [],
  answerPrefix: `${id}:`,
  block: 'project',
});

describe('init with no model', () => {
  it('goes no further down the list in a second run', async () => {
    // No two alike, and more than a block is given at once.
    const topics = 'alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa';
    const evidence = topics
      .split(' ')
      .map((topic) => claim('conventions', `${topic} comes first in ${topic}-${topic}.`, 'src/a.ts', 2));
    const { backend, values } = make({ outcome: down, evidence });
    const first = await init(backend, never);
    expect(first.lines.length).toBe(14);
    const before = values.conventions;
    expect((await init(backend, never)).lines).toEqual([]);
    expect(values.conventions).toBe(before);
  });

  it('proposes nothing again that waits for a person or that they turned down', async () => {
    const all = await init(make({ outcome: down }).backend, never);
    const turnedDown = all.lines[0]?.text ?? '';
    const { lines, known } = await init(make({ outcome: down, decided: [turnedDown] }).backend, never);
    expect(lines.map((line) => line.text)).toEqual(all.lines.slice(1).map((line) => line.text));
    expect(known).toBe(1);
  });

  it('writes the strongest claims itself, each with its place, and says why', async () => {
    const { backend, values } = make({ outcome: down });
    const outcome = await init(backend, never);
    expect(outcome).toMatchObject({ byAgent: false, reason: 'connect ECONNREFUSED', known: 0, dropped: [] });
    expect(values).toEqual({
      project:
        '- Tests: `pnpm test` (vitest run) (package.json:2)\n- Purpose: Takes orders for a small web shop (README.md:3)',
      conventions:
        '- Strings are in single quotes (src/a.ts:2)\n- Relative imports carry the extension .js (src/a.ts:1)',
    });
  });

  it('adds nothing the second time, and asks no model about it', async () => {
    const { backend, values, reminders } = make({ outcome: down, evidence: EVIDENCE.slice(0, 4) });
    await init(backend, never);
    const before = { ...values };
    const again = await init(backend, never);
    expect(values).toEqual(before);
    expect(again).toMatchObject({ lines: [], known: 4 });
    expect(reminders).toHaveLength(1);
  });

  it('adds nothing the second time when lines have moved and counts have grown', async () => {
    const { backend, values } = make({ outcome: down });
    await init(backend, never);
    const before = { ...values };
    backend.gather = async () => ({
      evidence: EVIDENCE.map((e) => ({
        ...e,
        claim: e.claim.replace('40 of 41', '55 of 57'),
        evidence: e.evidence.map((c) => ({ ...c, line: c.line + 7 })),
      })),
      open: [],
    });
    await init(backend, never);
    expect(values).toEqual(before);
  });

  it('adds no line twice on a whole repository', async () => {
    const files = {
      list: async () => Object.entries(SHOP.files).map(([path, text]) => ({ path, bytes: text.length })),
      read: async (path: string) => SHOP.files[path] ?? null,
    };
    const { backend, values } = make({ outcome: down });
    backend.gather = () => gather({ files, gitLog: async () => SHOP });
    const first = await init(backend, never);
    expect(first.lines.length).toBeGreaterThan(15);
    // Whatever is added later, a line that stood there is not added again.
    for (let i = 0; i < 3; i++) await init(backend, never);
    for (const value of Object.values(values)) {
      const lines = value.split('\n');
      expect(new Set(lines.map((l) => l.toLowerCase())).size).toBe(lines.length);
    }
  });
});

describe('init with the agent', () => {
  it('gives it the claims with their places, and writes the lines it makes of them', async () => {
    const { backend, values, reminders } = make({
      reply: [
        'Here is what matters:',
        'project: Run the tests with `pnpm test`, which is `vitest run` (package.json:2)',
        '- conventions: Use single quotes for strings, and .js in relative imports. (src/a.ts:2, src/a.ts:1)',
      ].join('\n'),
    });
    const outcome = await init(backend, never);
    expect(reminders[0]).toContain('Strings are in single quotes (40 of 41). [src/a.ts:2]');
    expect(outcome).toMatchObject({ byAgent: true, dropped: [] });
    expect(values).toEqual({
      project: '- Run the tests with `pnpm test`, which is `vitest run` (package.json:2)',
      conventions: '- Use single quotes for strings, and .js in relative imports (src/a.ts:2, src/a.ts:1)',
    });
  });

  it.each([
    ['conventions: Use single quotes for strings', 'It names no place (path:line).'],
    ['conventions: Use single quotes for strings (src/a.ts:99)', 'There is no line src/a.ts:99.'],
    ['conventions: Use single quotes for strings (src/gone.ts:1)', 'There is no line src/gone.ts:1.'],
    ['conventions: Use single quotes for strings (src/a.ts:3)', 'There is no line src/a.ts:3.'],
    ['conventions: Use double quotes for strings (src/a.ts:2)', 'src/a.ts:2 says the opposite.'],
    ['conventions: Deploy every Friday to the cluster in Frankfurt (src/a.ts:2)', 'src/a.ts:2 does not say so.'],
    [
      'project: Run the tests with `npm run jest` (vitest run) (package.json:2)',
      /package.json:2 (?:does not mention npm run jest|says the opposite)\./,
    ],
    ['project: Tests: `pnpm test` needs 30 minutes (package.json:2)', 'package.json:2 does not mention 30.'],
    ['project: Never run the tests with `pnpm test` (package.json:2)', 'package.json:2 forbids nothing.'],
    ['project: It takes orders from /etc for the shop (../../etc/passwd:1)', 'There is no line ../../etc/passwd:1.'],
  ])('refuses "%s"', async (line, why) => {
    const good = 'project: Takes orders for a small web shop (README.md:3)';
    const { backend, values } = make({ reply: `${line}\n${good}` });
    const outcome = await init(backend, never);
    expect(outcome.dropped).toHaveLength(1);
    expect(outcome.dropped[0]?.why).toMatch(why);
    expect(values).toEqual({ project: '- Takes orders for a small web shop (README.md:3)', conventions: '' });
  });

  it('keeps the place that supports a line, and leaves out the one that does not exist', async () => {
    const { backend, values } = make({ reply: 'conventions: Strings are in single quotes (src/a.ts:2, src/a.ts:400)' });
    await init(backend, never);
    expect(values.conventions).toBe('- Strings are in single quotes (src/a.ts:2)');
  });

  it('accepts a line about a place that no claim cites, when that place says so', async () => {
    const { backend, values } = make({ reply: 'project: Build with `tsc -p .` (package.json:3)' });
    await init(backend, never);
    expect(values.project).toBe('- Build with `tsc -p .` (package.json:3)');
  });

  it('lets a line join what two places say', async () => {
    const { backend, values } = make({
      reply: 'project: `vitest run` tests, `tsc -p .` builds (package.json:2, package.json:3)',
    });
    await init(backend, never);
    expect(values.project).toBe('- `vitest run` tests, `tsc -p .` builds (package.json:2, package.json:3)');
  });

  it('falls back to the claims when nothing it said holds', async () => {
    const { backend, values } = make({ reply: 'I have looked at everything and will remember it!' });
    const outcome = await init(backend, never);
    expect(outcome).toMatchObject({ byAgent: false, reason: 'The agent gave no lines.' });
    expect(values.project).toContain('pnpm test');
  });

  it('adds no line twice when the agent says it in other words the second time', async () => {
    let turn = 0;
    const { backend, values } = make({
      evidence: EVIDENCE,
      reply: () =>
        turn++ === 0
          ? 'conventions: Strings are in single quotes (src/a.ts:2)'
          : 'conventions: All strings use single quotes (src/a.ts:2)\nproject: Takes orders for a small web shop (README.md:3)',
    });
    await init(backend, never);
    await init(backend, never);
    expect(values).toEqual({
      conventions: '- Strings are in single quotes (src/a.ts:2)',
      project: '- Takes orders for a small web shop (README.md:3)',
    });
  });

  it('takes back what it wrote with a tool, past the check', async () => {
    const event: TurnEvent = {
      type: 'tool',
      part: {
        type: 'tool',
        id: 'c',
        name: 'memory_insert',
        title: 'Memory',
        state: 'done',
        input: '',
        memory: { label: 'project', before: '', after: 'Made up' },
      },
    };
    const { backend, undone } = make({
      events: [event],
      reply: 'project: Takes orders for a small web shop (README.md:3)',
    });
    const outcome = await init(backend, never);
    expect(undone).toEqual(['Made up']);
    expect(outcome.dropped).toEqual([{ text: 'Made up', why: 'It was written past the check.' }]);
  });

  it('writes nothing once it was stopped', async () => {
    const stop = new AbortController();
    const { backend, values } = make({
      reply: () => {
        stop.abort(new Error('stopped'));
        return 'project: Takes orders for a small web shop (README.md:3)';
      },
    });
    await expect(init(backend, stop.signal)).rejects.toThrow('stopped');
    expect(values).toEqual({ project: '', conventions: '' });
  });
});

describe('questions', () => {
  it('are at most three, and answers are written as the person’s words', async () => {
    const { backend, asked, values, reminders } = make({
      open: ['Purpose', 'Tests', 'Style', 'Fourth'].map(open),
      answers: { Purpose: 'Sells  books' },
      outcome: down,
      evidence: EVIDENCE.slice(2, 3),
    });
    const outcome = await init(backend, never);
    expect(asked).toEqual(['Purpose', 'Tests', 'Style']);
    expect(outcome.asked).toBe(3);
    expect(values.project).toBe('- Purpose: Sells books (told by the person)');
    expect(reminders[0]).toContain('Purpose: Sells books');
  });

  it('are not asked again once memory has the answer', async () => {
    const { backend, asked } = make({ open: [open('Purpose')], answers: { Purpose: 'Sells books' }, outcome: down });
    await init(backend, never);
    await init(backend, never);
    expect(asked).toEqual(['Purpose']);
  });

  it('are none where the evidence answers them', async () => {
    const { open: left } = await gather({
      files: {
        list: async () => Object.entries(SHOP.files).map(([path, text]) => ({ path, bytes: text.length })),
        read: async (path) => SHOP.files[path] ?? null,
      },
    });
    expect(left).toEqual([]);
  });

  it('are about purpose and tests in a repository that says neither', async () => {
    const { open: left } = await gather({ files: { list: async () => [], read: async () => null } });
    expect(left.map((p) => p.question)).toEqual([
      'What is this project for, in one sentence?',
      'Which command runs the tests?',
    ]);
  });
});

it('says which lines were held for review', async () => {
  const { backend } = make({ outcome: down });
  backend.write = async (_label, lines) => lines.map((_, i) => (i === 0 ? 'held' : 'written'));
  const { lines } = await init(backend, never);
  expect(lines.filter((l) => l.state === 'held').map((l) => l.text)).toEqual([
    '- Tests: `pnpm test` (vitest run) (package.json:2)',
    '- Strings are in single quotes (src/a.ts:2)',
  ]);
});
