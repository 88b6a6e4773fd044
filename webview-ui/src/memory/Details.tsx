// What a block has beside its value: label, description, limit, who may read and write it. And the way to delete it.

import { type FormEvent, type ReactNode, useId, useState } from 'react';
import type { BlockView } from '../../../src/protocol/memory-views.ts';
import type { Params } from '../../../src/protocol/messages.ts';
import { t } from '../l10n.tsx';
import { isComposing } from '../ui/composing.ts';
import { Icon } from '../ui/Icon.tsx';
import { useReturnFocus } from '../ui/returnFocus.ts';
import { useApp, useAppState } from '../use-app.ts';
import { useFormDraft } from './use-form-draft.ts';

/** As the protocol has it. */
const LABEL = /^\w[\w./-]{0,99}$/;
const MAX_LIMIT = 1_000_000;
const DEFAULT_LIMIT = 5_000;

export function Details({ block, onDone }: { block: BlockView; onDone: () => void }) {
  const app = useApp();
  const [fields, setFields] = useState<Fields>({ ...block, limit: String(block.limit) });
  const [readOnly, setReadOnly] = useState(block.readOnly);
  const [localOnly, setLocalOnly] = useState(block.localOnly === true);
  const isEmbedded = useAppState((s) => s.about?.homeKind === 'embedded');
  const change = async (limit: number) => {
    const changes: Omit<Params<'memory.change'>, 'blockId'> = {
      ...(fields.label === block.label ? {} : { label: fields.label }),
      ...(fields.description === block.description ? {} : { description: fields.description }),
      ...(limit === block.limit ? {} : { limit }),
      ...(readOnly === block.readOnly ? {} : { readOnly }),
      ...(localOnly === (block.localOnly === true) ? {} : { localOnly }),
    };
    if (Object.keys(changes).length > 0) {
      const changed = await app.ask('memory.change', { blockId: block.id, ...changes });
      if (!changed) return;
      app.putBlock(changed);
      app.announce(t('Changed {0}.', changed.label));
    }
    onDone();
  };
  return (
    <div className="details">
      <BlockForm
        name={t('Details of {0}', block.label)}
        fields={fields}
        onFields={setFields}
        action={t('Apply')}
        onSubmit={change}
        onCancel={onDone}
      >
        <Check
          label={t('Read-only')}
          note={t('The agent cannot change it.')}
          checked={readOnly}
          onChange={setReadOnly}
        />
        <Check
          label={t('Local models only')}
          note={
            isEmbedded
              ? t(
                  'No model that runs elsewhere gets its text, nor what a local model answered while it could read it. What was sent before cannot be taken back.',
                )
              : t('Only the embedded home can promise it: here the server puts the prompt together.')
          }
          checked={localOnly}
          disabled={!isEmbedded && !localOnly}
          onChange={setLocalOnly}
        />
      </BlockForm>
      <Remove block={block} />
    </div>
  );
}

/** The draft of a block that is not made yet. */
export const NEW_BLOCK = 'block:';

/** `focused`: it takes the keyboard. */
export function NewBlock({ focused, onDone }: { focused: boolean; onDone: () => void }) {
  const app = useApp();
  const draft = useFormDraft<Fields>(NEW_BLOCK, { label: '', description: '', limit: String(DEFAULT_LIMIT) });
  const { fields } = draft;
  const create = async (limit: number) => {
    const { label, description } = fields;
    const block = await app.ask('memory.create', { label, description, value: '', limit });
    if (!block) return;
    app.putBlock(block);
    app.announce(t('Made {0}.', block.label));
    draft.forget();
    onDone();
    app.showPanel('memory', block.label);
  };
  return (
    <div className="details">
      <BlockForm
        name={t('New block')}
        focused={focused}
        fields={fields}
        onFields={draft.type}
        action={t('Create')}
        onSubmit={create}
        onCancel={() => {
          draft.forget();
          onDone();
        }}
      />
    </div>
  );
}

interface Fields {
  label: string;
  description: string;
  /** As typed. */
  limit: string;
}

interface FormProps {
  name: string;
  focused?: boolean;
  fields: Fields;
  onFields: (fields: Fields) => void;
  action: string;
  onSubmit: (limit: number) => Promise<void>;
  onCancel: () => void;
  children?: ReactNode;
}

