// A path in an answer: a link once the host has said that the file is there, else the words that it is.
import { type ReactNode, useContext, useEffect, useState } from 'react';
import type { App } from '../app.ts';
import { useApp, useAppState } from '../use-app.ts';
import { Growing } from './growing.ts';
import { Link } from './Link.tsx';

export function PathLink({ href, children }: { href: string; children: ReactNode }) {
  const app = useApp();
  const growing = useContext(Growing);
  // What an answer is about may come to be while it is given.
  const running = useAppState((s) => s.feed.thread?.running ?? false);
  const [found, setFound] = useState<string>();
  const there = found === href;
  useEffect(() => {
    if (growing || there) return;
    let gone = false;
    void isThere(app, href, running).then((is) => {
      if (is && !gone) setFound(href);
    });
    return () => {
      gone = true;
    };
  }, [app, href, growing, running, there]);
  return there ? <Link href={href}>{children}</Link> : children;
}

/** The host is asked for so many at once. */
const MOST = 200;
/** Addresses that wait for the next question, and who waits for them. */
const waiting = new WeakMap<App, Map<string, PromiseWithResolvers<boolean>>>();

/** `_running`: the answer is another one once the turn is over. */
function isThere(app: App, href: string, _running: boolean): Promise<boolean> {
  const open = waiting.get(app) ?? new Map<string, PromiseWithResolvers<boolean>>();
  waiting.set(app, open);
  const known = open.get(href);
  if (known) return known.promise;
  const answer = Promise.withResolvers<boolean>();
  open.set(href, answer);
  // All that is drawn in one go is one question.
  if (open.size === 1) setTimeout(() => void askAll(app), 0);
  return answer.promise;
}

async function askAll(app: App): Promise<void> {
  const asked = [...(waiting.get(app) ?? [])];
  waiting.delete(app);
  for (let at = 0; at < asked.length; at += MOST) {
    const part = asked.slice(at, at + MOST);
    const there = await app.quietly('links.find', { hrefs: part.map(([href]) => href) });
    for (const [index, [, answer]] of part.entries()) answer.resolve(there?.[index] === true);
  }
}
