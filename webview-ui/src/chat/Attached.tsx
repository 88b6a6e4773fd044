// Chips above the text box: what goes along with the message, each with a button that takes it away or keeps it back.
import { type KeyboardEvent, type RefObject, useRef } from 'react';
import { t } from '../l10n.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useApp, useAppState } from '../use-app.ts';
import { detach } from './attach.ts';

const SHARED = { selection: t('Share the selection'), openFiles: t('Share names of open files') } as const;

export function Attached({ threadId, box }: { threadId: string; box: RefObject<HTMLTextAreaElement | null> }) {
  const app = useApp();
  const attached = useAppState((s) => s.attached[threadId]) ?? [];
  const shared = useAppState((s) => s.shared);
  const list = useRef<HTMLUListElement>(null);
  const own = shared ? (['selection', 'openFiles'] as const).filter((what) => shared[what]) : [];
  if (attached.length + own.length === 0) return null;

  const remove = (index: number) => {
    detach(app, index);
    // The button goes away with its chip; the keyboard must not go with it.
    requestAnimationFrame(() => {
      const left = list.current?.querySelectorAll<HTMLElement>('.icon-button') ?? [];
      (left[Math.min(index, left.length - 1)] ?? box.current)?.focus();
    });
  };
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    if (event.key !== 'Backspace' && event.key !== 'Delete') return;
    event.preventDefault();
    remove(index);
  };

  return (
    <ul ref={list} className="chips" aria-label={t('Goes along')}>
      {own.map((what) => {
        const on = shared?.on[what] === true;
        const label = shared?.[what]?.label ?? '';
        return (
          <li key={what} className={`chip${on ? '' : ' off'}`}>
            <span
              className="chip-name"
              title={on ? t('Shared from the editor: {0}', label) : t('Not shared: {0}', label)}
            >
              {what === 'selection' ? t('Selected: {0}', label) : label}
            </span>
            <IconButton
              icon={on ? 'eye' : 'eye-closed'}
              label={SHARED[what]}
              pressed={on}
              onClick={() => void app.ask('attach.share', { what, on: !on })}
            />
          </li>
        );
      })}
      {attached.map(({ kind, label, ref, lines }, index) => (
        <li
          key={`${kind}:${ref}:${lines?.join() ?? ''}`}
          className="chip"
          onKeyDown={(event) => onKeyDown(event, index)}
        >
          <span className="chip-name" title={label}>
            {label}
          </span>
          <IconButton icon="close" label={t('Remove {0}', label)} onClick={() => remove(index)} />
        </li>
      ))}
    </ul>
  );
}
