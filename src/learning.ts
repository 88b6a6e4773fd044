// Learning, tied together: drafts of skills and where they go, revisions, trials, and the agent's own offers. Loaded when one is wanted.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { AgentInfo } from './agent/setup.ts';
import { cancellable, learnSkillCommand, type SelectedSource } from './commands/learn-skill.ts';
import { draftActions, tellDraft } from './commands/learn-skill-draft.ts';
import { pickRevision } from './commands/pick-revision.ts';
import type { SkillCase } from './commands/try-skill.ts';
import { type DraftBackend, reviseDraft, type SkillDraft } from './flows/draft-skill.ts';
import { type Evidence, evidenceText, improveSkill } from './flows/improve-skill.ts';
import { learnSkill, learnTitle } from './flows/learn-skill.ts';
import { learnFromThread, threadTitle } from './flows/learn-skill-thread.ts';
import { type SkillOffer, SkillOffers } from './flows/offer-skill.ts';
import type { OpenBeside, SidePlace, SideThread } from './flows/run-beside.ts';
import type { Hands } from './hands.ts';
import type { LearnCommand } from './learn-commands.ts';
import type { Connection } from './letta/connection.ts';
import type { DraftMeta } from './native/draft-store.ts';
import { hasProject } from './native/has-project.ts';
import type { MemoryDiff } from './native/memory-diff.ts';
import * as settings from './native/settings.ts';
import { tellSaved } from './native/skill-desk.ts';
import type { SkillDrafts, StandingDraft } from './native/skill-drafts.ts';
import type { SkillLibrary } from './native/skill-library.ts';
import { maskSecrets } from './permissions/secrets.ts';
import { t } from './protocol/l10n.ts';
import type { SkillOfferView, SkillView, WritableScope } from './protocol/skill-views.ts';
import { examplesOf } from './skills/examples.ts';
import { readSkillFolder } from './skills/read-folder.ts';
import { revisionsOf } from './skills/revisions.ts';
import type { SkillUsage } from './skills/usage.ts';
import { validateDraft } from './skills/validate.ts';
import { type Threads, UNTITLED } from './threads/threads.ts';
import { unifiedDiff } from './tools/support.ts';
import type { Trials } from './trials.ts';

export interface LearningDeps {
  connection: Connection;
  agent: AgentInfo;
  threads: Threads;
  usage: SkillUsage;
  /** Of the computer, where offers of this agent are kept; a file. */
  offersPath: string;
  drafts(): Promise<SkillDrafts>;
  skills(): Promise<SkillLibrary>;
  hands(): Promise<Hands>;
  diff(): Promise<MemoryDiff>;
  openBeside: OpenBeside;
  /** The model that a background run may ask; null: none. */
  answering(): Promise<string | null>;
  /** The shown thread. @throws Error when none is shown */
  thread(): string;
  /** A turn of any open thread runs. */
  running(): boolean;
  /** A hidden thread that was begun then has done its work. @throws LettaError */
  forget(threadId: string, at: number): Promise<void>;
  chatVisible(): boolean;
  /** Shows the offer in the chat. */
  offer(offer: SkillOfferView | null): void;
  log(line: string): void;
}

type Talk = NonNullable<DraftMeta['talk']>;

const backend: DraftBackend = { maskSecrets, validate: validateDraft };

export class Learning {
  private readonly deps: LearningDeps;
  private readonly offers: SkillOffers;
  /** By thread: what the person asked for elsewhere. */
  private readonly similar = new Map<string, string[]>();
  /** Skills of which a revision is being made. */
  private readonly proposing = new Set<string>();
  private titled: Promise<{ threadId: string; text: string }[]> | undefined;

  constructor(deps: LearningDeps) {
    this.deps = deps;
    this.offers = new SkillOffers(deps.offersPath, maskSecrets);
    void deps.drafts().then((drafts) => drafts.endForgotten((talk) => this.end(talk)));
  }

  /** Does what a command says. @throws Error saying why not */
  async run(command: LearnCommand, [first]: unknown[]): Promise<void> {
    switch (command) {
      case 'letta.learnSkill':
        return learnSkillCommand({
          draft: (source, signal) => this.draftFromSelection(source, signal),
          opened: (draft, talk) => this.open(draft, talk),
        });
      case 'letta.learnSkillFromThread':
        return this.learnThread(typeof first === 'string' ? first : '');
      case 'letta.saveSkillDraft':
      case 'letta.keepSkillRevision':
        return this.saveOpen(first, undefined);
      case 'letta.saveSkillToAgent':
        return this.saveOpen(first, 'agent');
      case 'letta.saveSkillToComputer':
        return this.saveOpen(first, 'computer');
      case 'letta.reviseSkillDraft':
        return this.revise(draftUri(first));
      case 'letta.discardSkillDraft':
        return this.discard(draftUri(first));
      case 'letta.discardSkillRevision':
        return this.discardRevision(draftUri(first));
      case 'letta.reviseSkill':
        return this.reviseSkill(idFrom(first));
      case 'letta.viewSkillRevision':
        return this.viewRevision(idFrom(first));
      case 'letta.trySkill':
        return (await this.loadTrials()).run(await this.caseOf(idFrom(first)));
    }
  }

