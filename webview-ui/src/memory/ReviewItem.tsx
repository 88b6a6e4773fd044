// One change of memory that waits for the person: what, why, from where; accept, edit, reject.

import { useId, useRef, useState } from 'react';
import type { Cite, ReviewView } from '../../../src/protocol/memory-views.ts';
import { OldAndNew, Side } from '../chat/MemoryChange.tsx';
import { plural, t, tElements } from '../l10n.tsx';
import { isComposing } from '../ui/composing.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { useApp, useAppState } from '../use-app.ts';
import { sourcesInWords, ThreadLink, useShowTurn, When } from './Origin.tsx';

export const KINDS: Record<ReviewView['kind'], { icon: IconName; text: string }> = {
  write: { icon: 'robot', text: t('Written by the agent') },
  reflection: { icon: 'thinking', text: t('Reflection') },
  import: { icon: 'library', text: t('Import') },
  'rules-file': { icon: 'file', text: t('Changed rules file') },
  correction: { icon: 'person', text: t('From your corrections') },
  note: { icon: 'person', text: t('A note of yours') },
  mirror: { icon: 'file', text: t('Edited in the memory folder') },
  project: { icon: 'file', text: t('Shared with the workspace') },
  'other-agent': { icon: 'plug', text: t('From another agent') },
};

/** Under which the text is kept that a person makes of a proposal, as the drafts of blocks are. */
const draftKey = (id: string) => `review:${id}`;

interface ItemProps {
  review: ReviewView;
  /** `word`: what was decided, a sentence for who listens. */
  onDecided(word: string): void;
}

export function ReviewItem({ review, onDecided }: ItemProps) {
  const app = useApp();
  const { id, after } = review;
  const draft = useAppState((s) => s.blockDrafts[draftKey(id)]?.value);
  const [folded, setFolded] = useState(false);
  const [busy, setBusy] = useState(false);
  /** Edit was pressed here; a form that comes back with the view does not take the keyboard. */
  const pressed = useRef(false);
  const edit = useRef<HTMLButtonElement>(null);
  const titleId = useId();
  const setDraft = (value: string | undefined) =>
    app.setBlockDraft(draftKey(id), value === undefined ? undefined : { value, base: after });

  const decide = async (accepted: boolean, ask: () => Promise<object | undefined>) => {
    if (busy) return;
    setBusy(true);
    const done = await ask();
    setBusy(false);
    if (!done) return;
    // A rejection can be undone, and what was typed is there again.
    if (accepted) setDraft(undefined);
    onDecided(accepted ? t('Accepted.') : t('Rejected.'));
  };
  const accept = (text?: string) =>
    void decide(true, () => app.ask('review.accept', { id, ...(text === undefined ? {} : { text }) }));

  /** Shows the proposal again. What was typed is kept until it is decided or cancelled. */
  const fold = () => {
    setFolded(true);
    requestAnimationFrame(() => edit.current?.focus());
  };
  const open = () => {
    pressed.current = true;
    setFolded(false);
    setDraft(draft ?? after);
  };

  return (
    <li className="review-item" tabIndex={-1} data-id={id} aria-labelledby={titleId}>
      <About review={review} titleId={titleId} />
      {draft !== undefined && !folded ? (
        <EditForm
          before={review.before}
          text={draft}
          busy={busy}
          focused={pressed.current}
          onType={setDraft}
          onSave={() => accept(draft)}
          onFold={fold}
          onCancel={() => {
            fold();
            setDraft(undefined);
          }}
        />
      ) : (
        <>
          <Proposal review={review} typed={draft} />
          <div className="block-buttons">
            <button type="button" className="button small" aria-disabled={busy} onClick={() => accept()}>
              {t('Accept')}
            </button>
            <button type="button" ref={edit} className="button secondary small" aria-disabled={busy} onClick={open}>
              {t('Edit')}
            </button>
            <button
              type="button"
              className="button secondary small"
              aria-disabled={busy}
              onClick={() => void decide(false, () => app.ask('review.reject', { id }))}
            >
              {t('Reject')}
            </button>
            {review.label !== 'archive' && (
              <button
                type="button"
                className="button secondary small"
                onClick={() => void app.ask('review.compare', { id })}
              >
                {t('Compare')}
              </button>
            )}
          </div>
        </>
      )}
    </li>
  );
}

