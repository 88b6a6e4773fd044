// Changes of memory that wait for the person: what, why, from where; accept, edit, reject.
import { useEffect, useId, useRef, useState } from 'react';
import type { Cite, ReviewView } from '../../../src/protocol/memory-views.ts';
import { OldAndNew, Side } from '../chat/MemoryChange.tsx';
import { useFocusOnShow } from '../ui/focus.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { useApp, useAppState } from '../use-app.ts';
import { sourcesInWords, ThreadLink, useShowTurn, When } from './Origin.tsx';

const KINDS: Record<ReviewView['kind'], { icon: IconName; text: string }> = {
  write: { icon: 'robot', text: 'Written by the agent' },
  reflection: { icon: 'thinking', text: 'Reflection' },
  import: { icon: 'library', text: 'Import' },
  'rules-file': { icon: 'file', text: 'Changed rules file' },
  correction: { icon: 'person', text: 'From your corrections' },
  mirror: { icon: 'file', text: 'Edited in the memory folder' },
  project: { icon: 'file', text: 'Shared with the workspace' },
};

/** So many at a time: an import may bring hundreds. */
const PAGE = 20;
const NOTHING: readonly ReviewView[] = [];

export function Review({ shown }: { shown: boolean }) {
  const app = useApp();
  const reviews = useAppState((s) => s.reviews) ?? NOTHING;
  const [pages, setPages] = useState(1);
  /** Which item gets the keyboard once the list is drawn without the one that was decided. */
  const [next, setNext] = useState<string>();
  const list = useRef<HTMLUListElement>(null);
  const done = useRef<HTMLParagraphElement>(null);
  const decided = useRef(false);
  useFocusOnShow(
    'memory',
    shown,
    (name) => name === 'review:',
    () => list.current?.querySelector<HTMLElement>('li') ?? done.current,
  );

  useEffect(() => {
    if (!decided.current || (next !== undefined && !reviews.some(({ id }) => id === next))) return;
    decided.current = false;
    const item = [...(list.current?.children ?? [])].find(
      (li) => li instanceof HTMLElement && li.getAttribute('data-id') === next,
    );
    // The item, not its button: a second Enter must not decide about what nobody has read.
    if (item instanceof HTMLElement) item.focus();
    else done.current?.focus();
  }, [reviews, next]);

  const onDecided = (id: string, word: string) => {
    const at = reviews.findIndex((review) => review.id === id);
    const neighbour = reviews[at + 1] ?? reviews[at - 1];
    decided.current = true;
    setNext(neighbour?.id);
    app.dropReview(id);
    const left = reviews.length - 1;
    app.announce(
      `${word}. ${left === 0 ? 'Nothing more waits.' : left === 1 ? '1 more waits.' : `${left} more wait.`}`,
    );
  };

  if (reviews.length === 0)
    return (
      // Only for the keyboard, which was in the list a moment ago.
      <p className="visually-hidden" ref={done} tabIndex={-1}>
        Nothing waits for review.
      </p>
    );
  return (
    <div className="review">
      <h2 className="review-title">
        <Icon name="inbox" />
        <span>Waiting for review</span>
        <span className="count">{reviews.length}</span>
      </h2>
      <p className="quiet">None of it is in a prompt before you accept it.</p>
      <ul className="review-list" aria-label="Waiting for review" ref={list}>
        {reviews.slice(0, pages * PAGE).map((review) => (
          <Item key={review.id} review={review} onDecided={(word) => onDecided(review.id, word)} />
        ))}
      </ul>
      {reviews.length > pages * PAGE && (
        <button type="button" className="link" onClick={() => setPages(pages + 1)}>
          Show {Math.min(PAGE, reviews.length - pages * PAGE)} more
        </button>
      )}
    </div>
  );
}

function FromLocal({ label }: { label: string }) {
  const then =
    label === 'archive' ? 'Accepted, only local models find it.' : `Accepted, every model reads it in ${label}.`;
  return (
    <p className="quiet">
      <Icon name="vm" /> A local model wrote it that could read what is kept to local models. {then}
    </p>
  );
}

/** Under which the text is kept that a person makes of a proposal, as the drafts of blocks are. */
const draftKey = (id: string) => `review:${id}`;

