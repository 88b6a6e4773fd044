// Bash and Terminal as a model calls them, with real processes: what they answer, and what bad input is told.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OwnRun, Terminals } from '../../../src/editor/terminal/terminals.ts';
import type { ToolPart } from '../../../src/protocol/transcript-views.ts';
import { type AnyTool, ToolError, type ToolResult } from '../../../src/tools/tool.ts';
import { toolList } from '../../../src/tools/tool-list.ts';
import { makeWorld, type World } from '../terminal/support.ts';
import { DiskEditor } from './disk-editor.ts';

let editor: DiskEditor;
let folder: string;
let world: World;
let tools: AnyTool[];
const own: OwnRun[] = [];
let boxed = false;

beforeAll(async () => {
  world = await makeWorld();
  editor = new DiskEditor();
  folder = editor.root;
  await mkdir(join(folder, 'sub'));
  await writeFile(join(folder, 'file.txt'), 'text');
  const terminals: Terminals = {
    runs: world.runs,
    own: () => own,
    boxed: async () => boxed,
    kept: (run) => run.spec.boxed && run.tail.includes('Read-only file system'),
  };
  tools = toolList({
    editor,
    skills: { load: async () => '' },
    terminals: { open: async () => terminals, known: () => terminals },
  });
});

afterAll(async () => {
  await world.remove();
  await rm(folder, { recursive: true, force: true });
});

let calls = 0;
const shown: Pick<ToolPart, 'output' | 'body'>[] = [];

async function call(name: string, input: unknown, signal = new AbortController().signal): Promise<ToolResult> {
  calls += 1;
  const tool = tools.find((one) => one.name === name);
  if (!tool) throw new Error(`no ${name}`);
  const parsed: unknown = tool.input.parse(input);
  tool.access(parsed);
  const context = { callId: `c${calls}`, threadId: 'thread', signal, update: (view: never) => shown.push(view) };
  return tool.run(parsed, context);
}

const body = (result: ToolResult) => (result.view?.body?.kind === 'command' ? result.view.body : undefined);

const STOPPED =
  /^Stopped by the person after [\d.]+ s\.\nbegun(?:\nTerminated)?\nThe person stopped this command\. Do not run it again unless they ask for it\.$/;

describe('Bash', () => {
  it('answers with exit code, time and output, which come from a terminal', async () => {
    const result = await call('Bash', { command: 'pwd', description: 'Where am I' });
    expect(result).toMatchObject({ status: 'success' });
    expect(result.text).toMatch(new RegExp(`^Exit code 0 after [\\d.]+ s\\.\n${folder}$`));
    expect(body(result)).toMatchObject({ state: 'ended', exitCode: 0, command: 'pwd', output: folder });
    expect(tools.find(({ name }) => name === 'Bash')?.source).toBe('terminal');
  });

  it('is a failure where the command is one', async () => {
    const result = await call('Bash', { command: 'echo wrong; exit 2', cwd: 'sub' });
    expect(result).toMatchObject({ status: 'error' });
    expect(result.text).toMatch(/^Exit code 2 after [\d.]+ s\.\nwrong$/);
    expect((await call('Bash', { command: 'pwd', cwd: 'sub' })).text).toContain(join(folder, 'sub'));
  });

  it('keeps nothing of one command for the next', async () => {
    await call('Bash', { command: 'cd sub; export MINE=1; alias ls=false' });
    expect((await call('Bash', { command: 'pwd; echo "<$MINE>"' })).text).toContain(`${folder}\n<>`);
  });

  it('shows long output by head and tail, and where all of it is', async () => {
    const { text } = await call('Bash', { command: 'seq 1 20000' });
    expect(text).toMatch(/^Exit code 0[^\n]*\n1\n2\n/);
    expect(text).toContain('bytes left out');
    expect(text).toContain('\n20000\n');
    const id = /Terminal output (t\d+) with offset N/.exec(text)?.[1];
    const part = await call('Terminal', { operation: 'output', terminal: id, offset: 10_000 });
    expect(part.text).toMatch(/^10000\n10001\n/);
    expect(part.text).toMatch(/\(lines 10000-10499; go on with offset 10500\)$/);
    await expect(call('Terminal', { operation: 'output', terminal: id, offset: 30_000 })).rejects.toThrow('no line');
  });

  it('goes on in the background when its time is over, and says how to look after it', async () => {
    const result = await call('Bash', { command: 'echo first; sleep 1.6; echo second; exit 3', timeout: 1 });
    expect(result.text).toMatch(/^Not done after 1 s: it goes on in the background as terminal (t\d+)/);
    expect(result.text).toMatch(/\nfirst$/);
    const { terminal } = body(result) ?? {};
    expect(body(result)?.state).toBe('background');
    const later = await call('Terminal', { operation: 'output', terminal, wait: 10 });
    expect(later.text).toMatch(new RegExp(`^${terminal}: exit code 3 after [\\d.]+ s\\.\nsecond$`));
    // The agent knows it now: it is no news.
    expect(world.runs.news('thread')).toEqual([]);
  });

  it('is ended when the turn is stopped, and tells what it wrote until then', async () => {
    const stop = new AbortController();
    const running = call('Bash', { command: 'echo begun; sleep 60' }, stop.signal);
    await expect.poll(() => shown.some(({ body: b }) => b?.kind === 'command' && b.output === 'begun')).toBe(true);
    stop.abort();
    const result = await running;
    expect(result).toMatchObject({ status: 'error', stopped: true });
    expect(result.text).toMatch(STOPPED);
    expect(body(result)?.state).toBe('stopped');
  });

  it('that the person stops is no failure of its own, however it ends, and is not to be run again', async () => {
    for (const command of ['echo begun; sleep 60', "trap 'exit 0' INT TERM; echo begun; while :; do sleep 0.1; done"]) {
      const running = call('Bash', { command });
      await expect.poll(() => world.runs.byCall(`c${calls}`)?.tail).toBe('begun');
      world.runs.byCall(`c${calls}`)?.kill('person');
      const result = await running;
      expect(result).toMatchObject({ status: 'error', stopped: true });
      expect(result.text).toMatch(STOPPED);
    }
  });

  it('tells that the sandbox kept a command from something, and how to ask for more', async () => {
    boxed = true;
    const kept = await call('Bash', { command: 'echo "Read-only file system" >&2; exit 1' });
    expect(kept.text).toContain('outside: true');
    expect(body(kept)?.boxed).toBe(true);
    const outside = await call('Bash', { command: 'echo "Read-only file system" >&2; exit 1', outside: true });
    expect(outside.text).not.toContain('sandbox');
    boxed = false;
  });

  it('says what is wrong with where it should run', async () => {
    for (const [cwd, words] of [
      ['nowhere', /nowhere is no folder/],
      ['file.txt', /file\.txt is no folder/],
      ['/', /outside/i],
    ] as const) {
      await expect(call('Bash', { command: 'pwd', cwd })).rejects.toThrow(words);
      await expect(call('Bash', { command: 'pwd', cwd })).rejects.toBeInstanceOf(ToolError);
    }
    await expect(call('Bash', { command: '' })).rejects.toThrow();
  });

  it('is judged by its command, and shows which it is', () => {
    const bash = tools.find(({ name }) => name === 'Bash');
    expect(bash?.access({ command: 'npm test', cwd: 'sub' })).toEqual({
      kind: 'command',
      command: 'npm test',
      cwd: join(folder, 'sub'),
    });
    expect(bash?.title({ command: 'a\n  b' })).toEqual({ title: 'Bash', target: 'a b' });
    expect(bash?.title({ command: 'a', outside: true }).title).toContain('outside the sandbox');
  });

  it('finds what a call wrote that was never finished', async () => {
    const bash = tools.find(({ name }) => name === 'Bash');
    await call('Bash', { command: 'echo remains' });
    expect(await bash?.left?.({ threadId: 'thread', callId: `c${calls}` })).toBe('It had written:\nremains');
    expect(await bash?.left?.({ threadId: 'thread', callId: 'other' })).toBeUndefined();
  });
});

