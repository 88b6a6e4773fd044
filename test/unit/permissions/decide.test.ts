// The rules, the protected paths, what is hidden, and the rule that is offered.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accessOf } from '../../../src/permissions/access.ts';
import { decide, isHidden, narrowestRule } from '../../../src/permissions/decide.ts';
import type { Policy } from '../../../src/permissions/decision.ts';
import type { Access } from '../../../src/tools/tool.ts';
import { command, edit, fetching, MODES, policy, read, verdict } from './accesses.ts';

describe('rules', () => {
  const a = '/w/proj/src/a.ts';

  test('deny beats ask beats allow, in every mode', () => {
    for (const mode of MODES) {
      const all = { mode, allow: ['Edit(src/**)'], ask: ['Edit(src/*)'], deny: ['Edit(src/a.ts)'] };
      expect(verdict(edit(a), 'Edit', all)).toBe('deny');
      const asked = verdict(edit('/w/proj/src/b.ts'), 'Edit', all);
      expect(asked).toBe(mode === 'plan' ? 'deny' : 'ask');
      if (mode !== 'plan') expect(verdict(edit('/w/proj/src/x/c.ts'), 'Edit', all)).toBe('allow');
    }
  });

  test.each<[string, string, string, boolean]>([
    ['Edit(src/**)', a, 'Edit', true],
    ['Edit(./src/**)', a, 'Edit', true],
    ['Edit(src/*.ts)', a, 'Edit', true],
    ['Edit(*.ts)', a, 'Edit', false],
    ['Edit(**/*.ts)', a, 'Edit', true],
    ['Edit(**)', '/w/proj/.env', 'Edit', true],
    ['Edit(//w/proj/src/**)', a, 'Edit', true],
    ['Edit', a, 'Edit', true],
    ['Edit()', a, 'Edit', true],
    ['*', a, 'Edit', true],
    ['Edit(SRC/**)', a, 'Edit', false],
    ['Edit(src)', a, 'Edit', false],
    ['Write(**)', a, 'Edit', false],
    ['Edit(**)', a, 'Write', false],
    ['Read(**)', a, 'Edit', false],
    ['Edit(!docs/**)', a, 'Edit', false],
    ['Edit(src/**', a, 'Edit', false],
    ['MultiEdit(src/**)', a, 'Edit', true],
  ])('allow %s for %s with %s: %s', (rule, path, tool, opens) => {
    expect(verdict(edit(path), tool, { allow: [rule] })).toBe(opens ? 'allow' : 'ask');
  });

  test.each([
    ['Edit(src/**)', 'Write'],
    ['Write(src/**)', 'Edit'],
    ['Read(src/**)', 'Edit'],
    ['Edit(SRC/A.TS)', 'Edit'],
    ['Edit(src)', 'Edit'],
    ['Edit(src/)', 'Edit'],
    ['*', 'Edit'],
  ])('deny %s refuses %s too', (rule, tool) => {
    expect(verdict(edit(a), tool, { mode: 'unrestricted', deny: [rule] })).toBe('deny');
  });

  test('what may not be read may not be read by any tool', () => {
    for (const tool of ['Read', 'Grep', 'Glob', 'Diagnostics']) {
      expect(verdict(read(a), tool, { deny: ['Read(src/**)'] })).toBe('deny');
    }
  });

  test('an allow rule must cover every path of a call, a deny rule only one', () => {
    const paths = edit(a, '/w/proj/docs/b.md');
    expect(verdict(paths, 'Edit', { allow: ['Edit(src/**)'] })).toBe('ask');
    expect(verdict(paths, 'Edit', { allow: ['Edit(**)'] })).toBe('allow');
    expect(verdict(paths, 'Edit', { mode: 'acceptEdits', deny: ['Edit(docs/**)'] })).toBe('deny');
  });

  test('an asking rule that cannot be read asks too, and is named', () => {
    const judged = decide(edit(a), 'Edit', policy({ mode: 'unrestricted', ask: ['Edit(src/**'], allow: ['Edit'] }));
    expect(judged).toMatchObject({ decision: 'ask', reason: expect.stringContaining('Edit(src/**') });
  });

  test('a slash before a refusing or asking pattern means the workspace folder too', () => {
    expect(verdict(read('/w/proj/secrets/a'), 'Read', { deny: ['Read(/secrets/**)'] })).toBe('deny');
    expect(verdict(edit(a), 'Edit', { mode: 'acceptEdits', ask: ['Edit(/src/**)'] })).toBe('ask');
    expect(verdict(edit(a), 'Edit', { allow: ['Edit(/src/**)'] })).toBe('ask');
  });

  test('a deny rule that cannot be read asks', () => {
    expect(verdict(edit(a), 'Edit', { mode: 'unrestricted', deny: ['Edit(src/**'] })).toBe('ask');
  });

  test('allow rules do not open plan mode', () => {
    expect(verdict(edit(a), 'Edit', { mode: 'plan', allow: ['Edit(**)', '*'] })).toBe('deny');
  });

  test('with several folders a rule may begin with the name of one', () => {
    const more = { workspace: ['/w/proj', '/w/lib'], allow: ['Edit(lib/src/**)'] };
    expect(verdict(edit('/w/lib/src/x.ts'), 'Edit', more)).toBe('allow');
    expect(verdict(edit('/w/proj/src/x.ts'), 'Edit', more)).toBe('ask');
  });

  test('without a parser no command passes by a rule, and a rule that refuses is kept', () => {
    expect(verdict(command('npm test'), 'Bash', { mode: 'unrestricted', allow: ['Bash(npm test)', 'Bash', '*'] })).toBe(
      'ask',
    );
    expect(verdict(command('rm -rf x'), 'Bash', { deny: ['Bash(rm:*)'] })).toBe('deny');
    expect(verdict(command('rmdir x'), 'Bash', { deny: ['Bash(rm:*)'] })).toBe('ask');
  });

  test.each<[string, string, boolean]>([
    ['Fetch(example.com)', 'https://example.com/x', true],
    ['Fetch(domain:example.com)', 'https://example.com/x', true],
    ['Fetch(https://example.com/*)', 'https://example.com/x?y=1', true],
    ['WebFetch(https://example.com/*)', 'https://EXAMPLE.com/x', true],
    ['Fetch(*.example.com)', 'https://docs.example.com/', true],
    ['Fetch(https://example.com/docs/*)', 'https://example.com/docs/../admin', false],
    ['Fetch(https://example.com/*)', 'http://example.com/x', false],
    ['Fetch(example.com)', 'https://example.com:8443/', false],
    ['Fetch(example.com)', 'https://example.com.evil.org/', false],
    ['Fetch(example.com)', 'https://example.com@evil.org/', false],
    ['Fetch(*.example.com)', 'https://notexample.com/', false],
    ['Fetch(example.com)', 'https://me:secret@example.com/', false],
  ])('allow %s for %s: %s', (rule, url, opens) => {
    expect(verdict(fetching(url), 'Fetch', { allow: [rule] })).toBe(opens ? 'allow' : 'ask');
  });

  test.each(['file:///etc/passwd', 'ftp://example.com', 'javascript:alert(1)', 'no address'])(
    'never fetches %s',
    (url) => {
      expect(verdict(fetching(url), 'Fetch', { mode: 'unrestricted', allow: ['*'] })).toBe('deny');
    },
  );
});

