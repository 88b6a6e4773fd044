// Text with the words that were searched for marked in it.
import { Fragment, type ReactNode } from 'react';

/** Shorter ones would mark half of every sentence. */
const MIN_WORD = 2;

export function Matched({ text, query }: { text: string; query: string }) {
  return <>{pieces(text, query)}</>;
}

function pieces(text: string, query: string): ReactNode {
  const words = query.split(/[^\p{L}\p{N}_]+/u).filter((word) => word.length >= MIN_WORD);
  if (words.length === 0) return text;
  // Words hold letters, digits and underscores only: nothing to escape.
  const pattern = new RegExp(`(${words.sort((a, b) => b.length - a.length).join('|')})`, 'giu');
  return text.split(pattern).map((piece, index) => {
    // Every second piece is what the group caught.
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other identity
    return index % 2 === 1 ? <mark key={index}>{piece}</mark> : <Fragment key={index}>{piece}</Fragment>;
  });
}
