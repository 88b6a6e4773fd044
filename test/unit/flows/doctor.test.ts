import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply } from '../../../src/flows/apply-findings.ts';
import { type DoctorBackend, diagnose } from '../../../src/flows/doctor.ts';
import type { Finding } from '../../../src/flows/findings.ts';
import { trace } from '../../../src/flows/trace.ts';
import type { BlockView } from '../../../src/protocol/memory-views.ts';
import { surestHold } from '../../bench/hold.ts';

const block = (label: string, value: string, more: Partial<BlockView> = {}): BlockView => ({
  id: `block-${label}`,
  label,
  description: `what ${label} holds`,
  value,
  limit: 5_000,
  readOnly: false,
  ...more,
});

const never = new AbortController().signal;

function backend(blocks: BlockView[], more: Partial<DoctorBackend> = {}): DoctorBackend {
  return {
    blocks: async () => blocks,
    check: async (lines) =>
      lines.map((line) =>
        line.includes('GONE')
          ? { verdict: 'stale', evidence: [{ path: 'src/a.ts', line: 3 }], reasons: ['GONE is defined nowhere.'] }
          : { verdict: 'unknown', evidence: [], reasons: [] },
      ),
    now: () => new Date(2026, 6, 1),
    ...more,
  };
}

const look = (value: string, more: Partial<DoctorBackend> = {}) =>
  diagnose(backend([block('project', value)], more), never);
const kinds = (findings: readonly Finding[]) => findings.map(({ kind }) => kind);

