// Claims about values whose key is one plain word: the section that the line names says which is meant.
import { amounts, fitsValue, QUANTITY } from './amounts.ts';
import { contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { Placed } from './setting.ts';
import { same, type Word, wordsOf } from './words.ts';
import { baseName } from './workspace.ts';

const at = ({ path, line }: Evidence): Evidence => ({ path, line });

const stemOf = (path: string): string => baseName(path).replace(/\.\w+$/, '');

const UNIT_WORD = /^(?:ms|milliseconds?|secs?|seconds?|minutes?|mins?|hours?|days?|kb|mb|gb|bytes|px|percent|count)$/;
/** Sections that tell nothing of what is set. */
const ANY_SECTION =
  /^(?:jobs?|steps?|spec|template|metadata|services?|env|with|containers?|config|settings|options|default|defaults|values|data|app|server|project|tool|the|and|for|run|on)$/;

/** "marts are materialized as views", "sqlfluff uses the bigquery dialect": a word for a value, beside its key. */
export function wordsInSections(text: string, known: readonly Placed[], words: readonly Word[]): Outcome[] {
  const found: { setting: Placed; claim: string }[] = [];
  for (const setting of known) {
    const [word = '', ...more] = wordsOf(setting.key.at(-1) ?? '');
    const inSection = setting.key
      .slice(0, -1)
      .flatMap(wordsOf)
      .some((part) => part.length > 3 && !ANY_SECTION.test(part) && words.some((each) => same(each.word, part)));
    if (more.length > 0 || word.length < 6 || !inSection || !/^[a-z][a-z_-]{2,}$/.test(setting.value)) continue;
    const claim =
      new RegExp(`\\b${word}\\s+(?:as|is|=)\\s+(?:an?\\s+)?([a-z][a-z_-]{2,})(?=\\s*(?:$|[.,;)]))`).exec(text)?.[1] ??
      new RegExp(`\\b(?:uses?|with|in|has)\\s+the\\s+([a-z][a-z_-]{2,})\\s+${word}\\b`).exec(text)?.[1];
    if (claim !== undefined && !GENERAL.test(claim)) found.push({ setting, claim });
  }
  const hit = found.find(({ setting, claim }) => same(setting.value, claim));
  const [first] = found;
  const says = ({ key, value }: Placed): string => `${key.join('.')} is ${value}.`;
  if (hit) return [supported(says(hit.setting), at(hit.setting))];
  return first ? [contradicted(says(first.setting), at(first.setting))] : [];
}

/** What may stand before a key and is no value. */
const GENERAL =
  /^(?:same|right|wrong|default|own|new|old|other|latest|current|first|second|last|usual|standard|custom|correct|following|given|main|whole|required|optional|mandatory|important|needed|set|fixed|documented|configurable|secret|separate|shared|common|local|global)$/;

/** "the plan job has a timeout of 45 minutes": a key of one word, beside its unit or not, in a section that the line names. */
export function inSections(
  text: string,
  known: readonly Placed[],
  words: readonly Word[],
  keys: readonly { start: number; end: number }[],
): Outcome[] {
  const found: { setting: Placed; score: number; claim: ReturnType<typeof amounts>[number] }[] = [];
  for (const setting of known) {
    if (setting.key.length < 2 || !QUANTITY.test(setting.value)) continue;
    const [word = '', ...more] = wordsOf(setting.key.at(-1) ?? '').filter((each) => !UNIT_WORD.test(each));
    if (more.length > 0 || word.length < 5) continue;
    const score = new Set(
      [...setting.key.slice(0, -1), stemOf(setting.path)]
        .flatMap(wordsOf)
        .filter((part) => part.length > 2 && !ANY_SECTION.test(part) && words.some((each) => same(each.word, part))),
    ).size;
    if (score === 0) continue;
    for (const said of words.filter(
      (each) => same(each.word, word) && !keys.some((key) => each.start < key.end && each.end > key.start),
    )) {
      // "8 threads"
      const before = amounts(text).find(
        ({ start, unit }) => unit === '' && /^\d[\d_,]*\s+$/.test(text.slice(start, said.start)),
      );
      if (before) {
        found.push({ setting, score, claim: before });
        continue;
      }
      const gap = /^[`'"]?\s*(?:is|of|=|:|to|at|are)?\s*(?:set to\s+|now\s+|at\s+)?[`'"]?(?=\d)/i.exec(
        text.slice(said.end),
      );
      const claim = gap && amounts(text).find(({ start }) => start === said.end + gap[0].length);
      if (claim) found.push({ setting, score, claim });
    }
  }
  const best = Math.max(0, ...found.map(({ score }) => score));
  const meant = found.filter(({ score }) => score === best);
  const hit = meant.find(({ setting, claim }) => fitsValue(claim, setting.value));
  const [first] = meant;
  const says = ({ key, value }: Placed): string => `${key.join('.')} is ${value}.`;
  if (hit) return [supported(says(hit.setting), at(hit.setting))];
  return first ? [contradicted(says(first.setting), at(first.setting))] : [];
}

/** "tracing is off", where its section says whether it is enabled. */
export function flagsOfSections(text: string, switches: readonly Placed[]): Outcome[] {
  for (const match of text.matchAll(
    /(?<![\w.-])([a-z][\w-]{3,})[`'"]?\s+(?:is|are)\s+(not\s+)?(?:turned\s+|switched\s+)?(on|off|enabled|disabled)\b/gi,
  )) {
    const [, name = '', not, word = ''] = match;
    const own = switches.filter(({ key }) => wordsOf(key.at(-2) ?? '').join(' ') === wordsOf(name).join(' '));
    const [first] = own;
    if (!first) continue;
    const claim = /^(?:on|enabled)$/i.test(word) === (not === undefined);
    const hit = own.find(({ value }) => /^(?:true|yes|on)$/i.test(value) === claim);
    const says = `${first.key.slice(-2).join('.')} is ${first.value}.`;
    return [hit ? supported(says, at(hit)) : contradicted(says, at(first))];
  }
  return [];
}
