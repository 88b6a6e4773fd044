// Tells when skills may be others than they were.
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { COMPUTER_ROOTS } from '../skills/find-skills.ts';
import { watchFiles } from './watch-files.ts';
import { RULES_GLOB } from './workspace-rules.ts';

/** A folder that appears with its files in it fires one event, for the folder: so the whole tree is watched. */
const PROJECT = ['**/.agents/**', '**/.skills/**', '**/.github/skills/**', '**/.claude/skills/**'];
/** Which of them the agent may see. */
const HIDING = ['**/.lettaignore', RULES_GLOB];

export interface SkillWatch {
  /** The agent's own, whose files its home keeps. */
  own: string;
  isOwn(path: string): boolean;
  /** Others of the agent; absolute. */
  brought: string;
  /** `own`: files of the agent's own were touched. */
  changed(own: boolean): void;
  focused(): void;
}

/** @returns what ends the watching */
export function watchSkills({ own, isOwn, brought, changed, focused }: SkillWatch): vscode.Disposable[] {
  const at = (path: string) => new vscode.RelativePattern(vscode.Uri.file(path), '**');
  const others = () => changed(false);
  return [
    ...[...PROJECT, ...HIDING].flatMap((glob) => watchFiles(glob, others)),
    ...COMPUTER_ROOTS.flatMap((part) => watchFiles(at(join(homedir(), part)), others)),
    ...watchFiles(at(own), () => changed(true)),
    ...watchFiles(at(brought), others),
    vscode.workspace.onDidChangeWorkspaceFolders(others),
    vscode.workspace.onDidGrantWorkspaceTrust(others),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('letta.permissions')) others();
    }),
    // A folder outside of the workspace that has just been made is watched late, and links lead elsewhere.
    vscode.workspace.onDidSaveTextDocument(({ uri }) => {
      if (isOwn(uri.fsPath)) changed(true);
      else if (basename(uri.fsPath).toLowerCase() === 'skill.md') changed(false);
    }),
    // Where folders cannot be watched, and for what other computers did.
    vscode.window.onDidChangeWindowState((state) => {
      if (state.focused) focused();
    }),
  ];
}
