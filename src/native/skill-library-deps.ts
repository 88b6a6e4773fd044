// What the library of skills needs of the rest.
import type * as vscode from 'vscode';
import type { SkillUsageCounts, WritableScope } from '../protocol/skill-views.ts';
import type { SkillStore } from '../skills/agent-folder.ts';
import type { Hidden, Skill } from '../skills/find-skills.ts';
import type { RevisionState } from '../skills/revisions.ts';

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
  /** By id of the skill, of which these are there. Absent: nobody counts. */
  usage?(ids: readonly string[]): Promise<ReadonlyMap<string, SkillUsageCounts>>;
  /** Revisions that nobody has kept, by id of the skill. Never rejects. Absent: there are none. */
  revisions?(skills: readonly Skill[]): Promise<ReadonlyMap<string, RevisionState>>;
  /** Keeps a skill's files as they are, before others take their place. Absent: nobody keeps them. @returns where @throws Error where they are not kept */
  keep?(folder: string): Promise<string>;
  /** A skill has another id from now on. Absent: nobody counts. */
  moved?(from: string, to: string): Promise<void>;
  /**
   * What is hidden by lines of `.lettaignore`, by the folders that they count from, and by rules that refuse reading; undefined:
   * nothing is.
   */
  hiding(lines: ReadonlyMap<string, readonly string[]>): Promise<Hidden | undefined>;
  /** Loaded when a skill is saved: its tables are large. */
  secrets(): Promise<{ maskSecrets(text: string): string }>;
  log(line: string): void;
}
