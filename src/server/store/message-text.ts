// What of a message is words of people and agents.
import type { MessageBody } from './message-body.ts';
import { withIdentifierWords } from './search-terms.ts';

/** A text part that only a program wrote, for the model's eyes. */
export function isReminder(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.startsWith('<system-reminder>') && trimmed.endsWith('</system-reminder>');
}

/** What conversation search finds: the words of people and agents, no tool traffic. */
export function searchableText(body: MessageBody): string | null {
  let text = '';
  if (body.role === 'user')
    text = body.content.map((part) => (part.type === 'text' && !isReminder(part.text) ? part.text : '')).join('\n');
  if (body.role === 'assistant')
    text = body.blocks.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
  return text.trim() === '' ? null : text;
}

export function indexedText(body: MessageBody): string | null {
  const text = searchableText(body);
  return text === null ? null : withIdentifierWords(text);
}
