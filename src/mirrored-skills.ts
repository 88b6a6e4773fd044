// The agent's skills as files see them: each file is checked before it becomes part of one.
import type { AgentSkill, AgentSkills } from './memory/agent-skills.ts';
import { filedOf } from './memory/mirror/filed.ts';
import { textIn } from './memory/mirror/format.ts';
import { isMainFile, skillPartsOf } from './memory/mirror/paths.ts';
import type { MirrorSkills } from './memory/mirror/types.ts';
import { accepted } from './memory/review-list.ts';
import type { Review } from './memory/store/types.ts';
import { t } from './protocol/l10n.ts';
import { isInBounds } from './skills/agent-folder.ts';
import { readSkillText } from './skills/validate.ts';

type Store = Pick<AgentSkills, 'list' | 'put' | 'remove'>;

/** A file of a skill, and what it says now; '' where it is not there. */
interface Found {
  name: string;
  file: string;
  skill: AgentSkill | undefined;
  before: string;
}

/** Whether what a file has come to say may enter the agent only after a person has seen it. `before`: '' where it is new. */
export type MustWait = (path: string, before: string, after: string) => boolean;

export class MirroredSkills implements MirrorSkills {
  private readonly store: Store;
  private readonly mustWait: MustWait;

  constructor(store: Store, mustWait: MustWait) {
    this.store = store;
    this.mustWait = mustWait;
  }

  /** Those that no file could be written of outside of their folder. @throws LettaError */
  async list(): Promise<AgentSkill[]> {
    return (await this.store.list()).filter(isInBounds);
  }

  /** @throws Error for what `problemWith` names, and a file of no skill that is not its SKILL.md; LettaError */
  async write(path: string, text: string, expected: Uint8Array | null): Promise<'written' | 'changed' | 'held'> {
    const found = await this.findUnchanged(path, text, expected);
    if (found === 'changed') return 'changed';
    if (this.mustWait(path, found.before, text)) return 'held';
    await this.put(found, text);
    return 'written';
  }

  private async findUnchanged(path: string, text: string, expected: Uint8Array | null): Promise<'changed' | Found> {
    const problem = this.problemWith(path, text);
    if (problem !== undefined) throw new Error(`${path}: ${problem}`);
    const found = await this.find(path);
    const now = found.skill?.files.get(found.file) ?? null;
    const isExpected = now === null || expected === null ? now === expected : Buffer.compare(now, expected) === 0;
    return isExpected ? { ...found, before: now === null ? '' : (textIn(now) ?? '') } : 'changed';
  }

  private async put({ name, file, skill }: Found, text: string): Promise<void> {
    if (!skill && !isMainFile(file)) throw new Error(t('There is no skill “{0}” yet: its SKILL.md comes first.', name));
    await this.store.put({ ...skill, name, files: new Map(skill?.files).set(file, Buffer.from(text)) });
  }

  problemWith(path: string, text: string): string | undefined {
    const { name, file } = partsOf(path);
    if (!isInBounds({ name, files: new Map([[file, new Uint8Array()]]) }))
      return t('no skill, or no file of one, may have this name');
    return isMainFile(file) ? readSkillText(text, name).problems[0] : undefined;
  }

  /**
   * Carries out a proposal of the mirror that the person accepted; the same twice is the same as once.
   * @param text what they read, and perhaps edited
   * @returns the SKILL.md that says exactly this now, by its path in the folder of skills
   * @throws Error saying why it cannot be
   */
  async accept(review: Review, text: string): Promise<{ file: string; text: string } | undefined> {
    const path = review.label;
    const { name, file, skill } = await this.find(path);
    const bytes = skill?.files.get(file);
    const now = bytes === undefined ? '' : (textIn(bytes) ?? '');
    if (filedOf(review)?.action === 'delete') {
      if (bytes && now !== (review.base ?? ''))
        throw new Error(t('{0} was changed since. Reject this to keep it.', path));
      await this.remove(name, file, skill);
      return undefined;
    }
    const after = accepted(review, now, { text });
    if (after === null)
      throw new Error(
        t(
          'The same lines of {0} were changed since this was proposed. Reject it, and put what is missing into the file.',
          path,
        ),
      );
    const found = await this.findUnchanged(path, after, bytes ?? null);
    if (found === 'changed') throw new Error(t('{0} was changed just now. Look at it, then accept this again.', path));
    await this.put(found, after);
    return isMainFile(file) && after === text ? { file: `${name}/${file}`, text } : undefined;
  }

  /** Without its SKILL.md there is no skill. */
  private async remove(name: string, file: string, skill: AgentSkill | undefined): Promise<void> {
    if (isMainFile(file)) return this.store.remove(name);
    const files = new Map(skill?.files);
    if (files.delete(file)) await this.store.put({ ...skill, name, files });
  }

  private async find(path: string): Promise<{ name: string; file: string; skill: AgentSkill | undefined }> {
    const parts = partsOf(path);
    return { ...parts, skill: (await this.list()).find((skill) => skill.name === parts.name) };
  }
}

function partsOf(path: string): { name: string; file: string } {
  const parts = skillPartsOf(path);
  if (!parts) throw new Error(t('{0} lies in no skill’s folder.', path));
  return parts;
}
