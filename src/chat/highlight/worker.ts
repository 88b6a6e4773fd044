// The thread that colours code: compiling a grammar holds a thread for longer than a frame, the view's and the host's.
import { parentPort } from 'node:worker_threads';
import type { HighlightView } from '../../protocol/code-views.ts';
import { type EditorTheme, Tokenizer } from './tokenize.ts';

/** `theme`: absent where it is the one of the question before. */
export interface HighlightQuestion {
  id: number;
  code: string;
  language: string;
  theme?: EditorTheme;
}
export interface HighlightAnswer {
  id: number;
  view: HighlightView | null;
}

const tokenizer = new Tokenizer();
let theme: EditorTheme = { id: '', rules: [] };

async function answer({ id, code, language, theme: next }: HighlightQuestion): Promise<void> {
  if (next) theme = next;
  // What cannot be coloured stands there in one colour.
  const view = await tokenizer.colour(code, language, theme).catch(() => null);
  parentPort?.postMessage({ id, view } satisfies HighlightAnswer);
}

let last: Promise<void> = Promise.resolve();
parentPort?.on('message', (question: HighlightQuestion) => {
  last = last.then(() => answer(question));
});
