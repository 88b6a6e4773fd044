// The tags that the archive can be filtered by: all of them where the server lists them, else those that were seen, which is said.
import { afterEach, describe, expect, it } from 'vitest';
import { Archive } from '../../../src/memory/archive.ts';
import { OwnHome } from '../agent/own-home.ts';

let home: OwnHome;
afterEach(() => home.close());

/** More entries than a page has; the oldest one has a tag of its own. */
async function filled(): Promise<Archive> {
  const archive = new Archive(home.connection, home.agentId);
  await archive.add('The first.', ['zebra', 'ops']);
  for (let i = 0; i < 60; i++) await archive.add(`Entry ${i}`, ['ops']);
  return new Archive(home.connection, home.agentId);
}

describe('the tags of the archive', () => {
  it('are all there, of entries behind the first page too', async () => {
    home = await OwnHome.open();
    const archive = await filled();
    const { passages } = await archive.list({ query: '' });
    expect(passages.flatMap(({ tags }) => tags)).not.toContain('zebra');
    expect(await archive.tags()).toEqual({ tags: ['ops', 'zebra'], allTags: true });
  });

  it('go with the last entry that has them', async () => {
    home = await OwnHome.open();
    const archive = new Archive(home.connection, home.agentId);
    const { id } = await archive.add('Gone soon.', ['gone']);
    await archive.add('Stays.', ['stays']);
    await archive.remove(id);
    expect(await archive.tags()).toEqual({ tags: ['stays'], allTags: true });
  });

  it('are those of the entries seen so far where the server has no list of them, which is asked for once', async () => {
    let asked = 0;
    home = await OwnHome.open((request) => {
      if (!new URL(request.url).pathname.endsWith('/archival-memory/tags')) return request;
      asked++;
      return new Request(request.url.replace('/tags', '/unknown'), request);
    });
    const archive = await filled();
    const { passages } = await archive.list({ query: '' });
    expect(await archive.tags()).toEqual({ tags: ['ops'], allTags: false });
    await archive.list({ query: '', after: passages.at(-1)?.id });
    expect(await archive.tags()).toEqual({ tags: ['ops', 'zebra'], allTags: false });
    expect(asked).toBe(1);
  });
});
