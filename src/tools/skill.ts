// Skill: loads the instructions of a skill that was offered by name and description.
import * as z from 'zod/mini';
import { type Tool, ToolError } from './tool.ts';

const Input = z.object({ name: z.string() });
export type SkillInput = z.infer<typeof Input>;

/** Where the tool finds skills. */
export interface SkillLookup {
  /** Names of the skills that are offered now. */
  names(): string[] | Promise<string[]>;
  /** The text of its SKILL.md without frontmatter, and its folder; undefined where none of that name is offered. */
  load(name: string): Promise<{ body: string; folder: string } | undefined>;
}

export function skillTool(skills: SkillLookup): Tool<SkillInput> {
  return {
    name: 'Skill',
    description: 'Loads a skill from <available_skills>; then follow it.',
    input: Input,
    title: ({ name }) => ({ title: 'Skill', target: name }),
    access: () => ({ kind: 'none' }),
    run: async ({ name }) => {
      const skill = await skills.load(name);
      if (skill === undefined) {
        const names = await skills.names();
        const known = names.length === 0 ? 'There are none.' : `There are: ${names.join(', ')}.`;
        throw new ToolError(`There is no skill ${name}. ${known}`);
      }
      return { status: 'success', text: `Skill ${name}, in ${skill.folder}:\n\n${skill.body}` };
    },
  };
}
