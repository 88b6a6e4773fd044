// Finds the desktop VS Code of this machine, if it has one that can show a window and run the extension.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './package.ts';

const MAC = '/Applications/Visual Studio Code.app/Contents/Resources/app/bin/code';

export interface Desktop {
  /** The `code` command. */
  command: string;
  /** Arguments are quoted by us where a shell is needed (Windows: `code.cmd`). */
  run(args: string[]): { ok: boolean; output: string };
}

/** Compares `1.125.0` with `1.139.1`: whether `version` is at least `least`. */
export function isAtLeast(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** @returns the desktop, or one line that says why it is not used */
export function findDesktop(): Desktop | string {
  // Inside a terminal of VS Code `code` is a remote control of that window: it knows no --user-data-dir.
  if (process.env.VSCODE_IPC_HOOK_CLI) return 'this terminal belongs to another VS Code window';
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'no display';
  const command = process.platform === 'win32' ? 'code.cmd' : existsSync(MAC) ? MAC : 'code';
  const run = (args: string[]): { ok: boolean; output: string } => {
    const shell = process.platform === 'win32';
    const result = spawnSync(command, shell ? args.map((arg) => `"${arg}"`) : args, { encoding: 'utf8', shell });
    return { ok: result.status === 0, output: `${result.stdout ?? ''}${result.stderr ?? ''}` };
  };
  const said = run(['--version']);
  const version = said.output.split('\n')[0]?.trim() ?? '';
  if (!said.ok || !/^\d+\.\d+\.\d+/.test(version)) return 'no desktop VS Code found';
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { vscode: string } };
  const needed = manifest.engines.vscode.replace(/^\D+/, '');
  if (!isAtLeast(version, needed)) return `desktop VS Code ${version} is older than ${needed}`;
  return { command, run };
}
