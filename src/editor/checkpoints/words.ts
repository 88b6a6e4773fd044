// What is said of checkpoints, and of files as they were.
import { language, t } from '../../protocol/l10n.ts';
import type { Skipped, SkippedWhy } from './restore.ts';

const SKIPPED: Record<SkippedWhy, string> = {
  changed: t('changed meanwhile'),
  'leads-elsewhere': t('a folder on the way is a link or a file now'),
  gone: t('its content is no longer kept'),
  refused: t('could not be written'),
  held: t('has unsaved text that could not be kept'),
};

/** Names in a notification. */
const MOST_NAMED = 5;

export function problemsOf(skipped: readonly Skipped[]): string[] {
  if (skipped.length === 0) return [];
  const names = skipped.slice(0, MOST_NAMED).map(({ path, why, message }) => `${path} (${message ?? SKIPPED[why]})`);
  const more = skipped.length - MOST_NAMED;
  const named = more > 0 ? t('{0} and {1} more', names.join(', '), more) : names.join(', ');
  return [t('Left as it is: {0}.', named)];
}

export const textIn = (bytes: Uint8Array | null): string | null => {
  if (bytes === null) return null;
  const text = Buffer.from(bytes).toString('utf8');
  return text.includes('\0') ? `${t('(no text, {0} bytes)', bytes.byteLength)}\n` : text;
};

export const timeOf = (at: string): string =>
  new Date(at).toLocaleTimeString(language() === 'en' ? 'en-GB' : language(), { hour: '2-digit', minute: '2-digit' });
