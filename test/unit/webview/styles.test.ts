// The look comes from VS Code: no colour of our own, no token that VS Code does not have.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import themes from '../../../webview-ui/dev/themes.json' with { type: 'json' };

const root = join(import.meta.dirname, '../../../webview-ui/src');
const css = readdirSync(join(root, 'styles')).map((name) => ({
  name,
  text: readFileSync(join(root, 'styles', name), 'utf8'),
}));
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }));

/** Set by VS Code in every webview, or by some themes only. */
const NOT_IN_DEFAULT_THEMES = [
  '--vscode-font-family',
  '--vscode-font-size',
  '--vscode-font-weight',
  '--vscode-editor-font-family',
  '--vscode-editor-font-size',
  '--vscode-list-inactiveSelectionForeground',
];

const COLOUR =
  /#[\da-f]{3,8}\b(?![^(]*\))|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch|color|color-mix)a?\(|[:\s](?:white|black|red|green|blue|gr[ae]y|orange|yellow|purple)\b\s*[;,)]/i;

describe('the styles', () => {
  it.each(css)('$name uses colour tokens of VS Code only', ({ text }) => {
    const rules = text.replace(/\/\*[\s\S]*?\*\//g, '');
    const lines = rules
      .split('\n')
      .filter((line) => line.includes(':') && COLOUR.test(line) && !line.includes('#root'));
    expect(lines).toEqual([]);
  });

  it.each(css)('$name knows begin and end, not left and right', ({ text }) => {
    const physical =
      /^\s*(?:(?:margin|padding|border|inset)-(?:left|right)\b|(?:left|right)\s*:|(?:text-align|float)\s*:\s*(?:left|right))/;
    expect(text.split('\n').filter((line) => physical.test(line))).toEqual([]);
  });

  it('notices a colour of our own', () => {
    for (const line of [
      'color: #fff;',
      'color: rgb(1, 2, 3);',
      'background: white;',
      'border: 1px solid color-mix(in srgb, red, blue);',
    ])
      expect(COLOUR.test(line), line).toBe(true);
  });

  it('uses no token that VS Code does not know', () => {
    const known = new Set([...Object.values(themes).flatMap((theme) => Object.keys(theme)), ...NOT_IN_DEFAULT_THEMES]);
    const used = css.flatMap(({ text }) => text.match(/--vscode-[A-Za-z\d-]+/g) ?? []);
    expect(used.filter((token) => !known.has(token))).toEqual([]);
    expect(used.length).toBeGreaterThan(50);
  });

  it('uses every class that the components name', () => {
    const all = css.map(({ text }) => text).join('\n');
    const named = sources.flatMap(({ text }) =>
      [...text.matchAll(/className="([a-z][a-z- ]*)"/g)].flatMap((m) => (m[1] ?? '').split(' ')),
    );
    const missing = [...new Set(named)].filter((name) => !new RegExp(`\\.${name}(?![\\w-])`).test(all));
    expect(missing).toEqual([]);
  });

  it('has no rule for a class that nothing names', () => {
    const code = sources.map(({ text }) => text).join('\n');
    const styled = css.flatMap(({ text }) =>
      [...text.replace(/\/\*[\s\S]*?\*\//g, '').matchAll(/\.([a-z][a-z-]*)(?=[\s.:,{>+)[]|::)/g)].map(
        (m) => m[1] ?? '',
      ),
    );
    // Headings are named by their level, tool calls by their state.
    // Table cells are named by their alignment.
    const computed = /^h[1-6]$|^(right|center)$|^(running|waiting|done|failed|denied|interrupted|context|woff|ttf)$/;
    const unused = [...new Set(styled)].filter(
      (name) => !computed.test(name) && !new RegExp(`['"\`\\s]${name}['"\`\\s$]`).test(code),
    );
    expect(unused).toEqual([]);
  });

  it('puts no HTML into the page', () => {
    const files = sources.filter(({ text }) =>
      /dangerouslySetInnerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/.test(
        text.replace(/^\/\/.*$/gm, '').replace(/`new Function`/g, ''),
      ),
    );
    expect(files.map((f) => f.name)).toEqual([]);
    const inner = sources.filter(({ text }) => text.includes('.innerHTML'));
    expect(inner.map((f) => f.name)).toEqual([join('markdown', 'entities.ts')]);
  });
});
