// A list above a text box that keeps the keyboard: what is chosen there goes into the text.
import { type KeyboardEvent, useEffect, useRef } from 'react';

export interface Choice {
  id: string;
  name: string;
  detail: string;
  title?: string | undefined;
}

interface Props {
  id: string;
  label: string;
  choices: readonly Choice[];
  /** Index of the one that Enter takes. */
  at: number;
  onTake: (index: number) => void;
}

export function Choices({ id, label, choices, at, onTake }: Props) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView?.({ block: 'nearest' });
  }, [at]);
  if (choices.length === 0) return null;
  return (
    <div ref={list} id={id} className="choices" role="listbox" aria-label={label}>
      {choices.map((choice, index) => (
        <div
          key={choice.id}
          id={choice.id}
          role="option"
          tabIndex={-1}
          aria-selected={index === at}
          title={choice.title}
          onMouseDown={(event) => {
            // The text box keeps the keyboard.
            event.preventDefault();
            onTake(index);
          }}
        >
          {choice.name} <span className="quiet">{choice.detail}</span>
        </div>
      ))}
    </div>
  );
}

/** With a modifier a key means something else. */
export const isPlain = ({ altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean =>
  !altKey && !ctrlKey && !metaKey && !shiftKey;
