// Skill drafts as documents: editors show them, saving one puts the skill where the person wants it.
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';
import type { WritableScope } from '../protocol/skill-views.ts';
import type { SkillFile } from '../skills/files-beside.ts';
import type { Revision } from '../skills/revisions.ts';
import { type DraftMeta, type DraftPlace, DraftStore, pathOfDraft, placeOfDraft } from './draft-store.ts';
import { hasProject } from './has-project.ts';

export const DRAFT_SCHEME = 'letta-skill';

/** A draft as it stands in its editors. */
export interface StandingDraft {
  text: string;
  files: SkillFile[];
  meta: DraftMeta;
}

/** How soon after a draft is written VS Code says that it is saved, in milliseconds. */
const SAVED_MS = 10_000;
const MAIN = 'SKILL.md';

/**
 * Puts a draft into the place that is wanted, or a revision into the skill that it revises.
 * @returns the file that takes the draft's place. @throws Error saying why it did not
 */
export type SaveDraft = (draft: StandingDraft, scope: WritableScope) => Promise<vscode.Uri>;

/**
 * Backs `letta-skill:/<id>/SKILL.md`, the files beside it, and `letta-skill:/revision/<id>/SKILL.md`. The texts lie in the
 * extension's own storage; the place of skills gets them only through `save`, when the person saves the editor they are in or
 * takes one of the draft's acts. Whatever else saves it (auto save, a task that is started, Save All) only keeps the text.
 */
export class SkillDrafts implements vscode.Disposable {
  private readonly store: DraftStore;
  private readonly save: SaveDraft;
  /** Drafts that one of their acts is saving, and where they go, where the person said so. */
  private readonly wanted = new Map<string, WritableScope | undefined>();
  /** Drafts whose editor the person is saving. VS Code says so before it writes; where it does not, nobody asked. */
  private readonly byHand = new Set<string>();
  private readonly subscriptions: vscode.Disposable;

