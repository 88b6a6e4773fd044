// VS Code's language services: symbols, definitions, references, hovers, calls, quick fixes.
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { CodeAnswer, CodeCall, CodePlace, CodeSymbol, Languages, Lookup, Position, Served } from './language.ts';
import { loadDocument } from './vscode-documents.ts';
import { PlaceReader } from './vscode-places.ts';
import { nudge } from './vscode-problems.ts';

/** How long a language server may take to start, and then to answer, in milliseconds. */
const START_MS = 12_000;
const ANSWER_MS = 15_000;
const LOOK_AGAIN_MS = 200;
/** After which an empty outline of a running server is its answer. */
const EMPTY_MS = 3_000;

/** Most places and symbols that are looked up; more are nobody's answer. */
const MOST = 500;

const COMMANDS: Record<Lookup, string> = {
  definition: 'vscode.executeDefinitionProvider',
  typeDefinition: 'vscode.executeTypeDefinitionProvider',
  references: 'vscode.executeReferenceProvider',
  implementations: 'vscode.executeImplementationProvider',
};

export class VsCodeLanguages implements Languages {
  /** Languages whose server has answered something. */
  private readonly awake = new Set<string>();

  async symbols(path: string, signal: AbortSignal): Promise<CodeAnswer<CodeSymbol>> {
    return this.answer(path, signal, async ({ uri }) => {
      const found = await ask<Outline>('vscode.executeDocumentSymbolProvider', uri);
      const reader = new PlaceReader();
      return Promise.all((found ?? []).slice(0, MOST).map((symbol) => readSymbol(reader, uri, symbol)));
    });
  }

  async workspaceSymbols(query: string, signal: AbortSignal): Promise<CodeSymbol[]> {
    const command = 'vscode.executeWorkspaceSymbolProvider';
    const found = await bounded(ask<vscode.SymbolInformation>(command, query), signal);
    const reader = new PlaceReader();
    return Promise.all((found ?? []).slice(0, MOST).map((symbol) => readSymbol(reader, symbol.location.uri, symbol)));
  }

  async places(what: Lookup, path: string, at: Position, signal: AbortSignal): Promise<CodeAnswer<CodePlace>> {
    return this.answer(path, signal, async ({ uri }) => {
      const found = await ask<vscode.Location | vscode.LocationLink>(COMMANDS[what], uri, positionOf(at));
      const reader = new PlaceReader();
      return Promise.all(
        (found ?? []).slice(0, MOST).map((one) => {
          if ('uri' in one) return reader.read(one.uri, one.range.start);
          return reader.read(one.targetUri, (one.targetSelectionRange ?? one.targetRange).start);
        }),
      );
    });
  }

  async hover(path: string, at: Position, signal: AbortSignal): Promise<CodeAnswer<string>> {
    return this.answer(path, signal, async ({ uri }) => {
      const found = await ask<vscode.Hover>('vscode.executeHoverProvider', uri, positionOf(at));
      const texts = (found ?? []).flatMap(({ contents }) => contents.map(hoverText));
      return texts.filter((text) => text.trim() !== '');
    });
  }

  async calls(
    way: 'incoming' | 'outgoing',
    path: string,
    at: Position,
    signal: AbortSignal,
  ): Promise<CodeAnswer<CodeCall>> {
    return this.answer(path, signal, async ({ uri }) => {
      const reader = new PlaceReader();
      const roots = await ask<vscode.CallHierarchyItem>('vscode.prepareCallHierarchy', uri, positionOf(at));
      const calls = await Promise.all((roots ?? []).map((root) => callsOf(reader, way, root)));
      return calls.flat();
    });
  }

  async fixes(path: string, at: Position, signal: AbortSignal): Promise<string[]> {
    const loaded = await loadDocument(path);
    if (loaded === null) return [];
    const place = positionOf(at);
    const range = loaded.document.getWordRangeAtPosition(place) ?? new vscode.Range(place, place);
    const kind = vscode.CodeActionKind.QuickFix.value;
    const asked = ask<vscode.CodeAction>('vscode.executeCodeActionProvider', loaded.document.uri, range, kind);
    const found = await bounded(asked, signal);
    return [...new Set((found ?? []).filter(({ disabled }) => !disabled).map(({ title }) => title))];
  }

  /** Waits for whoever knows the language, then asks. */
  private async answer<T>(
    path: string,
    signal: AbortSignal,
    run: (document: vscode.TextDocument) => Promise<T[]>,
  ): Promise<CodeAnswer<T>> {
    const loaded = await loadDocument(path);
    if (loaded === null) return { served: 'known', language: '', found: [] };
    const { document } = loaded;
    const language = document.languageId;
    const served = await this.wake(document, signal);
    const found = await bounded(run(document), signal);
    if (found === undefined) return { served: 'starting', language, found: [] };
    return { served: found.length > 0 ? 'known' : served, language, found };
  }

