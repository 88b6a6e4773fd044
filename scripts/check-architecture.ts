// Enforces the arrows between rooms: who may import whom, where `vscode` may stand, and that there are no circles.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { importsOf } from './lib/imports.ts';

/** What a room may import beside itself and `protocol`, which everyone may. */
const ARROWS: Record<string, readonly string[]> = {
  protocol: [],
  server: [],
  permissions: [],
  skills: [],
  editor: [],
  letta: [],
  tools: ['editor', 'skills'],
  memory: ['letta'],
  threads: ['letta'],
  agent: ['letta', 'tools', 'permissions', 'memory', 'skills'],
  flows: ['agent', 'memory', 'skills', 'threads'],
  // A program of its own, with the embedded server in it.
  mcp: ['flows', 'agent', 'letta', 'memory', 'permissions', 'server', 'threads'],
  chat: ['flows', 'agent', 'memory', 'skills', 'threads'],
  native: ['flows', 'agent', 'memory', 'skills', 'threads'],
  commands: ['flows', 'agent', 'memory', 'skills', 'threads'],
};

/** Arrows for types alone, which leave nothing in a bundle. */
const TYPE_ARROWS: Record<string, readonly string[]> = {
  // A tool says what it would touch (`Access`); permissions judges exactly that.
  permissions: ['tools'],
};

/** Rooms that stand wholly alone: not even `protocol`. */
const ALONE = new Set(['protocol', 'server']);

/** These build all rooms and tie them together. */
const COMPOSITION = new Set([
  'src/extension.ts',
  'src/host.ts',
  'src/skill-commands.ts',
  'src/home-chat.ts',
  'src/home-models.ts',
  'src/home.ts',
  'src/open-home.ts',
  'src/parts.ts',
  'src/core.ts',
  'src/skill-parts.ts',
  'src/hidden-skills.ts',
  'src/skill-uses.ts',
  'src/learning.ts',
  'src/trials.ts',
  'src/learn-commands.ts',
  'src/agent-choice.ts',
  'src/agent-files.ts',
  'src/hands.ts',
  'src/attaching.ts',
  'src/fork-thread.ts',
  'src/looking.ts',
  'src/permitting.ts',
  'src/beyond.ts',
  'src/applying.ts',
  'src/archive-desk.ts',
  'src/block-desk.ts',
  'src/inspector.ts',
  'src/origin-view.ts',
  'src/bringing.ts',
  'src/bringing-skills.ts',
  'src/importing-skills.ts',
  'src/mirrored-skills.ts',
  'src/mirroring.ts',
  'src/host-commands.ts',
  'src/reflecting.ts',
  'src/remembering.ts',
  'src/note-taking.ts',
  'src/reviewing.ts',
  'src/lazy-review.ts',
  'src/upkeep.ts',
  'src/receipts.ts',
  'src/review-desk.ts',
  'src/running.ts',
  'src/answer-traces.ts',
  'src/checkpointing.ts',
  'src/choosing.ts',
  'src/correcting.ts',
  'src/memory-files.ts',
  'src/memory-for-others.ts',
  'src/answering-as-model.ts',
  'src/answering-in-chat.ts',
  'src/committing.ts',
  'src/choosing-home.ts',
  'src/down-home.ts',
  'src/maybe-down.ts',
  'src/seeing.ts',
  'src/native-commands.ts',
  'src/policy-judge.ts',
  'src/policy-worker.ts',
  'src/model-choice.ts',
]);

/** The doors to VS Code; everything else runs under plain Node and is tested there. */
const VSCODE_ROOMS = new Set(['editor', 'chat', 'native', 'commands']);

/** Pure rooms: the same answer for the same input, whatever lies on the disk. */
const PURE_ROOMS = new Set(['permissions', 'protocol']);
/** `node:net` for `isIP`, which only looks at a text. */
const PURE_MODULES = new Set(['node:path', 'node:util', 'node:net']);

export interface Violation {
  /** `path:line` */
  where: string;
  what: string;
}

/** Source texts by path relative to the project, with forward slashes. */
export type Sources = ReadonlyMap<string, string>;

