// What the tools that look need, as VS Code gives it; each part is loaded when it is used first.
import * as vscode from 'vscode';
import type { Git } from './git.ts';
import type { Languages } from './language.ts';
import { openSearch } from './open-search.ts';
import { displayPath } from './paths.ts';
import { RecentEdits } from './recent-edits.ts';
import type { UnsavedText } from './search.ts';
import type { See } from './see.ts';
import { realOf, workspaceFolders } from './vscode-documents.ts';

export interface SeeParts {
  /** VS Code's ripgrep, or `rg`. */
  ripgrep(): string;
  git: Git['run'];
}

/** Begins to note which files are edited. */
export class VsCodeSee implements See, vscode.Disposable {
  readonly search: See['search'];
  readonly languages: Languages = lazyLanguages();
  readonly git: Git;
  readonly edits = new RecentEdits();
  private readonly subscription: vscode.Disposable;

  constructor({ ripgrep, git }: SeeParts) {
    this.search = openSearch(ripgrep);
    this.git = { trusted: () => vscode.workspace.isTrusted, run: git };
    this.subscription = vscode.workspace.onDidChangeTextDocument(({ document }) => {
      // One that stays clean has only caught up with the disk. That it has become dirty is an event of its own, without changes.
      if (document.uri.scheme === 'file' && document.isDirty) this.edits.changed(realOf(document.uri.fsPath));
    });
  }

  unsaved(): UnsavedText[] {
    const folders = workspaceFolders();
    return vscode.workspace.textDocuments.flatMap((document): UnsavedText[] => {
      const { uri, isUntitled, isDirty } = document;
      if (isUntitled) return [{ name: uri.toString(true), path: null, text: document.getText() }];
      if (!isDirty || uri.scheme !== 'file') return [];
      const path = realOf(uri.fsPath);
      return [{ name: displayPath(path, folders), path, text: document.getText() }];
    });
  }

  async unsavedNotebook(path: string): ReturnType<See['unsavedNotebook']> {
    const { unsavedNotebook } = await import('./vscode-notebook.ts');
    return unsavedNotebook(path);
  }

  recentEdits(): ReturnType<See['recentEdits']> {
    return this.edits.list();
  }

  dispose(): void {
    this.subscription.dispose();
  }
}

function lazyLanguages(): Languages {
  let opened: Promise<Languages> | undefined;
  const open = (): Promise<Languages> =>
    (opened ??= import('./vscode-languages.ts').then(({ VsCodeLanguages }) => new VsCodeLanguages()));
  return {
    symbols: async (...given) => (await open()).symbols(...given),
    workspaceSymbols: async (...given) => (await open()).workspaceSymbols(...given),
    places: async (...given) => (await open()).places(...given),
    hover: async (...given) => (await open()).hover(...given),
    calls: async (...given) => (await open()).calls(...given),
    fixes: async (...given) => (await open()).fixes(...given),
  };
}
