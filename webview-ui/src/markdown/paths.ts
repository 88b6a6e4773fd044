// Finds what looks like a file of the workspace in prose: `src/a.ts`, `a.ts:12:3`, `src/a.ts#L3-L9`.

/** A longer word is no path. */
const MAX_WORD = 300;
const NAME = String.raw`(?:[A-Za-z]:[\\/]|\.{0,2}/)?(?:[\w@.+-]+[\\/])*[\w@.+-]*[\w@+-]\.[A-Za-z]\w{0,9}`;
const PLACE = String.raw`(?::\d+(?::\d+)?(?:-\d+)?|#L\d+(?:C\d+)?(?:-L?\d+)?)`;
const WHOLE = new RegExp(`^${NAME}${PLACE}?$`);
const AROUND = /^([([{"'“‘*_]*)(.*?)((?:[)\]}"'”’,;!?*_]|[.:](?!\d))*)$/;
const TELLING = /[\\/]|:\d|#L\d/;

/** Whether all of a text names a file, as inline code does. */
export const isPath = (text: string): boolean => text.length <= MAX_WORD && WHOLE.test(text);

/** @returns the text in pieces: strings, and paths as objects. Words of prose need a folder or a line to be one. */
export function splitPaths(text: string): (string | { path: string })[] {
  if (!/\.[A-Za-z]/.test(text)) return [text];
  const found: (string | { path: string })[] = [];
  let plain = '';
  for (const word of text.split(/(\s+)/)) {
    const [, before = '', inner = '', after = ''] = (word.length <= MAX_WORD && AROUND.exec(word)) || [];
    if (!TELLING.test(inner) || !isPath(inner)) {
      plain += word;
      continue;
    }
    if (plain + before !== '') found.push(plain + before);
    found.push({ path: inner });
    plain = after;
  }
  if (plain !== '') found.push(plain);
  return found;
}
