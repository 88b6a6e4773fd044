// Which machine holds the memory, and whether a rebuild of a container takes it along.
import { expect, test } from 'vitest';
import { goesWithContainer } from '../../../src/native/mounts.ts';
import { isContainer, placeOf } from '../../../src/native/where.ts';

const ROOT = '1 0 0:30 / / rw,relatime - overlay overlay rw,lowerdir=/a';
const mounts = (...more: string[]) => [ROOT, '2 1 0:31 / /proc rw - proc proc rw', ...more].join('\n');

test('a place is named where there are two machines', () => {
  expect(placeOf(undefined)).toBe('');
  expect(placeOf('something-new')).toBe('');
  expect(placeOf('ssh-remote')).toBe(', over SSH');
  expect(placeOf('wsl')).toBe(', in WSL');
  expect(placeOf('dev-container')).toBe(', in a container');
});

test('a container is known by VS Code or by what it sets', () => {
  expect(isContainer('attached-container', {})).toBe(true);
  expect(isContainer('codespaces', { REMOTE_CONTAINERS: 'true' })).toBe(true);
  expect(isContainer('ssh-remote', {})).toBe(false);
});

test('what lies on the container’s own layers goes with it', () => {
  expect(goesWithContainer(mounts(), '/home/node/.letta/vscode')).toBe(true);
  expect(goesWithContainer(mounts('3 1 0:40 / /home rw - tmpfs tmpfs rw'), '/home/node/.letta')).toBe(true);
});

test('a volume, or a folder of the host, stays', () => {
  const volume = '4 1 8:1 /volumes/x /home/node/.letta rw - ext4 /dev/sda1 rw';
  expect(goesWithContainer(mounts(volume), '/home/node/.letta/vscode')).toBe(false);
  expect(goesWithContainer(mounts(volume), '/home/node/.lettas')).toBe(true);
  expect(goesWithContainer(mounts('5 1 0:50 / /mnt/my\\040disk rw - 9p host rw'), '/mnt/my disk/letta')).toBe(false);
});

test('of two mounts at one place the later one counts', () => {
  const [layer, volume] = ['6 1 0:60 / /data rw - tmpfs tmpfs rw', '7 6 8:2 / /data rw - ext4 /dev/sdb rw'];
  expect(goesWithContainer(mounts(layer, volume), '/data/letta')).toBe(false);
  expect(goesWithContainer(mounts(volume, layer), '/data/letta')).toBe(true);
});

test('nothing is said where nothing is known', () => {
  expect(goesWithContainer('', '/home/node')).toBe(false);
  expect(goesWithContainer('not a mount\n - ', '/home/node')).toBe(false);
});
