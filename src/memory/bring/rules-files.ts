// Rules and memories that other tools keep in a workspace: found, taken apart, shown as what they would become. Read-only.
import { posix } from 'node:path';
import { t } from '../../protocol/l10n.ts';
import { Pace } from '../evidence/pace.ts';
import type { WorkspaceFiles } from '../evidence/workspace.ts';
import type { BringItem, BringPreview, BringTarget } from './bring.ts';
import { type Piece, readRules, shortHash } from './markdown.ts';

export interface RulesDeps {
  files: WorkspaceFiles;
  maskSecrets(text: string): string;
  /** Whether memory says so already. */
  known?: (text: string) => boolean;
}

export type RulesTool =
  | 'AGENTS.md'
  | 'Claude Code'
  | 'Cursor'
  | 'GitHub Copilot'
  | 'Windsurf'
  | 'Cline'
  | 'Roo Code'
  | 'Gemini CLI'
  | 'a memory bank';

/** In lower case only at the root: `docs/agents.md` is about agents. */
const KINDS: readonly [tool: RulesTool, test: RegExp][] = [
  ['AGENTS.md', /(?:^|\/)AGENTS\.md$|^agents\.md$/],
  ['Claude Code', /(?:^|\/)CLAUDE(?:\.local)?\.md$|^claude\.md$|^\.claude\/(?:CLAUDE\.md|rules\/.+\.md)$/],
  ['Cursor', /(?:^|\/)\.cursor\/rules\/.+\.mdc?$|^\.cursorrules$/],
  ['GitHub Copilot', /^\.github\/copilot-instructions\.md$|^\.github\/instructions\/.+\.instructions\.md$/],
  ['Windsurf', /^\.windsurfrules$|(?:^|\/)\.windsurf\/rules\/.+\.md$/],
  ['a memory bank', /(?:^|\/)(?:memory-bank|memory_bank|\.memory-bank)\/[^/]+\.md$/],
  ['Cline', /^\.clinerules$|^\.clinerules\/.+\.(?:md|txt)$/],
  ['Roo Code', /^\.roorules(?:-[\w-]+)?$|^\.roo\/rules(?:-[\w-]+)?\/.+\.(?:md|txt)$/],
  ['Gemini CLI', /(?:^|\/)GEMINI\.md$|^gemini\.md$/],
];

export const rulesTool = (path: string): RulesTool | undefined => KINDS.find(([, test]) => test.test(path))?.[0];

/** A person reads the preview; what a workspace holds beyond that is named. */
const MAX_FILES = 200;
const MAX_ITEMS = 1_000;
/** Longer pieces are reading matter, not lines of a block. */
const MAX_LINE_OF_BLOCK = 400;
const MAX_IMPORT_DEPTH = 5;
/** Where a heading says that it is about the project and not about how to write code. */
const ABOUT_PROJECT =
  /architect|overview|structure|layout|command|setup|install|build|stack|tech|product|purpose|brief|context|about|environment|deploy|goal/i;