describe('/doctor', () => {
  it('finds nothing in sound memory', async () => {
    const sound = `# Project
- The server listens on port 8080; the admin panel on port 9090.
- Use \`npm test\` to run the tests.
- Use \`npm run build\` to build.
- Python is indented with four spaces.
- TypeScript is indented with two spaces.
- Unit tests run on vitest.
- End-to-end tests run on playwright.
- Never commit to main.
- Always ask before you delete a file.
- Handlers live in src/api.
- Models live in src/db.
- Node 24
- Python 3.12`;
    expect(await look(sound)).toEqual([]);
  });

  it('says which lines could not be checked because the workspace has more files than are searched', async () => {
    const check: DoctorBackend['check'] = async (lines) =>
      lines.map(() => ({ verdict: 'unknown', evidence: [], reasons: [], unsearched: true }));
    const [found, ...others] = await look('- `one()` does it.\n- `two()` does not.', { check });
    expect(others).toEqual([]);
    expect(found).toMatchObject({ kind: 'unsearched', proposal: null, lines: [{ number: 1 }, { number: 2 }] });
    expect(found?.explanation).toContain('2 lines name what is in none of the files that were searched.');
  });

  it.each([
    ['the same line twice', '- Use pnpm.\n- other words here\n* use pnpm', '- Use pnpm.\n- other words here'],
    [
      'the same words in another order',
      'Handlers of the API live in src/api\nIn src/api live the handlers of the API',
      'Handlers of the API live in src/api',
    ],
    [
      'a longer line that says the same',
      'Errors are thrown as classes with a reason\nErrors are always thrown as classes with a closed reason',
      'Errors are always thrown as classes with a closed reason',
    ],
  ])('proposes to drop %s', async (_name, value, after) => {
    const blocks = [block('project', value)];
    const findings = await diagnose(backend(blocks), never);
    expect(kinds(findings)).toEqual(['duplicate']);
    expect(
      apply(
        findings,
        findings.map(({ id }) => id),
        blocks,
      ).edits,
    ).toEqual([{ blockId: 'block-project', label: 'project', before: value, after }]);
  });

  it('keeps lines that differ in a number, a name or a not', async () => {
    const value = `The retry limit of the http client is 3 attempts
The retry limit of the smtp client is 4 attempts
Tests of the parser module live in test/parser
Tests of the parser module live in test/lexer
Always squash commits before merging to main branch
Always rebase commits before merging to main branch`;
    expect((await look(value)).filter(({ kind }) => kind === 'duplicate')).toEqual([]);
  });

  it.each([
    ['Indent with tabs.', 'Use two spaces, not tabs.'],
    ['Run the tests with `npm test`.', 'The tests are run with `pnpm vitest`.'],
    ['The server listens on port 8080.', 'The server runs on port 3000'],
    ['Use moment for dates.', 'Do not use moment.'],
    ['We use pnpm.', 'Dependencies are installed with yarn.'],
    ['Tests use vitest.', 'All tests are written with jest.'],
    ['The default branch is main.', 'The default branch is develop.'],
    ['Always squash commits.', 'Never squash commits.'],
    ['Strings have single quotes.', 'Use double quotes.'],
    ['No semicolons.', 'Statements end with semicolons.'],
    ['Node 22 is used.', 'We run Node 24.'],
    ['MAX_RETRIES is 3', 'MAX_RETRIES is 5'],
    ['The timeout is 30 s', 'The timeout is 60 s'],
    ['Lines are at most 80 characters.', 'Line length: 120'],
  ])('sees that "%s" and "%s" cannot both hold', async (first, second) => {
    const findings = await look(`${first}\nSomething else.\n${second}`);
    expect(kinds(findings)).toEqual(['contradiction']);
    expect(findings[0]?.lines.map(({ number }) => number)).toEqual([1, 3]);
    expect(findings[0]?.proposal).toBeNull();
  });

  it('proposes to drop the one of two contradicting lines that the workspace contradicts', async () => {
    const findings = await look('Use tabs for indentation (GONE)\nIndent with two spaces');
    expect(kinds(findings)).toEqual(['stale', 'contradiction']);
    expect(findings[1]?.proposal?.before).toBe('Use tabs for indentation (GONE)');
  });

  it('gives stale lines with their evidence and expired ones with their date', async () => {
    const findings = await look(
      '- GONE parses\n- freeze until 2026-06-30\n- freeze until 2026-07-01\n- a mock (branch feature/old)',
      {
        branches: async () => ['main'],
      },
    );
    expect(kinds(findings)).toEqual(['expired', 'expired', 'stale']);
    expect(findings[0]?.lines[0]?.number).toBe(2);
    expect(findings[1]?.lines[0]?.number).toBe(4);
    expect(findings[2]).toMatchObject({
      evidence: [{ path: 'src/a.ts', line: 3 }],
      explanation: 'GONE is defined nowhere.',
    });
  });

  it('says when a block is nearly full, and proposes nothing in a read-only one', async () => {
    const blocks = [
      block('big', 'x'.repeat(90), { limit: 100 }),
      block('locked', '- GONE is here', { readOnly: true }),
    ];
    const findings = await diagnose(backend(blocks), never);
    expect(findings.find(({ kind }) => kind === 'oversized')).toMatchObject({ label: 'big', proposal: null });
    expect(findings.find(({ kind }) => kind === 'stale')).toMatchObject({ label: 'locked', proposal: null });
  });

  it('proposes no removal where the agent works in another workspace too', async () => {
    const [found] = await look('GONE is here', { elsewhere: async () => ['shop'] });
    expect(found).toMatchObject({ kind: 'stale', proposal: null });
    expect(found?.explanation).toBe(
      'GONE is defined nowhere. The agent works in shop too: the line may be about that.',
    );
    const [alone] = await look('GONE is here', { elsewhere: async () => [] });
    expect(alone?.proposal).toMatchObject({ after: '' });
  });

  it('runs only the commands the person allowed', async () => {
    const ran: string[] = [];
    const findings = await look(
      'Run `npm test` first.\nBuild with `npm run build`.\nNever run `rm -rf /` or `npm publish`.',
      {
        askCommands: async (commands) => {
          expect(commands.map(({ command }) => command)).toEqual(['npm test', 'npm run build']);
          return ['npm run build'];
        },
        runCommand: async (command) => {
          ran.push(command);
          return { ok: false, output: 'Missing script: "build"' };
        },
      },
    );
    expect(ran).toEqual(['npm run build']);
    expect(kinds(findings)).toEqual(['command']);
    expect(findings[0]?.explanation).toContain('Missing script');
  });

  it('applies some of several findings, by the words of the line and not by its number', async () => {
    const value = 'a GONE\nkeep me\nb GONE\n\nkeep me too\n';
    const findings = await look(value);
    const now = [block('project', `new line\n${value}`)];
    const [, second] = findings;
    expect(apply(findings, [second?.id ?? ''], now).edits[0]?.after).toBe('new line\na GONE\nkeep me\n\nkeep me too\n');
    expect(
      apply(
        findings,
        findings.map(({ id }) => id),
        now,
      ).edits[0]?.after,
    ).toBe('new line\nkeep me\n\nkeep me too\n');
    expect(apply(findings, [second?.id ?? '', 'nothing'], [block('project', 'keep me')])).toEqual({
      edits: [],
      skipped: [
        { id: second?.id, reason: 'lineChanged' },
        { id: 'nothing', reason: 'unknown' },
      ],
    });
  });

  it('never loses a line that no finding names', async () => {
    const word = fc.constantFrom(
      'a GONE',
      'b GONE',
      'keep',
      'Use pnpm.',
      'use pnpm',
      '',
      '# Head',
      'until 2026-01-01 x',
      'tabs are used',
      'Use spaces only',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { maxLength: 12 }),
        fc.array(word, { maxLength: 12 }),
        fc.array(fc.nat(30)),
        async (first, second, picks) => {
          const blocks = [block('one', first.join('\n')), block('two', second.join('\n'))];
          const findings = await diagnose(backend(blocks), never);
          const chosen = findings.filter((_each, index) => picks.includes(index));
          const { edits } = apply(
            findings,
            chosen.map(({ id }) => id),
            blocks,
          );
          const removed = chosen.flatMap(({ proposal }) => (proposal ? [proposal] : []));
          for (const each of blocks) {
            const after = edits.find(({ blockId }) => blockId === each.id)?.after ?? each.value;
            const lines = each.value.split('\n');
            const left = after.split('\n');
            const may = removed.filter(({ blockId }) => blockId === each.id).map(({ before }) => before);
            // What is left is what was there without at most the lines proposed, in their order.
            let at = 0;
            for (const line of lines) {
              if (left[at] === line) at += 1;
              else {
                const place = may.indexOf(line);
                if (place < 0 && !(after === '' && line === '')) throw new Error(`lost: ${line}`);
                may.splice(place, 1);
              }
            }
          }
        },
      ),
    );
  });

  it('compares a thousand lines without holding the thread for long', async () => {
    const value = Array.from(
      { length: 1_000 },
      (_each, index) =>
        `Module ${index} of the ${index % 7 === 0 ? 'billing' : 'search'} part keeps its state number ${index * 3} in a file`,
    ).join('\n');
    let turns = 0;
    const count = (): void => {
      turns += 1;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    expect(kinds(await look(value))).toEqual(['oversized']);
    clearImmediate(next);
    expect(turns).toBeGreaterThan(5);
  });
});

