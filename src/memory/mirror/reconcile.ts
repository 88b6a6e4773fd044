// Brings one block and its file together: nothing that either side wrote is overwritten.
import { extname } from 'node:path';
import { countCharacters } from '../../protocol/characters.ts';
import { t } from '../../protocol/l10n.ts';
import { type FileState, look, replace } from './files.ts';
import { type FileBlock, FormatError, toFile } from './format.ts';
import { GitError } from './git.ts';
import { unmasked } from './masked.ts';
import { merge3 } from './merge.ts';
import { CONFLICTS, INDEX_PATH, isSkillPath, pathOf } from './paths.ts';
import { messageFor, type Session } from './session.ts';
import type { Entry } from './state.ts';
import type { BlockChange, BlockWrite, MirrorBlock } from './types.ts';
import {
  ChangedMeanwhile,
  fileIn,
  HELD,
  maskedEdit,
  parsed,
  propose,
  safely,
  shortHash,
  textOf,
  type View,
  viewOf,
} from './versions.ts';

/** Where a block lies: where it was found, or where its label puts it. */
export function pathFor(session: Session, { label, path }: Pick<MirrorBlock, 'label' | 'path'>): string {
  if (path !== undefined) return path;
  const isIts = ([at, entry]: [string, Entry]) => entry.label === label && !isSkillPath(at);
  return Object.entries(session.state.entries).find(isIts)?.[0] ?? pathOf(label);
}

/** One block or file that cannot be mirrored must not keep the others back. */
export async function guarded(session: Session, path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ChangedMeanwhile || (error instanceof GitError && error.reason === 'moved')) throw error;
    session.problem(path, 'refused', error instanceof Error ? error.message : String(error));
  }
}

/**
 * One block. `change`: what is known of how it came to be. `historyOnly`: the block has changed again since, so this
 * version is committed and nothing flows back from the file.
 */
export async function reconcile(
  session: Session,
  block: MirrorBlock,
  change?: BlockChange,
  historyOnly = false,
): Promise<void> {
  const path = pathFor(session, block);
  const entry = session.entry(path, block.label);
  entry.blockId = block.id;
  let view: View;
  try {
    view = viewOf(session, block, entry);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    session.problem(path, error.reason, t('the block {0} has no file: {1}', block.label, error.message));
    return;
  }
  const file = await look(session.root, path);
  const work = textOf(session, path, file);
  if (path === INDEX_PATH && entry.base === null && work && session.state.made[path]?.includes(work)) {
    entry.base = work;
  }
  if (work && entry.base === null) {
    // Never seen, but it says the same, perhaps under a name that somebody else gave it.
    const theirs = safely(() => fileIn(path, work, block.label));
    if (theirs && theirs.value === view.value && theirs.description === view.description) {
      if (theirs.name !== block.label) entry.name = theirs.name;
      entry.base = work;
      view = viewOf(session, block, entry);
    }
  }
  const commit = (what: string): Promise<void> =>
    commitText(session, path, entry, view.text, what, block.label, change);
  const foreign = session.isForeign(path, entry, view.text);
  if (work === undefined) {
    // Whatever it turns out to be when it can be read: a person looks at it first.
    if (foreign) entry.held ??= { id: '', text: '' };
    return change ? commit('Update') : undefined;
  }
  if (work === view.text) {
    await commit('Update');
    return inStep(session, entry, view.text);
  }
  if (work === null && entry.base === null && entry.held === null) {
    await commit('Add');
    return write(session, path, entry, view.text, file);
  }
  const head = session.inHead(path);
  if (work !== null && work === entry.base && foreign && head !== undefined && session.git) {
    // A commit by others that was not checked out.
    const theirs = await session.git.show(head);
    if (session.id(theirs) !== head)
      return session.problem(path, 'encoding', t('what was committed is not UTF-8 text'));
    if (entry.held?.text !== theirs) await hold(session, path, entry, block, view, theirs);
    return;
  }
  if (work !== null && work === entry.base) {
    await commit('Update');
    return write(session, path, entry, view.text, file);
  }

  // The file says something else than when we last wrote it. Before the next commit hides whose it is, note that.
  if (entry.held?.text !== work) {
    const others = foreign || session.isStaged(path) || entry.base === null;
    if (work !== null && !others && entry.held === null) {
      await commit('Update');
      if (!historyOnly) await takeEdit(session, path, entry, block, view, file, work);
      return;
    }
    await hold(session, path, entry, block, view, work);
  }
  // While a version waits, only a change of the block is worth a commit: it would take the other one back.
  if (change && entry.committed !== session.id(view.text)) await commit('Update');
}

/** Commits the block as it is, unless that is what the last commit holds. */
async function commitText(
  session: Session,
  path: string,
  entry: Entry,
  text: string,
  what: string,
  label: string,
  change?: BlockChange,
): Promise<void> {
  if (session.inHead(path) === session.id(text)) {
    entry.committed = session.id(text);
    return;
  }
  const message = messageFor(session.inHead(path) === undefined ? 'Add' : what, label, change);
  await session.commit(message, [{ path, text, entry }]);
}

async function inStep(session: Session, entry: Entry, text: string): Promise<void> {
  if (entry.held !== null) {
    const { id } = entry.held;
    entry.held = null;
    if (id !== '') await session.blocks.withdraw?.(id);
  }
  entry.base = text;
  await session.save();
}

async function write(session: Session, path: string, entry: Entry, text: string, was: FileState): Promise<void> {
  session.passed('before write');
  if (!(await replace(session.root, path, session.content(text), was))) throw new ChangedMeanwhile();
  session.passed('after write');
  session.report.written.push(path);
  await inStep(session, entry, text);
}

