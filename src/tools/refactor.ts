// Refactor: changes that language servers work out, shown and applied like edits.
import * as z from 'zod/mini';
import type { CodeFix, Editor } from '../editor/editor.ts';
import type { Place } from '../editor/paths.ts';
import { t } from '../protocol/l10n.ts';
import { applyPlan } from './apply-plan.ts';
import { accessPaths, guarded, type IsHidden, placeOf } from './support.ts';
import { type Plan, type Target, type Tool, ToolError } from './tool.ts';

const Input = z.object({
  operation: z.enum(['rename', 'quickFix', 'organizeImports', 'format']),
  path: z.string(),
  line: z.optional(z.int().check(z.minimum(1), z.describe('Where it is (rename, quickFix)'))),
  symbol: z.optional(z.string().check(z.describe('Name on that line (rename)'))),
  new_name: z.optional(z.string()),
  title: z.optional(z.string().check(z.describe('Of the quick fix; without it they are listed'))),
});
export type RefactorInput = z.infer<typeof Input>;

export function refactorTool(editor: Editor, hidden: IsHidden): Tool<RefactorInput> {
  const plan = (input: RefactorInput) => guarded(() => planRefactor(editor, input, hidden));
  return {
    name: 'Refactor',
    description:
      'Lets language servers rename a symbol in all files, apply a quick fix, organize imports or format a file.',
    input: Input,
    title: titleOf,
    access: ({ path }) => ({ kind: 'edit', paths: accessPaths(placeOf(editor, path)) }),
    plan,
    run: async (input, { signal }, shown) => applyPlan(editor, shown ?? (await plan(input)), signal, hidden),
  };
}

function titleOf({ operation, path, line, symbol, new_name, title }: RefactorInput): { title: string; target: string } {
  switch (operation) {
    case 'rename':
      return { title: t('Rename {0} to {1}', symbol ?? '…', new_name ?? '…'), target: path };
    case 'quickFix':
      return {
        title: title === undefined ? t('Quick fixes') : t('Quick fix “{0}”', title),
        target: `${path}:${line ?? '?'}`,
      };
    case 'organizeImports':
      return { title: t('Organize imports'), target: path };
    case 'format':
      return { title: t('Format'), target: path };
  }
}

async function planRefactor(editor: Editor, input: RefactorInput, hidden: IsHidden): Promise<Plan> {
  const place = placeOf(editor, input.path);
  if (!place.exists) throw new ToolError(`${place.display} does not exist.`);
  const targets = await changesFor(editor, input, place);
  const secret = targets.find(({ path }) => hidden(path));
  if (secret !== undefined) throw new ToolError('It would change a file that .lettaignore hides. Nothing was changed.');
  return { targets };
}

async function changesFor(editor: Editor, input: RefactorInput, place: Place): Promise<Target[]> {
  const { language } = editor;
  switch (input.operation) {
    case 'rename':
      return rename(editor, input, place);
    case 'quickFix':
      return quickFix(editor, input, place);
    case 'organizeImports': {
      const changes = await language.organizeImports(place.path);
      return someChange(changes, `The imports of ${place.display} are organized already.`);
    }
    case 'format':
      return someChange(
        await language.format(place.path),
        `${place.display} is formatted already, or no extension formats such files.`,
      );
  }
}

function someChange(changes: Target[], otherwise: string): Target[] {
  if (changes.length === 0) throw new ToolError(otherwise);
  return changes;
}

async function rename(editor: Editor, input: RefactorInput, place: Place): Promise<Target[]> {
  const { line, symbol, new_name: name } = input;
  if (symbol === undefined || symbol === '' || name === undefined || name === '') {
    throw new ToolError(
      'rename needs symbol, its name now, and new_name. line says which one where there are several.',
    );
  }
  if (symbol === name) throw new ToolError('symbol and new_name are the same.');
  const file = await editor.open(place.path);
  const at = placeOfSymbol(file?.text ?? '', symbol, line, place.display);
  const changes = await editor.language.rename(place.path, at, name);
  return someChange(changes, `No extension renames ${symbol} at ${place.display}:${at.line}. Use Edit.`);
}

/** Line and column, from 1, of a name that stands by itself. @throws ToolError */
function placeOfSymbol(
  text: string,
  symbol: string,
  line: number | undefined,
  name: string,
): { line: number; column: number } {
  const word = new RegExp(
    `(?<![\\p{L}\\p{N}_$])${symbol.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')}(?![\\p{L}\\p{N}_$])`,
    'u',
  );
  const lines = text.split(/\r\n|\n|\r/);
  if (line !== undefined) {
    const column = (lines[line - 1] ?? '').search(word);
    if (column !== -1) return { line, column: column + 1 };
  }
  const found = lines.flatMap((one, index) => (word.test(one) ? [index + 1] : []));
  const [first] = found;
  if (first === undefined) throw new ToolError(`${symbol} does not stand in ${name}.`);
  if (line !== undefined) {
    throw new ToolError(
      `${symbol} does not stand in line ${line} of ${name}, but in ${found.slice(0, 10).join(', ')}.`,
    );
  }
  return { line: first, column: (lines[first - 1] ?? '').search(word) + 1 };
}

async function quickFix(editor: Editor, input: RefactorInput, place: Place): Promise<Target[]> {
  const { line, title } = input;
  if (line === undefined) throw new ToolError('quickFix needs line, and title: the one of the fix.');
  const fixes = await editor.language.fixes(place.path, line);
  if (fixes.length === 0) throw new ToolError(`There is no quick fix for ${place.display}:${line}.`);
  const fix = title === undefined ? undefined : chosenFix(fixes, title);
  if (fix === undefined) {
    const listed = fixes.map((one) => `- ${one.title}${one.refused === undefined ? '' : ' (not offered here)'}`);
    const wanted = title === undefined ? 'Give one of these as title:' : `There is no quick fix “${title}”, but these:`;
    throw new ToolError([wanted, ...listed].join('\n'));
  }
  if (fix.refused !== undefined) throw new ToolError(fix.refused);
  return someChange(fix.changes, `“${fix.title}” changes nothing.`);
}

/** By its whole title, else by the only one that holds the words. */
function chosenFix(fixes: readonly CodeFix[], title: string): CodeFix | undefined {
  const words = title.trim().toLowerCase();
  const exact = fixes.find((fix) => fix.title.toLowerCase() === words);
  const holding = fixes.filter((fix) => fix.title.toLowerCase().includes(words));
  return exact ?? (holding.length === 1 ? holding[0] : undefined);
}
