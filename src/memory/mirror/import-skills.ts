// Skills in a folder of memory, or in an agent file, looked at without trust. They become skills of the agent; none of it is run.
import * as z from 'zod/mini';
import { t } from '../../protocol/l10n.ts';
import { sha256 } from './export.ts';
import { look } from './files.ts';
import { textIn } from './format.ts';
import type { MaskSecrets } from './masked.ts';
import { isMainFile, SKILLS_PATH } from './paths.ts';
import type { Skipped, SkipReason } from './walk.ts';

export interface ImportedSkill {
  kind: 'skill';
  /** Names the item in the choice. */
  id: string;
  /** Of its SKILL.md, or of the agent file. */
  path: string;
  name: string;
  /** Of SKILL.md, secrets masked. */
  text: string;
  /** Its other files as text, by their path in the skill's folder. */
  files: Record<string, string>;
}

/** Letta API: a skill of an agent file. */
const SkillSchema = z.object({ name: z.string(), files: z.record(z.string(), z.string()) });

function skillOf(path: string, name: string, all: ReadonlyMap<string, string>): ImportedSkill | undefined {
  const main = all.has('SKILL.md') ? 'SKILL.md' : [...all.keys()].find(isMainFile);
  const text = main === undefined ? undefined : all.get(main);
  if (main === undefined || text === undefined) return undefined;
  const files = Object.fromEntries([...all].filter(([each]) => each !== main));
  const id = `import-${sha256(`${path}\0${name}\0${text}`).slice(0, 16)}`;
  return { kind: 'skill', id, path, name, text, files };
}

const skip = (skipped: Skipped[], path: string, reason: SkipReason, why: string): void => {
  skipped.push({ path, reason, message: t('{0} was skipped: {1}.', path, why) });
};

/** @param paths of plain files below `skills/` */
export async function skillsInFolder(
  root: string,
  paths: readonly string[],
  maskSecrets: MaskSecrets,
  skipped: Skipped[],
): Promise<ImportedSkill[]> {
  const found = new Map<string, Map<string, string>>();
  for (const path of paths) {
    const [, name = '', ...rest] = path.split('/');
    if (rest.length === 0) {
      skip(skipped, path, 'not_memory', t('it lies in no skill’s folder'));
      continue;
    }
    const file = await look(root, path);
    const text = file.kind === 'file' ? textIn(file.bytes) : undefined;
    if (text === undefined) skip(skipped, path, 'not_memory', t('it is no text; only text is brought with a skill'));
    else found.set(name, (found.get(name) ?? new Map()).set(rest.join('/'), maskSecrets(text)));
  }
  return [...found].flatMap(([name, all]) => {
    const skill = skillOf(`${SKILLS_PATH}${name}/SKILL.md`, name, all);
    if (!skill) skip(skipped, `${SKILLS_PATH}${name}`, 'not_memory', t('it has no SKILL.md'));
    return skill ?? [];
  });
}

/** @param path of the agent file @param skills as it lists them */
export function skillsInAgentFile(
  path: string,
  skills: readonly unknown[],
  maskSecrets: MaskSecrets,
  skipped: Skipped[],
): ImportedSkill[] {
  return skills.flatMap((each) => {
    const parsed = SkillSchema.safeParse(each).data;
    const files = Object.entries(parsed?.files ?? {}).map(([file, text]) => [file, maskSecrets(text)] as const);
    const skill = parsed && skillOf(path, parsed.name, new Map(files));
    if (!skill) skip(skipped, path, 'damaged', t('a skill in it has no name or no SKILL.md'));
    return skill ?? [];
  });
}
