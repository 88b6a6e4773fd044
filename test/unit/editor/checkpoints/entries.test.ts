// Entries told against a listing say the same as before, whatever is in either, and share it where most is the same.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Entries } from '../../../../src/editor/checkpoints/entries.ts';
import { KnownFiles } from '../../../../src/editor/checkpoints/known.ts';

const path = fc.constantFrom(...'abcdefghij');
const map = fc.array(fc.tuple(path, fc.constantFrom('fg1', 'fg2', 'fs3'))).map((pairs) => new Map(pairs));
const sorted = (entries: Iterable<[string, string]>) => [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1));

it('says the same against any listing', () => {
  fc.assert(
    fc.property(map, map, map, fc.array(path), (listing, own, more, gone) => {
      const entries = new Entries(own);
      for (const [at, entry] of more) entries.set(at, entry);
      for (const at of gone) entries.delete(at);
      const told = entries.against(listing);
      expect(sorted(told)).toEqual(sorted(entries));
      for (const at of 'abcdefghij') expect(told.get(at)).toBe(entries.get(at));
      // What changes later, changes in one of them alone.
      told.set('a', 'fg9');
      told.delete('b');
      expect(listing.get('a')).not.toBe('fg9');
      const differ = new Set(told.unlike(entries));
      for (const at of 'abcdefghij') if (told.get(at) !== entries.get(at)) expect(differ.has(at)).toBe(true);
    }),
  );
});

it('shares a listing of which most stands, and compares by the rest alone', () => {
  const listing = new Map(Array.from({ length: 1_000 }, (_, i) => [`file${i}`, 'fg1'] as const));
  const now = new Map([...listing, ['file7', 'fg2'], ['new', 'fs3']] as [string, string][]);
  now.delete('file9');
  const told = new Entries(now).against(listing);
  expect(told.listing).toBe(listing);
  expect([...told.unlike(new Entries(listing))].toSorted()).toEqual(['file7', 'file9', 'new']);
  const other = new Map([...listing].map(([at]) => [at, 'fs4'] as const));
  expect(new Entries(other).against(listing).listing).not.toBe(listing);
});

it('forgets files that were not looked up in a whole round, and no others', () => {
  const sight = { size: 1, mtimeMs: 1, ctimeMs: 1, ino: 1 };
  const known = new KnownFiles();
  const paths = () => [...known.rows()].map(([at]) => at);
  for (const at of ['a', 'b', 'c']) known.set(at, sight, 1e6, 'fs1');
  known.forgetOthers();
  known.changed = false;
  for (const at of ['a', 'b', 'c', 'c']) expect(known.find(at, 'f', sight)).toBe('fs1');
  known.forgetOthers();
  expect([paths(), known.changed]).toEqual([['a', 'b', 'c'], false]);
  known.find('a', 'f', sight);
  known.find('b', 'f', { ...sight, size: 2 });
  known.forgetOthers();
  expect([paths(), known.changed]).toEqual([['a'], true]);
  const stored = KnownFiles.of(known.rows());
  expect(stored.find('a', 'x', sight)).toBe('xs1');
  stored.set('d', sight, 1e6, 'fs2');
  stored.set('d', sight, 1e6, 'fs3');
  stored.forgetOthers();
  expect([...stored.hashes()]).toEqual(['1', '3']);
});
