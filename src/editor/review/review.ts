// The agent's changes that nobody has decided on, file by file: noted as they are made, followed while the person types, kept or
// taken back in any order. What cannot be done as asked is refused with a reason, and nothing is changed.
import { join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { t } from '../../protocol/l10n.ts';
import type { Applied, FileChange } from '../editor.ts';
import { contains } from '../paths.ts';
import type { Chosen } from './choose.ts';
import type { Restored, ReviewDocuments, Undone } from './documents.ts';
import { fits, type Hunk } from './lines.ts';
import { type Listed, withListed } from './listed.ts';
import { PastStates } from './past.ts';
import { edited, type Pending, synced, undone, withHunk } from './pending.ts';
import { isReviewed } from './reviewed.ts';
import type { ReviewStore } from './store.ts';
import { ReviewError, type Typed, takenBack } from './take-back.ts';

const UNSAVED = t('Another window has unsaved changes of this file. Undo it there, or save it there first.');

/** What waits in a file that is gone is remembered for a week: until its branch is there again. */
const MISSING_MS = 7 * 24 * 60 * 60 * 1_000;

export class Review {
  private readonly documents: ReviewDocuments;
  private readonly store: ReviewStore;
  private readonly log: (line: string) => void;
  private readonly changed: () => void;
  private readonly pending = new Map<string, Pending>();
  private readonly bytes = new Map<string, Uint8Array>();
  private readonly begun = new Map<string, string | null>();
  /** How many edits of a file are under way. */
  private readonly busy = new Map<string, number>();
  /** Files that undo or redo has changed, until that was looked at. */
  private readonly wentBack = new Set<string>();
  private readonly past = new PastStates();

  /** @param changed called after every change of what is pending */
  constructor(documents: ReviewDocuments, store: ReviewStore, changed: () => void, log: (line: string) => void) {
    this.documents = documents;
    this.store = store;
    this.changed = changed;
    this.log = log;
  }

  /** Takes up what was pending when the window went; what has happened to the files since counts as the person's. */
  async load(): Promise<void> {
    await this.alone(async () => {
      const begun = await this.store.begun();
      for (const { path, before } of begun) {
        const current = await this.read(path);
        if (current === undefined || current === before) continue;
        const file = this.file(path);
        this.put(path, edited(file && synced(file, before), path, before, current), current);
      }
      for (const [path, { missing }] of [...this.pending]) {
        if (missing !== undefined && Date.now() - missing > MISSING_MS) this.put(path, undefined, null);
        await this.look(path);
      }
      for (const { path } of this.listed) await this.lookAtListed(path);
      if (this.pending.size + begun.length > 0) await this.note(true);
    });
    this.changed();
  }

  /** Takes up what another window has noted since. Never rejects. */
  async refresh(): Promise<void> {
    await this.alone(async () => {});
  }

  /** Runs work while no other window of the workspace changes what is noted, with what they noted before. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    return this.store.alone(async () => {
      await this.adopt();
      return work();
    });
  }

  private async adopt(): Promise<void> {
    const { listed } = this.store;
    const news = await this.store.news();
    for (const [path, { file, bytes }] of news) {
      // What was decided there stays decided here, wherever Ctrl+Z goes.
      this.past.forget(path);
      this.put(path, file, file?.now ?? null);
      if (bytes) this.bytes.set(path, bytes);
    }
    // Not looked at: what is not saved there stands on no disk, and would seem taken back from here.
    if (news.size > 0 || !isDeepStrictEqual(listed, this.listed)) this.changed();
  }

  get files(): readonly Pending[] {
    return [...this.pending.values()].filter(({ missing }) => missing === undefined);
  }

  file(path: string): Pending | undefined {
    const file = this.pending.get(path);
    return file?.missing === undefined ? file : undefined;
  }

  /** What has no lines to decide on. */
  get listed(): readonly Listed[] {
    return this.store.listed;
  }

  /** Whether anything waits, or would as soon as its file is back, or is listed. */
  get waits(): boolean {
    return this.pending.size + this.listed.length > 0;
  }

  /** Whether what happens to the file matters here. */
  follows(path: string): boolean {
    return this.pending.has(path) || this.past.has(path) || this.isListed(path);
  }

  /** Runs an edit of the agent. Before it begins, the texts it begins with are on disk. */
  async during(edits: readonly FileChange[], run: () => Promise<Applied>): Promise<Applied> {
    const changes = edits.filter(isReviewed);
    this.occupy(changes);
    let applied: Applied | undefined;
    try {
      await this.alone(() => this.begin(changes)).catch((error: unknown) =>
        this.log(`A change cannot be reviewed after a crash: ${error}`),
      );
      applied = await run();
      return applied;
    } finally {
      await this.alone(() => {
        if (applied) this.store.listed = withListed(this.listed, edits);
        return this.end(changes, applied);
      });
      this.changed();
    }
  }

  private occupy(changes: readonly FileChange[]): void {
    for (const { path } of changes) this.busy.set(path, (this.busy.get(path) ?? 0) + 1);
  }

  private release(changes: readonly FileChange[]): void {
    for (const { path } of changes) {
      const left = (this.busy.get(path) ?? 1) - 1;
      if (left > 0) this.busy.set(path, left);
      else this.busy.delete(path);
    }
  }

  private async begin(changes: readonly FileChange[]): Promise<void> {
    for (const { path, before, after } of changes) {
      const file = this.file(path);
      if (file) this.put(path, synced(file, before), before);
      else this.put(path, undefined, before);
      if (after === null && !this.bytes.has(path)) {
        const bytes = await this.documents.bytes(path);
        if (bytes) this.bytes.set(path, bytes);
      }
      this.begun.set(path, before);
    }
    await this.save();
  }

  private async end(changes: readonly FileChange[], applied: Applied | undefined): Promise<void> {
    for (const { path, before, after } of changes) {
      const file = applied?.files.find((each) => each.path === path);
      // It may have failed once it was made: what stands as it was to become is the agent's all the same.
      const made = !applied && before !== after && (await this.read(path)) === after;
      const text = file ? file.text : after;
      if (file || made) this.put(path, edited(this.pending.get(path), path, before, text), text);
    }
    this.release(changes);
    for (const { path } of changes) this.begun.delete(path);
    // What the person typed while the edit was looked at comes on top.
    for (const { path } of changes) await this.look(path);
    await this.note();
  }

  /** The text of a document has changed just now: a look that is under way for another reason may be the first to find it. */
  heard(path: string, wentBack: boolean): void {
    if (wentBack) this.wentBack.add(path);
    else this.wentBack.delete(path);
  }

  /**
   * Looks at a file that may have changed.
   * @param wentBack it changed by undo or redo, which may lead to a text that had changes waiting
   */
  async sync(path: string, wentBack = false): Promise<void> {
    if (this.busy.has(path) || !this.follows(path)) return;
    // Another look that is under way may be the one to find it.
    if (wentBack) this.wentBack.add(path);
    await this.alone(async () => {
      await this.look(path);
      await this.lookAtListed(path);
    });
  }

  private isListed(path: string): boolean {
    return this.listed.some((each) => each.path === path);
  }

  /** What was deleted may be restored, what was made or moved taken back. */
  private async lookAtListed(path: string): Promise<void> {
    const entry = this.listed.find((each) => each.path === path);
    if (!entry || (await this.documents.exists(path)) !== (entry.kind === 'deleted')) return;
    await this.unlist(path);
  }

  private async unlist(path: string): Promise<void> {
    this.store.listed = this.listed.filter((each) => each.path !== path);
    await this.decided();
  }

  /** Takes something off the list of what has no lines. @returns whether it was there */
  dismiss(path: string): Promise<boolean> {
    return this.alone(async () => {
      if (!this.isListed(path)) return false;
      await this.unlist(path);
      return true;
    });
  }

  private async look(path: string): Promise<void> {
    const file = this.pending.get(path);
    if (this.isBusy(path) || !this.follows(path)) return;
    const current = await this.read(path);
    if (current === undefined || this.busy.has(path) || this.pending.get(path) !== file) return;
    if (await this.isElsewhere(file, current)) return;
    if (this.past.lastText(path) === current) return;
    const before = this.wentBack.delete(path) ? this.past.find(path, current) : undefined;
    const next = before ? (before.base === before.now ? undefined : before) : file && synced(file, current);
    if (next === file) return;
    this.put(path, next, current);
    // What is only typed is found by comparing, also by the next window.
    if (!file || !next || before || next.missing !== file.missing) await this.note();
    this.changed();
  }

  /**
   * What another window holds unsaved stands on no disk, and would seem taken back from here. Once it is saved it is followed here
   * as well; whoever saves it notes that.
   */
  private async isElsewhere(file: Pending | undefined, current: string | null): Promise<boolean> {
    if (!file) return false;
    const saved = this.store.isUnsavedHere(file.path) && !this.documents.unsaved().has(file.path);
    if (saved) await this.note();
    return current !== file.now && this.store.isUnsavedElsewhere(file.path);
  }

  /** The agent is changing it, here or in another window. */
  private isBusy(path: string): boolean {
    return this.busy.has(path) || this.store.isChanging(path);
  }

  /** A file was moved, or a folder with what is in it. */
  moved(from: string, to: string): void {
    for (const path of [...this.pending.keys()])
      if (contains(from, path)) this.movedFile(path, join(to, relative(from, path)));
  }

  private movedFile(from: string, to: string): void {
    const file = this.pending.get(from);
    // Where the agent moves one, its edit says so itself.
    if (!file || this.busy.has(from) || this.busy.has(to)) return;
    this.put(from, undefined, null);
    this.past.forget(from);
    this.put(to, { ...file, path: to }, file.now);
    // Somebody may have told first that the old one is gone.
    void this.alone(async () => {
      await this.look(to);
      await this.note();
    });
    this.changed();
  }

  /** Keeps a change, or all of the file's. @throws ReviewError */
  async keep(path: string, chosen?: Chosen): Promise<void> {
    await this.alone(async () => {
      const file = await this.ready(path);
      const hunk = this.hunkOf(file, chosen);
      this.past.forget(path);
      this.put(path, hunk && withHunk(file, hunk), file.now);
      await this.decided();
    });
  }

  /** @throws ReviewError */
  async keepAll(): Promise<void> {
    await this.alone(async () => {
      const files: Pending[] = [];
      for (const { path } of this.files) files.push(await this.ready(path));
      this.store.listed = [];
      for (const { path, now } of files) {
        this.past.forget(path);
        this.put(path, undefined, now);
      }
      await this.decided();
    });
  }

  /**
   * Takes a change back, or all of the file's.
   * @throws ReviewError `typed` where the person's words would go with it, and `typed` does not say what shall become of them;
   * EditorError where the editor does not do it
   */
  async undo(path: string, chosen?: Chosen, typed: Typed = 'refuse'): Promise<Undone[]> {
    return this.alone(async () => {
      const file = await this.ready(path);
      const hunk = this.hunkOf(file, chosen);
      return this.takeBack([[file, hunk ? [hunk] : undefined]], typed);
    });
  }

  /** @throws ReviewError, EditorError */
  async undoAll(typed: Typed = 'refuse'): Promise<Undone[]> {
    return this.alone(async () => {
      const files: Pending[] = [];
      for (const { path } of this.files) files.push(await this.ready(path));
      return this.takeBack(
        files.map((file) => [file, undefined]),
        typed,
      );
    });
  }

  private async takeBack(wanted: [Pending, readonly Hunk[] | undefined][], typed: Typed): Promise<Undone[]> {
    const changes: Restored[] = [];
    for (const [file, hunks] of wanted) {
      const { path, now } = file;
      if (this.store.isUnsavedElsewhere(path)) throw new ReviewError('busy', UNSAVED);
      const after = takenBack(file, hunks, typed);
      const bytes = now === null ? this.bytes.get(path) : undefined;
      if (after !== now) changes.push({ path, before: now, after, ...(bytes ? { bytes } : {}) });
    }
    this.occupy(changes);
    try {
      if (changes.length > 0) await this.documents.apply(changes);
      for (const { path, after } of changes) {
        const file = this.pending.get(path);
        this.put(path, file && after !== null && file.base !== null ? undone(file, after) : undefined, after);
      }
    } finally {
      this.release(changes);
    }
    // Saving may have formatted them.
    for (const { path } of changes) await this.look(path);
    await this.decided();
    return changes.map(({ path, before, after }) => ({ path, was: before, is: after }));
  }

  /** The file as it stands. @throws ReviewError */
  private async ready(path: string): Promise<Pending> {
    if (this.isBusy(path)) throw new ReviewError('busy', t('The agent is changing this file. Try again in a moment.'));
    await this.look(path);
    const file = this.file(path);
    if (!file) throw new ReviewError('nothing', t('No change of the agent waits in this file.'));
    return file;
  }

  /** Undefined: all of the file. @throws ReviewError where the hunk is one of texts that have changed since */
  private hunkOf(file: Pending, chosen: Chosen | undefined): Hunk | undefined {
    if (!chosen || file.base === null || file.now === null) return undefined;
    const hunk = chosen.hunks[chosen.index];
    if (hunk && fits(file.base, file.now, chosen.hunks)) return hunk;
    throw new ReviewError('stale', t('The file has changed since. Look at the change again.'));
  }

  private put(path: string, file: Pending | undefined, now: string | null): void {
    if (file) this.pending.set(path, file);
    else this.pending.delete(path);
    if (file?.now !== null) this.bytes.delete(path);
    const stands = file?.missing === undefined ? now : null;
    this.past.add(path, this.file(path) ?? { path, base: stands, now: stands, typed: [] }, this.pending.size);
  }

  /** Undefined where it cannot be read: then nothing is known of it. */
  private async read(path: string): Promise<string | null | undefined> {
    try {
      return await this.documents.read(path);
    } catch (error) {
      this.log(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  private async decided(): Promise<void> {
    await this.note();
    this.changed();
  }

  /** Notes how things stand, for the next window. */
  async saved(): Promise<void> {
    await this.alone(() => this.note());
  }

  private async note(settled = false): Promise<void> {
    await this.save(settled).catch((error: unknown) =>
      this.log(`Changes could not be noted for later: ${String(error)}`),
    );
  }

  private save(settled = false): Promise<void> {
    const begun = [...this.begun].map(([path, before]) => ({ path, before }));
    const unsaved = this.documents.unsaved();
    return this.store.write({ files: [...this.pending.values()], bytes: this.bytes, begun, unsaved }, settled);
  }
}
