// The threads of the agent, newest first: open, search, rename, fork, delete.
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { ThreadView } from '../../../src/protocol/thread-views.ts';
import { isComposing } from '../ui/composing.ts';
import { useFocusOnShow } from '../ui/focus.ts';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { SearchBox } from '../ui/SearchBox.tsx';
import { ago } from '../ui/time.ts';
import { useApp, useAppState } from '../use-app.ts';

/** So many rows at a time: a year of threads must not make the panel slow. */
const PAGE = 100;

export function ThreadsPanel({ shown }: { shown: boolean }) {
  const app = useApp();
  const threads = useAppState((s) => s.threads);
  const opening = useAppState((s) => s.opening);
  const query = useAppState((s) => s.query);
  const [pages, setPages] = useState(1);
  const newestFirst = [...(threads ?? [])].sort((a, b) => b.updatedAt.localeCompare(a.updatedAt));
  const rows = newestFirst.slice(0, pages * PAGE);
  return (
    <div>
      <div className="toolbar">
        <Search shown={shown} />
        <button type="button" className="button small" disabled={opening} onClick={() => void app.newThread()}>
          <Icon name="add" />
          New thread
        </button>
      </div>
      {threads === undefined && <p className="quiet pad">Loading…</p>}
      {threads?.length === 0 && (
        <p className="quiet pad">{query === '' ? 'No threads yet.' : `No thread contains “${query}”.`}</p>
      )}
      <ul className="rows" aria-label="Threads">
        {rows.map((thread) => (
          <ThreadRow key={thread.id} thread={thread} />
        ))}
      </ul>
      {newestFirst.length > rows.length && (
        <button type="button" className="link pad" onClick={() => setPages(pages + 1)}>
          Show {Math.min(PAGE, newestFirst.length - rows.length)} more
        </button>
      )}
    </div>
  );
}

function Search({ shown }: { shown: boolean }) {
  const app = useApp();
  const query = useAppState((s) => s.query);
  const input = useRef<HTMLInputElement>(null);
  useFocusOnShow(
    'threads',
    shown,
    () => true,
    () => input.current,
  );
  return (
    <SearchBox
      label="Search threads"
      value={query}
      onSearch={(text) => void app.searchThreads(text)}
      inputRef={input}
    />
  );
}

function ThreadRow({ thread }: { thread: ThreadView }) {
  const app = useApp();
  const current = useAppState((s) => s.feed.thread?.threadId === thread.id);
  const [renaming, setRenaming] = useState(false);
  const title = thread.title || 'Untitled';
  if (renaming) {
    return (
      <li className="row">
        <Rename thread={thread} onDone={() => setRenaming(false)} />
      </li>
    );
  }
  return (
    <li className={current ? 'row current' : 'row'} aria-current={current || undefined}>
      <button type="button" className="row-main" title={title} onClick={() => void app.openThread(thread.id)}>
        <span className="row-title">{title}</span>
      </button>
      <span className="row-note">
        {thread.pinned && (
          <span title="Memory is pinned">
            <Icon name="pinned" />
            <span className="visually-hidden">Memory is pinned. </span>
          </span>
        )}
        {thread.waiting ? (
          <>
            <Icon name="question" className="caution-icon" /> Waits for you
          </>
        ) : thread.running ? (
          <>
            <Icon name="loading" /> Running
          </>
        ) : (
          ago(thread.updatedAt)
        )}
      </span>
      <span className="row-actions">
        <IconButton icon="edit" label="Rename" onClick={() => setRenaming(true)} />
        <IconButton icon="repo-forked" label="Fork" onClick={() => void app.forkThread(thread.id)} />
        <IconButton
          icon="trash"
          label="Delete"
          onClick={() => void app.ask('threads.delete', { threadId: thread.id })}
        />
      </span>
    </li>
  );
}

function Rename({ thread, onDone }: { thread: ThreadView; onDone: () => void }) {
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
        aria-label="Thread title"
        maxLength={200}
        value={title}
        onChange={(event) => setTitle(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && !isComposing(event)) onDone();
        }}
      />
      <button type="submit" className="button small">
        Save
      </button>
      <button type="button" className="button secondary small" onClick={onDone}>
        Cancel
      </button>
    </form>
  );
}
