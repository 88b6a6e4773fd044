// Results that are longer than a request has room for.
import type { ContentPart } from '../store/messages.ts';

/** Cuts texts that are too long and says so. */
export function clamp(content: string, limit: number): string;
export function clamp(content: string | ContentPart[], limit: number): string | ContentPart[];
export function clamp(content: string | ContentPart[], limit: number): string | ContentPart[] {
  return typeof content === 'string'
    ? cutText(content, limit)
    : content.map((part) => (part.type === 'text' ? { ...part, text: cutText(part.text, limit) } : part));
}

function cutText(content: string, limit: number): string {
  if (content.length <= limit) return content;
  return `${content.slice(0, limit)}\n… [cut: ${content.length - limit} of ${content.length} characters left out]`;
}
