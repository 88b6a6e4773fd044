// Pending changes on disk: a small index beside the contents it names, so that a reload or a crash loses none of them.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { Contents } from '../contents.ts';
import type { Pending } from './pending.ts';

/** Its presence says that something is pending. */
export const INDEX_FILE = 'index.json';

const HashSchema = z.nullable(z.string().check(z.regex(/^[0-9a-f]{64}$/)));
const IndexSchema = z.object({
  version: z.literal(1),
  files: z.array(
    z.object({
      path: z.string(),
      base: HashSchema,
      now: HashSchema,
      typed: z.array(z.object({ start: z.number(), end: z.number() })),
      bytes: HashSchema,
    }),
  ),
  /** Edits of the agent that had begun: the text before each. */
  begun: z.array(z.object({ path: z.string(), before: HashSchema })),
});

/** All there is to remember. */
export interface Remembered {
  files: Pending[];
  /** Bytes of files that the agent has deleted, by path. */
  bytes: Map<string, Uint8Array>;
  begun: { path: string; before: string | null }[];
}

export class ReviewStore {
  private readonly folder: string;
  private readonly contents: Contents;
  /** One write after the other: an older index must not replace a newer one. */
  private tail: Promise<void> = Promise.resolve();

  /** `folder`: absolute; made with the first change. */
  constructor(folder: string) {
    this.folder = folder;
    this.contents = new Contents(join(folder, 'contents'));
  }

  /** What was remembered last; what cannot be read any more is left out. */
  async read(): Promise<Remembered> {
    const found: Remembered = { files: [], bytes: new Map(), begun: [] };
    const text = await readFile(join(this.folder, INDEX_FILE), 'utf8').catch(() => '');
    const index = IndexSchema.safeParse(parsed(text));
    if (!index.success) return found;
    for (const { path, base, now, typed, bytes } of index.data.files) {
      const texts = await Promise.all([this.text(base), this.text(now)]);
      const kept = bytes === null ? null : await this.contents.get(bytes);
      if (kept) found.bytes.set(path, kept);
      const [old, fresh] = texts;
      if (old !== undefined && fresh !== undefined) found.files.push({ path, base: old, now: fresh, typed });
    }
    for (const { path, before } of index.data.begun) {
      const was = await this.text(before);
      if (was !== undefined) found.begun.push({ path, before: was });
    }
    return found;
  }

  /** Resolves once it is on disk. @throws Error of the file system */
  write(remembered: Remembered): Promise<void> {
    const writing = this.tail.then(() => this.writeNow(remembered));
    this.tail = writing.catch(() => {});
    return writing;
  }

  private async writeNow({ files, bytes, begun }: Remembered): Promise<void> {
    const path = join(this.folder, INDEX_FILE);
    if (files.length + begun.length === 0) {
      await rm(path, { force: true });
      await this.contents.keepOnly(new Set());
      return;
    }
    const used = new Set<string>();
    const put = async (content: Uint8Array | undefined | null): Promise<string | null> => {
      if (!content) return null;
      const hash = await this.contents.put(content);
      used.add(hash);
      return hash;
    };
    const putText = (text: string | null) => put(text === null ? null : Buffer.from(text, 'utf16le'));
    const index: z.infer<typeof IndexSchema> = { version: 1, files: [], begun: [] };
    for (const { path: file, base, now, typed } of files) {
      const hashes = { base: await putText(base), now: await putText(now), bytes: await put(bytes.get(file)) };
      index.files.push({ path: file, ...hashes, typed: [...typed] });
    }
    for (const { path: file, before } of begun) index.begun.push({ path: file, before: await putText(before) });
    await mkdir(this.folder, { recursive: true });
    const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`;
    await writeFile(temporary, JSON.stringify(index), { mode: 0o600, flush: true });
    await rename(temporary, path);
    await this.contents.keepOnly(used);
  }

  /** Texts are kept as UTF-16, which holds any of them. Undefined: it is not there any more. */
  private async text(hash: string | null): Promise<string | null | undefined> {
    if (hash === null) return null;
    const bytes = await this.contents.get(hash);
    return bytes === null ? undefined : Buffer.from(bytes).toString('utf16le');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
