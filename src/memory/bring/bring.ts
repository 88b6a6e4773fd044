// What can be brought along from elsewhere: shown first, chosen by the person, then put up for review.
import { t } from '../../protocol/l10n.ts';

export type BringTarget =
  | { kind: 'block'; label: string; description?: string }
  | { kind: 'archive'; tags: string[] }
  | { kind: 'skill'; name: string }
  | { kind: 'thread'; title: string };

export interface BroughtMessage {
  role: 'user' | 'assistant' | 'tool';
  text: string;
  /** ISO 8601; '' when not known. */
  at: string;
}

export interface BringItem {
  /** The same for the same content at the same place, so that a choice outlives a second preview. */
  id: string;
  kind: 'rule' | 'memory' | 'skill' | 'transcript';
  target: BringTarget;
  /** With secrets masked; for a skill its SKILL.md, for a transcript its beginning: the whole is in `messages`. */
  text: string;
  /** `path:line` */
  from: string;
  /** Something in it looked like a secret and was replaced. */
  masked: boolean;
  /** A skill's other text files, by their path in it. */
  files?: Record<string, string>;
  messages?: BroughtMessage[];
}

export interface Skipped {
  path: string;
  why: string;
}

export interface BringPreview {
  /** For the person: `Rules in this workspace`, `Letta Code agent NAME`. */
  source: string;
  found: BringItem[];
  skipped: Skipped[];
}

/** One entry of the review list. Nothing of it is in memory before a person accepted it. */
export interface BringProposal {
  kind: 'import' | 'rules-file';
  id: string;
  target: BringTarget;
  text: string;
  from: string;
  files?: Record<string, string>;
  messages?: BroughtMessage[];
}

export class BringError extends Error {
  override name = 'BringError';
  readonly reason: 'unknown_item' | 'not_there' | 'unknown_agent';

  constructor(reason: BringError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** @throws BringError `unknown_item` when an id is of another preview: then nothing is proposed. */
export function proposalsOf(preview: BringPreview, ids: readonly string[]): BringProposal[] {
  const byId = new Map(preview.found.map((item) => [item.id, item]));
  return [...new Set(ids)].map((id) => {
    const item = byId.get(id);
    if (!item)
      throw new BringError(
        'unknown_item',
        t('What was chosen has changed since it was shown. Look at the preview again.'),
      );
    const { target, text, from, files, messages } = item;
    return {
      kind: item.kind === 'rule' ? 'rules-file' : 'import',
      id,
      target,
      text,
      from,
      ...(files ? { files } : {}),
      ...(messages ? { messages } : {}),
    };
  });
}

const PASSAGE = 2_000;

/** A transcript as passages for the archive, cut between messages, oldest first; for homes where a thread can't be written. */
export function passagesOf(title: string, messages: readonly BroughtMessage[]): { text: string; at: string }[] {
  const passages: { text: string; at: string }[] = [];
  for (const { role, text, at } of messages) {
    if (role === 'tool' || text.trim() === '') continue;
    const said = `${role === 'user' ? 'Person' : 'Agent'}: ${text.trim()}`;
    for (let from = 0; from < said.length; from += PASSAGE) {
      const part = said.slice(from, from + PASSAGE);
      const last = passages.at(-1);
      if (last && last.text.length + part.length < PASSAGE) last.text += `\n${part}`;
      else passages.push({ text: `From "${title}":\n${part}`, at });
    }
  }
  return passages;
}
