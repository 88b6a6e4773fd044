// The manifest check goes red on each thing that VS Code's stable API or our own promises forbid.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSources } from '../../../scripts/check-architecture.ts';
import { findManifestProblems } from '../../../scripts/check-manifest.ts';
import { root } from '../../../scripts/lib/package.ts';

const sources = readSources(root);
type Manifest = Parameters<typeof findManifestProblems>[0];
const real = (): Manifest => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

/** What is found more than in the manifest as it stands. */
function foundBy(change: (manifest: Manifest) => void, more: Record<string, string> = {}): string {
  const before = new Set(findManifestProblems(real(), sources));
  const manifest = real();
  change(manifest);
  const all = new Map([...sources, ...Object.entries(more)]);
  return findManifestProblems(manifest, all)
    .filter((problem) => !before.has(problem))
    .join('\n');
}

const planted: [string, (manifest: Manifest) => void, string][] = [
  ['proposed API', (m) => Object.assign(m, { enabledApiProposals: [] }), 'enabledApiProposals'],
  [
    'a proposed menu',
    (m) => Object.assign(m.contributes?.menus ?? {}, { 'scm/inputBox': [] }),
    'Menu scm/inputBox is not on the list',
  ],
  ['a proposed contribution', (m) => Object.assign(m.contributes ?? {}, { chatSessions: [] }), 'chatSessions'],
  ['an early activation', (m) => m.activationEvents?.push('*'), 'Activation event *'],
  ['types above the engine', (m) => Object.assign(m.engines ?? {}, { vscode: '^1.120.0' }), '@types/vscode'],
  [
    'a setting that a repository could set',
    (m) => delete m.contributes?.configuration?.properties?.['letta.models.endpoints']?.scope,
    'letta.models.endpoints must have scope',
  ],
  [
    'a setting that counts in an untrusted workspace',
    (m) => m.capabilities?.untrustedWorkspaces?.restrictedConfigurations?.splice(0),
    'letta.permissions.allow must stand in',
  ],
  ['a foreign id', (m) => m.contributes?.commands?.push({ command: 'other.run' }), 'other.run: every id begins'],
  [
    'a command that nothing handles',
    (m) => m.contributes?.commands?.push({ command: 'letta.nothing' }),
    'letta.nothing is declared but nothing handles it',
  ],
];

test.each(planted)('%s is found', (_, change, expected) => {
  expect(foundBy(change)).toContain(expected);
});

test('a command that is run but not declared is found', () => {
  const source = "await vscode.commands.executeCommand('letta.secret');";
  expect(foundBy(() => {}, { 'src/chat/planted.ts': source })).toContain('letta.secret is not declared');
});

test.each([
  'const api = vscode as unknown as Record<string, unknown>;',
  'const api = thing as typeof vscode;',
  "const proposed = vscode['lm'];",
  'const proposed = (vscode.window as any).createChatStatusBarItem;',
])('a cast of the namespace is found: %s', (source) => {
  expect(foundBy(() => {}, { 'src/chat/planted.ts': source })).toContain('src/chat/planted.ts:1');
});

test('what only looks like a cast is not', () => {
  const source = "import * as vscode from 'vscode';\n// the same vscode as before\nconst uri = x as vscode.Uri;";
  expect(foundBy(() => {}, { 'src/chat/planted.ts': source })).toBe('');
});
