// Which machine "this computer" is, where VS Code's window and its extensions run on two.
import { t } from '../protocol/l10n.ts';

const CONTAINER = t('in a container');
const PLACES: Record<string, string> = {
  'ssh-remote': t('over SSH'),
  wsl: t('in WSL'),
  'dev-container': CONTAINER,
  'attached-container': CONTAINER,
  codespaces: t('in a codespace'),
  tunnel: t('over a tunnel'),
};

/** @param remoteName as VS Code gives it. @returns '' on the person's own machine, and where nobody knows */
export function placeOf(remoteName: string | undefined): string {
  const place = PLACES[remoteName ?? ''];
  return place ? `, ${place}` : '';
}

/** Where a rebuild makes all files anew but those of volumes. */
export function isContainer(
  remoteName: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return PLACES[remoteName ?? ''] === CONTAINER || env.REMOTE_CONTAINERS === 'true';
}
