// One entry of the archive, and the form that writes one.

import { type FormEvent, useId, useRef, useState } from 'react';
import type { PassageView } from '../../../src/protocol/memory-views.ts';
import { t } from '../l10n.tsx';
import { isComposing } from '../ui/composing.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Matched } from '../ui/Matched.tsx';
import { useReturnFocus } from '../ui/returnFocus.ts';
import { useApp } from '../use-app.ts';
import { Mark, Once } from './Doubts.tsx';
import { Origin, unreviewedInWords, When } from './Origin.tsx';
import { useFormDraft, useHasDraft } from './use-form-draft.ts';

/** Longer entries begin folded. */
const LONG_LINES = 6;
const LONG_TEXT = 400;

interface Props {
  passage: PassageView;
  query: string;
  onTag: (tag: string) => void;
  /** It has been replaced, or deleted. */
  onChanged: (by: PassageView | undefined) => void;
  /** The keyboard was on it, and no other entry stands beside it. */
  onGone: () => void;
}

export function Passage({ passage, query, onTag, onChanged, onGone }: Props) {
  const app = useApp();
  const draftKey = `entry:${passage.id}`;
  /** A form that comes back with the view does not take the keyboard. */
  const [editing, setEditing] = useState<'kept' | 'pressed' | undefined>(useHasDraft(draftKey) ? 'kept' : undefined);
  const [whole, setWhole] = useState(false);
  const item = useRef<HTMLLIElement>(null);
  const textId = useId();
  const { id, text, tags, at, why, origin } = passage;
  const long = text.length > LONG_TEXT || text.split('\n').length > LONG_LINES;
  const visible = long && !whole ? text.split('\n').slice(0, LONG_LINES).join('\n').slice(0, LONG_TEXT) : text;

  const save = async (changed: string, chosen: string[]) => {
    const by = await app.ask('archive.replace', { id, text: changed, tags: chosen });
    if (!by) return false;
    onChanged(by);
    app.announce(t('Changed.'));
    return true;
  };

  const stopEditing = () => {
    setEditing(undefined);
    item.current?.focus();
  };

  const confirm = async () => {
    const confirmed = await app.ask('archive.confirm', { id });
    if (!confirmed) return;
    onChanged(confirmed);
    app.announce(t('Confirmed.'));
    item.current?.focus();
  };

  const remove = async () => {
    const next = item.current?.nextElementSibling ?? item.current?.previousElementSibling;
    if (!(await app.ask('archive.delete', { id }))) return;
    if (next instanceof HTMLElement) next.focus();
    else onGone();
    onChanged(undefined);
    app.announce(t('Deleted. You can undo it from the notification.'));
  };

  return (
    <li className="passage" ref={item} tabIndex={-1} data-id={id} aria-labelledby={editing ? undefined : textId}>
      {editing ? (
        <PassageForm
          name={t('Edit entry')}
          draftKey={draftKey}
          focused={editing === 'pressed'}
          text={text}
          tags={tags}
          onSave={save}
          onCancel={stopEditing}
        />
      ) : (
        <>
          <p className="passage-text" id={textId}>
            <Matched text={visible} query={query} />
            {long && !whole && '…'}
          </p>
          {long && (
            <button type="button" className="link" aria-expanded={whole} onClick={() => setWhole(!whole)}>
              {whole ? t('Show less') : t('Show all')}
            </button>
          )}
          {origin?.unreviewed && (
            <>
              <p className="quiet line-origin">
                <Origin origin={origin} thread />
              </p>
              <div className="line-marks">
                <Mark icon="unverified" text={unreviewedInWords(origin.sources)} title={t('Nobody has confirmed it')} />
                <span className="block-buttons">
                  <Once text={t('Confirm')} title={t('It is right')} describedBy={textId} act={confirm} />
                  <Once text={t('Undo')} title={t('Take it out of the archive')} describedBy={textId} act={remove} />
                </span>
              </div>
            </>
          )}
          <div className="passage-foot">
            <span className="quiet passage-facts">
              <When at={at} />
              {tags.map((tag) => (
                <button
                  type="button"
                  className="tag"
                  key={tag}
                  title={t('Show only {0}', tag)}
                  aria-label={t('Tag {0}', tag)}
                  onClick={() => onTag(tag)}
                >
                  {tag}
                </button>
              ))}
              {passage.localOnly && (
                <Mark icon="vm" text={t('Local models only')} title={t('Only local models find it')} />
              )}
              {why !== undefined && <span>{why}</span>}
            </span>
            <span className="passage-actions">
              <IconButton icon="edit" label={t('Edit')} describedBy={textId} onClick={() => setEditing('pressed')} />
              <IconButton icon="trash" label={t('Delete')} describedBy={textId} onClick={() => void remove()} />
            </span>
          </div>
        </>
      )}
    </li>
  );
}

interface FormProps {
  name: string;
  /** Under which what is typed is kept. */
  draftKey: string;
  /** It takes the keyboard. */
  focused: boolean;
  text: string;
  tags: readonly string[];
  onSave: (text: string, tags: string[]) => Promise<boolean>;
  onCancel: () => void;
}

export function PassageForm({ name, draftKey, focused, text: first, tags: firstTags, onSave, onCancel }: FormProps) {
  useReturnFocus();
  const draft = useFormDraft(draftKey, { text: first, tags: firstTags.join(', ') });
  const { text, tags } = draft.fields;
  const [busy, setBusy] = useState(false);
  const save = async (event?: FormEvent) => {
    event?.preventDefault();
    if (busy || text.trim() === '') return;
    setBusy(true);
    const wanted = tags.split(',').map((tag) => tag.trim());
    const saved = await onSave(text, [...new Set(wanted.filter((tag) => tag !== ''))]);
    setBusy(false);
    if (saved) draft.forget();
  };
  const cancel = () => {
    draft.forget();
    onCancel();
  };
  return (
    <form
      className="details"
      aria-label={name}
      onSubmit={(event) => void save(event)}
      onKeyDown={(event) => {
        if (isComposing(event)) return;
        if (event.key === 'Escape') cancel();
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save();
      }}
    >
      <label className="field">
        <span>{t('Text')}</span>
        <textarea
          className="block-value"
          rows={3}
          // biome-ignore lint/a11y/noAutofocus: the person has just opened this form
          autoFocus={focused}
          value={text}
          onChange={(event) => draft.type({ text: event.target.value, tags })}
        />
      </label>
      <label className="field">
        <span>{t('Tags')}</span>
        <input
          className="input"
          placeholder={t('Separated by commas')}
          value={tags}
          onChange={(event) => draft.type({ text, tags: event.target.value })}
        />
      </label>
      <div className="block-buttons">
        <button type="submit" className="button small" disabled={busy || text.trim() === ''}>
          {t('Save')}
        </button>
        <button type="button" className="button secondary small" onClick={cancel}>
          {t('Cancel')}
        </button>
      </div>
    </form>
  );
}
