// Checkpoints of one window: taken before a turn's first change, gone back to from a message or a list. Loaded by the first turn.
import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import type { TurnStart } from './agent/events.ts';
import type { Journal } from './agent/journal.ts';
import type { Pins } from './agent/pins.ts';
import type {
  FileAct,
  ListedPoint,
  Looked,
  RestoreCommandDeps,
  RestoredMessage,
} from './commands/restore-checkpoint.ts';
import type { DoneAct } from './commands/tell-done.ts';
import type { Preview, Restored } from './editor/checkpoints/checkpoints.ts';
import { type CheckpointsProxy, openCheckpoints } from './editor/checkpoints/client.ts';
import { CANNOT, lackingWords } from './editor/checkpoints/lacking.ts';
import type { Step } from './editor/checkpoints/plan.ts';
import type { PointHead } from './editor/checkpoints/points.ts';
import {
  type BeforeChange,
  namesNone,
  type RanFile,
  type TurnCheckpoint,
} from './editor/checkpoints/turn-checkpoint.ts';
import { turnPoint } from './editor/checkpoints/turn-point.ts';
import { problemsOf, textIn, timeOf } from './editor/checkpoints/words.ts';
import { contains, displayPath } from './editor/paths.ts';
import { CheckpointDiff } from './editor/vscode-checkpoint-diff.ts';
import { workspaceFolders } from './editor/vscode-documents.ts';
import { bringBack, caughtUp, closeTabsOf, letGo, type UnsavedText, unsavedTexts } from './editor/vscode-unsaved.ts';
import { forkThread } from './fork-thread.ts';
import type { Connection } from './letta/connection.ts';
import { plural, t } from './protocol/l10n.ts';
import { titleFrom } from './threads/threads.ts';

export interface CheckpointingDeps {
  connection: Connection;
  agentId: string;
  journal: Journal;
  pins: Pins;
  /** The worker's bundle, `dist/checkpoints/worker.mjs`. */
  workerPath: string;
  /** Where checkpoints of the workspace lie. */
  folder: string;
  /** Makes a thread and notes what its prompt holds. */
  created(create: () => Promise<string>): Promise<string>;
  /** Shows a new thread with a text in its composer; `reminders` go with its first message. */
  startFrom(threadId: string, text: string, reminders: string[]): Promise<void>;
  /** Files, by absolute paths, are as they were before the agent changed them. */
  restored(paths: readonly string[]): void;
  running(): boolean;
  /** Commands of the agent that still run in the background. */
  inBackground(): Promise<readonly string[]>;
  log(line: string): void;
}

/** What a trial has changed; `left`: what of it could not be put back, and why. Texts are null where there was no file. */
export interface PutBack {
  changed: { name: string; before: string | null; after: string | null }[];
  left: string[];
}

export interface TrialPoint {
  beforeChange: BeforeChange;
  /** @throws CheckpointError where the checkpoint is gone */
  putBack(): Promise<PutBack>;
}

const NO_POINT = t('What it changed stays: no checkpoint could be taken before it.');
const ELSEWHERE = t(
  'What it changed stays: the agent was at work elsewhere meanwhile. “Letta: Restore Checkpoint…” takes it back.',
);
/** What is read of the workspace behind the first turn must not stand beside its beginning. Milliseconds. */
const PREPARE_MS = 1_500;
/** A change does not wait longer for its checkpoint, in milliseconds. */
const PATIENCE_MS = 30_000;
/** Checkpoints in the list. */
const MOST_LISTED = 50;
/** Files that are read of what a turn's commands have changed. */
const MOST_READ = 50;

interface LookedAt extends Looked {
  preview: Preview;
}

export class Checkpointing implements RestoreCommandDeps<LookedAt> {
  private readonly deps: CheckpointingDeps;
  private readonly checkpoints: CheckpointsProxy;
  private readonly diff: CheckpointDiff;
  private preparing: NodeJS.Timeout | undefined;
  private warned = false;

  constructor(deps: CheckpointingDeps) {
    this.deps = deps;
    const { workerPath, folder, log } = deps;
    this.checkpoints = openCheckpoints({ workerPath, folder, log });
    this.diff = new CheckpointDiff((id, path) => this.contentOf(id, path));
  }

  async dispose(): Promise<void> {
    clearTimeout(this.preparing);
    this.diff.dispose();
    await this.checkpoints.close();
  }

