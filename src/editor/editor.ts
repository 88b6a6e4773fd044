// The door to the editor's documents as the tools see it: no type of VS Code crosses it.

/** A workspace folder on disk. `path`: as VS Code spells it; `real`: with symlinks resolved. Both absolute. */
export interface Folder {
  name: string;
  path: string;
  real: string;
}

/** Lines and columns count from 1. */
export interface TextRange {
  startLine: number;
  startColumn: number;
  endLine: number;
  endColumn: number;
}

/** One tab with a text document. */
export interface OpenFile {
  /** As a tool takes it: relative to the workspace where it is inside, `untitled:NAME`, else a URI or absolute path. */
  name: string;
  /** Absolute, symlinks resolved; null where it is no file on disk. */
  path: string | null;
  language: string;
  /** The editor holds changes that are not on disk. */
  dirty: boolean;
  /** It has the keyboard, or would have if the focus went back to the editors. */
  active: boolean;
  /** Number of the editor group, from 1. */
  group: number;
  /** What is on the screen; empty where the tab is behind another. Both ends inclusive. */
  visible: { startLine: number; endLine: number }[];
  /** Non-empty selections. */
  selections: TextRange[];
}

/** The text of a file, without its byte order mark. */
export interface FileText {
  text: string;
  /** It holds changes that are not on disk. */
  dirty: boolean;
  /** Said to the model where it matters, e.g. mixed line endings that a save will unify. */
  note?: string;
}

export interface DirectoryEntry {
  name: string;
  kind: 'file' | 'directory' | 'other';
}

export const severities = ['error', 'warning', 'info', 'hint'] as const;
export type Severity = (typeof severities)[number];

/** A diagnostic. `file`: as a tool takes it; `line` and `column` count from 1. */
export interface Problem {
  file: string;
  path: string;
  line: number;
  column: number;
  severity: Severity;
  source?: string;
  code?: string;
  message: string;
  /** Places that have to do with it. */
  related?: { file: string; path: string; line: number; column: number; message: string }[];
}

/** What a change did to the problems of the workspace. `settled`: false when language servers were still busy. */
export interface ProblemDelta {
  added: Problem[];
  removed: Problem[];
  settled: boolean;
}

/** One file a call changes. `before`/`after`: its whole text; null where the file does not exist. */
export interface FileChange {
  /** Absolute, symlinks resolved. */
  path: string;
  before: string | null;
  after: string | null;
  /** It was moved here from that path; what was there is a change of its own, with nothing after it. */
  from?: string;
  /** No text, but a folder, a link, or a file that is binary or too large: the texts are lines that stand for it (`content.ts`). */
  opaque?: true;
  /** A folder with so many entries that they are no changes of their own; its line stands for all of it (`whole-folder.ts`). */
  whole?: { entries: number };
}

export interface AppliedFile {
  path: string;
  /**
   * `saved`: it was clean and is on disk. `dirty`: it had unsaved changes, and still has. `unsaved`: saving failed.
   * `deleted`: it is gone.
   */
  state: 'saved' | 'dirty' | 'unsaved' | 'deleted';
  created: boolean;
  /** The text as it stands now: differs from `after` where saving formatted it. Null when deleted, or when it is no text. */
  text: string | null;
  /** Where a copy of what was deleted is kept; absent where it went to the trash. */
  kept?: string;
  /** Of what was deleted without a trash: files that no copy holds, because they are larger than 1 MB. Absolute. */
  lost?: readonly string[];
}

export interface Applied {
  files: AppliedFile[];
  /** Files that extensions changed because of it, e.g. imports of what was moved. */
  also?: string[];
  problems: ProblemDelta;
}

/** A change shown in the diff editor until it is disposed. */
export interface Proposal {
  /** Opens it, or brings it to the front again, with the focus. */
  show(): Promise<void>;
  /** The changes as they stand there: the person may have changed what they would come to. */
  stands(): FileChange[];
  /** Called, a moment after, when the person has changed it. */
  onEdited(listener: () => void): void;
  /** Closes its tab. */
  dispose(): Promise<void>;
}

export type EditorErrorReason =
  | 'no-folder'
  | 'outside'
  | 'bad-path'
  | 'missing'
  | 'directory'
  | 'not-a-file'
  | 'binary'
  | 'too-large'
  | 'changed'
  | 'exists'
  | 'read-only'
  | 'unsupported'
  | 'rejected'
  | 'io';

/** Why the editor would not do it; the message is written for the model and says what to do instead. */
export class EditorError extends Error {
  override name = 'EditorError';
  readonly reason: EditorErrorReason;
  constructor(reason: EditorErrorReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Largest file whose text is read or edited, in bytes: decoding more blocks the extension host noticeably. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** A change that a language server offers for a place. */
export interface CodeFix {
  title: string;
  /** Why it cannot be taken; absent where it can. */
  refused?: string;
  changes: FileChange[];
}

/** What language servers would change, as whole texts; nothing is applied here. Lines and columns count from 1. */
export interface LanguageEdits {
  /** Renames the symbol at a place wherever it is used. */
  rename(path: string, at: { line: number; column: number }, newName: string): Promise<FileChange[]>;
  /** Quick fixes for the problems of a line. */
  fixes(path: string, line: number): Promise<CodeFix[]>;
  organizeImports(path: string): Promise<FileChange[]>;
  /** Empty where nothing is to be formatted, or nobody formats such files. */
  format(path: string): Promise<FileChange[]>;
  /** What imports need where a file or folder is to be moved, as changes of texts before that. Empty where nobody knows. */
  imports(from: string, to: string): Promise<FileChange[]>;
}

/**
 * All that tools do to documents. Paths are absolute with symlinks resolved, as `resolvePath` gives them.
 * Every method that can fail throws `EditorError`.
 */
export interface Editor {
  /** Folders on disk, in the window's order; empty when none is open. */
  folders(): Folder[];
  openFiles(): OpenFile[];
  /** The unsaved text where the editor has it, else the text on disk; null where there is no file. */
  read(path: string): Promise<FileText | null>;
  /** Text of an open document that is on no disk, by its name in `openFiles`; null where none is open. */
  readUntitled(name: string): string | null;
  /** The text as the editor would edit it (line endings unified); opens the document. Null where there is no file. */
  open(path: string): Promise<FileText | null>;
  /** Names in a folder, folders first; at most `limit` of `total`. */
  list(path: string, limit: number): Promise<{ entries: DirectoryEntry[]; total: number }>;
  /** Line ending and final newline that a new file gets here by the person's settings. */
  newFileStyle(path: string): { eol: '\n' | '\r\n'; finalNewline: boolean };
  /** Changes that language servers work out. */
  language: LanguageEdits;
  /** What language servers said last, in all files. */
  problems(): Problem[];
  /** What they say of one file, once they are quiet; `settled` is false when they were not in time. */
  check(path: string, signal: AbortSignal): Promise<{ problems: Problem[]; settled: boolean }>;
  /**
   * Applies the changes as one undoable edit and waits for language servers. Refused with reason `changed`, and nothing
   * done, when any file no longer equals its `before`.
   */
  apply(changes: FileChange[], signal: AbortSignal): Promise<Applied>;
  /** Shows the changes in the diff editor, which becomes the active editor. */
  showProposal(plan: { targets: FileChange[] }, title: string): Promise<Proposal>;
}
