// Lines of memory that cite where they are from: written, read, compared, and held against what stands there.
import type { Citation, Evidence } from '../memory/evidence/evidence.ts';
import { likeness, termsOf, wordsOf } from '../memory/evidence/gather.ts';
import type { BlockView } from '../protocol/memory-views.ts';

export interface Place {
  path: string;
  line: number;
}

/** A line as the agent gave it. */
export interface ProposedLine {
  label: string;
  /** Without its citations. */
  text: string;
  places: Place[];
}

export type Verdict = { ok: true; text: string; evidence: Citation[] } | { ok: false; why: string };

/** From here on two lines say the same. */
const SAME_LINE = 0.7;
/** A line that cites the same place says the same with fewer words in common. */
const SAME_PLACE = 0.4;
/** How much of a line must be found in what it cites: a gathered claim says it in the same terms, a bare line of code in others. */
const COVERED_BY_CLAIM = 0.3;
const COVERED_BY_LINE = 0.5;
const MAX_LINE = 300;
const CITED = /\s*\(([^()]*:\d+[^()]*)\)\s*\.?\s*$/;
const PLACE = /^((?:commit|branch) \S+|[^\s:]+(?: [^\s:]+)*):(\d+)$/;
const LABELLED = /^\s*(?:[-*]\s*)?\*{0,2}(project|conventions)\*{0,2}\s*:\s*(.+)$/i;

/** What a claim says beside its citations and counts. */
function placesOf(text: string): { text: string; places: Place[] } {
  const cited = CITED.exec(text);
  if (!cited) return { text: text.trim(), places: [] };
  const places = (cited[1] ?? '').split(/[,;]\s*/).flatMap((part) => {
    const [, path, line] = PLACE.exec(part.trim().replaceAll('`', '')) ?? [];
    return path && line ? [{ path, line: Number(line) }] : [];
  });
  return { text: text.slice(0, cited.index).trim(), places };
}

/** The lines of a reply that begin with a block's label; everything else is talk. */
export function parseLines(reply: string): ProposedLine[] {
  return reply.split(/\r?\n/).flatMap((raw) => {
    const [, label, rest] = LABELLED.exec(raw) ?? [];
    return label && rest ? [{ label: label.toLowerCase(), ...placesOf(rest.slice(0, MAX_LINE + 200)) }] : [];
  });
}

/** Counts are for the person who looks at the evidence; a block has no room for them. */
const plain = (claim: string): string => claim.replace(/ \(\d+ (?:of \d+|places)\)/, '');

export function lineOf(claim: string, evidence: readonly Citation[]): string {
  const places = evidence.slice(0, 2).map((c) => `${c.path}:${c.line}`);
  return `- ${plain(claim).replace(/\.$/, '')} (${places.join(', ')})`;
}

interface KnownLine {
  folded: string;
  words: Set<string>;
  places: Set<string>;
}

const fold = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Lines that stand in memory, to find again in other words, with other line numbers or another end. */
export class KnownLines {
  private readonly lines: KnownLine[] = [];

  constructor(blocks: readonly BlockView[] = []) {
    for (const block of blocks) for (const line of block.value.split('\n')) this.add(line);
  }

  add(line: string): void {
    const { text, places } = placesOf(line.replace(/^\s*[-*•]\s*/, ''));
    if (fold(text) === '') return;
    this.lines.push({
      folded: fold(plain(text)),
      words: termsOf(text),
      places: new Set(places.map((p) => `${p.path}:${p.line}`)),
    });
  }

  has(claim: string, places: readonly Place[]): boolean {
    const folded = fold(plain(claim));
    const words = termsOf(claim);
    return this.lines.some((known) => {
      if (known.folded === folded) return true;
      const alike = likeness(known.words, words);
      return alike >= SAME_LINE || (alike >= SAME_PLACE && places.some((p) => known.places.has(`${p.path}:${p.line}`)));
    });
  }

  startsWith(prefix: string): boolean {
    const wanted = fold(prefix);
    return this.lines.some((known) => known.folded.startsWith(wanted));
  }
}

