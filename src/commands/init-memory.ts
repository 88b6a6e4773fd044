// "Letta: Initialize Memory": the agent gets to know the repository; says what it wrote, offers View and Undo.
import * as vscode from 'vscode';
import type { InitOutcome } from '../flows/init.ts';
import type { StoredChange } from '../flows/remember.ts';
import type { OpenPoint } from '../memory/evidence/evidence.ts';

export interface Initialized extends InitOutcome {
  /** What was written, to take it back. */
  changes: StoredChange[];
  /** Ids of what waits for review. */
  held: string[];
}

export interface InitMemoryDeps {
  init(ask: (point: OpenPoint) => Promise<string | undefined>, signal: AbortSignal): Promise<Initialized>;
  /** Takes all of it back; the text says what became of it. */
  undo(done: Initialized): Promise<string>;
  /** Shows the Memory panel at a block, or at the review list (`review:`). */
  viewMemory(focus: string): Promise<void>;
}

const OTHER = 'Something else…';

async function ask({ question, options }: OpenPoint): Promise<string | undefined> {
  const title = 'Initialize Memory';
  if (options.length > 0) {
    const picked = await vscode.window.showQuickPick([...options, OTHER], {
      title,
      placeHolder: `${question} Escape: rather not say`,
      ignoreFocusOut: true,
    });
    if (picked !== OTHER) return picked;
  }
  return vscode.window.showInputBox({
    title,
    prompt: question,
    placeHolder: 'Escape: rather not say',
    ignoreFocusOut: true,
  });
}

let running = false;

export async function initMemoryCommand(deps: InitMemoryDeps): Promise<void> {
  if (running) {
    void vscode.window.showInformationMessage('Letta is getting to know this repository already.');
    return;
  }
  running = true;
  try {
    const done = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: 'Letta is getting to know this repository…',
        cancellable: true,
      },
      async (_, token) => {
        const abort = new AbortController();
        token.onCancellationRequested(() => abort.abort());
        try {
          return await deps.init(ask, abort.signal);
        } catch (error) {
          if (abort.signal.aborted) return undefined;
          throw error;
        }
      },
    );
    if (done) void tell(deps, done).catch((error: unknown) => vscode.window.showErrorMessage(messageOf(error)));
    else void vscode.window.showInformationMessage('Stopped. Nothing was written.');
  } finally {
    running = false;
  }
}

async function tell(deps: InitMemoryDeps, done: Initialized): Promise<void> {
  const labels = [...new Set(done.changes.map(({ label }) => label))];
  const message = said(done);
  if (labels.length === 0 && done.held.length === 0) {
    void vscode.window.showInformationMessage(message);
    return;
  }
  const answer = await vscode.window.showInformationMessage(message, 'View', 'Undo');
  if (answer === 'View') await deps.viewMemory(labels[0] ?? 'review:');
  if (answer === 'Undo') void vscode.window.showInformationMessage(await deps.undo(done));
}

const count = (n: number): string => `${n} ${n === 1 ? 'line' : 'lines'}`;

export function said({ lines, known, byAgent, reason }: InitOutcome): string {
  const of = (state: string) => lines.filter((line) => line.state === state);
  const written = of('written');
  const labels = [...new Set(written.map((line) => line.label))];
  const [held, full] = [of('held').length, of('full').length];
  const wrote = labels.map((label) => `${count(written.filter((line) => line.label === label).length)} in ${label}`);
  return [
    // Its own words were wanted and not had.
    ...(!byAgent && reason !== undefined && lines.length > 0 ? [`Written without the agent’s words: ${reason}`] : []),
    wrote.length > 0 ? `Wrote ${wrote.join(', ')}.` : 'Nothing new was written.',
    ...(held > 0 ? [`${count(held)} ${held === 1 ? 'waits' : 'wait'} for review.`] : []),
    ...(full > 0 ? [`${count(full)} found no room.`] : []),
    ...(known > 0 ? [`${known} ${known === 1 ? 'fact was' : 'facts were'} known already.`] : []),
  ].join(' ');
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
