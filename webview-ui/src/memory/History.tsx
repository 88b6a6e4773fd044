// Every state a block has had, newest first: who, how, when, and the way back.
import { useCallback, useEffect, useState } from 'react';
import type { BlockView, RevisionView } from '../../../src/protocol/views.ts';
import { useApp } from '../app.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { useLatest } from '../ui/latest.ts';
import { Origin, ThreadLink, useShowTurn } from './Origin.tsx';

interface Page {
  revisions: RevisionView[];
  hasMore: boolean;
}

export function History({ block }: { block: BlockView }) {
  const app = useApp();
  const [page, setPage] = useState<Page>();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const latest = useLatest();
  const blockId = block.id;

  const load = useCallback(async () => {
    const isLatest = latest();
    const first = await app.ask('memory.history', { blockId });
    if (first && isLatest()) setPage((shown) => joined(first, shown));
  }, [app, blockId, latest]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new value is a new revision
  useEffect(() => void load(), [load, block.value, block.changed?.at]);

  const older = async () => {
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
        <button type="button" className="link" disabled={busy} onClick={() => void older()}>
          Older
        </button>
      )}
    </div>
  );
}

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
  const app = useApp();
  const showTurn = useShowTurn();
  const [busy, setBusy] = useState(false);
  const { id, origin, added, removed, summary, current } = revision;
  const { threadId, messageId } = origin;

  const restore = async () => {
    setBusy(true);
    const restored = await app.ask('memory.restore', { blockId: block.id, revisionId: id });
    setBusy(false);
    if (!restored) return;
    app.putBlock(restored);
    app.announce(`Restored ${block.label}.`);
  };

  return (
    <li className={current ? 'revision current' : 'revision'} aria-current={current || undefined}>
      <div className="revision-head">
        <input
          type="checkbox"
          aria-label="Choose for comparing"
          title="Choose two to compare them"
          checked={chosen}
          onChange={(event) => onChoose(event.target.checked)}
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
            onClick={() => void app.ask('memory.compare', { blockId: block.id, revisionId: id })}
          />
          {!current && <IconButton icon="discard" label="Restore" disabled={busy} onClick={() => void restore()} />}
          {threadId !== undefined && (
            <IconButton icon="comment-discussion" label="Show turn" onClick={() => showTurn({ threadId, messageId })} />
          )}
        </span>
      </div>
    </li>
  );
}
