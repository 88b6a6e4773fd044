// Turns a question of the agent about one tool call into an approval card and a diff in the editor, and the person's answer back.
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { AskAnswer, AskRequest } from '../agent/calls.ts';
import type { ApprovalView, DiffView } from '../protocol/views.ts';
import type { Answer } from './session.ts';

/** A change shown in the editor while it waits; `src/editor` makes them. */
interface Shown {
  show(): Promise<void>;
  dispose(): Promise<void>;
}

export interface ApprovalDeps {
  showProposal(targets: { path: string; before: string | null; after: string | null }[], title: string): Promise<Shown>;
  diff(path: string, before: string | null, after: string | null): ApprovalView['diff'];
  /** All files of a plan, as the card shows them. */
  files(targets: NonNullable<AskRequest['plan']>['targets']): DiffView[];
  /** The rules are stored: this kind of call passes from now on. */
  addRules(rules: readonly string[]): Promise<void>;
  /** Whether the person sees the chat; else a notification asks them to look. */
  chatVisible(): boolean;
  showChat(): Promise<void>;
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

  async ask(
    threadId: string,
    request: AskRequest,
    answer: (view: ApprovalView) => Promise<Answer>,
  ): Promise<AskAnswer> {
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
    if (!this.deps.chatVisible()) {
      void vscode.window.showInformationMessage(`Letta asks: ${view.title}`, 'Show').then((choice) => {
        if (choice === 'Show') return this.deps.showChat();
        return undefined;
      });
    }
    try {
      const decision = await answer(view);
      const rules = view.alwaysRules ?? (view.alwaysRule === undefined ? [] : [view.alwaysRule]);
      if (decision === 'always' && rules.length > 0) await this.deps.addRules(rules);
      if (typeof decision === 'object') {
        return { allow: false, reason: `The person declined this and said: ${decision.deny}` };
      }
      return { allow: decision !== 'deny' };
    } finally {
      const proposal = this.shown.get(view.id);
      this.shown.delete(view.id);
      await proposal?.dispose().catch((error: unknown) => this.deps.log(String(error)));
    }
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
      detail: targets.length > 0 ? '' : inputOf(request),
      reason: request.decision.reason,
      ...(diff ? { diff } : {}),
      ...(several ? { files: this.deps.files(targets) } : {}),
      ...rulesOf(request.decision),
    };
  }
}

/** What exactly would happen; a command as it is written, not as JSON, and whatever else is said of it. */
function inputOf({ tool, input }: AskRequest): string {
  const access = tool.access(input);
  if (access.kind !== 'command') return JSON.stringify(input, null, 2);
  const { command: _command, input: _input, ...more } = input as Record<string, unknown>;
  return [access.command, ...Object.entries(more).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)].join(
    '\n',
  );
}