/** The room of a file of ours; '' for files directly in src. */
function roomOf(path: string): string {
  if (path.startsWith('webview-ui/')) return 'webview-ui';
  const [, room = '', ...rest] = path.split('/');
  return rest.length > 0 ? room : '';
}

function mayImport(from: string, path: string, to: string, typeOnly: boolean): boolean {
  if (COMPOSITION.has(path)) return to !== 'server' && to !== 'webview-ui';
  if (from === to) return true;
  if (to === 'protocol') return !ALONE.has(from);
  if (from === 'webview-ui') return false;
  return (ARROWS[from]?.includes(to) ?? false) || (typeOnly && (TYPE_ARROWS[from]?.includes(to) ?? false));
}

function packageViolation(path: string, room: string, specifier: string): string | null {
  if (specifier === 'vscode' && !COMPOSITION.has(path) && !VSCODE_ROOMS.has(room)) {
    return `\`vscode\` may be imported only in ${[...VSCODE_ROOMS].join(', ')} and ${[...COMPOSITION].join(', ')}`;
  }
  if (specifier === 'zod') return 'classic zod is not used (it probes `new Function`): import `zod/mini`';
  if (room === 'webview-ui' && specifier.startsWith('node:')) return 'the webview has no Node';
  if (PURE_ROOMS.has(room) && specifier.startsWith('node:') && !PURE_MODULES.has(specifier)) {
    return `${room} is pure: no ${specifier}`;
  }
  return null;
}

/** @returns every forbidden import, and one violation a circle */
export function findViolations(sources: Sources): Violation[] {
  const violations: Violation[] = [];
  const graph = new Map<string, string[]>();
  for (const [path, source] of sources) {
    const room = roomOf(path);
    if (room !== '' && room !== 'webview-ui' && !(room in ARROWS)) {
      violations.push({ where: path, what: `src/${room} is not a room of the architecture` });
    }
    if (room === '' && !COMPOSITION.has(path)) {
      violations.push({ where: path, what: 'a file directly in src must be one that ties the rooms together' });
    }
    const edges: string[] = [];
    for (const { specifier, typeOnly, line } of importsOf(source)) {
      const where = `${path}:${line}`;
      if (!specifier.startsWith('.')) {
        const what = packageViolation(path, room, specifier);
        if (what) violations.push({ where, what });
        continue;
      }
      const target = posix.normalize(posix.join(posix.dirname(path), specifier));
      if (!/^(src|webview-ui)\//.test(target)) {
        violations.push({ where, what: `${specifier} leaves the product's sources` });
        continue;
      }
      edges.push(target);
      const to = roomOf(target);
      if (!mayImport(room, path, to, typeOnly)) {
        violations.push({ where, what: `${room || path} must not import ${to || target}` });
      }
    }
    graph.set(path, edges);
  }
  return [...violations, ...findCircles(graph)];
}

function findCircles(graph: ReadonlyMap<string, string[]>): Violation[] {
  const done = new Set<string>();
  const circles: Violation[] = [];
  const walk = (path: string, trail: string[]): void => {
    const seenAt = trail.indexOf(path);
    if (seenAt >= 0) {
      circles.push({ where: path, what: `circle: ${[...trail.slice(seenAt), path].join(' -> ')}` });
      return;
    }
    if (done.has(path)) return;
    for (const next of graph.get(path) ?? []) walk(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  return circles;
}

/** The product's sources, read from disk. */
export function readSources(root: string): Sources {
  const sources = new Map<string, string>();
  const read = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) read(path);
      else if (/\.tsx?$/.test(entry.name) && !/\.d\.ts$/.test(entry.name)) {
        sources.set(relative(root, path).split(/[\\/]/).join('/'), readFileSync(path, 'utf8'));
      }
    }
  };
  for (const folder of ['src', join('webview-ui', 'src')]) {
    if (existsSync(join(root, folder))) read(join(root, folder));
  }
  return sources;
}

/** @returns lines to print; none when all is well */
export function checkArchitecture(root = dirname(import.meta.dirname)): string[] {
  const sources = readSources(root);
  if (sources.size < 20) return [`Only ${sources.size} source files found: the check would see nothing.`];
  return findViolations(sources).map(({ where, what }) => `${where}: ${what}`);
}