describe('protected paths', () => {
  test('what lies in the folder that mirrors memory is asked about before it is changed, whatever a rule says', () => {
    const more: Partial<Policy> = {
      mode: 'unrestricted',
      allow: ['Edit(**)'],
      workspace: ['/m/ada-1'],
      memoryFolder: '/m',
    };
    expect(verdict(edit('/m/ada-1/project.md'), 'Edit', more)).toBe('ask');
    expect(decide(edit('project.md'), 'Edit', policy(more)).reason).toBe(
      'project.md is protected (letta.memory.mirror): it is asked every time.',
    );
    expect(verdict(read('/m/ada-1/project.md'), 'Read', { memoryFolder: '/m', workspace: ['/m/ada-1'] })).toBe('allow');
    expect(verdict(edit('/w/proj/a.ts'), 'Edit', { mode: 'acceptEdits', memoryFolder: '/w/pro' })).toBe('allow');
  });

  test.each([
    '.git/hooks/pre-commit',
    '.git',
    '.GIT/config',
    'packages/a/.git/config',
    '.git./config',
    '.git /config',
    '.git::$INDEX_ALLOCATION/config',
    'git~1/config',
    '.g\u200cit/config',
    '.vscode/tasks.json',
    '.VSCode/settings.json',
    'proj.code-workspace',
    '.letta/settings.json',
    '.lettaignore',
    '.agents/skills/x/SKILL.md',
    '.skills/x',
    '.claude/settings.json',
    'AGENTS.md',
    'sub/Claude.MD',
    '.husky/pre-push',
    '.bashrc',
    'home/.zshrc',
    'Microsoft.PowerShell_profile.ps1',
    'src/../.git/config',
  ])('%s is asked in every mode and no rule opens it', (name) => {
    for (const mode of ['standard', 'acceptEdits', 'unrestricted', 'strict'] as const) {
      for (const [access, tool] of [
        [edit(`/w/proj/${name}`), 'Edit'],
        [read(`/w/proj/${name}`), 'Read'],
      ] as const) {
        const judged = decide(
          access,
          tool,
          policy({ mode, allow: ['*', 'Edit', 'Edit(**)', `Edit(${name})`, 'Read(**)'] }),
        );
        expect(judged.decision).toBe('ask');
        expect(judged.rule).toBeUndefined();
      }
    }
  });

  test.each(['.github/workflows/ci.yml', '.gitignore', 'src/git/a.ts', 'agents.ts', 'vscode/a.ts', '.vscodeignore'])(
    '%s is not protected',
    (name) => {
      expect(verdict(edit(`/w/proj/${name}`), 'Edit', { mode: 'acceptEdits' })).toBe('allow');
    },
  );

  test.each([
    '/etc/passwd',
    '/w/proj-too/a.ts',
    '/w/proj/../other/a.ts',
    '../other/a.ts',
    '~/.ssh/id_rsa',
    '\\\\server\\share\\a.ts',
    'C:\\Windows\\a.ts',
    'file:///etc/passwd',
    'file:///w/proj/%2e%2e/x',
    'vscode-userdata:/settings.json',
    '/W/PROJ/src/a.ts',
  ])('%s lies outside: asked in every mode, no rule opens it', (path) => {
    const more = { mode: 'unrestricted' as const, allow: ['*', 'Read', 'Read(**)', `Read(/${path})`, `Read(${path})`] };
    expect(decide(read(path), 'Read', policy(more))).toEqual({
      decision: 'ask',
      reason: expect.stringContaining('outside'),
    });
  });

  test('a Windows folder holds its files without regard to case', () => {
    const more = { workspace: ['C:\\Users\\me\\proj'], mode: 'acceptEdits' as const };
    expect(verdict(edit('c:\\users\\ME\\proj\\src\\a.ts'), 'Edit', more)).toBe('allow');
    expect(verdict(edit('C:\\Users\\me\\proj\\.GIT\\config'), 'Edit', more)).toBe('ask');
    expect(verdict(edit('C:\\Users\\me\\proj2\\a.ts'), 'Edit', more)).toBe('ask');
  });

  test('relative paths count from the workspace', () => {
    expect(verdict(read('src/a.ts'), 'Read')).toBe('allow');
    expect(verdict(edit('./src/../.git/config'), 'Edit', { mode: 'unrestricted' })).toBe('ask');
  });

  test('what is open in this window only may be read', () => {
    expect(verdict(read('untitled:Untitled-1'), 'Read')).toBe('allow');
    const strict = decide(read('untitled:Untitled-1'), 'Read', policy({ mode: 'strict' }));
    expect(strict.decision).toBe('ask');
    expect(strict.rule).toBeUndefined();
  });
});

