// @vitest-environment happy-dom
// What the agent writes is drawn as Markdown and never as anything more.
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import fc from 'fast-check';
import { Lexer, type Tokens } from 'marked';
import { afterEach, describe, expect, it } from 'vitest';
import { ViewEnd } from '../../../src/protocol/rpc.ts';
import { App } from '../../../webview-ui/src/app.ts';
import { BlockLexer } from '../../../webview-ui/src/markdown/blocks.ts';
import { linkKind } from '../../../webview-ui/src/markdown/links.ts';
import { Markdown } from '../../../webview-ui/src/markdown/Markdown.tsx';
import { AppProvider } from '../../../webview-ui/src/use-app.ts';
import { worked } from '../../support/worked.ts';

Object.assign(globalThis, { requestIdleCallback: () => 0, cancelIdleCallback: () => {} });
afterEach(cleanup);

function show(text: string, streaming = false) {
  const posted: { method?: string; params?: unknown }[] = [];
  const view = new ViewEnd(
    (message) => posted.push(message as { method: string }),
    () => {},
  );
  const app = new App(view, { getState: () => undefined, setState: () => {} });
  const draw = (source: string, grows: boolean) => (
    <AppProvider value={app}>
      <Markdown text={source} streaming={grows} />
    </AppProvider>
  );
  const { container, rerender } = render(draw(text, streaming));
  return { container, posted, grow: (source: string, grows = true) => rerender(draw(source, grows)) };
}

/** All that Markdown may become. Nothing here loads, runs, or navigates by itself. */
const ALLOWED = new Set(
  'DIV P H3 H4 H5 H6 UL OL LI BLOCKQUOTE HR BR STRONG EM DEL CODE PRE A BUTTON SPAN INPUT TABLE THEAD TBODY TR TH TD'.split(
    ' ',
  ),
);
const ALLOWED_ATTRIBUTES = new Set(
  'class dir tabindex role aria-label aria-hidden aria-live type href title checked disabled readonly start'.split(' '),
);

