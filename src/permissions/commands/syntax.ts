// What a command line is read with and read into: the parser's tree, and the flat list of all that would run.

/** A node of the parser's tree (`web-tree-sitter` fits). Offsets count UTF-16 units of the parsed text. */
export interface SyntaxNode {
  readonly type: string;
  readonly text: string;
  readonly isNamed: boolean;
  /** Of the root: the text, or a part of it, could not be parsed. */
  readonly hasError: boolean;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly children: readonly SyntaxNode[];
}

export type ShellName = 'bash' | 'powershell';

/** Prepared once, outside of this room. */
export interface ShellParser {
  /** @throws whatever a broken parser throws: then the command is asked about */
  parse(shell: ShellName, text: string): SyntaxNode;
}

/** One word that a program gets. */
export interface Word {
  /** What it is, or may be (a loop's values); absent where only running it tells. */
  values?: readonly string[];
  /** As it was written. */
  raw: string;
  /** It holds unquoted wildcards: it may become other words, and several. */
  glob: boolean;
  /** Computed, but only by commands of the line itself, which are judged: it holds nothing from elsewhere. */
  made?: true;
  /** It stands for any file below what it names. */
  below?: true;
}

export interface Assignment {
  name: string;
  value: Word;
}

/** Folders that a command may be run in: absolute, or UNKNOWN_FOLDER. More than one where a `cd` may have failed. */
export type Folders = readonly string[];
export const UNKNOWN_FOLDER = '\0unknown';

/** Before a text that the shell changes before a program gets it. */
export const UNREAD = '\0';

/** A program with its words. */
export interface Part {
  /** The name comes first. Without values: the name is computed. */
  words: readonly Word[];
  env: readonly Assignment[];
  folders: Folders;
  /** As it was written. */
  raw: string;
  /** What a here-document or here-string gives it to read; behind UNREAD where it is only known as it runs. */
  input?: string;
  /**
   * `program`: nothing of it runs another program that we know of. `wrapper`: what it runs are parts of their own. `shift`: a
   * wrapper that also changes who or where it is run (sudo, ssh): it takes a rule of its own beside theirs. `code`: it runs a
   * text in a language that is not read here.
   */
  kind: 'program' | 'wrapper' | 'shift' | 'code';
  /** Names of the wrappers that run it, outermost first, and the innermost itself. */
  within: readonly string[];
  outer?: Part;
  /** Of a wrapper with a text for a shell: how many words are its own. */
  own?: number;
  /** It runs a script in a file, the word at `reach`: a rule must name that. */
  file?: true;
  /** Of a wrapper: where in its words that begins which it runs. */
  reach?: number;
  /** The words without the program's own options before its subcommand (`git --no-pager log` is `git log`). */
  plain?: readonly Word[];
}

/** A file that a redirection opens. */
export interface FileUse {
  kind: 'read' | 'write';
  target: Word;
  folders: Folders;
}

/** All that a command line would run and open. */
export interface CommandLine {
  text: string;
  parts: Part[];
  files: FileUse[];
  /** Why it cannot be told what this runs; then it is asked about in every mode. */
  unclear?: string;
}

/** The word, where it is known and only one. */
export function textOf(word: Word | undefined): string | undefined {
  return word?.values?.length === 1 ? word.values[0] : undefined;
}

export function literal(text: string): Word {
  return { values: [text], raw: text, glob: false };
}

/** A word that nobody knows before it is run. */
export function computed(raw: string): Word {
  return { raw, glob: false };
}
