// Memory as files: every block as Markdown in a git repository, in Letta's MemFS v2 layout, in both directions.
import { appendFile, mkdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from '../../protocol/l10n.ts';
import { look, markdownIn, sweep } from './files.ts';
import { decode } from './format.ts';
import { Git, GitError, type Snapshot } from './git.ts';
import { withLock } from './lock.ts';
import { writeMade } from './made.ts';
import type { MaskSecrets } from './masked.ts';
import { INDEX_PATH, isSkillPath } from './paths.ts';
import { guarded, pathFor, reconcile } from './reconcile.ts';
import { messageFor, Session } from './session.ts';
import { skillsAndFiles } from './skills.ts';
import { type Entry, loadState, OWN_FOLDER, type State } from './state.ts';
import { gone, newcomer } from './strays.ts';
import {
  type BlockChange,
  type MirrorBlock,
  type MirrorBlocks,
  MirrorError,
  type MirrorReport,
  type MirrorSkills,
} from './types.ts';
import { ChangedMeanwhile, safely, viewOf } from './versions.ts';

export interface MirrorOptions {
  /** The folder of the setting; made when it is not there. One folder serves one agent. */
  folder: string;
  agentId: string;
  blocks: MirrorBlocks;
  /** Absent: what lies in `skills/` is left alone. */
  skills?: MirrorSkills;
  maskSecrets: MaskSecrets;
  /** The git program; tests name one that is not there. */
  git?: string;
  /** For tests of kills. */
  passed?: (place: string) => void;
}

/** Somebody wrote while we looked, again and again: the next look does it. */
const MOST_TRIES = 5;
/** Commits between two chances for git to pack. */
const TIDY_EVERY = 200;

const NO_GIT: Snapshot = { head: null, tree: new Map(), index: new Map() };

export class Mirror {
  private readonly options: MirrorOptions;
  private tail: Promise<unknown> = Promise.resolve();
  private waiting: BlockChange[] = [];
  private commits = 0;
  /** The newest commit as our last look left it; undefined before the first. */
  private mine: string | null | undefined;
  private git: Git | null = null;

  constructor(options: MirrorOptions) {
    this.options = options;
  }

  /**
   * Tells of one change of a block; it becomes one commit, with the turn in its message. Resolves when it lies in the
   * files. @throws MirrorError, or what `blocks.list` throws; then it is tried again with the next look.
   */
  record(change: BlockChange): Promise<MirrorReport> {
    this.waiting.push(change);
    return this.sync();
  }

  /** As `record`, for who answers `blocks.list`: the look that asks takes it along. */
  tell(change: BlockChange): void {
    this.waiting.push(change);
  }

  /**
   * Looks at blocks, files and commits, and brings them together. Calls queue.
   * @throws MirrorError `locked` when another window works in the folder, `other_agent` when it is not this agent's.
   */
  sync(): Promise<MirrorReport> {
    return this.queue(() => this.look());
  }

  /**
   * A person accepted or rejected a proposal, and the block is as they decided: the file follows the block again.
   * A version that was not taken stays in git's history and in the review list.
   */
  settled(proposalId: string): Promise<MirrorReport> {
    return this.queue(() => this.look(proposalId));
  }

  private queue<T>(work: () => Promise<T>): Promise<T> {
    const done = this.tail.then(work);
    this.tail = done.catch(() => {});
    return done;
  }

  private async look(settled?: string): Promise<MirrorReport> {
    const root = await this.folder();
    const report = await withLock(join(root, OWN_FOLDER, 'mirror.lock'), async () => {
      await sweep(root);
      await sweep(join(root, OWN_FOLDER));
      return this.retry(root, settled);
    });
    if (report) return report;
    throw new MirrorError('locked', t('Another window is writing to {0}. It is tried again soon.', root));
  }

  private async retry(root: string, settled?: string): Promise<MirrorReport> {
    const report = emptyReport();
    for (let tries = 1; ; tries++) {
      try {
        // What is on disk counts, as after a kill.
        await this.once(root, await this.stateOf(root), report, settled);
        return report;
      } catch (error) {
        const again = error instanceof ChangedMeanwhile || (error instanceof GitError && error.reason === 'moved');
        if (!again || tries >= MOST_TRIES) throw error;
      }
    }
  }

  private async stateOf(root: string): Promise<State> {
    const state = await loadState(root, this.options.agentId);
    if (state.agentId === this.options.agentId) return state;
    const why = t('{0} mirrors the memory of another agent. Choose another folder in letta.memory.mirror.', root);
    throw new MirrorError('other_agent', why);
  }

  private async once(root: string, state: State, report: MirrorReport, settled?: string): Promise<void> {
    report.problems = [];
    const git = await this.openGit(root, report);
    if (report.git === 'busy') return;
    const session = new Session({
      root,
      state,
      git,
      snapshot: git ? await git.snapshot() : NO_GIT,
      blocks: this.options.blocks,
      skills: this.options.skills,
      maskSecrets: this.options.maskSecrets,
      report,
      passed: this.options.passed ?? (() => {}),
    });
    const alone = this.mine === undefined || this.mine === state.commit;
    if (settled !== undefined) await settle(session, settled);
    const skills = await this.options.skills?.list().catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      session.problem('skills', 'refused', t('the agent’s skills could not be read: {0}', why.replace(/\.$/, '')));
    });
    await this.blocksAndFiles(session, alone);
    if (skills) await skillsAndFiles(session, skills);
    await session.finish();
    this.mine = state.commit;
    this.commits += report.commits;
    if (git && this.commits >= TIDY_EVERY) {
      this.commits = 0;
      await git.tidy();
    }
  }

  /** @param alone no other window has worked in the folder since our last look */
  private async blocksAndFiles(session: Session, alone: boolean): Promise<void> {
    const blocks = await this.options.blocks.list();
    const at = (block: MirrorBlock) => (block.label === '' ? '.' : pathFor(session, block));
    const byId = new Map(blocks.map((block) => [block.id, block]));
    if (!alone) this.waiting = notYetTold(session, this.waiting, blocks);
    while (this.waiting.length > 0) {
      const [change] = this.waiting;
      if (!change) break;
      const block = byId.get(change.blockId);
      if (block && block.label === change.label) {
        const later = this.waiting.slice(1).some((other) => other.blockId === change.blockId);
        const isNow = !later && block.value === change.value;
        const then = { ...block, value: change.value, description: change.description ?? block.description };
        await guarded(session, at(block), () => reconcile(session, isNow ? block : then, change, !isNow));
      }
      this.waiting.shift();
    }
    for (const block of blocks) await guarded(session, at(block), () => reconcile(session, block));
    const entries = (): [string, Entry][] =>
      Object.entries(session.state.entries).filter(([path]) => !isSkillPath(path));
    const had = entries().some(([, entry]) => entry.blockId !== null);
    const labels = new Set(blocks.map((block) => block.label));
    if (blocks.length === 0 && had) {
      session.problem('.', 'refused', t('the agent shows no block at all, so no file was removed'));
      return;
    }
    for (const [path, entry] of entries()) {
      if (labels.has(entry.label)) continue;
      await (entry.blockId === null ? newcomer(session, path) : gone(session, path, entry));
    }
    const known = new Set(Object.keys(session.state.entries));
    for (const path of await markdownIn(session.root)) {
      if (!known.has(path) && path !== INDEX_PATH) await newcomer(session, path);
    }
    const placed = entries().flatMap(([path, entry]) => {
      const block = [...blocks, ...session.created].find((b) => b.label === entry.label);
      return block ? [{ block, path }] : [];
    });
    placed.sort((a, b) => (a.path < b.path ? -1 : 1));
    await writeMade(session, placed);
  }

  private async openGit(root: string, report: MirrorReport): Promise<Git | null> {
    if (this.git?.root !== root) this.git = new Git(root, this.options.git);
    const { git } = this;
    try {
      await git.open();
      await ignoreOwnFolder(root);
      const busy = await git.busy();
      report.git = busy === null ? 'ready' : 'busy';
      report.gitMessage =
        busy === null
          ? null
          : t(
              'A git operation is under way in {0} ({1}). The mirror waits until it is finished or aborted.',
              root,
              busy,
            );
      return git;
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      report.git = error.reason === 'missing' ? 'missing' : 'refused';
      report.gitMessage = error.message;
      return null;
    }
  }

  private async folder(): Promise<string> {
    try {
      await mkdir(this.options.folder, { recursive: true });
      return await realpath(this.options.folder);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new MirrorError('folder', t('The folder of letta.memory.mirror cannot be used: {0}', why));
    }
  }
}

