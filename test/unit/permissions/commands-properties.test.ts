// Properties of the judgement: nothing that wraps a command makes it pass, nothing added loosens, nothing throws, all is quick.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCommandPattern } from '../../../src/permissions/commands/command-rules.ts';
import { readCommand } from '../../../src/permissions/commands/read-command.ts';
import { worked } from '../../support/worked.ts';
import { bash, type Given, judge, powershell } from './shells.ts';

const RANK = { deny: 0, ask: 1, allow: 2 } as const;

/** Ways of writing a program's name. */
const SPELLINGS: ((name: string) => string)[] = [
  (name) => name,
  (name) => `"${name}"`,
  (name) => `'${name}'`,
  (name) => `${name[0]}""${name.slice(1)}`,
  (name) => `${name[0]}''${name.slice(1)}`,
  (name) => `\\${name}`,
  (name) => `${name[0]}\\${name.slice(1)}`,
  (name) => `/bin/${name}`,
  (name) => `./${name}`,
  (name) => `$'${name}'`,
  (name) => `$'\\x${name.charCodeAt(0).toString(16)}'${name.slice(1)}`,
  (name) => `${name[0]}\\\n${name.slice(1)}`,
  (name) => name.toUpperCase(),
  (name) => `${name}.exe`,
  (name) => `$(echo ${name})`,
  (name) => `\${x:-${name}}`,
];

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Ways of running a line within another. */
const WRAPPINGS: ((line: string) => string)[] = [
  (line) => `ls && ${line}`,
  (line) => `ls; ${line}`,
  (line) => `${line} | cat`,
  (line) => `ls | ${line}`,
  (line) => `ls\n${line}`,
  (line) => `${line} &`,
  (line) => `(${line})`,
  (line) => `{ ${line}; }`,
  (line) => `echo "$( ${line})"`,
  (line) => `cat <(${line})`,
  (line) => `! ${line}`,
  (line) => `if ${line}; then ls; fi`,
  (line) => `for i in a b; do ${line}; done`,
  (line) => `while ${line}; do ls; done`,
  (line) => `f() { ${line}; }`,
  (line) => `bash -c ${quote(line)}`,
  (line) => `sh -lc ${quote(line)}`,
  (line) => `eval ${quote(line)}`,
  (line) => `zsh -c ${quote(line)} x y`,
  (line) => `ssh host ${quote(line)}`,
  (line) => `watch -n 1 ${quote(line)}`,
  (line) => `docker run -it image sh -c ${quote(line)}`,
  (line) => `find . -exec sh -c ${quote(line)} \\;`,
  (line) => `echo a | xargs sh -c ${quote(line)}`,
  (line) => `sudo bash -c ${quote(line)}`,
  (line) => `cat <<EOF\n$(${line})\nEOF`,
  (line) => `bash <<'END'\n${line}\nEND`,
  (line) => `alias x=${quote(line)}`,
  (line) => `[ -n "$(${line})" ]`,
  (line) => `x=$(${line})`,
  (line) => `ls \${x:-$(${line})}`,
  (line) => `case a in a) ${line};; esac`,
  (line) => `trap ${quote(line)} EXIT`,
  (line) => `python3 -c ${quote(`import os; os.system(${JSON.stringify(line)})`)}`,
];

/** Ways of running a simple command through another program. */
const PREFIXES = [
  'sudo',
  'env',
  'env A=1',
  'nohup',
  'nice -n 5',
  'time',
  'timeout 5',
  'command',
  'exec',
  'xargs',
  'busybox',
  'setsid',
  'stdbuf -oL',
  'sudo -u root --',
  'npx',
  'docker exec box',
  'ssh host',
  'strace',
  'find . -exec',
];

const spelling = fc.constantFrom(...SPELLINGS);
const prefixes = fc.array(fc.constantFrom(...PREFIXES), { maxLength: 3 });
const wrappings = fc.array(fc.constantFrom(...WRAPPINGS), { maxLength: 4 });

const disguised = (name: string) =>
  fc.tuple(spelling, prefixes, wrappings).map(([spell, before, around]) => {
    const simple = [...before, `${spell(name)} x`].join(' ');
    return around.reduce((line, wrap) => wrap(line), simple);
  });

