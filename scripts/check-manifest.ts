// Holds package.json and the sources against what VS Code's stable API and our own promises allow.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSources, type Sources } from './check-architecture.ts';
import { blankComments } from './lib/imports.ts';
import { root } from './lib/package.ts';

/** Stable contribution points. This list is what we looked at; a new one is added after looking at its documentation. */
const CONTRIBUTION_POINTS = new Set([
  'chatParticipants',
  'chatSkills',
  'commands',
  'configuration',
  'configurationDefaults',
  'icons',
  'jsonValidation',
  'keybindings',
  'languageModelChatProviders',
  'languageModelTools',
  'languages',
  'mcpServerDefinitionProviders',
  'menus',
  'submenus',
  'views',
  'viewsContainers',
  'viewsWelcome',
  'walkthroughs',
]);

/** Stable menus. `scm/inputBox`, `editor/content`, `diffEditor/gutter/*`, `viewContainer/title` and others are proposed. */
const MENUS = new Set([
  'commandPalette',
  'comments/commentThread/context',
  'editor/context',
  'editor/lineNumber/context',
  'editor/title',
  'editor/title/context',
  'explorer/context',
  'scm/change/title',
  'scm/resourceGroup/context',
  'scm/resourceState/context',
  'scm/sourceControl',
  'scm/title',
  'terminal/context',
  'timeline/item/context',
  'view/item/context',
  'view/title',
  'webview/context',
]);

const VIEW_CONTAINERS = new Set(['activitybar', 'panel', 'secondarySidebar']);

/** A repository's settings can never set these: who the agent is, where it lives, what it may do. */
const RESTRICTED = [/^letta\.(server|embedded|models|memory)\./, /^letta\.permissions\.(mode|allow)$/];

interface Manifest {
  publisher?: string;
  name?: string;
  enabledApiProposals?: unknown;
  engines?: { vscode?: string };
  devDependencies?: Record<string, string>;
  activationEvents?: string[];
  capabilities?: { untrustedWorkspaces?: { supported?: unknown; restrictedConfigurations?: string[] } };
  contributes?: {
    commands?: { command: string; category?: string }[];
    menus?: Record<string, { command?: string }[]>;
    keybindings?: { command: string }[];
    views?: Record<string, { id: string }[]>;
    viewsContainers?: Record<string, { id: string }[]>;
    configuration?: { properties?: Record<string, { scope?: string }> };
    [point: string]: unknown;
  };
}

/** @returns lines to print; none when all is well */
export function findManifestProblems(manifest: Manifest, sources: Sources): string[] {
  return [
    ...apiProblems(manifest),
    ...contributionProblems(manifest),
    ...settingProblems(manifest),
    ...commandProblems(manifest, sources),
    ...castProblems(sources),
  ];
}

function apiProblems(manifest: Manifest): string[] {
  const problems: string[] = [];
  if (manifest.enabledApiProposals !== undefined) problems.push('`enabledApiProposals` must not be there.');
  const engine = manifest.engines?.vscode?.replace(/^\D+/, '');
  const types = manifest.devDependencies?.['@types/vscode'];
  if (engine !== types) problems.push(`@types/vscode (${types}) must be the engine we promise (${engine}).`);
  if (`${manifest.publisher}.${manifest.name}` !== 'letta-vscode.letta-vscode') {
    problems.push('The extension is named letta-vscode.letta-vscode.');
  }
  for (const event of manifest.activationEvents ?? []) {
    if (event !== 'onStartupFinished') problems.push(`Activation event ${event}: the stub on startup is enough.`);
  }
  if (manifest.capabilities?.untrustedWorkspaces === undefined) {
    problems.push('Without `capabilities.untrustedWorkspaces` nothing activates in an untrusted window.');
  }
  return problems;
}

