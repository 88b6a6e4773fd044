// Finds the skills of a project, of the agent, of the computer and those that come with the product, in order of precedence; reads anew each time it is called.
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { t } from '../protocol/l10n.ts';
import type { SkillScope, SkillView } from '../protocol/skill-views.ts';
import { type BareScript, bareScripts } from './bare-scripts.ts';
import { mechanicalFix, type SkillFix } from './fix-skill.ts';
import { isInside, readSkillFolder, type SkillFolder, skillFileIn } from './read-folder.ts';
import { commandProblem } from './skill-name.ts';
import { MAX_SKILL_BYTES, readSkillText } from './validate.ts';

/** First wins. New skills are written to the first. */
const PROJECT_ROOTS = ['.agents/skills', '.skills', '.github/skills', '.claude/skills'];
export const COMPUTER_ROOTS = ['.agents/skills', '.letta/skills', '.copilot/skills', '.claude/skills'];
/** Where a script alone is listed as well. */
const BARE_ROOT = '.skills';
/** How deep below a root a skill may lie: `group/sub/skill`. */
export const MAX_DEPTH = 3;
/** Folders looked into below one root. */
export const MAX_VISITS = 1_000;
const SCRIPT = /^scripts\/|\.(?:sh|bash|zsh|fish|py|ts|mts|js|mjs|cjs|rb|pl|ps1|bat|cmd)$/i;

export interface Skill extends SkillFolder {
  view: SkillView;
}

export interface SkillPlaces {
  /** Absolute paths of the workspace's folders; the first wins. None in a window without a folder. */
  folders: readonly string[];
  /** The person's home folder. */
  home: string;
  /** Where the agent's own skills lie, absolute; the first wins. Absent: it has none. */
  agent?: readonly AgentRoot[];
  /** The folder of the skills that come with the product. */
  bundled?: string;
  /** Ids of skills that the person switched off. */
  disabled: ReadonlySet<string>;
  /** Why the agent may not see a file, by its absolute path; undefined: it may. Absent: it may see all. */
  hidden?: Hidden | undefined;
}

export type Hidden = (path: string) => string | undefined;

export interface AgentRoot {
  path: string;
  /** What the person sees in place of it; absent: where it is, from the home folder on. */
  shown?: string;
}

interface Root {
  path: string;
  scope: SkillScope;
  /** What the person sees in place of the absolute start of a location. */
  base: string;
  prefix: string;
  /** What no link may lead out of. */
  fence?: string;
  /** Scripts alone are listed too. */
  bare?: boolean;
}

/** What lies among skills and is none. */
interface Stray {
  path: string;
  problem: string;
}

const NO_SKILL = t('The folder has no SKILL.md: write one, or move the folder elsewhere.');
const TOO_DEEP = t('It lies more than {0} folders deep: move it up.', MAX_DEPTH);
const NO_FOLDER = t(
  'It lies right among the skills: move it to a folder of its own as SKILL.md; the folder gives the name.',
);
const CUT = t('Only the first {0} folders are looked into: move what is no skill elsewhere.', MAX_VISITS);
/** Of people about all of them. */
const ABOUT = /^(?:readme|agents|claude|changelog|contributing|license)\.md$/i;

/** Collects the folders that hold a SKILL.md. Links are followed; the count of visits bounds where they may lead. */
class FolderScan {
  readonly found: string[] = [];
  readonly strays: Stray[] = [];
  cut = false;
  private visits = 0;

  /** @returns whether skills were found in it; also yes where that is not known */
  async visit(folder: string, depth: number): Promise<boolean> {
    this.cut ||= this.visits >= MAX_VISITS;
    if (this.visits++ >= MAX_VISITS) return true;
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
    // A link that points to no folder lists nothing.
    if (entries === undefined) return true;
    if (depth > 0 && skillFileIn(entries) !== undefined) {
      if (depth <= MAX_DEPTH) this.found.push(folder);
      else this.strays.push({ path: folder, problem: TOO_DEEP });
      return true;
    }
    if (depth > MAX_DEPTH) return false;
    let holds = false;
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name === 'node_modules' || entry.name.startsWith('.')) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory() || entry.isSymbolicLink()) {
        const has = await this.visit(path, depth + 1);
        if (!has && depth === 0) this.strays.push({ path, problem: NO_SKILL });
        holds ||= has;
      } else if (depth === 0 && /\.md$/i.test(entry.name) && !ABOUT.test(entry.name))
        this.strays.push({ path, problem: NO_FOLDER });
    }
    return holds;
  }
}

