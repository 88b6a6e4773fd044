// The examples on which a skill can be tried: a section "Examples" in its SKILL.md, a list item each, and `examples/*.md` beside it.
import { splitFrontmatter } from './frontmatter.ts';

export interface SkillExample {
  /** One line. */
  title: string;
  /** What is asked. */
  prompt: string;
}

const MOST = 20;
const MOST_CHARACTERS = 8_000;

const titleOf = (prompt: string): string => {
  const line = prompt.split('\n').find((each) => each.trim() !== '') ?? '';
  return line
    .replace(/^#+\s*/, '')
    .trim()
    .slice(0, 100);
};
const exampleOf = (prompt: string): SkillExample => ({
  title: titleOf(prompt),
  prompt: prompt.slice(0, MOST_CHARACTERS),
});

/** The items of the section "Examples", whatever its level; a nested or indented line belongs to the item above it. */
export function examplesIn(skillMd: string): SkillExample[] {
  const items: string[] = [];
  let level = 0;
  let fence = '';
  for (const line of splitFrontmatter(skillMd).body.split(/\r?\n/)) {
    const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === '' && mark) fence = mark;
    else if (mark?.startsWith(fence)) fence = '';
    const heading = fence === '' ? /^(#{1,6})\s+(.*?)\s*#*$/.exec(line) : null;
    const depth = heading?.[1]?.length ?? 0;
    if (heading && /^examples?$/i.test(heading[2] ?? '')) level = depth;
    else if (heading && depth <= level) level = 0;
    if (level === 0 || heading) continue;
    const item = fence === '' ? /^(?:[-*+]|\d+[.)])\s+(.*)$/.exec(line)?.[1] : undefined;
    if (item !== undefined) items.push(item);
    else if (items.length > 0) items.push(`${items.pop()}\n${line.trim()}`);
  }
  return items
    .map((item) => item.trim())
    .filter(Boolean)
    .map(exampleOf)
    .slice(0, MOST);
}

/**
 * All examples of a skill.
 * @param files relative to its folder, with `/`
 * @param read the text of one; one that cannot be read is left out
 */
export async function examplesOf(
  skillMd: string,
  files: readonly string[],
  read: (path: string) => Promise<string>,
): Promise<SkillExample[]> {
  const own = files.filter((path) => /^examples\/[^/]+\.md$/i.test(path)).slice(0, MOST);
  const texts = await Promise.all(own.map((path) => read(path).catch(() => '')));
  const found = texts
    .map((text) => splitFrontmatter(text).body.trim())
    .filter(Boolean)
    .map(exampleOf);
  return [...examplesIn(skillMd), ...found].slice(0, MOST);
}