function expectHarmless(container: HTMLElement) {
  for (const element of container.querySelectorAll('*')) {
    expect(ALLOWED).toContain(element.tagName);
    for (const { name, value } of element.attributes) {
      expect(ALLOWED_ATTRIBUTES).toContain(name);
      if (name === 'href') expect(value).toMatch(/^https?:\/\//i);
      if (name === 'type') expect(['button', 'checkbox']).toContain(value);
    }
  }
}

describe('Markdown', () => {
  it('draws what GitHub Markdown has', () => {
    const { container } = show(
      '# One\n\ntext **bold** *em* ~~del~~ `code` &amp; &rarr; \\*\n\n1. a\n2. b\n   - c\n\n- [x] done\n\n| a | b |\n| - | -: |\n| 1 | 2 |\n\n> quote\n\n---\n\n```ts\nlet a;\n```\n',
    );
    expect(container.querySelector('h3')?.textContent).toBe('One');
    expect(container.querySelector('p')?.textContent).toBe('text bold em del code & → *');
    expect(container.querySelectorAll('ol > li')).toHaveLength(2);
    expect(container.querySelector('ol ul li')?.textContent).toBe('c');
    expect(screen.getByRole<HTMLInputElement>('checkbox', { name: 'Done' }).checked).toBe(true);
    expect(container.querySelector('td.right')?.textContent).toBe('2');
    expect(container.querySelector('pre code')?.textContent).toBe('let a;');
    expectHarmless(container);
  });

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    'a <iframe src="https://evil.example"></iframe> b',
    '<style>*{display:none}</style>',
    '<svg onload=alert(1)>',
    '<a href="javascript:alert(1)">x</a>',
    '<!-- hidden -->',
  ])('shows HTML as text: %s', (html) => {
    const { container } = show(html);
    expectHarmless(container);
    expect(container.textContent).toContain(html.trim());
  });

  it.each([
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](java&#115;cript:alert(1))',
    '[x](data:text/html,<script>alert(1)</script>)',
    '[x](command:workbench.action.terminal.new)',
    '[x](vscode://other.extension/run)',
    '[x](vbscript:x)',
    '[x](//evil.example/share)',
    '[x](\\\\evil\\share)',
    '<javascript:alert(1)>',
  ])('makes no link of %s', (source) => {
    const { container } = show(source);
    expect(container.querySelector('a,[role=link]')).toBeNull();
    expectHarmless(container);
  });

  it('loads no image: it becomes a link that a person may follow', () => {
    const { container, posted } = show('![a cat](https://evil.example/pixel.png)');
    expect(container.querySelector('img')).toBeNull();
    fireEvent.click(screen.getByRole('link', { name: 'Image: a cat' }));
    expect(posted.at(-1)).toMatchObject({ method: 'openLink', params: { href: 'https://evil.example/pixel.png' } });
  });

  it('opens links through the host only', () => {
    const { posted } = show('[web](https://example.com/a) and [file](src/a.ts#L12) and https://example.org');
    const links = screen.getAllByRole('link');
    const navigations = links.map((link) => {
      let leaked = false;
      const listener = () => {
        leaked = true;
      };
      document.addEventListener('click', listener);
      const goesOn = fireEvent.click(link);
      document.removeEventListener('click', listener);
      return { goesOn, leaked };
    });
    expect(posted.map((p) => p.params)).toEqual([
      { href: 'https://example.com/a' },
      { href: 'src/a.ts#L12' },
      { href: 'https://example.org' },
    ]);
    // Neither the browser nor VS Code's own handler on the document gets the click of an address.
    expect(navigations).toEqual(links.map(() => ({ goesOn: false, leaked: false })));
  });

  it('copies code through the host', () => {
    const { posted } = show('```\nnpm test\n```');
    fireEvent.click(screen.getByRole('button', { name: 'Copy code' }));
    expect(posted.at(-1)).toMatchObject({ method: 'copy', params: { text: 'npm test' } });
  });

  it('is harmless whatever the text', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '</',
      '"',
      "'",
      '&lt;',
      '&#x6a;',
      'script',
      'img src=x onerror=a',
      'javascript:',
      'https://a.b/',
      '[',
      ']',
      '(',
      ')',
      '![',
      '`',
      '```',
      '**',
      '_',
      '|',
      '- ',
      '1. ',
      '> ',
      '\n',
      '\n\n',
      '# ',
      '|-|',
      'text',
      '\\',
      '$',
      '$$',
      '\\(x^2',
      '\\)',
      '\u202e',
      '\u001b[31m',
      '<a href=',
      '<!--',
      '[^1]:',
      '~~',
      '\t',
      '\u0000',
      '\r\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.boolean(), (pieces, streaming) => {
        const { container } = show(pieces.join(''), streaming);
        expectHarmless(container);
        cleanup();
      }),
      { numRuns: 150 },
    );
  });

  it('finishes open syntax while it streams, and shows what was really written at the end', () => {
    const { container, grow } = show('so **bol', true);
    expect(container.querySelector('strong')?.textContent).toBe('bol');
    grow('so **bol', false);
    expect(container.textContent).toBe('so **bol');
  });

  it('leaves finished blocks alone while text streams in', () => {
    const head = Array.from({ length: 40 }, (_, i) => `Paragraph ${i}.\n\n`).join('');
    const { container, grow } = show(head, true);
    const first = container.querySelector('p');
    const text = first?.firstChild;
    grow(`${head}And then some`);
    grow(`${head}And then some more`);
    expect(container.querySelector('p')).toBe(first);
    expect(container.querySelector('p')?.firstChild).toBe(text);
    expect(container.textContent).toContain('And then some more');
  });

  it('survives nesting that would overflow a stack', () => {
    const { container } = show(
      `${'> '.repeat(2_000)}deep\n\n${'- '.repeat(500)}deep\n\n${'*'.repeat(5_000)}x${'*'.repeat(5_000)}`,
    );
    expectHarmless(container);
  });
});

