// Mends what is wrong with a SKILL.md where that needs no thought: its frontmatter, its name, the length of its description.
import { isMap, parseDocument } from 'yaml';
import { t } from '../protocol/l10n.ts';
import { type SplitText, splitFrontmatter } from './frontmatter.ts';
import { isSkillName, toSkillName } from './skill-name.ts';
import { MAX_DESCRIPTION, readSkillText } from './validate.ts';

export interface SkillFix {
  /** Of SKILL.md. */
  text: string;
  /** What its folder is to be called. */
  folder: string;
  /** For the person, e.g. `sets the name to deploy`. */
  changes: string[];
}

/** Longer ones cost in every request. */
const MADE_DESCRIPTION = 300;

/**
 * @param folder the name of the skill's folder
 * @returns undefined when nothing is wrong with the text, or more than can be mended this way. Never throws.
 */
export function mechanicalFix(text: string, folder: string): SkillFix | undefined {
  if (readSkillText(text, folder).problems.length === 0) return undefined;
  const changes: string[] = [];
  const split = withFrontmatter(text, changes);
  if (split === undefined) return undefined;
  const yaml = quoted(split.yaml, changes);
  const fields = parseDocument(yaml, { logLevel: 'silent', schema: 'core' });
  if (fields.errors.length > 0 || (fields.contents !== null && !isMap(fields.contents))) return undefined;

  const given = fields.get('name');
  const name = isSkillName(folder) ? folder : toSkillName(typeof given === 'string' ? given : folder);
  if (!isSkillName(name)) return undefined;
  if (given !== name) {
    fields.set('name', name);
    changes.push(t('sets the name to {0}', name));
  }
  if (folder !== name) changes.push(t('renames the folder to {0}', name));
  const description = descriptionFor(fields.get('description'), fields.get('when_to_use'), split.body);
  if (description !== undefined) {
    fields.set('description', description.text);
    changes.push(description.change);
  }
  const changed = given !== name || description !== undefined;
  const written = changed ? withLineEnds(fields.toString({ lineWidth: 0 }), split.open) : yaml;
  const fixed = split.bom + split.open + written + split.close + split.body;
  if (readSkillText(fixed, name).problems.length > 0) return undefined;
  return { text: fixed, folder: name, changes };
}

const withLineEnds = (text: string, open: string): string =>
  open.includes('\r\n') ? text.replace(/\r?\n/g, '\r\n') : text;

/** The text with a frontmatter of its own, or one that is closed. */
function withFrontmatter(text: string, changes: string[]): SplitText | undefined {
  const split = splitFrontmatter(text);
  if (split.open !== '') return split;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const close = `---${newline}`;
  // Another language than YAML may mean anything.
  if (/^---\w/.test(split.body)) return undefined;
  const opening = /^---[ \t]*\r?\n/.exec(split.body)?.[0];
  if (opening === undefined) {
    changes.push(t('adds the frontmatter'));
    return { ...split, open: close, yaml: '', close: `${close}${newline}` };
  }
  const rest = split.body.slice(opening.length);
  const yaml = /^(?:[\w-]+:.*(?:\r?\n|$)|[ \t]+\S.*(?:\r?\n|$))+/.exec(rest)?.[0];
  if (yaml === undefined) return undefined;
  changes.push(t('closes the frontmatter'));
  return { ...split, open: opening, yaml, close, body: rest.slice(yaml.length) };
}

/** Values that only lack quotes get them. */
function quoted(yaml: string, changes: string[]): string {
  const errors = (text: string) => parseDocument(text, { logLevel: 'silent', schema: 'core' }).errors.length;
  if (errors(yaml) === 0) return yaml;
  const fixed = yaml.replace(
    /^([\w-]+):[ \t]+([^\s'"[{|>&*!].*?)[ \t]*(\r?)$/gm,
    (line, key: string, value: string, end: string) =>
      errors(`${key}: ${value}`) === 0 ? line : `${key}: ${JSON.stringify(value)}${end}`,
  );
  if (fixed !== yaml) changes.push(t('puts text with a colon into quotes'));
  return fixed;
}

function descriptionFor(
  given: unknown,
  whenToUse: unknown,
  body: string,
): { text: string; change: string } | undefined {
  if (typeof given === 'string' && given.trim() !== '') {
    if (given.trim().length <= MAX_DESCRIPTION) return undefined;
    return { text: cutAtSentence(given.trim(), MAX_DESCRIPTION), change: t('shortens the description') };
  }
  const from = typeof whenToUse === 'string' && whenToUse.trim() !== '' ? whenToUse : firstParagraph(body);
  if (from === '') return undefined;
  return { text: cutAtSentence(from, MADE_DESCRIPTION), change: t('takes the description from the text') };
}

/** The first words that are neither heading, list, quote nor code; else the first heading. On one line. */
function firstParagraph(body: string): string {
  const parts = body
    .replace(/^(`{3,}|~{3,})[\s\S]*?^\1.*$/gm, '')
    .split(/\r?\n[ \t]*\r?\n/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const words = parts.map((part) => part.replace(/^#{1,6}[ \t].*(?:\r?\n|$)/, '').trim());
  const found = words.find((part) => part !== '' && !/^(?:[#>|*+-]|\d+[.)])/.test(part));
  return (found ?? parts[0]?.split(/\r?\n/)[0]?.replace(/^#+\s*/, '') ?? '').replace(/\s+/g, ' ').trim();
}

function cutAtSentence(text: string, most: number): string {
  if (text.length <= most) return text;
  const start = text.slice(0, most - 1);
  const end = Math.max(start.lastIndexOf('. '), start.lastIndexOf('! '), start.lastIndexOf('? '));
  return end > most / 3 ? start.slice(0, end + 1) : `${start.replace(/\s+\S*$/, '')}…`;
}
