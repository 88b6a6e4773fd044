// What marks a block, and what in it nobody has confirmed yet or may no longer be true.
import { useState } from 'react';
import type { BlockView } from '../../../src/protocol/memory-views.ts';
import { t } from '../l10n.tsx';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { useApp, useAppState } from '../use-app.ts';
import { sourcesInWords } from './Origin.tsx';

export function Marks({ block }: { block: BlockView }) {
  const hiddenFrom = useHiddenFrom(block);
  if (!block.readOnly && !block.shared && !block.localOnly && !block.changed?.unreviewed) return null;
  return (
    <span className="marks">
      {block.readOnly && <Mark icon="lock" text={t('Read-only')} title={t('The agent cannot change it')} />}
      {block.shared && <Mark icon="organization" text={t('Shared')} title={t('Other agents have it too')} />}
      {block.localOnly && (
        <Mark icon="vm" text={t('Local models only')} title={t('It goes to no model that runs elsewhere')} />
      )}
      {hiddenFrom !== undefined && <Mark icon="circle-slash" text={t('Not shown to {0}', hiddenFrom)} />}
      {block.changed?.unreviewed && (
        <Mark icon="unverified" text={t('Unreviewed')} title={t('Nobody has confirmed the change')} />
      )}
    </span>
  );
}

/** The model in use, where it may not see the block. One that nobody can place counts as running elsewhere. */
export function useHiddenFrom(block: BlockView): string | undefined {
  const handle = useAppState((s) => s.about?.model);
  const local = useAppState((s) => s.models.find((model) => model.handle === handle)?.local);
  return block.localOnly && handle && local !== true ? handle : undefined;
}

export function Mark({ icon, text, title }: { icon: IconName; text: string; title?: string }) {
  return (
    <span className="mark" title={title}>
      <Icon name={icon} />
      {text}
    </span>
  );
}

export function Doubts({ block }: { block: BlockView }) {
  const { changed, unverified } = block;
  const sources = changed ? sourcesInWords(changed.sources) : '';
  return (
    <>
      {changed?.unreviewed && (
        <div className="doubt">
          <Icon name="unverified" className="caution-icon" />
          <p>
            {sources === ''
              ? t('Unreviewed: nobody has confirmed the last change.')
              : t('Unreviewed: nobody has confirmed the last change. Before it the agent had read: {0}.', sources)}
          </p>
          <span className="block-buttons">
            <Confirm block={block} />
            <UndoLast block={block} />
          </span>
        </div>
      )}
      {unverified !== undefined && unverified.length > 0 && (
        <ul className="doubts" aria-label={t('May no longer be true')}>
          {unverified.map(({ line, why }) => (
            <li className="doubt" key={line}>
              <Icon name="warning" className="caution-icon" />
              <div>
                <p className="doubt-line">{line}</p>
                <p className="quiet">{why}</p>
              </div>
              <Confirm block={block} line={line} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Says that a line, or all that is unreviewed, is right. */
export function Confirm({ block, line, onDone }: { block: BlockView; line?: string; onDone?: () => void }) {
  const app = useApp();
  const confirm = async () => {
    const confirmed = await app.ask('memory.confirm', { blockId: block.id, ...(line === undefined ? {} : { line }) });
    if (!confirmed) return;
    app.putBlock(confirmed);
    app.announce(t('Confirmed.'));
    // The button goes; the keyboard goes to where a person reads on.
    if (onDone) onDone();
    else app.showPanel('memory', block.label);
  };
  return (
    <Once text={t('Confirm')} title={line === undefined ? t('It is right') : t('“{0}” is right', line)} act={confirm} />
  );
}

/** Takes the last change back, which nobody has reviewed. */
function UndoLast({ block }: { block: BlockView }) {
  const app = useApp();
  const undo = async () => {
    const undone = await app.ask('memory.undo', { label: block.label });
    if (!undone) return;
    app.putBlock(undone);
    app.announce(t('Undone in {0}.', block.label));
    app.showPanel('memory', block.label);
  };
  return <Once text={t('Undo')} title={t('Take the last change back')} act={undo} />;
}

interface OnceProps {
  text: string;
  title: string;
  describedBy?: string;
  act: () => Promise<void>;
}

/** A button that does nothing more while what it has begun goes on. */
export function Once({ text, title, describedBy, act }: OnceProps) {
  const [busy, setBusy] = useState(false);
  return (
    <button
      type="button"
      className="button secondary small"
      title={title}
      aria-describedby={describedBy}
      aria-disabled={busy}
      onClick={() => {
        if (busy) return;
        setBusy(true);
        void act().finally(() => setBusy(false));
      }}
    >
      {text}
    </button>
  );
}
