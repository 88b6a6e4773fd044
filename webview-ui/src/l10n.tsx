// The texts of the view. Imported from here, never from `protocol`: the translations that the extension has put into the page are set
// before any module that has texts.
import { Fragment, type ReactNode } from 'react';
import { pieces, setLanguage } from '../../src/protocol/l10n.ts';

export { language, plural, t } from '../../src/protocol/l10n.ts';

const inPage = globalThis.document?.getElementById('translations')?.textContent;
if (inPage) setLanguage(document.documentElement.lang, JSON.parse(inPage) as Record<string, string>);

/**
 * A sentence with elements in it.
 * @example tElements('Made by {agent} in {thread}.', { agent: <b>{name}</b>, thread: <Link />  })
 */
export function tElements(message: string, elements: Readonly<Record<string, ReactNode>>): ReactNode[] {
  return pieces(message).map((piece, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have nothing but their place
    <Fragment key={index}>{index % 2 === 1 ? elements[piece] : piece}</Fragment>
  ));
}
