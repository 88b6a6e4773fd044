// What a reader of a page would see of its HTML: no scripts, no styles, no comments, nothing hidden; addresses made whole.
// One pass over the text, whatever it holds.

export interface Visible {
  html: string;
  title: string;
}

const VOID = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '));
/** Elements whose content is no text for a reader. */
const DROPPED = new Set(
  'script style template noscript svg math iframe object canvas audio video head select datalist dialog'.split(' '),
);
/** Their content is text up to their end tag, whatever stands in it. */
const RAW = new Set('script style textarea title xmp iframe noembed noframes'.split(' '));
const HIDDEN_STYLE = /display\s*:\s*none|visibility\s*:\s*hidden|(?:opacity|font-size)\s*:\s*0(?![.\d])/i;
/** What begins there has ended a paragraph that nobody closed. */
const ENDS_PARAGRAPH = new Set(
  'p div ul ol dl table section article main header footer h1 h2 h3 h4 h5 h6 pre blockquote form hr'.split(' '),
);
/** Tags that people leave open: how deep they stand cannot be counted. */
const UNCLOSED = new Set([...VOID, ...'p li dt dd tr td th thead tbody tfoot colgroup option html body'.split(' ')]);
/** Nobody reads what nests deeper, and parsers take ever longer for it: deeper tags are left out, their text stays. */
const MAX_NESTED = 256;
/** A page whose main part says less than this is not only that, in characters. */
const MIN_MAIN = 200;

interface Tag {
  name: string;
  closing: boolean;
  attributes: Map<string, string>;
  /** Behind its `>`. */
  end: number;
}

export function visibleHtml(html: string, base: string): Visible {
  const pieces: string[] = [];
  let title = '';
  let skipped: { name: string; depth: number } | undefined;
  let nested = 0;
  const main = { from: -1, to: -1 };
  const emit = (piece: string) => {
    if (!skipped) pieces.push(piece);
  };
  for (let at = 0; at < html.length; ) {
    const open = html.indexOf('<', at);
    emit(html.slice(at, open < 0 ? html.length : open));
    if (open < 0) break;
    const past = markupEnd(html, open);
    if (past !== undefined) {
      at = past;
      continue;
    }
    const tag = readTag(html, open);
    if (!tag) {
      emit('&lt;');
      at = open + 1;
      continue;
    }
    at = tag.end;
    const { name, closing } = tag;
    if (!closing && RAW.has(name)) {
      const end = rawEnd(html, at, name);
      if (name === 'title' && title === '') title = html.slice(at, end);
      if (name === 'textarea' || name === 'xmp') emit(html.slice(at, end).replaceAll('<', '&lt;'));
      at = end;
      continue;
    }
    if (skipped) {
      skipped = stillSkipped(skipped, tag);
      if (skipped || closing) continue;
    }
    if (closing) {
      if (name === 'main' && main.from >= 0 && main.to < 0) main.to = pieces.length;
      const opened = !RAW.has(name) && !DROPPED.has(name);
      if (opened && (nested <= MAX_NESTED || UNCLOSED.has(name))) emit(`</${name}>`);
      if (opened && !UNCLOSED.has(name)) nested = Math.max(0, nested - 1);
    } else if (DROPPED.has(name) || isHidden(tag)) {
      if (!VOID.has(name)) skipped = { name, depth: 1 };
    } else {
      if (name === 'main' && main.from < 0) main.from = pieces.length;
      if (!UNCLOSED.has(name)) nested += 1;
      if (nested <= MAX_NESTED) emit(written(tag, base));
    }
  }
  const whole = pieces.join('');
  const chosen = main.from < 0 ? '' : pieces.slice(main.from, main.to < 0 ? undefined : main.to).join('');
  const says = chosen.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ').length;
  return { html: says >= MIN_MAIN ? chosen : whole, title: title.replace(/\s+/g, ' ').trim() };
}

