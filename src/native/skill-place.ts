// Where skills of a scope are written.
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';
import type { WritableScope } from '../protocol/skill-views.ts';
import { SKILLS_FOLDER } from '../skills/save-skill.ts';

/** A folder of skills: `parts` below `base`, which is there. */
export interface SkillPlace {
  base: string;
  parts: readonly string[];
}

/**
 * For the project or the computer. Of several folders the person chooses one.
 * @returns undefined when they chose none
 * @throws Error where there is no folder that skills can be written to
 */
export async function placeOf(scope: Exclude<WritableScope, 'agent'>): Promise<SkillPlace | undefined> {
  if (scope === 'computer') {
    // Where links of the computer lead is the person's to say.
    const base = join(homedir(), ...SKILLS_FOLDER);
    await mkdir(base, { recursive: true });
    return { base, parts: [] };
  }
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const [first] = folders;
  if (!first) throw new Error(t('No folder is open: open one, or save the skill to the agent or to this computer.'));
  if (folders.length === 1) return { base: first.uri.fsPath, parts: SKILLS_FOLDER };
  const placeHolder = t('Which folder should have the skill?');
  const picked = await vscode.window.showWorkspaceFolderPick({ placeHolder, ignoreFocusOut: true });
  if (picked && picked.uri.scheme !== 'file')
    throw new Error(t('{0} lies on no computer that skills can be written to. Choose another folder.', picked.name));
  return picked && { base: picked.uri.fsPath, parts: SKILLS_FOLDER };
}
