// One command that is looked into, and what those who look into it share.
import { t } from '../../protocol/l10n.ts';
import type { Simple } from './bash-nodes.ts';
import { looseName } from './names.ts';
import { type Folders, type Part, type ShellName, textOf, type Word } from './syntax.ts';

/** Who is told the parts. */
export interface PartSink {
  part(part: Part): void;
  /** A text for a shell within. */
  script(text: string, shell: ShellName, folders: Folders, within: readonly Part[]): void;
  /** Where a `-C` leads. */
  moved(folders: Folders, target: Word | undefined): Folders;
  unclear(reason: string): void;
}

/** A command with a name that is known. */
export class Wrapped {
  readonly simple: Simple;
  readonly words: readonly Word[];
  /** Without folder, ending and case. */
  readonly name: string;
  readonly sink: PartSink;
  private readonly within: readonly Part[];
  private readonly unwrap: (simple: Simple, sink: PartSink, within: readonly Part[]) => void;

  constructor(simple: Simple, name: string, sink: PartSink, within: readonly Part[], unwrap: Wrapped['unwrap']) {
    this.simple = simple;
    this.words = simple.words;
    this.name = looseName(name);
    this.sink = sink;
    this.within = within;
    this.unwrap = unwrap;
  }

  part(kind: Part['kind'], more: Partial<Part> = {}): Part {
    return { ...barePart(this.simple, this.within), kind, ...more };
  }

  /** It is one part, and runs nothing that is looked into. */
  emit(kind: Part['kind'], more: Partial<Part> = {}): void {
    this.sink.part(this.part(kind, more));
  }

  /** Words that are a command of their own. */
  inner(words: readonly Word[], outer: Part, more: Partial<Simple> = {}): void {
    const { folders, env } = this.simple;
    const raw = words.map((word) => word.raw).join(' ');
    this.unwrap({ words, env, folders, raw, ...more }, this.sink, [...this.within, outer]);
  }

  /** Words that a shell puts together again and reads. @param own how many words of the command come before */
  script(words: readonly Word[], shell: ShellName, kind: 'wrapper' | 'shift', own: number): void {
    const outer = this.part(kind, { own });
    this.sink.part(outer);
    const texts = words.map(textOf);
    if (texts.includes(undefined)) this.sink.unclear(t('It runs a text that is only known as it runs.'));
    else this.sink.script(texts.join(' '), shell, this.simple.folders, [...this.within, outer]);
  }

  /** It runs a file, the word at `at`: a rule must name it. */
  file(at: number): void {
    this.emit('shift', { reach: at, file: true });
    if (at < this.words.length && textOf(this.words[at]) === undefined)
      this.sink.unclear(t('It runs a file that is only known as it runs.'));
  }

  text(at: number): string | undefined {
    return textOf(this.words[at]);
  }
}

export function barePart({ words, env, folders, raw, input }: Simple, within: readonly Part[]): Omit<Part, 'kind'> {
  const outer = within.at(-1);
  const names = within.map(({ words: [name] }) => textOf(name) ?? '');
  const read = input === undefined ? {} : { input };
  return { words, env, folders, raw, ...read, within: names, ...(outer ? { outer } : {}) };
}
