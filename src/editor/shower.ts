// What tools show to the person in the editor: a place in a file, or how a file differs from what it was.

/** Lines count from 1, both inclusive. */
export interface ShownLines {
  startLine: number;
  endLine: number;
}

/** With what a file is compared: its last saved text, or git's last commit. */
export const comparisons = ['saved', 'head'] as const;
export type Comparison = (typeof comparisons)[number];

/** Paths are absolute with symlinks resolved. Every method throws `EditorError`. */
export interface Shower {
  /**
   * Opens the file at these lines, as a person would find them.
   * @param focus the keyboard goes there
   * @returns how many lines the file has, and which are shown
   */
  reveal(path: string, lines: ShownLines | undefined, focus: boolean): Promise<{ lines: number; shown?: ShownLines }>;
  /** Opens VS Code's diff editor. @returns false when there is no difference to show */
  compare(path: string, display: string, against: Comparison, focus: boolean): Promise<boolean>;
}
