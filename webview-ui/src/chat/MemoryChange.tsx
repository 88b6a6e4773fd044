// A change of a memory block: its label, what stood there, what stands there now.
import { useState } from 'react';
import type { ToolPart } from '../../../src/protocol/transcript-views.ts';
import { entryWish, lineWish } from '../../../src/protocol/wishes.ts';
import { t } from '../l10n.tsx';
import { Icon } from '../ui/Icon.tsx';
import { useApp, useAppState } from '../use-app.ts';

/** The label of writes that go into no block. */
const ARCHIVE = 'archive';

export function MemoryChange({ memory, callId }: { memory: NonNullable<ToolPart['memory']>; callId: string }) {
  return (
    <div className="memory-change">
      <div className="memory-label">
        <Icon name="book" />
        <span>{memory.label}</span>
      </div>
      <OldAndNew before={memory.before} after={memory.after} />
      {memory.review === 'undone' && (
        <p className="quiet memory-review">{t('Undone: it is not in memory any more.')}</p>
      )}
      {(memory.review === 'held' || memory.review === 'unreviewed') && (
        <ReviewState label={memory.label} after={memory.after} state={memory.review} callId={callId} />
      )}
    </div>
  );
}

interface ReviewStateProps {
  label: string;
  after: string;
  state: 'held' | 'unreviewed';
  callId: string;
}

/** Held: not in memory before the person accepts it. Unreviewed: there, but written after reading more than their words. */
function ReviewState({ label, after, state, callId }: ReviewStateProps) {
  const app = useApp();
  const held = state === 'held';
  const written = writtenWish(label, after);
  return (
    <p className="memory-review">
      <Icon name={held ? 'inbox' : 'unverified'} className="caution-icon" />
      <span>{held ? t('Held for review: not in memory yet.') : t('In memory, but nobody has reviewed it.')}</span>
      <button type="button" className="link" onClick={() => app.showPanel('memory', held ? 'review:' : written)}>
        {held ? t('Review') : t('Show in Memory')}
      </button>
      {!held && <UndoWrite label={label} callId={callId} />}
    </p>
  );
}

/** What the panel is asked to show: the line in its block, or the entry found by its first words. */
function writtenWish(label: string, after: string): string {
  const [line = ''] = after.trim().split('\n');
  if (label === ARCHIVE) return entryWish(after);
  return line === '' ? label : lineWish(label, line);
}

function UndoWrite({ label, callId }: { label: string; callId: string }) {
  const app = useApp();
  const threadId = useAppState((s) => s.feed.thread?.threadId);
  const [busy, setBusy] = useState(false);
  const undo = async () => {
    if (busy || threadId === undefined) return;
    setBusy(true);
    const block = await app.ask('memory.undo', { label, call: { threadId, id: callId } });
    setBusy(false);
    if (block === undefined) return;
    if (block) app.putBlock(block);
    app.announce(t('Undone in {0}.', label));
    // The button goes; the keyboard must not go with it.
    app.showPanel('chat', 'composer');
  };
  return (
    <button type="button" className="link" aria-disabled={busy} onClick={() => void undo()}>
      {t('Undo')}
    </button>
  );
}

/** `before` '' for what was added, null where it is not known. */
export function OldAndNew({ before, after }: { before: string | null; after: string }) {
  return (
    <>
      {before !== null && before !== '' && <Side kind="removed" title={t('Old')} text={before} />}
      {after !== '' && <Side kind="inserted" title={t('New')} text={after} />}
      {after === '' && <p className="quiet side-note">{t('Removed.')}</p>}
    </>
  );
}

export function Side({ kind, title, text }: { kind: 'removed' | 'inserted'; title: string; text: string }) {
  const Tag = kind === 'removed' ? 'del' : 'ins';
  return (
    <div className={`side ${kind}`}>
      <span className="sign" aria-hidden="true">
        {kind === 'removed' ? '−' : '+'}
      </span>
      <span className="visually-hidden">{title}: </span>
      <Tag className="side-text">{text}</Tag>
    </div>
  );
}
