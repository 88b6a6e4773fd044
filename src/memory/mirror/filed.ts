// Proposals that came from files as items of the review list, and what a decision on them needs.
import * as z from 'zod/mini';
import { ARCHIVE } from '../../letta/memory-tools.ts';
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
  const reason = `From ${path} in ${folder}.`;
  if (action === 'passage') return { ...item('import', args, ARCHIVE, null, after, reason), before: '' };
  return item('import', args, label, before, after, action === 'create' ? `A new block. ${reason}` : reason);
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
    ? 'It could not be merged: accepting it replaces the block, so edit it to keep what is yours.'
    : 'It is merged with what is here.';
  return item('project', args, label, before, after, `${path} was changed by someone else. ${merged}`);
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
  const who = `${names === '' ? '' : ` Committed by ${names}.`}${why ? ` ${why}` : ''}`;
  const skill = skillPartsOf(path);
  const isPart = skill !== undefined && !isMainFile(skill.file);
  const it = skill === undefined ? 'block' : isPart ? 'file' : 'skill';
  if (action === 'create') {
    const makes = isPart ? `adds it to the skill ${skill.name}` : `makes a ${it}`;
    return `${path} is new: accepting it ${makes}.${who}`;
  }
  if (action === 'delete') return `${path} was removed: accepting it deletes the ${it}.${who}`;
  if (action === 'conflict' && skill !== undefined) {
    return `${path} was changed here and by the agent’s home, in the same lines. The home’s version was kept; accepting this replaces it. The file’s version lies in ${copy ?? 'conflicts'}.`;
  }
  if (action === 'conflict') {
    return `${path} and the block changed the same lines. The block was kept; accepting this replaces it. The file’s version lies in ${copy ?? 'conflicts'}.`;
  }
  return `${path} was changed.${who}`;
}
