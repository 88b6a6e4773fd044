// What went along with a message, to go along once more: made from how the thread names it. Pure.
import type { Attachment, SentAttachment } from '../../protocol/attachments.ts';
import { parseQuery } from './query.ts';

/** `lost`: what its name does not tell enough of. */
export function attachedAgain(sent: readonly SentAttachment[]): { attached: Attachment[]; lost: string[] } {
  const lost: string[] = [];
  const attached = sent.flatMap(({ kind, label }): Attachment[] => {
    switch (kind) {
      case 'file':
      case 'selection': {
        const { text, lines } = parseQuery(label);
        return [{ kind, label, ref: text, ...(lines ? { lines } : {}) }];
      }
      case 'folder':
        return [{ kind, label, ref: label.replace(/\/$/, '') || '.' }];
      case 'commit':
        return [{ kind, label, ref: label.split(' ')[0] ?? '' }];
      case 'memory':
      case 'skill':
      case 'url':
        return [{ kind, label, ref: label }];
      case 'problems':
      case 'changes':
        return [{ kind, label, ref: '' }];
      case 'openFiles':
        // What the editor shares by itself goes along by itself.
        return [];
      default:
        lost.push(label);
        return [];
    }
  });
  return { attached, lost };
}
