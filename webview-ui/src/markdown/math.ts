// Formulas in Markdown, as marked reads them: `$$…$$`, `\[…\]` and `\(…\)`, and `$…$` where it cannot be money or a variable.
import type { TokenizerExtension, Tokens } from 'marked';

/** A formula. `display`: it stands by itself. */
export interface MathToken extends Tokens.Generic {
  type: 'math';
  text: string;
  display: boolean;
}

/** Longer ones are shown as they are written. */
export const MAX_FORMULA = 4_000;

const BLOCK = /^ {0,3}(?:\$\$([^$]{1,4000}?)\$\$|\\\[([\s\S]{1,4000}?)\\\])[ \t]*(?:\n|$)/;
const DISPLAY = /^(?:\$\$([^$\n]{1,4000}?)\$\$|\\\[([^\n]{1,4000}?)\\\])/;
const INLINE = /^\\\(([^\n]{1,4000}?)\\\)/;
/** Nothing but a formula begins right behind a dollar, ends right before one, and is followed by no letter or number. */
const DOLLARS = /^\$(?=[^\s$\d]|\d[^\s]*[\\^_=+*/<>-])((?:\\.|[^\\$\n`]){1,400}?)(?<![\s\\])\$(?![\w$])/;
/** Names of a shell's variables and paths between two dollars are no formula. */
const FORMULA = /[\\^_=+*<>{}]|^[A-Za-z]$|^\d+$|^[A-Za-z]'+$/;

const token = (raw: string, text: string, display: boolean): MathToken => ({
  type: 'math',
  raw,
  text: text.trim(),
  display,
});

const block: TokenizerExtension['tokenizer'] = (src) => {
  const match = BLOCK.exec(src);
  const text = match?.[1] ?? match?.[2];
  return match && text?.trim() ? token(match[0], text, true) : undefined;
};

const inline: TokenizerExtension['tokenizer'] = (src) => {
  const display = DISPLAY.exec(src);
  const shown = display?.[1] ?? display?.[2];
  if (display && shown?.trim()) return token(display[0], shown, true);
  const bracket = INLINE.exec(src);
  if (bracket?.[1]?.trim()) return token(bracket[0], bracket[1], false);
  const dollars = DOLLARS.exec(src);
  return dollars?.[1] && FORMULA.test(dollars[1]) ? token(dollars[0], dollars[1], false) : undefined;
};

const start = (src: string): number => src.search(/\$|\\[([]/);

/** For marked's lexer. */
export const MATH = {
  block: [block],
  inline: [inline],
  startBlock: [(src: string) => src.search(/(?<=\n) {0,3}(?:\$\$|\\\[)/)],
  startInline: [start],
  childTokens: {},
  renderers: {},
};