/** What a memory bank holds for the moment only. */
const PASSING = /(?:activeContext|progress|tasks?|changelog|currentTask|todo|raw_reflection)[^/]*\.md$/i;
/** `@path` as Claude Code and Gemini CLI import other files: not in an address, not in code. */
const IMPORT = /(?<![\w`@/.])@((?:\.{0,2}\/|~\/)?[\w.@~-][\w./@~-]{0,200}\.[A-Za-z]\w{0,10})/g;

export async function findRules(deps: RulesDeps): Promise<BringPreview> {
  const preview: BringPreview = { source: t('Rules in this workspace'), found: [], skipped: [] };
  const seen = new Map<string, string>();
  const done = new Set<string>();
  const pace = new Pace();
  for (const { path } of await deps.files.list()) {
    const tool = rulesTool(path);
    if (!tool) continue;
    if (done.size >= MAX_FILES || preview.found.length >= MAX_ITEMS)
      preview.skipped.push({ path, why: t('There is more than can be shown at once. Import some of it first.') });
    else await readInto(deps, preview, seen, done, path, tool, []);
    await pace.rest();
  }
  return preview;
}

/** All rules one file gives, with what it imports. */
export async function readRulesFile(deps: RulesDeps, path: string): Promise<BringPreview> {
  const preview: BringPreview = { source: path, found: [], skipped: [] };
  await readInto(deps, preview, new Map(), new Set(), path, rulesTool(path) ?? 'AGENTS.md', []);
  return preview;
}

async function readInto(
  deps: RulesDeps,
  preview: BringPreview,
  seen: Map<string, string>,
  done: Set<string>,
  path: string,
  tool: RulesTool,
  via: readonly string[],
): Promise<void> {
  if (done.has(path)) return;
  done.add(path);
  const text = await deps.files.read(path);
  if (text === null) {
    preview.skipped.push({ path, why: t('It is not there, may not be read, is larger than 256 KB, or is no text.') });
    return;
  }
  if (text.trim() === '') {
    preview.skipped.push({ path, why: t('It is empty.') });
    return;
  }
  const { fields, pieces } = readRules(text);
  const scope = scopeOf(path, tool, fields, via);
  for (const piece of pieces) {
    const imports = /Claude|Gemini/.test(tool) ? importsOf(piece.text) : [];
    const rest = imports.length > 0 ? withoutImports(piece.text) : piece.text;
    if (rest !== '') take(deps, preview, seen, path, tool, scope, { ...piece, text: rest });
    for (const target of imports) {
      const resolved = resolveImport(path, target);
      const at = `${path}:${piece.line}`;
      if (resolved === null)
        preview.skipped.push({ path: at, why: t('It imports {0}, which lies outside the workspace.', target) });
      else if (via.includes(resolved) || resolved === path)
        preview.skipped.push({ path: at, why: t('It imports {0} in a circle.', target) });
      else if (via.length >= MAX_IMPORT_DEPTH)
        preview.skipped.push({
          path: at,
          why: t('It imports {0} more than {1} files deep.', target, MAX_IMPORT_DEPTH),
        });
      else await readInto(deps, preview, seen, done, resolved, tool, [...via, path]);
    }
  }
}

/** Where a rule applies when not everywhere, as words before it. */
function scopeOf(path: string, tool: RulesTool, fields: Record<string, string>, via: readonly string[]): string {
  const globs = fields.globs || fields.applyTo || fields.paths || '';
  if (globs !== '' && globs !== '**' && globs !== '**/*') return `For ${globs}: `;
  const root = via[0] ?? path;
  const nested = /^(.+)\/(?:AGENTS|CLAUDE(?:\.local)?|GEMINI)\.md$|^(.+)\/\.(?:cursor|windsurf)\/rules\//.exec(root);
  const folder = nested?.[1] ?? nested?.[2];
  return folder && folder !== '.claude' && tool !== 'GitHub Copilot' ? `In ${folder}/: ` : '';
}

function take(
  deps: RulesDeps,
  preview: BringPreview,
  seen: Map<string, string>,
  path: string,
  tool: RulesTool,
  scope: string,
  piece: Piece,
): void {
  const from = `${path}:${piece.line}`;
  if (!/[\p{L}\p{N}]/u.test(piece.text)) return;
  const whole = `${scope}${piece.text}`;
  const text = deps.maskSecrets(whole);
  const key = fold(text);
  const earlier = seen.get(key);
  if (earlier !== undefined) {
    preview.skipped.push({ path: from, why: t('The same stands in {0}.', earlier) });
    return;
  }
  seen.set(key, from);
  if (deps.known?.(text)) {
    preview.skipped.push({ path: from, why: t('It stands in memory already.') });
    return;
  }
  preview.found.push({
    id: shortHash(`${path}\n${key}`),
    kind: tool === 'a memory bank' ? 'memory' : 'rule',
    target: targetOf(path, tool, piece),
    text,
    from,
    masked: text !== whole,
  } satisfies BringItem);
}

function targetOf(path: string, tool: RulesTool, piece: Piece): BringTarget {
  if (tool === 'a memory bank' && PASSING.test(path)) return { kind: 'archive', tags: ['memory-bank'] };
  if (piece.text.length > MAX_LINE_OF_BLOCK) return { kind: 'archive', tags: ['rules'] };
  if (tool === 'a memory bank')
    return { kind: 'block', label: /pattern|convention|style/i.test(path) ? 'conventions' : 'project' };
  if (/CLAUDE\.local\.md$/.test(path)) return { kind: 'block', label: 'human' };
  return { kind: 'block', label: ABOUT_PROJECT.test(piece.heading) ? 'project' : 'conventions' };
}

export const fold = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

const withoutCode = (text: string): string =>
  text.replace(/(`{3,}|~{3,})[\s\S]*?(?:\1|$)/g, '').replace(/`[^`\n]*`/g, '');
const importsOf = (text: string): string[] => [...withoutCode(text).matchAll(IMPORT)].map((m) => m[1] ?? '');
/** What is left of a piece that only says where to read on is no rule. */
const withoutImports = (text: string): string => {
  const rest = text.replace(IMPORT, '').trim();
  return rest.split(/\s+/).filter((word) => /\p{L}{2,}/u.test(word)).length >= 4 ? text : '';
};

/** Relative to the file that imports. Null: it leads out of the workspace. */
export function resolveImport(from: string, target: string): string | null {
  if (/^[~/\\]|^[A-Za-z]:|\\/.test(target)) return null;
  const path = posix.normalize(posix.join(posix.dirname(from), target));
  return path === '..' || path.startsWith('../') || path.startsWith('/') ? null : path;
}
