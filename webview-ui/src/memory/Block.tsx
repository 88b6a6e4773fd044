// One memory block: read it, edit it, save it; how full it is, who changed it last, and what may be wrong with it.
import { useId, useRef } from 'react';
import type { BlockView } from '../../../src/protocol/memory-views.ts';
import { readLineWish } from '../../../src/protocol/wishes.ts';
import { OldAndNew } from '../chat/MemoryChange.tsx';
import { plural, t } from '../l10n.tsx';
import { useFocusOnShow } from '../ui/focus.ts';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Meter } from '../ui/Meter.tsx';
import { useApp, useAppState } from '../use-app.ts';
import { Conflict } from './Conflict.tsx';
import { Details } from './Details.tsx';
import { Doubts, Marks } from './Doubts.tsx';
import { selectLine } from './edit.ts';
import { History } from './History.tsx';
import { Lines } from './Lines.tsx';
import { FIRST_SEEN, Origin } from './Origin.tsx';
import { type Editing, useEditing } from './use-editing.ts';

type View = 'history' | 'lines' | 'details';

export function Block({ block, shown }: { block: BlockView; shown: boolean }) {
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
  const editing = useEditing(block);
  const { edit, base } = editing;
  /** What changes the text by a button leaves the keyboard in it. */
  const inBox =
    <A extends unknown[]>(act: (...args: A) => void) =>
    (...args: A): void => {
      act(...args);
      box.current?.focus();
    };

  return (
    <section className="block" aria-label={block.label}>
      <Head block={block} />
      <Doubts block={block} />
      <textarea
        ref={box}
        className="block-value"
        aria-label={t('Value')}
        placeholder={t('Empty. Write here, or tell the agent.')}
        aria-describedby={countId}
        aria-invalid={edit.tooLong}
        rows={2}
        value={edit.value}
        onChange={(event) => editing.type(event.target.value)}
      />
      <Size block={block} length={edit.length} countId={countId} />
      {edit.theirs !== undefined && (
        <Conflict
          base={base}
          mine={edit.value}
          theirs={edit.theirs}
          busy={editing.saving || edit.tooLong}
          onKeep={(seen) => void editing.save(seen)}
          onTake={editing.takeTheirs}
          onMerge={inBox(editing.takeBoth)}
        />
      )}
      {editing.isAside && (
        <p className="quiet">
          {t('Your text was set aside.')}{' '}
          <button type="button" className="link" onClick={inBox(editing.putBack)}>
            {t('Put it back')}
          </button>
        </p>
      )}
      {edit.theirs === undefined && <Buttons block={block} editing={editing} />}
      <LastChange block={block} />
    </section>
  );
}

function Buttons({ block, editing }: { block: BlockView; editing: Editing }) {
  const { edit, saving } = editing;
  return (
    <div className="block-buttons">
      <button
        type="button"
        className="button small"
        disabled={saving || !edit.dirty || edit.tooLong}
        onClick={() => void editing.save(editing.base)}
      >
        {t('Save')}
      </button>
      <button
        type="button"
        className="button secondary small"
        disabled={saving || !edit.dirty}
        onClick={editing.revert}
      >
        {t('Revert')}
      </button>
      {edit.tooLong && (
        <span className="too-long">
          <Icon name="error" className="bad" />
          <span>{t('Too long by {0}.', edit.length - block.limit)}</span>
        </span>
      )}
    </div>
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
            label={t('Lines')}
            title={t('Why is this here? Each line with where it comes from')}
            expanded={isOpen('lines')}
            onClick={() => toggle('lines')}
          />
          <IconButton
            icon="history"
            label={t('History')}
            expanded={isOpen('history')}
            onClick={() => toggle('history')}
          />
          <IconButton
            icon="gear"
            label={t('Edit details')}
            expanded={isOpen('details')}
            onClick={() => toggle('details')}
          />
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
      <Meter
        label={t('Size')}
        value={length}
        max={block.limit}
        text={t('{0} of {1} characters', String(length), String(block.limit))}
      />
      <p className="block-size">
        <span className={length > block.limit ? 'over' : undefined} id={countId}>
          {t('{0} / {1} characters', String(length), String(block.limit))}
        </span>
        {block.tokens !== undefined && <span>{plural(block.tokens, '{0} token', '{0} tokens')}</span>}
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
            t('Not written yet')
          ) : (
            <Origin origin={block.changed} thread />
          )}
        </p>
      )}
      {block.lastChange && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls
        <div className="last-change" role="group" aria-label={t('Last change by the agent')}>
          <p className="quiet">{t('Last change by the agent')}</p>
          <OldAndNew {...block.lastChange} />
        </div>
      )}
    </>
  );
}
