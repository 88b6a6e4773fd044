// Terminal: looks after commands that run in the background, and shows what the person ran in terminals of their own.
import * as z from 'zod/mini';
import type { Run } from '../editor/terminal/run.ts';
import type { OwnRun, Terminals } from '../editor/terminal/terminals.ts';
import { commandBody, commandLine, outputOf, standingOf } from './command-body.ts';
import { type Tool, type ToolContext, ToolError, type ToolResult } from './tool.ts';

const Input = z.object({
  operation: z.enum(['list', 'output', 'input', 'kill']),
  terminal: z.optional(z.string()),
  input: z.optional(z.string()),
  enter: z.optional(z.boolean()),
  wait: z.optional(z.number().check(z.maximum(600), z.describe('output: seconds to wait for its end'))),
  offset: z.optional(z.number().check(z.minimum(1), z.describe('output: first line'))),
});
export type TerminalInput = z.infer<typeof Input>;

/** How long an answer to what was typed is waited for, and how long it may pause, in milliseconds. */
const ANSWER_MS = 10_000;
const ANSWERED_MS = 800;
const KILL_MS = 5_000;
const PAGE = { lines: 500, characters: 30_000 };

export function terminalTool(open: () => Promise<Terminals>, known: () => Terminals | undefined): Tool<TerminalInput> {
  return {
    name: 'Terminal',
    description:
      'Background commands, and what the person ran: list; output since the last look, or from line offset; input, typed with Enter unless enter is false; kill.',
    input: Input,
    source: 'terminal',
    title: ({ operation, terminal, input }) => ({
      title: `Terminal ${operation}`,
      ...(terminal === undefined
        ? {}
        : { target: input === undefined ? terminal : `${terminal}: ${commandLine(input)}` }),
    }),
    access: ({ operation, terminal = '', input = '' }) => {
      if (operation !== 'input') return { kind: 'none' };
      const run = known()?.runs.get(terminal);
      if (!run) throw new ToolError(`There is no terminal ${terminal || '(none given)'} to type into.`);
      return { kind: 'command', command: input, cwd: run.spec.cwd };
    },
    run: async (input, context) => act(await open(), input, context),
  };
}

async function act(terminals: Terminals, input: TerminalInput, context: ToolContext): Promise<ToolResult> {
  if (input.operation === 'list') return { status: 'success', text: list(terminals) };
  const { terminal = '' } = input;
  const own = terminals.own().find(({ id }) => id === terminal);
  if (own && input.operation === 'output') return { status: 'success', text: ownOutput(own) };
  if (own) throw new ToolError(`${terminal} is the person's own terminal: you can only read it.`);
  const run = terminals.runs.get(terminal);
  if (!run) throw new ToolError(`There is no terminal ${terminal || '(none given)'}. ${GONE}\n${list(terminals)}`);
  switch (input.operation) {
    case 'output':
      return output(run, input, context);
    case 'input':
      return type(run, input, context);
    case 'kill':
      return kill(run);
  }
}

const GONE = 'A reload of the window ends all commands: start again what is still needed.';

function list({ runs, own }: Terminals): string {
  const lines = [
    ...runs.list().map((run) => `${run.id}: ${commandLine(run.spec.command)} (${standingOf(run)})`),
    ...own().map(
      (run) => `${run.id}: ${commandLine(run.command)} (the person, in ${run.terminal}: ${ownStanding(run)})`,
    ),
  ];
  return lines.length === 0 ? 'No command has run in a terminal yet.' : lines.join('\n');
}

const ownStanding = ({ running, exitCode }: OwnRun): string =>
  running ? 'running' : exitCode === undefined ? 'ended' : `exit code ${exitCode}`;

function ownOutput(run: OwnRun): string {
  return `$ ${run.command} (${ownStanding(run)})\n${run.output().trimEnd() || '(no output)'}`;
}

async function output(run: Run, { offset, wait = 0 }: TerminalInput, { signal }: ToolContext): Promise<ToolResult> {
  if (wait > 0 && !run.ended) await run.pause(wait * 1_000, signal);
  if (offset === undefined) return report(run);
  if (!Number.isInteger(offset)) throw new ToolError('offset is a line number, from 1.');
  const { linesFrom } = await import('../editor/terminal/excerpt.ts');
  await run.log.flush();
  const { lines, more } = await linesFrom(run.log.path, offset, PAGE);
  if (lines.length === 0) throw new ToolError(`There is no line ${offset} yet.`);
  const last = offset + lines.length - 1;
  const tail = more ? `\n(lines ${offset}-${last}; go on with offset ${last + 1})` : '';
  return { status: 'success', text: `${lines.join('\n')}${tail}` };
}

async function type(
  run: Run,
  { input, enter = true }: TerminalInput,
  { signal, update }: ToolContext,
): Promise<ToolResult> {
  if (input === undefined) throw new ToolError('Say what to type: input.');
  if (run.deaf) throw new ToolError(run.deaf);
  if (run.ended) throw new ToolError(`${run.id} has ended (${standingOf(run)}).`);
  const unwatch = run.onChange(() => update({ body: commandBody(run) }));
  run.input(enter ? `${input}\n` : input);
  await run.pause(ANSWER_MS, signal, ANSWERED_MS);
  unwatch();
  return report(run);
}

async function kill(run: Run): Promise<ToolResult> {
  run.kill('agent');
  await Promise.race([run.whenEnded(), new Promise((resolve) => setTimeout(resolve, KILL_MS))]);
  return report(run);
}

async function report(run: Run): Promise<ToolResult> {
  const standing = standingOf(run);
  if (run.ended) run.told = true;
  return {
    status: 'success',
    text: `${run.id}: ${standing}.\n${await outputOf(run, 'last')}`,
    view: { body: commandBody(run) },
  };
}
