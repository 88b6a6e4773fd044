// "Letta: Restore Checkpoint…" and the button on a message: what to restore, a look at every file, one question, then Undo.
import * as vscode from 'vscode';
import { language, plural, t } from '../protocol/l10n.ts';
import { showError } from './show-error.ts';
import { type DoneAct, tellDone } from './tell-done.ts';
import { tick } from './tick-list.ts';

/** A message of the person that one goes back to. */
export interface RestoredMessage {
  threadId: string;
  messageId: string;
  text: string;
  /** ISO 8601. */
  date: string;
}

export interface ListedPoint {
  id: string;
  /** ISO 8601. */
  at: string;
  /** The person's message, or what a restore went back to. */
  text: string;
  /** The checkpoint was taken before a restore. */
  beforeRestore: boolean;
  message?: RestoredMessage;
}

export type FileAct = 'write' | 'create' | 'delete' | 'mode' | 'unsaved';

/** What going back would do. `path` absolute, `name` as the person knows the file. */
export interface Looked {
  point: ListedPoint;
  files: { path: string; name: string; act: FileAct }[];
  cannot: { name: string; why: string }[];
  /** Commands of the agent that still run and may write again. */
  inBackground: readonly string[];
}

export interface RestoreCommandDeps<L extends Looked> {
  /** The agent is at work: then nothing is restored under its hands. */
  running(): boolean;
  /** Newest first. */
  points(): Promise<ListedPoint[]>;
  /** How many files stand otherwise now, by the checkpoint's id. */
  counts(points: readonly ListedPoint[]): Promise<Record<string, number>>;
  /** The checkpoint that shows the files as they were at a message; undefined: the agent has changed nothing since. */
  pointOf(message: RestoredMessage): Promise<ListedPoint | undefined>;
  look(point: ListedPoint): Promise<L>;
  show(looked: L, path: string): Promise<void>;
  showAll(looked: L): Promise<void>;
  restore(looked: L, paths: readonly string[]): Promise<DoneAct>;
  /** Opens a thread that is forked before the message, with the message in the composer. */
  fork(message: RestoredMessage): Promise<void>;
  /** A restore that was cut off; undefined: there is none. */
  interrupted(): Promise<{ text: string; files: number } | undefined>;
  finish(how: 'finish' | 'undo'): Promise<string>;
}

/** A list longer than that helps nobody; the rest is taken together. */
const MOST_SHOWN = 500;
const TITLE = t('Letta: Restore Checkpoint');
const NONE = t('There is no checkpoint yet: one is taken before the agent’s first change.');

export function isRestoredMessage(value: unknown): value is RestoredMessage {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Partial<Record<keyof RestoredMessage, unknown>> = value;
  return [fields.threadId, fields.messageId, fields.text, fields.date].every((field) => typeof field === 'string');
}

/** `message`: of the chat; absent: the person chooses a checkpoint. `onlyInterrupted`: asks for a restore that was cut off. */
export async function restoreCommand<L extends Looked>(
  deps: RestoreCommandDeps<L>,
  message?: RestoredMessage,
  onlyInterrupted = false,
): Promise<void> {
  if (!vscode.workspace.isTrusted) throw new Error(t('This workspace is not trusted. Trust it first, then restore.'));
  if ((await settleInterrupted(deps)) || onlyInterrupted) return;
  if (deps.running())
    throw new Error(t('The agent is at work. Stop it first, or wait until it is done, then restore.'));
  const point = message ? await deps.pointOf(message) : await pickPoint(deps);
  if (!message && !point) return;
  const about = message ?? point?.message;
  const what = await pickWhat(point && filesOf(point, message), about !== undefined);
  if (!what) return;
  if (what.files && point && !(await restoreFiles(deps, point))) return;
  if (what.conversation && about) await deps.fork(about);
}

/** @returns whether there was one */
async function settleInterrupted<L extends Looked>(deps: RestoreCommandDeps<L>): Promise<boolean> {
  const cut = await deps.interrupted();
  if (!cut) return false;
  const answer = await vscode.window.showWarningMessage(
    plural(
      cut.files,
      'Restoring one file to before “{1}” was interrupted.',
      'Restoring {0} files to before “{1}” was interrupted.',
      short(cut.text),
    ),
    t('Finish'),
    t('Undo'),
  );
  if (answer) void vscode.window.showInformationMessage(await deps.finish(answer === t('Finish') ? 'finish' : 'undo'));
  return true;
}

