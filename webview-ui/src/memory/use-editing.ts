// What a person types into a block, until it is saved: nothing of it is lost where the block changed meanwhile.
import { useState } from 'react';
import type { BlockView } from '../../../src/protocol/memory-views.ts';
import { t } from '../l10n.tsx';
import type { BlockDraft } from '../saved.ts';
import { useApp, useAppState } from '../use-app.ts';
import { type BlockEdit, editOf, typed } from './edit.ts';

export interface Editing {
  readonly edit: BlockEdit;
  /** The stored text that the person's began from. */
  readonly base: string;
  readonly saving: boolean;
  /** A text of the person's was replaced, and can be put back. */
  readonly isAside: boolean;
  type(value: string): void;
  /** @param seen the stored text that the person has seen and means to replace */
  save(seen: string): Promise<void>;
  revert(): void;
  takeTheirs(): void;
  takeBoth(merged: string): void;
  putBack(): void;
}

export function useEditing(block: BlockView): Editing {
  const app = useApp();
  const draft = useAppState((s) => s.blockDrafts[block.id]);
  const [saving, setSaving] = useState(false);
  /** What *Take theirs* or *Merge both* replaced, until it is put back or something is saved. */
  const [aside, setAside] = useState<BlockDraft>();
  const edit = editOf(block, draft);
  const base = draft?.base ?? block.value;
  const keep = (kept: BlockDraft | undefined) => app.setBlockDraft(block.id, kept);

  const save = async (seen: string) => {
    setSaving(true);
    const { value } = edit;
    const result = await app.ask('memory.save', { blockId: block.id, value, base: seen });
    setSaving(false);
    if (!result) return;
    app.putBlock(result.block);
    // The text that both began from stays the draft's base: a merge is made from it.
    if (result.outcome === 'conflict') return keep({ value, base: draft?.base ?? seen });
    setAside(undefined);
    app.announce(t('Saved {0}.', block.label));
    // What was typed while the answer was on its way is kept, on top of what is stored now.
    const now = app.store.getState().blockDrafts[block.id];
    keep(now && now.value !== value ? { value: now.value, base: result.block.value } : undefined);
  };

  return {
    edit,
    base,
    saving,
    isAside: aside !== undefined,
    type: (value) => keep(typed(block, draft, value)),
    save,
    revert: () => keep(undefined),
    takeTheirs: () => {
      setAside({ value: edit.value, base: block.value });
      keep(undefined);
    },
    takeBoth: (merged) => {
      // Put back, the text collides with theirs again.
      setAside({ value: edit.value, base });
      keep({ value: merged, base: block.value });
    },
    putBack: () => {
      if (aside) keep(aside);
      setAside(undefined);
    },
  };
}