describe('/doctor <symptom>', () => {
  const sources = {
    blocks: async () => [block('conventions', 'Use tabs everywhere.\nAnswer in German.'), block('human', 'Name: Ada')],
    skills: async () => [{ id: '/skills/i18n', name: 'translate', text: 'Translates answers into German' }],
    searchMessages: async () => [
      { id: 'message-1', threadId: 'conv-1', text: 'please answer in German from now on', date: '2026-01-01' },
    ],
  };

  it('ranks lines, skills and messages with their ids', async () => {
    const hits = await trace('Why did you answer in German?', sources, never);
    expect(hits.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['line', 'skill', 'message']));
    expect(hits.find(({ kind }) => kind === 'line')).toMatchObject({
      id: 'block-conventions',
      number: 2,
      text: 'Answer in German.',
    });
    expect(hits.find(({ kind }) => kind === 'message')).toMatchObject({ id: 'message-1', threadId: 'conv-1' });
    expect(hits.some(({ text }) => text.includes('tabs'))).toBe(false);
  });

  it('finds nothing behind words that say nothing', async () => {
    expect(await trace('why did you do that?', sources, never)).toEqual([]);
  });
});

it('never holds the event loop for longer than 25 ms, with 3,000 lines of memory', async () => {
  const verbs = ['reads', 'writes', 'sends', 'keeps', 'drops'];
  const lines = Array.from({ length: 3_000 }, (_, n) =>
    n % 3 === 0
      ? `- The server listens on port ${8_000 + n}; never commit to branch-${n} in area ${n % 7}.`
      : n % 3 === 1
        ? `- The ${verbs[n % 5]} job of part ${n} ${verbs[n % 4]} \`npm run step-${n}\` before the nightly release of module ${n % 40}.`
        : `- Part ${n % 90} ${verbs[n % 5]} rows of table number ${n} for the dashboard that area ${n % 7} shows.`,
  );
  const blocks = [block('project', lines.slice(0, 1_500).join('\n')), block('lessons', lines.slice(1_500).join('\n'))];
  await diagnose(backend([block('warm', lines.slice(0, 300).join('\n'))]), never);
  const branches = async () => ['main'];
  expect(await surestHold(() => diagnose(backend(blocks, { branches }), never))).toBeLessThan(25);
});
