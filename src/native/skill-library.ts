// The skills of this window: read from disk, read again when their folders change, switched on and off for the agent.
import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';
import type { SkillUsageCounts, SkillView, WritableScope } from '../protocol/skill-views.ts';
import { AgentFolder } from '../skills/agent-folder.ts';
import { type SkillFile, writeFilesBeside } from '../skills/files-beside.ts';
import { findSkills, ownRoots, placesOf, type Skill, usableSkills } from '../skills/find-skills.ts';
import { agentSkillsFolder, importSkills, type SkillCopy } from '../skills/import-skill.ts';
import type { ClientSkill } from '../skills/offer-skills.ts';
import { isInside } from '../skills/read-folder.ts';
import { saveSkill } from '../skills/save-skill.ts';
import { removeOthers, type SkillFiles, writeSkillFolder } from '../skills/skill-files.ts';
import { validateDraft } from '../skills/validate.ts';
import { DisabledSkills } from './disabled-skills.ts';
import { IgnoreLists } from './ignore-lists.ts';
import { isRead, noteRead } from './read-skills.ts';
import { SentSkills } from './sent-skills.ts';
import { type Saved, SkillDesk } from './skill-desk.ts';
import type { SkillLibraryDeps } from './skill-library-deps.ts';
import { placeOf, type SkillPlace } from './skill-place.ts';
import { SkillQuestions, saveAsking } from './skill-questions.ts';
import { watchSkills } from './watch-skills.ts';

/** A checkout touches many files at once: read the folders again when it is over. */
const SETTLE_MS = 150;
/** The first question for skills waits so long for those that the home stores. */
const FIRST_SYNC_MS = 300;
/** Another window, or another computer, may have changed them. */
const SYNC_AFTER_MS = 30_000;

const NO_FOLDER = t('Not saved: no folder was chosen. Save again, and choose the one that should have the skill.');

export class SkillLibrary implements vscode.Disposable {
  readonly desk: SkillDesk;
  private skills: Promise<Skill[]> | undefined;
  /** What was switched off when they were read. */
  private switchedOff = '';
  private timer: NodeJS.Timeout | undefined;
  private told = '';
  private warned = '';
  private readonly watchers: vscode.Disposable[];
  private readonly deps: SkillLibraryDeps;
  private readonly own: AgentFolder;
  private readonly disabled: DisabledSkills;
  private readonly sent: SentSkills;
  private readonly ignored: IgnoreLists;
  private readonly questions: SkillQuestions;
  private synced = 0;
  /** The agent's files were touched since they were last brought together. */
  private unsent = false;
  private firstSync: Promise<unknown> | undefined;

  constructor(deps: SkillLibraryDeps) {
    this.deps = deps;
    this.own = new AgentFolder(deps.agentFolder, deps.store);
    this.sent = new SentSkills(deps.changed);
    this.disabled = new DisabledSkills(deps.state, deps.agentId);
    // Of the lists further down none has to do with where skills lie.
    this.ignored = new IgnoreLists(deps.log, async () => []);
    this.questions = new SkillQuestions({
      ...deps,
      roots: () => ownRoots(this.roots()),
      skills: () => this.all(),
    });
    this.desk = new SkillDesk({
      skills: () => this.all(),
      usage: (skills) => this.usage(skills),
      place: (scope) => this.place(scope),
      admit: (newcomer) => this.questions.admit(newcomer),
      keep: async (folder) => deps.keep?.(folder) ?? Promise.reject(new Error('Nobody keeps copies.')),
      roots: async () => ownRoots(this.roots()),
      isOwn: (folder) => this.isOwn(folder),
      removeOwn: (name) => this.own.remove(name),
      deliver: (name) => this.own.deliver(name),
      sync: () => this.sync(),
      moved: async (from, to) => {
        await this.disabled.carry(from, to);
        // It has moved, whether its use can be noted or not.
        await deps.moved?.(from, to).catch((error: unknown) => deps.log(String(error)));
      },
      removed: (id) => this.disabled.carry(id),
      reviewed: (file) => this.nowReviewed(file),
      openDraft: deps.openDraft,
      changed: () => this.refresh(),
    });
    this.watchers = [
      ...watchSkills({
        own: deps.agentFolder,
        isOwn: (path) => this.isOwn(path),
        brought: this.brought,
        changed: (own) => this.readAgain(own),
        focused: () => {
          this.readAgain();
          this.syncIfLongAgo();
        },
      }),
      this.desk,
    ];
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.sent.dispose();
    for (const watcher of this.watchers.splice(0)) watcher.dispose();
  }

