// Colours code by the grammars that VS Code itself uses (TextMate's) and by the rules of a theme.
import { createJavaScriptRawEngine } from '@shikijs/engine-javascript/raw';
import { codeToTokensBase, createShikiPrimitive, type ShikiPrimitive, type ThemedToken } from '@shikijs/primitive';
import { type HighlightView, MAX_COLOURED } from '../../protocol/code-views.ts';
import { languageNamed, loadLanguage } from './languages.ts';

/** Rules of a theme, as its `tokenColors` has them. */
export interface ThemeRule {
  scope?: string | string[];
  settings: { foreground?: string; fontStyle?: string };
}

export interface EditorTheme {
  id: string;
  rules: ThemeRule[];
}

/** A line that is longer stays plain: data, or minified. */
const MAX_LINE = 2_000;
/** No limit for a line: the first ones compile the grammar, however long a busy machine takes. The thread as a whole has one. */
const LINE_MS = 0;
/** What is made colourless by the theme has this one, which no theme has. */
const PLAIN = '#010203';

export class Tokenizer {
  private readonly primitive: ShikiPrimitive = createShikiPrimitive({
    engine: createJavaScriptRawEngine(),
    langs: [],
    themes: [],
    warnings: false,
  });
  private theme: EditorTheme | undefined;

  /** @returns null where the code stays as it is: a language that is not known, too long, a theme without rules */
  async colour(code: string, language: string, theme: EditorTheme): Promise<HighlightView | null> {
    const name = languageNamed(language);
    if (!name || theme.rules.length === 0 || code.length > MAX_COLOURED.characters) return null;
    if (code.split('\n').length > MAX_COLOURED.lines) return null;
    if (!this.primitive.getLoadedLanguages().includes(name)) {
      this.primitive.loadLanguageSync(...(await loadLanguage(name)));
    }
    this.use(theme);
    const options = { lang: name, theme: theme.id, tokenizeMaxLineLength: MAX_LINE, tokenizeTimeLimit: LINE_MS };
    return viewOf(codeToTokensBase(this.primitive, code, options));
  }

  private use(theme: EditorTheme): void {
    if (this.theme === theme) return;
    const settings = [
      { settings: { foreground: PLAIN, background: PLAIN } },
      ...theme.rules.filter(({ scope }) => scope),
    ];
    // `type` only chooses colours that are given here.
    this.primitive.loadThemeSync({ name: theme.id, type: 'dark', fg: PLAIN, bg: PLAIN, settings });
    this.theme = theme;
  }
}

function viewOf(lines: ThemedToken[][]): HighlightView {
  const colours = [''];
  const indexOf = new Map<string, number>([[PLAIN, 0]]);
  const index = (colour: string): number => {
    const known = indexOf.get(colour);
    if (known !== undefined) return known;
    indexOf.set(colour, colours.length);
    return colours.push(colour) - 1;
  };
  const line = (tokens: ThemedToken[]): string => {
    const runs: { length: number; colour: number; style: number }[] = [];
    for (const { content, color = PLAIN, fontStyle = 0 } of tokens) {
      // Names of variables are told apart by case, numbers are not.
      const colour = index(color.startsWith('#') ? color.toLowerCase() : color);
      const style = Math.max(0, fontStyle);
      const last = runs.at(-1);
      // Neighbours that look alike are one element in the page.
      if (last?.colour === colour && last.style === style) last.length += content.length;
      else runs.push({ length: content.length, colour, style });
    }
    return runs.map(({ length, colour, style }) => `${length} ${colour} ${style}`).join(' ');
  };
  return { colours, lines: lines.map(line) };
}