describe('.lettaignore', () => {
  const lettaignore = ['# secrets', '*.pem', 'private/', '!private/readme.md', '/top.txt'];

  test.each(['key.pem', 'deep/KEY.PEM', 'private/a.ts', 'private', 'top.txt'])(
    'hides %s from every tool in every mode',
    (name) => {
      for (const mode of MODES) {
        const more = { mode, lettaignore, allow: ['*'] };
        expect(verdict(read(`/w/proj/${name}`), 'Read', more)).toBe('deny');
        expect(verdict(edit(`/w/proj/${name}`), 'Edit', more)).toBe('deny');
      }
      expect(isHidden(`/w/proj/${name}`, policy({ lettaignore }))).toBe(true);
    },
  );

  test.each(['src/a.ts', 'sub/top.txt'])('does not hide %s', (name) => {
    expect(verdict(read(`/w/proj/${name}`), 'Read', { lettaignore })).toBe('allow');
    expect(isHidden(`/w/proj/${name}`, policy({ lettaignore }))).toBe(false);
  });

  test('is so too where a rule refuses to read it, whatever the tool', () => {
    const deny = ['Read(secrets/**)', 'Edit(src/**)', 'Bash(cat:*)', 'Read'];
    expect(isHidden('/w/proj/secrets/deep/key.txt', policy({ deny }))).toBe(true);
    expect(isHidden('/w/proj/SECRETS/key.txt', policy({ deny }))).toBe(true);
    expect(isHidden('/w/proj/src/a.ts', policy({ deny }))).toBe(false);
    expect(isHidden('/w/proj/src/a.ts', policy({ deny: ['Read(src)'] }))).toBe(true);
  });
});