function Item({ review, onDecided }: { review: ReviewView; onDecided: (word: string) => void }) {
  const app = useApp();
  const draft = useAppState((s) => s.blockDrafts[draftKey(review.id)]?.value);
  const [folded, setFolded] = useState(false);
  const [busy, setBusy] = useState(false);
  /** Edit was pressed here; a form that comes back with the view does not take the keyboard. */
  const pressed = useRef(false);
  const edit = useRef<HTMLButtonElement>(null);
  const titleId = useId();
  const { id, label, before, after, reason, sources, at, threadId } = review;
  const kind = KINDS[review.kind];
  const text = draft ?? after;
  const editing = draft !== undefined && !folded;
  const setDraft = (value: string | undefined) =>
    app.setBlockDraft(draftKey(id), value === undefined ? undefined : { value, base: after });

  const decide = async (word: string, ask: () => Promise<object | undefined>) => {
    if (busy) return;
    setBusy(true);
    const done = await ask();
    setBusy(false);
    if (!done) return;
    // A rejection can be undone, and what was typed is there again.
    if (word === 'Accepted') setDraft(undefined);
    onDecided(word);
  };
  const accept = (changed?: string) =>
    decide('Accepted', () => app.ask('review.accept', { id, ...(changed === undefined ? {} : { text: changed }) }));

  /** Shows the proposal again. What was typed is kept until it is decided or cancelled. */
  const fold = () => {
    setFolded(true);
    requestAnimationFrame(() => edit.current?.focus());
  };
  const cancel = () => {
    fold();
    setDraft(undefined);
  };
  const open = () => {
    pressed.current = true;
    setFolded(false);
    setDraft(text);
  };

  return (
    <li className="review-item" tabIndex={-1} data-id={id} aria-labelledby={titleId}>
      <p className="review-head" id={titleId}>
        <Icon name={kind.icon} />
        <span className="review-label">{label === 'archive' ? 'Archive' : label}</span>
        <span className="quiet">
          {kind.text} · <When at={at} />
        </span>
      </p>
      <p>{reason}</p>
      {review.localOnly && <FromLocal label={label} />}
      {(sources.length > 0 || threadId !== undefined) && (
        <p className="quiet review-from">
          {sources.length > 0 && <span>Read before: {sourcesInWords(sources)}. </span>}
          {threadId !== undefined && <ThreadLink {...review} threadId={threadId} />}
        </p>
      )}
      {review.cites !== undefined && <Cites cites={review.cites} />}
      {review.tokens !== undefined && (
        <p className="quiet">The run that proposed it took {review.tokens.toLocaleString('en')} tokens.</p>
      )}
      {editing ? (
        <form
          className="review-edit"
          onSubmit={(event) => {
            event.preventDefault();
            void accept(text);
          }}
        >
          {before !== null && before !== '' && <Side kind="removed" title="Old" text={before} />}
          <textarea
            className="block-value"
            aria-label="Text"
            // biome-ignore lint/a11y/noAutofocus: the person has just asked to edit it
            autoFocus={pressed.current}
            rows={2}
            value={text}
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={(event) => {
              if (event.nativeEvent.isComposing) return;
              if (event.key === 'Escape') fold();
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void accept(text);
            }}
          />
          <div className="block-buttons">
            <button type="submit" className="button small" aria-disabled={busy}>
              Save
            </button>
            <button type="button" className="button secondary small" onClick={cancel}>
              Cancel
            </button>
          </div>
        </form>
      ) : (
        <>
          <div className="sides">
            <OldAndNew before={before} after={after} />
          </div>
          {before === null && <p className="quiet">It replaces the whole text.</p>}
          {draft !== undefined && draft !== after && (
            <p className="quiet">What you typed is kept: Edit shows it. Accept takes the text above.</p>
          )}
          <div className="block-buttons">
            <button type="button" className="button small" aria-disabled={busy} onClick={() => void accept()}>
              Accept
            </button>
            <button type="button" ref={edit} className="button secondary small" aria-disabled={busy} onClick={open}>
              Edit
            </button>
            <button
              type="button"
              className="button secondary small"
              aria-disabled={busy}
              onClick={() => void decide('Rejected', () => app.ask('review.reject', { id }))}
            >
              Reject
            </button>
            {label !== 'archive' && (
              <button
                type="button"
                className="button secondary small"
                onClick={() => void app.ask('review.compare', { id })}
              >
                Compare
              </button>
            )}
          </div>
        </>
      )}
    </li>
  );
}

const WHO: Record<Cite['who'], string> = { person: 'You', agent: 'The agent', tool: 'A tool' };

/** What was said, each a button that opens the thread there. */
function Cites({ cites }: { cites: readonly Cite[] }) {
  const showTurn = useShowTurn();
  return (
    <ul className="quiet review-cites" aria-label="Rests on">
      {cites.map((cite) => (
        <li key={`${cite.threadId} ${cite.messageId} ${cite.quote}`}>
          {WHO[cite.who]}:{' '}
          <button type="button" className="link thread-link" onClick={() => showTurn(cite)}>
            {cite.quote}
          </button>
        </li>
      ))}
    </ul>
  );
}
