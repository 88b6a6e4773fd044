// What a reader would see of a page: whatever the page is made of, in time that grows with its length.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPage } from '../../../src/tools/web/read-page.ts';
import { visibleHtml } from '../../../src/tools/web/visible-html.ts';
import { worked } from '../../support/worked.ts';

const seen = (html: string) => visibleHtml(html, 'https://a.example/dir/page').html;

describe('visible HTML', () => {
  it.each([
    ['a script', '<script>x</script>', ''],
    ['a script that speaks of itself', '<script>"</scrip" + "t>"; if (a<b) {}</script >ok', 'ok'],
    ['a style in capitals', '<STYLE>x</STYLE>ok', 'ok'],
    ['a comment with tags', '<!-- <p>x</p> -->ok', 'ok'],
    ['an open comment', 'ok<!-- x', 'ok'],
    ['an attribute with a bracket', '<p title="a > b" hidden>x</p>ok', 'ok'],
    ['a hidden element with more of its kind in it', '<div hidden><div>x</div>x</div>ok', 'ok'],
    ['a style that hides', "<span style='color:red;DISPLAY : none'>x</span>ok", 'ok'],
    ['nothing to see', '<i style="opacity:0">x</i><i style="font-size:0px">x</i>ok', 'ok'],
    ['what is half to be seen', '<i style="opacity:0.5">ok</i>', '<i>ok</i>'],
    ['what screen readers skip', '<b aria-hidden="true">x</b>ok', 'ok'],
    ['a paragraph that nobody closed', '<p hidden>x<p>ok</p>', '<p>ok</p>'],
    ['a drawing', '<svg><title>x</title><text>x</text></svg>ok', 'ok'],
    ['a frame', '<iframe src="x">x</iframe>ok', 'ok'],
    ['a smaller-than', '1 < 2 <3', '1 &lt; 2 &lt;3'],
    ['a tag that looks like a comment', '<a<!--x>ok', 'ok'],
    ['handlers', '<p onclick="x()" class="x">ok</p>', '<p>ok</p>'],
    ['a link from here', '<a href="../b?c=1&amp;d=2">ok</a>', '<a href="https://a.example/b?c=1&d=2">ok</a>'],
    ['a link that runs', '<a href="javascript:x()">ok</a>', '<a>ok</a>'],
    ['a picture in the page itself', '<img src="data:image/png;base64,AAAA" alt="A cat">', '<span>A cat</span>'],
    ['a text area', '<textarea><p>ok</p></textarea>', '&lt;p>ok&lt;/p>'],
  ])('of %s', (_what, html, expected) => {
    expect(seen(html)).toBe(expected);
  });

  it('is the main part, where that says enough', () => {
    const long = 'word '.repeat(60);
    expect(seen(`<nav>Menu</nav><main><p>${long}</p></main><footer>F</footer>`)).toBe(`<main><p>${long}</p>`);
    expect(seen('<nav>Menu</nav><main></main>')).toBe('<nav>Menu</nav><main></main>');
  });

  const piece = fc.oneof(
    fc.constantFrom(
      '<p>',
      '</p>',
      '<div hidden>',
      '</div>',
      '<script>',
      '</script>',
      '<!--',
      '-->',
      '<',
      '>',
      '"',
      "'",
    ),
    fc.constantFrom(
      '<a href="',
      '<img src=x',
      '<b aria-hidden=true',
      '</',
      '<!',
      '<?',
      '=',
      '/',
      ' ',
      '\n',
      '<main>',
      '</main>',
    ),
    fc.string({ maxLength: 8 }),
  );

  it('of anything holds no script, no hidden text of a well made element, and never fails', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.array(piece, { maxLength: 10 }), (before, after) => {
        const html = `${before.join('')}"'>--></script><div hidden>SECRET</div>${after.join('')}`;
        const result = seen(html);
        expect(result).not.toMatch(/<script|<!--/i);
        expect(result.length).toBeLessThanOrEqual(html.length * 5 + 100);
      }),
    );
  });

  it('takes time by the length of the page, however it is spoiled', () => {
    const spoiled = ['<a "', '<!--', '<script>', '<p hidden>', '</', "<div a='", '<a href=x ', '<', '<b>', '<![CDATA['];
    const took = (html: string) => {
      const start = worked();
      seen(html);
      return worked() - start;
    };
    for (const part of spoiled) {
      took(part.repeat(10_000));
      // Ten times as long: quadratic work would take a hundred times as long, seconds at this size.
      expect(took(part.repeat(400_000 / part.length))).toBeLessThan(2_000);
    }
  });
});

describe('a page', () => {
  const read = (html: string) => {
    const bytes = new TextEncoder().encode(html);
    const result = readPage({ url: 'https://a.example/', type: 'text/html', charset: '', bytes });
    return result.kind === 'text' ? result.page : undefined;
  };

  it('of lists, tables and code reads well', () => {
    const page = read(
      '<title>T&eacute; &#8212; x</title><ol><li>three</li><li>four</li></ol><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table><p>snake_case and *stars*</p>',
    );
    expect(page?.text).toContain('1. three\n2. four');
    expect(page?.text).toMatch(/\| a \| b \|\n\| -+ \| -+ \|\n\| 1 \| 2 \|/);
    expect(page?.text).toContain('snake_case and *stars*');
    expect(page?.title).toContain('— x');
  });

  it('never fails, whatever it is made of', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.constantFrom('text/html', 'text/plain', '', 'x/y'),
        (bytes, type) => {
          readPage({ url: 'https://a.example/', type, charset: 'nonsense', bytes });
        },
      ),
    );
  });
});
