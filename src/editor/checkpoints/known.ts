// What was read of files before, so that a file that looks as it did is not read again. On disk, so that a new window need not either.
import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { writeDurably } from './durable.ts';
import { type FileKind, mayHideChange, type Sight, sameSight } from './entry.ts';

/** What was found when it was read; `readAt` in milliseconds since the epoch. `where`: an entry without its kind. */
interface Known extends Sight {
  readAt: number;
  where: string;
  /** When it was looked up last. */
  round: number;
}

const KnownSchema = z.object({
  version: z.literal(1),
  roots: z.record(
    z.string(),
    z.array(z.tuple([z.string(), z.number(), z.number(), z.number(), z.number(), z.number(), z.string()])),
  ),
});

/** Of one root, by relative path. */
export class KnownFiles {
  private readonly files = new Map<string, Known>();
  /** Counts the times that all files were looked up, and the files of this one. */
  private round = 0;
  private visits = 0;
  changed = false;

  /** The entry of a file that looks as it did when it was read; undefined where one cannot tell. */
  find(path: string, kind: FileKind, sight: Sight): string | undefined {
    const known = this.files.get(path);
    if (!known || !sameSight(known, sight) || mayHideChange(sight, known.readAt)) return undefined;
    this.visit(known);
    return kind + known.where;
  }

  set(path: string, { size, mtimeMs, ctimeMs, ino }: Sight, readAt: number, entry: string): void {
    const round = this.files.get(path)?.round ?? -1;
    const known = { size, mtimeMs, ctimeMs, ino, readAt, where: entry.slice(1), round };
    this.files.set(path, known);
    this.visit(known);
    this.changed = true;
  }

  private visit(known: Known): void {
    if (known.round !== this.round) this.visits++;
    known.round = this.round;
  }

  /** All files were looked up or set since the last time: the others are gone, and so forgotten. */
  forgetOthers(): void {
    if (this.visits !== this.files.size) {
      this.changed = true;
      for (const [path, { round }] of this.files) if (round !== this.round) this.files.delete(path);
    }
    this.round++;
    this.visits = 0;
  }

  /** SHA-256 of the contents that stand for files. */
  *hashes(): Iterable<string> {
    for (const { where } of this.files.values()) if (where[0] === 's') yield where.slice(1);
  }

  *rows(): Iterable<[string, number, number, number, number, number, string]> {
    for (const [path, { size, mtimeMs, ctimeMs, ino, readAt, where }] of this.files)
      yield [path, size, mtimeMs, ctimeMs, ino, readAt, where];
  }

  static of(rows: Iterable<[string, number, number, number, number, number, string]>): KnownFiles {
    const known = new KnownFiles();
    for (const [path, size, mtimeMs, ctimeMs, ino, readAt, where] of rows)
      known.files.set(path, { size, mtimeMs, ctimeMs, ino, readAt, where, round: -1 });
    return known;
  }
}

/** By root. Empty where nothing was written, or nothing that can be read: then files are read anew. */
export async function readKnown(path: string): Promise<Map<string, KnownFiles>> {
  try {
    const { roots } = KnownSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    return new Map(Object.entries(roots).map(([root, rows]) => [root, KnownFiles.of(rows)]));
  } catch {
    return new Map();
  }
}

export async function writeKnown(path: string, known: ReadonlyMap<string, KnownFiles>): Promise<void> {
  const roots = Object.fromEntries([...known].map(([root, files]) => [root, [...files.rows()]]));
  await writeDurably(path, JSON.stringify({ version: 1, roots }));
  for (const files of known.values()) files.changed = false;
}
