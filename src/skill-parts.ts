// The skills of a home: what finds, learns and shares them and follows how they are used, each loaded when it is first needed.
import { join } from 'node:path';
import { fileNameFor } from './agent/files.ts';
import type { Core } from './core.ts';
import type { Hands } from './hands.ts';
import type { Learning } from './learning.ts';
import type { DraftStore } from './native/draft-store.ts';
import type { MemoryDiff } from './native/memory-diff.ts';
import type { SkillLibrary } from './native/skill-library.ts';
import type { SkillSharing } from './native/skill-sharing.ts';
import type { SkillUses } from './skill-uses.ts';
import type { SkillUsage } from './skills/usage.ts';

/** Milliseconds after skills have changed that copies of them are kept. */
const KEEP_AFTER_MS = 3_000;

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
  private sharing: Promise<SkillSharing> | undefined;
  private keeping: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | undefined;

  constructor(core: Core, others: Others) {
    this.core = core;
    this.others = others;
  }

  async dispose(): Promise<void> {
    clearTimeout(this.keeping);
    await Promise.all([this.uses, this.skills, this.sharing].map((part) => part?.then((each) => each.dispose())));
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
          usage: async (ids) => (await this.loadUsage()).counts(ids),
          revisions: async (skills) => {
            const [store, { revisionStates }] = await Promise.all([this.draftStore(), import('./skills/revisions.ts')]);
            return revisionStates(await store.revisions(), skills);
          },
          keep: async (folder) => (await this.loadSharing()).keep(folder),
          moved: async (from, to) => {
            const parts = await Promise.all([this.loadUsage(), this.loadSharing(), this.draftStore()]);
            await Promise.all(parts.map((part) => part.moved(from, to)));
          },
          changed: () => {
            void this.core.deps.refresh('skills');
            this.keepVersions();
          },
          hiding: async (lettaignore) => (await import('./hidden-skills.ts')).hiddenSkills(lettaignore),
          secrets: () => import('./permissions/secrets.ts'),
          log: this.core.deps.log,
        }),
    );
    // What there is before anybody changes it.
    if (this.keeping === undefined) this.keepVersions();
    return this.skills;
  }

  private async draftStore(): Promise<DraftStore> {
    const { DraftStore: Loaded } = await import('./native/draft-store.ts');
    return new Loaded(this.core.deps.context.globalStorageUri.fsPath);
  }

  /** Skills that come and go, and their earlier versions. */
  loadSharing(): Promise<SkillSharing> {
    const folder = join(this.core.deps.context.globalStorageUri.fsPath, 'skill-versions');
    this.sharing ??= import('./native/skill-sharing.ts').then(
      ({ SkillSharing: Loaded }) => new Loaded({ library: () => this.loadSkills(), versions: folder }),
    );
    return this.sharing;
  }

  /** When nothing else has happened for a moment. */
  private keepVersions(): void {
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => {
      const kept = this.loadSharing().then((sharing) => sharing.keepAll());
      this.sweeping ??= this.sweep();
      kept.catch((error: unknown) => this.core.deps.log(`Versions of skills could not be kept: ${String(error)}`));
    }, KEEP_AFTER_MS);
  }

  /** Once in a window: what an earlier one left behind. Never rejects. */
  private async sweep(): Promise<void> {
    const { log } = this.core.deps;
    const swept = this.loadSkills().then(({ desk }) => desk.sweep());
    await swept.then((said) => said.forEach(log)).catch((error: unknown) => log(String(error)));
  }

  private loadUsage(): Promise<SkillUsage> {
    this.usage ??= Promise.all([import('./skills/usage.ts'), import('./flows/skill-usage-file.ts')]).then(
      ([{ SkillUsage: Loaded }, { usageFile }]) => new Loaded(usageFile(this.ofAgent('skill-usage'))),
    );
    return this.usage;
  }

  /** A file of this agent that all windows share. */
  ofAgent(folder: string): string {
    return join(this.core.deps.context.globalStorageUri.fsPath, folder, `${fileNameFor(this.core.agent.id)}.json`);
  }

  /** What follows how skills are used. */
  loadUses(): Promise<SkillUses> {
    this.uses ??= Promise.all([import('./skill-uses.ts'), this.loadUsage()]).then(
      ([{ SkillUses: Loaded }, usage]) =>
        new Loaded({
          usage,
          idOf: async (name) => (await this.loadSkills()).idOf(name),
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
