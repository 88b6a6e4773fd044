// What the agent changed and nobody can look through line by line: what is no text, folders with too much in them, texts that are too
// large. It is listed until the person has seen it, and waits for no decision: no undo reaches it.
import * as z from 'zod/mini';
import { FOLDER } from '../content.ts';
import type { FileChange } from '../editor.ts';
import { isTooLarge } from './reviewed.ts';

export const ListedSchema = z.object({
  /** Absolute: where it is, or was. */
  path: z.string(),
  kind: z.enum(['changed', 'created', 'deleted', 'moved']),
  /** Where it was moved from. */
  from: z.optional(z.string()),
  why: z.enum(['tooLarge', 'noText', 'folder']),
});
export type Listed = z.infer<typeof ListedSchema>;

/** The list after changes: of each file what became of it in all. */
export function withListed(listed: readonly Listed[], changes: readonly FileChange[]): readonly Listed[] {
  const left = new Set(changes.flatMap(({ from }) => from ?? []));
  const list = new Map(listed.map((each) => [each.path, each]));
  for (const change of changes) {
    const why = whyListed(change);
    if (why === undefined || left.has(change.path)) continue;
    const former = list.get(change.from ?? change.path);
    list.delete(change.from ?? change.path);
    const now = after(former, change, why);
    if (now) list.set(now.path, now);
  }
  return list.size === 0 && listed.length === 0 ? listed : [...list.values()];
}

/** Undefined: it waits for review, or is a folder whose files are changes of their own. */
function whyListed(change: FileChange): Listed['why'] | undefined {
  if (change.whole) return 'folder';
  if (change.opaque) return (change.before ?? change.after) === FOLDER ? undefined : 'noText';
  return isTooLarge(change) ? 'tooLarge' : undefined;
}

/** @returns undefined where it is as it was before the agent came */
function after(former: Listed | undefined, change: FileChange, why: Listed['why']): Listed | undefined {
  const { path } = change;
  const made = former?.kind === 'created';
  const origin = former?.from ?? change.from;
  if (change.after === null) return made ? undefined : { path: origin ?? path, kind: 'deleted', why };
  if (made || (change.before === null && change.from === undefined)) return { path, kind: 'created', why };
  if (origin === path) return why === 'tooLarge' ? { path, kind: 'changed', why } : undefined;
  return origin === undefined ? { path, kind: 'changed', why } : { path, kind: 'moved', from: origin, why };
}
