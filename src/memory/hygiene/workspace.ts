// One look at the workspace: what several claims ask is read once. It lives as long as one check.

import { type Evidence, INSTALLED, type WorkspaceFacts } from './facts.ts';
import { CODE_FILE, escapeRegExp, lineAt, maskCode } from './mask.ts';
import { isConfigFile, readSettings } from './read-config.ts';
import type { Setting } from './setting.ts';
import { type Definition, findDefinitions } from './symbols.ts';

export interface FoundSymbol extends Definition {
  path: string;
}

/** Where a word stands in code or configuration, outside of comments. */
export interface Usage extends Evidence {
  /** `string`: only as a whole text of its own. */
  as: 'code' | 'string' | 'config';
}

const LOCK_FILE =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?|poetry\.lock|uv\.lock|Cargo\.lock|go\.sum|composer\.lock|Gemfile\.lock|Pipfile\.lock)$/;
const PROSE = /\.(?:md|mdx|markdown|txt|rst|adoc)$/i;
const BINARY =
  /\.(?:png|jpe?g|gif|webp|ico|pdf|zip|gz|woff2?|ttf|mp[34]|wasm|exe|dll|so|jar|class|lockb|svg|map)$|\.min\.(?:js|css)$/i;

export class Workspace {
  readonly facts: WorkspaceFacts;
  private list: Promise<readonly string[]> | undefined;
  private folderSet: Set<string> | undefined;
  private readonly texts = new Map<string, Promise<string | null>>();
  private readonly masks = new Map<string, string>();
  private readonly settingLists = new Map<string, Promise<Setting[]>>();
  private readonly symbolLists = new Map<string, Promise<FoundSymbol[]>>();
  private readonly kept = new Map<string, Promise<unknown>>();

  constructor(facts: WorkspaceFacts) {
    this.facts = facts;
  }

  /** Computes something once. */
  once<T>(key: string, compute: () => Promise<T>): Promise<T> {
    const known = this.kept.get(key) as Promise<T> | undefined;
    if (known) return known;
    const made = compute();
    this.kept.set(key, made);
    return made;
  }

  files(): Promise<readonly string[]> {
    this.list ??= this.facts.files().then((files) =>
      files.filter(
        (file) =>
          !file
            .split('/')
            .slice(0, -1)
            .some((folder) => INSTALLED.has(folder)),
      ),
    );
    return this.list;
  }

  async folders(): Promise<ReadonlySet<string>> {
    this.folderSet ??= foldersOf(await this.files());
    return this.folderSet;
  }

  /** Where not all files are searched: the names of all files and folders. Asked only when something was not found. */
  all(): Promise<{ files: readonly string[]; folders: ReadonlySet<string> } | null> {
    return this.once('all names', async () => {
      const files = (await this.facts.unsearched?.()) ?? null;
      return files && { files, folders: foldersOf(files) };
    });
  }

  text(path: string): Promise<string | null> {
    const known = this.texts.get(path);
    if (known) return known;
    const reading = this.facts.readText(path);
    this.texts.set(path, reading);
    return reading;
  }

  async codeFiles(): Promise<string[]> {
    return (await this.files()).filter((file) => CODE_FILE.test(file) && !BINARY.test(file));
  }

  /** Configuration of the project itself: no lock files, and none that stand in for other projects. */
  async configFiles(): Promise<string[]> {
    return (await this.files()).filter(
      (file) =>
        isConfigFile(file) &&
        !LOCK_FILE.test(file) &&
        !/(?:^|\/)(?:fixtures?|samples?|examples?|testdata|__fixtures__)\//.test(file),
    );
  }

  settings(path: string): Promise<Setting[]> {
    const known = this.settingLists.get(path);
    if (known) return known;
    const reading = this.text(path).then((text) => (text === null ? [] : readSettings(path, text)));
    this.settingLists.set(path, reading);
    return reading;
  }

  masked(path: string, text: string): string {
    const known = this.masks.get(path);
    if (known !== undefined) return known;
    const made = maskCode(text, path);
    this.masks.set(path, made);
    return made;
  }

  async definitionsIn(path: string, name: string): Promise<FoundSymbol[]> {
    const text = await this.text(path);
    if (text === null || !text.includes(name)) return [];
    return findDefinitions(text, path, name, this.masked(path, text)).map((definition) => ({ ...definition, path }));
  }

  /** All definitions, those outside of tests first. */
  definitions(name: string): Promise<FoundSymbol[]> {
    const known = this.symbolLists.get(name);
    if (known) return known;
    const looking = this.codeFiles().then(async (files) => {
      const found: FoundSymbol[] = [];
      for (const file of files) found.push(...(await this.definitionsIn(file, name)));
      const test = (path: string): number => (isTestPath(path) ? 1 : 0);
      const rank = { type: 0, callable: 0, value: 1 };
      return found.sort((a, b) => test(a.path) - test(b.path) || rank[a.kind] - rank[b.kind]);
    });
    this.symbolLists.set(name, looking);
    return looking;
  }

  /** First uses of a word outside of comments and prose; at most one a file. */
  async usages(word: string, within?: (path: string) => boolean): Promise<Usage[]> {
    const pattern = new RegExp(`(?<![\\w$])${escapeRegExp(word)}(?![\\w$])`);
    const found: Usage[] = [];
    for (const path of await this.files()) {
      if (BINARY.test(path) || PROSE.test(path) || LOCK_FILE.test(path) || (within && !within(path))) continue;
      const text = await this.text(path);
      if (text === null || !text.includes(word)) continue;
      const code = CODE_FILE.test(path);
      const hit = pattern.exec(code ? this.masked(path, text) : withoutComments(path, text));
      if (hit) found.push({ path, line: lineAt(text, hit.index), as: code ? 'code' : 'config' });
      else if (code) {
        const literal = new RegExp(`(["'\`])${escapeRegExp(word)}\\1`).exec(maskCode(text, path, true));
        if (literal) found.push({ path, line: lineAt(text, literal.index), as: 'string' });
      }
      if (found.length >= 50) break;
    }
    const rank = { code: 0, config: 1, string: 2 };
    return found.sort((a, b) => rank[a.as] - rank[b.as]);
  }
}

function foldersOf(files: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const file of files) {
    for (let at = file.lastIndexOf('/'); at > 0; at = file.lastIndexOf('/', at - 1)) {
      const folder = file.slice(0, at);
      if (found.has(folder)) break;
      found.add(folder);
    }
  }
  return found;
}

function withoutComments(path: string, text: string): string {
  return maskCode(text, /\.jsonc?$/i.test(path) ? 'a.js' : /\.[a-z]+$/i.test(path) ? path : `${path}.sh`, true);
}

export const isTestPath = (path: string): boolean =>
  /(?:^|\/)(?:tests?|__tests__|spec|specs|e2e)\/|[._-](?:test|spec)s?\.\w+$|(?:^|\/)test_[^/]+\.py$|(?:Test|Tests|Spec)\.(?:java|kt|cs|scala|swift)$/.test(
    path,
  );

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');
