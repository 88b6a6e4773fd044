// The title of a thread while a person changes it.
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { ThreadView } from '../../../src/protocol/thread-views.ts';
import { t } from '../l10n.tsx';
import { isComposing } from '../ui/composing.ts';
import { useApp } from '../use-app.ts';

export function Rename({ thread, onDone }: { thread: ThreadView; onDone: () => void }) {
  const app = useApp();
  const [title, setTitle] = useState(thread.title);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wanted = title.trim();
    if (wanted === '' || wanted === thread.title) return onDone();
    if (await app.ask('threads.rename', { threadId: thread.id, title: wanted })) onDone();
  };
  return (
    <form className="rename" onSubmit={(event) => void submit(event)}>
      <input
        ref={input}
        className="input"
        aria-label={t('Thread title')}
        maxLength={200}
        value={title}
        onChange={(event) => setTitle(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && !isComposing(event)) onDone();
        }}
      />
      <button type="submit" className="button small">
        {t('Save')}
      </button>
      <button type="button" className="button secondary small" onClick={onDone}>
        {t('Cancel')}
      </button>
    </form>
  );
}
