// Places with a mirror of memory in them, gone when the test is over.
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { git, Place } from '../../support/memory-mirror.ts';

const places: Place[] = [];
export function place(options: ConstructorParameters<typeof Place>[0] = {}): Place {
  const made = new Place(options);
  places.push(made);
  return made;
}
afterEach(() => {
  for (const made of places.splice(0)) made.dispose();
});

/** A mirror of one block, in step. */
export async function begun(value = 'one\ntwo\nthree\nfour\nfive'): Promise<Place> {
  const it = place();
  it.blocks.add('project', value);
  await it.mirror.sync();
  return it;
}

/** A colleague's clone in which they commit and from which the person pulls. */
export function clone(of: Place): string {
  const folder = join(of.root, 'clone');
  git(of.root, 'clone', '--quiet', of.folder, folder);
  return folder;
}
