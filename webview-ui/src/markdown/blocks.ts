// Splits Markdown into top-level blocks, and as text streams in lexes only its end again: finished blocks keep their
// identity, so that React leaves them alone.
import { Lexer, type Token, Tokenizer, type Tokens, type TokensList } from 'marked';
import remend from 'remend';
import { MATH } from './math.ts';

/** A block can still change by what follows it (lazy continuation, a list becoming loose), but not across so many. */
const OPEN_BLOCKS = 3;

/** A list that grows past so many characters is cut: all but its last items become a block that is finished. */
const LONG_LIST = 800;

/** Longer than this in one paragraph is shown as plain text: inline parsing is not linear for every input. */
const MAX_INLINE = 20_000;

/** Quotes and lists inside each other: each level is read once more, so thousands of them would freeze the view. */
const MAX_NESTING = 20;

export type Block = Token;

interface Placed {
  token: Token;
  start: number;
  /** Nothing that follows can change it. */
  finished?: true;
}

export class BlockLexer {
  private text = '';
  private placed: Placed[] = [];
  private links: TokensList['links'] = Object.create(null);

  /**
   * @param source the whole text as far as it has come
   * @param streaming completes unfinished syntax at the end (`**bol`), for display only
   */
  update(source: string, streaming: boolean): readonly Block[] {
    const text = source.includes('\r') ? source.replace(/\r\n?/g, '\n') : source;
    if (text !== this.text) this.relex(text, streaming);
    const blocks = this.placed.map((p) => p.token);
    const last = blocks.at(-1);
    if (streaming && last && !isVerbatim(last)) {
      const [finished] = this.lex(remend(last.raw, { linkMode: 'text-only', katex: false, htmlTags: false }));
      if (finished && finished.raw !== last.raw) blocks[blocks.length - 1] = finished;
    }
    return blocks;
  }

  private relex(text: string, streaming: boolean): void {
    const grows = this.text !== '' && text.startsWith(this.text);
    if (!grows) {
      this.placed = [];
      this.links = Object.create(null);
    }
    const cut = this.placed.findLastIndex((p) => p.finished) + 1;
    const settled = Math.max(cut, this.placed.length - OPEN_BLOCKS);
    const known = this.placed.slice(settled);
    this.text = text;
    this.placed = [
      ...this.placed.slice(0, settled),
      ...this.place(known[0]?.start ?? endOf(this.placed[settled - 1]), known),
    ];
    if (streaming) this.cutLongList();
  }

  /** Lexes the text from `start` on; blocks that are what they were keep their identity. */
  private place(start: number, known: readonly Placed[]): Placed[] {
    const { text } = this;
    const tail: Placed[] = [];
    let at = start;
    for (const token of this.lex(text.slice(start))) {
      // Tokens lie one after the other, but some leave trailing white space out of `raw`.
      const found = text.indexOf(token.raw, at);
      if (found >= 0) at = found;
      if (token.type !== 'space' && token.type !== 'def') {
        const same = known[tail.length]?.token;
        tail.push({ token: same?.raw === token.raw && same.type === token.type ? same : token, start: at });
      }
      at += token.raw.length;
    }
    return tail;
  }

  /** Each word added to a list would otherwise read and draw the whole list again. */
  private cutLongList(): void {
    const last = this.placed.at(-1);
    if (last?.token.type !== 'list' || last.token.raw.length < LONG_LIST) return;
    const list = last.token as Tokens.List;
    const items = list.items.slice(0, -2);
    if (items.length === 0) return;
    let at = last.start;
    for (const item of items) at = Math.max(at, this.text.indexOf(item.raw, at)) + item.raw.length;
    const next = this.text.indexOf(list.items[items.length]?.raw ?? '', at);
    if (next < 0) return;
    const head = { ...list, items, raw: this.text.slice(last.start, next) };
    this.placed = [
      ...this.placed.slice(0, -1),
      { token: head, start: last.start, finished: true },
      ...this.place(next, []),
    ];
  }

  /** Like `Lexer.lex`, but leaves overlong runs of text unparsed. */
  private lex(text: string): Token[] {
    const lexer = new Lexer({ gfm: true, tokenizer: new ShallowTokenizer(), extensions: MATH });
    Object.assign(lexer.tokens.links, this.links);
    lexer.blockTokens(text, lexer.tokens);
    for (const { src, tokens } of lexer.inlineQueue) {
      if (src.length > MAX_INLINE) tokens.push({ type: 'text', raw: src, text: src });
      else lexer.inlineTokens(src, tokens);
    }
    Object.assign(this.links, lexer.tokens.links);
    return lexer.tokens;
  }
}

/** Takes what is nested too deep as text. */
class ShallowTokenizer extends Tokenizer {
  private depth = 0;

  override blockquote(src: string): Tokens.Blockquote | undefined {
    return this.nested(() => super.blockquote(src));
  }

  override list(src: string): Tokens.List | undefined {
    return this.nested(() => super.list(src));
  }

  private nested<T>(read: () => T | undefined): T | undefined {
    if (this.depth >= MAX_NESTING) return undefined;
    this.depth++;
    try {
      return read();
    } finally {
      this.depth--;
    }
  }
}

function endOf(placed: Placed | undefined): number {
  return placed ? placed.start + placed.token.raw.length : 0;
}

function isVerbatim(token: Token): boolean {
  return token.type === 'code' || token.type === 'html' || token.type === 'math';
}
