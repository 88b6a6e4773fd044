// What learns skills and follows how they are used, each loaded when it is first needed.
import { join } from 'node:path';
import { fileNameFor } from './agent/files.ts';
import type { Core } from './core.ts';
import type { Hands } from './hands.ts';
import type { Learning } from './learning.ts';
import type { MemoryDiff } from './native/memory-diff.ts';
import type { SkillLibrary } from './native/skill-library.ts';
import type { SkillUses } from './skill-uses.ts';
import type { SkillUsage } from './skills/usage.ts';

/** Other parts of the home. */
interface Others {
  hands(): Promise<Hands>;
  diff(): Promise<MemoryDiff>;
}

export class SkillParts {
  private readonly core: Core;
  private readonly others: Others;
  private skills: Promise<SkillLibrary> | undefined;
  private learning: Promise<Learning> | undefined;
  private usage: Promise<SkillUsage> | undefined;
  private uses: Promise<SkillUses> | undefined;

  constructor(core: Core, others: Others) {
    this.core = core;
    this.others = others;
  }

  async dispose(): Promise<void> {
    await Promise.all([this.uses, this.skills].map((part) => part?.then((each) => each.dispose())));
  }

  /** Files, by absolute paths, are as they were before the agent changed them. */
  async restored(paths: readonly string[]): Promise<void> {
    (await this.loadUses()).restored(paths);
  }

  loadSkills(): Promise<SkillLibrary> {
    const { context, openDraft } = this.core.deps;
    this.skills ??= Promise.all([import('./native/skill-library.ts'), import('./memory/agent-skills.ts')]).then(
      ([{ SkillLibrary: Loaded }, { AgentSkills }]) =>
        new Loaded({
          agentId: this.core.agent.id,
          store: new AgentSkills(this.core.connection, this.core.agent.id),
          agentFolder: join(context.globalStorageUri.fsPath, 'agent-skills', this.core.agent.id),
          bundled: join(context.extensionPath, 'skills'),
          openDraft,
          state: this.core.deps.context.globalState,
          usage: async () => (await this.loadUsage()).counts(),
          changed: () => void this.core.deps.refresh('skills'),
          secrets: () => import('./permissions/secrets.ts'),
          log: this.core.deps.log,
        }),
    );
    return this.skills;
  }

  private loadUsage(): Promise<SkillUsage> {
    this.usage ??= Promise.all([import('./skills/usage.ts'), import('./flows/skill-usage-file.ts')]).then(
      ([{ SkillUsage: Loaded }, { usageFile }]) => new Loaded(usageFile(this.ofAgent('skill-usage'))),
    );
    return this.usage;
  }

  /** A file of this agent that all windows share. */
  private ofAgent(folder: string): string {
    return join(this.core.deps.context.globalStorageUri.fsPath, folder, `${fileNameFor(this.core.agent.id)}.json`);
  }

  /** What follows how skills are used. */
  loadUses(): Promise<SkillUses> {
    this.uses ??= Promise.all([import('./skill-uses.ts'), this.loadUsage()]).then(
      ([{ SkillUses: Loaded }, usage]) =>
        new Loaded({
          usage,
          idOf: async (name) =>
            (await (await this.loadSkills()).views()).find(
              (skill) => skill.name === name && !skill.shadowedBy && skill.problems.length === 0,
            )?.id,
          corrected: async (id, evidence) => (await this.loadLearning()).corrected(id, evidence),
          asked: async (...asked) => (await this.loadLearning()).asked(...asked),
          counted: () => void this.core.deps.refresh('skills'),
          log: this.core.deps.log,
        }),
    );
    return this.uses;
  }

  private async forgetHidden(threadId: string, at: number): Promise<void> {
    const { connection, agent, journal, pins } = this.core;
    const { HiddenThreads } = await import('./threads/hidden-threads.ts');
    if (await new HiddenThreads(connection, agent.id).remove(threadId, at))
      await Promise.all([journal.remove(threadId), pins.remove(threadId)]);
  }

  /** Drafts of skills, revisions, trials. */
  loadLearning(): Promise<Learning> {
    const { connection, agent, threads, openBeside, answering, deps } = this.core;
    this.learning ??= Promise.all([import('./learning.ts'), this.loadUsage()]).then(
      ([{ Learning: Loaded }, usage]) =>
        new Loaded({
          connection,
          agent,
          threads,
          usage,
          openBeside,
          answering,
          offersPath: this.ofAgent('skill-requests'),
          drafts: () => deps.drafts(),
          skills: () => this.loadSkills(),
          hands: () => this.others.hands(),
          diff: () => this.others.diff(),
          thread: () => deps.thread(),
          running: () => deps.running(),
          forget: (threadId, at) => this.forgetHidden(threadId, at),
          chatVisible: () => deps.chatVisible(),
          offer: (offer) => deps.offerSkill(offer),
          log: deps.log,
        }),
    );
    return this.learning;
  }
}
