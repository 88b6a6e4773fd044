// "Remember this" on a message: what is selected of it, else all that was said in it.
import { useRef } from 'react';
import type { AgentItem, UserItem } from '../../../src/protocol/transcript-views.ts';
import { t } from '../l10n.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useApp } from '../use-app.ts';
import { RestoreMessage } from './RestoreMessage.tsx';

export function RememberMessage({ item }: { item: UserItem | AgentItem }) {
  const app = useApp();
  const here = useRef<HTMLSpanElement>(null);
  const text = textOf(item);
  // What is still being written is not yet what was said.
  if (text === '' || (item.kind === 'agent' && item.state === 'streaming')) return null;
  const remember = () => {
    const { thread } = app.store.getState().feed;
    const selected = selectedIn(here.current?.closest('article'));
    if (!thread) return;
    void app.ask('remember', {
      threadId: thread.threadId,
      text: selected === '' ? text : selected,
      answer: item.kind === 'agent',
    });
  };
  const fork = () => {
    const { thread } = app.store.getState().feed;
    if (thread) void app.forkThread(thread.threadId, item.id);
  };
  return (
    <span className="message-actions" ref={here}>
      <IconButton icon="bookmark" label={t('Remember this')} onClick={remember} />
      <IconButton
        icon="repo-forked"
        label={t('Fork from here')}
        title={
          item.kind === 'user'
            ? t('Say it otherwise in a new thread, forked before this message')
            : t('Go on from this answer in a new thread')
        }
        onClick={fork}
      />
      {item.kind === 'user' && <RestoreMessage itemId={item.id} />}
    </span>
  );
}

const textOf = (item: UserItem | AgentItem): string =>
  item.kind === 'user'
    ? item.text.trim()
    : item.parts
        .flatMap((part) => (part.type === 'text' ? [part.text.trim()] : []))
        .filter((text) => text !== '')
        .join('\n\n');

function selectedIn(article: Element | null | undefined): string {
  const selection = document.getSelection();
  if (!article || !selection || selection.isCollapsed) return '';
  const inside = [selection.anchorNode, selection.focusNode].every((node) => node !== null && article.contains(node));
  return inside ? selection.toString().trim() : '';
}
