// Skill: loads the instructions of a skill, or one of its files, or finds skills for a task.
import * as z from 'zod/mini';
import { t } from '../protocol/l10n.ts';
import type { ToolBody } from '../protocol/transcript-views.ts';
import { SkillLoadError } from '../skills/offer-skills.ts';
import type { IsHidden } from './support.ts';
import { type Tool, ToolError, type ToolResult } from './tool.ts';

const Input = z.object({
  name: z.optional(z.string()),
  query: z.optional(z.string()),
  why: z.optional(z.string()),
});
export type SkillInput = z.infer<typeof Input>;

export interface KnownSkill {
  name: string;
  description: string;
  /** Where it lies, as the person reads it. */
  location: string;
}

/** Where the tool finds skills. */
export interface SkillLookup {
  /**
   * The text of its SKILL.md as the model reads it, with its folder and other files.
   * @throws SkillLoadError whose message says which skills there are
   */
  load(name: string): Promise<string>;
  /** One of its other files. Absent: Read has to do. @throws SkillLoadError */
  read?(name: string, file: string): Promise<{ path: string; text: string }>;
  /** Best first. Absent: all there are stand in the list. */
  search?(query: string): Promise<readonly KnownSkill[]>;
  /** What is shown of it; absent: nothing. */
  about?(name: string): Promise<KnownSkill | undefined>;
  /** Whether the person has read and accepted it. Absent: it is not known, so no. */
  reviewed?(name: string, file?: string): boolean | Promise<boolean>;
}

/** `name`, or `name/path/of/a/file`. */
function wantedOf(given: string): { name: string; file?: string } {
  const [, name = '', file = ''] = /^\/?([^/]*)\/*([\s\S]*)$/.exec(given.trim()) ?? [];
  return { name, ...(file === '' ? {} : { file }) };
}

export function skillTool(skills: SkillLookup, hidden: IsHidden = () => false): Tool<SkillInput> {
  return {
    name: 'Skill',
    description: 'Loads a skill by name; then follow it. why: for the person. query finds unlisted ones.',
    input: Input,
    source: 'unreviewedSkill',
    title: ({ name, query }) =>
      name
        ? { title: 'Skill', target: name.trim().replace(/^\//, '') }
        : { title: t('Find skills'), target: query ?? '' },
    access: () => ({ kind: 'none' }),
    run: async (input) => {
      try {
        if (input.name) return await load(skills, wantedOf(input.name), input.why?.trim(), hidden);
        if (input.query?.trim()) return await search(skills, input.query.trim());
      } catch (error) {
        if (error instanceof SkillLoadError) throw new ToolError(error.message);
        throw error;
      }
      throw new ToolError('Give the name of a skill, or a query with words of the task.');
    },
  };
}

async function load(
  skills: SkillLookup,
  { name, file }: ReturnType<typeof wantedOf>,
  why: string | undefined,
  hidden: IsHidden,
): Promise<ToolResult> {
  const text = file ? await readFile(skills, name, file, hidden) : await skills.load(name);
  const [known, reviewed] = await Promise.all([skills.about?.(name), skills.reviewed?.(name, file)]);
  const body: ToolBody | undefined = known && {
    kind: 'skill',
    skills: [known],
    ...(why ? { why } : {}),
  };
  return {
    status: 'success',
    text,
    source: reviewed ? 'skill' : 'unreviewedSkill',
    ...(body ? { view: { body } } : {}),
  };
}

async function readFile(skills: SkillLookup, name: string, file: string, hidden: IsHidden): Promise<string> {
  if (!skills.read) throw new ToolError('Read the file with Read.');
  const { path, text } = await skills.read(name, file);
  if (hidden(path)) throw new ToolError(`.lettaignore hides ${file} of the skill "${name}" from the agent.`);
  return text;
}

async function search(skills: SkillLookup, query: string): Promise<ToolResult> {
  const found = (await skills.search?.(query)) ?? [];
  if (found.length === 0) {
    return { status: 'success', text: 'No skill fits these words. Try others, or go on without one.', source: 'skill' };
  }
  const reviewed = await Promise.all(found.map(({ name }) => skills.reviewed?.(name) ?? false));
  return {
    status: 'success',
    text: `Best first; load one by its name if it fits:\n${found.map((s) => `- ${s.name}: ${s.description}`).join('\n')}`,
    source: reviewed.every(Boolean) ? 'skill' : 'unreviewedSkill',
    view: { body: { kind: 'skill', skills: found.map((skill) => ({ ...skill })) } },
  };
}
