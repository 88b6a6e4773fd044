// What each mode lets pass, and what may never pass, whatever is allowed.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/permissions/decide.ts';
import type { Access } from '../../../src/tools/tool.ts';
import { command, edit, fetching, MODES, policy, read, verdict } from './accesses.ts';

describe('the table of modes', () => {
  // In the order of the modes.
  const rows: [what: string, access: Access, tool: string, decisions: string][] = [
    ['a read', read('/w/proj/src/a.ts'), 'Read', 'allow allow allow allow ask'],
    ['a list of tabs', read(), 'OpenFiles', 'allow allow allow allow ask'],
    ['an edit', edit('/w/proj/src/a.ts'), 'Edit', 'deny ask allow allow ask'],
    ['a new file', edit('/w/proj/src/new.ts'), 'Write', 'deny ask allow allow ask'],
    // Without a parser nothing passes.
    ['a command that cannot be read', command('ls'), 'Bash', 'ask ask ask ask ask'],
    ['a page', fetching('https://example.com/x'), 'Fetch', 'ask ask ask allow ask'],
    ['a private address', fetching('http://192.168.1.1/'), 'Fetch', 'ask ask ask deny ask'],
    ['a read outside', read('/etc/hosts'), 'Read', 'ask ask ask ask ask'],
    ['an edit outside', edit('/etc/hosts'), 'Edit', 'deny ask ask ask ask'],
    ['a protected file', edit('/w/proj/.git/config'), 'Edit', 'deny ask ask ask ask'],
    ['a skill', { kind: 'none' }, 'Skill', 'allow allow allow allow allow'],
  ];
  test.each(
    rows.flatMap(([what, access, tool, decisions]) => {
      const expected = decisions.split(' ');
      return MODES.map((mode, i) => ({ what, access, tool, mode, expected: expected[i] }));
    }),
  )('$what in $mode mode: $expected', ({ access, tool, mode, expected }) => {
    const all = decide(access, tool, policy({ mode }));
    expect(all.decision).toBe(expected);
    expect(all.reason).toMatch(/\S+ .*\.$/);
  });

  test.each(MODES)('in an untrusted workspace %s mode reads only, whatever is allowed', (mode) => {
    const more = { mode, trusted: false, allow: ['*', 'Edit', 'Edit(**)', 'Bash(ls)', 'Fetch(example.com)'] };
    expect(verdict(edit('/w/proj/a.ts'), 'Edit', more)).toBe('deny');
    expect(verdict(command('ls'), 'Bash', more)).toBe('deny');
    expect(verdict(fetching('https://example.com'), 'Fetch', more)).toBe('deny');
    expect(verdict(read('/w/proj/a.ts'), 'Read', more)).toBe('allow');
  });
});

describe('whatever the rules and the mode', () => {
  test('outside, protected, hidden and untrusted never pass', () => {
    const rule = fc.constantFrom(
      '*',
      'Edit',
      'Edit(**)',
      'Edit(**/*)',
      'Write(**)',
      'Read(**)',
      'Edit(//**)',
      'Edit(.git/**)',
      'Edit(/etc/**)',
      'Edit(../**)',
    );
    const target = fc.constantFrom(
      '/etc/passwd',
      '../x',
      '/w/proj/.git/config',
      '/w/proj/AGENTS.md',
      '/w/proj/hidden.txt',
      '/w/proj/src/a.ts',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...MODES),
        fc.array(rule),
        fc.array(rule),
        fc.boolean(),
        target,
        fc.constantFrom('Edit', 'Write'),
        (mode, allow, askRules, trusted, path, tool) => {
          const judged = verdict(edit(path), tool, {
            mode,
            allow,
            ask: askRules,
            trusted,
            lettaignore: ['hidden.txt'],
          });
          if (!trusted || mode === 'plan' || path.endsWith('hidden.txt')) expect(judged).toBe('deny');
          else if (path !== '/w/proj/src/a.ts') expect(judged).toBe('ask');
        },
      ),
      { numRuns: 2_000, seed: 4 },
    );
  });
});
