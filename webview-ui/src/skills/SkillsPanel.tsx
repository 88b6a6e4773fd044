// The skills that the agent can load: searched, sorted, and where none is the person's own yet, how they come about.
import { useCallback, useDeferredValue, useId, useMemo, useRef, useState } from 'react';
import { plural, t, tElements } from '../l10n.tsx';
import { useFocusOnShow } from '../ui/focus.ts';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Loading } from '../ui/Loading.tsx';
import { SearchBox } from '../ui/SearchBox.tsx';
import { useApp, useAppState } from '../use-app.ts';
import { SkillRow } from './SkillRow.tsx';
import { found, ORDERS, ordered, type SkillOrder } from './skill-order.ts';

/** So many rows at a time: hundreds of skills must not make the panel slow. */
const PAGE = 60;
/** More than any window has room for: they are drawn at once, the rest of the page right after. */
const FIRST = 20;
const ORDER_NAMES: Record<SkillOrder, string> = {
  name: t('Name'),
  lastUsed: t('Last used'),
  succeeded: t('Succeeded'),
  corrected: t('Corrected'),
};

export function SkillsPanel({ shown }: { shown: boolean }) {
  const app = useApp();
  const known = useAppState((s) => s.skills);
  // What is shown stays until what is new is drawn.
  const skills = useDeferredValue(known) ?? known;
  const wish = useAppState((s) => (s.focus?.panel === 'skills' ? s.focus.name : undefined));
  const [query, setQuery] = useState('');
  const [order, setOrder] = useState<SkillOrder>('name');
  const [pages, setPages] = useState(1);
  const list = useRef<HTMLUListElement>(null);
  const matching = useMemo(() => ordered(found(skills ?? [], query), order), [skills, query, order]);
  // What a command asks for must be drawn to get the keyboard.
  const wanted = matching.findIndex(({ name }) => name === wish) + 1;
  const count = useDeferredValue(skills === undefined ? FIRST : pages * PAGE, FIRST);
  const rows = matching.slice(0, Math.max(count, wanted));
  const left = matching.length - Math.max(pages * PAGE, wanted);
  useFocusOnShow(
    'skills',
    shown,
    (name) => name !== undefined,
    () => list.current?.querySelector<HTMLElement>(`[data-name="${CSS.escape(wish ?? '')}"] button`),
  );

  const search = (text: string) => {
    setQuery(text);
    setPages(1);
    const count = found(skills ?? [], text).length;
    app.announce(plural(count, '{0} skill.', '{0} skills.'));
  };
  const remove = useCallback(
    (id: string) => {
      const item = [...(list.current?.children ?? [])].find((each) => each.getAttribute('data-id') === id);
      const next = item?.nextElementSibling ?? item?.previousElementSibling;
      next?.querySelector('button')?.focus();
      void app.ask('skills.delete', { skillId: id });
    },
    [app],
  );

  return (
    <div>
      <div className="toolbar">
        <SearchBox label={t('Search skills')} value={query} onSearch={search} />
        <Sort order={order} onOrder={setOrder} />
        <button type="button" className="button small" onClick={() => void app.ask('skills.new', {})}>
          <Icon name="add" />
          {t('New skill')}
        </button>
        <IconButton
          icon="cloud-download"
          label={t('Import skill…')}
          onClick={() => void app.ask('skills.import', {})}
        />
      </div>
      {skills === undefined && <Loading />}
      {skills?.every(({ scope }) => scope === 'bundled') && <None />}
      {skills !== undefined && skills.length > 0 && matching.length === 0 && (
        <p className="quiet pad">{t('No skill matches “{0}”.', query)}</p>
      )}
      <ul className="rows" aria-label={t('Skills')} ref={list}>
        {rows.map((skill) => (
          <SkillRow key={skill.id} skill={skill} query={query} onRemove={remove} />
        ))}
      </ul>
      {left > 0 && (
        <button type="button" className="link pad" onClick={() => setPages(pages + 1)}>
          {t('Show {0} more of {1}', Math.min(PAGE, left), matching.length)}
        </button>
      )}
    </div>
  );
}

function Sort({ order, onOrder }: { order: SkillOrder; onOrder: (order: SkillOrder) => void }) {
  const id = useId();
  return (
    <span className="skill-sort">
      <label className="quiet" htmlFor={id}>
        {t('Sort by')}
      </label>
      <select
        id={id}
        className="input"
        value={order}
        onChange={({ target }) => onOrder(ORDERS.find((each) => each === target.value) ?? 'name')}
      >
        {ORDERS.map((each) => (
          <option key={each} value={each}>
            {ORDER_NAMES[each]}
          </option>
        ))}
      </select>
    </span>
  );
}

/** What is bundled is not theirs. */
function None() {
  return (
    <div className="quiet pad">
      <p>
        {t(
          'No skills of your own yet. A skill is a page of instructions that the agent loads when a task calls for it.',
        )}
      </p>
      <p>
        {tElements(
          'Select code that shows how something is done here and choose {learn} from its context menu, or write one with {new}. Skills in {agents}, {github} or {claude} are found by themselves.',
          {
            learn: <em>{t('Learn Skill from Selection')}</em>,
            new: <em>{t('New skill')}</em>,
            agents: <code>.agents/skills</code>,
            github: <code>.github/skills</code>,
            claude: <code>.claude/skills</code>,
          },
        )}
      </p>
    </div>
  );
}
