// One memory block: read it, edit it, save it; and when the agent changed it meanwhile, both texts and a choice.
import { useId, useRef, useState } from 'react';
import type { BlockView } from '../../../src/protocol/views.ts';
import { useApp, useAppState } from '../app.ts';
import { OldAndNew } from '../chat/MemoryChange.tsx';
import { useFocusOnShow } from '../ui/focus.ts';
import { Icon } from '../ui/Icon.tsx';
import { editOf, typed } from './edit.ts';

export function Block({ block, shown }: { block: BlockView; shown: boolean }) {
  const app = useApp();
  const draft = useAppState((s) => s.blockDrafts[block.id]);
  const edit = editOf(block, draft);
  const [saving, setSaving] = useState(false);
  /** What *Take theirs* replaced, until it is put back or something is saved. */
  const [mine, setMine] = useState<string>();
  const box = useRef<HTMLTextAreaElement>(null);
  const countId = useId();
  useFocusOnShow(
    'memory',
    shown,
    (name) => name === block.label,
    () => box.current,
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
    if (result.outcome === 'conflict') return app.setBlockDraft(block.id, { value, base });
    setMine(undefined);
    // What was typed while the answer was on its way is kept, on top of what is stored now.
    const now = app.store.getState().blockDrafts[block.id];
    app.setBlockDraft(
      block.id,
      now && now.value !== value ? { value: now.value, base: result.block.value } : undefined,
    );
  };

  const takeTheirs = () => {
    setMine(edit.value);
    app.setBlockDraft(block.id, undefined);
  };

  const putBack = () => {
    if (mine !== undefined) app.setBlockDraft(block.id, { value: mine, base: block.value });
    setMine(undefined);
  };

  const busy = saving || block.readOnly;
  return (
    <section className="block" aria-label={block.label}>
      <div className="block-head">
        <h3>{block.label}</h3>
        <span className={edit.tooLong ? 'block-count over' : 'block-count'} id={countId}>
          {edit.length} / {block.limit} characters
        </span>
      </div>
      <p className="quiet">{block.description}</p>
      <textarea
        ref={box}
        className="block-value"
        aria-label="Value"
        aria-describedby={countId}
        aria-invalid={edit.tooLong}
        rows={2}
        readOnly={block.readOnly}
        value={edit.value}
        onChange={(event) => type(event.target.value)}
      />
      {edit.theirs !== undefined ? (
        <Conflict
          theirs={edit.theirs}
          busy={busy || edit.tooLong}
          onKeep={(seen) => void save(seen)}
          onTake={takeTheirs}
        />
      ) : null}
      {mine !== undefined && (
        <p className="quiet">
          Your text was set aside.{' '}
          <button type="button" className="link" onClick={putBack}>
            Put it back
          </button>
        </p>
      )}
      {block.readOnly && <p className="quiet">Read-only.</p>}
      {!block.readOnly && edit.theirs === undefined && (
        <div className="block-buttons">
          <button
            type="button"
            className="button small"
            disabled={busy || !edit.dirty || edit.tooLong}
            onClick={() => void save(draft?.base ?? block.value)}
          >
            Save
          </button>
          <button
            type="button"
            className="button secondary small"
            disabled={busy || !edit.dirty}
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
      {block.lastChange && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls
        <div className="last-change" role="group" aria-label="Last change by the agent">
          <p className="quiet">Last change by the agent</p>
          <OldAndNew {...block.lastChange} />
        </div>
      )}
    </section>
  );
}

interface ConflictProps {
  theirs: string;
  busy: boolean;
  onKeep: (seen: string) => void;
  onTake: () => void;
}

function Conflict({ theirs, busy, onKeep, onTake }: ConflictProps) {
  return (
    <div className="conflict" role="alert">
      <p className="conflict-title">
        <Icon name="warning" className="caution-icon" />
        <span>
          Changed while you were editing. Above is your text, below what is stored now. Edit yours to merge them.
        </span>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} className="theirs">
        {theirs}
      </pre>
      <div className="block-buttons">
        <button type="button" className="button small" disabled={busy} onClick={() => onKeep(theirs)}>
          Keep mine
        </button>
        <button type="button" className="button secondary small" disabled={busy} onClick={onTake}>
          Take theirs
        </button>
      </div>
    </div>
  );
}
