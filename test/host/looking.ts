// The tools that look, as VS Code stands behind them, for host cases.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Editor } from '../../src/editor/editor.ts';
import { VsCodeSee } from '../../src/editor/vscode-see.ts';
import { runGit } from '../../src/memory/run-git.ts';
import { findRipgrep } from '../../src/native/ripgrep.ts';
import type { ToolResult } from '../../src/tools/tool.ts';
import { toolList } from '../../src/tools/tool-list.ts';
import { withEditor } from './support.ts';

export interface Looking {
  editor: Editor;
  see: VsCodeSee;
  /** Absolute paths that `.lettaignore` would hide. */
  hidden: string[];
  call(tool: string, input: unknown): Promise<ToolResult>;
  /** What the model reads. */
  text(tool: string, input: unknown): Promise<string>;
}

/** Runs a case with tools of its own; no tab is left behind. */
export function withLooking(run: (looking: Looking) => Promise<void>): Promise<void> {
  return withEditor(async (editor) => {
    const see = new VsCodeSee({ ripgrep: () => findRipgrep(vscode.env.appRoot), git: runGit });
    const hidden: string[] = [];
    const call = async (name: string, input: unknown): Promise<ToolResult> => {
      const isHidden = (path: string) => hidden.includes(path);
      const tools = toolList({ editor: looking.editor, skills: { load: async () => '' }, hidden: isHidden, see });
      const tool = tools.find((one) => one.name === name);
      assert.ok(tool, `there is a tool ${name}`);
      const parsed: unknown = tool.input.parse(input);
      tool.access(parsed);
      const context = { callId: 'call', threadId: 'thread', signal: new AbortController().signal, update: () => {} };
      return tool.run(parsed, context, await tool.plan?.(parsed, context));
    };
    const looking: Looking = { editor, see, hidden, call, text: async (...given) => (await call(...given)).text };
    try {
      await run(looking);
    } finally {
      see.dispose();
    }
  });
}