  private async wake(document: vscode.TextDocument, signal: AbortSignal): Promise<Served> {
    const { languageId, uri } = document;
    if (this.awake.has(languageId) || document.getText().trim() === '') return 'known';
    const begun = Date.now();
    const servers = serversOf(languageId);
    for (;;) {
      const left = begun + START_MS - Date.now();
      const symbols = await bounded(ask<Outline>('vscode.executeDocumentSymbolProvider', uri), signal, left);
      if (symbols !== undefined && symbols.length > 0) break;
      if (servers.length === 0) return 'unserved';
      // A file may declare nothing: whoever is up and says so again is believed.
      const up = symbols !== undefined && servers.some(({ isActive }) => isActive);
      if (up && Date.now() > begun + EMPTY_MS) break;
      if (signal.aborted || left <= 0) return 'starting';
      await pause(LOOK_AGAIN_MS);
    }
    // An outline needs this file alone; what needs the whole project comes when that has been read.
    const ready = nudge(document).then(() => true);
    if ((await bounded(ready, signal)) === undefined) return 'starting';
    this.awake.add(languageId);
    return 'known';
  }
}

type Outline = vscode.DocumentSymbol | vscode.SymbolInformation;

/** Undefined where nobody answers, or with an error: of others' programs nothing better is known. */
async function ask<T>(command: string, ...given: unknown[]): Promise<T[] | undefined> {
  try {
    return await vscode.commands.executeCommand<T[] | undefined>(command, ...given);
  } catch {
    return undefined;
  }
}

/** Undefined when it takes too long or was stopped. */
async function bounded<T>(work: Promise<T>, signal: AbortSignal, ms = ANSWER_MS): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const give = () => resolve(undefined);
  const timer = setTimeout(give, Math.max(0, ms));
  signal.addEventListener('abort', give, { once: true });
  if (signal.aborted) give();
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', give);
  }
}

/** Extensions with code of their own for the language: they may still be starting. */
function serversOf(language: string): vscode.Extension<unknown>[] {
  return vscode.extensions.all.filter(({ packageJSON }) => {
    const { main, browser, activationEvents = [] } = packageJSON as Manifest;
    return (main ?? browser) !== undefined && activationEvents.includes(`onLanguage:${language}`);
  });
}

interface Manifest {
  main?: string;
  browser?: string;
  activationEvents?: string[];
}

const positionOf = ({ line, column }: Position) => new vscode.Position(line - 1, column - 1);

async function readSymbol(reader: PlaceReader, uri: vscode.Uri, symbol: Outline): Promise<CodeSymbol> {
  const kind = kindName(symbol.kind);
  if ('children' in symbol) {
    const { name, selectionRange, range, children } = symbol;
    const [place, inner] = await Promise.all([
      reader.read(uri, selectionRange.start),
      Promise.all(children.map((child) => readSymbol(reader, uri, child))),
    ]);
    return { name, kind, place, endLine: range.end.line + 1, children: inner };
  }
  const { name, containerName, location } = symbol;
  const place = await reader.read(location.uri, location.range.start);
  const container = containerName === '' || containerName === undefined ? {} : { container: containerName };
  return { name, kind, ...container, place, endLine: location.range.end.line + 1, children: [] };
}

async function callsOf(
  reader: PlaceReader,
  way: 'incoming' | 'outgoing',
  root: vscode.CallHierarchyItem,
): Promise<CodeCall[]> {
  const read = async (item: vscode.CallHierarchyItem, ranges: readonly vscode.Range[]): Promise<CodeCall> => ({
    name: item.name,
    kind: kindName(item.kind),
    place: await reader.read(item.uri, item.selectionRange.start),
    lines: [...new Set(ranges.map(({ start }) => start.line + 1))],
  });
  if (way === 'incoming') {
    const found = await ask<vscode.CallHierarchyIncomingCall>('vscode.provideIncomingCalls', root);
    return Promise.all((found ?? []).slice(0, MOST).map(({ from, fromRanges }) => read(from, fromRanges)));
  }
  const found = await ask<vscode.CallHierarchyOutgoingCall>('vscode.provideOutgoingCalls', root);
  return Promise.all((found ?? []).slice(0, MOST).map(({ to, fromRanges }) => read(to, fromRanges)));
}

/** `EnumMember` as `enum member`. */
function kindName(kind: vscode.SymbolKind): string {
  return (vscode.SymbolKind[kind] ?? 'symbol').replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

function hoverText(content: vscode.MarkdownString | vscode.MarkedString): string {
  if (typeof content === 'string') return content;
  return 'language' in content ? `\`\`\`${content.language}\n${content.value}\n\`\`\`` : content.value;
}
