// Finds out whether a line counts with what may be no number: the shell evaluates such a text, and an index in it can run commands.
import type { Word } from './syntax.ts';

/** One for a whole line, scripts within included: what is counted may stand before what is assigned. */
export class Numbers {
  private readonly counted = new Set<string>();
  private readonly texts = new Set<string>();

  assigned(name: string, value: Word): void {
    if (value.values === undefined || value.glob || value.values.some((text) => !/^-?\d*$/.test(text)))
      this.texts.add(name);
  }

  /** @param text a sum, an index, a comparison: each name in it counts */
  counts(text: string): void {
    for (const [name] of text.matchAll(/[A-Za-z_]\w*/g)) this.counted.add(name);
  }

  /** The name of a variable that holds a text and is counted with. */
  mixed(): string | undefined {
    return [...this.counted].find((name) => this.texts.has(name));
  }
}
