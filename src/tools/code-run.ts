// Runs the operations of Code and puts their answers into words.
import type { Editor } from '../editor/editor.ts';
import {
  type CodeAnswer,
  type CodeCall,
  type CodeOperation,
  type CodePlace,
  type CodeSymbol,
  type Languages,
  type Lookup,
  lookups,
  type Position,
} from '../editor/language.ts';
import { findSymbol } from './code-position.ts';
import { type FoundPlace, hitsBody } from './places.ts';
import { clip, type IsHidden, placeOf } from './support.ts';
import { ToolError, type ToolResult } from './tool.ts';

const MAX_LISTED = 200;
const MAX_HOVER = 6_000;

export interface CodeDependencies {
  editor: Editor;
  languages: Languages;
  hidden: IsHidden;
}

export interface CodeQuestion {
  operation: CodeOperation;
  path?: string | undefined;
  symbol?: string | undefined;
  line?: number | undefined;
  query?: string | undefined;
}

export async function runCode(deps: CodeDependencies, input: CodeQuestion, signal: AbortSignal): Promise<ToolResult> {
  const { operation } = input;
  if (operation === 'workspaceSymbols') return workspaceSymbols(deps, input, signal);
  const file = await fileOf(deps, input);
  const outline = await deps.languages.symbols(file.path, signal);
  if (operation === 'symbols') return outlineResult(deps, outline, file.display);
  const name = { name: file.display, symbol: input.symbol, line: input.line };
  const positions = findSymbol(file.text, name, outline.found);
  const what = (at: Position) => `${input.symbol ?? 'it'} (${file.display}:${at.line}:${at.column})`;
  const lookup = lookups.find((one) => one === operation);
  if (lookup !== undefined) {
    const { answer, at } = await firstOf(positions, (one) => deps.languages.places(lookup, file.path, one, signal));
    return places(deps, answer, `${NOUNS[lookup]} of ${what(at)}`);
  }
  if (operation === 'hover') {
    const { answer, at } = await firstOf(positions, (one) => deps.languages.hover(file.path, one, signal));
    return hover(deps, file.path, answer, at, what(at), signal);
  }
  const way = operation === 'incomingCalls' ? 'incoming' : 'outgoing';
  const { answer, at } = await firstOf(positions, (one) => deps.languages.calls(way, file.path, one, signal));
  return calls(deps, answer, way, what(at));
}

/** The first position of which anything is known, else the last one. */
async function firstOf<T>(
  positions: readonly Position[],
  ask: (at: Position) => Promise<CodeAnswer<T>>,
): Promise<{ answer: CodeAnswer<T>; at: Position }> {
  let tried: { answer: CodeAnswer<T>; at: Position } | undefined;
  for (const at of positions) {
    tried = { answer: await ask(at), at };
    if (tried.answer.found.length > 0 || tried.answer.served !== 'known') break;
  }
  if (tried === undefined) throw new Error('No position to ask about.');
  return tried;
}

async function hover(
  deps: CodeDependencies,
  path: string,
  answer: CodeAnswer<string>,
  at: Position,
  what: string,
  signal: AbortSignal,
): Promise<ToolResult> {
  if (answer.found.length === 0) return nothing(answer, `Nothing is said of ${what}.`);
  // What is said of a symbol is taken from where it is declared.
  const declared = (await deps.languages.places('definition', path, at, signal)).found;
  if (declared.length > 0 && seen(deps, declared, (place) => place).length === 0)
    return { status: 'success', text: `.lettaignore hides where ${what} is declared.` };
  return { status: 'success', text: clip(answer.found.join('\n\n'), MAX_HOVER) };
}

const NOUNS: Record<Lookup, string> = {
  definition: 'definition',
  typeDefinition: 'type definition',
  references: 'references',
  implementations: 'implementations',
};

async function fileOf(
  { editor, hidden }: CodeDependencies,
  { operation, path }: CodeQuestion,
): Promise<{ path: string; display: string; text: string }> {
  if (path === undefined) throw new ToolError(`${operation} needs the path of a file.`);
  const place = placeOf(editor, path);
  if (hidden(place.path)) throw new ToolError(`.lettaignore hides ${place.display}.`);
  const file = await editor.open(place.path);
  if (file === null) throw new ToolError(`${place.display} does not exist.`);
  return { path: place.path, display: place.display, text: file.text };
}

