// Proposals that came from files as items of the review list, and what a decision on them needs.
import * as z from 'zod/mini';
import { ARCHIVE } from '../../letta/memory-tools.ts';
import { t } from '../../protocol/l10n.ts';
import type { NewReview, Review } from '../store/types.ts';
import type { ImportProposal } from './import.ts';
import { isMainFile, isSkillPath, skillPartsOf } from './paths.ts';
import type { SharedProposal } from './team.ts';
import type { MirrorProposal } from './types.ts';

/** Kept with the review. */
const FiledSchema = z.object({
  filed: z.enum(['mirror', 'import', 'project']),
  /** Of the proposal: `Mirror.settled`. */
  proposal: z.string(),
  action: z.enum(['edit', 'create', 'delete', 'conflict', 'passage', 'archive']),
  description: z.nullable(z.string()),
  limit: z.nullable(z.number()),
  readOnly: z.boolean(),
  localOnly: z._default(z.boolean(), false),
  /** The label is the path of a file of a skill, and no block. */
  skill: z._default(z.boolean(), false),
  /** Of the shared file that was decided on. */
  text: z.nullable(z.string()),
});
export type Filed = z.infer<typeof FiledSchema>;

type Item = Omit<NewReview, 'agentId'>;

/** Null: it did not come from files. */
export function filedOf(review: Pick<Review, 'args'>): Filed | null {
  const parsed = FiledSchema.safeParse(review.args);
  return parsed.success ? parsed.data : null;
}

export function mirrorItem(proposal: MirrorProposal): Item {
  const { id, action, label, before, after, description } = proposal;
  const args = {
    filed: 'mirror',
    proposal: id,
    action,
    description,
    limit: null,
    readOnly: false,
    localOnly: false,
    skill: isSkillPath(proposal.path),
    text: null,
  } as const;
  return item('mirror', args, label, before, after, mirrorReason(proposal));
}

export function importItem(proposal: ImportProposal): Item {
  const { id, action, label, before, after, description, limit, readOnly, localOnly, path, folder } = proposal;
  const args = {
    filed: 'import',
    proposal: id,
    action,
    description,
    limit,
    readOnly,
    localOnly: localOnly === true,
    skill: false,
    text: null,
  } as const;
  const reason = t('From {0} in {1}.', path, folder);
  if (action === 'passage') return { ...item('import', args, ARCHIVE, null, after, reason), before: '' };
  return item('import', args, label, before, after, action === 'create' ? `${t('A new block.')} ${reason}` : reason);
}

/** @param text of the file, as it was read. */
export function sharedItem(proposal: SharedProposal, text: string): Item {
  const { id, label, before, after, description, path, conflict } = proposal;
  const args = {
    filed: 'project',
    proposal: id,
    action: 'edit',
    description,
    limit: null,
    readOnly: false,
    localOnly: false,
    skill: false,
    text,
  } as const;
  const merged = conflict
    ? t('It could not be merged: accepting it replaces the block, so edit it to keep what is yours.')
    : t('It is merged with what is here.');
  return item('project', args, label, before, after, `${t('{0} was changed by someone else.', path)} ${merged}`);
}

function item(
  kind: 'mirror' | 'import' | 'project',
  args: Filed,
  label: string,
  base: string | null,
  after: string | null,
  reason: string,
): Item {
  return {
    callId: args.proposal,
    kind,
    label,
    before: null,
    base: base ?? '',
    after: after ?? '',
    sources: [],
    reason,
    args,
  };
}

function mirrorReason({ action, path, copy, authors, why }: MirrorProposal): string {
  const names = [...new Set(authors.map((commit) => commit.name))].slice(0, 3).join(', ');
  const who = [...(names === '' ? [] : [t('Committed by {0}.', names)]), ...(why ? [why] : [])];
  const skill = skillPartsOf(path);
  const isPart = skill !== undefined && !isMainFile(skill.file);
  if (action === 'create') {
    const made = isPart
      ? t('{0} is new: accepting it adds it to the skill {1}.', path, skill.name)
      : skill
        ? t('{0} is new: accepting it makes a skill.', path)
        : t('{0} is new: accepting it makes a block.', path);
    return [made, ...who].join(' ');
  }
  if (action === 'delete') {
    const gone = isPart
      ? t('{0} was removed: accepting it deletes the file.', path)
      : skill
        ? t('{0} was removed: accepting it deletes the skill.', path)
        : t('{0} was removed: accepting it deletes the block.', path);
    return [gone, ...who].join(' ');
  }
  if (action === 'conflict' && skill !== undefined) {
    return t(
      '{0} was changed here and by the agent’s home, in the same lines. The home’s version was kept; accepting this replaces it. The file’s version lies in {1}.',
      path,
      copy ?? 'conflicts',
    );
  }
  if (action === 'conflict') {
    return t(
      '{0} and the block changed the same lines. The block was kept; accepting this replaces it. The file’s version lies in {1}.',
      path,
      copy ?? 'conflicts',
    );
  }
  return [t('{0} was changed.', path), ...who].join(' ');
}
