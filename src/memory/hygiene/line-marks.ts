// Keeps at hand which lines of memory may no longer be true. It looks in the background: whoever asks gets what was found last.
import * as z from 'zod/mini';
import type { BlockView } from '../../protocol/memory-views.ts';
import { lineHash } from '../line-hash.ts';
import { type Expiry, expiryInWords, isExpired, whyExpired } from './expiry.ts';
import type { NoteChange, NotedBlock, NotesOfBlock } from './look.ts';
import { lookAt, type WorkspaceLook } from './look-client.ts';
import { type LineNote, LineNoteSchema, noticeForAgent, renderMark, type UnverifiedMark } from './unverified.ts';

export interface LineMarksDeps {
  blocks(): Promise<BlockView[]>;
  /** null: no folder is open. */
  look(): WorkspaceLook | null;
  notes: {
    /** By the line's hash. */
    get(blockId: string): Promise<Record<string, unknown>>;
    set(blockId: string, lineHash: string, note: unknown): Promise<void>;
  };
  /** Those of the branches that are merged; absent: not to be known. */
  merged?(branches: readonly { branch: string; at?: string | undefined }[]): Promise<string[]>;
  /** Other lines are marked than before. */
  changed(): void;
  now(): Date;
  log(line: string): void;
}

/** Several changes at once, as of saving all files, are looked at once. */
const PAUSE_MS = 250;
/** Of the notice: what has expired is told in few words. */
const MAX_EXPIRED = 5;

interface ExpiredLine {
  line: string;
  why: string;
}

interface Known {
  value: string;
  notes: NotesOfBlock;
  marks: UnverifiedMark[];
  expired: ExpiredLine[];
}

export class LineMarks {
  private readonly deps: LineMarksDeps;
  private readonly known = new Map<string, Known>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private readonly end = new AbortController();

  constructor(deps: LineMarksDeps) {
    this.deps = deps;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.end.abort(new Error('This window no longer looks at its memory.'));
  }