  /** With their use and what they cost, as far as that is counted: the rest is told with `changed`. */
  async views(): Promise<SkillView[]> {
    void this.syncFirst();
    const skills = await this.here();
    const [usage, revisions] = await Promise.all([this.usage(skills), this.deps.revisions?.(skills)]);
    this.syncIfLongAgo();
    const costs = this.sent.costs(skills, usage);
    return skills.map(({ view }) => {
      const [tokens, counts, revision] = [costs.get(view.id), usage?.get(view.id), revisions?.get(view.id)];
      return { ...view, ...(tokens && { tokens }), ...(counts && { usage: counts }), ...(revision && { revision }) };
    });
  }

  /** What cannot be read now is not shown. */
  private usage(skills: readonly Skill[]): Promise<ReadonlyMap<string, SkillUsageCounts> | undefined> {
    const { usage, log } = this.deps;
    const ids = skills.flatMap(({ view }) => (view.bare ? [] : [view.id]));
    return (usage?.(ids) ?? Promise.resolve(undefined)).catch((error: unknown) => {
      log(`The use of skills could not be read: ${String(error)}`);
      return undefined;
    });
  }

  /** What is offered to the model with each message. */
  async offered(): Promise<readonly ClientSkill[]> {
    const skills = await this.all();
    const usage = await this.usage(skills);
    const { list, omitted } = this.sent.list(skills, usage);
    const told = omitted.join(', ');
    if (told !== this.told) {
      this.told = told;
      if (told) this.deps.log(`Skills that the model has to search for, because the list would grow too long: ${told}`);
    }
    return list;
  }

  /**
   * Whether the person has read the skill as it is now: they saved it here, or it lies in their own folders. One that came
   * with a repository or another agent, or was changed since, counts as unread.
   * @param id of the skill that is meant; absent: the one that is used under this name
   */
  async reviewed(name: string, id?: string): Promise<boolean> {
    const skill = id === undefined ? await this.used(name) : (await this.all()).find(({ view }) => view.id === id);
    if (!skill) return false;
    if (skill.view.scope === 'computer' || skill.view.scope === 'bundled') return true;
    return isRead(this.deps.state, skill.file);
  }

  /** Of the skill that is used under this name. */
  async idOf(name: string): Promise<string | undefined> {
    return (await this.used(name))?.view.id;
  }

  private async used(name: string): Promise<Skill | undefined> {
    return usableSkills(await this.all()).find((skill) => skill.name === name);
  }

  private async nowReviewed(file: string): Promise<vscode.Uri> {
    await noteRead(this.deps.state, file);
    return vscode.Uri.file(file);
  }

  /** For this agent. */
  async enable(id: string, enabled: boolean): Promise<void> {
    await this.disabled.set(id, !enabled);
    this.refresh();
  }

  /**
   * Saves a draft under the name it gives itself, with the files beside it; asks before it replaces another, or a secret in it.
   * @param from the id of the skill whose place it is meant to take
   * @throws Error saying what is wrong with the draft, or that the person kept the other skill, or the secret
   */
  async save(
    draft: string,
    scope: WritableScope,
    { files = [], from }: { files?: readonly SkillFile[]; from?: string } = {},
  ): Promise<Saved> {
    const { maskSecrets } = await this.deps.secrets();
    const { base, parts } = await this.chosen(scope);
    const { name = '', problems } = validateDraft(draft);
    const target = join(base, ...parts, name);
    if (problems.length === 0) await this.questions.admitName({ name, folder: target, doing: 'Save', from });
    try {
      const { folder, file } = await saveAsking(draft, maskSecrets, async (text, overwrite) => {
        if (overwrite) await this.questions.keepFirst(target);
        const saved = await saveSkill(base, text, { maskSecrets, overwrite, parts });
        if (overwrite && this.deps.keep) await removeOthers(saved);
        return saved;
      });
      await writeFilesBeside(folder, files);
      return await this.delivered(scope, file);
    } finally {
      this.refresh();
    }
  }

  /** The person has read it. */
  private async delivered(scope: WritableScope, file: string): Promise<Saved> {
    await this.disabled.carry(dirname(file));
    const uri = await this.nowReviewed(file);
    if (scope !== 'agent') return { uri };
    return this.own.deliver(basename(dirname(file))).then(
      () => ({ uri }),
      (error: unknown) => ({ uri, unsent: error instanceof Error ? error.message : String(error) }),
    );
  }

  /** Adds a whole skill that the person has read. @throws SkillSaveError; Error where they keep another one, or a secret */
  async add(
    scope: WritableScope,
    name: string,
    files: SkillFiles,
    executable: (path: string) => boolean,
  ): Promise<Saved> {
    const { base, parts } = await this.chosen(scope);
    const to = join(base, ...parts, name);
    const admitted = await this.questions.admit({ name, scope, folder: to, doing: 'Import', files });
    const folder = await writeSkillFolder(base, parts, name, admitted, executable);
    const saved = await this.delivered(scope, join(folder, 'SKILL.md'));
    this.refresh();
    return saved;
  }

