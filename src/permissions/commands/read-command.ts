// A command line as the flat list of all that it would run and open, whatever it is wrapped in.
import { t } from '../../protocol/l10n.ts';
import { BashReader } from './bash.ts';
import { overlooksCommands } from './bash-check.ts';
import type { Simple, Sink } from './bash-nodes.ts';
import { Numbers } from './numbers.ts';
import { powerShellText, readPowerShell } from './powershell.ts';
import {
  type Assignment,
  type CommandLine,
  type Folders,
  type Part,
  type ShellName,
  type ShellParser,
  textOf,
  UNKNOWN_FOLDER,
  type Word,
} from './syntax.ts';
import { resolvePath } from './targets.ts';
import { unwrap } from './unwrap.ts';
import type { PartSink } from './wrapped.ts';

export interface ReadOptions {
  shell: ShellName;
  parser: ShellParser;
  /** Absolute path of the folder it is run in. */
  folder: string;
  /** Follows the symlinks of an absolute path as far as it exists; without it names are taken as they are. */
  realPath?: (path: string) => string;
}

/** Longer lines are nobody's commands. */
const LONGEST = 20_000;
const MOST_PARTS = 400;
/** Invisible and misleading characters, and those that a terminal would take for keys. */
const ODD = new RegExp(
  [
    String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00a0\u00ad\u1680\u180b-\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000]`,
    String.raw`[\u115f\u1160\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb\ue000-\uf8ff]`,
    String.raw`\u034f|[\u{e0000}-\u{10ffff}]`,
  ].join('|'),
  'u',
);

/** Reads a command line; never throws. Where it cannot tell what would run, `unclear` says why. */
export function readCommand(text: string, options: ReadOptions): CommandLine {
  const line: CommandLine = { text, parts: [], files: [] };
  const reading = new Reading(line, options);
  reading.read(text, options.shell, [options.folder], []);
  reading.checkNumbers();
  return line;
}

class Reading implements PartSink {
  private readonly line: CommandLine;
  private readonly options: ReadOptions;
  private readonly numbers = new Numbers();

  constructor(line: CommandLine, options: ReadOptions) {
    this.line = line;
    this.options = options;
  }

  read(text: string, shell: ShellName, folders: Folders, within: readonly Part[]): void {
    if (text.length > LONGEST) {
      this.unclear(t('It is too long to be read.'));
      return;
    }
    if (ODD.test(text)) {
      this.unclear(t('It holds invisible or control characters.'));
      return;
    }
    if (shell === 'bash') this.checkHistory(text);
    // PowerShell takes typographic dashes and quotes for plain ones; the grammar does not.
    else if (/[\u2010-\u2015\u2018-\u201f]/.test(text)) this.unclear(t('It holds typographic dashes or quotes.'));
    try {
      const source = shell === 'powershell' ? powerShellText(text) : text;
      const root = this.options.parser.parse(shell, source);
      if (root.hasError) this.unclear(t('It cannot be parsed.'));
      else if (shell === 'bash' && overlooksCommands(text, root)) this.unclear(t('It cannot be parsed in full.'));
      const sink = this.sinkWithin(within);
      if (shell === 'bash') new BashReader(sink, this.numbers).read(root, folders);
      else readPowerShell(root, folders, sink);
    } catch (error) {
      this.unclear(t('It could not be read ({0}).', error instanceof Error ? error.message : String(error)));
    }
  }

  checkNumbers(): void {
    const name = this.numbers.mixed();
    if (name !== undefined) this.unclear(t('It counts with {0}, which may be no number.', name));
  }

  private sinkWithin(within: readonly Part[]): Sink {
    return {
      command: (simple: Simple) => unwrap(simple, this, within),
      file: (kind, target, folders) => void this.line.files.push({ kind, target, folders }),
      assigned: (assignment, folders) => this.assigned(assignment, folders),
      moved: (folders, target) => this.moved(folders, target),
      unclear: (reason) => this.unclear(reason),
    };
  }

  part(part: Part): void {
    if (this.line.parts.length >= MOST_PARTS) {
      this.unclear(t('It runs too many commands.'));
      return;
    }
    this.line.parts.push(part);
  }

  script(text: string, shell: ShellName, folders: Folders, within: readonly Part[]): void {
    if (within.length > 8) {
      this.unclear(t('It wraps commands too deeply.'));
      return;
    }
    this.read(text, shell, folders, within);
  }

  unclear(reason: string): void {
    this.line.unclear ??= reason;
  }

  moved(folders: Folders, target: Word | undefined): Folders {
    const path = textOf(target);
    if (path === undefined || target?.glob) return [UNKNOWN_FOLDER];
    return folders.map((folder) => resolvePath(folder, path, this.options.realPath));
  }

  private assigned(assignment: Assignment, folders: Folders): void {
    this.part({ words: [], env: [assignment], folders, raw: assignment.name, kind: 'program', within: [] });
  }

  /** Where people type, `!rm` and `^a^b` bring back earlier commands. */
  private checkHistory(text: string): void {
    const open = text.replace(/'[^']*'|\\./g, '');
    if (/^\s*\^/.test(open) || /(?<![$[#])![^\s="'()]/.test(open.replace(/\$\{!/g, '')))
      this.unclear(t('It may bring back earlier commands (!…).'));
    // A line that goes on in the middle of a word: the grammar makes two words of it.
    if (/\S\\\n\S/.test(text)) this.unclear(t('It breaks a line within a word.'));
    // What stands in an index is counted, and what is counted may run.
    if (/\w\[[^\]\n]*(?:\$\(|`)/.test(text)) this.unclear(t('It holds a command in an index.'));
  }
}
