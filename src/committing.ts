// "Letta: Write Commit Message": of what is staged, by the agent's model and with its conventions, into VS Code's own message box.
import { join } from 'node:path';
import { providerOf } from './agent/agent-settings.ts';
import { askOnce, sweepOnce } from './agent/ask-once.ts';
import { cancellable } from './commands/learn-skill.ts';
import { commitPrompt, messageOf, SYSTEM } from './flows/commit-message.ts';
import { type Connection, keepsLocal, UNKNOWN_MODEL } from './letta/connection.ts';
import { listBlocks } from './memory/blocks.ts';
import { gitOutput, runGit } from './memory/run-git.ts';
import { gitRepository } from './native/git-input.ts';
import type { PolicyJudge } from './policy-judge.ts';
import { t } from './protocol/l10n.ts';

export interface Committing {
  connection: Connection;
  agentId: string;
  /** The handle of the model that answers; null: none. */
  model(): Promise<string | null>;
  /** The agent may not see this file. */
  hidden(path: string): boolean;
  judge: PolicyJudge;
}

const MAX_TOKENS = 600;
const SUBJECTS = 10;
/** Of a diff; the prompt takes less. */
const MAX_BYTES = 200_000;
/** Nothing that the repository's configuration names is run. */
const DIFF = ['diff', '--cached', '--no-ext-diff', '--no-textconv', '--no-color', '--ignore-submodules=all'];
const TAGS = ['origin:letta-vscode-commit'];
const CONVENTIONS = 'conventions';

/** Nothing is committed: the person reads the message and commits. @throws Error saying what to do */
export async function commitMessage(open: () => Promise<Committing>, of: unknown): Promise<void> {
  const repository = await gitRepository(of);
  const root = repository.rootUri.fsPath;
  const listed = await gitOutput(root, [...DIFF, '--name-only', '-z']);
  if (listed === undefined) throw new Error(t('Git does not say what is staged here. Is this a git repository?'));
  const paths = listed.split('\0').filter(Boolean);
  if (paths.length === 0) throw new Error(t('Nothing is staged. Stage the changes that belong into the commit first.'));
  const begun = repository.inputBox.value;
  const message = await cancellable(t('Letta is writing a commit message…'), async (signal) => {
    const committing = await open();
    const model = await committing.model();
    if (model === null) throw new Error(t('No model is connected. Run “Letta: Connect a Model…” first.'));
    const text = commitPrompt({ ...(await staged(committing, root, paths, signal)), begun });
    return messageOf(await ask(committing, model, text, signal));
  });
  if (message === undefined) return;
  if (message === '') throw new Error(t('The model gave no message. Try again, or choose another model.'));
  // What the person typed meanwhile is theirs. What stood there before is in the box's history: Arrow Up.
  if (repository.inputBox.value !== begun)
    throw new Error(t('You have typed a message meanwhile: it was left as it is.'));
  repository.inputBox.value = message;
}

/** Without what the agent may not see, and with secrets masked. */
async function staged(committing: Committing, root: string, paths: readonly string[], signal: AbortSignal) {
  const { connection, agentId, hidden, judge } = committing;
  const shown = paths.filter((path) => !hidden(join(root, path)));
  const literal = shown.map((path) => `:(literal)${path}`);
  // No path would mean all of them.
  const diff =
    shown.length > 0 ? (await runGit(root, [...DIFF, '--', ...literal], { signal, maxBytes: MAX_BYTES })).output : '';
  const log = await gitOutput(root, ['log', `--max-count=${SUBJECTS}`, '--format=%s'], signal);
  // What is for local models only stays here: nobody says where this one runs.
  const blocks = await listBlocks(connection, agentId, keepsLocal(connection) ? UNKNOWN_MODEL : undefined);
  return {
    diff: (await judge.decide({ label: '', before: null, after: diff, seen: [] })).masked,
    left: paths.filter((path) => !shown.includes(path)),
    subjects: log?.split('\n').filter(Boolean) ?? [],
    conventions: blocks.find(({ label }) => label === CONVENTIONS)?.value ?? '',
  };
}

async function ask(
  { connection, agentId }: Committing,
  model: string,
  text: string,
  signal: AbortSignal,
): Promise<string> {
  await sweepOnce(connection, TAGS);
  const provider = await providerOf(connection, agentId);
  const question = {
    name: 'Letta commit message',
    tags: TAGS,
    system: SYSTEM,
    text,
    model,
    provider,
    maxOutput: MAX_TOKENS,
  };
  const answer = await askOnce(connection, question, signal);
  if (answer.kind === 'failed') throw answer.error;
  return answer.text;
}