  // ── drafts ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  private async draftFromSelection(source: SelectedSource, signal: AbortSignal) {
    const hands = await this.deps.hands();
    // What the person selected they chose to show; the rest of a file that is hidden from the agent stays so.
    const { file, ...selected } = source;
    const seen = file !== undefined && !hands.hidden(file.path) ? { file: file.text } : {};
    let talk: Talk | undefined;
    const open = async () => {
      const begun = await this.beside({ kind: 'new', title: learnTitle(source) });
      talk = begun.talk;
      return begun.thread;
    };
    const draft = await learnSkill(backend, { open, end: () => this.end(talk) }, { ...selected, ...seen }, signal);
    return { draft, talk };
  }

  private async learnThread(hint: string): Promise<void> {
    const threadId = this.deps.thread();
    this.deps.offer(null);
    const { title } = await this.deps.threads.get(threadId);
    if (title === UNTITLED)
      throw new Error(t('Nothing was done in this thread yet that a skill could be learned from.'));
    const similar = this.similar.get(threadId);
    await cancellable(t('Letta is drafting a skill from this thread…'), async (signal) => {
      const { thread, talk } = await this.beside({ kind: 'copy', of: threadId, title: threadTitle(title) });
      const known = { hint, ...(similar ? { similar } : {}) };
      const draft = await learnFromThread(backend, thread, known, signal).catch(async (error: unknown) => {
        await this.end(talk);
        throw error;
      });
      if (signal.aborted) await this.end(talk);
      else await this.open(draft, talk);
    });
  }

  private async open(draft: SkillDraft, talk: Talk | undefined): Promise<void> {
    const { document } = await (await this.deps.drafts()).open(draft.text, draft.files, talk ? { talk } : {});
    tellDraft(draft, draftActions(document.uri, hasProject()));
  }

  /** A conversation beside the threads, for as long as its draft is there. @throws LettaError */
  private async beside(place: SidePlace): Promise<{ thread: SideThread; talk: Talk }> {
    const at = Date.now();
    const thread = await this.deps.openBeside(place);
    return { thread, talk: { home: this.deps.connection.homeKey, agentId: this.deps.agent.id, id: thread.id, at } };
  }

  /** It has done its work. Never rejects: what stays is hidden. @returns whether it is gone */
  private async end(talk: Talk | undefined): Promise<boolean> {
    const { connection, agent, forget, log } = this.deps;
    if (talk?.home !== connection.homeKey || talk.agentId !== agent.id) return false;
    try {
      await forget(talk.id, talk.at);
      return true;
    } catch (error) {
      log(`A hidden thread stays: ${String(error)}`);
      return false;
    }
  }

  private async discard(uri: vscode.Uri): Promise<void> {
    const drafts = await this.deps.drafts();
    const { meta } = await drafts.standing(uri);
    if (await drafts.closeAndDiscard(uri)) await this.end(meta.talk);
  }

  private async saveOpen(given: unknown, scope: WritableScope | undefined): Promise<void> {
    await (await this.deps.drafts()).saveDraft(draftUri(given), scope);
  }

  /** Puts a draft where the person wants it. @returns the file. @throws Error saying what is wrong: the draft stays */
  async save(draft: StandingDraft, scope: WritableScope): Promise<vscode.Uri> {
    const { text, files, meta } = draft;
    const skills = await this.deps.skills();
    const secret = files.find((file) => maskSecrets(file.text) !== file.text);
    if (secret)
      throw new Error(t('Not saved: {0} holds what looks like a secret. Put a placeholder there.', secret.path));
    if (meta.revises) return this.keepRevision(meta.revises, text);
    const saved = await skills.save(text, scope, { files });
    this.deps.log(`Saved a skill draft as ${saved.uri.fsPath}`);
    void this.end(meta.talk);
    tellSaved(saved, scope);
    return saved.uri;
  }

  private async revise(uri: vscode.Uri): Promise<void> {
    const drafts = await this.deps.drafts();
    const { text, files, meta } = await drafts.standing(uri);
    const wish = await vscode.window.showInputBox({
      title: t('Revise the skill draft'),
      prompt: t('What should be different? The agent revises the draft; Ctrl+Z takes it back.'),
      ignoreFocusOut: true,
    });
    if (!wish?.trim()) return;
    await cancellable(t('Letta is revising the draft…'), async (signal) => {
      const { connection, agent, openBeside, threads } = this.deps;
      const own = meta.talk?.home === connection.homeKey && meta.talk.agentId === agent.id ? meta.talk : undefined;
      const known = own && (await threads.get(own.id).then(Boolean, () => false));
      const { thread, talk } = known
        ? { thread: await openBeside({ kind: 'known', id: own.id }), talk: own }
        : await this.beside({ kind: 'new', title: 'Revise a skill draft' });
      let isKept = known;
      try {
        const revised = await reviseDraft(backend, thread, { text, files }, wish.trim(), signal);
        if (signal.aborted) return;
        await drafts.rewrite(uri, revised.text, revised.files, { ...meta, talk });
        isKept = true;
      } finally {
        if (!isKept) await this.end(talk);
      }
    });
  }

  // ── skills that there are ────────────────────────────────────────────────────────────────────────────────────────

  private async skill(id: string): Promise<SkillView> {
    const found = (await (await this.deps.skills()).views()).find((each) => each.id === id);
    if (!found) throw new Error(t('This skill is no longer there.'));
    return found;
  }

  private async caseOf(id: string): Promise<SkillCase> {
    const view = await this.skill(id);
    const skills = await this.deps.skills();
    const { file, text } = await skills.desk.source(id);
    const { files } = await readSkillFolder(dirname(file));
    const examples = await examplesOf(text, files, (path) => readFile(join(dirname(file), path), 'utf8'));
    return { view, uri: vscode.Uri.file(file), text, examples };
  }

  /** The person says what should be different. */
  private async reviseSkill(id: string): Promise<void> {
    const { view } = await this.caseOf(id);
    const wish = await vscode.window.showInputBox({
      title: t('Revise the skill “{0}”', view.name),
      prompt: t('What should be different? You see the revision as a diff, and keep or discard it.'),
      ignoreFocusOut: true,
    });
    if (!wish?.trim()) return;
    await cancellable(t('Letta is revising the skill “{0}”…', view.name), async (signal) => {
      const proposal = await this.proposal(id, `The person wants: ${wish.trim()}`, signal);
      if (signal.aborted) return;
      if (!proposal) throw new Error(t('The agent sees nothing to change in the skill for that.'));
      await this.showRevision(proposal, id);
    });
  }

  /** A revision that waits for the person. @returns undefined where the skill stays as it is */
  private async proposal(id: string, said: string, signal: AbortSignal): Promise<vscode.Uri | undefined> {
    const { view, text } = await this.caseOf(id);
    // What is hidden from the agent by now must not reach it this way either.
    if (view.problems.length > 0) throw new Error(view.problems.join(' '));
    const skills = await this.deps.skills();
    const reviewed = await skills.reviewed(view.name, id);
    const { thread, talk } = await this.beside({ kind: 'new', title: `Improve the skill ${view.name}` });
    const revised = await improveSkill(backend, thread, { name: view.name, text, reviewed }, said, signal).finally(() =>
      this.end(talk),
    );
    if (revised === undefined) return undefined;
    const meta = { revises: { id, name: view.name, base: text } };
    const proposal = await (await this.deps.drafts()).propose(revised, meta);
    skills.refresh();
    return proposal;
  }

  private async showRevision(revision: vscode.Uri, id: string): Promise<void> {
    const { view, uri } = await this.caseOf(id);
    await (await this.deps.drafts()).compare(revision, uri, view.name);
  }

  /** Opens a revision again that waits or was discarded; which one, the person says where there are several. */
  private async viewRevision(id: string): Promise<void> {
    const { view, text } = await this.caseOf(id);
    const found = revisionsOf(await (await this.deps.drafts()).revisions(), id, text);
    if (found.length === 0) throw new Error(t('There is no revision of this skill as it is now.'));
    const picked = found.length === 1 ? found[0] : await pickRevision(view.name, found);
    if (picked) await this.showRevision(picked.uri, id);
  }

  private async discardRevision(uri: vscode.Uri): Promise<void> {
    const drafts = await this.deps.drafts();
    const { meta } = await drafts.standing(uri);
    const became = await drafts.discardRevision(uri);
    if (became === 'open') return;
    (await this.deps.skills()).refresh();
    const said = t(
      'Discarded the revision of the skill “{0}”. The Skills panel shows it until the skill changes.',
      meta.revises?.name ?? '',
    );
    if (became === 'stays') void vscode.window.showInformationMessage(said);
  }

  private async keepRevision(revised: { id: string; name: string; base: string }, text: string): Promise<vscode.Uri> {
    const { problems, name } = validateDraft(text);
    if (problems.length > 0) throw new Error(t('Not kept: {0}', problems.join(' ')));
    if (name !== revised.name) throw new Error(t('Not kept: the name must stay {0}.', revised.name));
    if (maskSecrets(text) !== text) throw new Error(t('Not kept: it holds what looks like a secret.'));
    const skills = await this.deps.skills();
    const { text: now, bundled } = await skills.desk.source(revised.id);
    if (now !== revised.base) {
      const detail = t('What was changed since then is lost where the revision says otherwise.');
      const said = t('The skill “{0}” was changed after this revision was proposed.', revised.name);
      if (
        (await vscode.window.showWarningMessage(said, { modal: true, detail }, t('Keep Anyway'))) !== t('Keep Anyway')
      )
        throw new Error(t('Not kept: the skill stays as it is.'));
    }
    // What comes with the extension cannot be changed: a copy in the project takes its place.
    const saved = bundled
      ? (await skills.save(text, 'project', { from: revised.id })).uri
      : await skills.desk.replace(revised.id, text);
    if (!bundled) await this.deps.usage.revised(revised.id).catch((error: unknown) => this.deps.log(String(error)));
    skills.refresh();
    void vscode.window.showInformationMessage(t('Kept the revision of the skill “{0}”.', revised.name));
    return saved;
  }

  /** The person corrected what came of a skill: at most one proposal for a skill and day, and none of the demo. */
  async corrected(id: string, evidence: readonly Evidence[]): Promise<void> {
    const diff = (name: string, before: string, after: string) => unifiedDiff(name, before, after).unified;
    const said = evidenceText(evidence, diff);
    if (said === '' || (await this.deps.answering()) === null) return;
    const view = await this.skill(id);
    if (this.proposing.has(id) || !(await this.deps.usage.mayPropose(id))) return;
    this.proposing.add(id);
    // Where the model does not answer, the next correction asks again.
    const proposal = await this.proposal(id, said, new AbortController().signal).finally(() =>
      this.proposing.delete(id),
    );
    await this.deps.usage.proposed(id);
    if (!proposal) return;
    const message = t('You corrected what came of the skill “{0}”. The agent proposes a revision of it.', view.name);
    const answer = await vscode.window.showInformationMessage(message, t('Show Diff'), t('Discard'));
    if (answer === t('Show Diff')) await this.showRevision(proposal, id);
    if (answer === t('Discard')) await this.discardRevision(proposal);
  }

  /** Trials of skills. */
  private async loadTrials(): Promise<Trials> {
    const { Trials: Loaded } = await import('./trials.ts');
    return new Loaded({
      ...this.deps,
      forked: async () => {
        try {
          return { threadId: this.deps.thread(), gone: async () => {} };
        } catch {
          const { thread, talk } = await this.beside({ kind: 'new', title: 'Try a skill' });
          return { threadId: thread.id, gone: () => this.end(talk) };
        }
      },
    });
  }

  // ── offers ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A request was answered in an open thread. */
  async asked(threadId: string, text: string, usedSkill: boolean): Promise<void> {
    if (!settings.offersSkills() || (await this.deps.answering()) === null) return;
    const may = this.deps.chatVisible() && !usedSkill;
    this.titled ??= this.deps.threads
      .list()
      .then((list) =>
        list.filter(({ title }) => title !== UNTITLED).map(({ id, title }) => ({ threadId: id, text: title })),
      );
    const titles = await this.titled.catch(() => []);
    const offer = await this.offers.asked({ threadId, text }, titles, may);
    if (offer) this.show(offer);
  }

  private show({ threadId, similar }: SkillOffer): void {
    this.similar.set(threadId, similar);
    this.deps.offer({ threadId, times: similar.length + 1 });
  }

  /** What the person says to an offer. */
  async answered(answer: 'learn' | 'dismiss' | 'never'): Promise<void> {
    this.deps.offer(null);
    if (answer === 'never') await settings.stopOfferingSkills();
    if (answer === 'learn') await this.learnThread('');
  }
}

function draftUri(given: unknown): vscode.Uri {
  if (given instanceof vscode.Uri) return given;
  const active = vscode.window.activeTextEditor?.document.uri;
  if (!active) throw new Error(t('Open the skill draft first.'));
  return active;
}

function idFrom(given: unknown): string {
  if (typeof given !== 'string') throw new Error(t('Say which skill is meant: use its button in the Skills panel.'));
  return given;
}
