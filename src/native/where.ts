// Which machine "this computer" is, where VS Code's window and its extensions run on two.

const PLACES: Record<string, string> = {
  'ssh-remote': 'over SSH',
  wsl: 'in WSL',
  'dev-container': 'in a container',
  'attached-container': 'in a container',
  codespaces: 'in a codespace',
  tunnel: 'over a tunnel',
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
  return PLACES[remoteName ?? ''] === 'in a container' || env.REMOTE_CONTAINERS === 'true';
}
