// Files without a block, and blocks that went away.

import { t } from '../../protocol/l10n.ts';
import { look, removeFile } from './files.ts';
import { fromFile } from './format.ts';
import { unmasked } from './masked.ts';
import { isHashedPath, isSkillPath, labelOf } from './paths.ts';
import { reconcile } from './reconcile.ts';
import { messageFor, type Session } from './session.ts';
import type { Entry } from './state.ts';
import type { MirrorBlock, NewBlock } from './types.ts';
import { ChangedMeanwhile, HELD, maskedEdit, parsed, propose, textOf } from './versions.ts';

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
    await session.commit(messageFor('Remove', entry.label), [{ path, text: null, entry }]);
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
    label = isSkillPath(path) ? path : labelOf(path, isHashedPath(path) ? fromFile(work, ' ').name : undefined);
  } catch (error) {
    return session.problem(path, 'frontmatter', error instanceof Error ? error.message : String(error));
  }
  if (label === null) return session.problem(path, 'frontmatter', t('its name does not say which block it is'));
  const taken = Object.entries(session.state.entries).find(([at, entry]) => at !== path && entry.label === label);
  if (taken) return session.problem(path, 'duplicate', t('{0} is the file of the block {1} already', taken[0], label));
  const content = parsed(session, path, work, label);
  if (!content) return;
  const value = unmasked(content.value, new Map());
  if (value === null) return session.problem(path, 'masked', maskedEdit(path));
  const local = session.inHead(path) === undefined && session.inIndex(path) === undefined && known === undefined;
  let why: string | undefined;
  if (local && (isSkillPath(path) || session.blocks.create)) {
    const made = { label, description: content.description, value };
    session.passed('before block');
    try {
      const block = await create(session, path, made);
      if (block !== 'held') {
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
      }
      why = HELD;
    } catch (error) {
      if (error instanceof ChangedMeanwhile) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      const what = isSkillPath(path) ? t('it was not added to the agent’s skills') : t('no block was made of it');
      return session.problem(path, 'refused', `${what}: ${reason.replace(/\.$/, '')}`);
    }
  }
  const entry = session.entry(path, label);
  const id = await propose(session, path, entry, null, {
    action: 'create',
    after: value,
    description: content.description,
    seed: work,
    ...(why ? { why } : {}),
  });
  const old = entry.held?.id;
  entry.held = { id, text: work };
  await session.save();
  if (old && old !== id) await session.blocks.withdraw?.(old);
}

async function create(session: Session, path: string, made: NewBlock): Promise<MirrorBlock | 'held'> {
  if (!isSkillPath(path)) {
    if (!session.blocks.create) throw new Error('blocks are not made here');
    return session.blocks.create(made, { by: 'mirror' });
  }
  const written = await session.skills?.write(path, made.value, null);
  if (written === 'held') return 'held';
  if (written !== 'written') throw new ChangedMeanwhile();
  return skillFile(path, made.value);
}

/** A file of a skill, as the mirror keeps blocks and their files together. */
export const skillFile = (path: string, value: string): MirrorBlock => ({
  id: path,
  path,
  label: path,
  description: '',
  value,
  limit: Number.MAX_SAFE_INTEGER,
  readOnly: false,
});
