// Where VS Code keeps the ripgrep that it brings along.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** @param appRoot where VS Code is installed. @returns an absolute path, or `rg` where VS Code has none */
export function findRipgrep(appRoot: string): string {
  const name = process.platform === 'win32' ? 'rg.exe' : 'rg';
  const platform = `${process.platform}-${process.arch}`;
  const places = [
    ['@vscode', 'ripgrep-universal', 'bin', platform, name],
    ['@vscode', 'ripgrep', 'bin', name],
  ];
  const folders = ['node_modules', 'node_modules.asar.unpacked'];
  const paths = folders.flatMap((modules) => places.map((parts) => join(appRoot, modules, ...parts)));
  return paths.find((path) => existsSync(path)) ?? 'rg';
}