  constructor(storage: vscode.Uri, save: SaveDraft) {
    this.store = new DraftStore(storage.fsPath);
    this.save = save;
    this.subscriptions = vscode.Disposable.from(
      vscode.languages.registerCodeLensProvider(
        { scheme: DRAFT_SCHEME },
        { provideCodeLenses: (document) => this.codeLenses(document.uri) },
      ),
      vscode.workspace.onWillSaveTextDocument(({ document, reason }) => {
        const key = document.uri.toString();
        if (reason === vscode.TextDocumentSaveReason.Manual && isInFront(document.uri)) this.byHand.add(key);
        else this.byHand.delete(key);
      }),
    );
    void this.store.prune();
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  /** Opens a draft: its files, each in an editor of its own, and SKILL.md, which becomes the active one. */
  async open(text: string, files: readonly SkillFile[] = [], meta: DraftMeta = {}): Promise<vscode.TextEditor> {
    const id = randomUUID();
    await this.store.note(id, meta);
    for (const file of files) await this.store.keep({ id, path: file.path, revision: false }, file.text);
    await this.store.keep({ id, path: MAIN, revision: false }, text);
    for (const { path } of files) await this.openFile({ id, path, revision: false });
    const document = await vscode.workspace.openTextDocument(uriOf({ id, path: MAIN, revision: false }));
    await vscode.languages.setTextDocumentLanguage(document, 'markdown');
    return vscode.window.showTextDocument(document, { preview: false });
  }

  /** Keeps a revision of a skill until the person looks at it. @returns its address */
  async propose(text: string, meta: DraftMeta): Promise<vscode.Uri> {
    const place = { id: randomUUID(), path: MAIN, revision: true };
    await this.store.note(place.id, meta);
    await this.store.keep(place, text);
    return uriOf(place);
  }

  /** All revisions that nobody has kept, newest first. */
  async revisions(): Promise<(Revision & { uri: vscode.Uri })[]> {
    return (await this.store.revisions()).map(({ place, ...revision }) => ({ ...revision, uri: uriOf(place) }));
  }

  /**
   * Closes a revision, which can be opened again; one that was discarded before is thrown away. VS Code asks where one was edited.
   * @returns what became of it
   */
  async discardRevision(uri: vscode.Uri): Promise<'stays' | 'gone' | 'open'> {
    const place = this.place(uri);
    const meta = await this.store.meta(place.id);
    if (meta.discarded) return (await this.closeAndDiscard(uri)) ? 'gone' : 'open';
    const tabs = tabsOf(place.id);
    if (tabs.length > 0 && !(await vscode.window.tabGroups.close(tabs))) return 'open';
    await this.store.note(place.id, { ...meta, discarded: true });
    return 'stays';
  }

  /** Ends conversations of drafts that nobody came back to for months. @param end resolves to whether it could. Never rejects */
  async endForgotten(end: (talk: NonNullable<DraftMeta['talk']>) => Promise<boolean>): Promise<void> {
    for (const { id, talk } of await this.store.forgotten())
      if (await end(talk)) await this.store.discard({ id, path: MAIN, revision: false }).catch(() => {});
  }

  /** A revision beside the skill as it is. @throws Error when it is no longer there */
  async compare(revision: vscode.Uri, current: vscode.Uri, name: string): Promise<void> {
    await this.insist(revision);
    // As skills of VS Code's own its name would have to be that of its folder, which is an id here.
    await vscode.languages.setTextDocumentLanguage(await vscode.workspace.openTextDocument(revision), 'markdown');
    const title = t('{0}: as it is ↔ proposed revision', name);
    await vscode.commands.executeCommand('vscode.diff', current, revision, title, { preview: false });
  }

  /** Brings a draft back to the front. @throws Error when it is no longer a draft */
  async show(uri: vscode.Uri): Promise<vscode.TextDocument> {
    await this.insist(uri);
    return (await vscode.window.showTextDocument(uri, { preview: false })).document;
  }

  private async insist(uri: vscode.Uri): Promise<void> {
    await this.stat(uri).catch(() => {
      throw new Error(t('This draft is saved already, or was thrown away.'));
    });
  }

  /**
   * Closes the editors of a draft and throws it away, or one file of it; VS Code asks where one was edited.
   * @returns whether the draft is gone
   */
  async closeAndDiscard(uri: vscode.Uri): Promise<boolean> {
    const place = this.place(uri);
    const tabs = place.path === MAIN ? tabsOf(place.id) : tabsOf(place.id, place.path);
    if (tabs.length > 0 && !(await vscode.window.tabGroups.close(tabs))) return false;
    await this.store.discard(place);
    return place.path === MAIN;
  }

  /** The draft of an open document, with what its editors hold. @throws Error when it is no draft */
  async standing(uri: vscode.Uri): Promise<StandingDraft> {
    const place = this.place(uri);
    const main = { ...place, path: MAIN };
    const [text, files, meta] = await Promise.all([
      this.store.read(main).then((bytes) => bytes.toString('utf8')),
      this.store.files(place.id),
      this.store.meta(place.id),
    ]);
    const inEditor = (path: string, kept: string) => documentOf(uriOf({ ...place, path }))?.getText() ?? kept;
    return {
      text: inEditor(MAIN, text),
      files: files.map((file) => ({ ...file, text: inEditor(file.path, file.text) })),
      meta,
    };
  }

  /** Puts another text into a draft's editors; Ctrl+Z takes it back there. Files that are new are opened. */
  async rewrite(uri: vscode.Uri, text: string, files: readonly SkillFile[], meta: DraftMeta): Promise<void> {
    const place = this.place(uri);
    await this.insist(uri);
    await this.store.note(place.id, meta);
    const known = new Set((await this.store.files(place.id)).map(({ path }) => path));
    const edit = new vscode.WorkspaceEdit();
    for (const file of [...files, { path: MAIN, text }]) {
      const own = { ...place, path: file.path };
      if (file.path !== MAIN && !known.has(file.path)) {
        await this.store.keep(own, file.text);
        await this.openFile(own);
        continue;
      }
      const document = await vscode.workspace.openTextDocument(uriOf(own));
      if (document.getText() !== file.text) edit.replace(document.uri, wholeOf(document), file.text);
    }
    if (!(await vscode.workspace.applyEdit(edit)))
      throw new Error(t('VS Code did not take the revised draft. Try again.'));
    await vscode.window.showTextDocument(uriOf({ ...place, path: MAIN }), { preview: false });
  }

  private async openFile(place: DraftPlace): Promise<void> {
    await vscode.window.showTextDocument(uriOf(place), { preview: false, preserveFocus: true });
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const found = await this.store.stat(this.place(uri)).catch(() => {
      throw vscode.FileSystemError.FileNotFound(uri);
    });
    return { type: vscode.FileType.File, ctime: found.ctimeMs, mtime: found.mtimeMs, size: found.size };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return this.store.read(this.place(uri)).catch(() => {
      throw vscode.FileSystemError.FileNotFound(uri);
    });
  }

  /** Keeps the text first: if saving the skill is refused, nothing of it is lost. A file beside SKILL.md is only kept. */
  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const place = this.place(uri);
    const text = Buffer.from(content).toString('utf8');
    await this.store.keep(place, text);
    const key = uri.toString();
    const asked = this.byHand.delete(key) || this.wanted.has(key);
    if (place.path !== MAIN || !asked) return;
    const saved = await this.put(uri, text);
    // VS Code must learn first that the draft is saved: it would ask about a tab that is closed before.
    const subscription = vscode.workspace.onDidSaveTextDocument((document) => {
      if (document.uri.toString() !== uri.toString()) return;
      subscription.dispose();
      clearTimeout(timer);
      void this.handOver(place, saved);
    });
    const timer = setTimeout(() => subscription.dispose(), SAVED_MS);
  }