describe('Terminal', () => {
  it('answers a command that waits, and ends one that does not', async () => {
    const begun = await call('Bash', {
      command: 'printf "Go on? [y/n] "; read -r answer; echo "You said $answer"; sleep 60',
      background: true,
    });
    const { terminal } = body(begun) ?? {};
    expect(begun.text).toContain(`Runs in the background as terminal ${terminal}`);
    const answered = await call('Terminal', { operation: 'input', terminal, input: 'y' });
    expect(answered.text).toContain('You said y');
    expect((await call('Terminal', { operation: 'list' })).text).toMatch(
      new RegExp(`^${terminal}: printf .*\\(running for`, 'm'),
    );
    const killed = await call('Terminal', { operation: 'kill', terminal });
    expect(killed.text).toMatch(new RegExp(`^${terminal}: killed after`));
    await expect(call('Terminal', { operation: 'input', terminal, input: 'y' })).rejects.toThrow('has ended');
  });

  it('is judged by what it types', async () => {
    const tool = tools.find(({ name }) => name === 'Terminal');
    const { terminal } = body(await call('Bash', { command: 'read -r x', background: true })) ?? {};
    expect(tool?.access({ operation: 'input', terminal, input: 'rm -rf .' })).toEqual({
      kind: 'command',
      command: 'rm -rf .',
      cwd: folder,
    });
    for (const operation of ['list', 'output', 'kill'] as const)
      expect(tool?.access({ operation, terminal })).toEqual({ kind: 'none' });
    await call('Terminal', { operation: 'kill', terminal });
  });

  it('shows what the person ran, and types nothing there', async () => {
    own.push({
      id: 'p1',
      terminal: 'bash',
      command: 'make',
      running: false,
      exitCode: 2,
      output: () => 'make: *** No targets.\n',
    });
    expect((await call('Terminal', { operation: 'list' })).text).toMatch(
      /^p1: make \(the person, in bash: exit code 2\)$/m,
    );
    expect((await call('Terminal', { operation: 'output', terminal: 'p1' })).text).toBe(
      '$ make (exit code 2)\nmake: *** No targets.',
    );
    await expect(call('Terminal', { operation: 'kill', terminal: 'p1' })).rejects.toThrow('only read');
  });

  it('names what there is where it does not know a terminal', async () => {
    await expect(call('Terminal', { operation: 'output', terminal: 't999' })).rejects.toThrow(
      /no terminal t999.*a reload of the window ends.*t1:/is,
    );
    await expect(call('Terminal', { operation: 'output' })).rejects.toThrow('none given');
  });
});
