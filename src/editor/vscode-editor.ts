// The editor as VS Code gives it: puts the parts beside it together.
import * as vscode from 'vscode';
import type { Editor } from './editor.ts';
import {
  listFolder,
  listOpenFiles,
  loadDocument,
  openDocument,
  readText,
  uriOf,
  workspaceFolders,
} from './vscode-documents.ts';
import { applyChanges, newFileStyle } from './vscode-edits.ts';
import { isChecked, listProblems, settle } from './vscode-problems.ts';
import { PROPOSAL_SCHEME, Proposals } from './vscode-proposal.ts';

/** The editor of this window. Disposing closes the proposals that are still shown. */
export function createVsCodeEditor(): Editor & { dispose(): Promise<void> } {
  const proposals = new Proposals();
  return {
    folders: workspaceFolders,
    openFiles: () => listOpenFiles(PROPOSAL_SCHEME),
    read: readText,
    readUntitled: (name) => {
      const found = vscode.workspace.textDocuments.find(
        ({ uri, isUntitled }) => isUntitled && uri.toString(true) === name,
      );
      return found?.getText() ?? null;
    },
    open: async (path) => {
      const loaded = await loadDocument(path);
      if (loaded === null) return null;
      const { document, mixed } = loaded;
      const text = { text: document.getText(), dirty: document.isDirty };
      if (!mixed) return text;
      return { ...text, note: 'The file mixed line endings; VS Code unifies them when it saves.' };
    },
    list: listFolder,
    newFileStyle,
    problems: (path) => listProblems(path === undefined ? undefined : uriOf(path)),
    check: async (path, signal) => {
      const known = openDocument(path);
      if (known !== undefined) return settle(false, signal);
      const loaded = await loadDocument(path);
      return loaded === null ? true : settle(isChecked(loaded.document), signal);
    },
    apply: applyChanges,
    showProposal: ({ targets }, title) => proposals.show(targets, title),
    dispose: () => proposals.dispose(),
  };
}
