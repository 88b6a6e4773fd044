// The log of our own writes to memory: each is on disk before it is made.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod/mini';

const ChangeSchema = z.object({
  id: z.string(),
  /** ISO 8601. */
  at: z.string(),
  blockId: z.string(),
  label: z.string(),
  before: z.string(),
  after: z.string(),
  /** Who made it, e.g. `person`, `remember`, `undo`. */
  by: z.string(),
});
export type Change = z.infer<typeof ChangeSchema>;

const LineSchema = z.union([
  z.object({ change: ChangeSchema }),
  z.object({ end: z.string(), outcome: z.enum(['applied', 'refused']) }),
]);

export type LoggedChange = Change & {
  /** `open`: announced, and nobody knows whether the server has it. */
  outcome: 'applied' | 'refused' | 'open';
};

/** One line of the log; undefined for one that is torn or empty. */
export function readChangeLine(line: string): z.infer<typeof LineSchema> | undefined {
  const parsed = LineSchema.safeParse(json(line));
  return parsed.success ? parsed.data : undefined;
}

/** What a write does to a block, before it is made. @throws Error when it must not be */
export type Allow = (write: Pick<Change, 'blockId' | 'after' | 'by'>) => Promise<void>;

/** Append-only, one JSON record a line; a torn line is skipped. */
export class ChangeLog {
  readonly path: string;
  private readonly allow: Allow | undefined;
  private tail: Promise<void> = Promise.resolve();

  /** `allow`: asked before each change. */
  constructor(path: string, allow?: Allow) {
    this.path = path;
    this.allow = allow;
  }

  /** On disk when it resolves. @throws Error when it cannot be written or is not allowed: then the change must not be made. */
  async begin(change: Omit<Change, 'id' | 'at'>): Promise<Change> {
    await this.allow?.(change);
    const full = { id: randomUUID(), at: new Date().toISOString(), ...change };
    await this.append({ change: full });
    return full;
  }

  end(id: string, outcome: 'applied' | 'refused'): Promise<void> {
    return this.append({ end: id, outcome });
  }

  /** All changes, oldest first. */
  async list(): Promise<LoggedChange[]> {
    const found = new Map<string, LoggedChange>();
    for (const line of (await this.text()).split('\n')) {
      const read = readChangeLine(line);
      if (!read) continue;
      if ('change' in read) found.set(read.change.id, { ...read.change, outcome: 'open' });
      else {
        const change = found.get(read.end);
        if (change) change.outcome = read.outcome;
      }
    }
    return [...found.values()];
  }

  private append(line: z.infer<typeof LineSchema>): Promise<void> {
    const writing = this.tail.then(async () => {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      const file = await open(this.path, 'a', 0o600);
      try {
        // The line break comes first as well: what a kill left torn must not swallow this record.
        await file.appendFile(`\n${JSON.stringify(line)}\n`);
        await file.datasync();
      } finally {
        await file.close();
      }
    });
    this.tail = writing.catch(() => {});
    return writing;
  }

  private async text(): Promise<string> {
    try {
      return await readFile(this.path, 'utf8');
    } catch {
      return '';
    }
  }
}

const json = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
