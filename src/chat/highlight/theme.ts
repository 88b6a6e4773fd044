// The colour theme that the editor shows, by the id that VS Code gives its webviews.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { readRules, rulesOf } from './theme-file.ts';
import type { EditorTheme, ThemeRule } from './tokenize.ts';

const ManifestSchema = z.object({
  contributes: z.optional(
    z.object({
      themes: z.optional(
        z.array(z.object({ id: z.optional(z.string()), label: z.optional(z.string()), path: z.string() })),
      ),
    }),
  ),
});

/** For a theme whose file is on another computer, or is none of VS Code's own kind: colours that every theme has. */
const BY_VARIABLES: ThemeRule[] = [
  {
    scope: ['comment', 'punctuation.definition.comment'],
    settings: { foreground: 'var(--vscode-descriptionForeground)' },
  },
  { scope: ['string', 'markup.inline.raw'], settings: { foreground: 'var(--vscode-debugTokenExpression-string)' } },
  { scope: ['constant.numeric'], settings: { foreground: 'var(--vscode-debugTokenExpression-number)' } },
  {
    scope: ['keyword', 'storage', 'constant.language', 'entity.name.tag'],
    settings: { foreground: 'var(--vscode-debugTokenExpression-boolean)' },
  },
  {
    scope: ['entity.name', 'support', 'variable.parameter', 'entity.other.attribute-name'],
    settings: { foreground: 'var(--vscode-debugTokenExpression-name)' },
  },
  { scope: ['markup.inserted'], settings: { foreground: 'var(--vscode-gitDecoration-addedResourceForeground)' } },
  { scope: ['markup.deleted'], settings: { foreground: 'var(--vscode-gitDecoration-deletedResourceForeground)' } },
  { scope: ['markup.bold', 'markup.heading'], settings: { fontStyle: 'bold' } },
  { scope: ['markup.italic'], settings: { fontStyle: 'italic' } },
];

export class EditorThemes {
  private last: { key: string; theme: Promise<EditorTheme> } | undefined;

  /** Always answers. The same theme is the same object as long as nothing of it changes. */
  get(id: string): Promise<EditorTheme> {
    const own = ownRules(id);
    const key = JSON.stringify([id, own]);
    if (this.last?.key !== key) {
      const read = rulesOfTheme(id).catch(() => undefined);
      const theme = read.then((rules) => ({ id: key, rules: [...(rules?.length ? rules : BY_VARIABLES), ...own] }));
      this.last = { key, theme };
    }
    return this.last.theme;
  }
}

/** What the person has changed about the colours of code, for all themes and for this one. */
function ownRules(id: string): ThemeRule[] {
  const settings = vscode.workspace
    .getConfiguration('editor')
    .get<Record<string, unknown>>('tokenColorCustomizations', {});
  const ofTheme = settings[`[${id}]`];
  const rules = (from: unknown) =>
    typeof from === 'object' && from !== null && 'textMateRules' in from ? rulesOf(from.textMateRules) : [];
  return [...rules(settings), ...rules(ofTheme)];
}

async function rulesOfTheme(id: string): Promise<ThemeRule[] | undefined> {
  for (const { extensionPath, packageJSON } of vscode.extensions.all) {
    const manifest = ManifestSchema.safeParse(packageJSON);
    const theme = manifest.data?.contributes?.themes?.find((each) => (each.id ?? each.label) === id);
    if (!theme) continue;
    const resolve = (file: string, from: string) => join(dirname(from), file);
    return readRules(join(extensionPath, theme.path), (file) => readFile(file, 'utf8'), resolve);
  }
  return undefined;
}
