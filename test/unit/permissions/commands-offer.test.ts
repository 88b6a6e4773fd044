// "Always allow": the narrowest useful rules; with them the same line asks no more, and nothing else passes that should not.
import { describe, expect, test } from 'vitest';
import { judge } from './shells.ts';

const rulesFor = (command: string, given: Parameters<typeof judge>[1] = {}) => judge(command, given).rules;

describe('rules that are offered', () => {
  const rows: [string, string[]][] = [
    ['npm test', ['Bash(npm test:*)']],
    ['npm test -- --watch=false', ['Bash(npm test:*)']],
    ['npm run test', ['Bash(npm run test:*)']],
    ['npm run test:unit -- a.test.ts', ['Bash(npm run test:unit:*)']],
    ['git commit -m "it works"', ['Bash(git commit:*)']],
    ['git add -A && git commit -m x', ['Bash(git add:*)', 'Bash(git commit:*)']],
    ['cargo build --release', ['Bash(cargo build:*)']],
    ['go test ./...', ['Bash(go test:*)']],
    ['make check', ['Bash(make check:*)']],
    ['npx tsc --noEmit', ['Bash(npx tsc:*)']],
    ['gh pr create --fill', ['Bash(gh pr create:*)']],
    ['npm ci && npm run build && npm test', ['Bash(npm ci:*)', 'Bash(npm run build:*)', 'Bash(npm test:*)']],
    ['ls && npm test | tail -5', ['Bash(npm test:*)']],
    ['npm test && npm test', ['Bash(npm test:*)']],
    ['tsc --noEmit', ['Bash(tsc --noEmit)']],
    ["prettier --check 'a b.ts'", ["Bash(prettier --check 'a b.ts')"]],
    ['./scripts/check.sh fast', ['Bash(./scripts/check.sh fast)']],
    ['mkdir -p src/new', ['Bash(mkdir -p src/new)']],
    ['git diff --output=x.diff', ['Bash(git diff --output=x.diff)']],
    ['FOO=1 npm test', ['Bash(FOO=1 npm test:*)']],
    ['CI=1 npm test', ['Bash(npm test:*)']],
    ['timeout 60 npm test', ['Bash(npm test:*)']],
    ['bash -c "npm test"', ['Bash(npm test:*)']],
    ['echo x > out.txt', ['Edit(out.txt)']],
    ['npm test > out.txt', ['Bash(npm test:*)', 'Edit(out.txt)']],
    ['git --no-pager commit -m x', ['Bash(git --no-pager commit -m x)']],
  ];
  test.each(rows)('%s: %j', (command, rules) => {
    expect(rulesFor(command)).toEqual(rules);
    // What was allowed asks no more, alone or in a chain, and nothing but it became possible.
    expect(judge(command, { allow: rules }).decision).toBe('allow');
    expect(judge(`cd src && ls; ${command.split('>')[0]}`, { allow: rules }).decision).toBe('allow');
    expect(judge(`${command.split('>')[0]} && rm x`, { allow: rules }).decision).toBe('ask');
    if (rules.length > 1) expect(judge(command, { allow: rules.slice(1) }).decision).toBe('ask');
  });

  test.each([
    'rm x',
    'npm test && rm x',
    'python script.py',
    'python -c x',
    'node script.js',
    'node -e x',
    'bash script.sh',
    'bash -c "$X"',
    'sudo npm test',
    'sudo rm x',
    'ssh host ls',
    'docker run image ls',
    'xargs rm',
    'find . -exec rm {} \\;',
    'env X=1 python a.py',
    'eval ls $X',
    'source x.sh',
    'curl https://example.com',
    'chmod 777 x',
    'NODE_OPTIONS=x npm test',
    'npm test $X && $Y',
    'cat /etc/passwd',
    'cp a .git/hooks/x',
    'echo x > .git/x',
    'echo x > $OUT',
    'ls "',
    'prettier --write src/*.ts',
    'vim a.txt',
    'git -c core.pager=x log',
    'parallel npm test',
  ])('none for %s', (command) => {
    const judged = judge(command);
    expect(judged.decision).toBe('ask');
    expect(judged.rules).toBeUndefined();
    expect(judged.rule).toBeUndefined();
  });

  test('none is offered where a rule or plan mode decides', () => {
    expect(rulesFor('npm test', { ask: ['Bash(npm:*)'] })).toBeUndefined();
    expect(rulesFor('npm test', { mode: 'plan' })).toBeUndefined();
  });
});
