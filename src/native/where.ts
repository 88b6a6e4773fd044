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

/**
 * Whether a folder goes with the container.
 * @param mountinfo `/proc/self/mountinfo`
 * @param folder absolute, symlinks resolved; it need not exist
 */
export function goesWithContainer(mountinfo: string, folder: string): boolean {
  const mounts = mountinfo.split('\n').flatMap((line) => {
    // 36 35 98:0 /root /mount/point options - type source options
    const [before = '', after = ''] = line.split(' - ');
    const point = before.split(' ')[4];
    const [type = ''] = after.split(' ');
    return point === undefined ? [] : [{ point: point.replace(/\\040/g, ' '), type }];
  });
  const holds = ({ point }: { point: string }) => point === '/' || folder === point || folder.startsWith(`${point}/`);
  // Of two at one place the later one counts.
  const [holder] = mounts
    .filter(holds)
    .reverse()
    .sort((a, b) => b.point.length - a.point.length);
  if (!holder) return false;
  return holder.point === '/' || holder.type === 'overlay' || holder.type === 'tmpfs';
}
