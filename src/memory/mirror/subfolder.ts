// Which subfolder of the setting's folder is an agent's: readable, and the same after the agent is renamed.
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';

/** Need not be there yet. */
export async function subfolderOf(folder: string, agent: { id: string; name: string }): Promise<string> {
  const end = `-${createHash('sha256').update(agent.id).digest('hex').slice(0, 8)}`;
  const there = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const known = there.find((entry) => entry.isDirectory() && entry.name.endsWith(end));
  const start = agent.name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return join(folder, known?.name ?? `${start || 'agent'}${end}`);
}

/** Whether a path is the folder or lies in it. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}
