// The four panels as tabs: arrows, Home and End move between them, as in the WAI-ARIA pattern.
import { type KeyboardEvent, useRef } from 'react';
import type { Panel } from '../../../src/protocol/about-views.ts';
import { t } from '../l10n.tsx';

export const PANELS: readonly { id: Panel; label: string }[] = [
  { id: 'chat', label: t('Chat') },
  { id: 'threads', label: t('Threads') },
  { id: 'memory', label: t('Memory') },
  { id: 'skills', label: t('Skills') },
];

interface Props {
  selected: Panel;
  /** Panels in which something waits for the person, with what it is and, where it counts, how many. */
  attention: Partial<Record<Panel, { text: string; count?: number }>>;
  onSelect: (panel: Panel) => void;
}

export function Tabs({ selected, attention, onSelect }: Props) {
  const list = useRef<HTMLDivElement>(null);

  function onKeyDown(event: KeyboardEvent) {
    const at = PANELS.findIndex((panel) => panel.id === selected);
    const last = PANELS.length - 1;
    const target = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    }[event.key];
    const panel = target === undefined ? undefined : PANELS[target];
    if (!panel) return;
    event.preventDefault();
    onSelect(panel.id);
    list.current?.querySelector<HTMLElement>(`#tab-${panel.id}`)?.focus();
  }

  return (
    <div className="tabs" role="tablist" aria-label="Letta" ref={list} onKeyDown={onKeyDown}>
      {PANELS.map(({ id, label }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={`tab-${id}`}
          className="tab"
          aria-selected={id === selected}
          aria-controls={`panel-${id}`}
          aria-description={attention[id]?.text}
          tabIndex={id === selected ? 0 : -1}
          onClick={() => onSelect(id)}
        >
          {label}
          {attention[id] && <Badge {...attention[id]} />}
        </button>
      ))}
    </div>
  );
}

const MOST_SHOWN = 99;

/** Not part of the tab's name: what it says is the tab's description. */
function Badge({ text, count }: { text: string; count?: number }) {
  if (count === undefined) return <span className="dot" aria-hidden="true" title={text} />;
  return (
    <span className="tab-badge" aria-hidden="true" title={text}>
      {count > MOST_SHOWN ? `${MOST_SHOWN}+` : count}
    </span>
  );
}
