// What the agent may not see of skills: `.lettaignore` says so, or a rule that refuses reading.
import * as vscode from 'vscode';
import * as settings from './native/settings.ts';
import { readWorkspaceRules } from './native/workspace-rules.ts';
import { hiddenBy } from './permissions/decide.ts';
import { joinRules, parseWorkspaceRules, RULE_FILES } from './permissions/workspace-settings.ts';
import type { Hidden } from './skills/find-skills.ts';

/** @param lettaignore by the folders of the workspace, symlinks resolved. @returns undefined: nothing is hidden */
export async function hiddenSkills(lettaignore: ReadonlyMap<string, readonly string[]>): Promise<Hidden | undefined> {
  const files = vscode.workspace.isTrusted ? await readWorkspaceRules(RULE_FILES, parseWorkspaceRules) : [];
  const { deny } = joinRules([settings.permissionRules(), ...files]);
  const isEmpty = [...lettaignore.values()].flat().every((line) => line.trim() === '');
  if (isEmpty && deny.length === 0) return undefined;
  return (path) => hiddenBy(path, { lettaignore, workspace: [...lettaignore.keys()], deny });
}
