// Memory in a container that is rebuilt: said before anything is written. Loaded in containers only.
import { readFile, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';
import { goesWithContainer } from './mounts.ts';

/** In what goes with the container as well: after a rebuild it is asked again. */
const ACCEPTED = 'letta.container.accepted';
const FOLDER = t('Choose Folder…');
const SERVER = t('Use a Letta Server…');
const KEEP = t('Keep It Here');

/**
 * @param dataDir where the embedded home would lie
 * @throws Error where the person wants it elsewhere: nothing is to be written here
 */
export async function warnOfRebuild(state: vscode.Memento, dataDir: string): Promise<void> {
  if (state.get(ACCEPTED) === dataDir || !(await isLost(dataDir))) return;
  const detail = t(
    '{0} is part of the container and on no volume. Put it on a volume, keep the agent on a Letta server, or run “Letta: Export Agent…” before every rebuild.',
    dataDir,
  );
  const answer = await vscode.window.showWarningMessage(
    t('A rebuild of this container deletes the agent’s memory.'),
    { modal: true, detail },
    FOLDER,
    SERVER,
    KEEP,
  );
  if (answer === KEEP) await state.update(ACCEPTED, dataDir);
  if (answer === SERVER) void vscode.commands.executeCommand('letta.selectHome');
  if (answer === FOLDER) void chooseFolder();
  if (answer === SERVER || answer === FOLDER)
    throw new Error(t('Choose where the agent’s memory lives, then try again.'));
}

/** A change of the setting opens the home anew. */
async function chooseFolder(): Promise<void> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: t('A Folder on a Volume'),
      openLabel: t('Keep Memory Here'),
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  if (!folder) return;
  const settings = vscode.workspace.getConfiguration('letta.embedded');
  await settings.update('dataDir', folder.fsPath, vscode.ConfigurationTarget.Global);
}

async function isLost(dataDir: string): Promise<boolean> {
  try {
    return goesWithContainer(await readFile('/proc/self/mountinfo', 'utf8'), await realOf(dataDir));
  } catch {
    // No Linux: no such container.
    return false;
  }
}

/** Of what there is of a path. */
async function realOf(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  if (real !== undefined || dirname(path) === path) return real ?? path;
  return realOf(dirname(path));
}
