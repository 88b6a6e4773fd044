// The colours of code blocks: asked of the host once a block is whole, and drawn a few lines a frame.
import { useEffect, useState } from 'react';
import { type HighlightView, MAX_COLOURED } from '../../../src/protocol/code-views.ts';
import type { App } from '../app.ts';
import { useApp } from '../use-app.ts';
import { useThemeId } from './theme-id.ts';

/** So many blocks keep their colours while they are scrolled out of the page. */
const MAX_KEPT = 100;
/** Has no colours. */
const PLAIN = new Set(['', 'text', 'txt', 'plain', 'plaintext', 'output', 'log', 'ascii', 'tree']);
/** Milliseconds after which a busy page asks all the same. */
const ASK_WITHIN_MS = 1_000;

const kept = new WeakMap<App, Map<string, Promise<HighlightView | null>>>();

function colours(app: App, code: string, language: string, theme: string): Promise<HighlightView | null> {
  const known = kept.get(app) ?? new Map<string, Promise<HighlightView | null>>();
  kept.set(app, known);
  const key = [theme, language, code].join('\n');
  const view =
    known.get(key) ?? app.quietly('code.highlight', { code, language, theme }).then((found) => found ?? null);
  known.delete(key);
  known.set(key, view);
  for (const oldest of [...known.keys()].slice(0, -MAX_KEPT)) known.delete(oldest);
  return view;
}

/** @returns the colours, and how many pieces of the code may be drawn in them by now */
export function useHighlight(
  code: string,
  language: string,
  growing: boolean,
  pieces: number,
): { view: HighlightView | undefined; upTo: number } {
  const app = useApp();
  const theme = useThemeId();
  const [shown, setShown] = useState<{ view: HighlightView; code: string; upTo: number }>();
  useEffect(() => {
    if (growing || PLAIN.has(language) || code.length > MAX_COLOURED.characters) return;
    let gone = false;
    const idle = requestIdleCallback(
      () => {
        void colours(app, code, language, theme).then((view) => {
          if (!gone && view) setShown({ view, code, upTo: 1 });
        });
      },
      { timeout: ASK_WITHIN_MS },
    );
    return () => {
      gone = true;
      cancelIdleCallback(idle);
    };
  }, [app, code, language, growing, theme]);
  const current = shown?.code === code ? shown : undefined;
  useEffect(() => {
    if (!current || current.upTo >= pieces) return;
    const frame = requestAnimationFrame(() => setShown({ ...current, upTo: current.upTo + 1 }));
    return () => cancelAnimationFrame(frame);
  }, [current, pieces]);
  return { view: current?.view, upTo: current?.upTo ?? 0 };
}

/** A piece of a line that looks alike. */
export interface Run {
  text: string;
  colour: string;
  style: number;
}

/** @param line as a `HighlightView` has it. What it does not tell of stays plain. */
export function runsOf(text: string, line: string, all: readonly string[]): Run[] {
  const numbers = line === '' ? [] : line.split(' ').map(Number);
  const runs: Run[] = [];
  let at = 0;
  for (let i = 0; i + 2 < numbers.length && at < text.length; i += 3) {
    const [length = 0, colour = 0, style = 0] = numbers.slice(i, i + 3);
    const end = at + Math.max(0, length);
    runs.push({ text: text.slice(at, end), colour: all[colour] ?? '', style });
    at = end;
  }
  if (at < text.length) runs.push({ text: text.slice(at), colour: '', style: 0 });
  return runs;
}
