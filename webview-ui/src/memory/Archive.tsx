// The archive: what the agent keeps outside of its prompt. Search, filter, add, edit, delete.
import { useCallback, useEffect, useId, useRef, useState } from 'react';
import type { PassageView } from '../../../src/protocol/memory-views.ts';
import type { Params } from '../../../src/protocol/messages.ts';
import { plural, t } from '../l10n.tsx';
import { useFocusOnShow } from '../ui/focus.ts';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useLatest } from '../ui/latest.ts';
import { SearchBox } from '../ui/SearchBox.tsx';
import { SectionHead } from '../ui/Section.tsx';
import { useApp, useAppState } from '../use-app.ts';
import { Passage, PassageForm } from './Passage.tsx';
import { append, back, firstPage, forward, hasNext, lastOf, type Pages, prepend, replace, shownOf } from './pages.ts';
import { useHasDraft } from './use-form-draft.ts';

interface Filter {
  query: string;
  tag: string;
  from: string;
  to: string;
}

interface Tags {
  tags: readonly string[];
  /** There are no others. */
  allTags: boolean;
}
const NO_TAGS: Tags = { tags: [], allTags: true };
const NO_FILTER: Filter = { query: '', tag: '', from: '', to: '' };
/** How a search of the archive is asked for: what follows is the query, and on a line of its own the entry that was meant. */
const WISH = 'archive:';
/** The draft of a new one. */
const NEW_ENTRY = 'entry:';

const paramsOf = ({ query, tag, from, to }: Filter): Params<'archive.list'> => ({
  query,
  ...(tag === '' ? {} : { tag }),
  ...(from === '' ? {} : { from }),
  ...(to === '' ? {} : { to }),
});

export function Archive({ shown }: { shown: boolean }) {
  const app = useApp();
  const open = useAppState((s) => s.unfolded['section:archive'] ?? true);
  const [adding, setAdding] = useState<'kept' | 'pressed' | undefined>(useHasDraft(NEW_ENTRY) ? 'kept' : undefined);
  const [filtering, setFiltering] = useState(false);
  const bodyId = useId();
  const setOpen = (value: boolean) => app.unfold('section:archive', value);

  return (
    <>
      <SectionHead
        title={t('Archive')}
        bodyId={bodyId}
        open={open}
        onToggle={setOpen}
        actions={
          <>
            <IconButton
              icon="filter"
              label={t('Filter')}
              title={t('Filter by tag and date')}
              expanded={filtering}
              onClick={() => {
                setFiltering(!filtering);
                setOpen(true);
              }}
            />
            <IconButton
              icon="add"
              label={t('Add entry')}
              expanded={adding !== undefined}
              onClick={() => {
                setAdding('pressed');
                setOpen(true);
              }}
            />
          </>
        }
      />
      <div className="section-body" id={bodyId} hidden={!open}>
        <Entries shown={shown} filtering={filtering} adding={adding} onAdded={() => setAdding(undefined)} />
      </div>
    </>
  );
}

interface EntriesProps {
  shown: boolean;
  filtering: boolean;
  /** `kept`: what was typed came back with the view. */
  adding: 'kept' | 'pressed' | undefined;
  onAdded: () => void;
}

