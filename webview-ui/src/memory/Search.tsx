// One box over everything that is remembered: blocks, archive, and all that was ever said.
import { useState } from 'react';
import type { HitView } from '../../../src/protocol/memory-views.ts';
import { lineWish } from '../../../src/protocol/wishes.ts';
import { plural, t } from '../l10n.tsx';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { useLatest } from '../ui/latest.ts';
import { Matched } from '../ui/Matched.tsx';
import { SearchBox } from '../ui/SearchBox.tsx';
import { useApp } from '../use-app.ts';
import { When } from './Origin.tsx';

const GROUPS: readonly { kind: HitView['kind']; title: string; name: string; icon: IconName }[] = [
  { kind: 'block', title: t('Blocks'), name: t('Matching blocks'), icon: 'book' },
  { kind: 'archive', title: t('Archive'), name: t('Matching entries'), icon: 'archive' },
  { kind: 'message', title: t('Conversations'), name: t('Matching messages'), icon: 'comment-discussion' },
];

/** So many of a group are shown first: the blocks under them stay near. */
const FEW = 5;

export function Search() {
  const app = useApp();
  const [query, setQuery] = useState('');
  const [hits, setHits] = useState<HitView[]>();
  const latest = useLatest();

  const search = async (text: string) => {
    setQuery(text);
    const isLatest = latest();
    if (text.trim() === '') return setHits(undefined);
    const found = await app.ask('memory.search', { query: text });
    if (!found || !isLatest()) return;
    setHits(found);
    app.announce(found.length === 0 ? t('Nothing found.') : plural(found.length, '{0} hit.', '{0} hits.'));
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: React does not know `search` everywhere
    <div className="memory-search" role="search">
      <SearchBox label={t('Search memory')} value={query} onSearch={(text) => void search(text)} />
      {hits && (
        <div className="results">
          {hits.length === 0 && <p className="quiet">{t('Nothing in blocks, archive or conversations matches.')}</p>}
          {GROUPS.map((group) => (
            <Group key={group.kind} {...group} hits={hits.filter(({ kind }) => kind === group.kind)} query={query} />
          ))}
        </div>
      )}
    </div>
  );
}

interface GroupProps {
  title: string;
  name: string;
  icon: IconName;
  hits: readonly HitView[];
  query: string;
}

function Group({ title, name, icon, hits, query }: GroupProps) {
  const [whole, setWhole] = useState(false);
  if (hits.length === 0) return null;
  const visible = whole ? hits : hits.slice(0, FEW);
  return (
    <>
      <p className="results-title">
        <Icon name={icon} />
        <span>{title}</span>
        <span className="count">{hits.length}</span>
      </p>
      <ul className="rows" aria-label={name}>
        {visible.map((hit, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a block may match in several lines
          <Hit key={index} hit={hit} query={query} />
        ))}
      </ul>
      {hits.length > visible.length && (
        <button type="button" className="link" onClick={() => setWhole(true)}>
          {t('Show all {0}', hits.length)}
        </button>
      )}
    </>
  );
}

function Hit({ hit, query }: { hit: HitView; query: string }) {
  const app = useApp();
  const { kind, title, text, at, label, passageId, threadId, messageId } = hit;

  const open = () => {
    if (kind === 'block') return app.showPanel('memory', lineWish(label ?? title, text));
    if (kind === 'archive')
      return app.showPanel('memory', `archive:${query}${passageId === undefined ? '' : `\n${passageId}`}`);
    if (threadId === undefined) return undefined;
    return void app.ask('memory.showTurn', { threadId, ...(messageId === undefined ? {} : { messageId }) });
  };

  return (
    <li className="row hit">
      <button type="button" className="row-main" onClick={open}>
        <span className="hit-text">
          <Matched text={text} query={query} />
        </span>
        <span className="row-note">{kind === 'archive' ? at !== undefined && <When at={at} /> : title}</span>
      </button>
    </li>
  );
}
