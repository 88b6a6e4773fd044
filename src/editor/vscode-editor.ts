// The editor as VS Code gives it: puts the parts beside it together.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { DeletedFiles } from './deleted-files.ts';
import type { Editor, Problem } from './editor.ts';
import { shownAsDiffs, withShown } from './operations.ts';
import {
  documentText,
  listFolder,
  listOpenFiles,
  loadDocument,
  readText,
  uriOf,
  workspaceFolders,
} from './vscode-documents.ts';
import { applyChanges, newFileStyle } from './vscode-edits.ts';
import { languageEdits } from './vscode-language.ts';
import { refuseUnwritable } from './vscode-prepare.ts';
import { isChecked, listProblems, settle } from './vscode-problems.ts';
import { Proposals } from './vscode-proposal.ts';
import { PROPOSAL_SCHEME } from './vscode-proposal-texts.ts';
import { Tabs } from './vscode-tabs.ts';

/**
 * The editor of this window. Disposing closes the proposals that are still shown.
 * @param deletedFolder where copies of deleted files are kept on computers without a trash; absolute
 */
export function createVsCodeEditor(
  deletedFolder = join(tmpdir(), 'letta-deleted'),
): Editor & { dispose(): Promise<void> } {
  const tabs = new Tabs();
  const proposals = new Proposals(tabs);
  const deleted = new DeletedFiles(deletedFolder);
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
      await refuseUnwritable(path);
      const { document, mixed } = loaded;
      const text = documentText(document);
      if (!mixed) return text;
      return { ...text, note: 'The file mixed line endings; VS Code unifies them when it saves.' };
    },
    list: listFolder,
    newFileStyle,
    language: languageEdits(tabs),
    problems: () => listProblems(),
    check: (path, signal) => check(tabs, path, signal),
    apply: (changes, signal) => applyChanges({ tabs, proposals, deleted }, changes, signal),
    showProposal: async ({ targets }, title) => {
      const proposal = await proposals.show(shownAsDiffs(targets), title);
      return { ...proposal, stands: () => withShown(targets, proposal.stands()) };
    },
    dispose: async () => {
      tabs.dispose();
      await proposals.dispose();
    },
  };
}

/** Looks at a file through the language servers; one that is in no tab gets one behind the others for as long as that takes. */
async function check(
  tabs: Tabs,
  path: string,
  signal: AbortSignal,
): Promise<{ problems: Problem[]; settled: boolean }> {
  const uri = uriOf(path);
  const known = tabs.isKnown(uri);
  const loaded = await loadDocument(path);
  if (loaded === null) return { problems: listProblems(uri), settled: true };
  const opened = !known && isChecked(loaded.document) && (await tabs.open(uri, false));
  try {
    const settled = await settle(Promise.resolve(known ? [] : [loaded.document]), signal);
    return { problems: listProblems(uri), settled };
  } finally {
    if (opened) await tabs.closeUnused(uri);
  }
}
