// Takes the frontmatter of a SKILL.md apart and reads it as plain YAML data: nothing in it is ever executed.
import { parseDocument } from 'yaml';
import { t } from '../protocol/l10n.ts';

/** The five parts put together again are the text, byte for byte: comments and line ends included. */
export interface SplitText {
  /** A byte order mark, or ''. */
  bom: string;
  /** The opening line with its line end; '' when there is no frontmatter. */
  open: string;
  yaml: string;
  close: string;
  body: string;
}

export interface Frontmatter {
  data: Record<string, unknown>;
  body: string;
  /** What is wrong and how to mend it; then `data` holds what could be read. */
  problems: string[];
}

/** A line of three hyphens, at the place where it is looked for. */
const FENCE = /---[ \t]*(?:\r?\n|$)/y;

function fenceAt(text: string, at: number): string | undefined {
  FENCE.lastIndex = at;
  return FENCE.exec(text)?.[0];
}

/** Never throws. Without an opening and a closing line of three hyphens everything is body. */
export function splitFrontmatter(text: string): SplitText {
  const bom = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const start = bom.length;
  const none = { bom, open: '', yaml: '', close: '', body: text.slice(start) };
  const open = fenceAt(text, start);
  if (open === undefined) return none;
  for (let at = start + open.length; at < text.length; ) {
    const close = fenceAt(text, at);
    if (close !== undefined) {
      return { bom, open, yaml: text.slice(start + open.length, at), close, body: text.slice(at + close.length) };
    }
    const end = text.indexOf('\n', at);
    if (end < 0) break;
    at = end + 1;
  }
  return none;
}

function whyMissing(text: string): string {
  const start = text.replace(/^\uFEFF/, '');
  if (fenceAt(start, 0) !== undefined)
    return t('The frontmatter is not closed: add a line with three hyphens (---) after it.');
  if (/^---\w/.test(start)) {
    return t('The first line names a language. Only YAML is read: make the first line three hyphens (---).');
  }
  return t(
    'There is no frontmatter: begin with a line of three hyphens (---), then name: and description:, then --- again.',
  );
}

/** Never throws. */
export function parseFrontmatter(text: string): Frontmatter {
  const split = splitFrontmatter(text);
  if (split.open === '') return { data: {}, body: split.body, problems: [whyMissing(text)] };
  const problems: string[] = [];
  let value: unknown;
  try {
    const document = parseDocument(split.yaml, { logLevel: 'silent', prettyErrors: true, schema: 'core' });
    for (const error of document.errors.slice(0, 3)) {
      const line = (error.linePos?.[0].line ?? 0) + 1;
      const what = error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '';
      problems.push(
        t(
          'The frontmatter is no valid YAML (line {0}): {1}. Text with a colon or a # needs quotes.',
          String(line),
          what,
        ),
      );
    }
    // An error may leave a tree that can't be read; aliases may be built to explode.
    value = document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    if (problems.length === 0) problems.push(t("The frontmatter can't be read: {0}", String(error)));
  }
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMap && problems.length === 0) {
    problems.push(t('The frontmatter holds no fields: it needs name: and description:, each on a line of its own.'));
  }
  return { data: isMap ? (value as Record<string, unknown>) : {}, body: split.body, problems };
}
