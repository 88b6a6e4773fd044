// The review of what the agent changed, for this window: what waits is kept on disk, shown in VS Code and in the chat, and decided
// on by commands. Loaded with the first change, or when changes were waiting as the last window went.
import { join } from 'node:path';
import * as vscode from 'vscode';
import { isAlive } from './agent/is-alive.ts';
import { withLock } from './agent/lock.ts';
import type { Applied, FileChange } from './editor/editor.ts';
import { displayPath } from './editor/paths.ts';
import { type Chosen, chosenAt, chosenOf } from './editor/review/choose.ts';
import type { Undone } from './editor/review/documents.ts';
import { countsOf, hunksOf } from './editor/review/pending.ts';
import { Review } from './editor/review/review.ts';
import { INDEX_FILE, ReviewStore } from './editor/review/store.ts';
import { ReviewError, type Typed } from './editor/review/take-back.ts';
import { workspaceFolders } from './editor/vscode-documents.ts';
import { BASE_SCHEME, ReviewSurface } from './editor/vscode-review.ts';
import { ReviewWatch, reviewDocuments } from './editor/vscode-review-documents.ts';
import { type Correction, undid } from './flows/corrections.ts';
import { t } from './protocol/l10n.ts';
import type { ChangesView } from './protocol/transcript-views.ts';

export interface ReviewingDeps {
  /** The workspace's storage folder. */
  storage: string;
  /** What waits has changed. */
  changed(): void;
  /** The person took changes of the agent back; `threadId`: whose they were, where that is known. */
  undone(threadId: string | undefined, files: readonly UndoneFile[]): void;
  /** The person said why they took something back. */
  learn(correction: Correction, threadId: string | undefined): Promise<unknown>;
  log(line: string): void;
}

/** A file that the person took changes back in. `base`: without the agent's changes; `wrote`: as the agent left it. */
export interface TakenBack {
  path: string;
  base: string;
  wrote: string;
}

/** `name`: as a tool takes it. */
export interface UndoneFile extends TakenBack {
  name: string;
}

const TAKE = t('Undo, and What I Typed There');
const LEAVE = t('Undo Only the Others');

export class Reviewing {
  private readonly deps: ReviewingDeps;
  private readonly review: Review;
  private readonly surface: ReviewSurface;
  private readonly watch: ReviewWatch;
  /** Who wrote a file last, as far as this window knows. */
  private readonly authors = new Map<string, string>();
  private readonly takenBack = new Map<string, Map<string, TakenBack>>();
  /** Threads whose last turn has been asked about, or has been explained. */
  private readonly asked = new Set<string | undefined>();

  static async open(deps: ReviewingDeps): Promise<Reviewing> {
    const reviewing = new Reviewing(deps);
    await reviewing.review.load();
    return reviewing;
  }

  private constructor(deps: ReviewingDeps) {
    this.deps = deps;
    const folder = join(deps.storage, 'review');
    const store = new ReviewStore(folder, (work) => withLock(join(folder, 'lock'), work), isAlive);
    this.review = new Review(reviewDocuments, store, () => this.update(), deps.log);
    this.surface = new ReviewSurface(this.review);
    this.watch = new ReviewWatch(this.review, join(folder, INDEX_FILE));
  }

  private update(): void {
    this.surface.update();
    this.watch.update();
    this.deps.changed();
  }

  /** Runs an edit of the agent. `threadId`: whose turn it is, where that can be told. */
  during(threadId: string | undefined, edits: readonly FileChange[], run: () => Promise<Applied>): Promise<Applied> {
    for (const { path } of edits) {
      if (threadId === undefined) this.authors.delete(path);
      else this.authors.set(path, threadId);
    }
    return this.review.during(edits, run);
  }

  /** A turn begins: what the person took back of the thread's last one, told once; nothing where they have said why. */
  turnBegan(threadId: string): TakenBack[] {
    const files = [...(this.takenBack.get(threadId)?.values() ?? [])];
    this.takenBack.delete(threadId);
    this.asked.delete(threadId);
    return files;
  }

  view(): ChangesView {
    const folders = workspaceFolders();
    const waiting = this.review.files.map((file): ChangesView[number] => ({
      path: file.path,
      name: displayPath(file.path, folders),
      ...countsOf(file),
      kind: file.base === null ? 'created' : file.now === null ? 'deleted' : 'changed',
    }));
    const listed = this.review.listed.map(({ path, kind, from, why }): ChangesView[number] => ({
      path,
      name: displayPath(path, folders),
      ...(from === undefined ? {} : { from: displayPath(from, folders) }),
      kind,
      added: 0,
      removed: 0,
      listed: why,
    }));
    return [...waiting, ...listed];
  }

  /** Does what a command says. @throws Error saying why not; then nothing was changed */
  async run(command: string, [first, ...more]: unknown[]): Promise<void> {
    const { review } = this;
    switch (command) {
      case 'letta.keepHunk':
        return this.hunk(first, more, (path, chosen) => review.keep(path, chosen));
      case 'letta.undoHunk':
        return this.hunk(first, more, (path, chosen) => this.undo((typed) => review.undo(path, chosen, typed), false));
      case 'letta.keepFile':
        // What has no lines does not wait: it only leaves the list.
        if (typeof first === 'string' && (await review.dismiss(first))) return;
        for (const path of this.paths([first, ...more])) await review.keep(path);
        return;
      case 'letta.undoFile':
        for (const path of this.paths([first, ...more])) {
          await this.undo((typed) => review.undo(path, undefined, typed), true);
        }
        return;
      case 'letta.keepAll':
        return review.keepAll();
      case 'letta.undoAll':
        return this.undo((typed) => review.undoAll(typed), true);
      case 'letta.openChanges': {
        if (review.files.length === 0) throw new ReviewError('nothing', t('No changes of the agent wait for you.'));
        return this.surface.openDiff(...(uriIn(first) ? this.paths([first]).slice(0, 1) : []));
      }
    }
  }

