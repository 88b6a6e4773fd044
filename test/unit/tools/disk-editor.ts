// An editor over a real folder, without VS Code: documents with unsaved text are a map beside the disk.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { standingText } from '../../../src/editor/content.ts';
import {
  type Applied,
  type AppliedFile,
  type Editor,
  EditorError,
  type FileChange,
  type FileText,
  type Folder,
  type LanguageEdits,
  type OpenFile,
  type Problem,
} from '../../../src/editor/editor.ts';
import { operationsOf } from '../../../src/editor/operations.ts';

export class DiskEditor implements Editor {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'letta-tools-')));
  readonly unsaved = new Map<string, string>();
  readonly untitled = new Map<string, string>();
  files: OpenFile[] = [];
  found: Problem[] = [];
  /** What the next change does to the problems. */
  delta: Applied['problems'] = { added: [], removed: [], settled: true };
  /** What saving does to a text. */
  format = (text: string) => text;
  eol: '\n' | '\r\n' = '\n';
  /** What the language servers would change. */
  language: LanguageEdits = {
    rename: async () => [],
    fixes: async () => [],
    organizeImports: async () => [],
    format: async () => [],
    imports: async () => [],
  };

  path(name: string): string {
    return join(this.root, name);
  }

  put(name: string, text: string): string {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  text(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  folders(): Folder[] {
    return [{ name: 'project', path: this.root, real: this.root }];
  }

  openFiles(): OpenFile[] {
    return this.files;
  }

  async read(path: string): Promise<FileText | null> {
    const unsaved = this.unsaved.get(path);
    if (unsaved !== undefined) return { text: unsaved, dirty: true };
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return null;
    if (stats.isDirectory()) throw new EditorError('directory', `${path} is a folder.`);
    return { text: readFileSync(path, 'utf8'), dirty: false };
  }

  readUntitled(name: string): string | null {
    return this.untitled.get(name) ?? null;
  }

  open(path: string): Promise<FileText | null> {
    return this.read(path);
  }

  async list(path: string, limit: number) {
    const found = readdirSync(path, { withFileTypes: true });
    const entries = found.map((entry) => ({
      name: entry.name,
      kind: entry.isDirectory() ? ('directory' as const) : ('file' as const),
    }));
    return { entries: entries.slice(0, limit), total: entries.length };
  }

  newFileStyle() {
    return { eol: this.eol, finalNewline: false };
  }

  problems(): Problem[] {
    return this.found;
  }

  async check(path: string) {
    return { problems: this.found.filter((problem) => problem.path === path), settled: this.delta.settled };
  }

  async apply(changes: FileChange[]): Promise<Applied> {
    for (const { path, before, whole } of changes) {
      if ((await standingText(path, (at) => this.read(at), whole !== undefined)) !== before)
        throw new EditorError('changed', `${path} changed since the edit was planned.`);
    }
    const { moves, deletes, folders } = operationsOf(changes);
    for (const { path } of folders) mkdirSync(path, { recursive: true });
    for (const { from, to } of moves) {
      mkdirSync(dirname(to), { recursive: true });
      renameSync(from, to);
    }
    for (const { path } of deletes) rmSync(path, { recursive: true });
    const files = changes.map(({ path, before, after, opaque, from }): AppliedFile => {
      if (after === null) return { path, state: 'deleted', created: false, text: null, kept: `/kept${path}` };
      if (opaque) return { path, state: 'saved', created: false, text: null };
      const dirty = this.unsaved.has(path);
      const text = dirty ? after : this.format(after);
      if (dirty) this.unsaved.set(path, text);
      else {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
      }
      return { path, state: dirty ? 'dirty' : 'saved', created: before === null && from === undefined, text };
    });
    return { files, problems: this.delta };
  }

  async showProposal(): Promise<never> {
    throw new Error('There is no diff editor here.');
  }
}
