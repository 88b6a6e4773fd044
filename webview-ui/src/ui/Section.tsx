// The head of a section that opens and closes, as VS Code's side bars have them. It stays in sight at the panel's edges.
import { type ReactNode, useRef } from 'react';
import { Icon } from './Icon.tsx';

interface Props {
  title: string;
  /** Beside the title, e.g. how many there are. */
  note?: ReactNode;
  /** What its body is called in `aria-controls`. */
  bodyId: string;
  open: boolean;
  onToggle: (open: boolean) => void;
  /** Buttons at its end. */
  actions?: ReactNode;
}

/** Its body must follow as the next sibling: both edges hold the head only within what contains the whole panel. */
export function SectionHead({ title, note, bodyId, open, onToggle, actions }: Props) {
  const head = useRef<HTMLDivElement>(null);

  const toggle = () => {
    const body = head.current?.nextElementSibling;
    const edge = head.current?.getBoundingClientRect().top ?? 0;
    // Held at the lower edge: its body is out of sight, and who clicks wants to see it.
    const away =
      open && body && body.getBoundingClientRect().height > 0 && body.getBoundingClientRect().top > edge + 60;
    if (!away) onToggle(!open);
    if (away || !open)
      requestAnimationFrame(() => head.current?.nextElementSibling?.scrollIntoView({ block: 'start' }));
  };

  return (
    <div className="section-head" ref={head}>
      <h2>
        <button type="button" className="section-toggle" aria-expanded={open} aria-controls={bodyId} onClick={toggle}>
          <Icon name={open ? 'chevron-down' : 'chevron-right'} />
          <span>{title}</span>
        </button>
      </h2>
      {note !== undefined && <span className="section-note">{note}</span>}
      <span className="section-actions">{actions}</span>
    </div>
  );
}
