// /doctor <symptom>: which blocks, lines, skills and messages may stand behind an answer, with their ids.
import type { BlockView } from '../protocol/memory-views.ts';
import { linesOf } from './findings.ts';

export interface TraceSources {
  blocks(): Promise<BlockView[]>;
  /** What the thread had at hand, with when it was used last. */
  skills(): Promise<readonly { id: string; name: string; text: string }[]>;
  /** A search over messages, best first. */
  searchMessages(
    query: string,
    limit: number,
  ): Promise<readonly { id: string; threadId: string; text: string; date: string }[]>;
}

export type TraceHit =
  | { kind: 'line'; id: string; label: string; number: number; text: string; score: number }
  | { kind: 'block'; id: string; label: string; text: string; score: number }
  | { kind: 'skill'; id: string; name: string; text: string; score: number }
  | { kind: 'message'; id: string; threadId: string; text: string; date: string; score: number };

const STOP = new Set(
  'the and for with that this from are was were has have had not but you your why did does what when where which who how can could would should into onto out over its it is be been being use uses used using a an of to in on at by or as so if then than too very just about again always never do don me my we our they them he she his her will'.split(
    ' ',
  ),
);

/** Names are split at their humps, too: `parseConfig` is found by "config". */
export function wordsOf(text: string): string[] {
  const split = text.replace(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase();
  return [
    ...new Set(
      split
        .split(/[^\p{L}\p{N}]+/u)
        .filter((word) => word.length > 1 && !STOP.has(word))
        .map((word) => word.replace(/(?<=\w{3})(?:ing|ed|es|s)$/, '')),
    ),
  ];
}

const MAX_HITS = 20;
const MAX_MESSAGES = 10;
const MAX_TEXT = 300;
const short = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text);

/**
 * Ranked, best first; `score` from 0 to 1 is the share of the symptom's words found, rare ones counting more. A message that
 * the search found but that shares no word keeps its place behind the rest.
 * @throws what a source throws
 */
export async function trace(symptom: string, sources: TraceSources, signal: AbortSignal): Promise<TraceHit[]> {
  const wanted = wordsOf(symptom);
  if (wanted.length === 0) return [];
  const [blocks, skills, messages] = await Promise.all([
    sources.blocks(),
    sources.skills(),
    sources.searchMessages(symptom, MAX_MESSAGES),
  ]);
  signal.throwIfAborted();
  const candidates: TraceHit[] = [
    ...blocks.flatMap(linesOf).map((line) => ({
      kind: 'line' as const,
      id: line.blockId,
      label: line.label,
      number: line.number,
      text: line.text.trim(),
      score: 0,
    })),
    ...blocks.map(({ id, label, description }) => ({
      kind: 'block' as const,
      id,
      label,
      text: `${label}: ${description}`,
      score: 0,
    })),
    ...skills.map((skill) => ({
      kind: 'skill' as const,
      id: skill.id,
      name: skill.name,
      text: `${skill.name}: ${skill.text}`,
      score: 0,
    })),
    ...messages.map((message) => ({ kind: 'message' as const, ...message, score: 0 })),
  ];
  const words = candidates.map(({ text }) => new Set(wordsOf(text)));
  const weight = new Map(
    wanted.map((word) => [word, Math.log(1 + candidates.length / (1 + words.filter((each) => each.has(word)).length))]),
  );
  const all = [...weight.values()].reduce((sum, each) => sum + each, 0) || 1;
  for (const [index, hit] of candidates.entries()) {
    const found =
      wanted.filter((word) => words[index]?.has(word)).reduce((sum, word) => sum + (weight.get(word) ?? 0), 0) / all;
    // The search knows more than the words: its own order counts a little.
    const rank = hit.kind === 'message' ? 0.1 / (1 + messages.findIndex(({ id }) => id === hit.id)) : 0;
    hit.score = Math.min(1, found * (hit.kind === 'block' ? 0.6 : 1) + rank);
  }
  return candidates
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, MAX_HITS)
    .map((hit) => ({ ...hit, text: short(hit.text) }));
}