async function workspaceSymbols(deps: CodeDependencies, input: CodeQuestion, signal: AbortSignal): Promise<ToolResult> {
  const query = input.query ?? input.symbol ?? '';
  if (query === '') throw new ToolError('workspaceSymbols needs a query: a name or the beginning of one.');
  // Servers of languages of which nothing is open know of no project yet: a path says which to wake.
  if (input.path !== undefined) await deps.languages.symbols((await fileOf(deps, input)).path, signal);
  const found = seen(deps, await deps.languages.workspaceSymbols(query, signal), ({ place }) => place);
  if (found.length === 0) {
    return {
      status: 'success',
      text: `No symbol ${query} is known. Servers know of projects of which a file is open: give the path of one, or use Grep.`,
    };
  }
  const lines = found.map(({ name, kind, container, place }) =>
    row(place, `${kind} ${name}${container === undefined ? '' : ` in ${container}`}`),
  );
  return listed(
    deps,
    lines,
    found.map(({ place, kind, name }) => ({ ...place, text: `${kind} ${name}` })),
  );
}

function outlineResult(deps: CodeDependencies, answer: CodeAnswer<CodeSymbol>, display: string): ToolResult {
  if (answer.found.length === 0) return nothing(answer, `${display} declares nothing that is known.`);
  const lines: string[] = [];
  const found: CodePlace[] = [];
  const add = (symbols: readonly CodeSymbol[], depth: number): void => {
    for (const { name, kind, place, endLine, children } of symbols.toSorted((a, b) => a.place.line - b.place.line)) {
      const span = endLine > place.line ? `${place.line}-${endLine}` : `${place.line}`;
      lines.push(`${'  '.repeat(depth)}${span} ${kind} ${name}`);
      found.push({ ...place, text: `${kind} ${name}` });
      // What is inside of a function is for reading the function.
      if (!/^(?:function|method|constructor|variable|constant|property)$/.test(kind)) add(children, depth + 1);
    }
  };
  add(answer.found, 0);
  return listed(deps, lines, found);
}

function places(deps: CodeDependencies, answer: CodeAnswer<CodePlace>, what: string): ToolResult {
  const found = seen(deps, answer.found, (place) => place);
  if (found.length === 0) return nothing(answer, `No ${what} found.`);
  return listed(
    deps,
    found.map((place) => row(place, place.text)),
    found,
  );
}

function calls(
  deps: CodeDependencies,
  answer: CodeAnswer<CodeCall>,
  way: 'incoming' | 'outgoing',
  what: string,
): ToolResult {
  const found = seen(deps, answer.found, ({ place }) => place);
  if (found.length === 0) return nothing(answer, `No ${way} calls of ${what} found.`);
  const lines = found.map(({ name, kind, place, lines: at }) => {
    const where = way === 'incoming' ? ` (calls it in line ${at.join(', ')})` : ` (called in line ${at.join(', ')})`;
    return row(place, `${kind} ${name}${where}`);
  });
  return listed(
    deps,
    lines,
    found.map(({ place, kind, name }) => ({ ...place, text: `${kind} ${name}` })),
  );
}

/** Without what `.lettaignore` hides, and without repetitions. */
function seen<T>({ hidden }: CodeDependencies, found: readonly T[], placeIn: (one: T) => CodePlace): T[] {
  const known = new Set<string>();
  return found.filter((one) => {
    const { name, path, line, column } = placeIn(one);
    const key = `${name}:${line}:${column}`;
    if (known.has(key) || (path !== null && hidden(path))) return false;
    known.add(key);
    return true;
  });
}

function row({ name, line, column, inside }: CodePlace, text: string): string {
  return `${name}:${line}:${column}${inside ? '' : ' (outside the workspace)'}${text === '' ? '' : `: ${text}`}`;
}

function listed({ editor }: CodeDependencies, lines: readonly string[], found: readonly CodePlace[]): ToolResult {
  const more = lines.length - MAX_LISTED;
  const shown = more > 0 ? [...lines.slice(0, MAX_LISTED), `… ${more} more`] : lines;
  const onCard = found.map(({ path, name, line, column, text }): FoundPlace => ({ path, name, line, column, text }));
  return { status: 'success', text: shown.join('\n'), view: { body: hitsBody(editor, onCard) } };
}

function nothing<T>({ served, language, found }: CodeAnswer<T>, none: string): ToolResult {
  if (served === 'unserved') {
    return {
      status: 'success',
      text: `No language server for ${language || 'this file'} is here, so nothing is known of its symbols. Use Grep.`,
    };
  }
  if (served === 'starting') {
    return {
      status: 'success',
      text: `The language server for ${language} had not answered when the wait was over: it may still be starting. Try again, or use Grep.`,
    };
  }
  return { status: 'success', text: found.length === 0 ? none : `${none} (What was found is hidden by .lettaignore.)` };
}