  /** Looks soon: files have changed, or a turn has ended. */
  soon(): void {
    if (this.end.signal.aborted) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), PAUSE_MS);
  }

  /** Memory was read: what is new in it is looked at soon. */
  saw(blocks: readonly BlockView[]): void {
    const news = blocks.some(({ id, value }) => this.known.get(id)?.value !== value);
    if (news || blocks.length !== this.known.size) this.soon();
  }

  unverified(blockId: string): { line: string; why: string }[] {
    const { marks, expired } = this.known.get(blockId) ?? { marks: [], expired: [] };
    const found = [...marks.map((mark) => ({ line: mark.line, why: renderMark(mark) })), ...expired];
    return found.filter(({ line }, index) => found.findIndex((other) => other.line === line) === index);
  }

  /** `2026-12-01`, or `branch feature/x`. */
  expires(blockId: string, line: string): string | undefined {
    const expiry = this.known.get(blockId)?.notes[lineHash(line)]?.expiry;
    return expiry && expiryInWords(expiry);
  }

  /** What the agent is to read beside its memory; '' when every line is verified. */
  notice(): string {
    const all = [...this.known.values()];
    const expired = all.flatMap((block) => block.expired).slice(0, MAX_EXPIRED);
    const late = expired.map(({ line, why }) => `- ${why} ${line.trim().slice(0, 160)}`);
    const parts = [
      noticeForAgent(all.flatMap(({ marks }) => marks)),
      late.length > 0 ? ['These lines of memory have expired:', ...late].join('\n') : '',
    ];
    return parts.filter((part) => part !== '').join('\n');
  }

  /** The line holds for the code as it is now, until that changes. @throws Error */
  confirm(blockId: string, line: string): Promise<void> {
    // A look under way began with the old note, and would mark the line again.
    const confirming = this.looking.then(() => this.confirmNow(blockId, line));
    this.looking = confirming.catch(() => {});
    return confirming;
  }

  private async confirmNow(blockId: string, line: string): Promise<void> {
    const look = this.deps.look();
    const known = this.known.get(blockId);
    const hash = lineHash(line);
    if (!known) return;
    if (look && known.marks.some((mark) => lineHash(mark.line) === hash)) {
      const block: NotedBlock = { id: blockId, value: known.value, notes: await this.notesOf(blockId) };
      await this.keep(await lookAt(look, 'confirm', { ...block, line }, this.end.signal));
      known.marks = known.marks.filter((mark) => lineHash(mark.line) !== hash);
    }
    if (known.expired.some((expired) => lineHash(expired.line) === hash)) {
      await this.note(blockId, hash, null);
      known.expired = known.expired.filter((expired) => lineHash(expired.line) !== hash);
    }
  }

  /** The line holds as long as that; null: for good, whatever it says itself. @throws Error */
  async setExpiry(blockId: string, line: string, expiry: Expiry | null): Promise<void> {
    const setting = this.looking.then(() => this.note(blockId, lineHash(line), expiry));
    this.looking = setting.catch(() => {});
    await setting;
    await this.look();
  }

  private async note(blockId: string, hash: string, expiry: Expiry | null): Promise<void> {
    // An empty note stays: the line was looked at, and what it says of its end does not count.
    const { expiry: _, ...rest } = (await this.notesOf(blockId))[hash] ?? {};
    const note: LineNote = { ...rest, ...(expiry ? { expiry } : {}) };
    await this.deps.notes.set(blockId, hash, note);
    const known = this.known.get(blockId);
    if (known) known.notes = { ...known.notes, [hash]: note };
  }

  /** Resolves when what is known now is up to date. Never rejects. */
  look(): Promise<void> {
    this.looking = this.looking.then(() => this.lookNow()).catch((error: unknown) => this.failed(error));
    return this.looking;
  }

  private failed(error: unknown): void {
    if (this.end.signal.aborted) return;
    this.deps.log(`Lines of memory could not be checked: ${error instanceof Error ? error.message : String(error)}`);
  }

  private async lookNow(): Promise<void> {
    const look = this.deps.look();
    const before = this.said();
    const blocks = await this.deps.blocks();
    const noted = await Promise.all(
      blocks.map(async ({ id, value }) => ({ id, value, notes: await this.notesOf(id) }) satisfies NotedBlock),
    );
    for (const id of this.known.keys()) if (!blocks.some((block) => block.id === id)) this.known.delete(id);
    // Where nothing is new and no line is about code, no file needs to be read.
    const asked = noted.filter(
      ({ id, value, notes }) => this.known.get(id)?.value !== value || Object.keys(notes).length > 0,
    );
    if (asked.length === 0) return;
    // Without a folder there is no code to be wrong about; a day passes all the same.
    const { blocks: marked, changes } = look
      ? await lookAt(look, 'marks', asked, this.end.signal)
      : { blocks: [], changes: [] };
    await this.keep(changes);
    const named = asked.flatMap(({ notes }) =>
      Object.values(notes).flatMap(({ expiry }) => (expiry && 'branch' in expiry ? [expiry] : [])),
    );
    const branches = look && named.length > 0 ? await lookAt(look, 'branches', null, this.end.signal) : null;
    const merged = named.length > 0 ? ((await this.deps.merged?.(named)) ?? []) : [];
    for (const { id, value, notes } of asked) {
      const now = applied(notes, changes, id);
      const expired = value.split('\n').flatMap((line) => {
        const expiry = now[lineHash(line)]?.expiry;
        return expiry && isExpired(expiry, { now: this.deps.now(), branches, merged })
          ? [{ line: line.trim(), why: whyExpired(expiry, { branches }) }]
          : [];
      });
      const marks = marked.find((block) => block.id === id)?.marks ?? [];
      this.known.set(id, { value, notes: now, marks, expired });
    }
    if (this.said() !== before) this.deps.changed();
  }

  /** All that the panel shows of it. */
  private said(): string {
    return JSON.stringify([...this.known.keys()].sort().map((id) => [id, this.unverified(id)]));
  }

  private async notesOf(blockId: string): Promise<NotesOfBlock> {
    const stored = z.safeParse(z.record(z.string(), z.unknown()), await this.deps.notes.get(blockId));
    return Object.fromEntries(
      Object.entries(stored.success ? stored.data : {}).flatMap(([hash, note]) => {
        const parsed = LineNoteSchema.safeParse(note);
        return parsed.success ? [[hash, parsed.data]] : [];
      }),
    );
  }

  private async keep(changes: readonly NoteChange[]): Promise<void> {
    for (const { blockId, lineHash: hash, note } of changes) await this.deps.notes.set(blockId, hash, note);
  }
}

function applied(notes: NotesOfBlock, changes: readonly NoteChange[], blockId: string): NotesOfBlock {
  const now = new Map(Object.entries(notes));
  for (const change of changes) {
    if (change.blockId !== blockId) continue;
    if (change.note) now.set(change.lineHash, change.note);
    else now.delete(change.lineHash);
  }
  return Object.fromEntries(now);
}
