// Checkpoints of a workspace: taken before the agent changes something, looked through, gone back to, and that taken back.
// Plain Node: a worker thread runs it, and so do the tests.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ContentsOf } from './contents-of.ts';
import { CheckpointError } from './errors.ts';
import { Housekeeping } from './housekeeping.ts';
import { KeptContents, MAX_STORED } from './kept-contents.ts';
import { type Lacking, lackingOf } from './lacking.ts';
import { Lock } from './lock.ts';
import { type Cannot, hiddenByNow, type Plan, planRoot, type Step } from './plan.ts';
import { type Buffered, type Point, type PointHead, Points, plainName } from './points.ts';
import { Recorder } from './recorder.ts';
import { JOURNAL, type Job, type Outcome, readJob, removeJob, reversed, run, stands, writeJob } from './restore.ts';
import type { Cover, RootState } from './scan.ts';

/** Where restores are noted that were done. */
const DONE = 'done';
/** How long a checkpoint may read what it does not know yet, in milliseconds; the rest is read behind it. */
const READ_MS = 500;
/** How long one waits for what a restore shows. */
const LOOK_MS = 5_000;
/** Previews that can still be gone on with. */
const MOST_SHOWN = 8;
/** Characters of a message. */
const MAX_TEXT = 500;

/** `path` absolute. */
export interface Unsaved {
  path: string;
  text: string;
}

export interface TakeRequest {
  /** Workspace folders, absolute. */
  folders: string[];
  threadId: string;
  messageId: string;
  /** The person's message. */
  text: string;
  /** What the change at hand will touch, absolute: read in any case. */
  targets: string[];
  unsaved: Unsaved[];
}

export interface Preview {
  /** For `begin`. */
  id: string;
  head: PointHead;
  steps: Step[];
  cannot: Cannot[];
  /** Documents that had unsaved text then. */
  unsaved: Unsaved[];
}

/** A restore with all that is needed to take it back. */
export interface Restored extends Outcome {
  /** Id for `undo`. */
  jobId: string;
  /** Unsaved text that the documents had at the checkpoint gone back to. */
  unsaved: Unsaved[];
}

export interface CheckpointsOptions {
  /** Absolute; made when it is needed. */
  folder: string;
  log?: (line: string) => void;
  /** Bytes of contents. */
  limit?: number;
  /** How long a checkpoint may read what is not known yet, in milliseconds. */
  readMs?: number;
  /** Told after each change of the workspace: tests end the process there. */
  passed?: () => void;
}

export class Checkpoints {
  private readonly folder: string;
  private readonly kept: KeptContents;
  private readonly points: Points;
  private readonly recorder: Recorder;
  private readonly housekeeping: Housekeeping;
  private readonly passed: () => void;
  private readonly readMs: number;
  private readonly lock = new Lock();
  private readonly shown = new Map<string, { pointId: string; folders: string[]; plan: Plan }>();
  private readonly jobs = new Map<string, Job>();
  private filling: Promise<void> | undefined;
  private closed = false;

  constructor({ folder, log = () => {}, limit = MAX_STORED, readMs = READ_MS, passed = () => {} }: CheckpointsOptions) {
    this.folder = folder;
    this.kept = new KeptContents(join(folder, 'contents'), limit);
    this.points = new Points(folder);
    this.recorder = new Recorder(this.kept, this.points, join(folder, 'known.json'), log);
    const { kept, points } = this;
    const alsoUsed = () => this.recorder.hashes();
    this.housekeeping = new Housekeeping({ doneFolder: join(folder, DONE), kept, points, alsoUsed });
    this.passed = passed;
    this.readMs = readMs;
  }

  /** Gets everything ready in the background, so that the first checkpoint is quick. */
  async prepare(folders: string[]): Promise<void> {
    await this.lock.run(async () => this.points.prepare(await this.recorder.scan(folders)));
    this.fill();
  }

  /** The state of the folders before a change. Durable when it resolves. */
  take(request: TakeRequest): Promise<PointHead> {
    return this.lock.run(async () => {
      const { folders, threadId, messageId, text, targets, unsaved } = request;
      const states = await this.recorder.scan(folders);
      await this.recorder.read(states, new Set(targets), performance.now() + this.readMs);
      const head = { kind: 'turn' as const, threadId, messageId, text: text.slice(0, MAX_TEXT) };
      const point = await this.write(head, states, unsaved);
      this.fill();
      return point;
    });
  }

  /** A checkpoint goes: it was taken too late. */
  drop(id: string): Promise<void> {
    return this.lock.run(() => this.points.remove(id));
  }

  /** Sees to it that the checkpoint has the contents of these files (absolute), where they are still as they were. */
  ensure(targets: string[]): Promise<void> {
    return this.lock.run(() => this.recorder.hurry(targets));
  }

  /** Which of the files (absolute) the checkpoint could not bring back. */
  lacking(id: string, files: string[]): Promise<Lacking> {
    return this.lock.run(async () => lackingOf(await this.points.read(id), files));
  }

