// Claims about the parts of a type, in words: "Severity has a CRITICAL level".
import { contradicted, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { escapeRegExp } from './mask.ts';
import type { Workspace } from './workspace.ts';

const HAS =
  /\b([A-Z]\w+)[`'"]?\s+(?:also\s+)?has\s+(?:an?|the)\s+[`'"]?([A-Za-z_]\w*)[`'"]?\s+(?:level|value|case|state|option|member|variant|mode|field|method|property|attribute|constant|entry)\b/g;
/** Words that tell what kind of part it is. */
const DESCRIBES =
  /^(?:new|single|second|third|default|private|public|static|optional|required|separate|boolean|string|numeric|read|computed|stored|class|instance|helper|special|hidden|custom|unique|nullable|own)$/i;

export async function checkMembers(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  if (line.idle) return [];
  const outcomes: Outcome[] = [];
  for (const match of line.plain.matchAll(HAS)) {
    const [, owner = '', member = ''] = match;
    const type = (await workspace.definitions(owner)).find(
      ({ kind, start, end }) => kind === 'type' && end - start > owner.length + 12,
    );
    if (!type || DESCRIBES.test(member)) continue;
    const body = ((await workspace.text(type.path)) ?? '').slice(type.start, type.end);
    const has = new RegExp(`(?<![A-Za-z\\d])${escapeRegExp(member)}(?![A-Za-z\\d])`, 'i').test(body);
    const place = { path: type.path, line: type.line };
    // A class may have more from those that it is built on, and methods of Go and Rust stand elsewhere.
    if (has || (await workspace.definitions(member)).some(({ kind }) => kind === 'callable'))
      outcomes.push(supported(`${owner} has ${member}.`, place));
    else if (/\benum\b|Enum\)/.test(body.split('\n')[0] ?? '') || (await isWhole(type, body)))
      outcomes.push(contradicted(`${owner} has no ${member}.`, place));
  }
  return outcomes;
}

/** Nothing is added to it from elsewhere: it is built on nothing, or on an error that every language knows. */
async function isWhole({ path }: { path: string }, body: string): Promise<boolean> {
  const head = body.split(/\{|:\s*\n/)[0] ?? '';
  if (/\bextends\s+(?:Error|TypeError|RangeError)\s*$/.test(head)) return true;
  if (/\b(?:extends|implements|with)\b|\w\s*\([^)]*\w[^)]*\)|:\s*\w|\buse\b|@/.test(head)) return false;
  // Of Go: a line with a type alone embeds it.
  return !(path.endsWith('.go') && /^\s*\*?[\w.]+\s*$/m.test(body.slice(head.length + 1, -1)));
}
