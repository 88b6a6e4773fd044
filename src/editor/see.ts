// All that the tools that look need beside the editor itself.
import type { Git } from './git.ts';
import type { Languages } from './language.ts';
import type { Notebook } from './notebook.ts';
import type { RecentEdit } from './recent-edits.ts';
import type { Search, UnsavedText } from './search.ts';

export interface See {
  search: Search;
  languages: Languages;
  git: Git;
  /** Documents with text that is on no disk. */
  unsaved(): UnsavedText[];
  /** A notebook that is open with unsaved changes, by its absolute path. */
  unsavedNotebook(path: string): Promise<Notebook | undefined>;
  /** Newest first. */
  recentEdits(): RecentEdit[];
}
