// Where the person writes: a text box that grows, and what its keys do.
import { type KeyboardEvent, useRef } from 'react';
import { isComposing } from '../ui/composing.ts';
import { useFocusOnShow } from '../ui/focus.ts';
import { useApp, useAppState } from '../use-app.ts';
import { ComposerBar } from './ComposerBar.tsx';
import { sentBefore } from './history.ts';
import { MESSAGE_WISH } from './reveal.ts';
import { MENU_ID, SlashMenu, useSlashMenu } from './SlashMenu.tsx';

/** Whatever else the host names in the Chat panel, the text box is where a person goes on. */
const noMessage = (name: string | undefined) => name?.startsWith(MESSAGE_WISH) !== true;

export function Composer({ shown }: { shown: boolean }) {
  const app = useApp();
  const threadId = useAppState((s) => s.feed.thread?.threadId ?? s.savedThreadId ?? '');
  const draft = useAppState((s) => s.drafts[threadId] ?? '');
  const running = useAppState((s) => s.feed.thread?.running ?? false);
  const ready = useAppState((s) => s.phase !== 'failed' && s.feed.thread !== undefined);
  const box = useRef<HTMLTextAreaElement>(null);
  const recalled = useRef(-1);
  const menu = useSlashMenu(draft, (text) => app.setDraft(threadId, text));
  useFocusOnShow('chat', shown, noMessage, () => box.current);

  const send = () => {
    recalled.current = -1;
    void app.send();
    box.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (isComposing(event)) return;
    if (menu.onKeyDown(event)) event.preventDefault();
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
    <div className="composer">
      <SlashMenu menu={menu} />
      <textarea
        ref={box}
        className="composer-text"
        rows={1}
        aria-label="Message the agent"
        placeholder="Message the agent"
        aria-autocomplete="list"
        {...(menu.active ? { 'aria-controls': MENU_ID, 'aria-activedescendant': menu.active } : {})}
        value={draft}
        onChange={(event) => app.setDraft(threadId, event.target.value)}
        onKeyDown={onKeyDown}
      />
      <ComposerBar ready={ready} running={running} empty={draft.trim() === ''} onSend={send} />
    </div>
  );
}
