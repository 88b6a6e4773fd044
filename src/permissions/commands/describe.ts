// What a command line runs and writes, for whoever runs it.
import type { ShellContext } from './decide-command.ts';
import { looseName } from './names.ts';
import { readCommand } from './read-command.ts';
import { type ShellName, textOf } from './syntax.ts';
import { targetsOf } from './targets.ts';
import { POWERSHELLS, SHELLS } from './wrappers.ts';

export interface CommandDescription {
  /** Plain names of the programs it runs, in their order, wrappers before what they run; `?` for a computed one. */
  programs: string[];
  /** Absolute paths that its redirections write. */
  writes: string[];
  /** Why it cannot be told what it runs; then the above is not all. */
  unclear?: string;
}

/** @param folder absolute path of the folder it is run in */
export function describeCommand(command: string, folder: string, context: ShellContext): CommandDescription {
  const line = readCommand(command, { ...context, folder });
  const options = { workspace: [folder], ...(context.realPath ? { realPath: context.realPath } : {}) };
  const programs = line.parts.flatMap(({ words }) => {
    const [first] = words;
    return first === undefined ? [] : [looseName(textOf(first) ?? '?')];
  });
  const writes = line.files.flatMap((use) =>
    use.kind === 'write' ? (targetsOf(use.target, use.folders, options) ?? []) : [],
  );
  return { programs, writes, ...(line.unclear === undefined ? {} : { unclear: line.unclear }) };
}

/**
 * How lines for this shell are read; undefined for one whose language is not known here.
 * @param path of the shell, as VS Code names it (empty: not known)
 */
export function shellOf(path: string, platform: string): ShellName | undefined {
  const name = looseName(path);
  if (POWERSHELLS.has(name)) return 'powershell';
  if (SHELLS.has(name)) return 'bash';
  if (name !== '') return undefined;
  return platform === 'win32' ? 'powershell' : 'bash';
}
