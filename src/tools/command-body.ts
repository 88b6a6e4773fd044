// What the card of a command shows.
import type { LeftRun, LeftRuns } from '../editor/terminal/left-runs.ts';
import type { Run } from '../editor/terminal/run.ts';
import type { Item, ToolBody } from '../protocol/transcript-views.ts';

export type CommandBody = Extract<ToolBody, { kind: 'command' }>;

export function commandBody(run: Run): CommandBody {
  return {
    kind: 'command',
    command: run.spec.command,
    callId: run.spec.callId,
    terminal: run.id,
    state: stateOf(run),
    output: run.tail,
    seconds: Math.round(run.milliseconds / 100) / 10,
    ...(run.exitCode === undefined ? {} : { exitCode: run.exitCode }),
    ...(run.spec.boxed ? { boxed: true } : {}),
  };
}

function stateOf(run: Run): CommandBody['state'] {
  if (run.ended) return run.endedBy === undefined ? 'ended' : 'stopped';
  if (run.waits) return 'waiting';
  return run.background ? 'background' : 'running';
}

/** The cards of commands as they stand now: what an earlier window ran, runs no more. */
export function freshCards(items: readonly Item[], runOf: (callId: string) => Run | undefined): Item[] {
  return items.map((item) => {
    if (item.kind !== 'agent') return item;
    const parts = item.parts.map((part) => {
      const body = part.type === 'tool' ? part.body : undefined;
      if (part.type !== 'tool' || body?.kind !== 'command' || OVER.has(body.state)) return part;
      const run = runOf(body.callId);
      return { ...part, body: run ? commandBody(run) : { ...body, state: 'lost' as const } };
    });
    return { ...item, parts };
  });
}

const OVER: ReadonlySet<CommandBody['state']> = new Set(['ended', 'stopped', 'lost']);

/** One line for a list of commands. */
export function commandLine(command: string, most = 80): string {
  const line = command.trim().replace(/\s+/g, ' ');
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

/** How a run stands, e.g. `exit code 1 after 2.5 s`. */
export function standingOf(run: Run): string {
  const { seconds } = commandBody(run);
  if (!run.ended) return `running for ${seconds} s${run.waits ? ', seems to wait for input' : ''}`;
  if (run.endedBy === 'person') return `stopped by the person after ${seconds} s`;
  if (run.endedBy === 'agent') return `killed after ${seconds} s`;
  return run.exitCode === undefined
    ? `ended after ${seconds} s, exit code not known`
    : `exit code ${run.exitCode} after ${seconds} s`;
}

/** Of a command's end, in what tells of it. */
const LAST_LINES = 10;
const LAST_CHARACTERS = 1_000;

const lastOf = (text: string): string =>
  text.slice(-LAST_CHARACTERS).trimEnd().split('\n').slice(-LAST_LINES).join('\n');

/** Tells what became of a thread's background commands whose windows are gone. */
export function leftNews(left: LeftRuns, threadId: string) {
  return left.of(threadId).map((run) => ({
    text: leftText(run),
    sources: ['terminal' as const],
    told: () => left.told(run),
  }));
}

function leftText({ id, command, standing, output }: LeftRun): string {
  const how = standing
    ? `had ended before the window was reloaded: ${standing}.`
    : 'was ended by a reload of the window. Start it again if it is still needed.';
  const last = lastOf(output?.end ?? '');
  const kept = output === undefined ? 'Its output is not kept any more.' : `Its output is kept in ${output.path}`;
  const said =
    last === '' ? (output === undefined ? kept : 'It had written nothing.') : `${kept} and ends with:\n${last}`;
  return `The background command in terminal ${id} (${commandLine(command)}) ${how} ${said}`;
}

/** Tells that a command has ended behind the turn, and how its output ends. */
export function endedNews(run: Run): string {
  const { id, spec, tail } = run;
  const last = lastOf(tail);
  const said = last === '' ? 'It wrote nothing.' : `Terminal output ${id} shows all it wrote; it ends with:\n${last}`;
  return `The command in terminal ${id} (${commandLine(spec.command)}) has ended: ${standingOf(run)}. ${said}`;
}

/** A part of a run's output with what must be known of it. */
export async function outputOf(run: Run, since: 'begin' | 'last'): Promise<string> {
  const { text, left, incomplete } = await run.look(since);
  const notes = [
    ...(run.log.binary ? ['The output is binary; this is what can be read of its beginning.'] : []),
    ...(incomplete === undefined ? [] : [`Only its end is here, the rest could not be kept: ${incomplete}.`]),
    ...(left > 0 && incomplete === undefined
      ? [`All of it: ${run.log.path}; lines from N on: Terminal output ${run.id} with offset N.`]
      : []),
  ];
  const shown = text.trimEnd();
  if (!run.log.binary && shown.includes('\ufffd'))
    notes.push('\ufffd stands for bytes that are no characters in the encoding of this locale: pipe it through iconv.');
  return [shown === '' ? (since === 'begin' ? '(no output)' : '(no new output)') : shown, ...notes].join('\n');
}
