// The licences of all packages whose code is in our bundles: each asks to go along with its code.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Metafile {
  inputs: Record<string, unknown>;
}

/** The folder of the package that a bundled file belongs to, e.g. `node_modules/@vscode/codicons`; null for our own. */
export function packageFolder(input: string): string | null {
  const at = input.lastIndexOf('node_modules/');
  if (at < 0) return null;
  const [first = '', second = ''] = input.slice(at + 'node_modules/'.length).split('/');
  return input.slice(0, at) + join('node_modules', first, first.startsWith('@') ? second : '');
}

/** @param root the project; its `dist/meta` must hold the metafiles of a finished build */
export async function thirdPartyNotices(root: string): Promise<string> {
  // Of this one only grammars are shipped, which are no inputs of a bundle.
  const folders = new Set<string>([join('node_modules', '@vscode', 'tree-sitter-wasm')]);
  const meta = join(root, 'dist', 'meta');
  for (const file of await readdir(meta)) {
    const { inputs } = JSON.parse(await readFile(join(meta, file), 'utf8')) as Metafile;
    for (const input of Object.keys(inputs)) {
      const folder = packageFolder(input);
      if (folder) folders.add(folder);
    }
  }
  const parts: string[] = ['Letta for VS Code contains code, fonts and grammars of these packages.\n'];
  for (const folder of [...folders].sort()) {
    const manifest = join(root, folder, 'package.json');
    if (!existsSync(manifest)) continue;
    const { name, version, license } = JSON.parse(await readFile(manifest, 'utf8')) as Record<string, string>;
    const licences = (await readdir(join(root, folder))).filter((file) => /^(licen[cs]e|notice)/i.test(file)).sort();
    const texts = await Promise.all(licences.map((file) => readFile(join(root, folder, file), 'utf8')));
    parts.push(`${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${texts.join('\n').trim()}\n`);
  }
  return parts.join('\n');
}
