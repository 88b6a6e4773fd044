// "Letta: Reflect Now", and what a reflection tells the person: what it proposes or has changed, and what it cost.
import * as vscode from 'vscode';
import type { Carried, Reflection } from '../flows/reflect.ts';
import { showError } from './show-error.ts';

export interface ReflectCommandDeps {
  /** One run. */
  reflect(signal: AbortSignal): Promise<Reflection>;
  /** Tokens a day. */
  budget(): number;
  /** Takes back what was applied; the text says what became of it. */
  undo(edits: Carried['applied']): Promise<string>;
  /** Shows the Memory panel at a block, or at the review list (`review:`). */
  showMemory(focus: string): Promise<void>;
}

const BUDGET = 'letta.memory.reflectionBudget';

/** The run, with a notification that can cancel it. `stop`: what else does. */
export async function withReflectProgress(
  deps: Pick<ReflectCommandDeps, 'reflect'>,
  stop?: AbortSignal,
): Promise<Reflection> {
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: 'Letta is reflecting on what was said…',
      cancellable: true,
    },
    async (_progress, token) => {
      const abort = new AbortController();
      const stopping = token.onCancellationRequested(() => abort.abort());
      try {
        return await deps.reflect(stop ? AbortSignal.any([abort.signal, stop]) : abort.signal);
      } finally {
        stopping.dispose();
      }
    },
  );
}

export async function reflectCommand(deps: ReflectCommandDeps): Promise<void> {
  const outcome = await withReflectProgress(deps);
  void tell(deps, outcome, true).catch(showError);
}

/** After a run that nobody asked for: only what came of it is told. */
export function tellReflected(deps: ReflectCommandDeps, outcome: Reflection): void {
  if (outcome.kind === 'done') void tell(deps, outcome, false).catch(showError);
}

async function tell(deps: ReflectCommandDeps, outcome: Reflection, asked: boolean): Promise<void> {
  switch (outcome.kind) {
    case 'done':
      return tellDone(deps, outcome, asked);
    case 'nothing':
      return say('Nothing was said since the last reflection.');
    case 'busy':
      return say('A reflection is under way already.');
    case 'stopped':
      return say('Stopped. Nothing was changed.');
    case 'failed':
      void vscode.window.showWarningMessage(`The reflection came to nothing: ${outcome.reason}`);
      return;
    case 'budget': {
      const tokens = inTokens(deps.budget());
      const message = `Reflection may take ${tokens} a day, and what is left of today is not enough for a run.`;
      if ((await vscode.window.showInformationMessage(message, 'Change Budget')) === 'Change Budget')
        await vscode.commands.executeCommand('workbench.action.openSettings', BUDGET);
    }
  }
}

async function tellDone(
  deps: ReflectCommandDeps,
  outcome: Extract<Reflection, { kind: 'done' }>,
  asked: boolean,
): Promise<void> {
  const { waiting, applied, dropped } = outcome;
  const quiet = waiting === 0 && applied.length === 0 && dropped.length === 0;
  if (quiet && !asked) return;
  const buttons = [
    ...(waiting > 0 ? ['Review'] : []),
    ...(applied.length > 0 ? ['View', 'Undo'] : []),
    ...(outcome.more && asked ? ['Go On'] : []),
  ];
  const answer = await vscode.window.showInformationMessage(said(outcome), ...buttons);
  if (answer === 'Review') await deps.showMemory('review:');
  if (answer === 'View') await deps.showMemory(applied[0]?.label ?? '');
  if (answer === 'Undo') say(await deps.undo(applied));
  if (answer === 'Go On') await reflectCommand(deps);
}

export function said({ waiting, applied, dropped, tokens, more }: Extract<Reflection, { kind: 'done' }>): string {
  const labels = [...new Set(applied.map(({ label }) => label))];
  const proposes = `Reflection proposes ${waiting === 1 ? 'one edit' : `${waiting} edits`} of memory`;
  const changed = `Reflection changed ${labels.join(', ')}`;
  const waits = waiting === 1 ? 'one edit waits for review' : `${waiting} edits wait for review`;
  const first =
    labels.length > 0
      ? `${changed}${waiting > 0 ? `, ${waits}` : ''}`
      : waiting > 0
        ? proposes
        : 'Reflection found nothing new to remember';
  return [
    `${first} (${inTokens(tokens)}).`,
    ...dropped,
    ...(more ? ['There is more to read than fits into one run.'] : []),
  ].join(' ');
}

const inTokens = (tokens: number): string => `${tokens.toLocaleString('en')} tokens`;

function say(message: string): void {
  void vscode.window.showInformationMessage(message);
}
