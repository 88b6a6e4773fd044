// Claims about values whose key is one plain word: the section that the line names says which is meant.
import { amounts, fitsValue, QUANTITY } from './amounts.ts';
import { contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { Placed } from './setting-places.ts';
import { same, type Word, wordsOf } from './words.ts';

const at = ({ path, line }: Evidence): Evidence => ({ path, line });

const UNIT_WORD = /^(?:ms|milliseconds?|secs?|seconds?|minutes?|mins?|hours?|days?|kb|mb|gb|bytes|px|percent|count)$/;
/** Sections that tell nothing of what is set. */
const ANY_SECTION =
  /^(?:jobs?|steps?|spec|template|metadata|services?|env|with|containers?|config|settings|options|default|defaults|values|data|app|server|project|tool|the|and|for|run|on)$/;

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
      setting.key
        .slice(0, -1)
        .flatMap(wordsOf)
        .filter((part) => part.length > 2 && !ANY_SECTION.test(part) && words.some((each) => same(each.word, part))),
    ).size;
    if (score === 0) continue;
    for (const said of words.filter(
      (each) => same(each.word, word) && !keys.some((key) => each.start < key.end && each.end > key.start),
    )) {
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
