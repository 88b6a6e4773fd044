// Skill: loads the instructions of a skill that was offered by name and description.
import * as z from 'zod/mini';
import { SkillLoadError } from '../skills/offer-skills.ts';
import { type Tool, ToolError } from './tool.ts';

const Input = z.object({ name: z.string() });
export type SkillInput = z.infer<typeof Input>;

/** Where the tool finds skills. */
export interface SkillLookup {
  /**
   * The text of its SKILL.md as the model reads it, with its folder and other files.
   * @throws SkillLoadError whose message says which skills there are
   */
  load(name: string): Promise<string>;
  /** Whether the person has read and accepted it. Absent: it is not known, so no. */
  reviewed?(name: string): boolean | Promise<boolean>;
}

export function skillTool(skills: SkillLookup): Tool<SkillInput> {
  return {
    name: 'Skill',
    description: 'Loads a skill from <available_skills>; then follow it.',
    input: Input,
    source: 'unreviewedSkill',
    title: ({ name }) => ({ title: 'Skill', target: name }),
    access: () => ({ kind: 'none' }),
    run: async ({ name }) => {
      try {
        const text = await skills.load(name);
        return { status: 'success', text, source: (await skills.reviewed?.(name)) ? 'skill' : 'unreviewedSkill' };
      } catch (error) {
        if (error instanceof SkillLoadError) throw new ToolError(error.message);
        throw error;
      }
    },
  };
}
