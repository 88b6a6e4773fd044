// The skills of this window: read from disk, read again when their folders change, switched on and off for the agent.
import { mkdir, readFile, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import type { SkillUsageCounts, SkillView, WritableScope } from '../protocol/skill-views.ts';
import { AgentFolder, type SkillStore } from '../skills/agent-folder.ts';
import { COMPUTER_ROOTS, findSkills, ownRoots, type Skill, usableSkills } from '../skills/find-skills.ts';
import { agentSkillsFolder, importSkills, type SkillCopy } from '../skills/import-skill.ts';
import { type ClientSkill, clientSkills } from '../skills/offer-skills.ts';
import { isInside } from '../skills/read-folder.ts';
import type { RevisionState } from '../skills/revisions.ts';
import { saveSkill } from '../skills/save-skill.ts';
import { removeOthers, type SkillFiles, writeSkillFolder } from '../skills/skill-files.ts';
import { TokenCosts } from '../skills/token-costs.ts';
import { validateDraft } from '../skills/validate.ts';
import { IgnoreLists } from './ignore-lists.ts';
import { isRead, noteRead } from './read-skills.ts';
import { SkillDesk } from './skill-desk.ts';
import { placeOf, type SkillPlace } from './skill-place.ts';
import { SkillQuestions, saveAsking } from './skill-questions.ts';
import { watchFiles } from './watch-files.ts';

/** Of all agents, before each had its own. */
const DISABLED_KEY = 'letta.skills.disabled';
/** A checkout touches many files at once: read the folders again when it is over. */
const SETTLE_MS = 150;
/** The first question for skills waits so long for those that the home stores. */
const FIRST_SYNC_MS = 300;
/** Another window, or another computer, may have changed them. */
const SYNC_AFTER_MS = 30_000;
/** Between two slices of counting tokens. */
const COUNT_AGAIN_MS = 20;

const NO_FOLDER = 'Not saved: no folder was chosen. Save again, and choose the one that should have the skill.';

export interface SkillLibraryDeps {
  /** Whose skills these are. */
  agentId: string;
  /** Where the agent's home keeps its own skills. */
  store: SkillStore;
  /** The agent's own skills as files, on this computer. */
  agentFolder: string;
  /** The skills that come with the product. */
  bundled: string;
  state: vscode.Memento;
  changed(): void;
  /** Opens a draft, which is saved in that scope. */
  openDraft(text: string, scope: WritableScope): Promise<unknown>;
  /** By id of the skill. Absent: nobody counts. */
  usage?(): Promise<ReadonlyMap<string, SkillUsageCounts>>;
  /** Revisions that nobody has kept, by id of the skill. Never rejects. Absent: there are none. */
  revisions?(skills: readonly Skill[]): Promise<ReadonlyMap<string, RevisionState>>;
  /** Keeps a skill's files as they are, before others take their place. Absent: nobody keeps them. @returns where @throws Error where they are not kept */
  keep?(folder: string): Promise<string>;
  /** A skill has another id from now on. Absent: nobody counts. */
  moved?(from: string, to: string): Promise<void>;
  /** Whether a file is hidden by lines of `.lettaignore`, by the folders that they count from. Loaded where there are any. */
  hiding(lines: ReadonlyMap<string, readonly string[]>): Promise<(path: string) => boolean>;
  /** Loaded when a skill is saved: its tables are large. */
  secrets(): Promise<{ maskSecrets(text: string): string }>;
  log(line: string): void;
}

export class SkillLibrary implements vscode.Disposable {
  readonly desk: SkillDesk;
  private skills: Promise<Skill[]> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private counting: NodeJS.Timeout | undefined;
  private told = '';
  private warned = '';
  private readonly watchers: vscode.Disposable[];
  private readonly deps: SkillLibraryDeps;
  private readonly own: AgentFolder;
  private readonly ignored: IgnoreLists;
  private readonly questions: SkillQuestions;
  private readonly costs = new TokenCosts();
  private synced = 0;
  /** The agent's files were touched since they were last brought together. */
  private unsent = false;
  private firstSync: Promise<unknown> | undefined;

  constructor(deps: SkillLibraryDeps) {
    this.deps = deps;
    this.ignored = new IgnoreLists(deps.log);
    this.questions = new SkillQuestions({
      ...deps,
      roots: () => ownRoots(this.roots()),
      skills: () => this.all(),
    });
    this.own = new AgentFolder(deps.agentFolder, deps.store);
    this.desk = new SkillDesk({
      skills: () => this.all(),
      place: (scope) => this.place(scope),
      admit: (newcomer) => this.questions.admit(newcomer),
      keep: async (folder) => deps.keep?.(folder) ?? Promise.reject(new Error('Nobody keeps copies.')),
      roots: async () => ownRoots(this.roots()),
      isOwn: (folder) => this.isOwn(folder),
      removeOwn: (name) => this.own.remove(name),
      sync: () => this.sync(),
      // It has moved, whether its use can be noted or not.
      moved: async (from, to) => deps.moved?.(from, to).catch((error: unknown) => deps.log(String(error))),
      reviewed: (file) => this.nowReviewed(file),
      openDraft: deps.openDraft,
      changed: () => this.refresh(),
    });
    // A folder that appears with its files in it fires one event, for the folder: so the whole tree is watched.
    const folders = [
      '**/.agents/**',
      '**/.skills/**',
      '**/.github/skills/**',
      '**/.claude/skills/**',
      '**/.lettaignore',
    ];
    const at = (path: string) => new vscode.RelativePattern(vscode.Uri.file(path), '**');
    this.watchers = [
      ...folders.flatMap((glob) => watchFiles(glob, () => this.readAgain())),
      ...COMPUTER_ROOTS.flatMap((part) => watchFiles(at(join(homedir(), part)), () => this.readAgain())),
      ...watchFiles(at(deps.agentFolder), () => this.readAgain(true)),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.readAgain()),
      // A folder outside of the workspace that has just been made is watched late.
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        if (this.isOwn(uri.fsPath)) this.readAgain(true);
      }),
      // Where folders cannot be watched, and for what other computers did.
      vscode.window.onDidChangeWindowState(({ focused }) => focused && this.syncIfLongAgo()),
      this.desk,
    ];
  }

  dispose(): void {
    clearTimeout(this.timer);
    clearTimeout(this.counting);
    for (const watcher of this.watchers.splice(0)) watcher.dispose();
  }

  /** With their use and what they cost, as far as that is counted: the rest is told with `changed`. */
  async views(): Promise<SkillView[]> {
    const skills = await this.all();
    const [usage, revisions] = await Promise.all([this.usage(), this.deps.revisions?.(skills)]);
    this.syncIfLongAgo();
    const { costs, done } = this.costs.count(skills);
    clearTimeout(this.counting);
    if (!done) this.countOn(skills);
    return skills.map(({ view }) => {
      const [tokens, counts, revision] = [costs.get(view.id), usage?.get(view.id), revisions?.get(view.id)];
      return { ...view, ...(tokens && { tokens }), ...(counts && { usage: counts }), ...(revision && { revision }) };
    });
  }

  /** Tells when all are counted. */
  private countOn(skills: readonly Skill[]): void {
    this.counting = setTimeout(() => {
      if (this.costs.count(skills).done) this.deps.changed();
      else this.countOn(skills);
    }, COUNT_AGAIN_MS);
  }

  /** What cannot be read now is not shown. */
  private usage(): Promise<ReadonlyMap<string, SkillUsageCounts> | undefined> {
    const { usage, log } = this.deps;
    return (usage?.() ?? Promise.resolve(undefined)).catch((error: unknown) => {
      log(`The use of skills could not be read: ${String(error)}`);
      return undefined;
    });
  }

  /** What is offered to the model with each message. */
  async offered(): Promise<readonly ClientSkill[]> {
    const [skills, usage] = await Promise.all([this.all(), this.usage()]);
    const { list, omitted } = clientSkills(skills, usage);
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
    const disabled = this.disabled();
    if (enabled) disabled.delete(id);
    else disabled.add(id);
    await this.deps.state.update(this.disabledKey, [...disabled]);
    this.refresh();
  }

  /**
   * Saves a draft under the name it gives itself; asks before it replaces another, or a secret in it.
   * @param from the id of the skill whose place it is meant to take
   * @returns the file
   * @throws Error saying what is wrong with the draft, or that the person kept the other skill, or the secret
   */
  async save(draft: string, scope: WritableScope, from?: string): Promise<vscode.Uri> {
    const { maskSecrets } = await this.deps.secrets();
    const { base, parts } = await this.chosen(scope);
    const { name = '', problems } = validateDraft(draft);
    const folder = join(base, ...parts, name);
    if (problems.length === 0) await this.questions.admitName({ name, folder, doing: 'Save', from });
    try {
      const { file } = await saveAsking(draft, maskSecrets, async (text, overwrite) => {
        if (overwrite) await this.questions.keepFirst(folder);
        const saved = await saveSkill(base, text, { maskSecrets, overwrite, parts });
        if (overwrite && this.deps.keep) await removeOthers(saved);
        return saved;
      });
      if (scope === 'agent') await this.sync();
      return await this.nowReviewed(file);
    } finally {
      this.refresh();
    }
  }

  /** Adds a whole skill that the person has read. @returns its SKILL.md @throws SkillSaveError; Error where they keep another one, or a secret */
  async add(
    scope: WritableScope,
    name: string,
    files: SkillFiles,
    executable: (path: string) => boolean,
  ): Promise<vscode.Uri> {
    const { base, parts } = await this.chosen(scope);
    const to = join(base, ...parts, name);
    const admitted = await this.questions.admit({ name, scope, folder: to, doing: 'Import', files });
    const folder = await writeSkillFolder(base, parts, name, admitted, executable);
    return this.settled(join(folder, 'SKILL.md'));
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
    const skills = (await this.all()).filter(({ view }) => view.scope === 'project' && view.bare !== true);
    return Promise.all(
      skills.map(async ({ name, folder }) => ({ name, folder: await realpath(folder).catch(() => folder) })),
    );
  }

  /** All there are, in order of precedence; the same array until something changes. */
  async all(): Promise<Skill[]> {
    if (this.firstSync === undefined) {
      // Not longer than a person notices: what comes later is told.
      this.firstSync = Promise.race([this.sync(), new Promise((resolve) => setTimeout(resolve, FIRST_SYNC_MS))]);
    }
    await this.firstSync;
    this.skills ??= this.find();
    return this.skills;
  }

  private async find(): Promise<Skill[]> {
    const roots = this.roots();
    await this.ignored.read(roots.folders);
    const hidden = this.ignored.isEmpty ? undefined : await this.deps.hiding(this.ignored.lists);
    return findSkills({ ...roots, bundled: this.deps.bundled, disabled: this.disabled(), hidden });
  }

  private roots() {
    const { base, parts } = agentSkillsFolder(homedir(), this.deps.agentId);
    const folders = (vscode.workspace.workspaceFolders ?? []).filter((f) => f.uri.scheme === 'file');
    return {
      folders: folders.map((f) => f.uri.fsPath),
      home: homedir(),
      // Letta Code keeps those of an agent in the home folder.
      agent: [{ path: this.own.path, shown: 'agent' }, { path: join(base, ...parts) }],
    };
  }

  private get disabledKey(): string {
    return `${DISABLED_KEY}.${this.deps.agentId}`;
  }

  private disabled(): Set<string> {
    const { state } = this.deps;
    return new Set(state.get<string[]>(this.disabledKey) ?? state.get<string[]>(DISABLED_KEY, []));
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
