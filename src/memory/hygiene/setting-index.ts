// Finds among all settings of a workspace those that a line may speak of, without a look at each of them.
import { QUANTITY } from './amounts.ts';
import type { Placed } from './setting.ts';
import { type Word, wordsOf } from './words.ts';

/** Longer names are looked for one by one. */
const LONGEST = 48;
/** Values that stand in a sentence as a word. */
const SPOKEN = /^[a-z][a-z\d]{2,}$/i;
const WORDS_VALUE = /^[a-z][a-z_-]{2,}$/;

/** The part of a key that names the setting: not a place in a list. */
export const nameOf = ({ key }: Placed): string => key.findLast((part) => !/^\d+$/.test(part)) ?? '';

/** Letters and digits in a row; without any `s`, because words are the same in the plural. */
const squeezed = (text: string): string => text.toLowerCase().replace(/[^a-z\d]|s/g, '');
const singular = (word: string): string => word.replace(/s$/, '');

class Lists {
  private readonly lists = new Map<string, number[]>();

  add(key: string, at: number): void {
    const list = this.lists.get(key);
    if (list) list.push(at);
    else this.lists.set(key, [at]);
  }

  get(key: string): readonly number[] {
    return this.lists.get(key) ?? [];
  }
}

/** All answers are a little more than what is asked for, in the order of the settings. */
export class SettingIndex {
  readonly all: readonly Placed[];
  private readonly byName = new Lists();
  private readonly byValue = new Lists();
  private readonly byKeyWord = new Lists();
  private readonly long: [name: string, at: number][] = [];
  private readonly ports: number[] = [];
  /** `tracing: { enabled: false }` */
  readonly switches: readonly Placed[];

  constructor(all: readonly Placed[]) {
    this.all = all;
    this.switches = all.filter(
      ({ key, value }) =>
        key.length > 1 && /^enabled?$/.test(key.at(-1) ?? '') && /^(?:true|false|yes|no|on|off)$/i.test(value),
    );
    for (const [at, setting] of all.entries()) {
      const name = nameOf(setting);
      const plain = squeezed(name);
      if (plain.length > LONGEST) this.long.push([plain, at]);
      else if (plain !== '') this.byName.add(plain, at);
      // A unit at the end is often left out.
      const words = wordsOf(name);
      if (words.length > 2) this.byName.add(squeezed(words.slice(0, -1).join('')), at);
      if (/port$/i.test(name)) this.ports.push(at);
      const last = setting.key.at(-1) ?? '';
      if (SPOKEN.test(setting.value)) this.byValue.add(singular(setting.value.toLowerCase()), at);
      if (setting.key.length > 1 && (QUANTITY.test(setting.value) || WORDS_VALUE.test(setting.value)))
        for (const word of new Set(wordsOf(last))) this.byKeyWord.add(singular(word), at);
    }
  }

  /** Those whose names stand in a text, however they are spelled; ports where it speaks of one. */
  named(text: string): Placed[] {
    const plain = squeezed(text);
    const found = new Set<number>(/port/i.test(text) ? this.ports : []);
    for (let from = 0; from < plain.length; from += 1)
      for (let to = from + 1; to <= plain.length && to - from <= LONGEST; to += 1)
        for (const at of this.byName.get(plain.slice(from, to))) found.add(at);
    for (const [name, at] of this.long) if (plain.includes(name)) found.add(at);
    return this.inOrder(found);
  }

  /** Those whose value is one of the words. */
  valued(words: readonly Word[]): Placed[] {
    return this.inOrder(new Set(words.flatMap(({ word }) => this.byValue.get(singular(word)))));
  }

  /** Those in a section, with a number or a word for a value, that have one of the words in their key. */
  keyed(words: readonly Word[]): Placed[] {
    return this.inOrder(new Set(words.flatMap(({ word }) => this.byKeyWord.get(singular(word)))));
  }

  private inOrder(found: ReadonlySet<number>): Placed[] {
    return [...found].sort((a, b) => a - b).flatMap((at) => this.all[at] ?? []);
  }
}
