// "Letta: Doctor": what is wrong in memory, with evidence; corrects what the person ticks.
import * as vscode from 'vscode';
import type { RememberedCommand } from '../flows/doctor.ts';
import type { Finding, FindingKind } from '../flows/findings.ts';
import { plural, t } from '../protocol/l10n.ts';
import { showError } from './show-error.ts';
import { type DoneAct, tellDone } from './tell-done.ts';

/** @param unboxed why the commands run without a sandbox; undefined: they run in one */
export type AskCommands = (commands: readonly RememberedCommand[], unboxed: string | undefined) => Promise<string[]>;

export interface DoctorCommandDeps {
  diagnose(ask: AskCommands, signal: AbortSignal): Promise<Finding[]>;
  correct(findings: readonly Finding[]): Promise<DoneAct>;
}

const KINDS: Record<FindingKind, string> = {
  duplicate: `$(files) ${t('Twice')}`,
  contradiction: `$(arrow-swap) ${t('Contradiction')}`,
  oversized: `$(warning) ${t('Too large')}`,
  stale: `$(circle-slash) ${t('Out of date')}`,
  expired: `$(clock) ${t('Expired')}`,
  command: `$(terminal) ${t('Command fails')}`,
  unsearched: `$(search-stop) ${t('Not checked')}`,
};

/** A modal must show each one whole: what the person cannot read is not run. */
const MAX_COMMANDS = 15;
const MAX_COMMAND_CHARS = 200;
const MAX_LABEL = 110;

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
const short = (text: string): string => (text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL - 1)}…` : text);

export async function doctorCommand(deps: DoctorCommandDeps): Promise<void> {
  const location = vscode.ProgressLocation.Notification;
  const findings = await vscode.window.withProgress(
    { location, title: t('Letta: looking through memory…'), cancellable: true },
    async (_progress, token) => {
      const abort = new AbortController();
      const stopping = token.onCancellationRequested(() => abort.abort());
      try {
        return await deps.diagnose(askCommands, abort.signal);
      } catch (error) {
        if (abort.signal.aborted) return undefined;
        throw error;
      } finally {
        stopping.dispose();
      }
    },
  );
  if (!findings) return;
  if (findings.length === 0) {
    void vscode.window.showInformationMessage(t('Letta looked through memory and found nothing wrong.'));
    return;
  }
  const picked = await vscode.window.showQuickPick(findings.map(itemOf), {
    title: t('Letta: Doctor'),
    placeHolder: plural(findings.length, 'One finding. Tick what to correct', '{0} findings. Tick what to correct'),
    canPickMany: true,
    ignoreFocusOut: true,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!picked || picked.length === 0) return;
  void tellDone(await deps.correct(picked.map(({ finding }) => finding))).catch(showError);
}

function itemOf(finding: Finding): vscode.QuickPickItem & { finding: Finding } {
  const { kind, label, lines, explanation, evidence, proposal } = finding;
  const line = lines.find(({ text }) => text === proposal?.before) ?? lines[0];
  const seen = evidence.map(({ path, line: at }) => `${path}:${at}`).join(', ');
  const edit = !proposal
    ? t('You decide: nothing is proposed.')
    : proposal.after === ''
      ? t('Proposed: remove the line.')
      : t('Proposed: “{0}”', oneLine(proposal.after));
  return {
    label: `${KINDS[kind]}: ${short(oneLine(line?.text ?? label))}`,
    description: line ? t('{0}, line {1}', label, String(line.number)) : label,
    detail: [oneLine(explanation), ...(seen === '' ? [] : [t('See {0}.', seen)]), edit].join(' '),
    finding,
  };
}

/** One batch after the other, until the person has had enough. */
async function askCommands(commands: readonly RememberedCommand[], unboxed: string | undefined): Promise<string[]> {
  const all = commands.map(({ command }) => command);
  const shown = all.filter((command) => command.length <= MAX_COMMAND_CHARS && !/\p{C}/u.test(command));
  const hidden = all.length - shown.length;
  const chosen: string[] = [];
  for (let at = 0; at < shown.length; at += MAX_COMMANDS) {
    const batch = shown.slice(at, at + MAX_COMMANDS);
    const later = shown.length - at - batch.length;
    const rest = [
      ...(later > 0 ? [t('You are asked about {0} more next.', later)] : []),
      ...(hidden > 0
        ? [plural(hidden, '{0} cannot be shown whole, and is not run.', '{0} cannot be shown whole, and are not run.')]
        : []),
    ].join(' ');
    if (!(await askBatch(batch, unboxed, rest))) break;
    chosen.push(...batch);
  }
  return chosen;
}

/** @param rest what is said of the others. @returns whether they may run */
async function askBatch(shown: readonly string[], unboxed: string | undefined, rest: string): Promise<boolean> {
  const run = plural(shown.length, 'Run It', 'Run All {0}');
  const detail = [
    ...shown.map((command) => `• ${command}`),
    '',
    unboxed === undefined
      ? t('They run in a sandbox: they can write in the workspace folder only, and reach no network.')
      : t('They run without a sandbox in the workspace folder. {0}', unboxed),
    t('One after the other, each for at most 60 seconds.'),
    ...(rest === '' ? [] : [rest]),
  ].join('\n');
  const message = t('Run the commands that memory names, to see whether they still work?');
  const skip = { title: t('Don’t Run'), isCloseAffordance: true };
  const answer = await vscode.window.showWarningMessage<vscode.MessageItem>(
    message,
    { modal: true, detail },
    { title: run },
    skip,
  );
  return answer?.title === run;
}
