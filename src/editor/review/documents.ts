// What a review asks of the editor.
import type { FileChange } from '../editor.ts';

/** A file to be put back. `bytes`: of a file that the agent has deleted, where they are known. */
export interface Restored extends FileChange {
  bytes?: Uint8Array;
}

/** A file as it was before the person took something back, and as it is since. */
export interface Undone {
  path: string;
  was: string | null;
  is: string | null;
}

/** The documents of the editor, as a review needs them. Texts have one kind of line endings each. */
export interface ReviewDocuments {
  /** The text as it stands in the editor; null where there is no file. @throws EditorError */
  read(path: string): Promise<string | null>;
  /** Whether anything is there, a file or a folder. */
  exists(path: string): Promise<boolean>;
  /** Files whose text in this window is not saved. */
  unsaved(): ReadonlySet<string>;
  /** What is on disk; null where there is no file. */
  bytes(path: string): Promise<Uint8Array | null>;
  /** As one edit that can be undone; a clean document is saved. @throws EditorError, which names what is not as it was */
  apply(changes: Restored[]): Promise<void>;
}