describe('the narrowest rule', () => {
  test('is offered where it is asked, and then allows the same call', () => {
    const judged = decide(edit('/w/proj/src/a.ts'), 'Edit', policy());
    expect(judged.rule).toBe('Edit(src/a.ts)');
    expect(decide(fetching('https://example.com/x'), 'Fetch', policy()).rule).toBe('Fetch(https://example.com/*)');
    expect(decide(read(), 'OpenFiles', policy({ mode: 'strict' })).rule).toBe('OpenFiles');
    expect(decide(command('ls'), 'Bash', policy()).rule).toBeUndefined();
    expect(decide(edit('/w/proj/src/a.ts'), 'Edit', policy({ ask: ['Edit'] })).rule).toBeUndefined();
  });

  test('with several folders it names the whole path', () => {
    const workspace = ['/w/proj', '/w/lib'];
    const rule = narrowestRule(['/w/lib/a.ts'], 'Edit', policy({ workspace }));
    expect(rule).toBe('Edit(//w/lib/a.ts)');
    expect(verdict(edit('/w/lib/a.ts'), 'Edit', { workspace, allow: [rule ?? ''] })).toBe('allow');
    expect(verdict(edit('/w/proj/lib/a.ts'), 'Edit', { workspace, allow: [rule ?? ''] })).toBe('ask');
  });

  test('any path: the rule allows it and no other path', () => {
    const name = fc.string({
      unit: fc.constantFrom(
        'a',
        'b',
        '*',
        '?',
        '[',
        ']',
        '(',
        ')',
        '{',
        '}',
        '!',
        '+',
        '@',
        '|',
        '$',
        '^',
        '"',
        "'",
        '`',
        ',',
        '-',
        '.',
        ' ',
        '#',
        '~',
        '%',
        '&',
        ';',
        '=',
        'é',
      ),
      minLength: 1,
      maxLength: 5,
    });
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => `/w/proj/${parts.join('/')}`);
    let offered = 0;
    fc.assert(
      fc.property(path, fc.array(path, { maxLength: 20 }), (one, others) => {
        const judged = decide(edit(one), 'Edit', policy());
        if (judged.rule === undefined) return;
        offered += 1;
        const more = { allow: [judged.rule] };
        expect(verdict(edit(one), 'Edit', more)).toBe('allow');
        for (const other of [...others, `${one}a`, `${one}/a`, one.replace(/.$/, 'a'), one.replace(/[*?]/g, 'a')]) {
          const same = decide(edit(other), 'Edit', policy()).rule === judged.rule;
          if (!same) expect(verdict(edit(other), 'Edit', more)).toBe('ask');
        }
      }),
      { numRuns: 2_000, seed: 9 },
    );
    expect(offered).toBeGreaterThan(500);
  });
});

describe('accessOf', () => {
  test.each<[string, unknown, Access | undefined]>([
    ['Read', { path: 'a' }, { kind: 'read', paths: ['a'] }],
    ['Edit', { path: 'a', edits: [] }, { kind: 'edit', paths: ['a'] }],
    ['Write', { file_path: 'a' }, { kind: 'edit', paths: ['a'] }],
    ['Bash', { command: 'ls', cwd: 'x' }, { kind: 'command', command: 'ls', cwd: 'x' }],
    ['Fetch', { url: 'https://a.b' }, { kind: 'fetch', url: 'https://a.b' }],
    ['Grep', {}, { kind: 'read', paths: [] }],
    ['Read', {}, undefined],
    ['Edit', { path: 3 }, undefined],
    ['Unknown', { path: 'a' }, undefined],
  ])('%s %j', (tool, input, expected) => {
    expect(accessOf(tool, input)).toEqual(expected);
  });
});