  // ── taking ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A turn begins: one checkpoint stands before its first change. */
  turn(threadId: string, start: TurnStart): TurnCheckpoint {
    let point: PointHead | undefined;
    let ran = false;
    const before = this.before(async (targets) => {
      point = await this.take(threadId, start, targets);
      return point;
    });
    return {
      beforeChange: (targets, tell) => {
        ran ||= namesNone(targets);
        return before(targets, tell);
      },
      ran: async () => (ran && point && (await this.isNewest(point)) ? this.textsSince(point) : []),
    };
  }

  private async isNewest({ id }: PointHead): Promise<boolean> {
    return (await this.checkpoints.list())[0]?.id === id;
  }

  private async textsSince(point: PointHead): Promise<RanFile[]> {
    const { files } = await this.look(listed(point));
    const stand = files.filter(({ act }) => act !== 'unsaved').slice(0, MOST_READ);
    return Promise.all(stand.map(async ({ path }) => ({ path, ...(await this.textsOf(point, path)) })));
  }

  private async textsOf({ id }: PointHead, path: string): Promise<{ before: string | null; after: string | null }> {
    const before = textIn(await this.contentOf(id, path));
    return { before, after: textIn(await readFile(path).catch(() => null)) };
  }

  /** A trial begins: what it changes is told, and put back at once. `text`: what the checkpoint is called */
  trial(text: string): TrialPoint {
    let point: PointHead | undefined;
    const named: (readonly string[])[] = [];
    const before = this.before(async (targets) => {
      point = await this.record({ threadId: '', messageId: '', text }, targets);
      return point;
    });
    return {
      beforeChange: (targets, tell) => {
        named.push(targets);
        return before(targets, tell);
      },
      putBack: async () => {
        if (point) return this.putBack(point, named);
        return { changed: [], left: named.length > 0 ? [NO_POINT] : [] };
      },
    };
  }

  private before(take: (targets: readonly string[]) => Promise<PointHead>): BeforeChange {
    this.prepareSoon();
    const { checkpoints } = this;
    const point = turnPoint({
      take,
      ensure: (targets) => checkpoints.ensure([...targets]),
      lacking: async (id, targets) => {
        const folders = workspaceFolders();
        return lackingWords(await checkpoints.lacking(id, [...targets]), (path) => displayPath(path, folders));
      },
      drop: (id) => checkpoints.drop(id),
      missed: (why) => this.warn(why),
      patience: PATIENCE_MS,
    });
    return async (targets, tell) => {
      const recorded = vscode.workspace.isTrusted && this.folders().length > 0;
      return recorded ? point(targets, tell) : undefined;
    };
  }

  private async take(threadId: string, start: TurnStart, targets: readonly string[]): Promise<PointHead> {
    const outgoing = start.kind === 'message' ? undefined : (await this.deps.journal.read(threadId)).outgoing;
    const [messageId = '', text = ''] =
      start.kind === 'message' ? [start.otid, start.text] : [outgoing?.otid, outgoing?.text];
    return this.record({ threadId, messageId, text }, targets);
  }

  private record(
    about: { threadId: string; messageId: string; text: string },
    targets: readonly string[],
  ): Promise<PointHead> {
    const [folders, unsaved] = [this.folders(), unsavedTexts()];
    return this.checkpoints.take({ folders, ...about, targets: [...targets], unsaved });
  }

  private warn(why: string): void {
    this.deps.log(`No checkpoint was taken: ${why}`);
    if (this.warned) return;
    this.warned = true;
    const said = t(
      'No checkpoint could be taken before the agent’s change ({0}), so it cannot be restored from there.',
      why,
    );
    void vscode.window.showWarningMessage(said);
  }

  private prepareSoon(): void {
    this.preparing ??= setTimeout(() => {
      if (!vscode.workspace.isTrusted || this.folders().length === 0) return;
      this.checkpoints
        .prepare(this.folders())
        .catch((error: unknown) => this.deps.log(`Checkpoints could not be prepared: ${String(error)}`));
    }, PREPARE_MS);
  }

  private folders(): string[] {
    return workspaceFolders().map(({ real }) => real);
  }

  // ── choosing and looking ─────────────────────────────────────────────────────────────────────────────────────────

  running(): boolean {
    return this.deps.running();
  }

  async points(): Promise<ListedPoint[]> {
    return (await this.checkpoints.list()).slice(0, MOST_LISTED).map(listed);
  }

