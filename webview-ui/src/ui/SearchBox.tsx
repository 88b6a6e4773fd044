// A search box that waits until the person pauses, and never searches for half a composition.

import { type RefObject, useEffect, useRef, useState } from 'react';
import { isComposing } from './composing.ts';

const SEARCH_DELAY_MS = 180;

interface Props {
  /** Its accessible name, and its placeholder. */
  label: string;
  /** What is searched for now; setting it from outside changes the box. */
  value: string;
  onSearch: (text: string) => void;
  inputRef?: RefObject<HTMLInputElement | null>;
}

export function SearchBox({ label, value, onSearch, inputRef }: Props) {
  const [text, setText] = useState(value);
  const [composing, setComposing] = useState(false);
  const searched = useRef(value);
  const search = useRef(onSearch);
  search.current = onSearch;

  const go = (wanted: string) => {
    if (wanted === searched.current) return;
    searched.current = wanted;
    search.current(wanted);
  };

  useEffect(() => {
    if (value === searched.current) return;
    searched.current = value;
    setText(value);
  }, [value]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `go` reads refs only
  useEffect(() => {
    if (composing || text === searched.current) return;
    const timer = setTimeout(() => go(text), SEARCH_DELAY_MS);
    return () => clearTimeout(timer);
  }, [text, composing]);

  return (
    <input
      ref={inputRef}
      type="search"
      className="input"
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onCompositionStart={() => setComposing(true)}
      onCompositionEnd={() => setComposing(false)}
      onKeyDown={(event) => {
        if (composing || isComposing(event)) return;
        if (event.key === 'Enter') go(text);
        if (event.key === 'Escape' && text !== '') {
          event.stopPropagation();
          setText('');
          go('');
        }
      }}
    />
  );
}
