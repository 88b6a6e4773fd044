// How long a text is to a person, and to Letta servers: what limits of blocks are counted in.

/** Code points, not UTF-16 units: an emoji is one. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
