// Rules of a workspace's own files: Letta Code's shape; what cannot be read asks about everything.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRuleFile, tighteningRules } from '../../../src/native/rule-sources.ts';
import { joinRules, parseWorkspaceRules } from '../../../src/permissions/workspace-settings.ts';
import { judge } from './shells.ts';

const NONE = { allow: [], ask: [], deny: [] };
const parse = (text: string) => parseWorkspaceRules(text, '.letta/settings.json');

describe('rules of a workspace', () => {
  test('are read beside keys of others', () => {
    const text = JSON.stringify({
      agent: 'agent-1',
      permissions: {
        allow: ['Bash(npm test:*)'],
        deny: ['Read(secret/**)'],
        alwaysAsk: ['Bash(git push:*)'],
        mode: 'x',
      },
    });
    expect(parse(text)).toEqual({ allow: ['Bash(npm test:*)'], ask: ['Bash(git push:*)'], deny: ['Read(secret/**)'] });
    expect(parse('{}')).toEqual(NONE);
    expect(parse('')).toEqual(NONE);
    expect(parse('{"permissions": {}}')).toEqual(NONE);
  });

  test.each(['{', '[]', '{"permissions": {"deny": "Bash"}}', '{"permissions": {"allow": [1]}}', 'null'])(
    'a file that cannot be read (%s) asks about everything, and says why',
    (text) => {
      const rules = parse(text);
      expect(rules.allow).toEqual([]);
      const judged = judge('ls', { ...rules, mode: 'unrestricted' });
      expect(judged).toMatchObject({ decision: 'ask', reason: expect.stringContaining('.letta/settings.json') });
    },
  );

  test('a file that is there and cannot be opened asks about everything; one that is not there says nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'letta-rules-'));
    await mkdir(join(folder, 'settings.json'));
    const text = await readRuleFile(join(folder, 'settings.json'));
    expect(text).toBeNull();
    const rules = parseWorkspaceRules(text ?? null, '.letta/settings.json');
    expect(judge('ls', { ...rules, mode: 'unrestricted' }).decision).toBe('ask');
    expect(await readRuleFile(join(folder, 'none.json'))).toBeUndefined();
    expect(await readRuleFile(join(folder, 'none', 'settings.json'))).toBeUndefined();
    await rm(folder, { recursive: true });
  });

  test('a setting that is no list of rules asks about everything, and is named', () => {
    const deny = tighteningRules([['Bash(rm:*)'], undefined, 'Bash(git push:*)'], 'letta.permissions.deny');
    expect(deny).toEqual(['Bash(rm:*)', 'letta.permissions.deny is not valid']);
    const judged = judge('npm test', { deny, mode: 'unrestricted' });
    expect(judged).toMatchObject({ decision: 'ask', reason: expect.stringContaining('letta.permissions.deny') });
    expect(tighteningRules([[1, 'Bash']], 'x')).toEqual(['x is not valid', 'Bash']);
    expect(tighteningRules([undefined, null, []], 'x')).toEqual([]);
  });

  test.each(['shell', 'Shell', 'ShellCommand', 'exec_command', 'run_shell_command', 'RunShellCommand'])(
    'name the tool for commands as any toolset of Letta Code does: %s',
    (name) => {
      expect(judge('rm -rf out', { mode: 'unrestricted', deny: [`${name}(rm:*)`] }).decision).toBe('deny');
      expect(judge('npm test', { allow: [`${name}(npm test)`] }).decision).toBe('allow');
    },
  );

  test.each(['read_file_gemini(secret/**)', 'ReadFileGemini(secret/**)'])('and that for reading: %s', (rule) => {
    expect(judge('cat secret/a', { mode: 'unrestricted', deny: [rule] }).decision).toBe('deny');
  });

  test('of several files count together', () => {
    expect(
      joinRules([
        { ...NONE, allow: ['a'] },
        { allow: ['b'], ask: ['c'], deny: ['d'] },
      ]),
    ).toEqual({
      allow: ['a', 'b'],
      ask: ['c'],
      deny: ['d'],
    });
  });
});