/** Words that turn a claim into its opposite: one in the line and another in what it cites. */
const OPPOSITES: readonly (readonly string[])[] = [
  ['single', 'double', 'backtick'],
  ['tabs', 'spaces'],
  ['named', 'default'],
  ['interface', 'type'],
  ['absolute', 'relative'],
  ['npm', 'pnpm', 'yarn', 'bun'],
  ['kebab', 'snake_case', 'camelcase', 'pascalcase'],
];
const NEGATION = /\b(?:no|not|never|without|avoid|don't|do not)\b/i;

function contradicts(line: string, source: string): boolean {
  const said = new Set(line.toLowerCase().match(/[\w]+/g));
  const there = new Set(source.toLowerCase().match(/[\w]+/g));
  return OPPOSITES.some(
    (set) =>
      set.some((word) => said.has(word) && !there.has(word)) && set.some((word) => there.has(word) && !said.has(word)),
  );
}

/** What must be taken word for word from what is cited: code and numbers. */
function inventedDetail(text: string, source: string): string | undefined {
  const details = [...text.matchAll(/`([^`]+)`/g), ...text.matchAll(/(?<![\w.])(\d+(?:\.\d+)*)(?![\w])/g)].map(
    (m) => m[1] ?? '',
  );
  return details.find((detail) => !source.includes(detail));
}

/**
 * Holds a line against what it cites. Evidence that was gathered supports what its claim says; any other place must
 * say it itself. Places that support nothing are left out of the line.
 * @param lineAt what stands at a place now; null when there is no such line
 */
export async function verifyLine(
  line: ProposedLine,
  evidence: readonly Evidence[],
  lineAt: (place: Place) => Promise<string | null>,
): Promise<Verdict> {
  if (line.text.length > MAX_LINE) return { ok: false, why: 'It is longer than a line of memory should be.' };
  if (line.places.length === 0) return { ok: false, why: 'It names no place (path:line).' };
  const supporting: Citation[] = [];
  const said: string[] = [];
  let why = '';
  // Of a line that joins two things each place says a part; together they must say all of it.
  const part = line.places.length > 1 ? 2 : 1;
  for (const place of line.places) {
    const at = `${place.path}:${place.line}`;
    const gathered = evidence.filter((e) => e.evidence.some((c) => c.path === place.path && c.line === place.line));
    const now = /^(?:commit|branch) /.test(place.path) ? textOf(gathered, place) : await lineAt(place);
    if (now === null || now.trim() === '') {
      why = `There is no line ${at}.`;
      continue;
    }
    const claims = gathered.map((e) => `${e.claim} ${e.evidence.map((c) => c.text).join(' ')}`);
    const related = claims.filter((source) => covers(source, line.text, COVERED_BY_CLAIM / part));
    const agreeing = related.filter((source) => !contradicts(line.text, source));
    const bare = `${place.path} ${now}`;
    // What was counted in the whole code base outweighs what the one line alone would let one say.
    if (related.length > 0 && agreeing.length === 0) why = `${at} says the opposite.`;
    else if (agreeing.length === 0 && !covers(bare, line.text, COVERED_BY_LINE / part)) why = `${at} does not say so.`;
    else if (agreeing.length === 0 && contradicts(line.text, bare)) why = `${at} says the opposite.`;
    else {
      supporting.push({ ...place, text: now.trim() });
      said.push(bare, ...agreeing);
    }
  }
  if (supporting.length === 0) return { ok: false, why };
  // A line may join what several places say.
  const all = said.join('\n');
  const places = supporting.map((c) => `${c.path}:${c.line}`).join(', ');
  if (part > 1 && !covers(all, line.text, COVERED_BY_LINE)) return { ok: false, why: `${places} does not say so.` };
  if (NEGATION.test(line.text) && !NEGATION.test(all)) return { ok: false, why: `${places} forbids nothing.` };
  const invented = inventedDetail(line.text, all);
  if (invented !== undefined) return { ok: false, why: `${places} does not mention ${invented}.` };
  return { ok: true, text: line.text, evidence: supporting };
}

function textOf(gathered: readonly Evidence[], place: Place): string | null {
  const cited = gathered.flatMap((e) => e.evidence).find((c) => c.path === place.path && c.line === place.line);
  return cited?.text ?? null;
}

/** Whether a source has this share of a text's words, in some form. */
function covers(source: string, text: string, share: number): boolean {
  const words = [...wordsOf(text)];
  const there = [...wordsOf(source)];
  const shared = words.filter((word) =>
    there.some((t) => t === word || (word.length > 4 && t.startsWith(word.slice(0, -1)))),
  );
  return words.length > 0 && shared.length / words.length >= share;
}