/** A version by others, or none of which it is known where it came from, waits for a person; the file stays as it is. */
async function hold(
  session: Session,
  path: string,
  entry: Entry,
  block: MirrorBlock,
  view: View,
  work: string | null,
  why?: string,
): Promise<void> {
  const before = entry.held;
  let id = '';
  if (work === null) {
    id = await propose(session, path, entry, block, { action: 'delete', after: null, description: null, seed: 'gone' });
  } else {
    const theirs = parsed(session, path, work, block.label);
    if (theirs) {
      const base = entry.base === null ? undefined : safely(() => fileIn(path, entry.base ?? '', block.label));
      const merged = base ? merge3(base.value, view.value, theirs.value) : undefined;
      const value = merged?.outcome === 'clean' ? merged.text : theirs.value;
      const after = unmasked(value, view.real);
      if (after === null) session.problem(path, 'masked', maskedEdit(path));
      id = await propose(session, path, entry, block, {
        action: 'edit',
        // A masked line that was edited is shown as it is; accepting it is the person's decision.
        after: after ?? value,
        description: theirs.description === view.description ? null : theirs.description,
        seed: work,
        ...(why ? { why } : {}),
      });
    }
  }
  entry.held = { id, text: work };
  await session.save();
  if (before !== null && before.id !== '' && before.id !== id) await session.blocks.withdraw?.(before.id);
}

/** An edit of a file, the person's as far as anyone can tell: merged into the block, kept beside it, or held. */
async function takeEdit(
  session: Session,
  path: string,
  entry: Entry,
  block: MirrorBlock,
  view: View,
  file: FileState,
  work: string,
): Promise<void> {
  const theirs = parsed(session, path, work, block.label);
  const base = safely(() => fileIn(path, entry.base ?? '', block.label));
  if (!theirs) return;
  if (!base) return hold(session, path, entry, block, view, work);
  const value = merge3(base.value, view.value, theirs.value);
  const description = merge3(base.description, view.description, theirs.description);
  if (value.outcome === 'conflict' || description.outcome === 'conflict') {
    return setAside(session, path, entry, block, view, file, theirs, work);
  }
  const real = unmasked(value.text, view.real);
  if (real === null) return session.problem(path, 'masked', maskedEdit(path));
  const length = countCharacters(real);
  if (length > block.limit) {
    const over = t(
      '{0} may hold {1} characters; this is {2}. Shorten it by {3}',
      block.label,
      block.limit,
      length,
      length - block.limit,
    );
    return session.problem(path, 'too_long', over);
  }
  const now: MirrorBlock = {
    ...block,
    value: real,
    description: description.text === view.description ? block.description : description.text,
  };
  if (theirs.name !== block.label) entry.name = theirs.name;
  else delete entry.name;
  if (now.value !== block.value || now.description !== block.description) {
    session.passed('before block');
    const { value, description } = now;
    const written = await writeTo(session, block, { value, description, expected: block.value });
    if (written === 'changed') throw new ChangedMeanwhile();
    if (written === 'held') return hold(session, path, entry, block, view, work, HELD);
    session.passed('after block');
    session.report.applied.push(block.label);
  }
  const after = viewOf(session, now, entry);
  const author = { blockId: block.id, label: block.label, value: now.value, author: 'file' };
  await commitText(session, path, entry, after.text, 'Update', block.label, author);
  await write(session, path, entry, after.text, file);
}

async function writeTo(
  session: Session,
  block: MirrorBlock,
  write: BlockWrite,
): Promise<'written' | 'changed' | 'held'> {
  if (block.path === undefined) return session.blocks.write(block.id, write, { by: 'mirror' });
  if (!session.skills) throw new Error('skills are not mirrored here');
  return session.skills.write(block.path, write.value, Buffer.from(session.content(write.expected)));
}

/** The block and the file changed the same lines: the block stays, the file's version lies beside it. */
async function setAside(
  session: Session,
  path: string,
  entry: Entry,
  block: MirrorBlock,
  view: View,
  file: FileState,
  theirs: FileBlock,
  work: string,
): Promise<void> {
  const end = extname(path);
  const copy = `${CONFLICTS}/${path.slice(0, path.length - end.length)}.conflict-${shortHash(work).slice(0, 8)}${end}`;
  const value = session.maskSecrets(theirs.value);
  const text = isSkillPath(path)
    ? value
    : toFile({
        label: block.label,
        name: `${block.label} (set aside)`,
        description: session.maskSecrets(theirs.description || `A version of ${block.label} that could not be merged`),
        value,
      });
  const index = `${CONFLICTS}/MEMORY.md`;
  const made = [
    { path: copy, text },
    { path: index, text: CONFLICTS_INDEX },
  ];
  for (const { path: at, text: content } of made) await replace(session.root, at, content, { kind: 'none' });
  session.passed('after copy');
  await propose(session, path, entry, block, {
    action: 'conflict',
    after: unmasked(theirs.value, view.real) ?? theirs.value,
    description: theirs.description === view.description ? null : theirs.description,
    seed: work,
    copy,
  });
  await session.commit(messageFor('Set aside a version of', block.label, { author: 'file' }), made);
  session.report.conflicts.push(copy);
  await write(session, path, entry, view.text, file);
}

const CONFLICTS_INDEX =
  '# Versions set aside\n\nEach file is a version of a memory block, or of a file of a skill, that was edited in two places at once. Memory kept the other version. Take over what is missing, then delete the file.\n';