  /** Saves the draft that an open document belongs to; `scope` absent: where it was meant to go. @throws Error saying why it was not saved */
  async saveDraft(uri: vscode.Uri, scope: WritableScope | undefined): Promise<void> {
    const place = { ...this.place(uri), path: MAIN };
    const main = uriOf(place);
    const document = await this.show(main);
    this.wanted.set(main.toString(), scope);
    try {
      // A dirty editor saves itself, which comes back through `writeFile`; a clean one is saved here, also where auto save was first.
      if (document.isDirty) await document.save();
      if (this.wanted.has(main.toString()) && !document.isDirty)
        await this.handOver(place, await this.put(main, document.getText()));
    } finally {
      this.wanted.delete(main.toString());
    }
  }

  private async put(uri: vscode.Uri, text: string): Promise<vscode.Uri> {
    const { id } = this.place(uri);
    const scope = this.wanted.get(uri.toString());
    this.wanted.delete(uri.toString());
    for (const file of await this.store.files(id)) {
      const document = documentOf(uriOf({ id, path: file.path, revision: false }));
      if (document?.isDirty) await document.save();
    }
    const draft = await this.standing(uri);
    return this.save({ ...draft, text }, scope ?? draft.meta.scope ?? 'project');
  }

  /** The file takes the draft's place: whoever goes on writing and saves again means the skill, not another one. */
  private async handOver(place: DraftPlace, saved: vscode.Uri): Promise<void> {
    const tabs = tabsOf(place.id);
    const active = vscode.window.activeTextEditor?.document.uri;
    const elsewhere = active === undefined || !isOf(active, place.id);
    const first = tabs.find((tab) => uriIn(tab)?.path === pathOfDraft(place)) ?? tabs[0];
    await vscode.window.showTextDocument(saved, {
      preview: false,
      preserveFocus: elsewhere,
      ...(first ? { viewColumn: first.group.viewColumn } : {}),
    });
    if (await vscode.window.tabGroups.close(tabs, true)) await this.store.discard(place);
  }

  private place(uri: vscode.Uri): DraftPlace {
    const place = uri.scheme === DRAFT_SCHEME ? placeOfDraft(uri.path) : undefined;
    if (!place) throw vscode.FileSystemError.FileNotFound(uri);
    return place;
  }

  /** The same acts as the notification offers, for as long as the draft is open. */
  private async codeLenses(uri: vscode.Uri): Promise<vscode.CodeLens[]> {
    const place = placeOfDraft(uri.path);
    if (!place) return [];
    const top = new vscode.Range(0, 0, 0, 0);
    const lens = (title: string, command: string, ...more: unknown[]) =>
      new vscode.CodeLens(top, { title, command, arguments: [uri, ...more] });
    if (place.revision)
      return [lens(t('Keep'), 'letta.keepSkillRevision'), lens(t('Discard'), 'letta.discardSkillRevision')];
    if (place.path !== MAIN) return [lens(t('Leave this file out'), 'letta.discardSkillDraft')];
    const files = await this.store.files(place.id);
    return [
      ...(hasProject() ? [lens(t('Save to project'), 'letta.saveSkillDraft')] : []),
      lens(t('Save to agent'), 'letta.saveSkillToAgent'),
      lens(t('Save to computer'), 'letta.saveSkillToComputer'),
      lens(t('Revise…'), 'letta.reviseSkillDraft'),
      lens(t('Discard'), 'letta.discardSkillDraft'),
      ...files.map(({ path }) => {
        const target = uriOf({ ...place, path });
        return new vscode.CodeLens(top, {
          title: path,
          command: 'vscode.open',
          arguments: [target, { preview: false }],
        });
      }),
    ];
  }
}

const uriOf = (place: DraftPlace): vscode.Uri => vscode.Uri.from({ scheme: DRAFT_SCHEME, path: pathOfDraft(place) });

const isInFront = (uri: vscode.Uri): boolean => {
  const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
  return tab !== undefined && uriIn(tab)?.toString() === uri.toString();
};

const wholeOf = (document: vscode.TextDocument): vscode.Range => new vscode.Range(0, 0, document.lineCount, 0);

const documentOf = (uri: vscode.Uri): vscode.TextDocument | undefined =>
  vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());

function uriIn({ input }: vscode.Tab): vscode.Uri | undefined {
  if (input instanceof vscode.TabInputTextDiff) return input.modified;
  return input instanceof vscode.TabInputText ? input.uri : undefined;
}

const isOf = (uri: vscode.Uri, id: string, path?: string): boolean => {
  const place = uri.scheme === DRAFT_SCHEME ? placeOfDraft(uri.path) : undefined;
  return place?.id === id && (path === undefined || place.path === path);
};

function tabsOf(id: string, path?: string): vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => {
      const uri = uriIn(tab);
      return uri !== undefined && isOf(uri, id, path);
    });
}
