// One memory block: read it, edit it, save it; how full it is, who changed it last, and what may be wrong with it.
import { useId, useRef, useState } from 'react';
import type { BlockView } from '../../../src/protocol/memory-views.ts';
import { readLineWish } from '../../../src/protocol/wishes.ts';
import { OldAndNew } from '../chat/MemoryChange.tsx';
import type { BlockDraft } from '../saved.ts';
import { useFocusOnShow } from '../ui/focus.ts';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Meter } from '../ui/Meter.tsx';
import { useApp, useAppState } from '../use-app.ts';
import { Conflict } from './Conflict.tsx';
import { Details } from './Details.tsx';
import { Doubts, Marks } from './Doubts.tsx';
import { editOf, selectLine, typed } from './edit.ts';
import { History } from './History.tsx';
import { Lines } from './Lines.tsx';
import { FIRST_SEEN, Origin } from './Origin.tsx';

type View = 'history' | 'lines' | 'details';

export function Block({ block, shown }: { block: BlockView; shown: boolean }) {
  const app = useApp();
  const draft = useAppState((s) => s.blockDrafts[block.id]);
  const edit = editOf(block, draft);
  const [saving, setSaving] = useState(false);
  /** What *Take theirs* or *Merge both* replaced, until it is put back or something is saved. */
  const [aside, setAside] = useState<BlockDraft>();
  const box = useRef<HTMLTextAreaElement>(null);
  const countId = useId();
  const wish = readLineWish(useAppState((s) => s.focus?.name ?? ''));
  useFocusOnShow(
    'memory',
    shown,
    (name) => name !== undefined && readLineWish(name).label === block.label,
    () => {
      if (box.current && wish.line !== undefined) selectLine(box.current, wish.line);
      return box.current;
    },
  );

  const type = (value: string) => app.setBlockDraft(block.id, typed(block, draft, value));

  /** @param base the stored text that the person has seen and means to replace */
  const save = async (base: string) => {
    setSaving(true);
    const { value } = edit;
    const result = await app.ask('memory.save', { blockId: block.id, value, base });
    setSaving(false);
    if (!result) return;
    app.putBlock(result.block);
    // The text that both began from stays the draft's base: a merge is made from it.
    if (result.outcome === 'conflict') return app.setBlockDraft(block.id, { value, base: draft?.base ?? base });
    setAside(undefined);
    app.announce(`Saved ${block.label}.`);
    // What was typed while the answer was on its way is kept, on top of what is stored now.
    const now = app.store.getState().blockDrafts[block.id];
    app.setBlockDraft(
      block.id,
      now && now.value !== value ? { value: now.value, base: result.block.value } : undefined,
    );
  };

  const takeTheirs = () => {
    setAside({ value: edit.value, base: block.value });
    app.setBlockDraft(block.id, undefined);
  };

  const takeBoth = (merged: string) => {
    // Put back, the text collides with theirs again.
    setAside({ value: edit.value, base: draft?.base ?? block.value });
    app.setBlockDraft(block.id, { value: merged, base: block.value });
    box.current?.focus();
  };

  const putBack = () => {
    if (aside) app.setBlockDraft(block.id, aside);
    setAside(undefined);
    box.current?.focus();
  };

  return (
    <section className="block" aria-label={block.label}>
      <Head block={block} />
      <Doubts block={block} />
      <textarea
        ref={box}
        className="block-value"
        aria-label="Value"
        aria-describedby={countId}
        aria-invalid={edit.tooLong}
        rows={2}
        value={edit.value}
        onChange={(event) => type(event.target.value)}
      />
      <Size block={block} length={edit.length} countId={countId} />
      {edit.theirs !== undefined && (
        <Conflict
          base={draft?.base ?? block.value}
          mine={edit.value}
          theirs={edit.theirs}
          busy={saving || edit.tooLong}
          onKeep={(seen) => void save(seen)}
          onTake={takeTheirs}
          onMerge={takeBoth}
        />
      )}
      {aside !== undefined && (
        <p className="quiet">
          Your text was set aside.{' '}
          <button type="button" className="link" onClick={putBack}>
            Put it back
          </button>
        </p>
      )}
      {edit.theirs === undefined && (
        <div className="block-buttons">
          <button
            type="button"
            className="button small"
            disabled={saving || !edit.dirty || edit.tooLong}
            onClick={() => void save(draft?.base ?? block.value)}
          >
            Save
          </button>
          <button
            type="button"
            className="button secondary small"
            disabled={saving || !edit.dirty}
            onClick={() => app.setBlockDraft(block.id, undefined)}
          >
            Revert
          </button>
          {edit.tooLong && (
            <span className="too-long">
              <Icon name="error" className="bad" />
              <span>{`Too long by ${(edit.length - block.limit).toLocaleString('en')}.`}</span>
            </span>
          )}
        </div>
      )}
      <LastChange block={block} />
    </section>
  );
}

/** Label, marks, description, and the ways to look further, each opening under it. */
function Head({ block }: { block: BlockView }) {
  const app = useApp();
  const open = useAppState((s) => s.unfolded);
  const key = (view: View) => `${view}:${block.id}`;
  const isOpen = (view: View) => open[key(view)] === true;
  const toggle = (view: View) => app.unfold(key(view), !isOpen(view));
  const close = (view: View) => app.unfold(key(view), false);
  return (
    <>
      <div className="block-head">
        <h3>{block.label}</h3>
        <span className="block-actions">
          <IconButton
            icon="references"
            label="Lines"
            title="Why is this here? Each line with where it comes from"
            expanded={isOpen('lines')}
            onClick={() => toggle('lines')}
          />
          <IconButton icon="history" label="History" expanded={isOpen('history')} onClick={() => toggle('history')} />
          <IconButton icon="gear" label="Edit details" expanded={isOpen('details')} onClick={() => toggle('details')} />
        </span>
      </div>
      <Marks block={block} />
      {block.description !== '' && <p className="quiet block-description">{block.description}</p>}
      {isOpen('details') && <Details block={block} onDone={() => close('details')} />}
      {isOpen('history') && <History block={block} />}
      {isOpen('lines') && <Lines block={block} />}
    </>
  );
}

function Size({ block, length, countId }: { block: BlockView; length: number; countId: string }) {
  return (
    <>
      <Meter label="Size" value={length} max={block.limit} text={`${length} of ${block.limit} characters`} />
      <p className="block-size">
        <span className={length > block.limit ? 'over' : undefined} id={countId}>
          {length} / {block.limit} characters
        </span>
        {block.tokens !== undefined && (
          <span>{block.tokens === 1 ? '1 token' : `${block.tokens.toLocaleString('en')} tokens`}</span>
        )}
      </p>
    </>
  );
}

function LastChange({ block }: { block: BlockView }) {
  return (
    <>
      {block.changed && (
        <p className="quiet changed">
          {block.value === '' && block.changed.by === FIRST_SEEN ? (
            'Not written yet'
          ) : (
            <Origin origin={block.changed} thread />
          )}
        </p>
      )}
      {block.lastChange && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls
        <div className="last-change" role="group" aria-label="Last change by the agent">
          <p className="quiet">Last change by the agent</p>
          <OldAndNew {...block.lastChange} />
        </div>
      )}
    </>
  );
}