  private async hunk(
    first: unknown,
    [changes, index]: unknown[],
    act: (path: string, chosen: Chosen | undefined) => Promise<void>,
  ): Promise<void> {
    const [path = ''] = this.paths([first]);
    const file = this.review.file(path);
    const whole = file?.base === null || file?.now === null;
    const chosen = chosenOf(changes, index) ?? this.atCursor(path);
    if (!chosen && !whole) throw new ReviewError('nothing', t('Put the cursor into a change of the agent first.'));
    await act(path, chosen);
  }

  private atCursor(path: string): Chosen | undefined {
    const editor = vscode.window.activeTextEditor;
    const file = this.review.file(path);
    if (!editor || !file) return undefined;
    const side = editor.document.uri.scheme === BASE_SCHEME ? 'base' : 'now';
    return chosenAt(hunksOf(file), editor.selection.active.line, side);
  }

  /** Undoes; where the person's words would go along, it is for them to say what becomes of them. */
  private async undo(run: (typed: Typed) => Promise<Undone[]>, several: boolean): Promise<void> {
    const bases = new Map(this.review.files.map(({ path, base }) => [path, base]));
    const undone = await run('refuse').catch(async (error: unknown) => {
      if (!(error instanceof ReviewError) || error.reason !== 'typed') throw error;
      const detail = t('What you typed there goes with it. Ctrl+Z brings it back.');
      const choices = several ? [TAKE, LEAVE] : [TAKE];
      const answer = await vscode.window.showWarningMessage(error.message, { modal: true, detail }, ...choices);
      return answer === undefined ? [] : run(answer === TAKE ? 'take' : 'leave');
    });
    if (undone.length === 0) return;
    const authors = new Set(undone.map(({ path }) => this.authors.get(path)));
    const [threadId, another] = authors;
    for (const { path, was } of undone) this.note(path, bases.get(path) ?? null, was);
    this.tellUndone(undone, bases);
    // Of several it cannot be told whose lesson it is, and once a turn is enough.
    if (another === undefined && !this.asked.has(threadId)) void this.askWhy(threadId, undone);
  }

  private tellUndone(undone: readonly Undone[], bases: ReadonlyMap<string, string | null>): void {
    const folders = workspaceFolders();
    const threads = Map.groupBy(undone, ({ path }) => this.authors.get(path));
    for (const [threadId, files] of threads) {
      const told = files.map(({ path, was }) => {
        const texts = { base: bases.get(path) ?? '', wrote: was ?? '' };
        return { path, name: displayPath(path, folders), ...texts };
      });
      this.deps.undone(threadId, told);
    }
  }

  private note(path: string, base: string | null, wrote: string | null): void {
    const threadId = this.authors.get(path);
    if (threadId === undefined || base === null || wrote === null) return;
    const files = this.takenBack.get(threadId) ?? new Map<string, TakenBack>();
    this.takenBack.set(threadId, files);
    // Of several times the first says what the agent had written.
    if (!files.has(path)) files.set(path, { path, base, wrote });
  }

  /** Only words say why; without them nothing is learned. */
  private async askWhy(threadId: string | undefined, undone: readonly Undone[]): Promise<void> {
    this.asked.add(threadId);
    const folders = workspaceFolders();
    const [first] = undone;
    const name = first && undone.length === 1 ? displayPath(first.path, folders) : `${undone.length} files`;
    const said =
      undone.length === 1
        ? t('Undid what the agent did in {0}.', name)
        : t('Undid what the agent did in {0} files.', undone.length);
    const choice = await vscode.window.showInformationMessage(said, t('Say Why…'));
    if (choice === undefined || !first) return;
    const words = await vscode.window.showInputBox({
      title: t('Why did you undo it?'),
      prompt: t('Becomes a proposal for memory, which waits for your review.'),
    });
    if (!words?.trim()) return;
    if (threadId !== undefined) this.takenBack.delete(threadId);
    await this.deps
      .learn(undid({ name, was: first.was ?? '', is: first.is ?? '' }, words), threadId)
      .catch((error: unknown) => this.deps.log(`A correction could not be put up for review: ${String(error)}`));
  }

  /** The files that are meant; where none is said, that of the active editor. @throws ReviewError */
  private paths(given: readonly unknown[]): string[] {
    const uris = given.flatMap((each) => uriIn(each) ?? []);
    const active = vscode.window.activeTextEditor?.document.uri ?? tabUri();
    const meant = uris.length > 0 ? uris : active ? [active] : [];
    const paths = meant.flatMap((uri) => this.surface.pathOf(uri) ?? []);
    if (paths.length > 0) return [...new Set(paths)];
    throw new ReviewError('nothing', t('No change of the agent waits in this file.'));
  }

  async dispose(): Promise<void> {
    this.watch.dispose();
    this.surface.dispose();
    await this.review.saved();
  }
}

/** A file as menus and the chat name it. */
function uriIn(given: unknown): vscode.Uri | undefined {
  if (given instanceof vscode.Uri) return given;
  if (typeof given === 'string') return vscode.Uri.file(given);
  const { resourceUri } = (given ?? {}) as { resourceUri?: unknown };
  return resourceUri instanceof vscode.Uri ? resourceUri : undefined;
}

function tabUri(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputTextDiff) return input.modified;
  return input instanceof vscode.TabInputText ? input.uri : undefined;
}
