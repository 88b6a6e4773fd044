// What is said of checkpoints, and of files as they were.
import type { Skipped, SkippedWhy } from './restore.ts';

const SKIPPED: Record<SkippedWhy, string> = {
  changed: 'changed meanwhile',
  'leads-elsewhere': 'a folder on the way is a link or a file now',
  gone: 'its content is no longer kept',
  refused: 'could not be written',
  held: 'has unsaved text that could not be kept',
};

/** Names in a notification. */
const MOST_NAMED = 5;

export function problemsOf(skipped: readonly Skipped[]): string[] {
  if (skipped.length === 0) return [];
  const names = skipped.slice(0, MOST_NAMED).map(({ path, why, message }) => `${path} (${message ?? SKIPPED[why]})`);
  const more = skipped.length > MOST_NAMED ? ` and ${skipped.length - MOST_NAMED} more` : '';
  return [`Left as it is: ${names.join(', ')}${more}.`];
}

export const textIn = (bytes: Uint8Array | null): string | null => {
  if (bytes === null) return null;
  const text = Buffer.from(bytes).toString('utf8');
  return text.includes('\0') ? `(no text, ${bytes.byteLength} bytes)\n` : text;
};

export const count = (files: number): string => (files === 1 ? 'one file' : `${files} files`);
export const timeOf = (at: string): string =>
  new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
