// Does the steps of a restore. What was not recorded is never overwritten: each file is looked at right before. A journal on disk
// says what is under way, so that a crash leaves nothing that cannot be finished or taken back.
import { rmSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as z from 'zod/mini';
import { hashOfBytes } from '../contents.ts';
import type { ContentsOf } from './contents-of.ts';
import { blobId, isThere, readStable, remove, replace, setKind, staysInside } from './disk.ts';
import { writeDurably } from './durable.ts';
import { parseEntry } from './entry.ts';
import type { Step } from './plan.ts';

const JobSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  /** ISO 8601. */
  at: z.string(),
  /** What it goes back to. */
  pointId: z.string(),
  /** The checkpoint that was taken right before. */
  beforeId: z.string(),
  steps: z.array(
    z.object({ root: z.string(), path: z.string(), from: z.nullable(z.string()), to: z.nullable(z.string()) }),
  ),
});
export type Job = z.infer<typeof JobSchema>;

/** The journal: there while a restore is under way. */
export const JOURNAL = 'restore.json';

export async function readJob(path: string): Promise<Job | null> {
  try {
    return JobSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

export const writeJob = (path: string, job: Job): Promise<void> => writeDurably(path, JSON.stringify(job));

/** The same the other way round. */
export const reversed = (steps: readonly Step[]): Step[] =>
  steps.map(({ root, path, from, to }) => ({ root, path, from: to, to: from }));

export type SkippedWhy =
  /** It is not as it was when the restore was looked at. */
  | 'changed'
  /** A folder on the way is a link or a file now. */
  | 'leads-elsewhere'
  | 'gone'
  /** Its document holds unsaved text that could not be recorded. */
  | 'held'
  /** The file system refuses. */
  | 'refused';

export interface Skipped {
  root: string;
  path: string;
  why: SkippedWhy;
  /** Of the file system. */
  message?: string;
}

export interface Outcome {
  done: Step[];
  skipped: Skipped[];
}

/** How a file stands against both ends of its step. */
export function standing(step: Step): 'from' | 'to' | 'other' {
  const { root, path, from, to } = step;
  // The goal first: what is reached already is not done again.
  if (stands(root, path, to, onlyMode(step))) return 'to';
  return stands(root, path, from) ? 'from' : 'other';
}

/** Its content stays, only the executable bit changes. */
export const onlyMode = ({ from, to }: Step): boolean =>
  from !== null && to !== null && from.slice(1) === to.slice(1) && from[0] !== 'l' && to[0] !== 'l';

/** Whether a file is on the disk as an entry says; null: is not there. */
export function stands(root: string, path: string, entry: string | null, modeToo = false): boolean {
  const full = join(root, path);
  if (entry === null) return !isThere(full);
  const parsed = parseEntry(entry);
  if (parsed.from === 'nowhere') return false;
  const read = readStable(full);
  if (read === null || (read.kind === 'l') !== (parsed.kind === 'l')) return false;
  // Some file systems show every file as executable: git is told not to care, and neither do contents.
  if (modeToo && read.kind !== parsed.kind) return false;
  return parsed.from === 'git'
    ? blobId(read.bytes, parsed.hash) === parsed.hash
    : hashOfBytes(read.bytes) === parsed.hash;
}

/** Removals come first: a file may have to make room for a folder. */
const inOrder = (steps: readonly Step[]): Step[] => [
  ...steps.filter(({ to }) => to === null).toSorted((a, b) => b.path.length - a.path.length),
  ...steps.filter(({ to }) => to !== null),
];

/**
 * `contentsOf`: of the checkpoint that the job goes back to, by root. `keeps`: whether a folder held something then.
 * `passed`: told after each change of the disk.
 */
export async function run(
  job: Job,
  contentsOf: (root: string) => ContentsOf | undefined,
  keeps: (root: string, folder: string) => boolean,
  passed: () => void,
): Promise<Outcome> {
  const outcome: Outcome = { done: [], skipped: [] };
  const temporary = `.letta-restore-${job.id.slice(0, 8)}`;
  // Of an earlier try that was cut off.
  for (const { root, path } of job.steps)
    if (staysInside(root, path)) rmSync(join(root, dirname(path), temporary), { force: true });
  const steps = inOrder(job.steps);
  for (let at = 0; at < steps.length; at += SLICE) {
    const slice = steps.slice(at, at + SLICE);
    const contents = await contentsFor(slice, contentsOf);
    for (const step of slice) {
      const why = doStep(step, contents.get(`${step.root}\0${step.path}`), temporary, keeps, passed);
      if (why === null) outcome.done.push(step);
      else outcome.skipped.push({ root: step.root, path: step.path, ...why });
    }
    await setImmediate();
  }
  return outcome;
}

/** Files whose contents are in memory at once. */
const SLICE = 32;

async function contentsFor(steps: readonly Step[], contentsOf: (root: string) => ContentsOf | undefined) {
  const found = new Map<string, Uint8Array>();
  for (const root of new Set(steps.map((step) => step.root))) {
    const wanted = steps.flatMap(({ root: its, path, to }) =>
      its === root && to !== null ? [{ path, entry: to }] : [],
    );
    for await (const { path, bytes } of contentsOf(root)?.each(wanted) ?? []) found.set(`${root}\0${path}`, bytes);
  }
  return found;
}

function doStep(
  step: Step,
  bytes: Uint8Array | undefined,
  temporary: string,
  keeps: (root: string, folder: string) => boolean,
  passed: () => void,
): { why: SkippedWhy; message?: string } | null {
  const { root, path, to } = step;
  try {
    if (!staysInside(root, path)) return { why: 'leads-elsewhere' };
    if (to !== null && bytes === undefined) return { why: 'gone' };
    const now = standing(step);
    if (now === 'to') return null;
    if (now === 'other') return { why: 'changed' };
    if (to === null) remove(root, path, (folder) => keeps(root, folder));
    else if (onlyMode(step)) setKind(join(root, path), parseEntry(to).kind);
    else replace(join(root, path), { kind: parseEntry(to).kind, bytes: bytes ?? new Uint8Array(), temporary }, passed);
    passed();
    return null;
  } catch (error) {
    return { why: 'refused', message: error instanceof Error ? error.message : String(error) };
  }
}

export const removeJob = (path: string): Promise<void> => rm(path, { force: true });