/** Of what a window was told, what another one has not committed already: told twice, it would go back and forth. */
function notYetTold(session: Session, waiting: readonly BlockChange[], blocks: readonly MirrorBlock[]): BlockChange[] {
  const left = new Set(waiting);
  for (const block of blocks) {
    const path = pathFor(session, block);
    const entry = session.state.entries[path];
    const head = session.inHead(path);
    if (!entry || head === undefined) continue;
    const isHead = (value: string, description = block.description): boolean =>
      safely(() => session.id(viewOf(session, { ...block, value, description }, entry).text)) === head;
    const own = waiting.filter(({ blockId }) => blockId === block.id);
    const done = isHead(block.value)
      ? own.length
      : own.findLastIndex((change) => isHead(change.value, change.description ?? block.description)) + 1;
    for (const change of own.slice(0, done)) left.delete(change);
  }
  return waiting.filter((change) => left.has(change));
}

async function settle(session: Session, proposalId: string): Promise<void> {
  for (const [path, entry] of Object.entries(session.state.entries)) {
    if (entry.held?.id !== proposalId) continue;
    const file = await look(session.root, path);
    const now = file.kind === 'file' ? decode(file.bytes) : null;
    const { text } = entry.held;
    if (text !== null && text === now && session.inHead(path) !== session.id(text)) {
      // Parts that were never committed would be gone when the block's text takes the place.
      const kept = session.maskSecrets(text);
      const message = messageFor('Keep the version decided on of', entry.label, { author: 'file' });
      await session.commit(message, [{ path, text: kept, entry }]);
    }
    // A version that was never checked out leaves the file as it was.
    if (now === null || now !== entry.base) entry.base = text;
    entry.committed = session.inHead(path) ?? null;
    if (text !== null) entry.ignored = session.id(text);
    entry.held = null;
    await session.save();
  }
}

/** What is no memory stays out of git, without a file that a person would see. */
async function ignoreOwnFolder(root: string): Promise<void> {
  const info = join(root, '.git', 'info');
  const exclude = join(info, 'exclude');
  const wanted = [`/${OWN_FOLDER}/`, '.letta-*.tmp'];
  const text = await readFile(exclude, 'utf8').catch(() => '');
  const missing = wanted.filter((line) => !text.split('\n').includes(line));
  if (missing.length === 0) return;
  await mkdir(info, { recursive: true });
  await appendFile(exclude, `${text === '' || text.endsWith('\n') ? '' : '\n'}${missing.join('\n')}\n`);
}

const emptyReport = (): MirrorReport => ({
  git: 'ready',
  gitMessage: null,
  written: [],
  applied: [],
  proposed: [],
  conflicts: [],
  problems: [],
  commits: 0,
});
