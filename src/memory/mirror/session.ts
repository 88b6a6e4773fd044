// One look at the mirror under its lock: the state, git's view, and what it did; every commit goes through here.

import { t } from '../../protocol/l10n.ts';
import { textIn } from './format.ts';
import { blobId, type FileChange, type Git, GitError, type Snapshot } from './git.ts';
import type { MaskSecrets } from './masked.ts';
import { isMirrored } from './paths.ts';
import { type Entry, type State, saveState } from './state.ts';
import type {
  BlockChange,
  MirrorBlock,
  MirrorBlocks,
  MirrorProblem,
  MirrorReport,
  MirrorSkills,
  ProblemReason,
} from './types.ts';

export interface SessionParts {
  root: string;
  state: State;
  git: Git | null;
  snapshot: Snapshot;
  blocks: MirrorBlocks;
  skills: MirrorSkills | undefined;
  maskSecrets: MaskSecrets;
  report: MirrorReport;
  /** Called at each place where a kill would leave something half done. */
  passed: (place: string) => void;
}

/** A file of a commit; text null removes it. */
interface Committed {
  path: string;
  text: string | null;
  entry?: Entry;
}

const NO_TEXT = '\0no text ';
/** Whether it only stands for contents that are no text. */
export const isNoText = (text: string): boolean => text.startsWith(NO_TEXT);

export class Session {
  readonly root: string;
  readonly state: State;
  readonly git: Git | null;
  readonly blocks: MirrorBlocks;
  readonly skills: MirrorSkills | undefined;
  readonly maskSecrets: MaskSecrets;
  readonly report: MirrorReport;
  readonly passed: (place: string) => void;
  /** Blocks that this look made of files. */
  readonly created: MirrorBlock[] = [];
  head: string | null;
  private saved = '';
  private readonly tree: Map<string, string>;
  private readonly index: ReadonlyMap<string, string>;
  /** As the last commit was when this look began. */
  private readonly began: ReadonlyMap<string, string>;
  /** Contents that are no text, by their blob ids. */
  private readonly bytes = new Map<string, Uint8Array>();

  constructor(parts: SessionParts) {
    this.root = parts.root;
    this.state = parts.state;
    this.git = parts.git;
    this.blocks = parts.blocks;
    this.skills = parts.skills;
    this.maskSecrets = parts.maskSecrets;
    this.report = parts.report;
    this.passed = parts.passed;
    this.head = parts.snapshot.head;
    this.saved = JSON.stringify(parts.state);
    this.tree = new Map(parts.snapshot.tree);
    this.began = parts.snapshot.tree;
    this.index = parts.snapshot.index;
    for (const [path, entry] of Object.entries(this.state.entries)) {
      // A kill came right after the commit that was announced.
      if (entry.next !== null && (this.tree.get(path) ?? '') === entry.next) settleNext(entry);
    }
  }

  entry(path: string, label: string): Entry {
    this.state.entries[path] ??= { label, blockId: null, base: null, committed: null, next: null, held: null };
    return this.state.entries[path];
  }

  async save(): Promise<void> {
    const now = JSON.stringify(this.state);
    if (now === this.saved) return;
    await saveState(this.root, this.state);
    this.saved = now;
    this.passed('state saved');
  }

  problem(path: string, reason: ProblemReason, why: string): void {
    const known: MirrorProblem = { path, reason, message: t('{0}: {1}. It was left as it is.', path, why) };
    if (!this.report.problems.some((p) => p.path === path && p.reason === reason)) this.report.problems.push(known);
  }

  id(text: string): string {
    return isNoText(text) ? text.slice(NO_TEXT.length) : blobId(text, this.head ?? undefined);
  }

  /** What a file of a skill says. For what is no text its blob id stands, so that it can be compared. */
  textFor(bytes: Uint8Array): string {
    const text = textIn(bytes);
    if (text !== undefined) return text;
    const id = blobId(bytes, this.head ?? undefined);
    this.bytes.set(id, bytes);
    return NO_TEXT + id;
  }

  /** What is written for a text of `textFor` in this look. */
  content(text: string): string | Uint8Array {
    return isNoText(text) ? (this.bytes.get(this.id(text)) ?? text) : text;
  }

  inHead(path: string): string | undefined {
    return this.tree.get(path);
  }

  inIndex(path: string): string | undefined {
    return this.index.get(path);
  }

  /** Whether a commit that the mirror did not make changed the file. */
  isForeign(path: string, entry: Entry, own: string | null): boolean {
    if (!this.git) return false;
    const head = this.tree.get(path);
    if (head === undefined) return entry.committed !== null && entry.next !== '';
    return ![entry.committed, entry.next, this.maybeId(entry.base), this.maybeId(own)].includes(head);
  }

  /** Whether somebody put a version of the file into the index, as a merge does. */
  isStaged(path: string): boolean {
    if (!this.git || this.state.unindexed.includes(path)) return false;
    const index = this.index.get(path);
    return index !== undefined && index !== this.began.get(path);
  }

  /**
   * Commits files as they should be, whatever lies in the folder. `entry`: what is remembered of the file. Without git,
   * or when git refuses, nothing happens beside a problem in the report. @throws GitError `moved`: look again.
   */
  async commit(message: string, changes: Committed[]) {
    if (!this.git) return;
    for (const { entry, text } of changes) if (entry) entry.next = text === null ? '' : this.id(text);
    for (const { path } of changes) {
      if (!this.isStaged(path) && !this.state.unindexed.includes(path)) this.state.unindexed.push(path);
    }
    await this.save();
    this.passed('before commit');
    try {
      const files = changes.map(({ path, text }): FileChange => ({ path, text: text && this.content(text) }));
      this.head = await this.git.commit(this.head, message, files);
    } catch (error) {
      if (!(error instanceof GitError) || error.reason === 'moved') throw error;
      this.problem('.git', 'git', error.message);
      return;
    }
    this.passed('after commit');
    this.report.commits++;
    for (const { path, text, entry } of changes) {
      if (text === null) this.tree.delete(path);
      else if (isMirrored(path)) this.tree.set(path, this.id(text));
      if (entry) settleNext(entry);
    }
  }

  /** Leaves git's index in step with what was committed; what a person staged stays staged. */
  async finish(): Promise<void> {
    if (this.git && this.head !== null && this.state.unindexed.length > 0) {
      this.passed('before index');
      if (await this.git.refreshIndex(this.state.unindexed)) this.state.unindexed = [];
      else {
        const why = t('another git holds the index (index.lock), so git status is brought up to date later');
        this.problem('.git/index', 'git', why);
      }
    }
    this.state.commit = this.head;
    await this.save();
  }

  private maybeId(text: string | null): string | null {
    return text === null ? null : this.id(text);
  }
}

function settleNext(entry: Entry): void {
  entry.committed = entry.next === '' ? null : entry.next;
  entry.next = null;
}

const plain = (text: string, most: number): string =>
  text
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, most);

/** The message of a commit: what happened, and as trailers who did it, where. */
export function messageFor(
  what: string,
  label: string,
  change?: Pick<BlockChange, 'threadId' | 'turnId' | 'author'>,
): string {
  const trailers = [
    ['Letta-Thread', change?.threadId],
    ['Letta-Turn', change?.turnId],
    ['Letta-Author', change?.author ?? 'elsewhere'],
  ].flatMap(([key, value]) => (value ? [`${key}: ${plain(value, 200)}`] : []));
  return `${what} ${plain(label, 60)}\n\n${trailers.join('\n')}\n`;
}
