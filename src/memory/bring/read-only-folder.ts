// A foreign folder, opened to read and never to write; links are not followed, keys are never opened.
import { constants, type Dirent } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from '../../protocol/l10n.ts';

/** Refused at any depth, whatever asks: keys, and the inside of git repositories. */
const CLOSED = /^(?:providers|\.git|secrets?|auth\.json|\.env.*|credentials.*)$/i;

/** `closed`: its name says that it may hold keys. */
export type EntryKind = 'file' | 'folder' | 'link' | 'closed' | 'other';

export type ReadResult = { text: string } | { why: string };

export class ReadOnlyFolder {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** Names in a folder, sorted; empty when it is not there, is a link, or is closed. Git's own folder is not named. */
  async list(path: string): Promise<{ name: string; kind: EntryKind }[]> {
    if (!(await this.isPlain(path, 'folder'))) return [];
    try {
      const entries = await readdir(join(this.root, path), { withFileTypes: true });
      return entries
        .filter((entry) => entry.name !== '.git')
        .map((entry) => ({ name: entry.name, kind: CLOSED.test(entry.name) ? 'closed' : kindOf(entry) }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch {
      return [];
    }
  }

  /** @param max bytes */
  async read(path: string, max: number): Promise<ReadResult> {
    if (path.split('/').some((part) => part === '..' || CLOSED.test(part)))
      return { why: t('It is never read: it may hold keys.') };
    if (!(await this.isPlain(path, 'file'))) return { why: t('It is not there, or is a link or no file.') };
    try {
      // No-follow: between the look and the opening the file may have become a link.
      const file = await open(
        join(this.root, path),
        constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
      );
      try {
        const info = await file.stat();
        if (!info.isFile()) return { why: t('It is no file.') };
        if (info.size === 0) return { why: t('It is empty (0 bytes), as a kill leaves files.') };
        if (info.size > max) return { why: t('It is larger than {0} KB.', Math.round(max / 1024)) };
        return { text: new TextDecoder('utf-8', { fatal: true }).decode(await file.readFile()) };
      } finally {
        await file.close();
      }
    } catch (error) {
      return {
        why: error instanceof TypeError ? t('It is no UTF-8 text.') : t("It can't be read: {0}", messageOf(error)),
      };
    }
  }

  /** Whether every part of the path is what it should be, and none is a link. */
  private async isPlain(path: string, last: 'file' | 'folder'): Promise<boolean> {
    const parts = path === '' ? [] : path.split('/');
    let at = this.root;
    for (const [i, part] of parts.entries()) {
      if (part === '' || part === '.' || part === '..' || CLOSED.test(part)) return false;
      at = join(at, part);
      try {
        const info = await lstat(at);
        const isLast = i === parts.length - 1;
        if (isLast && last === 'file' ? !info.isFile() : !info.isDirectory()) return false;
      } catch {
        return false;
      }
    }
    return true;
  }
}

const kindOf = (entry: Dirent): EntryKind =>
  entry.isSymbolicLink() ? 'link' : entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
