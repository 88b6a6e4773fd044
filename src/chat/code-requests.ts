// What a person does with a code block of an answer: see it in the editor's colours, insert it, apply it to a file, run it.
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { HighlightView } from '../protocol/code-views.ts';
import { t } from '../protocol/l10n.ts';
import type { Params } from '../protocol/messages.ts';
import { visible } from '../protocol/visible.ts';
import { Highlighter } from './highlight/highlighter.ts';
import { EditorThemes } from './highlight/theme.ts';
import type { ChatHome } from './home.ts';
import { findFile } from './links.ts';
import type { OpenThreads } from './open-threads.ts';
import { placeCode } from './place-code.ts';

export interface CodeRequestsDeps {
  extensionPath: string;
  home(): Promise<ChatHome>;
  sessions: OpenThreads;
  /** Follows symlinks of what exists of a path. */
  realPath(path: string): string;
  log(line: string): void;
}

/** A question can show so much that a person still reads it. */
const MAX_COMMAND = 2_000;
const MAX_COMMAND_LINES = 30;
const TERMINAL = t('Letta: your commands');

export class CodeRequests implements vscode.Disposable {
  private readonly deps: CodeRequestsDeps;
  private readonly highlighter: Highlighter;
  private readonly themes = new EditorThemes();
  private readonly closing = new AbortController();

  constructor(deps: CodeRequestsDeps) {
    this.deps = deps;
    this.highlighter = new Highlighter(join(deps.extensionPath, 'dist', 'highlight', 'worker.mjs'), deps.log);
  }

  async highlight({ code, language, theme }: Params<'code.highlight'>): Promise<HighlightView | null> {
    return this.highlighter.colour(code, language, await this.themes.get(theme));
  }

  /** Replaces what is selected. @throws Error where no text editor is open, or it cannot be written */
  async insert(text: string): Promise<void> {
    const editor = frontEditor();
    if (!editor)
      throw new Error(t('Open the file that this code is for, put the cursor where it belongs, and try again.'));
    const done = await editor.edit((edit) => {
      for (const selection of editor.selections) edit.replace(selection, text);
    });
    if (!done) throw new Error(t('{0} cannot be changed.', vscode.workspace.asRelativePath(editor.document.uri)));
  }

  /** @throws Error saying what to do */
  async apply({ threadId, text, path }: Params<'code.apply'>): Promise<void> {
    const session = await this.deps.sessions.open(threadId);
    if (session.running) throw new Error(t('The agent is still answering here. Apply the code when it is done.'));
    const change = await this.changeFor(text, path);
    await (await this.deps.home()).change(threadId, change, session.ask, this.closing.signal);
  }

  /** @throws Error for what is not run; nothing happens where the person says no */
  async run(text: string): Promise<void> {
    if (!vscode.workspace.isTrusted)
      throw new Error(t('Trust this workspace first: commands do not run in a restricted one.'));
    const command = text.trimEnd();
    if (command.length > MAX_COMMAND || command.split('\n').length > MAX_COMMAND_LINES)
      throw new Error(t('This is too long to be shown before it runs. Copy it into a terminal, or into a script.'));
    if (visible(command) !== command)
      throw new Error(t('There are characters in this command that cannot be seen. It is not run from here.'));
    const answer = await vscode.window.showWarningMessage(
      t('Run this in a terminal?'),
      { modal: true, detail: command },
      t('Run'),
    );
    if (answer !== t('Run')) return;
    const open = vscode.window.terminals.find(({ name, exitStatus }) => name === TERMINAL && exitStatus === undefined);
    const terminal = open ?? vscode.window.createTerminal({ name: TERMINAL });
    terminal.show(true);
    terminal.sendText(command);
  }

  dispose(): void {
    this.closing.abort();
    this.highlighter.dispose();
  }

  private async changeFor(code: string, named: string | undefined): Promise<{ path: string; content: string }> {
    const front = frontEditor();
    const found = named === undefined ? front?.document.uri : await findFile(named, this.deps.realPath);
    if (!found && named !== undefined) return { path: named, content: withLineEnd(code) };
    if (!found || vscode.workspace.getWorkspaceFolder(found) === undefined)
      throw new Error(t('Open the file that this code is for, and try again.'));
    const document = await vscode.workspace.openTextDocument(found);
    const selection = front?.document === document && !front.selection.isEmpty ? front.selection : undefined;
    const range = selection && { from: document.offsetAt(selection.start), to: document.offsetAt(selection.end) };
    const content = placeCode(document.getText(), code, range);
    const name = vscode.workspace.asRelativePath(found);
    if (content === undefined)
      throw new Error(
        t(
          'It is not clear what this code replaces in {0}. Select that there and try again, or insert it at the cursor.',
          name,
        ),
      );
    return { path: found.fsPath, content };
  }
}

/** The text editor that the person used last. */
function frontEditor(): vscode.TextEditor | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  const isFile = (editor: vscode.TextEditor) =>
    ['file', 'untitled', 'vscode-remote'].includes(editor.document.uri.scheme);
  return [...(activeTextEditor ? [activeTextEditor] : []), ...visibleTextEditors].find(isFile);
}

const withLineEnd = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);
