// Ranking of the archive: which passages are worth reading, and then which of them fit best.
import type { PassageIndex } from './passage-index.ts';
import { STOP_WORDS, type Token, tagTerm, tokenize } from './search-terms.ts';
import { synonymsOf } from './synonyms.ts';

/** A word in more passages than this is not worth listing them; it only counts for those that other words have found. */
const COMMON = 4_000;
/** Where all words are common: so many of the newest passages are looked at. */
const NEWEST = 400;
/** So many are read and ranked by their text. */
const READ = 200;
const MAX_WORDS = 24;
const EXPANSIONS = 12;

const WEIGHT = { exact: 1, whole: 1.6, joined: 0.9, prefix: 0.7, synonym: 0.55, infix: 0.5, typo: 0.6 };
/** BM25's saturation and length normalisation. */
const K1 = 1.2;
const B = 0.4;
/** What a pair of neighbours in the query is worth where they stand together in the text, in shares of their weight. */
const NEAR = 0.25;

interface Clause {
  terms: string[];
  weight: number;
  /** In how many passages. */
  count: number;
}

/** One word of the query with all that may stand for it. */
interface Group {
  clauses: Clause[];
  count: number;
}

export interface WordQuery {
  agent: number;
  query: string;
  tags: readonly string[];
  allTags: boolean;
  /** Leaves those that may be found; asked with at most a few thousand at a time. */
  admit: ((numbers: readonly number[]) => readonly number[]) | undefined;
  total: number;
}

export interface Ranked {
  n: number;
  score: number;
  /** Words of the passage that answer the query. */
  matched: string[];
}

/** @param read texts of passages by number; @returns best first */
export function rankPassages(
  index: PassageIndex,
  search: WordQuery,
  read: (numbers: readonly number[]) => { n: number; text: string }[],
): Ranked[] {
  const groups = groupsOf(index, search);
  if (groups.length === 0) return [];
  const idf = (count: number) => Math.log(1 + (search.total - count + 0.5) / (count + 0.5));
  const candidates = candidatesOf(index, search, groups, idf);
  const best = [...candidates].sort((a, b) => b[1] - a[1] || b[0] - a[0]).slice(0, READ);
  const weights = new Map<string, { group: number; weight: number }>();
  groups.forEach(({ clauses }, group) => {
    for (const clause of clauses)
      for (const term of clause.terms) {
        const weight = clause.weight * idf(index.count(search.agent, term));
        if (weight > (weights.get(term)?.weight ?? 0)) weights.set(term, { group, weight });
      }
  });
  return read(best.map(([n]) => n))
    .map(({ n, text }) => ({ n, ...scoreText(tokenize(text), weights, groups.length) }))
    .sort((a, b) => b.score - a.score || b.n - a.n);
}

function groupsOf(index: PassageIndex, { agent, query }: WordQuery): Group[] {
  const tokens = tokenize(query).slice(0, MAX_WORDS);
  const all = wordsOf(tokens);
  const telling = all.filter(({ term }) => !STOP_WORDS.has(term));
  const words = telling.length > 0 ? telling : all;
  const groups: Group[] = [];
  const seen = new Set<string>();
  words.forEach(({ term }, i) => {
    if (seen.has(term)) return;
    seen.add(term);
    const clauses = clausesOf(index, agent, term);
    const next = words[i + 1];
    // "sign in" is "signin", and "time out" a "timeout".
    if (next && next.token === (words[i]?.token ?? 0) + 1) {
      const joined = `${words[i]?.plain ?? ''}${next.plain}`;
      addClause(index, agent, clauses, [joined, ...synonymsOf(joined)], WEIGHT.joined);
    }
    if (clauses.length > 0) groups.push(toGroup(clauses));
  });
  for (const { whole } of tokens) {
    if (whole === undefined || seen.has(whole)) continue;
    seen.add(whole);
    const clauses: Clause[] = [];
    addClause(index, agent, clauses, [whole], WEIGHT.whole);
    if (clauses.length === 0)
      addClause(
        index,
        agent,
        clauses,
        index.beginning(agent, whole, EXPANSIONS).map(({ term }) => term),
        WEIGHT.whole,
      );
    if (clauses.length > 0) groups.push(toGroup(clauses));
  }
  return groups;
}

function toGroup(clauses: Clause[]): Group {
  return { clauses, count: clauses.reduce((sum, clause) => sum + clause.count, 0) };
}

function wordsOf(tokens: readonly Token[]): { term: string; plain: string; token: number }[] {
  return tokens.flatMap(({ raw, parts }, token) =>
    parts.map((term) => ({ term, plain: parts.length === 1 ? raw.toLowerCase() : term, token })),
  );
}

function clausesOf(index: PassageIndex, agent: number, term: string): Clause[] {
  const clauses: Clause[] = [];
  addClause(index, agent, clauses, [term], WEIGHT.exact);
  addClause(index, agent, clauses, synonymsOf(term), WEIGHT.synonym);
  if (clauses[0]?.terms[0] === term || term.length < 3) return clauses;
  const longer = index.beginning(agent, term, EXPANSIONS);
  addClause(
    index,
    agent,
    clauses,
    longer.map((each) => each.term),
    WEIGHT.prefix,
  );
  if (longer.length > 0) return clauses;
  const inner = term.length >= 4 ? index.containing(agent, term, EXPANSIONS).map((each) => each.term) : [];
  addClause(index, agent, clauses, inner, WEIGHT.infix);
  if (inner.length > 0 || term.length < 5) return clauses;
  const near = index.beginning(agent, term.slice(0, 2), 2_000).filter((each) => isTypo(each.term, term));
  addClause(
    index,
    agent,
    clauses,
    near.slice(0, 3).map((each) => each.term),
    WEIGHT.typo,
  );
  return clauses;
}

