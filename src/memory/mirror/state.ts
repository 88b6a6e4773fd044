// What the mirror remembers of its last look: the version of each file that it wrote, and what waits for a person.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { replace } from './files.ts';

/** Folder inside the mirror for what is no memory; git ignores it. */
export const OWN_FOLDER = '.letta';
const STATE_PATH = `${OWN_FOLDER}/mirror.json`;

const EntrySchema = z.object({
  label: z.string(),
  /** Null: a file that is no block, and may become one. */
  blockId: z.nullable(z.string()),
  /** The frontmatter's name where it is not the label. */
  name: z.optional(z.string()),
  /** The text that the file was last in step with; null when it never was. */
  base: z.nullable(z.string()),
  /** Blob ids of the last commit by the mirror, and of the one it was about to make. */
  committed: z.nullable(z.string()),
  next: z.nullable(z.string()),
  /** A version of the file that waits for a person; `text` null when the file was removed. */
  held: z.nullable(z.object({ id: z.string(), text: z.nullable(z.string()) })),
  /** Blob id of a version that a person decided not to take. */
  ignored: z.optional(z.string()),
});
export type Entry = z.infer<typeof EntrySchema>;

const StateSchema = z.object({
  version: z.literal(1),
  agentId: z.string(),
  /** The commit at the end of the last look. */
  commit: z.nullable(z.string()),
  entries: z.record(z.string(), EntrySchema),
  /** Texts of the files that are made, e.g. the index, as the mirror wrote them; the last one first. */
  made: z.record(z.string(), z.array(z.string())),
  /** Paths that were committed while git's index may not know it yet. */
  unindexed: z.array(z.string()),
});
export type State = z.infer<typeof StateSchema>;

/** A state that is missing or torn is empty: then every difference is a proposal and nothing is overwritten. */
export async function loadState(root: string, agentId: string): Promise<State> {
  const empty: State = { version: 1, agentId, commit: null, entries: {}, made: {}, unindexed: [] };
  try {
    const parsed = StateSchema.safeParse(JSON.parse(await readFile(join(root, STATE_PATH), 'utf8')));
    return parsed.success ? parsed.data : empty;
  } catch {
    return empty;
  }
}

export async function saveState(root: string, state: State): Promise<void> {
  await replace(root, STATE_PATH, JSON.stringify(state));
}