  counts(points: readonly ListedPoint[]): Promise<Record<string, number>> {
    const ids = points.map(({ id }) => id);
    return this.checkpoints.counts(ids, this.folders());
  }

  async pointOf({ messageId, date }: RestoredMessage): Promise<ListedPoint | undefined> {
    const turns = (await this.checkpoints.list()).filter(({ kind }) => kind === 'turn');
    // A turn that was interrupted and went on has two: the first one stands before all of it.
    const own = turns.findLast((head) => head.messageId === messageId);
    // Where its turn changed nothing, the next change of the agent is what one goes back before.
    const found = own ?? turns.findLast(({ at }) => Date.parse(at) >= Date.parse(date));
    return found && listed(found);
  }

  async look(point: ListedPoint): Promise<LookedAt> {
    const preview = await this.checkpoints.preview(point.id, this.folders());
    const name = (path: string) => displayPath(path, workspaceFolders());
    const files = preview.steps.map((step) => {
      const path = join(step.root, step.path);
      return { path, name: name(path), act: actOf(step) };
    });
    const cannot = preview.cannot.map(({ root, path, why }) => ({ path: join(root, path), why: CANNOT[why] }));
    const spoken = new Set([...files, ...cannot].map(({ path }) => path));
    for (const path of unlikeUnsaved(preview.unsaved))
      if (!spoken.has(path)) files.push({ path, name: name(path), act: 'unsaved' });
    files.sort((a, b) => (a.name < b.name ? -1 : 1));
    const inBackground = await this.deps.inBackground();
    return { point, preview, files, inBackground, cannot: cannot.map(({ path, why }) => ({ name: name(path), why })) };
  }

  async show(looked: LookedAt, path: string): Promise<void> {
    const [file] = compared(looked, (each) => each === path);
    if (file) await this.diff.show(looked.point.id, file, timeOf(looked.point.at));
  }

  async showAll(looked: LookedAt): Promise<void> {
    await this.diff.showAll(looked.point.id, compared(looked), timeOf(looked.point.at));
  }

  private async contentOf(id: string, path: string): Promise<Uint8Array | null> {
    const place = placeOf(path);
    return place && this.checkpoints.content(id, place.root, place.path);
  }

  // ── restoring ────────────────────────────────────────────────────────────────────────────────────────────────────

  async restore({ preview, point }: LookedAt, paths: readonly string[]): Promise<DoneAct> {
    const { begun, restored, skipped } = await this.goBack(preview, paths);
    const unsaved = paths.length - preview.steps.filter(({ root, path }) => paths.includes(join(root, path))).length;
    const done = restored.done.length + begun.outcome.done.length + unsaved;
    if (done > 0) this.deps.restored(paths);
    return {
      said:
        done === 0
          ? ''
          : plural(
              done,
              'Restored one file to before “{1}”.',
              'Restored {0} files to before “{1}”.',
              titleFrom(point.text),
            ),
      problems: problemsOf(skipped),
      undo: () => this.undo(restored.jobId, paths),
    };
  }

  private async goBack(preview: Preview, paths: readonly string[]) {
    const recorded = unsavedTexts();
    const begun = await this.checkpoints.begin(preview.id, [...paths], recorded);
    const restored = await this.apply(begun.jobId, paths, recorded);
    return { begun, restored, skipped: [...begun.outcome.skipped, ...restored.skipped] };
  }

  /** Nobody is asked: so nothing is put back where others may have written too, and no file with unsaved text. */
  private async putBack(point: PointHead, named: readonly (readonly string[])[]): Promise<PutBack> {
    const { preview, files, cannot } = await this.look(listed(point));
    const own = new Set(named.flat().map((path) => displayPath(path, workspaceFolders())));
    const any = named.some(namesNone);
    const wrote = files.filter(({ act, name }) => act !== 'unsaved' && (any || own.has(name)));
    const changed = await Promise.all(
      wrote.map(async ({ path, name }) => ({ name, ...(await this.textsOf(point, path)) })),
    );
    if (!(await this.isNewest(point)) || this.running()) return { changed, left: [ELSEWHERE] };
    const unsaved = new Set(unsavedTexts().map(({ path }) => path));
    const left = cannot.flatMap(({ name, why }) => (any || own.has(name) ? [t('{0} stays: {1}.', name, why)] : []));
    for (const { path, name } of wrote) if (unsaved.has(path)) left.push(t('{0} stays: it has unsaved text.', name));
    const paths = wrote.flatMap(({ path }) => (unsaved.has(path) ? [] : [path]));
    if (paths.length > 0) left.push(...problemsOf((await this.goBack(preview, paths)).skipped));
    return { changed, left };
  }

