// Turns a question of the agent about one tool call into an approval card and a diff in the editor, and the person's answer back.
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { callDetail } from '../agent/call-detail.ts';
import type { AskAnswer, AskRequest } from '../agent/calls.ts';
import { t } from '../protocol/l10n.ts';
import type { ApprovalView, DiffView } from '../protocol/transcript-views.ts';
import { editedProposal, type MakeDiff } from './edited-proposal.ts';
import type { Amended, Answer } from './session-home.ts';

/** A change shown in the editor while it waits; `src/editor` makes them. */
interface Shown {
  show(): Promise<void>;
  stands(): Target[];
  onEdited(listener: () => void): void;
  dispose(): Promise<void>;
}

type Target = NonNullable<AskRequest['plan']>['targets'][number];

/** Who answers. */
export interface Asked {
  answer(view: ApprovalView, amended: Amended): Promise<Answer>;
  /** The person changed the proposal and allowed that. `name`: as a tool takes it. */
  edited(files: { name: string; before: string; after: string; now: string }[]): void;
}

export interface ApprovalDeps {
  showProposal(targets: Target[], title: string): Promise<Shown>;
  diff: MakeDiff;
  /** All files of a plan, as the card shows them. */
  files(targets: readonly Target[]): DiffView[];
  /** How to call a file, by its absolute path. */
  nameOf(path: string): string;
  /** The rules are stored: this kind of call passes from now on. */
  addRules(rules: readonly string[]): Promise<void>;
  /** Somebody who does not see the thread is told that it asks. */
  asks(threadId: string, question: string): void;
  log(line: string): void;
}

function rulesOf({ rule, rules = [] }: AskRequest['decision']): Pick<ApprovalView, 'alwaysRule' | 'alwaysRules'> {
  if (rule !== undefined) return { alwaysRule: rule };
  return rules.length > 0 ? { alwaysRules: [...rules] } : {};
}

export class Approvals {
  private readonly shown = new Map<string, Shown>();
  private readonly deps: ApprovalDeps;

  constructor(deps: ApprovalDeps) {
    this.deps = deps;
  }

  /** Brings the diff of a waiting approval to the front again. */
  async showDiff(approvalId: string): Promise<void> {
    await this.shown.get(approvalId)?.show();
  }

  async ask(threadId: string, request: AskRequest, asked: Asked): Promise<AskAnswer> {
    const view = this.viewOf(threadId, request);
    const targets = request.plan?.targets ?? [];
    if (targets.length > 0) {
      try {
        this.shown.set(view.id, await this.deps.showProposal(targets, `${view.title} (proposed)`));
      } catch (error) {
        // The card holds the diff too: the question can still be answered.
        this.deps.log(`The diff could not be opened: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    this.deps.asks(threadId, view.title);
    try {
      const proposal = this.shown.get(view.id);
      const decision = await asked.answer(view, (amend) => {
        proposal?.onEdited(() => amend(this.amended(view, request, proposal)));
      });
      const rules = view.alwaysRules ?? (view.alwaysRule === undefined ? [] : [view.alwaysRule]);
      if (decision === 'always' && rules.length > 0) await this.always(rules);
      if (typeof decision === 'object') {
        return { allow: false, reason: `The person declined this and said: ${decision.deny}` };
      }
      if (decision === 'always' && request.always) return { allow: true, always: true };
      if (decision === 'deny' || !proposal) return { allow: decision !== 'deny' };
      return this.allowed(targets, proposal, asked);
    } finally {
      const proposal = this.shown.get(view.id);
      this.shown.delete(view.id);
      await proposal?.dispose().catch((error: unknown) => this.deps.log(String(error)));
    }
  }

  /** What was allowed is allowed this once, even where it cannot be noted for the next time. */
  private async always(rules: readonly string[]): Promise<void> {
    try {
      await this.deps.addRules(rules);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      void vscode.window.showWarningMessage(
        t('Letta: allowed this once only, because {0} could not be saved in your settings: {1}', rules.join(', '), why),
      );
    }
  }

  /** What stands in the diff is what was allowed. */
  private allowed(targets: Target[], proposal: Shown, asked: Asked): AskAnswer {
    const { diff, nameOf } = this.deps;
    const edited = editedProposal(targets, proposal.stands(), diff, nameOf);
    if (!edited) return { allow: true };
    asked.edited(edited.files.map(({ path, ...texts }) => ({ name: nameOf(path), ...texts })));
    if (edited.targets.length > 0) return { allow: true, edited };
    return { allow: false, reason: 'The person allowed this, but took all of it out first: nothing was changed.' };
  }

  /** The card shows what the person has made of the proposal. */
  private amended(view: ApprovalView, request: AskRequest, proposal: Shown): ApprovalView {
    const targets = proposal.stands();
    const edited = editedProposal(request.plan?.targets ?? [], targets, this.deps.diff, this.deps.nameOf);
    const shown = this.viewOf(view.threadId, { ...request, plan: { ...request.plan, targets } });
    return { ...shown, id: view.id, ...(edited ? { edited: true } : {}) };
  }

  /** The card: what exactly would happen, and why it is asked. */
  private viewOf(threadId: string, request: AskRequest): ApprovalView {
    const targets = request.plan?.targets ?? [];
    const [first] = targets;
    const several = targets.length > 1 || first?.opaque === true;
    const diff = first && !several && this.deps.diff(request.target ?? first.path, first.before, first.after);
    return {
      id: randomUUID(),
      threadId,
      callId: request.callId,
      title: request.target ? `${request.title} ${request.target}` : request.title,
      // The title names a single file already, and several are listed.
      detail: targets.length > 0 ? '' : callDetail(request),
      reason: request.decision.reason,
      ...(diff ? { diff } : {}),
      ...(several ? { files: this.deps.files(targets) } : {}),
      ...rulesOf(request.decision),
      ...(request.always ? { always: request.always } : {}),
    };
  }
}