describe('whatever a command is wrapped in', () => {
  test('a refused program never passes', () => {
    const given: Given = { deny: ['Bash(rm:*)'], allow: ['Bash'] };
    fc.assert(
      fc.property(
        disguised('rm'),
        fc.constantFrom('standard', 'acceptEdits', 'unrestricted', 'strict', 'plan') as fc.Arbitrary<'standard'>,
        (line, mode) => {
          expect(judge(line, { ...given, mode }).decision, line).not.toBe('allow');
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a program that nobody allowed never passes, whatever else is allowed', () => {
    const allow = [
      ...PREFIXES.map((prefix) => `Bash(${prefix.split(' ')[0]}:*)`),
      'Bash(bash:*)',
      'Bash(sh:*)',
      'Bash(eval:*)',
      'Bash(find:*)',
      'Bash(python3:*)',
      'Bash(watch:*)',
      'Bash(trap:*)',
    ];
    fc.assert(
      fc.property(disguised('rm'), (line) => {
        expect(judge(line, { allow }).decision, line).not.toBe('allow');
        expect(judge(line).decision, line).not.toBe('allow');
      }),
      { numRuns: 300 },
    );
  });

  test('a protected file is never written without a question', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('.git/config', 'AGENTS.md', '../x', '/etc/x', '~/.bashrc', '.vscode/tasks.json'),
        fc.constantFrom('echo x > ', 'cp a ', 'tee ', 'ls 2>> ', 'sed -i s/a/b/ '),
        wrappings,
        (file, act, around) => {
          const line = around.reduce((text, wrap) => wrap(text), `${act}${file}`);
          expect(judge(line, { mode: 'unrestricted', allow: ['Bash', 'Edit'] }).decision, line).not.toBe('allow');
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('what is added never loosens', () => {
  const lines = fc.constantFrom(
    'ls',
    'npm test',
    'git push',
    'rm x',
    'cat .env',
    'echo x > a',
    'cat /etc/passwd',
    '$X',
    'node -e x',
    'sudo ls',
    'cd ..',
    'X=1 ls',
    'python a.py',
  );
  const modes = fc.constantFrom(
    'plan',
    'standard',
    'acceptEdits',
    'unrestricted',
    'strict',
  ) as fc.Arbitrary<'standard'>;
  const rules = fc.subarray(['Bash(npm test:*)', 'Bash(git:*)', 'Bash(rm:*)', 'Bash(node:*)', 'Bash(sudo:*)', 'Bash']);

  test('a further part of a line', () => {
    fc.assert(
      fc.property(
        lines,
        lines,
        modes,
        rules,
        rules,
        fc.constantFrom(' && ', '; ', ' | ', ' || ', '\n', ' & '),
        (a, b, mode, allow, deny, sign) => {
          const given: Given = { mode, allow, deny, lettaignore: ['.env'] };
          if (judge(`${a}${sign}${b}`, given).decision !== 'allow') return;
          expect([judge(a, given).decision, judge(b, given).decision], `${a}${sign}${b}`).toEqual(['allow', 'allow']);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a rule that refuses or asks', () => {
    fc.assert(
      fc.property(lines, modes, rules, rules, rules, (line, mode, allow, deny, ask) => {
        const before = RANK[judge(line, { mode, allow }).decision];
        expect(RANK[judge(line, { mode, allow, deny, ask }).decision]).toBeLessThanOrEqual(before);
      }),
      { numRuns: 300 },
    );
  });
});

describe('any text', () => {
  const pieces = fc.constantFrom(
    'ls',
    'rm',
    ' ',
    ' ',
    '"',
    "'",
    '`',
    '$(',
    ')',
    '(',
    '{',
    '}',
    '|',
    '&',
    ';',
    '\n',
    '<',
    '>',
    '<<EOF',
    'EOF',
    '$',
    '\\',
    '*',
    '[',
    ']',
    '!',
    '#',
    '=',
    '-c',
    'bash',
    'eval',
    '/',
    '..',
    'if',
    'fi',
    'do',
    'done',
    'x',
    '@',
    '%',
    '-',
    '--',
    '&&',
    '${',
    '\t',
    'é',
    '𝒳',
  );
  test.each([bash, powershell])(
    'is read without throwing, and asked about or refused where it cannot be parsed ($shell)',
    (shell) => {
      fc.assert(
        fc.property(fc.array(pieces, { maxLength: 14 }), (words) => {
          const text = words.join('');
          const judged = judge(text, { shell });
          expect(judged.reason).not.toBe('');
          const line = readCommand(text, { ...shell, folder: '/w/proj' });
          if (line.unclear !== undefined) expect(judged.decision).not.toBe('allow');
        }),
        { numRuns: 300 },
      );
      fc.assert(
        fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
          judge(text, { shell, allow: [`Bash(${text}:*)`], deny: [`Bash(${text})`] });
          parseCommandPattern(text);
        }),
        { numRuns: 300 },
      );
    },
  );

  test('a parser that fails leaves the command asked about, in every mode', () => {
    const broken = {
      shell: 'bash' as const,
      parser: {
        parse: (): never => {
          throw new Error('out of memory');
        },
      },
    };
    for (const mode of ['plan', 'standard', 'acceptEdits', 'unrestricted', 'strict'] as const) {
      const judged = judge('ls', { mode, shell: broken, allow: ['Bash', 'Bash(ls)'] });
      expect(judged).toMatchObject({ decision: 'ask', reason: expect.stringContaining('out of memory') });
    }
    expect(judge('rm x', { shell: broken, deny: ['Bash(rm:*)'] }).decision).toBe('deny');
  });

  test('long and deep lines are refused a reading, not read for ever', () => {
    const deep = (n: number): string => (n === 0 ? 'ls' : `echo $(${deep(n - 1)})`);
    const nested = (n: number): string => (n === 0 ? 'ls' : `bash -c ${quote(nested(n - 1))}`);
    expect(judge('x'.repeat(30_000)).decision).toBe('ask');
    expect(judge('ls; '.repeat(2_000)).decision).toBe('ask');
    expect(judge(deep(60)).decision).toMatch(/ask|allow/);
    expect(judge(nested(11)).decision).toBe('ask');
    expect(judge(`ls ${'{a,b}'.repeat(30)}`).decision).toBe('ask');
    expect(judge(`for a in ${'x '.repeat(300)}; do cat $a$a$a$a; done`).decision).toBe('ask');
  });

  test('an ordinary line is judged in a few milliseconds', () => {
    const line =
      'cd src && CI=1 npm run test:unit -- a.test.ts 2>&1 | grep -E "fail|error" | head -20; git diff --stat';
    const given: Given = {
      allow: Array.from({ length: 50 }, (_, i) => `Bash(npm run x${i}:*)`),
      deny: ['Bash(rm:*)'],
      lettaignore: ['.env', 'secrets/'],
    };
    const times = Array.from({ length: 100 }, () => {
      const start = worked();
      judge(line, given);
      return worked() - start;
    });
    // The others compile, and collect garbage.
    expect(Math.min(...times)).toBeLessThan(10);
  });
});