async function pickPoint<L extends Looked>(deps: RestoreCommandDeps<L>): Promise<ListedPoint | undefined> {
  const points = await deps.points();
  if (points.length === 0) {
    void vscode.window.showInformationMessage(NONE);
    return undefined;
  }
  const items = deps.counts(points).then((counts) =>
    points.map((point) => ({
      label: point.beforeRestore
        ? t('Before restoring “{0}”', short(point.text))
        : short(point.text) || t('Without a text'),
      description: dateOf(point.at),
      detail: counts[point.id]
        ? plural(counts[point.id] ?? 0, 'one file differs now', '{0} files differ now')
        : t('Files are as they were then'),
      iconPath: new vscode.ThemeIcon(point.beforeRestore ? 'discard' : 'history'),
      point,
    })),
  );
  const options = { title: TITLE, placeHolder: t('Go back to before which message?'), matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.point;
}

/** What the files of a checkpoint are, to a message that it may not have been taken for. */
function filesOf(point: ListedPoint, message: RestoredMessage | undefined): string {
  const own = !message || point.message?.messageId === message.messageId;
  const seen = t('You see each file before anything is written');
  return own ? seen : t('As before the next change of the agent, “{0}”. {1}', short(point.text), seen);
}

/** `files`: what is said of them; absent: there is no checkpoint to bring them back to. */
async function pickWhat(
  files: string | undefined,
  conversation: boolean,
): Promise<{ files: boolean; conversation: boolean } | undefined> {
  if (!conversation) return { files: files !== undefined, conversation };
  const detail =
    files === undefined
      ? t('A new thread, forked before the message; this one stays. The agent has changed no file since')
      : t('A new thread, forked before the message; this one stays');
  const only = { label: t('Conversation'), detail, files: false, conversation: true };
  const both = { label: t('Files and conversation'), detail: t('Both as they were before the message') };
  const choices =
    files === undefined
      ? [only]
      : [
          { ...both, files: true, conversation: true },
          { label: t('Files'), detail: files, files: true, conversation: false },
          only,
        ];
  return vscode.window.showQuickPick(choices, {
    title: TITLE,
    placeHolder: t('What goes back to before this message?'),
  });
}

/** @returns whether it was done, or there was nothing to do */
async function restoreFiles<L extends Looked>(deps: RestoreCommandDeps<L>, point: ListedPoint): Promise<boolean> {
  const looking = { location: vscode.ProgressLocation.Notification, title: t('Looking at the files…') };
  const looked = await vscode.window.withProgress(looking, () => deps.look(point));
  if (looked.files.length === 0) {
    const left = looked.cannot.map(({ name, why }) => `${name} (${why})`).join(', ');
    void vscode.window.showInformationMessage(
      left === ''
        ? t('The files are as they were then.')
        : t('Nothing can be restored. Cannot be restored: {0}.', left),
    );
    return true;
  }
  const paths = await pickFiles(deps, looked);
  if (paths.length === 0) return false;
  const detail = [listing(looked, paths), t('How everything stands now is kept first, so you can undo this.')].join(
    '\n\n',
  );
  const question = plural(
    paths.length,
    'Restore one file to before “{1}”?',
    'Restore {0} files to before “{1}”?',
    short(point.text),
  );
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, t('Restore'))) !== t('Restore'))
    return false;
  if (deps.running()) throw new Error(t('The agent is at work again: nothing was restored.'));
  const working = { location: vscode.ProgressLocation.Notification, title: t('Restoring files…') };
  const done = await vscode.window.withProgress(working, () => deps.restore(looked, paths));
  void tellDone(done).catch(showError);
  return true;
}

const ACTS: Record<FileAct, { icon: string; says: string }> = {
  write: { icon: 'diff-modified', says: t('will be written') },
  create: { icon: 'diff-added', says: t('will be created again') },
  delete: { icon: 'diff-removed', says: t('will be deleted') },
  mode: { icon: 'gear', says: t('executable bit') },
  unsaved: { icon: 'edit', says: t('unsaved text only') },
};

type Item = vscode.QuickPickItem & { paths: string[] };

/** @returns their paths, absolute */
async function pickFiles<L extends Looked>(deps: RestoreCommandDeps<L>, looked: L): Promise<string[]> {
  const files = fileItems(looked);
  const ticked = await tick({
    title: `${TITLE}: ${count(looked.files.length)}`,
    placeholder: t('Tick what to restore'),
    items: [...files, ...cannotItems(looked)],
    ticked: files,
    look: async ({ paths: [path] }) => {
      if (path !== undefined) await deps.show(looked, path);
    },
    button: {
      iconPath: new vscode.ThemeIcon('diff-multiple'),
      tooltip: t('Show all changes'),
      press: () => deps.showAll(looked),
    },
  });
  return ticked.flatMap(({ paths }) => paths);
}

function fileItems({ files }: Looked): Item[] {
  const buttons = [{ iconPath: new vscode.ThemeIcon('diff'), tooltip: t('Show the difference') }];
  const items = files.slice(0, MOST_SHOWN).map(({ path, name, act }) => ({
    label: name,
    description: ACTS[act].says,
    iconPath: new vscode.ThemeIcon(ACTS[act].icon),
    buttons,
    paths: [path],
  }));
  const rest = files.slice(MOST_SHOWN).map(({ path }) => path);
  return rest.length === 0
    ? items
    : [...items, { label: plural(rest.length, '{0} more file', '{0} more files'), paths: rest }];
}

function cannotItems({ cannot }: Looked): Item[] {
  if (cannot.length === 0) return [];
  const kind = vscode.QuickPickItemKind.Separator;
  return [
    { label: t('Cannot be restored, stays as it is'), kind, paths: [] },
    ...cannot.slice(0, MOST_SHOWN).map(({ name, why }) => ({
      label: name,
      description: t('cannot be restored: {0}', why),
      iconPath: new vscode.ThemeIcon('circle-slash'),
      paths: [],
    })),
  ];
}

/** Names in the question. */
const MOST_NAMED = 12;

function listing({ files, cannot, inBackground }: Looked, paths: readonly string[]): string {
  const wanted = new Set(paths);
  const lines = files.filter(({ path }) => wanted.has(path)).map(({ name, act }) => `${name}: ${ACTS[act].says}`);
  const more = lines.length > MOST_NAMED ? [t('… and {0} more', lines.length - MOST_NAMED)] : [];
  const left = cannot.length > 0 ? [t('Cannot be restored and stays as it is: {0}', count(cannot.length))] : [];
  const run =
    inBackground.length > 0 ? ['', t('Still running, and may write again: {0}', inBackground.join(', '))] : [];
  return [...lines.slice(0, MOST_NAMED), ...more, ...left, ...run].join('\n');
}

const count = (files: number): string => plural(files, 'one file', '{0} files');
function short(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}

const dateOf = (at: string): string =>
  new Date(at).toLocaleString(language() === 'en' ? 'en-GB' : language(), {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
