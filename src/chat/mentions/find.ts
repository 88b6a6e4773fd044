// What `@` offers: files and folders by their names, symbols, and what else a person can point at.
import * as vscode from 'vscode';
import type { Mention } from '../../protocol/attachments.ts';
import { t } from '../../protocol/l10n.ts';
import type { ThreadView } from '../../protocol/thread-views.ts';
import { best } from './fuzzy.ts';
import { type MentionQuery, NAMED_KINDS, parseQuery, withLines } from './query.ts';

/** Files of the workspace that are looked through. */
const MOST_FILES = 20_000;
/** Rows that are offered. */
const MOST = 40;
/** Milliseconds that a list holds: somebody who types asks several times. */
const LISTS_MS = 10_000;

export interface FindDeps {
  hidden(path: string): boolean;
  /** What a tool says that only looks; rejects where it cannot. */
  look(tool: string, input: object): Promise<string>;
  threads(): Promise<Pick<ThreadView, 'id' | 'title'>[]>;
  blocks(): Promise<{ label: string; description: string }[]>;
  skills(): Promise<{ name: string; description: string }[]>;
}

const WHOLE: readonly Mention[] = [
  { kind: 'problems', label: 'problems', ref: '', detail: t('Errors and warnings of the workspace') },
  { kind: 'openFiles', label: 'open editors', ref: '', detail: t('Which files are open, what is selected') },
  { kind: 'changes', label: 'git changes', ref: '', detail: t('What is not committed yet') },
];

export class Mentions {
  private readonly deps: FindDeps;
  private readonly lists = new Map<string, { at: number; list: Promise<readonly unknown[]> }>();

  constructor(deps: FindDeps) {
    this.deps = deps;
  }

  /** Best first. What cannot be listed now is left out. @param typed behind `@` */
  async find(typed: string): Promise<Mention[]> {
    const query = parseQuery(typed);
    if (query.kind === 'url') {
      const { text } = query;
      return URL.canParse(text)
        ? [{ kind: 'url', label: text.slice(0, 300), ref: text, detail: t('A page of the web') }]
        : [];
    }
    if (query.kind) return (await this.ofKind(query.kind, query)).slice(0, MOST);
    const { text } = query;
    const kinds = NAMED_KINDS.map(
      ({ kind, name, does }): Mention => ({ kind, label: `${name}:`, ref: '', detail: does }),
    );
    if (text === '') return [...this.selection(), ...WHOLE, ...kinds, ...(await this.open())].slice(0, MOST);
    const [files, folders, ...others] = await Promise.all([
      this.ofKind('file', query),
      this.ofKind('folder', query),
      this.ofKind('memory', query),
      this.ofKind('skill', query),
      this.ofKind('thread', query),
      text.length > 1 ? this.ofKind('symbol', query) : [],
    ]);
    const begun = text.toLowerCase();
    const named = [...this.selection(), ...WHOLE, ...kinds].filter(({ label }) =>
      label.split(' ').some((word) => word.toLowerCase().startsWith(begun)),
    );
    return [...named, ...files, ...folders, ...others.flat()].slice(0, MOST);
  }

  private async ofKind(kind: Mention['kind'], { text, lines }: MentionQuery): Promise<Mention[]> {
    const rows = await this.listed(kind, text, lines).catch(() => []);
    return kind === 'symbol'
      ? rows
      : best(text, rows, ({ label, ref }) => (kind === 'file' || kind === 'folder' ? ref : label), 20);
  }

