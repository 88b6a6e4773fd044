// What to do with a proposal that cannot be accepted as it stands: the person says where its text goes instead.
import * as vscode from 'vscode';
import type { NewBlock } from '../memory/manage-blocks.ts';
import type { Acceptance, ReviewConflict } from '../memory/review-list.ts';
import type { Review } from '../memory/store/types.ts';
import { t } from '../protocol/l10n.ts';
import type { BlockView } from '../protocol/memory-views.ts';

export interface InsteadDeps {
  proposal(): Promise<Review | undefined>;
  create(block: NewBlock): Promise<unknown>;
  blocks(): Promise<BlockView[]>;
}

/** Characters: of a block that is made for a proposal, and what it may grow beyond that. */
const NEW_BLOCK_LIMIT = 8_000;
const NEW_BLOCK_ROOM = 2_000;

/**
 * @param text what is to be stored where it is not what was proposed
 * @returns how to accept it; undefined: it goes on waiting
 * @throws the conflict, where there is nothing to choose
 */
export async function acceptInstead(
  conflict: ReviewConflict,
  text: string | undefined,
  deps: InsteadDeps,
): Promise<Acceptance | undefined> {
  if (conflict.canInsert) {
    const add = t('Add as New Text');
    const answer = await vscode.window.showWarningMessage(conflict.message, { modal: true }, add);
    return answer === add ? { insert: true } : undefined;
  }
  if (conflict.reason !== 'gone') throw conflict;
  const { label } = conflict;
  const [create, choose] = [t('Create {0}', label), t('Choose Another Block…')];
  const question = t('This agent has no block {0}. Create it, or put the text into another block?', label);
  const answer = await vscode.window.showInformationMessage(question, { modal: true }, create, choose);
  if (answer === create) {
    const review = await deps.proposal();
    const limit = Math.max(NEW_BLOCK_LIMIT, (text ?? review?.after ?? '').length + NEW_BLOCK_ROOM);
    const { localOnly } = review ?? {};
    await deps.create({ label, description: descriptionIn(review?.args), value: '', limit, localOnly });
    return { insert: true };
  }
  if (answer !== choose) return undefined;
  const blocks = (await deps.blocks()).filter((block) => !block.readOnly);
  const items = blocks.map((block) => ({ label: block.label, detail: block.description }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Accept'),
    placeHolder: t('Which block gets it?'),
  });
  return picked ? { insert: true, label: picked.label } : undefined;
}

/** What a proposal says of the block it is meant for. */
function descriptionIn(args: unknown): string {
  const found = typeof args === 'object' && args !== null && 'description' in args ? args.description : undefined;
  return typeof found === 'string' ? found : '';
}