/** Terms that stand for the same word are as rare as all of them together: a rare synonym is no better than a common one. */
function addClause(
  index: PassageIndex,
  agent: number,
  clauses: Clause[],
  given: readonly string[],
  weight: number,
): void {
  const known = given
    .filter((term) => !clauses.some((clause) => clause.terms.includes(term)))
    .map((term) => ({ term, count: index.count(agent, term) }))
    .filter(({ count }) => count > 0);
  const count = known.reduce((sum, each) => sum + each.count, 0);
  if (count > 0) clauses.push({ terms: known.map(({ term }) => term), weight, count });
}

/** Passages by what they are worth, judged by which words they have. */
function candidatesOf(
  index: PassageIndex,
  search: WordQuery,
  groups: readonly Group[],
  idf: (count: number) => number,
): Map<number, number> {
  const scope = tagScope(search);
  const scores = new Map<number, number>();
  const admitted = new Set<number>();
  const admit = (numbers: readonly number[]) => {
    const fresh = search.admit ? numbers.filter((n) => !admitted.has(n)) : [];
    if (search.admit && fresh.length > 0) for (const n of search.admit(fresh)) admitted.add(n);
    return search.admit ? numbers.filter((n) => admitted.has(n)) : numbers;
  };
  const credit = (group: readonly { numbers: readonly number[]; value: number }[]) => {
    const values = new Map<number, number>();
    for (const { numbers, value } of group)
      for (const n of numbers) if (value > (values.get(n) ?? 0)) values.set(n, value);
    for (const [n, value] of values) scores.set(n, (scores.get(n) ?? 0) + value);
  };
  const find = (terms: readonly string[], within: readonly string[], limit: number) =>
    index.match(search.agent, [...within, anyOf(terms)].join(' AND '), limit);

  const isCommon = (clause: Clause) => clause.count > COMMON;
  const rare = groups.flatMap((group) => group.clauses.filter((clause) => !isCommon(clause)));
  for (const group of groups)
    credit(
      group.clauses
        .filter((clause) => !isCommon(clause))
        .map((clause) => ({
          numbers: admit(find(clause.terms, scope, COMMON)),
          value: clause.weight * idf(clause.count),
        })),
    );
  const common = groups.flatMap((group) => group.clauses.filter(isCommon));
  if (common.length === 0) return scores;
  if (scores.size > 0) {
    const within = [...scope, anyOf(rare.flatMap((clause) => clause.terms))];
    for (const clause of common) {
      const numbers = find(clause.terms, within, COMMON).filter((n) => scores.has(n));
      credit([{ numbers, value: clause.weight * idf(clause.count) }]);
    }
  }
  if (scores.size >= READ) return scores;
  // Nothing telling: the newest that have all the common words, then any of them.
  const limit = search.admit ? 50 * NEWEST : NEWEST;
  const each = groups.flatMap((group) => {
    const terms = group.clauses.filter(isCommon).flatMap((clause) => clause.terms);
    return terms.length > 0 ? [terms] : [];
  });
  const value = common.reduce((sum, clause) => sum + clause.weight * idf(clause.count), 0);
  const found = admit(index.match(search.agent, [...scope, ...each.map(anyOf)].join(' AND '), limit));
  for (const n of found) if (!scores.has(n)) scores.set(n, value);
  if (found.length < READ)
    for (const terms of each)
      for (const n of admit(find(terms, scope, limit))) if (!scores.has(n)) scores.set(n, value / each.length);
  return scores;
}

function tagScope({ tags, allTags }: WordQuery): string[] {
  if (tags.length === 0) return [];
  return allTags ? tags.map(tagTerm) : [anyOf(tags.map(tagTerm))];
}

function anyOf(terms: readonly string[]): string {
  return terms.length === 1 ? `"${terms[0]}"` : `(${terms.map((term) => `"${term}"`).join(' OR ')})`;
}

function scoreText(
  tokens: readonly Token[],
  weights: ReadonlyMap<string, { group: number; weight: number }>,
  groups: number,
): { score: number; matched: string[] } {
  /** Occurrences by group, each worth what its term is. */
  const found = new Map<number, { times: number; weight: number }>();
  const matched = new Set<string>();
  let near = 0;
  let before: { group: number; weight: number; at: number } | undefined;
  tokens.forEach(({ raw, parts, whole }, at) => {
    for (const term of whole === undefined ? parts : [...parts, whole]) {
      const hit = weights.get(term);
      if (!hit) continue;
      matched.add(raw);
      const had = found.get(hit.group);
      found.set(hit.group, { times: (had?.times ?? 0) + 1, weight: Math.max(had?.weight ?? 0, hit.weight) });
      if (before && hit.group === before.group + 1 && at - before.at <= 3) near += Math.min(hit.weight, before.weight);
      before = { ...hit, at };
    }
  });
  const length = 1 - B + (B * tokens.length) / AVERAGE_LENGTH;
  let score = near * NEAR;
  for (const { times, weight } of found.values()) score += (weight * times * (K1 + 1)) / (times + K1 * length);
  // A passage that has more of the different words beats one that has a rare one twice.
  return { score: score * (0.5 + (0.5 * found.size) / groups), matched: [...matched] };
}

/** Words of a passage as agents write them. */
const AVERAGE_LENGTH = 20;

/** One letter more, less or other, or two swapped. */
export function isTypo(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  if (a.length === b.length)
    return (
      a.slice(i + 1) === b.slice(i + 1) || (a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2))
    );
  return a.length > b.length ? a.slice(i + 1) === b.slice(i) : a.slice(i) === b.slice(i + 1);
}