interface Found extends SkillFolder {
  root: Root;
  real: string;
  bare?: boolean;
  stray?: boolean;
}

async function skillsOf(root: Root, hidden: Hidden): Promise<Found[]> {
  const scan = new FolderScan();
  await scan.visit(root.path, 0);
  const { fence } = root;
  const realFence = fence === undefined ? undefined : await realpath(fence).catch(() => fence);
  const skills = scan.found.map(async (folder) => {
    const known = await realpath(folder).catch(() => undefined);
    const real = known ?? folder;
    const read = await readSkillFolder(folder, known);
    // A repository, or an agent that was brought along, must not pull files from elsewhere on the computer into the prompt.
    const leaves = realFence !== undefined && !isInside(real, realFence);
    const problem =
      root.scope === 'project'
        ? t('The folder is a link that leaves the workspace: put a copy of the skill in its place.')
        : t('The folder is a link that leaves the agent’s skills: put a copy of the skill in its place.');
    const kept = leaves
      ? { ...read, file: '', body: '', description: '', files: [], hints: [], problems: [problem] }
      : read;
    const file = basename(read.file || 'SKILL.md');
    const why = [real, join(real, file), folder, join(folder, file)].map(hidden).find((each) => each !== undefined);
    return { ...kept, ...(why === undefined ? {} : { problems: [...kept.problems, why] }), root, real };
  });
  const strays = root.scope === 'bundled' ? [] : scan.strays;
  return Promise.all([
    ...skills,
    ...strays.map((stray) => strayAt(stray, basename(stray.path), root)),
    ...(scan.cut ? [strayAt({ path: root.path, problem: CUT }, locationOf(root.path, root), root)] : []),
    ...(root.bare ? (await bareScripts(root.path)).map((script) => alone(script, root)) : []),
  ]);
}

const NOTHING = { body: '', description: '', forModel: false, forUser: false, files: [], hints: [] };

async function strayAt({ path, problem }: Stray, name: string, root: Root): Promise<Found> {
  const real = await realpath(path).catch(() => path);
  const file = problem === NO_FOLDER ? path : '';
  return { ...NOTHING, folder: path, file, name, problems: [problem], root, real, bare: true, stray: true };
}

const ALONE = t(
  'A script alone is not offered to the agent, which would not know when to use it: wrap it into a skill.',
);

async function alone({ file, name, description }: BareScript, root: Root): Promise<Found> {
  const real = await realpath(file).catch(() => file);
  return { ...NOTHING, folder: file, file, name, description, problems: [ALONE], root, real, bare: true };
}

function locationOf(folder: string, root: Root): string {
  return root.prefix + relative(root.base, folder).split(sep).join('/');
}

function rootsOf({ folders, home, agent = [], bundled }: SkillPlaces): Root[] {
  const project = folders.flatMap((folder) =>
    PROJECT_ROOTS.map((part): Root => {
      const prefix = folders.length > 1 ? `${basename(folder)}/` : '';
      const bare = part === BARE_ROOT;
      return { path: join(folder, part), scope: 'project', base: folder, prefix, fence: folder, bare };
    }),
  );
  const own = agent.map(({ path, shown }): Root => {
    const seen = shown === undefined ? { base: home, prefix: '~/' } : { base: path, prefix: `${shown}/` };
    return { path, scope: 'agent', fence: path, ...seen };
  });
  const computer = COMPUTER_ROOTS.map(
    (part): Root => ({ path: join(home, part), scope: 'computer', base: home, prefix: '~/' }),
  );
  const shipped: Root[] =
    bundled === undefined ? [] : [{ path: bundled, scope: 'bundled', base: bundled, prefix: '', fence: bundled }];
  return [...project, ...own, ...computer, ...shipped];
}

