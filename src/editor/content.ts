// What stands at a path, in a form that can be kept, compared and shown: a text, or a line that stands for what is no text.
import { lstat, readlink } from 'node:fs/promises';
import { EditorError, type FileText } from './editor.ts';
import { errorCode } from './paths.ts';
import { wholeFolder } from './whole-folder.ts';

export interface Content {
  text: string;
  /** The text is a line that stands for a folder, a link, or a file that is binary or too large. */
  opaque: boolean;
  /** The editor holds changes of it that are not on disk. */
  dirty: boolean;
}

export const FOLDER = 'Folder';

type ReadFile = (path: string) => Promise<FileText | null>;

/**
 * What is there, without following a link at the end of the path; null where nothing is.
 * @throws EditorError `io` where it cannot be read
 */
export async function contentOf(path: string, read: ReadFile): Promise<Content | null> {
  const stats = await lstat(path).catch((error: unknown) => {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new EditorError('io', `${path} can't be looked at (${code}).`);
  });
  if (stats === null) return null;
  if (stats.isDirectory()) return { text: FOLDER, opaque: true, dirty: false };
  if (stats.isSymbolicLink()) return { text: `Symbolic link to ${await readlink(path)}`, opaque: true, dirty: false };
  if (!stats.isFile()) return { text: 'Special file', opaque: true, dirty: false };
  const stamp = (kind: string): Content => {
    // A move keeps size and date, so the line says the same of both ends.
    return {
      text: `${kind}, ${stats.size} bytes, of ${new Date(stats.mtimeMs).toISOString()}`,
      opaque: true,
      dirty: false,
    };
  };
  try {
    const file = await read(path);
    return file === null ? null : { text: file.text, opaque: false, dirty: file.dirty };
  } catch (error) {
    if (!(error instanceof EditorError)) throw error;
    if (error.reason === 'binary') return stamp('Binary file');
    if (error.reason === 'too-large') return stamp('Large file');
    throw error;
  }
}

/**
 * The content alone: for comparing with what a plan or an intent noted.
 * @param whole a folder stands for all that is in it
 * @throws EditorError `io`, `too-large`
 */
export async function standingText(path: string, read: ReadFile, whole = false): Promise<string | null> {
  const content = await contentOf(path, read);
  return whole && isFolder(content) ? (await wholeFolder(path, path)).text : (content?.text ?? null);
}

export const isFolder = (content: Content | null): boolean => content?.opaque === true && content.text === FOLDER;
