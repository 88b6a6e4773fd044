// "Letta: Initialize Memory": the agent gets to know the repository; says what it wrote, offers View and Undo.
import * as vscode from 'vscode';
import type { InitOutcome } from '../flows/init.ts';
import type { StoredChange } from '../flows/remember.ts';
import type { OpenPoint } from '../memory/evidence/evidence.ts';
import { plural, t } from '../protocol/l10n.ts';

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

const OTHER = t('Something else…');

/** Evidence is gathered by a worker, which speaks English. */
const QUESTIONS: Readonly<Record<string, string>> = {
  'What is this project for, in one sentence?': t('What is this project for, in one sentence?'),
  'Which command runs the tests?': t('Which command runs the tests?'),
};
const INDENTED = /^Code is indented with (.+) in some places and with (.+) in others\. Which should new code use\?$/;

function inWords(question: string): string {
  const [, one = '', other = ''] = INDENTED.exec(question) ?? [];
  if (one !== '')
    return t('Code is indented with {0} in some places and with {1} in others. Which should new code use?', one, other);
  return QUESTIONS[question] ?? question;
}

async function ask({ question: asked, options }: OpenPoint): Promise<string | undefined> {
  const question = inWords(asked);
  const title = t('Initialize Memory');
  if (options.length > 0) {
    const picked = await vscode.window.showQuickPick([...options, OTHER], {
      title,
      placeHolder: t('{0} Escape: rather not say', question),
      ignoreFocusOut: true,
    });
    if (picked !== OTHER) return picked;
  }
  return vscode.window.showInputBox({
    title,
    prompt: question,
    placeHolder: t('Escape: rather not say'),
    ignoreFocusOut: true,
  });
}

let running = false;

export async function initMemoryCommand(deps: InitMemoryDeps): Promise<void> {
  if (running) {
    void vscode.window.showInformationMessage(t('Letta is getting to know this repository already.'));
    return;
  }
  running = true;
  try {
    const done = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: t('Letta is getting to know this repository…'),
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
    else void vscode.window.showInformationMessage(t('Stopped. Nothing was written.'));
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
  const answer = await vscode.window.showInformationMessage(message, t('View'), t('Undo'));
  if (answer === t('View')) await deps.viewMemory(labels[0] ?? 'review:');
  if (answer === t('Undo')) void vscode.window.showInformationMessage(await deps.undo(done));
}

export function said({ lines, known, byAgent, reason }: InitOutcome): string {
  const of = (state: string) => lines.filter((line) => line.state === state);
  const written = of('written');
  const labels = [...new Set(written.map((line) => line.label))];
  const [held, full] = [of('held').length, of('full').length];
  const wrote = labels.map((label) =>
    plural(written.filter((line) => line.label === label).length, '{0} line in {1}', '{0} lines in {1}', label),
  );
  return [
    // Its own words were wanted and not had.
    ...(!byAgent && reason !== undefined && lines.length > 0
      ? [t('Written without the agent’s words: {0}', reason)]
      : []),
    wrote.length > 0 ? t('Wrote {0}.', wrote.join(', ')) : t('Nothing new was written.'),
    ...(held > 0 ? [plural(held, '{0} line waits for review.', '{0} lines wait for review.')] : []),
    ...(full > 0 ? [plural(full, '{0} line found no room.', '{0} lines found no room.')] : []),
    ...(known > 0 ? [plural(known, '{0} fact was known already.', '{0} facts were known already.')] : []),
  ].join(' ');
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
