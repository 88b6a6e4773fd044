// Claims that list names: "flavors are dev, staging and prod", where the workspace has a list with most of them and not all.

import type { PathMention } from './claim-paths.ts';
import { contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { escapeRegExp, lineAt } from './mask.ts';
import { isKnown } from './vocabulary.ts';
import { isTestPath, type Workspace } from './workspace.ts';

const ITEM = String.raw`[\x60'":]?[A-Za-z](?:[\w.-]*\w)?[\x60'"]?`;
const LIST = new RegExp(
  String.raw`(?:[:=(]|\b(?:are|is|in|has|have|of|be|either|for|named|called|with|includes?|contains?|supports?))\s+(${ITEM}(?:\s*,\s*${ITEM}){0,14}(?:\s*,?\s+(?:and|or)\s+|\s*,\s*)${ITEM})(?=\s*(?:$|[.;)(]|in\b|\())`,
  'g',
);
const PROSE = /\.(?:mdx?|txt|rst|adoc|svg|lock|po|snap)$|-lock\.\w+$/i;
/** How many lines a list of names takes at most. */
const SPAN = 16;

interface Hit {
  items: ReadonlySet<string>;
  /** All of them in one line. */
  row: boolean;
  place: Evidence;
  /** What stands there and right before, and the path. */
  around: string;
}

/** The place with most of the names close together. */
async function densest(items: readonly string[], workspace: Workspace): Promise<Hit | undefined> {
  const patterns = items.map((item) => ({
    item,
    pattern: new RegExp(`(?<![A-Za-z\\d])${escapeRegExp(item)}(?![A-Za-z\\d])`, 'i'),
  }));
  let best: Hit | undefined;
  for (const path of await workspace.files()) {
    if (PROSE.test(path) || isTestPath(path)) continue;
    const text = (await workspace.text(path)) ?? '';
    const here = patterns.filter(({ pattern }) => pattern.test(text));
    if (here.length < 2 || here.length < (best?.items.size ?? 0)) continue;
    const rows = text.split('\n');
    const hits = rows.map((row) => here.filter(({ pattern }) => pattern.test(row)).map(({ item }) => item));
    for (const [index, first] of hits.entries()) {
      if (first.length === 0) continue;
      const window = new Set(hits.slice(index, index + SPAN).flat());
      const row = first.length >= 2;
      const size = row ? Math.max(first.length, window.size) : window.size;
      if (size < 2 || (best && (size < best.items.size || (size === best.items.size && (best.row || !row))))) continue;
      best = {
        items: window,
        row,
        place: { path, line: index + 1 },
        around: [path, ...rows.slice(Math.max(0, index - 2), index + 1)].join(' ').toLowerCase(),
      };
    }
  }
  return best;
}

/** "active, inactive or deceased (enum in member.rb)": the file that the line names has some of them, and the rest is nowhere. */
async function inNamedFile(
  line: LineText,
  items: readonly string[],
  paths: readonly PathMention[],
  workspace: Workspace,
): Promise<Outcome | undefined> {
  const [path, ...others] = paths.flatMap(({ found }) => found);
  if (
    path === undefined ||
    others.length > 0 ||
    !/\b(?:enum|values|states?|status|roles?|kinds?|one of|options)\b/i.test(line.plain)
  )
    return undefined;
  const text = (await workspace.text(path)) ?? '';
  const offset = (item: string): number =>
    text.search(new RegExp(`(?<![A-Za-z\\d])${escapeRegExp(item)}(?![A-Za-z\\d])`, 'i'));
  const [known] = items.filter((item) => offset(item) >= 0);
  if (known === undefined) return undefined;
  const place = { path, line: lineAt(text, offset(known)) };
  for (const item of items)
    if (offset(item) < 0 && !(await isKnown(item, workspace))) return contradicted(`${path} has no ${item}.`, place);
  return undefined;
}

export async function checkLists(
  line: LineText,
  paths: readonly PathMention[],
  workspace: Workspace,
): Promise<Outcome[]> {
  if (line.idle) return [];
  const outcomes: Outcome[] = [];
  for (const match of line.plain.matchAll(LIST)) {
    const items = [
      ...new Set(
        (match[1] ?? '')
          .split(/\s*,\s*(?:(?:and|or)\s+)?|\s+(?:and|or)\s+/)
          .map((item) => item.replace(/^[`'":]+|[`'"]+$/g, '')),
      ),
    ];
    if (items.length < 3 || items.some((item) => item.length < 2)) continue;
    const start = match.index + match[0].indexOf(match[1] ?? '');
    if (line.existence(start, start + 1) !== 'there' || line.use(start, start + 1) !== 'there') continue;
    const named = await inNamedFile(line, items, paths, workspace);
    const hit = named ? undefined : await densest(items, workspace);
    if (named) outcomes.push(named);
    if (!hit) continue;
    const missing = items.filter((item) => !hit.items.has(item));
    if (missing.length === 0) outcomes.push(supported('All of them stand together.', hit.place));
    else if (hit.items.size >= 2 && missing.length <= items.length - 2) {
      const unheard: string[] = [];
      for (const item of missing) if (!(await isKnown(item, workspace))) unheard.push(item);
      const subject = [...line.plain.slice(0, start).matchAll(/[A-Za-z]{4,}/g)]
        .map(([word]) => word.toLowerCase().replace(/(?:es|s)$/, ''))
        .filter((word) => hit.around.includes(word));
      const [gone] =
        unheard.length > 0
          ? unheard
          : hit.row && subject.length > 0 && hit.items.size * 2 > items.length
            ? missing
            : [];
      if (gone !== undefined) outcomes.push(contradicted(`${gone} is not among them.`, hit.place));
    }
  }
  return outcomes;
}
