// What is in the VSIX: these files and no other, each looked at before it was listed. `.vscodeignore` says what is taken.
import { VSIX } from './lib/package.ts';
import { listZip } from './lib/zip.ts';

/** As `vsce` names them in the package. */
const EXPECTED = new Set([
  '[Content_Types].xml',
  'extension.vsixmanifest',
  'extension/LICENSE.txt',
  'extension/changelog.md',
  'extension/readme.md',
  'extension/package.json',
  'extension/package.nls.json',
  'extension/package.nls.de.json',
  'extension/l10n/bundle.l10n.de.json',
  'extension/l10n/webview.l10n.de.json',
  'extension/chat-skills/letta-memory/SKILL.md',
  ...['initializing-memory', 'memory-hygiene', 'reviewing-changes', 'working-in-this-editor', 'writing-skills'].map(
    (name) => `extension/skills/${name}/SKILL.md`,
  ),
  ...['icon.png', 'letta.svg', 'memory.png', 'screenshot.png', 'skills.png', 'threads.png'].map(
    (name) => `extension/media/${name}`,
  ),
  ...['chat', 'memory', 'model', 'remember', 'skill'].map((name) => `extension/media/walkthrough/${name}.svg`),
  ...[
    'THIRD-PARTY-NOTICES.txt',
    'extension.cjs',
    'checkpoints/worker.mjs',
    'highlight/worker.mjs',
    'host/host.mjs',
    'host/parts/client.mjs',
    'host/parts/l10n.mjs',
    'host/parts/protocol.mjs',
    'mcp/server.mjs',
    'memory/hygiene.mjs',
    'memory/worker.mjs',
    'policy/worker.mjs',
    'server/cli.mjs',
    'server/worker.mjs',
    'tools/web.mjs',
    'vendor/seccomp/arm64/apply-seccomp',
    'vendor/seccomp/x64/apply-seccomp',
    'vendor/tree-sitter/tree-sitter-bash.wasm',
    'vendor/tree-sitter/tree-sitter-powershell.wasm',
    'vendor/tree-sitter/web-tree-sitter.wasm',
    'webview/codicon.ttf',
    'webview/main.css',
    'webview/main.js',
    'webview/scripts.json',
  ].map((name) => `extension/dist/${name}`),
]);

/** Pieces of a bundle, named by esbuild. */
const CHUNK =
  /^extension\/dist\/(?:checkpoints|highlight|host|mcp|memory|policy|server|tools|webview)\/chunks\/[\w.-]+-[A-Z0-9]{8}\.m?js$/;

/** @returns lines to print: what is missing in a package of these paths, and what does not belong into it */
export function findPackageProblems(paths: readonly string[]): string[] {
  const there = new Set(paths);
  return [
    ...[...EXPECTED].filter((path) => !there.has(path)).map((path) => `${path} is missing.`),
    ...paths
      .filter((path) => !EXPECTED.has(path) && !CHUNK.test(path))
      .map((path) => `${path} is not on the list of what ships (scripts/check-package.ts).`),
  ];
}

/** Of the VSIX that was packed last. */
export const checkPackage = (): string[] => findPackageProblems(listZip(VSIX).map(({ path }) => path));
