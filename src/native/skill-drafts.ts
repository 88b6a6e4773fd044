// Skill drafts as documents: an editor shows them, saving one puts the skill where the person wants it.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';

export const DRAFT_SCHEME = 'letta-skill';

/**
 * Backs `letta-skill:/<id>/SKILL.md`. The text lies in the extension's own storage, so that a reload loses nothing; the
 * project gets it only through `save`, which VS Code calls when the person saves the editor.
 */
export class SkillDrafts {
  private readonly folder: string;
  private readonly save: (uri: vscode.Uri, text: string) => Promise<void>;

  constructor(storage: vscode.Uri, save: (uri: vscode.Uri, text: string) => Promise<void>) {
    this.folder = join(storage.fsPath, 'skill-drafts');
    this.save = save;
  }

  /** Opens a draft in an editor, which becomes the active one. */
  async open(text: string): Promise<vscode.TextEditor> {
    const uri = vscode.Uri.from({ scheme: DRAFT_SCHEME, path: `/${randomUUID()}/SKILL.md` });
    await this.keep(uri, text);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, 'markdown');
    return vscode.window.showTextDocument(document, { preview: false });
  }

  async discard(uri: vscode.Uri): Promise<void> {
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
    await this.save(uri, text);
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