/** Where it is to go, why, and where it comes from. */
function About({ review, titleId }: { review: ReviewView; titleId: string }) {
  const { label, reason, sources, at, threadId } = review;
  const kind = KINDS[review.kind];
  return (
    <>
      <p className="review-head" id={titleId}>
        <Icon name={kind.icon} />
        <span className="review-label">{label === 'archive' ? t('Archive') : label}</span>
        <span className="quiet">
          {kind.text} · <When at={at} />
        </span>
      </p>
      <p>{reason}</p>
      {review.localOnly && <FromLocal label={label} />}
      {(sources.length > 0 || threadId !== undefined) && (
        <p className="quiet review-from">
          {sources.length > 0 && <span>{t('Read before: {0}.', sourcesInWords(sources))} </span>}
          {threadId !== undefined && <ThreadLink {...review} threadId={threadId} />}
        </p>
      )}
      {review.cites !== undefined && <Cites cites={review.cites} />}
      {review.tokens !== undefined && (
        <p className="quiet">
          {plural(
            review.tokens,
            'The run that proposed it took {0} token.',
            'The run that proposed it took {0} tokens.',
          )}
        </p>
      )}
    </>
  );
}

/** `typed`: what the person has made of it, which is not what Accept takes. */
function Proposal({ review: { before, after }, typed }: { review: ReviewView; typed: string | undefined }) {
  return (
    <>
      <div className="sides">
        <OldAndNew before={before} after={after} />
      </div>
      {before === null && <p className="quiet">{t('It replaces the whole text.')}</p>}
      {typed !== undefined && typed !== after && (
        <p className="quiet">{t('What you typed is kept: Edit shows it. Accept takes the text above.')}</p>
      )}
    </>
  );
}

interface EditProps {
  before: string | null;
  text: string;
  busy: boolean;
  /** It takes the keyboard. */
  focused: boolean;
  onType(text: string): void;
  onSave(): void;
  onFold(): void;
  onCancel(): void;
}

function EditForm({ before, text, busy, focused, onType, onSave, onFold, onCancel }: EditProps) {
  return (
    <form
      className="review-edit"
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      {before !== null && before !== '' && <Side kind="removed" title={t('Old')} text={before} />}
      <textarea
        className="block-value"
        aria-label={t('Text')}
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to edit it
        autoFocus={focused}
        rows={2}
        value={text}
        onChange={(event) => onType(event.target.value)}
        onKeyDown={(event) => {
          if (isComposing(event)) return;
          if (event.key === 'Escape') onFold();
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onSave();
        }}
      />
      <div className="block-buttons">
        <button type="submit" className="button small" aria-disabled={busy}>
          {t('Save')}
        </button>
        <button type="button" className="button secondary small" onClick={onCancel}>
          {t('Cancel')}
        </button>
      </div>
    </form>
  );
}

function FromLocal({ label }: { label: string }) {
  const then =
    label === 'archive'
      ? t('Accepted, only local models find it.')
      : t('Accepted, every model reads it in {0}.', label);
  return (
    <p className="quiet">
      <Icon name="vm" /> {t('A local model wrote it that could read what is kept to local models.')} {then}
    </p>
  );
}

const WHO: Record<Cite['who'], string> = { person: t('You'), agent: t('The agent'), tool: t('A tool') };

/** What was said, each a button that opens the thread there. */
function Cites({ cites }: { cites: readonly Cite[] }) {
  const showTurn = useShowTurn();
  return (
    <ul className="quiet review-cites" aria-label={t('Rests on')}>
      {cites.map((cite) => (
        <li key={`${cite.threadId} ${cite.messageId} ${cite.quote}`}>
          {tElements('{who}: {quote}', {
            who: WHO[cite.who],
            quote: (
              <button type="button" className="link thread-link" onClick={() => showTurn(cite)}>
                {cite.quote}
              </button>
            ),
          })}
        </li>
      ))}
    </ul>
  );
}