  /** A skill was changed as a whole, and the person has read what it is now. */
  async settled(file: string): Promise<vscode.Uri> {
    await this.sync();
    this.refresh();
    return this.nowReviewed(file);
  }

  /** Where skills of a scope are written; its base is there. Undefined: of several folders the person chose none. */
  private async place(scope: WritableScope): Promise<SkillPlace | undefined> {
    if (scope !== 'agent') return placeOf(scope);
    await mkdir(this.own.path, { recursive: true });
    return { base: this.own.path, parts: [] };
  }

  /** @throws Error when the person chose no folder */
  private async chosen(scope: WritableScope): Promise<SkillPlace> {
    const place = await this.place(scope);
    if (!place) throw new Error(NO_FOLDER);
    return place;
  }

  private isOwn(folder: string): boolean {
    return isInside(folder, this.own.path);
  }

  /** Brings the agent's own skills and their files together. Never rejects: what went wrong is told. */
  private async sync(): Promise<void> {
    this.synced = Date.now();
    try {
      const { changed, problems } = await this.own.sync();
      this.warn(problems.join(' '));
      if (changed) this.refresh();
    } catch (error) {
      this.deps.log(`The agent’s skills could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /**
   * The agent's home holds another version of its skills now. Never rejects.
   * @param read a SKILL.md that the person has just read, by its path in the folder of skills
   */
  async fromHome(read?: { file: string; text: string }): Promise<void> {
    await this.sync();
    const file = read && join(this.own.path, read.file);
    const now = file && (await readFile(file, 'utf8').catch(() => undefined));
    if (file && now === read.text) await this.nowReviewed(file);
    this.refresh();
  }

  private warn(problems: string): void {
    if (problems !== '' && problems !== this.warned) void vscode.window.showWarningMessage(problems);
    this.warned = problems;
  }

  private syncIfLongAgo(): void {
    if (Date.now() - this.synced > SYNC_AFTER_MS) void this.sync();
  }

  /** Names of the agent's own skills. */
  async ofAgent(): Promise<Set<string>> {
    const skills = await this.all();
    return new Set(skills.flatMap(({ view, name }) => (view.scope === 'agent' ? [name] : [])));
  }

  /** Copies skills for the agent, one by one. @returns folders of those that were, and why the others were not */
  async importForAgent(copies: readonly SkillCopy[]): Promise<{ folders: string[]; problems: string[] }> {
    const imported = await importSkills(this.own.path, copies);
    await this.sync();
    this.refresh();
    return imported;
  }

  /** Takes copies away again. */
  async removeImported(folders: readonly string[]): Promise<void> {
    for (const folder of folders) await this.own.remove(basename(folder));
    this.refresh();
  }

  /** Where the project's skills really lie: broken ones and those that are switched off, too. */
  async places(): Promise<{ name: string; folder: string }[]> {
    return placesOf(await this.all());
  }

  /** All there are, in order of precedence; the same array until something changes. */
  async all(): Promise<Skill[]> {
    await this.syncFirst();
    return this.here();
  }

  private syncFirst(): Promise<unknown> {
    // Not longer than a person notices: what comes later is told.
    this.firstSync ??= Promise.race([this.sync(), new Promise((resolve) => setTimeout(resolve, FIRST_SYNC_MS))]);
    return this.firstSync;
  }

  /** Those that lie on this computer now. */
  private here(): Promise<Skill[]> {
    // Another window may have switched some.
    const disabled = this.disabled.ids();
    const key = [...disabled].join('\0');
    if (key !== this.switchedOff) this.skills = undefined;
    this.switchedOff = key;
    this.skills ??= this.find(disabled);
    return this.skills;
  }

  private async find(disabled: ReadonlySet<string>): Promise<Skill[]> {
    const roots = this.roots();
    await this.ignored.read(roots.folders);
    const hidden = await this.deps.hiding(this.ignored.lists);
    return findSkills({ ...roots, bundled: this.deps.bundled, disabled, hidden });
  }

  private roots() {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    return {
      folders: folders.map(({ uri }) => uri.fsPath),
      home: homedir(),
      agent: [{ path: this.own.path, shown: 'agent' }, { path: this.brought }],
    };
  }

  /** Letta Code keeps those of an agent in the home folder. */
  private get brought(): string {
    const { base, parts } = agentSkillsFolder(homedir(), this.deps.agentId);
    return join(base, ...parts);
  }

  /** @param own the agent's: what was edited goes to its home */
  private readAgain(own = false): void {
    clearTimeout(this.timer);
    this.unsent ||= own;
    this.timer = setTimeout(() => {
      if (this.unsent) void this.sync();
      this.unsent = false;
      this.refresh();
    }, SETTLE_MS);
    // What is asked before the timer fires must not see the old list.
    this.skills = undefined;
  }

  /** What is known of them is another now: they are read again, and shown. */
  refresh(): void {
    this.skills = undefined;
    this.deps.changed();
  }
}
