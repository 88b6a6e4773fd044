// Bash: runs a command in a terminal that the person sees, and tells what it wrote and how it ended.
import { statSync } from 'node:fs';
import * as z from 'zod/mini';
import type { Editor } from '../editor/editor.ts';
import type { Pause, Run } from '../editor/terminal/run.ts';
import type { Terminals } from '../editor/terminal/terminals.ts';
import { t } from '../protocol/l10n.ts';
import { commandBody, commandLine, outputOf, standingOf } from './command-body.ts';
import { placeOf } from './support.ts';
import { type Tool, type ToolContext, ToolError, type ToolResult } from './tool.ts';

const Input = z.object({
  command: z.string().check(z.minLength(1)),
  cwd: z.optional(z.string()),
  timeout: z.optional(z.number().check(z.minimum(1), z.maximum(3_600), z.describe('Seconds, default 120'))),
  background: z.optional(z.boolean().check(z.describe('For servers and watchers'))),
  description: z.optional(z.string()),
  outside: z.optional(z.boolean().check(z.describe('Not in the sandbox; asks'))),
});
export type BashInput = z.infer<typeof Input>;

const TIMEOUT_S = 120;
/** How long a background command is watched for an early end, in milliseconds. */
const START_MS = 700;
/** How long a killed command may take to end before the agent is told without waiting. */
const KILL_MS = 4_000;
const STOPPED = 'The person stopped this command. Do not run it again unless they ask for it.';

/** Awaited right before a command runs. @throws ToolError: then it does not */
export type CheckCommand = (command: { command: string; cwd: string }) => Promise<void>;

export function bashTool(editor: Editor, open: () => Promise<Terminals>, check?: CheckCommand): Tool<BashInput> {
  return {
    name: 'Bash',
    description:
      "Runs a command in a visible terminal, each in a fresh shell state; prefer the project's own scripts (its test command for tests). What runs past its timeout or waits for input goes on in the background: see Terminal.",
    input: Input,
    source: 'terminal',
    title: ({ command, outside }) => ({
      title: outside ? t('Bash (outside the sandbox)') : 'Bash',
      target: commandLine(command),
    }),
    access: ({ command, cwd }) => ({ kind: 'command', command, cwd: folderOf(editor, cwd) }),
    run: (input, context) => run(editor, open, check, input, context),
    left: async ({ threadId, callId }) => {
      const text = await (await open()).runs.leftBy(threadId, callId);
      return text === undefined ? undefined : `It had written:\n${text.trimEnd() || '(nothing)'}`;
    },
  };
}

/** @throws ToolError where there is no such folder in the workspace */
function folderOf(editor: Editor, cwd: string | undefined): string {
  const [first] = editor.folders();
  if (!first) throw new ToolError('No folder is open, so there is nowhere to run a command.');
  const { path, display } = placeOf(editor, cwd ?? first.path);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new ToolError(`${display} is no folder.`);
  return path;
}

async function run(
  editor: Editor,
  open: () => Promise<Terminals>,
  check: CheckCommand | undefined,
  input: BashInput,
  { threadId, callId, signal, update }: ToolContext,
): Promise<ToolResult> {
  const { command, background = false, timeout = TIMEOUT_S, outside = false } = input;
  const cwd = folderOf(editor, input.cwd);
  const terminals = await open();
  const boxed = !outside && (await terminals.boxed(input));
  await check?.({ command, cwd });
  const started = await terminals.runs
    .start({ threadId, callId, command, cwd, background, boxed })
    .catch((error: Error) => {
      throw new ToolError(`The command could not be started: ${error.message}`);
    });
  const show = () => update({ body: commandBody(started) });
  const unwatch = started.onChange(show);
  show();
  const pause = await started.pause(background ? START_MS : timeout * 1_000, signal);
  unwatch();
  if (pause === 'stopped') {
    started.kill('person');
    await Promise.race([started.whenEnded(), new Promise((resolve) => setTimeout(resolve, KILL_MS))]);
  }
  return report(terminals, started, pause, input);
}

async function report(terminals: Terminals, run: Run, pause: Pause, input: BashInput): Promise<ToolResult> {
  const lines: string[] = [];
  if (run.ended) {
    run.told = true;
    lines.push(`${capital(standingOf(run))}.`);
  } else {
    run.background = true;
    lines.push(...goingOn(run, pause, input));
  }
  lines.push(await outputOf(run, run.ended ? 'begin' : 'last'));
  if (run.ended && run.exitCode !== 0 && run.endedBy === undefined) lines.push(...excuses(terminals, run));
  const stopped = run.endedBy === 'person';
  if (stopped) lines.push(STOPPED);
  const failed = run.ended && (stopped || run.exitCode !== 0);
  const view = { body: commandBody(run) };
  return { status: failed ? 'error' : 'success', text: lines.join('\n'), view, ...(stopped ? { stopped } : {}) };
}

function goingOn(run: Run, pause: Pause, { background, timeout = TIMEOUT_S }: BashInput): string[] {
  const how = `Terminal output ${run.id} tells what comes, Terminal input ${run.id} types into it, Terminal kill ${run.id} ends it.`;
  if (pause === 'stopped') return [`The person stopped it, and it has not ended yet (terminal ${run.id}).`];
  if (pause === 'waits') {
    const why = run.log.line.trim() === '' ? 'has written nothing for a while; it may wait' : 'seems to wait';
    return [`It ${why} for input, and goes on in the background as terminal ${run.id}. ${how}`];
  }
  if (background) return [`Runs in the background as terminal ${run.id}. You are told when it ends. ${how}`];
  return [`Not done after ${timeout} s: it goes on in the background as terminal ${run.id}. ${how}`];
}

const ASKED_NOBODY = /\bEOF\b|end of (?:file|input)|not a (?:tty|terminal)|stdin/i;

function excuses(terminals: Terminals, run: Run): string[] {
  const { tail, deaf } = run;
  return [
    ...(terminals.kept(run)
      ? [
          'It ran in a sandbox, which seems to have kept it from something. If it is needed, call Bash again with outside: true; the person is asked.',
        ]
      : []),
    ...(deaf && (tail === '' || ASKED_NOBODY.test(tail)) ? [deaf] : []),
  ];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
