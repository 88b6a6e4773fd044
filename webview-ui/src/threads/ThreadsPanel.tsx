// The threads of the agent, newest first: open, search, rename, fork, archive, delete.
import { useRef } from 'react';
import { LIST_PAGE } from '../app-state.ts';
import { t } from '../l10n.tsx';
import { useFocusOnShow } from '../ui/focus.ts';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Loading } from '../ui/Loading.tsx';
import { SearchBox } from '../ui/SearchBox.tsx';
import { useApp, useAppState } from '../use-app.ts';
import { groupThreads } from './groups.ts';
import { Hits } from './Hits.tsx';
import { ThreadRow } from './ThreadRow.tsx';

export function ThreadsPanel({ shown }: { shown: boolean }) {
  const app = useApp();
  const found = useAppState((s) => s.threads);
  const home = useAppState((s) => s.about?.homeLabel);
  const down = useAppState((s) => s.about?.down !== undefined && s.listed.query === '');
  const opening = useAppState((s) => s.opening);
  const { query, archived, limit } = useAppState((s) => s.listed);
  return (
    <div>
      <div className="toolbar">
        <Search shown={shown} />
        <IconButton
          icon="archive"
          label={t('Archived threads')}
          title={archived ? t('Back to the other threads') : t('Show archived threads')}
          pressed={archived}
          onClick={() => void app.listThreads({ archived: !archived })}
        />
        <button type="button" className="button small" disabled={opening} onClick={() => void app.newThread()}>
          <Icon name="add" />
          {t('New thread')}
        </button>
      </div>
      <p className="quiet pad threads-home">{home}</p>
      {found === undefined && <Loading />}
      {found?.threads.length === 0 && down && <Loading />}
      {found?.threads.length === 0 && !down && (
        <p className="quiet pad">{nothing(query, archived, found.hits.length > 0)}</p>
      )}
      <ul className="rows" aria-label={t('Threads')}>
        {groupThreads(found?.threads ?? []).flatMap(({ key, title, threads }) =>
          threads.map((thread, index) => (
            <ThreadRow
              key={thread.id}
              thread={thread}
              heading={
                index === 0 && (
                  <h2 className="group-title" key={key}>
                    {title}
                  </h2>
                )
              }
            />
          )),
        )}
      </ul>
      {found?.hasMore && (
        <button type="button" className="link pad" onClick={() => void app.listThreads({ limit: limit + LIST_PAGE })}>
          {t('Show more')}
        </button>
      )}
      <Hits hits={found?.hits ?? []} query={query} />
    </div>
  );
}

function nothing(query: string, archived: boolean, hits: boolean): string {
  if (query !== '') return hits ? t('No title contains “{0}”.', query) : t('No thread contains “{0}”.', query);
  if (archived) return t('Nothing is archived. Archive a thread to put it away without losing it.');
  return t('No threads yet. Each message you send in a new thread begins one; the agent remembers across all of them.');
}

function Search({ shown }: { shown: boolean }) {
  const app = useApp();
  const query = useAppState((s) => s.listed.query);
  const input = useRef<HTMLInputElement>(null);
  useFocusOnShow(
    'threads',
    shown,
    () => true,
    () => input.current,
  );
  return (
    <SearchBox
      label={t('Search threads')}
      value={query}
      onSearch={(text) => void app.listThreads({ query: text })}
      inputRef={input}
    />
  );
}
