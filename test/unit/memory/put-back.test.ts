// Undo of deleted entries of the archive: with what they had, and all of them.
import { describe, expect, it } from 'vitest';
import type { EntryFacts } from '../../../src/memory/archive.ts';
import { putBack } from '../../../src/memory/put-back.ts';
import type { PassageView } from '../../../src/protocol/memory-views.ts';

const entry = (text: string): PassageView => ({
  id: `passage-${text}`,
  text,
  tags: ['ops'],
  at: '2025-03-04T05:06:07Z',
});

function archive(fails: (text: string) => boolean = () => false) {
  const added: { text: string; tags: readonly string[]; at: unknown }[] = [];
  const add = async (text: string, tags: readonly string[], facts: EntryFacts = {}) => {
    if (fails(text)) throw new Error('the server is gone');
    added.push({ text, tags, at: facts.at });
    return entry(text);
  };
  const putBack = async (was: PassageView) => void (await add(was.text, was.tags, was));
  return { added, putBack };
}

describe('entries that are put back', () => {
  it('keep their words, tags and date', async () => {
    const there = archive();
    expect(await putBack(there, [entry('one'), entry('two')])).toBe('Put 2 entries of the archive back.');
    expect(there.added).toEqual(['one', 'two'].map((text) => ({ text, tags: ['ops'], at: '2025-03-04T05:06:07Z' })));
  });

  it('come back without the one that cannot, which is told word for word', async () => {
    const there = archive((text) => text === 'one');
    const said = await putBack(there, [entry('one'), entry('two')]);
    expect(there.added.map(({ text }) => text)).toEqual(['two']);
    expect(said).toBe(
      'Put an entry of the archive back. An entry of the archive could not be put back (the server is gone): one',
    );
  });
});
