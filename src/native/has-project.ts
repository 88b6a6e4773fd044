// Whether the window has a folder of this computer open, which skills of a project can be written to.
import * as vscode from 'vscode';

export const hasProject = (): boolean =>
  vscode.workspace.workspaceFolders?.some(({ uri }) => uri.scheme === 'file') === true;
