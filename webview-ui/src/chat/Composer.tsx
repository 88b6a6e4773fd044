// Where the person writes: a text box that grows, and what its keys do.
import { type KeyboardEvent, lazy, Suspense, type SyntheticEvent, useLayoutEffect, useRef, useState } from 'react';
import type { Mention } from '../../../src/protocol/attachments.ts';
import { t } from '../l10n.tsx';
import { Choices } from '../ui/Choices.tsx';
import { isComposing } from '../ui/composing.ts';
import { useFocusOnShow } from '../ui/focus.ts';
import { useApp, useAppState } from '../use-app.ts';
import { attach, detach, takeTransfer } from './attach.ts';
import { ComposerBar } from './ComposerBar.tsx';
import { CONTEXT_KEY, CONTEXT_WISH } from './ContextMeter.tsx';
import { sentBefore } from './history.ts';
import { MENTIONS_ID, useMentions } from './mention-menu.ts';
import { MESSAGE_WISH } from './reveal.ts';
import { MENU_ID, SlashMenu, useSlashMenu } from './SlashMenu.tsx';

/** The first view does not wait for it. */
const Attached = lazy(async () => ({ default: (await import('./Attached.tsx')).Attached }));
const ContextDetails = lazy(async () => ({ default: (await import('./ContextDetails.tsx')).ContextDetails }));
const Queue = lazy(async () => ({ default: (await import('./Queue.tsx')).Queue }));

/** Whatever else the host names in the Chat panel, the text box is where a person goes on. */
const noMessage = (name: string | undefined) => name !== CONTEXT_WISH && name?.startsWith(MESSAGE_WISH) !== true;

const isAtStart = ({ selectionStart, selectionEnd }: HTMLTextAreaElement) => selectionStart === 0 && selectionEnd === 0;

export function Composer({ shown }: { shown: boolean }) {
  const app = useApp();
  const threadId = useAppState((s) => s.feed.thread?.threadId ?? s.savedThreadId ?? '');
  const draft = useAppState((s) => s.drafts[threadId] ?? '');
  const running = useAppState((s) => s.feed.thread?.running ?? false);
  const waiting = useAppState((s) => (s.feed.thread?.queued?.length ?? 0) > 0);
  const ready = useAppState((s) => s.phase !== 'failed' && s.feed.thread !== undefined);
  const box = useRef<HTMLTextAreaElement>(null);
  const recalled = useRef(-1);
  const menu = useSlashMenu(draft, (text) => app.setDraft(threadId, text));
  const [caret, setCaret] = useState(0);
  /** Where the caret goes once the text is there that was put in. */
  const wanted = useRef<number>(undefined);
  const followCaret = ({ currentTarget }: SyntheticEvent<HTMLTextAreaElement>) =>
    setCaret(currentTarget.selectionStart);
  const mentions = useMentions(draft.slice(0, caret), (typed, text, mention?: Mention) => {
    const from = caret - typed.length - 1;
    const put = draft.slice(0, from) + text;
    wanted.current = put.length;
    app.setDraft(threadId, put + draft.slice(caret));
    if (mention) {
      const { detail: _, ...attachment } = mention;
      attach(app, [attachment]);
    }
  });
  useLayoutEffect(() => {
    const to = wanted.current;
    if (to === undefined || draft.length < to) return;
    wanted.current = undefined;
    box.current?.setSelectionRange(to, to);
    setCaret(to);
  }, [draft]);
  const weighed = useAppState((s) => s.unfolded[CONTEXT_KEY] ?? false);
  const attached = useAppState((s) => s.attached[threadId]?.length ?? 0);
  const active = menu.active ?? mentions.active;
  const list = menu.active ? MENU_ID : MENTIONS_ID;
  const [dropping, setDropping] = useState(false);
  useFocusOnShow('chat', shown, noMessage, () => box.current);

  const send = () => {
    recalled.current = -1;
    void app.send();
    box.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (isComposing(event)) return;
    if (menu.onKeyDown(event) || mentions.onKeyDown(event)) event.preventDefault();
    else if (event.key === 'Backspace' && attached > 0 && isAtStart(event.currentTarget)) detach(app, attached - 1);
    else if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      send();
    } else if ((event.key === 'ArrowUp' || event.key === 'ArrowDown') && !event.shiftKey) {
      const found = recall(event.key === 'ArrowUp' ? 1 : -1);
      if (!found) return;
      event.preventDefault();
    }
  };

  /** Steps through what was sent in this thread, while the box is empty or still holds what a step put there. */
  const recall = (step: 1 | -1): boolean => {
    const sent = sentBefore(app.store.getState().feed.thread?.items ?? []);
    const untouched = recalled.current >= 0 && draft === sent[recalled.current];
    if (draft !== '' && !untouched) return false;
    const next = (untouched ? recalled.current : -1) + step;
    if (next < -1 || next >= sent.length) return false;
    recalled.current = next;
    app.setDraft(threadId, sent[next] ?? '');
    return true;
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files can be dropped here; the keyboard has Attach and @.
    <div
      className={dropping ? 'composer dropping' : 'composer'}
      onDragOver={(event) => {
        event.preventDefault();
        setDropping(true);
      }}
      onDragLeave={() => setDropping(false)}
      onDrop={(event) => {
        setDropping(false);
        if (takeTransfer(app, event.dataTransfer)) event.preventDefault();
      }}
    >
      <SlashMenu menu={menu} />
      <Choices
        id={MENTIONS_ID}
        label={t('Mentions')}
        choices={mentions.choices}
        at={mentions.at}
        onTake={mentions.take}
      />
      <Suspense>
        {weighed && ready && <ContextDetails key={threadId} threadId={threadId} shown={shown} />}
        {waiting && <Queue />}
        <Attached threadId={threadId} box={box} />
      </Suspense>
      <textarea
        ref={box}
        className="composer-text"
        rows={1}
        aria-label={t('Message the agent')}
        placeholder={t('Message the agent')}
        aria-autocomplete="list"
        {...(active ? { 'aria-controls': list, 'aria-activedescendant': active } : {})}
        value={draft}
        onChange={(event) => {
          app.setDraft(threadId, event.target.value);
          followCaret(event);
        }}
        onSelect={followCaret}
        onPaste={(event) => takeTransfer(app, event.clipboardData) && event.preventDefault()}
        onKeyDown={onKeyDown}
      />
      <ComposerBar ready={ready} running={running} empty={draft.trim() === ''} onSend={send} />
    </div>
  );
}
