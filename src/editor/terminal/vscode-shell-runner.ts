// Runs commands in terminals of VS Code through shell integration; where there is none, by the runner that needs none.
import * as vscode from 'vscode';
import { descendants, endTree } from './process-tree.ts';
import type { Process, Runner, StartOptions } from './runner.ts';
import { findBash, typedCommand } from './shell.ts';
import { terminalOptions } from './vscode-terminals.ts';

/** How long a new terminal may take until its shell is known; a shell that is slower once is not waited for again. */
const INTEGRATION_MS = 8_000;
/** How long the last output may take behind the end of its command. */
const LAST_OUTPUT_MS = 1_000;
/** How long a killed command may take to be reported as ended, until its terminal is closed. */
const KILLED_MS = 3_000;
/** What shell integration writes where a command ends: what follows is the prompt. */
const END_OF_COMMAND = '\u001b]633;D';

interface Place {
  terminal: vscode.Terminal;
  owner: string;
  cwd: string;
  /** A command of the agent runs in it, or one that the person has typed. */
  taken: boolean;
  used: boolean;
}

export class ShellRunner implements Runner, vscode.Disposable {
  private readonly without: Runner;
  private readonly log: (line: string) => void;
  private readonly places = new Set<Place>();
  private readonly bash = findBash();
  private silent = false;
  private readonly subscriptions: vscode.Disposable[];

  constructor(without: Runner, log: (line: string) => void) {
    this.without = without;
    this.log = log;
    const set = (used: boolean) => (event: { terminal: vscode.Terminal }) => {
      for (const place of this.places) if (place.terminal === event.terminal) place.used = used;
    };
    this.subscriptions = [
      // The person may use one of these terminals too.
      vscode.window.onDidStartTerminalShellExecution(set(true)),
      vscode.window.onDidEndTerminalShellExecution(set(false)),
      vscode.window.onDidCloseTerminal((terminal) => {
        for (const place of this.places) if (place.terminal === terminal) this.places.delete(place);
      }),
    ];
  }

  async start(options: StartOptions): Promise<Process> {
    const place = await this.placeFor(options);
    const integration = place?.terminal.shellIntegration;
    if (!place || !integration) return this.without.start(options);
    const process = execute(place.terminal, integration, options);
    void process.ended.then(() => {
      place.taken = false;
    });
    return process;
  }

  dispose(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
    for (const { terminal } of this.places) terminal.dispose();
    this.places.clear();
  }

  private async placeFor({ owner, cwd }: StartOptions): Promise<Place | undefined> {
    for (const place of this.places) {
      const now = place.terminal.shellIntegration?.cwd?.fsPath ?? place.cwd;
      const fits = !place.taken && !place.used && place.owner === owner && place.cwd === cwd && now === cwd;
      if (!fits || place.terminal.exitStatus) continue;
      place.taken = true;
      return place;
    }
    const enabled = vscode.workspace.getConfiguration('terminal.integrated.shellIntegration').get('enabled', true);
    if (!this.bash || !enabled || this.silent) return undefined;
    const terminal = vscode.window.createTerminal(terminalOptions(this.bash, cwd));
    // Seen where the person looks, without taking the keyboard away.
    terminal.show(true);
    const place = { terminal, owner, cwd, taken: true, used: false };
    this.places.add(place);
    if (await integrated(terminal)) return place;
    this.log('The shell has no integration with VS Code: commands run beside the terminal and are shown in one.');
    this.silent = true;
    this.places.delete(place);
    terminal.dispose();
    return undefined;
  }
}

function integrated(terminal: vscode.Terminal): Promise<boolean> {
  if (terminal.shellIntegration) return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (found: boolean) => {
      clearTimeout(timer);
      for (const subscription of subscriptions) subscription.dispose();
      resolve(found);
    };
    const timer = setTimeout(() => settle(false), INTEGRATION_MS);
    const subscriptions = [
      vscode.window.onDidChangeTerminalShellIntegration((event) => {
        if (event.terminal === terminal) settle(true);
      }),
      vscode.window.onDidCloseTerminal((closed) => {
        if (closed === terminal) settle(false);
      }),
    ];
  });
}

function execute(
  terminal: vscode.Terminal,
  integration: vscode.TerminalShellIntegration,
  { command, output }: StartOptions,
): Process {
  const { promise: ended, resolve } = Promise.withResolvers<number | undefined>();
  let execution: vscode.TerminalShellExecution | undefined;
  const over = (exitCode: number | undefined) => {
    for (const subscription of subscriptions) subscription.dispose();
    // It ends with its reading, save where VS Code loses the end of a stream.
    const late = new Promise<void>((resolveLate) => setTimeout(resolveLate, LAST_OUTPUT_MS));
    void Promise.race([read, late]).then(() => resolve(exitCode));
  };
  const subscriptions = [
    vscode.window.onDidStartTerminalShellExecution((event) => {
      if (event.terminal !== terminal || execution) return;
      execution = event.execution;
      // Where VS Code reads another command line in the terminal than was typed, it makes an execution of its own.
      if (execution !== asked) read = readAll(execution.read(), output);
    }),
    vscode.window.onDidEndTerminalShellExecution((event) => {
      if (event.terminal === terminal && event.execution === execution) over(event.exitCode);
    }),
    vscode.window.onDidCloseTerminal((closed) => {
      if (closed === terminal) over(undefined);
    }),
  ];
  const asked = integration.executeCommand(typedCommand(command));
  // At once: a reading that begins when the command does misses all of what a fast one writes.
  let read = readAll(asked.read(), output);
  return {
    ended,
    // Enter is what a keyboard sends for it.
    input: (text) => terminal.sendText(text.replaceAll('\n', '\r'), false),
    kill: () => void end(terminal, ended),
    show: () => terminal.show(),
  };
}

async function readAll(stream: AsyncIterable<string>, output: StartOptions['output']): Promise<void> {
  for await (const text of stream) {
    const end = text.indexOf(END_OF_COMMAND);
    await output(end === -1 ? text : text.slice(0, end));
  }
}

/** Ends what the shell runs, and the terminal where that does not help: then the shell itself hangs. */
async function end(terminal: vscode.Terminal, ended: Promise<unknown>): Promise<void> {
  const shell = await terminal.processId;
  if (shell !== undefined && (await descendants(shell)).length > 0) await endTree(shell, false);
  else terminal.sendText('\x03', false);
  const late = new Promise<'late'>((resolve) => setTimeout(resolve, KILLED_MS, 'late'));
  if ((await Promise.race([ended, late])) === 'late') terminal.dispose();
}
