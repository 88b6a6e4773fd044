// What a container's rebuild takes along. Apart, because it is needed in containers only.

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