describe('the incremental lexer', () => {
  const paragraphs = fc.array(
    fc.constantFrom(
      '# Heading\n',
      'A paragraph\nof two lines\n',
      '\n',
      '- one\n- two\n',
      '  - nested\n',
      '1. first\n',
      '2. second\n',
      '```ts\n',
      'const a = 1;\n',
      '```\n',
      '> quote\n',
      'lazy\n',
      '| a | b |\n',
      '| - | - |\n',
      '| 1 | 2 |\n',
      '---\n',
      '===\n',
      '<div>\n',
      '</div>\n',
      '    indented\n',
      '**bold** `code`\n',
      '* star\n',
      '\t\n',
      'Title\r\n',
    ),
    { maxLength: 30 },
  );

  it('gives the same blocks as lexing everything at once, however the text is cut', () => {
    const scenario = paragraphs.chain((parts) => {
      const text = parts.join('');
      return fc.record({
        text: fc.constant(text),
        cuts: fc
          .uniqueArray(fc.integer({ min: 0, max: text.length }), { maxLength: 12 })
          .map((c) => c.sort((a, b) => a - b)),
      });
    });
    fc.assert(
      fc.property(scenario, ({ text, cuts }) => {
        const lexer = new BlockLexer();
        for (const cut of cuts) lexer.update(text.slice(0, cut), true);
        const blocks = lexer.update(text, false);
        const whole = new Lexer({ gfm: true })
          .lex(text.replace(/\r\n?/g, '\n'))
          .filter((token) => token.type !== 'space' && token.type !== 'def');
        expect(blocks.map((b) => [b.type, b.raw.trimEnd()])).toEqual(whole.map((b) => [b.type, b.raw.trimEnd()]));
      }),
      { numRuns: 500 },
    );
  });

  it('cuts a list that grows long, so that its finished items are left alone', () => {
    const item = (i: number) => `${i}. item **${i}** with some words\n`;
    const text = Array.from({ length: 400 }, (_, i) => item(i + 1)).join('');
    const lexer = new BlockLexer();
    const firsts = new Set<unknown>();
    let open = 0;
    for (let at = 3_000; at < text.length; at += 97) {
      const blocks = lexer.update(text.slice(0, at), true);
      firsts.add(blocks[0]);
      open = Math.max(open, blocks.at(-1)?.raw.length ?? 0);
    }
    const blocks = lexer.update(text, false) as Tokens.List[];
    expect(firsts.size).toBe(1);
    expect(open).toBeLessThan(1_000);
    expect(blocks.every((b) => b.type === 'list')).toBe(true);
    // Nothing is lost or doubled, and each piece goes on counting where the one before it ended.
    expect(blocks.flatMap((b) => b.items.map((i) => i.text))).toEqual(
      Array.from({ length: 400 }, (_, i) => `item **${i + 1}** with some words`),
    );
    let next = 1;
    for (const block of blocks) {
      expect(block.start).toBe(next);
      next += block.items.length;
    }
  });

  it('starts over when the text was replaced rather than continued', () => {
    const lexer = new BlockLexer();
    lexer.update('# One\n\ntext', true);
    expect(lexer.update('Other', false).map((b) => b.raw)).toEqual(['Other']);
  });

  it.each([
    ['brackets', '['.repeat(20_000)],
    ['stars', '*a '.repeat(10_000)],
    ['backticks', `\`${'a'.repeat(10_000)}${'``'.repeat(5_000)}`],
    ['links', '[a]('.repeat(8_000)],
    ['tags', '<a '.repeat(10_000)],
    ['quotes', '> '.repeat(10_000)],
    ['lists', '- '.repeat(10_000)],
    ['deeper and deeper lists', Array.from({ length: 140 }, (_, i) => `${' '.repeat(2 * i)}- a`).join('\n')],
    ['table rows', `| a | b |\n| - | - |\n${'| 1 | 2 |\n'.repeat(2_000)}`],
    ['emphasis', '**_'.repeat(8_000)],
    ['formulas that never end', '$a'.repeat(10_000)],
    ['formulas in brackets', '\\('.repeat(10_000)],
    ['formulas in square brackets', '\\['.repeat(10_000)],
    ['dollars', '$$'.repeat(10_000)],
  ])('takes 20 KB of %s without freezing', (_, text) => {
    const began = worked();
    new BlockLexer().update(text, true);
    // What is quadratic takes ten seconds here.
    expect(worked() - began).toBeLessThan(3_000);
  });
});

describe('link addresses', () => {
  it.each([
    ['https://example.com', 'web'],
    ['HTTP://EXAMPLE.COM', 'web'],
    ['src/a.ts', 'file'],
    ['src/a.ts#L12', 'file'],
    ['/abs/a.ts:12:3', 'file'],
    ['a.ts:12', 'file'],
    ['C:\\src\\a.ts', 'file'],
    ['file:///abs/a.ts', 'file'],
    ['#anchor', undefined],
    ['', undefined],
    ['mailto:a@b.c', undefined],
    ['java\nscript:alert(1)', undefined],
  ])('%s is %s', (href, kind) => {
    expect(linkKind(href)).toBe(kind);
  });
});
