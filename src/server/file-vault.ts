// Providers' keys in a file that only the person may read, for servers that no editor keeps secrets for.
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Vault } from './models/providers.ts';

export function fileVault(path: string): Vault {
  return {
    read: async () => {
      try {
        return await readFile(path, 'utf8');
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
    },
    write: async (secret) => {
      const next = `${path}.${process.pid}.new`;
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      // On disk before it takes the other's place: a power cut must not leave an empty file there.
      await writeFile(next, secret, { mode: 0o600, flush: true });
      await chmod(next, 0o600);
      await rename(next, path);
    },
  };
}