  private async listed(kind: Mention['kind'], text: string, lines: MentionQuery['lines']): Promise<Mention[]> {
    const { deps } = this;
    switch (kind) {
      case 'file': {
        const some = best(text, await this.paths(), (path) => path, 40).filter((path) => !this.isHidden(path));
        return some.map((path) => ({
          kind,
          label: withLines(path, lines),
          ref: path,
          detail: '',
          ...(lines ? { lines } : {}),
        }));
      }
      case 'folder': {
        const all = new Set((await this.paths()).flatMap(foldersOf));
        const some = best(text, [...all], (path) => path, 40).filter((path) => !this.isHidden(path));
        return some.map((path) => ({ kind, label: `${path}/`, ref: path, detail: t('Folder') }));
      }
      case 'symbol':
        return this.symbols(text);
      case 'commit': {
        const log = await this.list('log', async () => [await deps.look('Git', { operation: 'log', limit: 100 })]);
        return rowsOf(log.join(), /^([0-9a-f]{4,40}) (\S+ .*?): (.*)$/, ([, ref = '', by = '', subject = '']) => {
          return { kind, label: `${ref} ${subject}`.slice(0, 120), ref, detail: by };
        });
      }
      case 'terminal': {
        const list = await deps.look('Terminal', { operation: 'list' });
        const rows = rowsOf(
          list,
          /^(\S+): (.*) \(([^()]*(?:\([^()]*\))?[^()]*)\)$/,
          ([, ref = '', command = '', how = '']) => {
            return { kind, label: command.slice(0, 120) || ref, ref, detail: how };
          },
        );
        return rows.reverse();
      }
      case 'thread':
        return (await this.list('threads', deps.threads)).map(({ id, title }) => ({
          kind,
          label: title.slice(0, 120),
          ref: id,
          detail: t('Thread'),
        }));
      case 'memory':
        return (await this.list('blocks', deps.blocks)).map(({ label, description }) => ({
          kind,
          label,
          ref: label,
          detail: description || t('Memory block'),
        }));
      case 'skill':
        return (await this.list('skills', deps.skills)).map(({ name, description }) => ({
          kind,
          label: name,
          ref: name,
          detail: description,
        }));
      default:
        return [];
    }
  }

  private selection(): Mention[] {
    const editor = vscode.window.activeTextEditor;
    if (!editor || editor.selection.isEmpty || editor.document.uri.scheme !== 'file') return [];
    const { start, end } = editor.selection;
    const path = vscode.workspace.asRelativePath(editor.document.uri);
    if (this.isHidden(path)) return [];
    const lines: [number, number] = [start.line + 1, end.line + 1];
    return [{ kind: 'selection', label: withLines(path, lines), ref: path, lines, detail: t('What is selected') }];
  }

  private async open(): Promise<Mention[]> {
    const tabs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs);
    const uris = tabs.flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri] : []));
    const paths = uris
      .filter((uri) => vscode.workspace.getWorkspaceFolder(uri))
      .map((uri) => vscode.workspace.asRelativePath(uri));
    return [...new Set(paths)]
      .filter((path) => !this.isHidden(path))
      .map((path) => ({ kind: 'file', label: path, ref: path, detail: t('Open') }));
  }

  private isHidden(path: string): boolean {
    const uri = uriOf(path);
    return uri === undefined || this.deps.hidden(uri.fsPath);
  }

  /** Of the workspace, as the person's own settings of searches leave them. */
  private paths(): Promise<readonly string[]> {
    return this.list('paths', async () => {
      const found = await vscode.workspace.findFiles('**/*', undefined, MOST_FILES);
      return found.map((uri) => vscode.workspace.asRelativePath(uri));
    });
  }

  private list<T>(name: string, load: () => Promise<readonly T[]>): Promise<readonly T[]> {
    const known = this.lists.get(name);
    if (known && Date.now() - known.at < LISTS_MS) return known.list as Promise<readonly T[]>;
    const list = load();
    this.lists.set(name, { at: Date.now(), list });
    list.catch(() => this.lists.delete(name));
    return list;
  }

  private async symbols(text: string): Promise<Mention[]> {
    const found = await vscode.commands.executeCommand<vscode.SymbolInformation[] | undefined>(
      'vscode.executeWorkspaceSymbolProvider',
      text,
    );
    const rows = (found ?? []).slice(0, 200).flatMap(({ name, location: { uri, range } }): Mention[] => {
      if (uri.scheme !== 'file' || !vscode.workspace.getWorkspaceFolder(uri) || this.deps.hidden(uri.fsPath)) return [];
      const path = vscode.workspace.asRelativePath(uri);
      return [
        {
          kind: 'symbol',
          label: name.slice(0, 200),
          ref: path,
          lines: [range.start.line + 1, range.end.line + 1],
          detail: path,
        },
      ];
    });
    return best(text, rows, ({ label }) => label, 20);
  }
}

/** Of a path as VS Code shows it. */
export function uriOf(path: string): vscode.Uri | undefined {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const [first = ''] = path.split('/');
  const named = folders.length > 1 ? folders.find(({ name }) => name === first) : undefined;
  const root = named ?? folders[0];
  return root && vscode.Uri.joinPath(root.uri, named ? path.slice(first.length + 1) : path);
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

function rowsOf(text: string, shape: RegExp, row: (found: RegExpExecArray) => Mention): Mention[] {
  return text.split('\n').flatMap((line) => {
    const found = shape.exec(line);
    return found ? [row(found)] : [];
  });
}
