// Finds the skills of a project, of the agent and of the computer, in order of precedence; reads anew each time it is called.
import { readdir, realpath } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import type { SkillView } from '../protocol/skill-views.ts';
import { isInside, readSkillFolder, type SkillFolder, skillFileIn } from './read-folder.ts';

/** First wins. New skills are written to the first. */
const PROJECT_ROOTS = ['.agents/skills', '.skills', '.github/skills', '.claude/skills'];
const COMPUTER_ROOTS = ['.agents/skills', '.letta/skills', '.copilot/skills', '.claude/skills'];
/** How deep below a root a skill may lie: `group/sub/skill`. */
const MAX_DEPTH = 3;
/** Folders looked into below one root. */
const MAX_VISITS = 1_000;

export interface Skill extends SkillFolder {
  view: SkillView;
}

export interface SkillPlaces {
  /** Absolute paths of the workspace's folders; the first wins. None in a window without a folder. */
  folders: readonly string[];
  /** The person's home folder. */
  home: string;
  /** Where the agent's own skills lie; absent: it has none. */
  agent?: string;
  /** Ids (absolute folders) of skills that the person switched off. */
  disabled: ReadonlySet<string>;
}

interface Root {
  path: string;
  scope: 'project' | 'agent' | 'computer';
  /** What the person sees in place of the absolute start of a location. */
  base: string;
  prefix: string;
  /** What no link may lead out of. */
  fence?: string;
}

/** Collects the folders that hold a SKILL.md. Links are followed; the count of visits bounds where they may lead. */
class FolderScan {
  readonly found: string[] = [];
  private visits = 0;

  async visit(folder: string, depth: number): Promise<void> {
    if (this.visits++ >= MAX_VISITS) return;
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    if (depth > 0 && skillFileIn(entries) !== undefined) {
      this.found.push(folder);
      return;
    }
    if (depth >= MAX_DEPTH) return;
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name === 'node_modules' || entry.name.startsWith('.')) continue;
      // A link that points to no folder lists nothing.
      if (entry.isDirectory() || entry.isSymbolicLink()) await this.visit(join(folder, entry.name), depth + 1);
    }
  }
}

async function skillsOf(root: Root): Promise<(SkillFolder & { root: Root; real: string })[]> {
  const scan = new FolderScan();
  await scan.visit(root.path, 0);
  const { fence } = root;
  const realFence = fence === undefined ? undefined : await realpath(fence).catch(() => fence);
  return Promise.all(
    scan.found.map(async (folder) => {
      const real = await realpath(folder).catch(() => folder);
      const read = await readSkillFolder(folder);
      // A repository, or an agent that was brought along, must not pull files from elsewhere on the computer into the prompt.
      const leaves = realFence !== undefined && !isInside(real, realFence);
      const left = root.scope === 'project' ? 'the workspace' : 'the agent’s skills';
      const problem = `The folder is a link that leaves ${left}: put a copy of the skill in its place.`;
      const kept = leaves ? { ...read, body: '', description: '', files: [], problems: [problem] } : read;
      return { ...kept, root, real };
    }),
  );
}

function locationOf(folder: string, root: Root): string {
  return root.prefix + relative(root.base, folder).split(sep).join('/');
}

/**
 * All skills there are, in order of precedence. One that has problems or is switched off does not hide another of its
 * name; the same folder reached by two ways is listed once. Never rejects: a root that can't be read has no skills.
 */
export async function findSkills(places: SkillPlaces): Promise<Skill[]> {
  const project = places.folders.flatMap((folder) =>
    PROJECT_ROOTS.map((part): Root => {
      const prefix = places.folders.length > 1 ? `${basename(folder)}/` : '';
      return { path: join(folder, part), scope: 'project', base: folder, prefix, fence: folder };
    }),
  );
  const computer = COMPUTER_ROOTS.map(
    (part): Root => ({
      path: join(places.home, part),
      scope: 'computer',
      base: places.home,
      prefix: '~/',
    }),
  );
  const { agent, home } = places;
  const own: Root[] = agent === undefined ? [] : [{ path: agent, scope: 'agent', base: home, prefix: '~/', fence: agent }];
  const found = (await Promise.all([...project, ...own, ...computer].map(skillsOf))).flat();

  const seen = new Set<string>();
  const winners = new Map<string, string>();
  const skills: Skill[] = [];
  for (const { root, real, ...skill } of found) {
    if (seen.has(real)) continue;
    seen.add(real);
    const location = locationOf(skill.folder, root);
    const name = skill.name || basename(skill.folder);
    const winner = winners.get(name);
    const enabled = !places.disabled.has(skill.folder);
    if (winner === undefined && enabled && skill.problems.length === 0) winners.set(name, location);
    skills.push({
      ...skill,
      name,
      view: {
        id: skill.folder,
        name,
        description: skill.description,
        scope: root.scope,
        location,
        enabled,
        problems: skill.problems,
        ...(winner === undefined ? {} : { shadowedBy: winner }),
      },
    });
  }
  return skills;
}

/** What the model may be offered and the person may call: enabled, without problems, not hidden by another. */
export function usableSkills(skills: readonly Skill[]): Skill[] {
  return skills.filter(({ view }) => view.enabled && view.problems.length === 0 && view.shadowedBy === undefined);
}
