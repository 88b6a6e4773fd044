// Shows characters that nobody would see, or that make a line read otherwise than it is: a person decides by what they read.

/** Controls, zero-width characters, direction marks, fillers, tags; not the joiners inside emoji and some scripts' words. */
const UNSEEN = new RegExp(
  [
    String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f]`,
    String.raw`[\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb]`,
    String.raw`[\u034f\u180b-\u180d]`,
    String.raw`[\u{e0000}-\u{e007f}]`,
  ].join('|'),
  'gu',
);

/** @returns the text with each of them written as `⟨U+202E⟩` */
export function visible(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}
