// Text of a model as a person reads it: without the colours of a terminal, and with what hides or reorders it in sight.
import { visible } from '../../../src/protocol/visible.ts';

/** Control sequences of terminals: colours and cursor movements, and titles and links with their end. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they are
const ANSI = /\u001b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\u0007\u001b]{0,2048}(?:\u0007|\u001b\\))/g;

/** Needs a look only where there is something to find. */
const SUSPECT = /[^\n\t\u0020-\u007e\u00a0-\u00ac\u00ae-\u034e]/;

export function readable(text: string): string {
  return SUSPECT.test(text) ? visible(text.replace(ANSI, '')) : text;
}
