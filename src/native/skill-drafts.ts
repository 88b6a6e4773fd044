// Skill drafts as documents: an editor shows them, saving one puts the skill where the person wants it.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { WritableScope } from '../protocol/skill-views.ts';

export const DRAFT_SCHEME = 'letta-skill';

/** How soon after a draft is written VS Code says that it is saved, in milliseconds. */
const SAVED_MS = 10_000;

/**
 * Backs `letta-skill:/<id>/SKILL.md`. The text lies in the extension's own storage, so that a reload loses nothing; the
 * project gets it only through `save`, which VS Code calls when the person saves the editor.
 */
export class SkillDrafts {
  private readonly folder: string;
  private readonly save: (uri: vscode.Uri, text: string) => Promise<vscode.Uri>;

  /** `save` puts the text into the project and returns the file. @throws Error saying why it did not */
  constructor(storage: vscode.Uri, save: (uri: vscode.Uri, text: string) => Promise<vscode.Uri>) {
    this.folder = join(storage.fsPath, 'skill-drafts');
    this.save = save;
  }

  /** Opens a draft in an editor, which becomes the active one. Saving it puts it into `scope`, after a reload as well. */
  async open(text: string, scope: WritableScope = 'project'): Promise<vscode.TextEditor> {
    const uri = vscode.Uri.from({ scheme: DRAFT_SCHEME, path: `/${randomUUID()}/SKILL.md`, query: scope });
    await this.keep(uri, text);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, 'markdown');
    return vscode.window.showTextDocument(document, { preview: false });
  }

  /** Brings a draft back to the front. @throws Error when it is no longer a draft */
  async show(uri: vscode.Uri): Promise<vscode.TextDocument> {
    await this.stat(uri).catch(() => {
      throw new Error('This draft is in the project already, or was thrown away.');
    });
    return (await vscode.window.showTextDocument(uri, { preview: false })).document;
  }

  /** Closes the draft's editor and throws it away; VS Code asks when the draft was edited. */
  async closeAndDiscard(uri: vscode.Uri): Promise<void> {
    if (await vscode.window.tabGroups.close(tabsOf(uri))) await this.discard(uri);
  }

  private async discard(uri: vscode.Uri): Promise<void> {
    await unlink(this.fileOf(uri)).catch(() => {});
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const found = await stat(this.fileOf(uri)).catch(() => {
      throw vscode.FileSystemError.FileNotFound(uri);
    });
    return { type: vscode.FileType.File, ctime: found.ctimeMs, mtime: found.mtimeMs, size: found.size };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return readFile(this.fileOf(uri)).catch(() => {
      throw vscode.FileSystemError.FileNotFound(uri);
    });
  }

  /** Keeps the text first: if saving into the project is refused, nothing of it is lost. */
  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const text = Buffer.from(content).toString('utf8');
    await this.keep(uri, text);
    const saved = await this.save(uri, text);
    // VS Code must learn first that the draft is saved: it would ask about a tab that is closed before.
    const subscription = vscode.workspace.onDidSaveTextDocument((document) => {
      if (document.uri.toString() !== uri.toString()) return;
      subscription.dispose();
      clearTimeout(timer);
      void this.handOver(uri, saved);
    });
    const timer = setTimeout(() => subscription.dispose(), SAVED_MS);
  }

  /** Saves the draft of an open document into the project. @throws Error saying why it was not saved */
  async saveDocument(document: vscode.TextDocument): Promise<void> {
    // A dirty editor saves itself, which comes back through `writeFile`; a clean one is saved here.
    if (document.isDirty) await document.save();
    else await this.handOver(document.uri, await this.save(document.uri, document.getText()));
  }

  /** The file takes the draft's place: whoever goes on writing and saves again means the skill, not another one. */
  private async handOver(draft: vscode.Uri, saved: vscode.Uri): Promise<void> {
    const tabs = tabsOf(draft);
    const elsewhere = vscode.window.activeTextEditor?.document.uri.toString() !== draft.toString();
    await vscode.window.showTextDocument(saved, {
      preview: false,
      preserveFocus: elsewhere,
      ...(tabs[0] ? { viewColumn: tabs[0].group.viewColumn } : {}),
    });
    if (await vscode.window.tabGroups.close(tabs, true)) await this.discard(draft);
  }

  private async keep(uri: vscode.Uri, text: string): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const file = this.fileOf(uri);
    await writeFile(`${file}.tmp`, text);
    await rename(`${file}.tmp`, file);
  }

  private fileOf(uri: vscode.Uri): string {
    const id = /^\/([0-9a-f-]{36})\/SKILL\.md$/.exec(uri.path)?.[1];
    if (!id) throw vscode.FileSystemError.FileNotFound(uri);
    return join(this.folder, `${id}.md`);
  }
}

/** Where saving a draft puts it. */
export const scopeOfDraft = ({ query }: vscode.Uri): WritableScope =>
  query === 'agent' || query === 'computer' ? query : 'project';

function tabsOf(uri: vscode.Uri): vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString());
}