  private async undo(jobId: string, paths: readonly string[]): Promise<string> {
    if (this.running())
      throw new Error(t('The agent is at work. Stop it first, then undo the restore from the list of checkpoints.'));
    const recorded = unsavedTexts();
    const begun = await this.checkpoints.undo(jobId, this.folders(), recorded);
    const restored = await this.apply(begun.jobId, paths, recorded);
    const problems = problemsOf([...begun.outcome.skipped, ...restored.skipped]);
    return [t('The restore was undone.'), ...problems].join(' ');
  }

  /** Documents let go of their unsaved text, as far as it is recorded by now, before their files are written. */
  private async apply(jobId: string, paths: readonly string[], recorded: readonly UnsavedText[]): Promise<Restored> {
    const held = await letGo(paths, recorded);
    const restored = await this.checkpoints.apply(jobId, held);
    await this.settleDocuments(restored, new Set(paths.filter((path) => !held.includes(path))));
    for (const path of held) restored.skipped.push({ ...(placeOf(path) ?? { root: '', path }), why: 'held' });
    return restored;
  }

  private async settleDocuments({ done, unsaved }: Restored, wanted: ReadonlySet<string>): Promise<void> {
    const paths = (steps: readonly Step[]) => steps.map(({ root, path }) => join(root, path));
    await closeTabsOf(paths(done.filter(({ to }) => to === null)));
    await caughtUp(paths(done.filter(({ to }) => to !== null)));
    await bringBack(unsaved.filter(({ path }) => wanted.has(path)));
  }

  async interrupted(): Promise<{ text: string; files: number } | undefined> {
    const found = await this.checkpoints.interrupted();
    return found ? { text: found.head?.text ?? '', files: found.job.steps.length } : undefined;
  }

  async finish(how: 'finish' | 'undo'): Promise<string> {
    const restored = await this.checkpoints.finish(how);
    if (!restored) return t('There was nothing left to do.');
    const unsaved = new Set(restored.unsaved.map(({ path }) => path));
    await this.settleDocuments(restored, unsaved);
    const done = how === 'finish' ? t('The restore is finished.') : t('The restore was undone.');
    return [done, ...problemsOf(restored.skipped)].join(' ');
  }

  async fork(message: RestoredMessage): Promise<void> {
    const { threadId, reminders } = await forkThread(this.deps, message);
    await this.deps.startFrom(threadId, message.text, reminders);
  }
}

/** Where a file lies, by its absolute path, however its folder is spelled; null outside of the workspace. */
function placeOf(path: string): { root: string; path: string } | null {
  for (const folder of workspaceFolders())
    for (const start of [folder.real, folder.path])
      if (contains(start, path)) return { root: folder.real, path: relative(start, path).split(sep).join('/') };
  return null;
}

function listed({ id, at, text, kind, threadId, messageId }: PointHead): ListedPoint {
  const message = threadId && messageId ? { threadId, messageId, text, date: at } : undefined;
  return { id, at, text, beforeRestore: kind === 'restore', ...(message ? { message } : {}) };
}

function actOf({ from, to }: Step): FileAct {
  if (to === null) return 'delete';
  if (from === null) return 'create';
  return from.slice(1) === to.slice(1) ? 'mode' : 'write';
}

/** Documents whose unsaved text is not what it was: then there was none, another one, or there is none now. */
function unlikeUnsaved(then: readonly UnsavedText[]): string[] {
  const had = new Map(then.map(({ path, text }) => [path, text]));
  const has = new Map(unsavedTexts().map(({ path, text }) => [path, text]));
  return [...new Set([...had.keys(), ...has.keys()])].filter(
    (path) => (had.get(path) ?? null) !== (has.get(path) ?? null),
  );
}

function compared({ preview }: LookedAt, wanted: (path: string) => boolean = () => true) {
  return preview.steps.flatMap(({ root, path, from, to }) => {
    const full = join(root, path);
    return wanted(full) ? [{ path: full, isNow: from !== null, wasThen: to !== null }] : [];
  });
}
