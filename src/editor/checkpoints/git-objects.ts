// Contents of a repository's objects, many at a time.
import { git } from './git.ts';

/** Largest object that is brought back, in bytes: all of it is in memory once. */
const MAX_OBJECT = 64 * 1024 * 1024;

/** Which of these objects are there, with their sizes. Ids that are missing are missing in the answer. @throws GitError */
export async function objectSizes(folder: string, oids: readonly string[]): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  if (oids.length === 0) return found;
  const answer = await git(folder, ['cat-file', '--batch-check'], `${oids.join('\n')}\n`);
  for (const line of answer.toString('utf8').split('\n')) {
    const [oid = '', type, size] = line.split(' ');
    if (type === 'blob' && Number(size) <= MAX_OBJECT) found.set(oid, Number(size));
  }
  return found;
}

/** Contents of objects; those that are missing are missing in the answer. @throws GitError */
export async function objectContents(folder: string, oids: readonly string[]): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  if (oids.length === 0) return found;
  const answer = await git(folder, ['cat-file', '--batch'], `${oids.join('\n')}\n`);
  for (let at = 0; at < answer.length; ) {
    const end = answer.indexOf(10, at);
    const [oid = '', type, size] = answer.toString('utf8', at, end).split(' ');
    at = end + 1;
    if (size === undefined) continue;
    if (type === 'blob') found.set(oid, answer.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
  return found;
}
