// What the model is sent of the skills, and what each of them costs by that.
import type { Skill } from '../skills/find-skills.ts';
import { type ClientSkill, clientSkills, type LastUsed } from '../skills/offer-skills.ts';
import { type SentDescription, type TokenCost, TokenCosts } from '../skills/token-costs.ts';

/** Between two slices of counting tokens. */
const COUNT_AGAIN_MS = 20;

interface Listed {
  skills: readonly Skill[];
  list: ClientSkill[];
  /** Names. */
  omitted: string[];
  description: SentDescription;
}

export class SentSkills {
  private readonly counted: () => void;
  private readonly tokens = new TokenCosts();
  private listed: Listed | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** @param counted all that there are, some time after `costs` was asked for */
  constructor(counted: () => void) {
    this.counted = counted;
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  /** The list that goes with a message. */
  list(skills: readonly Skill[], usage: LastUsed | undefined): Listed {
    const { list, omitted } = clientSkills(skills, usage);
    const sent = new Map(list.map(({ location, description }) => [location, description]));
    const without = new Set(omitted);
    const description: SentDescription = (skill) =>
      sent.get(skill.file) ?? (without.has(skill.name) ? undefined : skill.description);
    this.listed = { skills, list, omitted, description };
    return this.listed;
  }

  /** By id, as far as they are counted; the rest follows. */
  costs(skills: readonly Skill[], usage: LastUsed | undefined): Map<string, TokenCost> {
    const listed = this.listed?.skills === skills ? this.listed : undefined;
    const { costs, done } = this.tokens.count(skills, listed?.description);
    clearTimeout(this.timer);
    if (!done || !listed) this.countOn(skills, usage);
    return costs;
  }

  private countOn(skills: readonly Skill[], usage: LastUsed | undefined): void {
    this.timer = setTimeout(() => {
      const listed = this.listed?.skills === skills ? this.listed : this.list(skills, usage);
      if (this.tokens.count(skills, listed.description).done) this.counted();
      else this.countOn(skills, usage);
    }, COUNT_AGAIN_MS);
  }
}