const isAtOdds = ({ hints, problems }: Found): boolean => hints.length + problems.length > 0;
/** The folders in which a person's own skills lie. */
export const ownRoots = (places: Pick<SkillPlaces, 'folders' | 'home' | 'agent'>): string[] =>
  rootsOf({ ...places, disabled: new Set() }).map(({ path }) => path);

/** Of a bundled one its folder changes with every version. */
const idOf = (skill: Found): string =>
  skill.root.scope === 'bundled' ? `bundled:${basename(skill.folder)}` : skill.folder;

/**
 * All skills there are, in order of precedence. One that has problems or is switched off does not hide another of its
 * name; the same folder reached by two ways is listed once. Never rejects: a root that can't be read has no skills.
 */
export async function findSkills(places: SkillPlaces): Promise<Skill[]> {
  const found = (
    await Promise.all(rootsOf(places).map((root) => skillsOf(root, places.hidden ?? (() => undefined))))
  ).flat();
  // A link of another name does not stand for the skill that it leads to.
  const best = new Map<string, Found>();
  for (const each of found) {
    const before = best.get(each.real);
    if (before === undefined || (isAtOdds(before) && !isAtOdds(each))) best.set(each.real, each);
  }
  const winners = new Map<string, string>();
  const skills: Skill[] = [];
  for (const each of found) {
    const { root, real, bare, stray, ...skill } = each;
    if (best.get(real) !== each) continue;
    const location = locationOf(skill.folder, root);
    const name = skill.name || basename(skill.folder);
    const id = idOf(each);
    const enabled = !places.disabled.has(id);
    const winner = winners.get(name);
    if (winner === undefined && enabled && skill.problems.length === 0) winners.set(name, location);
    const scripts = bare ? [] : skill.files.filter((file) => SCRIPT.test(file));
    const fix = bare || root.scope === 'bundled' ? undefined : (await fixFor(skill))?.changes.join(', ');
    const { description, problems } = skill;
    const unreachable = skill.forUser && problems.length === 0 ? commandProblem(name) : undefined;
    const hints = [...skill.hints, ...(unreachable ? [unreachable] : [])];
    skills.push({
      ...skill,
      name,
      view: {
        ...{ id, name, description, scope: root.scope, location, enabled, problems },
        ...(winner === undefined || stray ? {} : { shadowedBy: winner }),
        ...(hints.length > 0 ? { hints } : {}),
        ...(fix === undefined ? {} : { fix }),
        ...(bare ? { bare } : {}),
        ...(stray ? { stray } : {}),
        ...(skill.forUser || bare ? {} : { agentOnly: true }),
        ...(scripts.length > 0 ? { scripts } : {}),
      },
    });
  }
  return skills;
}

/** How what is wrong with a skill can be mended without thought; undefined: it cannot. Never rejects. */
export async function fixFor({ folder, file, problems, hints }: SkillFolder): Promise<SkillFix | undefined> {
  if (problems.length + hints.length === 0 || file === '') return undefined;
  try {
    if ((await stat(file)).size > MAX_SKILL_BYTES) return undefined;
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file));
    const name = basename(folder);
    const ofText = new Set(readSkillText(text, name).problems);
    return problems.every((problem) => ofText.has(problem)) ? mechanicalFix(text, name) : undefined;
  } catch {
    return undefined;
  }
}

/** Where the project's skills really lie: broken ones and those that are switched off, too. */
export async function placesOf(skills: readonly Skill[]): Promise<{ name: string; folder: string }[]> {
  const wanted = skills.filter(({ view }) => view.scope === 'project' && view.bare !== true);
  return Promise.all(
    wanted.map(async ({ name, folder }) => ({ name, folder: await realpath(folder).catch(() => folder) })),
  );
}

/** What the model may be offered and the person may call: enabled, without problems, not hidden by another. */
export function usableSkills(skills: readonly Skill[]): Skill[] {
  return skills.filter(({ view }) => view.enabled && view.problems.length === 0 && view.shadowedBy === undefined);
}
