// A line that opens and closes what is under it. Remembers what the person did, also when its row is scrolled away.
import type { ReactNode } from 'react';
import { useApp, useAppState } from '../use-app.ts';
import { Icon } from './Icon.tsx';

interface Props {
  /** Under which the choice is remembered. */
  id: string;
  summary: ReactNode;
  /** As long as the person has not chosen. */
  openByDefault?: boolean;
  /** A fold with nothing in it is just its line. */
  empty?: boolean;
  children: ReactNode;
}

export function Fold({ id, summary, openByDefault = false, empty = false, children }: Props) {
  const app = useApp();
  const open = useAppState((s) => s.unfolded[id] ?? openByDefault) && !empty;
  if (empty) return <div className="fold-line">{summary}</div>;
  return (
    <>
      <button type="button" className="fold-line" aria-expanded={open} onClick={() => app.unfold(id, !open)}>
        {summary}
        <Icon name="chevron-right" className={open ? 'chevron open' : 'chevron'} />
      </button>
      {open && <div className="fold-body">{children}</div>}
    </>
  );
}