  /** Newest first. */
  list(): Promise<PointHead[]> {
    return this.lock.run(() => this.points.list());
  }

  /** How many files stand otherwise now than at each of these checkpoints, of those that can be brought back. */
  async counts(ids: string[], folders: string[]): Promise<Record<string, number>> {
    return this.lock.run(async () => {
      const counts: Record<string, number> = {};
      const states = await this.recorder.scan(folders);
      await this.recorder.read(states, new Set(), performance.now() + this.readMs);
      for (const id of ids) {
        const point = await this.points.read(id);
        if (point) counts[id] = (await this.planFor(point, states, [])).steps.length;
      }
      return counts;
    });
  }

  /** What going back would do. Nothing is changed. @throws CheckpointError `missing` */
  preview(pointId: string, folders: string[]): Promise<Preview> {
    return this.lock.run(async () => {
      const point = await this.point(pointId);
      const { plan } = await this.look(point, folders, [], LOOK_MS);
      const id = randomUUID();
      this.shown.set(id, { pointId, folders, plan });
      const [oldest] = this.shown.keys();
      if (oldest !== undefined && this.shown.size > MOST_SHOWN) this.shown.delete(oldest);
      return { id, head: point.head, ...plan, unsaved: await this.unsavedOf(point) };
    });
  }

  /** A file at the time of a checkpoint; null where it was not there or its content is gone. */
  async content(pointId: string, root: string, path: string): Promise<Uint8Array | null> {
    const point = await this.points.read(pointId);
    const then = point?.roots.find((each) => each.root === root);
    const entry = then?.entries.get(path);
    return then && entry ? new ContentsOf(root, then.cover, this.kept).one(path, entry) : null;
  }

  /**
   * Records how everything stands, and settles what will be done: of `wanted` what still is as the preview has shown it.
   * @param previewId what the person has seen
   * @param wanted paths of its steps, absolute
   * @throws CheckpointError `stale`, `missing`
   */
  begin(previewId: string, wanted: string[], unsaved: Unsaved[]): Promise<{ jobId: string; outcome: Outcome }> {
    const shown = this.shown.get(previewId);
    if (!shown) return Promise.reject(new CheckpointError('stale'));
    const chosen = new Set(wanted);
    const steps = shown.plan.steps.filter(({ root, path }) => chosen.has(join(root, path)));
    return this.lock.run(() => this.settle(shown.pointId, shown.folders, steps, unsaved));
  }

  /** Does what was begun. `leave`: files (absolute) that shall stay as they are. @throws CheckpointError `stale` */
  apply(jobId: string, leave: string[] = []): Promise<Restored> {
    return this.lock.run(async () => {
      const job = this.jobs.get(jobId);
      if (!job) throw new CheckpointError('stale');
      this.jobs.delete(jobId);
      const left = new Set(leave);
      const steps = job.steps.filter(({ root, path }) => !left.has(join(root, path)));
      return this.runJob({ ...job, steps });
    });
  }

  /** Begins to take a restore back: what it did, where the files are still as it left them. @throws CheckpointError */
  undo(jobId: string, folders: string[], unsaved: Unsaved[]): Promise<{ jobId: string; outcome: Outcome }> {
    return this.lock.run(async () => {
      const job = await readJob(this.donePath(jobId));
      if (!job) throw new CheckpointError('missing');
      return this.settle(job.beforeId, folders, reversed(job.steps), unsaved);
    });
  }

  /** A restore that was cut off. */
  interrupted(): Promise<{ job: Job; head: PointHead | null } | null> {
    return this.lock.run(async () => {
      const job = await readJob(this.journal);
      return job && { job, head: (await this.points.read(job.pointId))?.head ?? null };
    });
  }

  /** Does the rest of it, or takes back what was done. */
  finish(how: 'finish' | 'undo'): Promise<Restored | null> {
    return this.lock.run(async () => {
      const job = await readJob(this.journal);
      if (!job) return null;
      if (how === 'finish') return this.runJob(job);
      return this.runJob({ ...job, pointId: job.beforeId, steps: reversed(job.steps) }, false);
    });
  }

  /** Lets the work under way end. */
  async close(): Promise<void> {
    this.closed = true;
    await this.filling;
    await this.lock.run(() => this.recorder.save());
  }

  /** Resolves once everything is read and kept. */
  async filled(): Promise<void> {
    await this.filling;
  }

  // ── recording ────────────────────────────────────────────────────────────────────────────────────────────────────

  private async write(
    head: Omit<PointHead, 'id' | 'at'>,
    states: readonly RootState[],
    unsaved: readonly Unsaved[],
  ): Promise<PointHead> {
    const buffers: Buffered[] = [];
    for (const { path, text } of unsaved) {
      const hash = await this.kept.put(Buffer.from(text));
      if (hash) buffers.push({ path, hash });
    }
    const point = await this.points.write({ ...head, at: new Date().toISOString() }, states, buffers);
    this.recorder.wait(point.id, states);
    return point;
  }

