// The ports that processes listen on. Linux only; elsewhere none is seen.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const LISTEN = '0A';

function listening(): Map<string, string> {
  const found = new Map<string, string>();
  for (const table of ['tcp', 'tcp6']) {
    for (const line of readFileSync(`/proc/net/${table}`, 'utf8').trim().split('\n').slice(1)) {
      const [, address = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      if (state === LISTEN) found.set(inode, address);
    }
  }
  return found;
}

/** Local addresses (hexadecimal) of the TCP ports that these processes have opened. */
export function portsOf(pids: number[]): string[] {
  if (process.platform !== 'linux') return [];
  const all = listening();
  return pids.flatMap((pid) => {
    let entries: string[];
    try {
      entries = readdirSync(`/proc/${pid}/fd`);
    } catch {
      return []; // Gone meanwhile.
    }
    return entries.flatMap((entry) => {
      try {
        const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${entry}`))?.[1];
        const address = inode ? all.get(inode) : undefined;
        return address ? [address] : [];
      } catch {
        return [];
      }
    });
  });
}
