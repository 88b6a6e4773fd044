// Brings one block and its file together: nothing that either side wrote is overwritten.
import { createHash } from 'node:crypto';
import { type FileState, look, removeFile, replace } from './files.ts';
import { decode, type FileBlock, FormatError, fromFile, toFile } from './format.ts';
import { maskedText, unmasked } from './masked.ts';
import { merge3 } from './merge.ts';
import { CONFLICTS, INDEX_PATH, isHashedPath, labelOf, pathOf } from './paths.ts';
import { messageFor, type Session } from './session.ts';
import type { Entry } from './state.ts';
import type { BlockChange, MirrorBlock, MirrorProposal } from './types.ts';

/** Somebody wrote while we looked: look again. */
export class ChangedMeanwhile extends Error {
  override name = 'ChangedMeanwhile';
}

/** What a file may hold of a block. */
interface View {
  text: string;
  value: string;
  description: string;
  real: ReadonlyMap<string, readonly string[]>;
}

function viewOf(session: Session, block: MirrorBlock, entry: Entry): View {
  const { text: value, real } = maskedText(block.value, session.maskSecrets);
  const description = session.maskSecrets(block.description);
  return { text: toFile({ label: block.label, description, value, name: entry.name }), value, description, real };
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** Reads a file's text. Undefined: it is refused, and the report says why. */
function textOf(session: Session, path: string, file: FileState): string | null | undefined {
  if (file.kind === 'none') return null;
  if (file.kind === 'refused') {
    session.problem(path, 'unsafe', file.why);
    return undefined;
  }
  try {
    return decode(file.bytes);
  } catch (error) {
    session.problem(path, 'encoding', error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

/** @returns undefined when it is no memory file; the report says why. */
function parsed(
  session: Session,
  path: string,
  text: string,
  label: string,
): (FileBlock & { name: string }) | undefined {
  try {
    const file = fromFile(text, label);
    if (isHashedPath(path) && labelOf(path, file.name) !== label) {
      throw new FormatError('frontmatter', 'its name no longer fits its path');
    }
    return file;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    session.problem(path, error.reason, error.message);
    return undefined;
  }
}

/** Where a block lies: where it was found, or where its label puts it. */
export function pathFor(session: Session, block: Pick<MirrorBlock, 'label'>): string {
  const known = Object.entries(session.state.entries).find(([, entry]) => entry.label === block.label);
  return known ? known[0] : pathOf(block.label);
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
    session.problem(path, error.reason, `the block ${block.label} has no file: ${error.message}`);
    return;
  }
  const file = await look(session.root, path);
  const work = textOf(session, path, file);
  const commit = (what: string): Promise<void> =>
    commitText(session, path, entry, view.text, what, block.label, change);
  const foreign = session.isForeign(path, entry, view.text);
  if (work === undefined) {
    // Whatever it turns out to be when it can be read: a person looks at it first.
    if (foreign) entry.held ??= { id: '', text: '' };
    return change ? commit('Update') : undefined;
  }
  if (path === INDEX_PATH && entry.base === null && work !== null && session.state.made[path]?.includes(work)) {
    entry.base = work;
  }
  if (work !== null && entry.base === null) {
    // Never seen, but it says the same, perhaps under a name that somebody else gave it.
    const theirs = safely(() => fromFile(work, block.label));
    if (theirs && theirs.value === view.value && theirs.description === view.description) {
      if (theirs.name !== block.label) entry.name = theirs.name;
      entry.base = work;
      view = viewOf(session, block, entry);
    }
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
  await session.commit(messageFor(session.inHead(path) === undefined ? 'Add' : what, label, change), [{ path, text }], {
    path,
    entry,
    text,
  });
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
  if (!(await replace(session.root, path, text, was))) throw new ChangedMeanwhile();
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
): Promise<void> {
  const before = entry.held;
  let id = '';
  if (work === null) {
    id = await propose(session, path, entry, block, { action: 'delete', after: null, description: null, seed: 'gone' });
  } else {
    const theirs = parsed(session, path, work, block.label);
    if (theirs) {
      const base = entry.base === null ? undefined : safely(() => fromFile(entry.base ?? '', block.label));
      const merged = base ? merge3(base.value, view.value, theirs.value) : undefined;
      const value = merged?.outcome === 'clean' ? merged.text : theirs.value;
      const after = unmasked(value, view.real);
      if (after === null) session.problem(path, 'masked', MASKED);
      id = await propose(session, path, entry, block, {
        action: 'edit',
        // A masked line that was edited is shown as it is; accepting it is the person's decision.
        after: after ?? value,
        description: theirs.description === view.description ? null : theirs.description,
        seed: work,
      });
    }
  }
  entry.held = { id, text: work };
  await session.save();
  if (before !== null && before.id !== '' && before.id !== id) await session.blocks.withdraw?.(before.id);
}

const MASKED =
  'a line that stands for a masked secret was edited or copied; change that line in the Memory panel, and put the marked line back here';

async function propose(
  session: Session,
  path: string,
  entry: Entry,
  block: MirrorBlock | null,
  what: Pick<MirrorProposal, 'action' | 'after' | 'description'> & { seed: string; copy?: string },
): Promise<string> {
  const id = `mirror-${shortHash([session.state.agentId, path, what.action, what.seed].join('\0'))}`;
  const authors = session.git ? await session.git.commitsOf(path, session.state.commit) : [];
  const proposal: MirrorProposal = {
    id,
    kind: 'mirror',
    action: what.action,
    label: entry.label,
    blockId: block?.id ?? null,
    path,
    before: block?.value ?? null,
    after: what.after,
    description: what.description,
    authors,
    copy: what.copy ?? null,
  };
  session.passed('before propose');
  await session.blocks.propose(proposal);
  session.passed('after propose');
  session.report.proposed.push(proposal);
  return id;
}

/** The person's own edit of a file: merged into the block, or kept beside it. */
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
  const base = safely(() => fromFile(entry.base ?? '', block.label));
  if (!theirs) return;
  if (!base) return hold(session, path, entry, block, view, work);
  const value = merge3(base.value, view.value, theirs.value);
  const description = merge3(base.description, view.description, theirs.description);
  if (value.outcome === 'conflict' || description.outcome === 'conflict') {
    return setAside(session, path, entry, block, view, file, theirs, work);
  }
  const real = unmasked(value.text, view.real);
  if (real === null) return session.problem(path, 'masked', MASKED);
  if (real.length > block.limit) {
    const over = `${block.label} may hold ${block.limit} characters; this is ${real.length}. Shorten it by ${real.length - block.limit}`;
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
    const written = await session.blocks.write(
      block.id,
      { value: now.value, description: now.description, expected: block.value },
      { by: 'mirror' },
    );
    if (written === 'changed') throw new ChangedMeanwhile();
    session.passed('after block');
    session.report.applied.push(block.label);
  }
  const after = viewOf(session, now, entry);
  const author = { blockId: block.id, label: block.label, value: now.value, author: 'file' };
  await commitText(session, path, entry, after.text, 'Update', block.label, author);
  await write(session, path, entry, after.text, file);
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
  const stem = path.slice(0, -3);
  const copy = `${CONFLICTS}/${stem}.conflict-${shortHash(work).slice(0, 8)}.md`;
  const text = toFile({
    label: block.label,
    name: `${block.label} (set aside)`,
    description: session.maskSecrets(theirs.description || `A version of ${block.label} that could not be merged`),
    value: session.maskSecrets(theirs.value),
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
  '# Versions set aside\n\nEach file is a version of a memory block that was edited in two places at once. The block kept the other version. Take over what is missing, then delete the file.\n';

/** A block that is gone: its file goes too, unless it says something that was never in the block. */
export async function gone(session: Session, path: string, entry: Entry): Promise<void> {
  const file = await look(session.root, path);
  const work = textOf(session, path, file);
  if (work === undefined) return;
  if (work !== null && work !== entry.base) {
    // From here on it is a file that may become a block.
    entry.blockId = null;
    entry.base = null;
    if (entry.held !== null && entry.held.text !== work) entry.held = null;
    return newcomer(session, path);
  }
  if (session.inHead(path) !== undefined) {
    await session.commit(messageFor('Remove', entry.label), [{ path, text: null }], { path, entry, text: null });
  }
  if (work !== null && !(await removeFile(session.root, path, file))) throw new ChangedMeanwhile();
  const held = entry.held?.id;
  delete session.state.entries[path];
  await session.save();
  if (held) await session.blocks.withdraw?.(held);
}

/** A file that belongs to no block. */
export async function newcomer(session: Session, path: string): Promise<void> {
  const file = await look(session.root, path);
  const work = textOf(session, path, file);
  if (work === undefined) return;
  const known = session.state.entries[path];
  if (work === null) {
    const held = known?.held?.id;
    delete session.state.entries[path];
    if (held) await session.blocks.withdraw?.(held);
    return;
  }
  if (known?.held?.text === work || known?.ignored === session.id(work)) return;
  let label: string | null;
  try {
    label = labelOf(path, isHashedPath(path) ? fromFile(work, ' ').name : undefined);
  } catch (error) {
    return session.problem(path, 'frontmatter', error instanceof Error ? error.message : String(error));
  }
  if (label === null) return session.problem(path, 'frontmatter', 'its name does not say which block it is');
  const taken = Object.entries(session.state.entries).find(([at, entry]) => at !== path && entry.label === label);
  if (taken) return session.problem(path, 'duplicate', `${taken[0]} is the file of the block ${label} already`);
  const content = parsed(session, path, work, label);
  if (!content) return;
  const value = unmasked(content.value, new Map());
  if (value === null) return session.problem(path, 'masked', MASKED);
  const local = session.inHead(path) === undefined && session.inIndex(path) === undefined && known === undefined;
  if (local && session.blocks.create) {
    const made = { label, description: content.description, value };
    session.passed('before block');
    try {
      const block = await session.blocks.create(made, { by: 'mirror' });
      session.passed('after block');
      session.created.push(block);
      const entry = session.entry(path, label);
      entry.blockId = block.id;
      if (content.name !== label) entry.name = content.name;
      // What was created is what the file says, so the next look finds both in step or only the block changed.
      entry.base = work;
      session.report.applied.push(label);
      await session.save();
      return reconcile(session, block, { blockId: block.id, label, value, author: 'file' });
    } catch (error) {
      return session.problem(
        path,
        'refused',
        `no block was made of it: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  const entry = session.entry(path, label);
  const id = await propose(session, path, entry, null, {
    action: 'create',
    after: value,
    description: content.description,
    seed: work,
  });
  const old = entry.held?.id;
  entry.held = { id, text: work };
  await session.save();
  if (old && old !== id) await session.blocks.withdraw?.(old);
}

function safely<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
