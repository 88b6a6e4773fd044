// Every state a block has had, newest first: who, how, when, and the way back.
<<<<<<< HEAD
import { useCallback, useEffect, useState } from 'react';
=======
import { memo, useCallback, useEffect, useState } from 'react';
>>>>>>> wt-panel
import type { BlockView, RevisionView } from '../../../src/protocol/views.ts';
import { useApp } from '../app.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { useLatest } from '../ui/latest.ts';
import { Origin, ThreadLink, useShowTurn } from './Origin.tsx';
<<<<<<< HEAD

interface Page {
  revisions: RevisionView[];
  hasMore: boolean;
}

export function History({ block }: { block: BlockView }) {
  const app = useApp();
  const [page, setPage] = useState<Page>();
=======
import { append, back, firstPage, forward, hasNext, lastOf, type Pages, renewed, shownOf } from './pages.ts';

export function History({ block }: { block: BlockView }) {
  const app = useApp();
  const [state, setState] = useState<Pages<RevisionView>>();
>>>>>>> wt-panel
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const latest = useLatest();
  const blockId = block.id;

  const load = useCallback(async () => {
    const isLatest = latest();
    const first = await app.ask('memory.history', { blockId });
<<<<<<< HEAD
    if (first && isLatest()) setPage((shown) => joined(first, shown));
=======
    if (!first || !isLatest()) return;
    const { revisions, hasMore } = first;
    setState((now) => (now ? renewed(now, revisions, hasMore) : firstPage(revisions, hasMore)));
>>>>>>> wt-panel
  }, [app, blockId, latest]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new value is a new revision
  useEffect(() => void load(), [load, block.value, block.changed?.at]);

  const older = async () => {
<<<<<<< HEAD
    const before = page?.revisions.at(-1)?.id;
    if (!page || before === undefined) return;
    const isLatest = latest();
    setBusy(true);
    const next = await app.ask('memory.history', { blockId, before });
    setBusy(false);
    if (next && isLatest()) setPage({ revisions: [...page.revisions, ...next.revisions], hasMore: next.hasMore });
  };

  const choose = (id: string, on: boolean) =>
    // The two that were chosen last are compared.
    setChosen(on ? [...chosen, id].slice(-2) : chosen.filter((other) => other !== id));

  const compareChosen = () => {
    const [newer, older_] = (page?.revisions ?? []).filter(({ id }) => chosen.includes(id));
    if (newer && older_) void app.ask('memory.compare', { blockId, revisionId: newer.id, to: older_.id });
  };

  return (
    <div className="under">
      {page === undefined && <p className="quiet">Loading…</p>}
      {page?.revisions.length === 0 && <p className="quiet">Nothing has changed since Letta began to watch.</p>}
=======
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
      {revisions === undefined && <p className="quiet">Loading…</p>}
      {revisions?.length === 0 && <p className="quiet">Nothing has changed since Letta began to watch.</p>}
>>>>>>> wt-panel
      {chosen.length > 0 && (
        <p>
          {chosen.length === 1 ? (
            <span className="quiet">Choose a second one to compare any two.</span>
          ) : (
            <button type="button" className="button secondary small" onClick={compareChosen}>
              Compare the two
            </button>
          )}
        </p>
      )}
<<<<<<< HEAD
      <ul className="revisions" aria-label={`History of ${block.label}`}>
        {page?.revisions.map((revision) => (
          <Revision
            key={revision.id}
            block={block}
            revision={revision}
            chosen={chosen.includes(revision.id)}
            onChoose={(on) => choose(revision.id, on)}
          />
        ))}
      </ul>
      {page?.hasMore && (
=======
      {state && state.from > 0 && (
        <button type="button" className="link" onClick={() => setState(back(state))}>
          Back to newer ones
        </button>
      )}
      <ul className="revisions" aria-label={`History of ${block.label}`}>
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
>>>>>>> wt-panel
        <button type="button" className="link" disabled={busy} onClick={() => void older()}>
          Older
        </button>
      )}
    </div>
  );
}

<<<<<<< HEAD
/** The newest page in front of what was shown already: a change does not fold what the person has opened. */
function joined(first: Page, shown: Page | undefined): Page {
  const last = first.revisions.at(-1);
  const at = shown?.revisions.findIndex(({ id }) => id === last?.id) ?? -1;
  if (!shown || at < 0) return first;
  return { revisions: [...first.revisions, ...shown.revisions.slice(at + 1)], hasMore: shown.hasMore };
}

interface RevisionProps {
  block: BlockView;
  revision: RevisionView;
  chosen: boolean;
  onChoose: (on: boolean) => void;
}

function Revision({ block, revision, chosen, onChoose }: RevisionProps) {
=======
interface RevisionProps {
  blockId: string;
  label: string;
  revision: RevisionView;
  chosen: boolean;
  onChoose: (id: string, on: boolean) => void;
}

const Revision = memo(function Revision({ blockId, label, revision, chosen, onChoose }: RevisionProps) {
>>>>>>> wt-panel
  const app = useApp();
  const showTurn = useShowTurn();
  const [busy, setBusy] = useState(false);
  const { id, origin, added, removed, summary, current } = revision;
  const { threadId, messageId } = origin;

  const restore = async () => {
    setBusy(true);
<<<<<<< HEAD
    const restored = await app.ask('memory.restore', { blockId: block.id, revisionId: id });
    setBusy(false);
    if (!restored) return;
    app.putBlock(restored);
    app.announce(`Restored ${block.label}.`);
=======
    const restored = await app.ask('memory.restore', { blockId, revisionId: id });
    setBusy(false);
    if (!restored) return;
    app.putBlock(restored);
    app.announce(`Restored ${label}.`);
>>>>>>> wt-panel
  };

  return (
    <li className={current ? 'revision current' : 'revision'} aria-current={current || undefined}>
      <div className="revision-head">
        <input
          type="checkbox"
          aria-label="Choose for comparing"
          title="Choose two to compare them"
          checked={chosen}
<<<<<<< HEAD
          onChange={(event) => onChoose(event.target.checked)}
=======
          onChange={(event) => onChoose(id, event.target.checked)}
>>>>>>> wt-panel
        />
        <Origin origin={origin} />
        <span className="diff-count">
          <span className="plus">+{added}</span> <span className="minus">−{removed}</span>
        </span>
      </div>
      {summary !== '' && <p className="revision-summary">{summary}</p>}
      <div className="revision-foot">
        <p className="quiet revision-note">
          {current && <span>Now. </span>}
          {origin.unreviewed && <span>Unreviewed. </span>}
          {threadId !== undefined && <ThreadLink {...origin} threadId={threadId} />}
        </p>
        <span className="revision-actions">
          <IconButton
            icon="git-compare"
            label="Compare"
            title="Compare with the one before"
<<<<<<< HEAD
            onClick={() => void app.ask('memory.compare', { blockId: block.id, revisionId: id })}
=======
            onClick={() => void app.ask('memory.compare', { blockId, revisionId: id })}
>>>>>>> wt-panel
          />
          {!current && <IconButton icon="discard" label="Restore" disabled={busy} onClick={() => void restore()} />}
          {threadId !== undefined && (
            <IconButton icon="comment-discussion" label="Show turn" onClick={() => showTurn({ threadId, messageId })} />
          )}
        </span>
      </div>
    </li>
  );
<<<<<<< HEAD
}
=======
});
>>>>>>> wt-panel