function contributionProblems(manifest: Manifest): string[] {
  const contributes = manifest.contributes ?? {};
  const problems = Object.keys(contributes)
    .filter((point) => !CONTRIBUTION_POINTS.has(point))
    .map((point) => `Contribution point ${point} is not on the list of stable ones.`);
  for (const menu of Object.keys(contributes.menus ?? {})) {
    if (!MENUS.has(menu)) problems.push(`Menu ${menu} is not on the list of stable ones.`);
  }
  for (const place of Object.keys(contributes.viewsContainers ?? {})) {
    if (!VIEW_CONTAINERS.has(place)) problems.push(`View containers in ${place} are not stable.`);
  }
  const ids = [
    ...(contributes.commands ?? []).map((entry) => entry.command),
    ...Object.values(contributes.views ?? {}).flatMap((views) => views.map((view) => view.id)),
    ...Object.keys(contributes.configuration?.properties ?? {}),
  ];
  for (const id of ids) if (!id.startsWith('letta.')) problems.push(`${id}: every id begins with \`letta.\`.`);
  return problems;
}

function settingProblems(manifest: Manifest): string[] {
  const properties = manifest.contributes?.configuration?.properties ?? {};
  const restricted = new Set(manifest.capabilities?.untrustedWorkspaces?.restrictedConfigurations ?? []);
  return Object.entries(properties).flatMap(([key, { scope }]) => {
    if (!RESTRICTED.some((pattern) => pattern.test(key))) return [];
    const problems: string[] = [];
    if (scope !== 'machine') problems.push(`${key} must have scope \`machine\`, not ${scope ?? 'none'}.`);
    if (!restricted.has(key)) problems.push(`${key} must stand in \`restrictedConfigurations\`.`);
    return problems;
  });
}

/** Where a text names a command of ours: a call, a registration, a command link. */
const COMMAND_USES = [
  /\b(?:executeCommand|registerCommand|registerTextEditorCommand)(?:<[^>]*>)?\(\s*['"](letta\.[\w.]+)['"]/g,
  /\bcommand\s*[:=]\s*['"](letta\.[\w.]+)['"]/g,
  /\bcommand:(letta\.[\w.]+)/g,
];

function commandProblems(manifest: Manifest, sources: Sources): string[] {
  const declared = new Set((manifest.contributes?.commands ?? []).map((entry) => entry.command));
  const views = Object.values(manifest.contributes?.views ?? {}).flatMap((list) => list.map((view) => view.id));
  // VS Code makes these for every view.
  const made = new Set(views.flatMap((id) => [`${id}.focus`, `${id}.open`, `${id}.removeView`]));
  const problems: string[] = [];
  const host = [...sources].filter(([path]) => path.startsWith('src/'));
  for (const [path, source] of host) {
    for (const use of COMMAND_USES) {
      for (const [, command = ''] of source.matchAll(use)) {
        if (!declared.has(command) && !made.has(command)) problems.push(`${path}: ${command} is not declared.`);
      }
    }
  }
  for (const command of declared) {
    const mention = new RegExp(`['"]${command.replaceAll('.', '\\.')}['"]`);
    if (!host.some(([, source]) => mention.test(source)))
      problems.push(`${command} is declared but nothing handles it.`);
  }
  const named = [
    ...Object.values(manifest.contributes?.menus ?? {}).flatMap((items) => items.map((item) => item.command)),
    ...(manifest.contributes?.keybindings ?? []).map((binding) => binding.command),
  ];
  for (const command of named) {
    if (command?.startsWith('letta.') && !declared.has(command))
      problems.push(`${command} is in a menu but not declared.`);
  }
  return problems;
}

/** A cast of the namespace is how proposed API would slip past the types. */
const CASTS = [
  /\bvscode\s+as\b/,
  /\bas\s+(?:unknown\s+as\s+)?typeof\s+vscode\b/,
  /<\s*(?:any|unknown)\s*>\s*vscode\b/,
  /\bvscode\s*\[/,
  /\bvscode\.\w+\s+as\s+(?:any|unknown|never)\b/,
];

function castProblems(sources: Sources): string[] {
  return [...sources].flatMap(([path, source]) =>
    blankComments(source)
      .split('\n')
      .flatMap((line, index) =>
        // The import itself is `* as vscode`.
        CASTS.some((cast) => cast.test(line)) ? [`${path}:${index + 1}: the vscode namespace is cast.`] : [],
      ),
  );
}

/** @returns lines to print; none when all is well */
export function checkManifest(): string[] {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  return findManifestProblems(manifest, readSources(root));
}
