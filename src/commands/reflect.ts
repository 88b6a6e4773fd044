// "Letta: Reflect Now", and what a reflection tells the person: what it proposes or has changed, and what it cost.
import * as vscode from 'vscode';
import type { Carried, Reflection } from '../flows/reflect.ts';
import { plural, t } from '../protocol/l10n.ts';
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
      title: t('Letta is reflecting on what was said…'),
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
      return say(t('Nothing was said since the last reflection.'));
    case 'busy':
      return say(t('A reflection is under way already.'));
    case 'stopped':
      return say(t('Stopped. Nothing was changed.'));
    case 'failed':
      void vscode.window.showWarningMessage(t('The reflection came to nothing: {0}', outcome.reason));
      return;
    case 'budget': {
      const message = t(
        'Reflection may take {0} tokens a day, and what is left of today is not enough for a run.',
        deps.budget(),
      );
      if ((await vscode.window.showInformationMessage(message, t('Change Budget'))) === t('Change Budget'))
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
    ...(waiting > 0 ? [t('Review')] : []),
    ...(applied.length > 0 ? [t('View'), t('Undo')] : []),
    ...(outcome.more && asked ? [t('Go On')] : []),
  ];
  const answer = await vscode.window.showInformationMessage(said(outcome), ...buttons);
  if (answer === t('Review')) await deps.showMemory('review:');
  if (answer === t('View')) await deps.showMemory(applied[0]?.label ?? '');
  if (answer === t('Undo')) say(await deps.undo(applied));
  if (answer === t('Go On')) await reflectCommand(deps);
}

export function said({ waiting, applied, dropped, tokens, more }: Extract<Reflection, { kind: 'done' }>): string {
  const labels = [...new Set(applied.map(({ label }) => label))];
  return [
    cameOf(waiting, labels.join(', '), tokens),
    ...dropped,
    ...(more ? [t('There is more to read than fits into one run.')] : []),
  ].join(' ');
}

function cameOf(waiting: number, changed: string, tokens: number): string {
  if (changed === '' && waiting === 0) return t('Reflection found nothing new to remember ({0} tokens).', tokens);
  if (changed === '')
    return plural(
      waiting,
      'Reflection proposes one edit of memory ({1} tokens).',
      'Reflection proposes {0} edits of memory ({1} tokens).',
      tokens,
    );
  if (waiting === 0) return t('Reflection changed {0} ({1} tokens).', changed, tokens);
  return plural(
    waiting,
    'Reflection changed {1}, one edit waits for review ({2} tokens).',
    'Reflection changed {1}, {0} edits wait for review ({2} tokens).',
    changed,
    tokens,
  );
}

function say(message: string): void {
  void vscode.window.showInformationMessage(message);
}
