// Gathers what a repository says about itself, without any model: read, counted, ranked, each claim with its lines.
import { readConfigs } from './configs.ts';
import { readDocs } from './docs.ts';
import { Claims, type Evidence, type Facts, type OpenPoint } from './evidence.ts';
import { mineEverywhere } from './mine-everywhere.ts';
import { mineGit } from './mine-git.ts';
import { mineHabits } from './mine-habits.ts';
import { mineLayout } from './mine-layout.ts';
import { mineNames } from './mine-names.ts';
import { minePurposes } from './mine-purposes.ts';
import { minePython } from './mine-python.ts';
import { mineScript } from './mine-script.ts';
import { readPackages } from './packages.ts';
import { survey as makeSurvey } from './survey.ts';

/** A person reads them: more than this nobody does. */
const MAX_CLAIMS = 48;

export interface Gathered {
  /** Strongest first. */
  evidence: Evidence[];
  /** What only a person can settle, most useful first. */
  open: OpenPoint[];
}

/** @throws the signal's reason once it is aborted; nothing else: what can't be read says nothing. */
export async function gather(facts: Facts): Promise<Gathered> {
  const claims = new Claims(facts.maskSecrets);
  const survey = await makeSurvey(facts);
  await readPackages(survey, claims);
  const formatted = await readConfigs(survey, claims);
  await readDocs(survey, claims);
  await mineLayout(survey, claims, formatted);
  await mineNames(survey, claims);
  await mineScript(survey, claims, formatted);
  await minePython(survey, claims, formatted);
  await mineEverywhere(survey, claims);
  await minePurposes(survey, claims);
  await mineHabits(survey, claims);
  const git = await facts.gitLog?.();
  if (git) mineGit(git, claims);
  const evidence = distinct(claims.list).slice(0, MAX_CLAIMS);
  return { evidence, open: [...missing(evidence), ...claims.open] };
}

/** @throws the signal's reason once it is aborted */
export async function gatherEvidence(facts: Facts): Promise<Evidence[]> {
  return (await gather(facts)).evidence;
}

const COMMON = new Set('the a an of in is are to and or not with as from on for it its use used at by no'.split(' '));
/** The words a claim is about, numbers of cases left out. */
export function wordsOf(claim: string): Set<string> {
  const text = claim.replace(/\(\d+ (?:of \d+|places)\)/g, '').toLowerCase();
  return new Set((text.match(/[\p{L}\p{N}_]+/gu) ?? []).filter((word) => word.length > 1 && !COMMON.has(word)));
}

/** As `wordsOf`, but a path or a piece of code is one word: claims about two folders are two claims. */
export function termsOf(claim: string): Set<string> {
  const text = claim.replace(/\(\d+ (?:of \d+|places)\)/g, '').toLowerCase();
  const terms = (text.match(/[^\s,;:()`"]+/g) ?? []).map((term) =>
    term.replace(/^[^\p{L}\p{N}@*.…/]+|[^\p{L}\p{N}/*]+$/gu, ''),
  );
  return new Set(terms.filter((term) => term.length > 1 && !COMMON.has(term)));
}

/** The share of words two claims have in common. */
export function likeness(a: Set<string>, b: Set<string>): number {
  if (a.size === 0 || b.size === 0) return 0;
  let both = 0;
  for (const word of a) if (b.has(word)) both++;
  return both / (a.size + b.size - both);
}

/** From here on two claims of one topic say the same. */
const SAME = 0.7;
/** Claims that rest on the same lines need fewer words in common. */
const SAME_LINES = 0.4;

/** Strongest first; a weaker claim that says the same as a stronger one is left out. */
function distinct(list: readonly Evidence[]): Evidence[] {
  const kept: { evidence: Evidence; words: Set<string>; cited: string }[] = [];
  for (const evidence of list.toSorted((a, b) => b.strength - a.strength)) {
    const words = termsOf(evidence.claim);
    const cited = evidence.evidence.map((c) => `${c.path}:${c.line}`).join();
    const told = kept.some((k) => {
      if (k.evidence.topic !== evidence.topic) return false;
      const alike = likeness(k.words, words);
      return alike >= SAME || (alike >= SAME_LINES && k.cited === cited);
    });
    if (!told) kept.push({ evidence, words, cited });
  }
  return kept.map((k) => k.evidence);
}

function missing(evidence: readonly Evidence[]): OpenPoint[] {
  const open: OpenPoint[] = [];
  if (!evidence.some((e) => e.topic === 'purpose'))
    open.push({
      id: 'purpose',
      question: 'What is this project for, in one sentence?',
      options: [],
      answerPrefix: 'Purpose:',
      block: 'project',
    });
  if (!evidence.some((e) => e.topic === 'command' && /\btests?\b|pytest|CI runs/i.test(e.claim)))
    open.push({
      id: 'tests',
      question: 'Which command runs the tests?',
      options: [],
      answerPrefix: 'Tests:',
      block: 'project',
    });
  return open;
}
