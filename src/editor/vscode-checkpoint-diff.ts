// Files as they were at a checkpoint, beside how they are now, in VS Code's own diff editors.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';
import { uriOf } from './vscode-documents.ts';

const SCHEME = 'letta-checkpoint';

/** One file against how it was. `path` absolute. */
export interface Compared {
  path: string;
  isNow: boolean;
  wasThen: boolean;
}

/** The bytes of a file at a checkpoint; null where they are gone. */
export type ReadThen = (pointId: string, path: string) => Promise<Uint8Array | null>;

export class CheckpointDiff implements vscode.Disposable {
  private readonly read: ReadThen;
  private readonly registration: vscode.Disposable;

  constructor(read: ReadThen) {
    this.read = read;
    this.registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) => this.textOf(uri),
    });
  }

  /** `when`: stands in the title, e.g. `14:03`. */
  async show(pointId: string, file: Compared, when: string): Promise<void> {
    const title = `${basename(file.path)}: now ↔ ${when}`;
    const { left, right } = sides(pointId, file);
    await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: true, preserveFocus: true });
  }

  /** All of them in one editor. */
  async showAll(pointId: string, files: readonly Compared[], when: string): Promise<void> {
    const resources = files.map((file) => {
      const { left, right } = sides(pointId, file);
      return [uriOf(file.path), left, right];
    });
    await vscode.commands.executeCommand('vscode.changes', t('Now ↔ {0}', when), resources);
  }

  private async textOf(uri: vscode.Uri): Promise<string> {
    if (uri.query === '') return '';
    const bytes = await this.read(uri.query, uri.fsPath);
    if (bytes === null) return t('This content is no longer there.');
    if (bytes.includes(0) && !hasMark(bytes)) return t('Binary content, {0} bytes.', bytes.length);
    return vscode.workspace.decode(bytes, { uri: vscode.Uri.file(uri.fsPath) });
  }

  dispose(): void {
    this.registration.dispose();
  }
}

/** A byte order mark of UTF-16. */
const hasMark = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);

function sides(pointId: string, { path, isNow, wasThen }: Compared): { left: vscode.Uri; right: vscode.Uri } {
  const file = uriOf(path);
  const nothing = vscode.Uri.file(path).with({ scheme: SCHEME, query: '' });
  const then = vscode.Uri.file(path).with({ scheme: SCHEME, query: pointId });
  return { left: isNow ? file : nothing, right: wasThen ? then : nothing };
}
