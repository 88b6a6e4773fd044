// Every state a block has had, newest first: who, how, when, and the way back.
import { memo, useCallback, useEffect, useId, useState } from 'react';
import type { BlockView, RevisionView } from '../../../src/protocol/memory-views.ts';
import { t } from '../l10n.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useLatest } from '../ui/latest.ts';
import { useApp } from '../use-app.ts';
import { Origin, ThreadLink, useShowTurn } from './Origin.tsx';
import { append, back, firstPage, forward, hasNext, lastOf, type Pages, renewed, shownOf } from './pages.ts';

export function History({ block }: { block: BlockView }) {
  const app = useApp();
  const [state, setState] = useState<Pages<RevisionView>>();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const latest = useLatest();
  const blockId = block.id;

  const load = useCallback(async () => {
    const isLatest = latest();
    const first = await app.ask('memory.history', { blockId });
    if (!first || !isLatest()) return;
    const { revisions, hasMore } = first;
    setState((now) => (now ? renewed(now, revisions, hasMore) : firstPage(revisions, hasMore)));
  }, [app, blockId, latest]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new value is a new revision
  useEffect(() => void load(), [load, block.value, block.changed?.at]);

  const older = async () => {
    if (!state) return;
    const here = forward(state);
    if (here) return setState(here);
    const before = lastOf(state)?.id;
    if (before === undefined) return;
    const isLatest = latest();
    setBusy(true);
    const page = await app.ask('memory.history', { blockId, before });
    setBusy(false);
    if (page && isLatest()) setState((now) => now && append(now, page.revisions, page.hasMore));
  };

  // Two are compared: those that were chosen last.
  const choose = useCallback(
    (id: string, on: boolean) =>
      setChosen((now) => (on ? [...now, id].slice(-2) : now.filter((other) => other !== id))),
    [],
  );

  const compareChosen = () => {
    const [newer, older_] = (state?.pages.flat() ?? []).filter(({ id }) => chosen.includes(id));
    if (newer && older_) void app.ask('memory.compare', { blockId, revisionId: newer.id, to: older_.id });
  };

  const revisions = state && shownOf(state);
  return (
    <div className="under">
      {revisions === undefined && <p className="quiet">{t('Loading…')}</p>}
      {revisions?.length === 0 && <p className="quiet">{t('Nothing has changed since Letta began to watch.')}</p>}
      {chosen.length > 0 && (
        <p>
          {chosen.length === 1 ? (
            <span className="quiet">{t('Choose a second one to compare any two.')}</span>
          ) : (
            <button type="button" className="button secondary small" onClick={compareChosen}>
              {t('Compare the two')}
            </button>
          )}
        </p>
      )}
      {state && state.from > 0 && (
        <button type="button" className="link" onClick={() => setState(back(state))}>
          {t('Back to newer ones')}
        </button>
      )}
      <ul className="revisions" aria-label={t('History of {0}', block.label)}>
        {revisions?.map((revision) => (
          <Revision
            key={revision.id}
            blockId={blockId}
            label={block.label}
            revision={revision}
            chosen={chosen.includes(revision.id)}
            onChoose={choose}
          />
        ))}
      </ul>
      {state && hasNext(state) && (
        <button type="button" className="link" disabled={busy} onClick={() => void older()}>
          {t('Older')}
        </button>
      )}
    </div>
  );
}

interface RevisionProps {
  blockId: string;
  label: string;
  revision: RevisionView;
  chosen: boolean;
  onChoose: (id: string, on: boolean) => void;
}

const Revision = memo(function Revision({ blockId, label, revision, chosen, onChoose }: RevisionProps) {
  const app = useApp();
  const showTurn = useShowTurn();
  const [busy, setBusy] = useState(false);
  const { id, origin, added, removed, summary, current } = revision;
  const { threadId, messageId } = origin;
  // Who and when, then what: no two revisions of a block have both.
  const originId = useId();
  const summaryId = useId();
  const named = summary === '' ? originId : `${originId} ${summaryId}`;

  const restore = async () => {
    setBusy(true);
    const restored = await app.ask('memory.restore', { blockId, revisionId: id });
    setBusy(false);
    if (!restored) return;
    app.putBlock(restored);
    app.announce(t('Restored {0}.', label));
  };

  return (
    <li
      className={current ? 'revision current' : 'revision'}
      aria-current={current || undefined}
      aria-labelledby={named}
    >
      <div className="revision-head">
        <input
          type="checkbox"
          aria-label={t('Choose for comparing')}
          aria-describedby={named}
          title={t('Choose two to compare them')}
          checked={chosen}
          onChange={(event) => onChoose(id, event.target.checked)}
        />
        <Origin origin={origin} id={originId} />
        <span className="diff-count">
          <span className="plus">+{added}</span> <span className="minus">−{removed}</span>
        </span>
      </div>
      {summary !== '' && (
        <p className="revision-summary" id={summaryId}>
          {summary}
        </p>
      )}
      <div className="revision-foot">
        <p className="quiet revision-note">
          {current && <span>{t('Now.')} </span>}
          {origin.unreviewed && <span>{t('Unreviewed.')} </span>}
          {threadId !== undefined && <ThreadLink {...origin} threadId={threadId} />}
        </p>
        <span className="revision-actions">
          <IconButton
            icon="git-compare"
            label={t('Compare')}
            title={t('Compare with the one before')}
            describedBy={named}
            onClick={() => void app.ask('memory.compare', { blockId, revisionId: id })}
          />
          {!current && (
            <IconButton
              icon="discard"
              label={t('Restore')}
              describedBy={named}
              disabled={busy}
              onClick={() => void restore()}
            />
          )}
          {threadId !== undefined && (
            <IconButton
              icon="comment-discussion"
              label={t('Show turn')}
              describedBy={named}
              onClick={() => showTurn({ threadId, messageId })}
            />
          )}
        </span>
      </div>
    </li>
  );
});