function Entries({ shown, filtering, adding, onAdded }: EntriesProps) {
  const app = useApp();
  const rev = useAppState((s) => s.archiveRev);
  const wish = useAppState((s) => (s.focus?.name?.startsWith(WISH) ? s.focus : undefined));
  const [filter, setFilter] = useState(NO_FILTER);
  const [state, setState] = useState<Pages<PassageView>>();
  const [tags, setTags] = useState<Tags>(NO_TAGS);
  const [loading, setLoading] = useState(false);
  /** The archive changed while the person was deep in it. */
  const [stale, setStale] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const from = useRef(0);
  /** The entry that gets the keyboard once it is drawn; one that is not on the page leaves it where it is. */
  const meant = useRef<string>(undefined);
  const latest = useLatest();
  from.current = state?.from ?? 0;
  useFocusOnShow(
    'memory',
    shown,
    (name) => name?.startsWith(WISH) === true,
    () => search.current,
  );

  useEffect(() => {
    const [query, id] = wish?.name?.slice(WISH.length).split('\n') ?? [];
    if (query === undefined) return;
    // A new object, so that the same words are searched for again.
    meant.current = id;
    setFilter({ ...NO_FILTER, query });
  }, [wish]);

  const load = useCallback(async () => {
    const isLatest = latest();
    setLoading(true);
    const page = await app.ask('archive.list', paramsOf(filter));
    if (!isLatest()) return;
    setLoading(false);
    setStale(false);
    if (!page) return;
    setState(firstPage(page.passages, page.hasMore));
    setTags(page);
    if (filter !== NO_FILTER) {
      const { length } = page.passages;
      app.announce(page.hasMore ? t('{0} or more entries.', length) : plural(length, '{0} entry.', '{0} entries.'));
    }
  }, [app, filter, latest]);

  useEffect(() => {
    if (state === undefined || meant.current === undefined) return;
    const item = list.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(meant.current)}"]`);
    meant.current = undefined;
    item?.scrollIntoView({ block: 'nearest' });
    item?.focus({ preventScroll: true });
  }, [state]);

  useEffect(() => void load(), [load]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the archive itself
  useEffect(() => {
    if (rev === 0) return;
    if (from.current > 0) setStale(true);
    else void load();
  }, [rev]);

  const more = async () => {
    if (!state) return;
    const here = forward(state);
    if (here) return setState(here);
    const after = lastOf(state)?.id;
    if (after === undefined) return;
    const isLatest = latest();
    setLoading(true);
    const page = await app.ask('archive.list', { ...paramsOf(filter), after });
    if (!isLatest()) return;
    setLoading(false);
    if (!page) return;
    setTags(page);
    meant.current = page.passages[0]?.id;
    setState((now) => now && append(now, page.passages, page.hasMore));
  };

  const add = async (text: string, chosen: string[]) => {
    const entry = await app.ask('archive.add', { text, tags: chosen });
    if (!entry) return false;
    if (filter === NO_FILTER) setState((now) => (now ? prepend(now, entry) : firstPage([entry], false)));
    else setFilter(NO_FILTER);
    app.announce(t('Added to the archive.'));
    onAdded();
    return true;
  };

  const passages = state ? shownOf(state) : [];
  const filtered = filter.query !== '' || filter.tag !== '' || filter.from !== '' || filter.to !== '';
  return (
    <>
      <SearchBox
        label={t('Search archive')}
        value={filter.query}
        inputRef={search}
        onSearch={(query) => setFilter({ ...filter, query })}
      />
      {(filtering || filter.tag !== '' || filter.from !== '' || filter.to !== '') && (
        <Filters filter={filter} {...tags} onFilter={setFilter} />
      )}
      {adding && (
        <PassageForm
          name={t('New entry')}
          draftKey={NEW_ENTRY}
          focused={adding === 'pressed'}
          text=""
          tags={[]}
          onSave={add}
          onCancel={onAdded}
        />
      )}
      {stale && (
        <p className="quiet">
          {t('The archive has changed.')}{' '}
          <button type="button" className="link" onClick={() => void load()}>
            {t('Show it from the start')}
          </button>
        </p>
      )}
      {state === undefined && loading && <p className="quiet">{t('Loading…')}</p>}
      {state && passages.length === 0 && (
        <p className="quiet">{filtered ? t('No entry matches.') : t('Nothing is in the archive yet.')}</p>
      )}
      {state && passages.length === 0 && !filtered && (
        <p className="quiet">
          {t(
            'What is too long or too rare for the blocks is kept here, and found again by searching. Add an entry, or ask the agent in the chat to put something into its archive.',
          )}
        </p>
      )}
      {state && state.from > 0 && (
        <button type="button" className="link" onClick={() => setState(back(state))}>
          {t('Back to newer ones')}
        </button>
      )}
      <ul className="passages" aria-label={t('Archive')} aria-busy={loading} ref={list}>
        {passages.map((passage) => (
          <Passage
            key={passage.id}
            passage={passage}
            query={filter.query}
            onTag={(tag) => setFilter({ ...filter, tag })}
            onChanged={(by) => {
              meant.current = by?.id;
              setState((now) => now && replace(now, passage.id, by));
            }}
            onGone={() => search.current?.focus()}
          />
        ))}
      </ul>
      {state && hasNext(state) && (
        <button type="button" className="link" disabled={loading} onClick={() => void more()}>
          {loading && <Icon name="loading" />} {t('More')}
        </button>
      )}
    </>
  );
}

interface FiltersProps extends Tags {
  filter: Filter;
  onFilter: (filter: Filter) => void;
}

function Filters({ filter, tags, allTags, onFilter }: FiltersProps) {
  const choices = filter.tag === '' || tags.includes(filter.tag) ? tags : [filter.tag, ...tags];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a frame
    <div className="filters" role="group" aria-label={t('Filter')}>
      <label className="field">
        <span>{t('Tag')}</span>
        <select
          className="input"
          value={filter.tag}
          onChange={(event) => onFilter({ ...filter, tag: event.target.value })}
        >
          <option value="">{t('All')}</option>
          {choices.map((tag) => (
            <option key={tag} value={tag}>
              {tag}
            </option>
          ))}
          {!allTags && <option disabled>{t('There may be more: shown are those seen so far')}</option>}
        </select>
      </label>
      <label className="field">
        <span>{t('From')}</span>
        <input
          type="date"
          className="input"
          value={filter.from}
          max={filter.to || undefined}
          onChange={(event) => onFilter({ ...filter, from: event.target.value })}
        />
      </label>
      <label className="field">
        <span>{t('To')}</span>
        <input
          type="date"
          className="input"
          value={filter.to}
          min={filter.from || undefined}
          onChange={(event) => onFilter({ ...filter, to: event.target.value })}
        />
      </label>
      <button
        type="button"
        className="link"
        disabled={filter.tag === '' && filter.from === '' && filter.to === ''}
        onClick={() => onFilter({ ...NO_FILTER, query: filter.query })}
      >
        {t('Clear')}
      </button>
    </div>
  );
}
