// System reminders: what the harness tells the model inside a user message, and how they are told from the person's text.

import { AttachmentKindSchema, type SentAttachment } from '../protocol/attachments.ts';

const OPEN = '<system-reminder>';
const CLOSE = '</system-reminder>';

/** One reminder as a text part. A closing tag inside is broken up, so that data cannot end the reminder. */
export function reminder(text: string): string {
  return `${OPEN}\n${text.replaceAll(CLOSE, '<\\/system-reminder>').trim()}\n${CLOSE}`;
}

export const isReminder = (text: string): boolean => {
  const t = text.trim();
  return t.startsWith(OPEN) && t.endsWith(CLOSE);
};

/** A skill that the person has called (Letta API: a part of its own, in tags of the skill's name). */
const CALLED = /^<(?:([a-z][a-z0-9-]*)|skill name="[^"]*")>\n[^\n]*\nSkill: [a-z0-9-]+\n[\s\S]*\n<\/(?:\1|skill)>$/;

/** The name of the skill that a person called with a message, out of its text parts; undefined: none. */
export function calledSkill(parts: readonly string[]): string | undefined {
  const called = parts.slice(0, -1).find((part) => CALLED.test(part.trim()));
  return called && /\nSkill: ([a-z0-9-]+)\n/.exec(called)?.[1];
}

const LEADING = /^\s*<system-reminder>[\s\S]*?<\/system-reminder>\s*/;

/**
 * What the person wrote, out of the text parts of a stored user message; null when nobody wrote it. In a message of
 * several parts the last one is the person's and stays as it is, save where all are reminders; a single text loses
 * only reminders that stand at its start.
 */
export function personText(parts: readonly string[]): string | null {
  if (parts.every(isReminder)) return null;
  if (parts.length > 1) {
    const own = parts.filter((part, i) => i === parts.length - 1 || !(isReminder(part) || CALLED.test(part.trim())));
    return own.join('\n');
  }
  let text = parts[0] ?? '';
  while (LEADING.test(text)) text = text.replace(LEADING, '');
  return text.trim() === '' ? null : text;
}

const ATTACHED = /^<system-reminder>\n(?:The person attached|Shared from the editor) \((\w+)\): (.+)\n/;

/** What goes along with a message, for `reminder`. @param by `editor`: it goes along by itself */
export function attachedText({ kind, label }: SentAttachment, text: string, by: 'person' | 'editor'): string {
  return `${by === 'person' ? 'The person attached' : 'Shared from the editor'} (${kind}): ${label.replace(/\s+/g, ' ')}\n${text}`;
}

/** What went along with a message, out of its text parts. */
export function attachedIn(parts: readonly string[]): SentAttachment[] {
  const own = parts.length > 1 ? parts.slice(0, -1).filter(isReminder) : leading(parts[0] ?? '');
  return own.flatMap((part) => {
    const [, word, label = ''] = ATTACHED.exec(part) ?? [];
    const kind = AttachmentKindSchema.safeParse(word);
    return kind.success ? [{ kind: kind.data, label }] : [];
  });
}

/** A server may join the parts of a message: then they stand one behind the other at its beginning. */
function leading(text: string): string[] {
  const [first] = LEADING.exec(text) ?? [];
  return first === undefined ? [] : [first.trim(), ...leading(text.slice(first.length))];
}
