// The documents of waiting proposals: a file system in memory, so that the person can change what is proposed and even save it.
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';

export const PROPOSAL_SCHEME = 'letta-proposal';

interface Side {
  /** As it was proposed. */
  text: string;
  /** As it was saved last. */
  saved: string;
  bytes: Uint8Array;
  readOnly: boolean;
  at: number;
}

export class ProposalTexts implements vscode.FileSystemProvider, vscode.Disposable {
  private readonly sides = new Map<string, Side>();
  private readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  private readonly registration: vscode.Disposable;
  readonly onDidChangeFile = this.changed.event;

  constructor() {
    this.registration = vscode.workspace.registerFileSystemProvider(PROPOSAL_SCHEME, this, { isCaseSensitive: true });
  }

  async put(uri: vscode.Uri, text: string, readOnly: boolean): Promise<void> {
    // The settings may ask for another encoding of such files, and VS Code reads this one by them.
    const bytes = await vscode.workspace.encode(text, { uri });
    this.sides.set(uri.toString(), { text, saved: text, bytes, readOnly, at: Date.now() });
  }

  /** What stands there; as it was proposed where the person has not changed it. */
  text(uri: vscode.Uri): string {
    const side = this.sides.get(uri.toString());
    if (!side) return '';
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
    const stands = open?.getText() ?? side.saved;
    // An editor unifies line endings: that alone is no change.
    return unified(stands) === unified(side.text) ? side.text : stands;
  }

  forget(uri: vscode.Uri): void {
    this.sides.delete(uri.toString());
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const side = this.sides.get(uri.toString());
    // A tab that a reload brought back, with nothing behind it, must be able to open, so that it can be closed.
    const { at, bytes, readOnly } = side ?? { at: 0, bytes: new Uint8Array(), readOnly: false };
    const permissions = readOnly ? { permissions: vscode.FilePermission.Readonly } : {};
    return { type: vscode.FileType.File, ctime: at, mtime: at, size: bytes.length, ...permissions };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return this.sides.get(uri.toString())?.bytes ?? new Uint8Array();
  }

  async writeFile(uri: vscode.Uri, bytes: Uint8Array): Promise<void> {
    const saved = await vscode.workspace.decode(bytes, { uri });
    const side = this.sides.get(uri.toString());
    if (!side) return;
    this.sides.set(uri.toString(), { ...side, saved, bytes, at: Date.now() });
    this.changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(): never {
    return refuse();
  }

  delete(): never {
    return refuse();
  }

  rename(): never {
    return refuse();
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}

const unified = (text: string): string => text.replace(/\r\n?/g, '\n');

function refuse(): never {
  throw vscode.FileSystemError.NoPermissions(t('A proposal can only be edited.'));
}
