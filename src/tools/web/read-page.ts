// The text of a page from its bytes: decoded, and as Markdown where it is HTML. May take its time: runs in a worker.
import { NodeHtmlMarkdown } from 'node-html-markdown';
import { visibleHtml } from './visible-html.ts';

export interface PageBytes {
  url: string;
  /** Media type, lower case; '' where it was not said. */
  type: string;
  /** As the server said it; '' where it did not. */
  charset: string;
  bytes: Uint8Array;
}

export interface PageText {
  title: string;
  text: string;
  /** The page says more than was turned into text. */
  cut: boolean;
}

/** `unreadable`: what it is instead of text, in a few words. */
export type PageRead = { kind: 'text'; page: PageText } | { kind: 'unreadable'; what: string };

/** Visible HTML that is turned into Markdown, in characters. */
const MAX_HTML = 1_500_000;
const SNIFFED = 1_024;

const NEVER: [RegExp, string] = [/(?!)/g, ''];

export function readPage({ url, type, charset, bytes }: PageBytes): PageRead {
  const sort = sortOf(type, bytes);
  if (sort.kind === 'unreadable') return sort;
  const text = decode(bytes, charset, sort.kind === 'html');
  if (sort.kind === 'plain') return { kind: 'text', page: { title: '', text, cut: false } };
  const visible = visibleHtml(text, url);
  const html = visible.html.slice(0, MAX_HTML);
  const cut = html.length < visible.html.length;
  return { kind: 'text', page: { title: plain(visible.title), text: markdown(html), cut } };
}

type Sort = { kind: 'html' } | { kind: 'plain' } | { kind: 'unreadable'; what: string };

function sortOf(type: string, bytes: Uint8Array): Sort {
  const head = Buffer.from(bytes.subarray(0, SNIFFED)).toString('latin1');
  if (head.startsWith('%PDF-') || type === 'application/pdf') return { kind: 'unreadable', what: 'a PDF' };
  const utf16 = /^(?:\xfe\xff|\xff\xfe)/.test(head);
  if (head.includes('\0') && !utf16) return { kind: 'unreadable', what: `binary data (${type || 'no type given'})` };
  if (type === 'text/html' || type === 'application/xhtml+xml') return { kind: 'html' };
  if (type === '' || type === 'application/octet-stream') {
    return /^\s*(?:<!doctype html|<html|<!--)/i.test(head) ? { kind: 'html' } : { kind: 'plain' };
  }
  if (/^text\/|[/+](?:json|xml|yaml|javascript|typescript|x-ndjson|toml)$|^application\/x-(?:sh|yaml)/.test(type)) {
    return { kind: 'plain' };
  }
  return { kind: 'unreadable', what: type };
}

/** By byte order mark, by what the server says, by what the page says of itself, else UTF-8. */
function decode(bytes: Uint8Array, charset: string, html: boolean): string {
  const head = Buffer.from(bytes.subarray(0, SNIFFED)).toString('latin1');
  const mark = /^\xfe\xff/.test(head) ? 'utf-16be' : /^\xff\xfe/.test(head) ? 'utf-16le' : '';
  const own = html ? (/<meta[^>]+charset\s*=\s*["']?\s*([\w:.-]+)/i.exec(head)?.[1] ?? '') : '';
  for (const label of [mark, charset, own]) {
    if (label === '') continue;
    try {
      return new TextDecoder(label).decode(bytes);
    } catch {
      // A name that nobody knows.
    }
  }
  return new TextDecoder().decode(bytes);
}

function markdown(html: string): string {
  let text: string;
  try {
    text = NodeHtmlMarkdown.translate(html, {
      bulletMarker: '-',
      // For a reader who needs no escapes.
      globalEscape: NEVER,
      lineStartEscape: NEVER,
    });
  } catch {
    // Nested deeper than the stack.
    text = plain(html);
  }
  return text
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Without tags. */
const plain = (html: string): string =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,6}));/gi, (whole, decimal, hex, name) => {
      const code = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : undefined;
      if (code === undefined) return ENTITIES[String(name).toLowerCase()] ?? whole;
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
    })
    .replace(/[ \t]+/g, ' ');
