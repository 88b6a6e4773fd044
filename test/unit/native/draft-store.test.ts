import { mkdtemp, readdir, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { DraftStore, pathOfDraft, placeOfDraft } from '../../../src/native/draft-store.ts';

const ID = '00000000-0000-4000-8000-000000000000';
let storage: string;
let folder: string;
beforeEach(async () => {
  storage = await mkdtemp(join(tmpdir(), 'letta-drafts-'));
  folder = join(storage, 'skill-drafts');
});

describe('the address of a draft', () => {
  it.each([
    [`/${ID}/SKILL.md`, { id: ID, path: 'SKILL.md', revision: false }],
    [`/revision/${ID}/SKILL.md`, { id: ID, path: 'SKILL.md', revision: true }],
    [`/${ID}/templates/a/b.ts`, { id: ID, path: 'templates/a/b.ts', revision: false }],
  ])('%s', (path, place) => {
    expect(placeOfDraft(path)).toEqual(place);
    expect(pathOfDraft(place)).toBe(path);
  });

  it.each([`/${ID}/../x.md`, `/${ID}/templates/../../x`, `/../${ID}/SKILL.md`, '/SKILL.md', `/${ID}/other.md`])(
    'is none: %s',
    (path) => expect(placeOfDraft(path)).toBeUndefined(),
  );

  it('never leads elsewhere', () => {
    fc.assert(fc.property(fc.string(), (path) => !placeOfDraft(`/${ID}/${path}`)?.path.split('/').includes('..')));
  });
});

describe('DraftStore', () => {
  const place = (path: string) => ({ id: ID, path, revision: false });

  it('keeps a draft with its files and what is known of it for the next window', async () => {
    const store = new DraftStore(storage);
    await store.note(ID, { scope: 'agent', talk: { home: 'h', agentId: 'a', id: 't', at: 1 } });
    await store.keep(place('SKILL.md'), 'text');
    await store.keep(place('templates/b.ts'), 'b');
    await store.keep(place('scripts/a.sh'), 'a');
    const next = new DraftStore(storage);
    expect((await next.read(place('SKILL.md'))).toString()).toBe('text');
    expect(await next.files(ID)).toEqual([
      { path: 'scripts/a.sh', text: 'a' },
      { path: 'templates/b.ts', text: 'b' },
    ]);
    expect(await next.meta(ID)).toEqual({ scope: 'agent', talk: { home: 'h', agentId: 'a', id: 't', at: 1 } });
    await next.discard(place('scripts/a.sh'));
    expect(await next.files(ID)).toHaveLength(1);
    await next.discard(place('SKILL.md'));
    expect(await readdir(folder)).toEqual([]);
  });

  it('knows nothing of a draft that another version made, and shows it all the same', async () => {
    const store = new DraftStore(storage);
    await store.keep(place('SKILL.md'), 'text');
    expect(await store.meta(ID)).toEqual({});
    expect(await store.files(ID)).toEqual([]);
  });

  it('lists the revisions of skills for the next window, newest first, and no drafts', async () => {
    const ids = [1, 2, 3].map((n) => `00000000-0000-4000-8000-00000000000${n}`);
    const store = new DraftStore(storage);
    expect(await store.revisions()).toEqual([]);
    const revises = { id: '/p/a', name: 'a', base: 'before' };
    for (const [i, id] of ids.entries()) {
      await store.note(id, i === 2 ? {} : { revises });
      await store.keep({ id, path: 'SKILL.md', revision: i !== 2 }, 'after');
      await utimes(join(folder, `${id}.md`), 1_000 + i, 1_000 + i);
    }
    await store.note(ids[0] ?? '', { revises, discarded: true });
    const next = new DraftStore(storage);
    await next.moved('/p/a', '/p/b');
    expect(await next.revisions()).toEqual([
      {
        place: { id: ids[1], path: 'SKILL.md', revision: true },
        skill: '/p/b',
        base: 'before',
        discarded: false,
        at: 1_001_000,
      },
      {
        place: { id: ids[0], path: 'SKILL.md', revision: true },
        skill: '/p/b',
        base: 'before',
        discarded: true,
        at: 1_000_000,
      },
    ]);
    // Noted and not written: nothing of it is there to be shown.
    await store.note(ID, { revises });
    expect(await next.revisions()).toHaveLength(2);
  });

  it('forgets drafts of months ago', async () => {
    const store = new DraftStore(storage);
    await store.keep(place('SKILL.md'), 'text');
    await store.prune();
    expect(await readdir(folder)).toHaveLength(1);
    const old = new Date(Date.now() - 100 * 24 * 3_600_000);
    await utimes(join(folder, `${ID}.md`), old, old);
    await store.prune();
    expect(await readdir(folder)).toEqual([]);
  });

  it('remembers the hidden thread of a draft that it forgot, until that is ended', async () => {
    const store = new DraftStore(storage);
    const talk = { home: 'h', agentId: 'a', id: 't', at: 1 };
    await store.note(ID, { talk });
    await store.keep(place('SKILL.md'), 'text');
    const old = new Date(Date.now() - 100 * 24 * 3_600_000);
    await utimes(join(folder, `${ID}.md`), old, old);
    expect(await store.forgotten()).toEqual([]);
    await store.prune();
    expect(await new DraftStore(storage).forgotten()).toEqual([{ id: ID, talk }]);
    await store.discard(place('SKILL.md'));
    expect([await store.forgotten(), await readdir(folder)]).toEqual([[], []]);
  });
});
