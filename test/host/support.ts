// What the host cases share: files of the open workspace, tabs, and waiting for what VS Code does in its own time.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Editor } from '../../src/editor/editor.ts';
import { createVsCodeEditor } from '../../src/editor/vscode-editor.ts';
import type { Plan, ToolResult } from '../../src/tools/tool.ts';
import { toolList } from '../../src/tools/tool-list.ts';

export function rootFolder(): string {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'a folder is open');
  return realpathSync(folder.uri.fsPath);
}

export const at = (name: string): string => join(rootFolder(), name);

export function put(name: string, content: string | Uint8Array): string {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content);
  return at(name);
}

export const onDisk = (name: string): string => readFileSync(at(name), 'utf8');

export async function show(name: string, options: vscode.TextDocumentShowOptions = {}): Promise<vscode.TextEditor> {
  return await vscode.window.showTextDocument(vscode.Uri.file(at(name)), { preview: false, ...options });
}

/** Types into the document without saving it. */
export async function type(editor: vscode.TextEditor, position: vscode.Position, text: string): Promise<void> {
  assert.ok(await editor.edit((edit) => edit.insert(position, text)));
}

/** Resolves when the condition holds; looks again at each event and every 50 ms. @throws when it never does */
export async function until(what: string, condition: () => boolean, ms = 10_000): Promise<void> {
  const end = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`It never came about: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Closes every editor; what is unsaved is dropped. */
export async function closeAll(): Promise<void> {
  for (const document of vscode.workspace.textDocuments) {
    if (!document.isDirty || document.isClosed) continue;
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

/** Runs a case with a second folder in the workspace, named `second`; it goes with the case. */
export async function withSecondFolder(run: (second: string) => Promise<void>): Promise<void> {
  const second = realpathSync(mkdtempSync(join(tmpdir(), 'letta-second-')));
  // Another change counts only once VS Code has told of this one.
  const change = async (...given: Parameters<typeof vscode.workspace.updateWorkspaceFolders>) => {
    let told = false;
    const listening = vscode.workspace.onDidChangeWorkspaceFolders(() => {
      told = true;
    });
    assert.ok(vscode.workspace.updateWorkspaceFolders(...given), 'the folders may be changed');
    await until('the folders have changed', () => told).finally(() => listening.dispose());
  };
  await change(1, 0, { uri: vscode.Uri.file(second), name: 'second' });
  try {
    await run(second);
  } finally {
    await change(1, 1);
    rmSync(second, { recursive: true });
  }
}

/** Runs a case with an editor of its own and leaves no tab behind. */
export async function withEditor(run: (editor: Editor) => Promise<void>): Promise<void> {
  const editor = createVsCodeEditor();
  try {
    await closeAll();
    await run(editor);
  } finally {
    await editor.dispose();
    await closeAll();
  }
}

/** Where a call reaches, as permissions judge it: absolute paths, symlinks resolved. */
export function reachOf(editor: Editor, name: string, input: unknown): readonly string[] {
  const tool = toolList({ editor, skills: { load: async () => '' } }).find((one) => one.name === name);
  assert.ok(tool, `there is a tool ${name}`);
  const access = tool.access(tool.input.parse(input));
  return 'paths' in access ? access.paths : [];
}

/** Calls a tool as a turn does: parse, plan, run with the plan. `change` happens while a person would be looking. */
export async function callTool(
  editor: Editor,
  name: string,
  input: unknown,
  change?: (plan: Plan | undefined) => Promise<void> | void,
): Promise<ToolResult> {
  const skills = { load: async () => '' };
  const tool = toolList({ editor, skills }).find((one) => one.name === name);
  assert.ok(tool, `there is a tool ${name}`);
  const context = { callId: 'call', threadId: 'thread', signal: new AbortController().signal, update: () => {} };
  const parsed: unknown = tool.input.parse(input);
  tool.access(parsed);
  const plan = await tool.plan?.(parsed, context);
  await change?.(plan);
  return await tool.run(parsed, context, plan);
}