function BlockForm({ name, focused = true, fields, onFields, action, onSubmit, onCancel, children }: FormProps) {
  const id = useId();
  useReturnFocus();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const limit = Number(fields.limit);
    if (!LABEL.test(fields.label))
      return setWrong(t('A label has letters, digits and . _ / - only, and begins with a letter or a digit.'));
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
      return setWrong(t('The limit is a number from 1 to {0}.', MAX_LIMIT));
    setWrong(undefined);
    setBusy(true);
    await onSubmit(limit);
    setBusy(false);
  };
  return (
    <form
      aria-label={name}
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !isComposing(event)) onCancel();
      }}
    >
      <label className="field">
        <span>{t('Label')}</span>
        <input
          className="input"
          // biome-ignore lint/a11y/noAutofocus: the person has just opened this form
          autoFocus={focused}
          value={fields.label}
          maxLength={100}
          aria-describedby={wrong === undefined ? undefined : id}
          onChange={(event) => onFields({ ...fields, label: event.target.value })}
        />
      </label>
      <label className="field">
        <span>{t('Description')}</span>
        <textarea
          className="block-value"
          rows={2}
          value={fields.description}
          placeholder={t('What belongs in it. The agent reads this.')}
          onChange={(event) => onFields({ ...fields, description: event.target.value })}
        />
      </label>
      <label className="field">
        <span>{t('Limit in characters')}</span>
        <input
          className="input"
          inputMode="numeric"
          value={fields.limit}
          aria-describedby={wrong === undefined ? undefined : id}
          onChange={(event) => onFields({ ...fields, limit: event.target.value })}
        />
      </label>
      {children}
      {wrong !== undefined && (
        <p className="wrong" id={id} role="alert">
          <Icon name="error" className="bad" />
          <span>{wrong}</span>
        </p>
      )}
      <div className="block-buttons">
        <button type="submit" className="button small" disabled={busy}>
          {action}
        </button>
        <button type="button" className="button secondary small" onClick={onCancel}>
          {t('Cancel')}
        </button>
      </div>
    </form>
  );
}

interface CheckProps {
  label: string;
  note: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}

function Check({ label, note, checked, disabled = false, onChange }: CheckProps) {
  const id = useId();
  return (
    <div className="check">
      <label>
        <input
          type="checkbox"
          checked={checked}
          disabled={disabled}
          aria-describedby={id}
          onChange={(event) => onChange(event.target.checked)}
        />
        <span>{label}</span>
      </label>
      <p className="quiet" id={id}>
        {note}
      </p>
    </div>
  );
}

function Remove({ block }: { block: BlockView }) {
  const app = useApp();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const verb = block.shared ? t('Detach') : t('Delete');
  const remove = async () => {
    setBusy(true);
    const blocks = app.store.getState().blocks ?? [];
    const at = blocks.findIndex(({ id }) => id === block.id);
    const neighbour = blocks[at + 1] ?? blocks[at - 1];
    const done = await app.ask('memory.delete', { blockId: block.id });
    setBusy(false);
    if (!done) return;
    app.announce(
      block.shared
        ? t('Detached {0}. You can undo it from the notification.', block.label)
        : t('Deleted {0}. You can undo it from the notification.', block.label),
    );
    if (neighbour) app.showPanel('memory', neighbour.label);
  };
  if (!asking)
    return (
      <button type="button" className="link remove" onClick={() => setAsking(true)}>
        {block.shared ? t('Detach this block…') : t('Delete this block…')}
      </button>
    );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
    <div
      className="remove"
      role="group"
      aria-label={block.shared ? t('Detach {0}?', block.label) : t('Delete {0}?', block.label)}
    >
      <p>
        {block.shared
          ? t('This agent loses it; the others keep it.')
          : t('The agent forgets what is in it, in every thread.')}{' '}
        {t('A notification offers Undo.')}
      </p>
      <div className="block-buttons">
        <button
          type="button"
          className="button small"
          // biome-ignore lint/a11y/noAutofocus: it takes the place of the button that was pressed
          autoFocus
          disabled={busy}
          onClick={() => void remove()}
        >
          {verb}
        </button>
        <button type="button" className="button secondary small" onClick={() => setAsking(false)}>
          {t('Keep it')}
        </button>
      </div>
    </div>
  );
}
