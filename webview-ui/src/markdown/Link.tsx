// A link in a message. The host opens it, after looking at it; the page never navigates.
import type { MouseEvent, ReactNode } from 'react';
import { useApp } from '../use-app.ts';
import { linkKind } from './links.ts';
import { readable } from './readable.ts';

export function Link({ href, title, children }: { href: string; title?: string | undefined; children: ReactNode }) {
  const app = useApp();
  const kind = linkKind(href);
  if (!kind) return <span>{children}</span>;
  const open = () => void app.ask('openLink', { href });
  const onClick = (event: MouseEvent) => {
    event.preventDefault();
    // VS Code's own handler sits on the document and would open the address a second time.
    event.stopPropagation();
    if (event.button <= 1) open();
  };
  if (kind === 'web') {
    return (
      <a href={href} title={readable(title ?? href)} onClick={onClick} onAuxClick={onClick}>
        {children}
      </a>
    );
  }
  // A path means nothing to the browser, so it is no `href`.
  return (
    // biome-ignore lint/a11y/useSemanticElements: an anchor without `href` gets no keyboard
    <button type="button" role="link" className="link" title={readable(title ?? href)} onClick={onClick}>
      {children}
    </button>
  );
}
