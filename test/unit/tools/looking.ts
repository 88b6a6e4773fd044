// The tools that look, over a real folder with the real ripgrep and git, as a turn calls them.
import { execFileSync } from 'node:child_process';
import type { Languages } from '../../../src/editor/language.ts';
import { RecentEdits } from '../../../src/editor/recent-edits.ts';
import { RipgrepSearch, resolveProgram } from '../../../src/editor/ripgrep-search.ts';
import type { UnsavedText } from '../../../src/editor/search.ts';
import type { See } from '../../../src/editor/see.ts';
import { runGit } from '../../../src/memory/run-git.ts';
import { isHidden } from '../../../src/permissions/decide.ts';
import { type AnyTool, ToolError, type ToolResult } from '../../../src/tools/tool.ts';
import { toolList } from '../../../src/tools/tool-list.ts';
import { DiskEditor } from './disk-editor.ts';

export function ripgrep(): RipgrepSearch {
  const program = resolveProgram('rg');
  if (program === undefined) throw new Error('These tests need ripgrep on PATH.');
  return new RipgrepSearch(program);
}

const nobody = async () => ({ served: 'unserved' as const, language: '', found: [] });

export const noLanguages: Languages = {
  symbols: nobody,
  workspaceSymbols: async () => [],
  places: nobody,
  hover: nobody,
  calls: nobody,
  fixes: async () => [],
};

export class Looking implements See {
  readonly editor: DiskEditor;
  search: See['search'] = ripgrep();
  languages: Languages = noLanguages;
  readonly edits = new RecentEdits();
  trusted = true;
  readonly git = { trusted: () => this.trusted, run: runGit };
  untitled: UnsavedText[] = [];
  /** Lines of `.lettaignore`. */
  ignored: string[] = [];

  constructor(editor = new DiskEditor()) {
    this.editor = editor;
  }

  dispose(): void {
    this.editor.dispose();
  }

  unsaved(): UnsavedText[] {
    const files = [...this.editor.unsaved].map(([path, text]) => ({
      name: path.slice(this.editor.root.length + 1),
      path,
      text,
    }));
    return [...this.untitled, ...files];
  }

  async unsavedNotebook(): Promise<undefined> {}

  recentEdits() {
    return this.edits.list();
  }

  readonly hidden = (path: string): boolean => {
    const workspace = this.editor.folders().map(({ real }) => real);
    return isHidden(path, { lettaignore: this.ignored, workspace, deny: [] });
  };

  get tools(): AnyTool[] {
    return toolList({ editor: this.editor, skills: { load: async () => '' }, hidden: this.hidden, see: this });
  }

  /** A `ToolError` is a result, as in a turn. */
  async call(name: string, input: unknown, signal = new AbortController().signal): Promise<ToolResult> {
    const tool = this.tools.find((one) => one.name === name);
    if (tool === undefined) throw new Error(`No tool ${name}`);
    const parsed: unknown = tool.input.parse(input);
    try {
      tool.access(parsed);
      return await tool.run(parsed, { callId: 'call', threadId: 'thread', signal, update: () => {} });
    } catch (error) {
      if (error instanceof ToolError) return { status: 'error', text: error.message };
      throw error;
    }
  }

  async text(name: string, input: unknown): Promise<string> {
    return (await this.call(name, input)).text;
  }

  /** Git as a person runs it in the folder. */
  run(...args: string[]): string {
    const person = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false'];
    return execFileSync('git', [...person, ...args], {
      cwd: this.editor.root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  commit(message: string): void {
    this.run('add', '-A');
    this.run('commit', '-q', '-m', message);
  }
}
