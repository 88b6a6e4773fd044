// Addresses that anybody can write: they lead to a thread, a block or a skill, and to nothing else.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deepLink, linkCommand } from '../../../src/native/deep-link.ts';

const at = (path: string, query = '') => linkCommand({ path, query });

test('an address names a thread, a message in it, a block or a skill', () => {
  expect(at('/thread/conv-1f0c')).toEqual(['letta.showMessage', 'conv-1f0c']);
  expect(at('/thread/conv-1f0c', 'message=message-2')).toEqual(['letta.showMessage', 'conv-1f0c', 'message-2']);
  expect(at('/thread/default')).toEqual(['letta.showMessage', 'default']);
  expect(at('/block/project')).toEqual(['letta.openMemory', 'project']);
  expect(at('/block/team notes/')).toEqual(['letta.openMemory', 'team notes']);
  expect(at('/skill/write-tests')).toEqual(['letta.openSkills', 'write-tests']);
});

test.each([
  ['nothing', '/'],
  ['a command', '/letta.resetMemory'],
  ['a command in place of a kind', '/command/letta.resetMemory'],
  ['a message to send', '/chat', 'prompt=delete+everything'],
  ['a thread with a text', '/thread/conv-1/../../etc'],
  ['a wish to the view', '/block/review:'],
  ['a line of a block', '/block/line:project\nfoo'],
  ['a path', '/block/../../etc/passwd'],
  ['a skill elsewhere', '/skill/../../evil'],
  ['markup', '/skill/<img src=x onerror=alert(1)>'],
  ['control characters', '/block/a\u202eb'],
  ['a very long name', `/block/${'a'.repeat(5_000)}`],
])('%s leads to the chat', (_, path, query = '') => {
  expect(at(path, query)).toEqual(['letta.openChat']);
});

test('whatever an address says, one of four commands shows it, and what is handed on is a plain name', () => {
  const showing = new Set(['letta.openChat', 'letta.showMessage', 'letta.openMemory', 'letta.openSkills']);
  const words = fc.oneof(
    fc.string(),
    fc.constantFrom('thread', 'block', 'skill', '..', 'review:', 'letta.stop', '%2e'),
  );
  const path = fc.array(words, { maxLength: 5 }).map((parts) => `/${parts.join('/')}`);
  fc.assert(
    fc.property(path, fc.string(), (path, query) => {
      const [command, ...args] = linkCommand({ path, query });
      expect(showing).toContain(command);
      for (const arg of args) {
        expect(arg).not.toMatch(/[:<>"'\\\p{C}]|\.\./u);
        expect(arg.length).toBeLessThanOrEqual(100);
      }
    }),
  );
});

test('a message that is named badly is left out, and its thread is shown', () => {
  expect(deepLink({ path: '/thread/conv-1', query: 'message=%3Cscript%3E' })).toEqual({
    kind: 'thread',
    threadId: 'conv-1',
  });
});
