// Rules of a workspace's own files: Letta Code's shape; what cannot be read asks about everything.
import { describe, expect, test } from 'vitest';
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
