// What a reply of the agent holds of a skill: its SKILL.md, and the templates and scripts that go with it.

import { t } from '../protocol/l10n.ts';
import { pathProblem, type SkillFile } from '../skills/files-beside.ts';

export interface SkillReply {
  /** Undefined: the reply has none. */
  skillMd?: string;
  files: SkillFile[];
  /** Why a file was left out, a sentence each. */
  leftOut: string[];
}

const MOST_FILES = 6;
/** Characters. A template that is larger is no template. */
const MOST_FILE = 64 * 1024;

/** How a reply gives files: for a prompt. */
export const FILE_FORMAT =
  'Give each such file after the SKILL.md as a fenced block of four tildes with its path on the first line, and name it in the steps: a line `~~~~file templates/name.ts`, the file, a line `~~~~`. Paths begin with templates/ or scripts/ (examples/*.md for examples).';

/** A block of four fence characters or more, to its closing fence or the end of the reply. */
const FILE_BLOCK = /^(~{4,}|`{4,})[ \t]*file[ \t:]+([^\n]+)\n([\s\S]*?)(?:^\1[ \t]*$|(?![\s\S]))/gm;

/** Takes a reply apart. Never throws; what cannot be used is said in `leftOut`. */
export function readSkillReply(reply: string): SkillReply {
  const files: SkillFile[] = [];
  const leftOut: string[] = [];
  const rest = reply.replace(/\r\n/g, '\n').replace(FILE_BLOCK, (_, _fence: string, rawPath: string, text: string) => {
    const path = rawPath.trim();
    const problem = fileProblem(path, text, files);
    if (problem) leftOut.push(t('{0} was left out: {1}.', path.slice(0, 80), problem));
    else files.push({ path, text });
    return '';
  });
  const skillMd = extractSkill(rest);
  return { ...(skillMd === undefined ? {} : { skillMd }), files, leftOut };
}

function fileProblem(path: string, text: string, before: readonly SkillFile[]): string | undefined {
  const problem = pathProblem(path);
  if (problem) return problem;
  if (before.length >= MOST_FILES) return t('a draft has at most {0} files', MOST_FILES);
  if (text.length > MOST_FILE) return t('it is too large');
  // Some file systems take both for one.
  if (before.some((each) => each.path.toLowerCase() === path.toLowerCase())) return t('there is one of that name');
  return text.trim() === '' ? t('it is empty') : undefined;
}

/** Takes a SKILL.md out of a reply: whole, or inside a fence, or after some words. Undefined when there is none. */
export function extractSkill(reply: string): string | undefined {
  const text = reply.replace(/\r\n/g, '\n').trim();
  // The outer fence may itself hold fences: take everything up to the last one.
  const fenced = /^(`{3,}|~{3,})(?:markdown|md)?\n(---\n[\s\S]*)\n\1\s*$/m.exec(text)?.[2];
  // A skill that begins at once may quote a fenced one.
  const body = text.startsWith('---\n') ? text : (fenced ?? text);
  const start = body.startsWith('---\n') ? 0 : body.indexOf('\n---\n') + 1;
  const candidate = body.slice(start);
  if (!candidate.startsWith('---\n') || candidate.indexOf('\n---', 3) < 0) return undefined;
  return `${candidate.trimEnd()}\n`;
}

/** A fence longer than any inside the text. */
export function fenceFor(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((m) => m[0].length));
  return '`'.repeat(longest + 1);
}