  private fill(): void {
    this.filling ??= this.fillAll().finally(() => {
      this.filling = undefined;
    });
  }

  private async fillAll(): Promise<void> {
    while (!this.closed && (await this.lock.run(() => this.recorder.fill()))) await setImmediate();
    if (this.closed) return;
    await this.lock.run(async () => {
      await this.housekeeping.prune();
      await this.recorder.save();
    });
  }

  // ── going back ───────────────────────────────────────────────────────────────────────────────────────────────────

  private async point(id: string): Promise<Point> {
    const point = await this.points.read(id);
    if (!point) throw new CheckpointError('missing');
    return point;
  }

  /** How things stand now against a checkpoint; what differs is read in any case. `sure`: see `planRoot`. */
  private async look(
    point: Point,
    folders: string[],
    sure: readonly Step[],
    patience: number,
  ): Promise<{ states: RootState[]; plan: Plan }> {
    let states = await this.recorder.scan(folders);
    const also = new Map<string, string[]>();
    for (const then of point.roots) {
      const now = states.find(({ root }) => root === then.root);
      const hidden = now ? hiddenByNow(then, now, pathsIn(then.root, sure)) : [];
      if (hidden.length > 0) also.set(then.root, hidden);
    }
    if (also.size > 0) states = await this.recorder.scan(folders, also);
    const { steps } = await this.planFor(point, states, sure);
    const wanted = new Set([...sure, ...steps].map(({ root, path }) => join(root, path)));
    await this.recorder.read(states, wanted, performance.now() + patience);
    return { states, plan: await this.planFor(point, states, sure) };
  }

  private async planFor(point: Point, states: readonly RootState[], sure: readonly Step[]): Promise<Plan> {
    const plan: Plan = { steps: [], cannot: [] };
    for (const then of point.roots) {
      const now = states.find(({ root }) => root === then.root);
      if (!now) continue;
      const of = (cover: Cover) => new ContentsOf(then.root, cover, this.kept);
      const { steps, cannot } = await planRoot(then, now, of(then.cover), of(now.cover), pathsIn(then.root, sure));
      plan.steps.push(...steps);
      plan.cannot.push(...cannot);
    }
    return plan;
  }

  /** Takes the checkpoint before a restore; a step whose file is not what was expected is left out. */
  private async settle(pointId: string, folders: string[], expected: Step[], unsaved: Unsaved[]) {
    const point = await this.point(pointId);
    const { states, plan } = await this.look(point, folders, expected, this.readMs);
    const before = await this.write({ kind: 'restore', text: point.head.text }, states, unsaved);
    const outcome: Outcome = { done: [], skipped: [] };
    const steps: Step[] = [];
    for (const step of expected) {
      const now = plan.steps.find(({ root, path }) => root === step.root && path === step.path);
      if (now && (now.from === step.from || stands(step.root, step.path, step.from))) steps.push(now);
      else if (!now && !plan.cannot.some(({ root, path }) => root === step.root && path === step.path))
        outcome.done.push(step);
      else outcome.skipped.push({ root: step.root, path: step.path, why: 'changed' });
    }
    const at = new Date().toISOString();
    const job: Job = { version: 1, id: randomUUID(), at, pointId, beforeId: before.id, steps };
    this.jobs.set(job.id, job);
    return { jobId: job.id, outcome };
  }

  private async runJob(job: Job, keep = true): Promise<Restored> {
    const point = await this.point(job.pointId);
    const folders = new Map(point.roots.map(({ root, entries }) => [root, foldersOf(entries)]));
    const contents = new Map(
      point.roots.map(({ root, cover }) => [root, new ContentsOf(root, cover, this.kept)] as const),
    );
    await writeJob(this.journal, job);
    const outcome = await run(
      job,
      (root) => contents.get(root),
      (root, folder) => folders.get(root)?.has(folder) === true,
      this.passed,
    );
    if (keep) await writeJob(this.donePath(job.id), { ...job, steps: outcome.done });
    await removeJob(this.journal);
    return { ...outcome, jobId: job.id, unsaved: await this.unsavedOf(point) };
  }

  private async unsavedOf({ buffers }: Point): Promise<Unsaved[]> {
    const found: Unsaved[] = [];
    for (const { path, hash } of buffers) {
      const bytes = await this.kept.get(hash);
      if (bytes) found.push({ path, text: Buffer.from(bytes).toString('utf8') });
    }
    return found;
  }

  private get journal(): string {
    return join(this.folder, JOURNAL);
  }

  private donePath(jobId: string): string {
    return join(this.folder, DONE, `${plainName(jobId)}.json`);
  }
}

const pathsIn = (root: string, steps: readonly Step[]): Set<string> =>
  new Set(steps.flatMap((step) => (step.root === root ? [step.path] : [])));

function foldersOf(entries: Iterable<[string, string]>): Set<string> {
  const folders = new Set<string>();
  for (const [path] of entries)
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const folder = path.slice(0, slash);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  return folders;
}
