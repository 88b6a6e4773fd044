import { describe, expect, it } from 'vitest';
import { slashCommand } from '../../../src/chat/slash.ts';

const all = () => true;

describe('slashCommand', () => {
  it('knows a command with and without what stands behind it', () => {
    expect(slashCommand('/reflect', all)).toEqual({ command: 'letta.reflect', rest: '' });
    expect(slashCommand('/memory', all)).toEqual({ command: 'letta.openMemory', rest: '' });
    expect(slashCommand('/agents', all)?.command).toBe('letta.selectAgent');
    expect(slashCommand('  /remember We use tabs.\nAlways. ', all)).toEqual({
      command: 'letta.remember',
      rest: 'We use tabs.\nAlways.',
    });
  });

  it('leaves to the agent what is none: paths, skills, words in the middle, names of every object', () => {
    for (const text of ['/usr/bin', '/release 1.2', 'see /memory', '/', '/constructor', '/Memory', '/memoryx', 'hello'])
      expect(slashCommand(text, all)).toBeUndefined();
    expect(slashCommand('/doctor', (command) => command !== 'letta.doctor')).toBeUndefined();
  });
});
