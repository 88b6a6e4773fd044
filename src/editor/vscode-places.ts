// Places that VS Code gives, with the text that stands there.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import * as vscode from 'vscode';
import type { CodePlace } from './language.ts';
import { contains, displayPath } from './paths.ts';
import { openDocument, readText, realOf, workspaceFolders } from './vscode-documents.ts';

const MAX_TEXT = 200;

/** Reads the lines that places are on; each file once. */
export class PlaceReader {
  private readonly folders = workspaceFolders();
  private readonly texts = new Map<string, Promise<string[]>>();

  async read(uri: vscode.Uri, at: vscode.Position): Promise<CodePlace> {
    const position = { line: at.line + 1, column: at.character + 1 };
    if (uri.scheme !== 'file') {
      const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
      const text = open === undefined || at.line >= open.lineCount ? '' : open.lineAt(at.line).text;
      return { ...position, name: uri.toString(true), path: null, inside: false, text: shortened(text) };
    }
    const path = realOf(uri.fsPath);
    const inside = this.folders.some(({ real }) => contains(real, path));
    const text = inside ? (await this.lines(path))[at.line] : await lineOfFile(path, at.line);
    return { ...position, name: displayPath(path, this.folders), path, inside, text: shortened(text ?? '') };
  }

  private lines(path: string): Promise<string[]> {
    const known = this.texts.get(path);
    if (known) return known;
    const read = readText(path).then(
      (file) => file?.text.split(/\r\n|\n|\r/) ?? [],
      () => [],
    );
    this.texts.set(path, read);
    return read;
  }
}

/** A line of a file outside of the workspace: nothing but that line is kept. */
async function lineOfFile(path: string, line: number): Promise<string> {
  const open = openDocument(path);
  if (open !== undefined) return line < open.lineCount ? open.lineAt(line).text : '';
  const stream = createReadStream(path, { encoding: 'utf8', end: 20_000_000 });
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  try {
    let n = 0;
    for await (const text of lines) if (n++ === line) return text;
  } catch {
    // It is gone or may not be read.
  } finally {
    lines.close();
    stream.destroy();
  }
  return '';
}

function shortened(text: string): string {
  const plain = text.trim();
  return plain.length > MAX_TEXT ? `${plain.slice(0, MAX_TEXT)}…` : plain;
}
