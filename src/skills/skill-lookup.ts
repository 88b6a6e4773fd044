// What the Skill tool asks: loads, reads and searches the skills as they are now.
import type { Skill } from './find-skills.ts';
import { loadSkill, readSkillFile, searchableSkills } from './offer-skills.ts';
import { SkillSearch } from './search-skills.ts';

/** Like a page of results elsewhere: what is not among these is better asked for in other words. */
const MOST_FOUND = 10;

export interface SkillLookupDeps {
  /** All there are, in order of precedence; the same array while nothing has changed. */
  all(): Promise<readonly Skill[]>;
  /** Whether the person has read the skill as it is now. */
  reviewed(name: string): Promise<boolean>;
}

interface Shown {
  name: string;
  description: string;
  location: string;
}

const shown = ({ name, description, view }: Skill): Shown => ({ name, description, location: view.location });

export class SkillsForModel {
  private readonly deps: SkillLookupDeps;
  private index: { of: readonly Skill[]; search: SkillSearch<Skill> } | undefined;

  constructor(deps: SkillLookupDeps) {
    this.deps = deps;
  }

  /** @throws SkillLoadError */
  async load(name: string): Promise<string> {
    return loadSkill(await this.deps.all(), name, 'model');
  }

  /** @throws SkillLoadError */
  async read(name: string, file: string): Promise<{ path: string; text: string }> {
    return readSkillFile(await this.deps.all(), name, file);
  }

  async search(query: string): Promise<Shown[]> {
    const all = await this.deps.all();
    if (this.index?.of !== all) this.index = { of: all, search: await SkillSearch.over(searchableSkills(all)) };
    return this.index.search.find(query, MOST_FOUND).map(shown);
  }

  async about(name: string): Promise<Shown | undefined> {
    const skill = searchableSkills(await this.deps.all()).find((each) => each.name === name);
    return skill && shown(skill);
  }

  /** @param file one of its files: what the person has read and saved was SKILL.md alone */
  async reviewed(name: string, file?: string): Promise<boolean> {
    if (file === undefined) return this.deps.reviewed(name);
    const skill = searchableSkills(await this.deps.all()).find((each) => each.name === name);
    return skill?.view.scope === 'computer' || skill?.view.scope === 'bundled';
  }
}