/** Behind a comment, a declaration or a processing instruction; undefined where none begins. */
function markupEnd(html: string, open: number): number | undefined {
  const end = (mark: string, from: number) => {
    const found = html.indexOf(mark, from);
    return found < 0 ? html.length : found + mark.length;
  };
  if (html.startsWith('<!--', open)) return end('-->', open + 2);
  const next = html[open + 1];
  return next === '!' || next === '?' ? end('>', open + 2) : undefined;
}

/** The start of the end tag of an element with raw text. */
function rawEnd(html: string, from: number, name: string): number {
  const close = new RegExp(`</${name}(?=[\\s/>])`, 'gi');
  close.lastIndex = from;
  return close.exec(html)?.index ?? html.length;
}

function stillSkipped(skipped: { name: string; depth: number }, { name, closing }: Tag): typeof skipped | undefined {
  if (skipped.name === 'p' && !closing && ENDS_PARAGRAPH.has(name)) return undefined;
  if (name !== skipped.name || VOID.has(name)) return skipped;
  const depth = skipped.depth + (closing ? -1 : 1);
  return depth > 0 ? { name, depth } : undefined;
}

const isSpace = (character: string): boolean => /\s/.test(character);

/** Undefined where no tag begins. A tag that never ends is one up to the end of the text. */
function readTag(html: string, open: number): Tag | undefined {
  const begin = /<(\/?)([a-zA-Z][^\s/>]{0,60})/y;
  begin.lastIndex = open;
  const match = begin.exec(html);
  if (!match) return undefined;
  const attributes = new Map<string, string>();
  let at = begin.lastIndex;
  while (at < html.length && html[at] !== '>') {
    const character = html[at] ?? '';
    if (isSpace(character) || character === '/') {
      at += 1;
      continue;
    }
    const from = at;
    at += 1;
    while (at < html.length && !/[\s/>=]/.test(html[at] ?? '')) at += 1;
    const name = html.slice(from, at).toLowerCase();
    while (at < html.length && isSpace(html[at] ?? '')) at += 1;
    let value = '';
    if (html[at] === '=') ({ value, at } = readValue(html, at + 1));
    if (!attributes.has(name)) attributes.set(name, value);
  }
  return { name: (match[2] ?? '').toLowerCase(), closing: match[1] === '/', attributes, end: at + 1 };
}

function readValue(html: string, from: number): { value: string; at: number } {
  let at = from;
  while (at < html.length && isSpace(html[at] ?? '')) at += 1;
  const quote = html[at];
  if (quote === '"' || quote === "'") {
    const end = html.indexOf(quote, at + 1);
    return end < 0 ? { value: '', at: html.length } : { value: html.slice(at + 1, end), at: end + 1 };
  }
  const start = at;
  while (at < html.length && !/[\s>]/.test(html[at] ?? '')) at += 1;
  return { value: html.slice(start, at), at };
}

function isHidden({ attributes }: Tag): boolean {
  return (
    attributes.has('hidden') ||
    attributes.get('aria-hidden')?.toLowerCase() === 'true' ||
    HIDDEN_STYLE.test(attributes.get('style') ?? '')
  );
}

function written({ name, attributes }: Tag, base: string): string {
  const kept: [string, string | undefined][] = [];
  if (name === 'a') kept.push(['href', wholeAddress(attributes.get('href'), base)]);
  if (name === 'img') {
    const source = wholeAddress(attributes.get('src'), base);
    const alt = attributes.get('alt') ?? '';
    if (source === undefined) return alt === '' ? '' : `<span>${alt}</span>`;
    kept.push(['src', source], ['alt', alt]);
  }
  // The language of a block of code stands there.
  if (name === 'code' || name === 'pre') kept.push(['class', attributes.get('class')]);
  const text = kept.flatMap(([key, value]) => (value ? [` ${key}="${value.replaceAll('"', '&quot;')}"`] : []));
  return `<${name}${text.join('')}>`;
}

/** Undefined for what is no address of a page. */
function wholeAddress(address: string | undefined, base: string): string | undefined {
  if (!address) return undefined;
  const url = URL.parse(address.replaceAll('&amp;', '&'), base);
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : undefined;
}
