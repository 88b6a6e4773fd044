// Claims about what functions take: how many arguments, which, and what stands in for one that is left out.
import { type Amount, amounts, fitsNumber } from './amounts.ts';
import { contradicted, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { type Parameter, type Signature, signatures } from './signatures.ts';
import { keyIn, lineWords, type Word, wordsOf } from './words.ts';
import type { Workspace } from './workspace.ts';

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];
const TAKES = /^(?:\(\))?[`'"]?\s+(?:takes?|has|have|wants?|accepts?|expects?|needs?|receives?)\s+/;
const COUNT =
  /^(?:exactly\s+|only\s+|just\s+)?(no|an?|one|two|three|four|five|six|seven|eight|[0-8])\s+(?:\w+\s+)?(?:arguments?|parameters?|args?|params?)\b/i;
/** What a value is counted in: a name may say it, or leave it out. */
const UNIT = /^(?:ms|millis|milliseconds?|s|secs?|seconds?|minutes?|mins?|hours?|days?|bytes|kb|mb)$/;

export async function checkSignatures(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  if (line.idle) return [];
  const known = await signatures(workspace);
  const outcomes: Outcome[] = [];
  for (const match of line.plain.matchAll(/(?<![\w$.])(?:[A-Za-z_$][\w$]*\.)?([A-Za-z_$][\w$]{2,})(?![\w$])/g)) {
    const name = match[1] ?? '';
    const all = Object.hasOwn(Object.prototype, name) ? undefined : known.get(name);
    if (!all || line.use(match.index, match.index + match[0].length) !== 'there') continue;
    // A word of plain English is meant as a name in code, before a parenthesis, or where the line says what it takes.
    const behind = line.plain.slice(match.index + match[0].length);
    const outcome = judge(line, all, behind, match.index, match.index + match[0].length);
    if (outcome) outcomes.push(outcome);
  }
  return outcomes.length > 0 ? outcomes : byNameAlone(line, known);
}

function judge(
  line: LineText,
  all: readonly Signature[],
  behind: string,
  start: number,
  end: number,
): Outcome | undefined {
  const verdicts = [
    (one: Signature) => countOf(one, behind),
    (one: Signature) => listOf(one, behind),
    (one: Signature) => asyncOf(one, behind),
    (one: Signature) => fallbackOf(one, line, start, end),
  ];
  for (const verdict of verdicts) {
    const found = all.flatMap((one) => verdict(one) ?? []);
    // Of several with one name any may be meant.
    const hit = found.find((outcome) => outcome.verdict === 'true');
    if (hit) return hit;
    if (found.length === all.length && found[0]) return found[0];
  }
  return undefined;
}

const place = ({ path, line }: Signature) => ({ path, line });

function countOf(one: Signature, behind: string): Outcome | undefined {
  const call = /^\(([\w$]+(?:\s*,\s*[\w$]+)*)\)/.exec(behind);
  if (call && !one.open && (call[1] ?? '').split(',').length > one.count)
    return contradicted(`${one.name} takes ${one.count}.`, place(one));
  const takes = TAKES.exec(behind.slice(call?.[0].length ?? 0));
  const said = takes && COUNT.exec(behind.slice((call?.[0].length ?? 0) + takes[0].length))?.[1]?.toLowerCase();
  if (said === undefined || said === null || one.open) return undefined;
  const claim = /\d/.test(said) ? Number(said) : Math.max(1, NUMBERS.indexOf(said)) - (said === 'no' ? 1 : 0);
  const needed = one.parameters.filter(({ optional }) => !optional).length;
  if (claim === one.count) return supported(`${one.name} takes ${one.count}.`, place(one));
  // Those that may be left out, or that every call has, are not always counted.
  const context = /^(?:ctx|context|req|request|self)$/.test(one.parameters[0]?.name ?? '') ? 1 : 0;
  if (claim === needed || claim === one.count - context) return undefined;
  return contradicted(`${one.name} takes ${one.count}, not ${claim}.`, place(one));
}

/** "takes a size and a clock" */
function listOf(one: Signature, behind: string): Outcome | undefined {
  const takes = TAKES.exec(behind);
  if (!takes || one.open) return undefined;
  const clause = behind.slice(takes[0].length).split(/[.;:(]|\s(?:for|from|to|when|if|that|which|with)\s/)[0] ?? '';
  const items = clause
    .replace(/,?\s*optionally,?/g, ',')
    .split(/\s*,\s*(?:and\s+)?|\s+and\s+/)
    .map((item) => item.replace(/^(?:an?|the|its|optional)\s+/i, '').trim())
    .filter((item) => item !== '');
  if (items.length < 2 || items.some((item) => item.split(/\s+/).length > 3)) return undefined;
  const words = one.parameters.map(({ name }) => wordsOf(name).join(' '));
  const isOne = (item: string): boolean => words.includes(wordsOf(item).join(' '));
  const wrong = items.filter((item) => !isOne(item));
  if (wrong.length === 0) return supported(`${one.name} takes ${items.join(', ')}.`, place(one));
  const spelled = wrong.every((item) => /^[`'"][\w$]+[`'"]$/.test(item));
  return wrong.length < items.length && spelled
    ? contradicted(`${one.name} takes no ${wrong.join(', ')}.`, place(one))
    : undefined;
}

function asyncOf(one: Signature, behind: string): Outcome | undefined {
  const said = /^(?:\(\))?[`'"]?\s+(is|isn't|is not|was)\s+(async(?:hronous)?|synchronous|sync)\b(?!\s+\w+ed\b)/i.exec(
    behind,
  );
  if (!said || !/\.(?:pyi?|rs|[cm]?[jt]sx?)$/.test(one.path)) return undefined;
  const claim = /^async/i.test(said[2] ?? '') === !/not|n't/.test(said[1] ?? '');
  if (claim === one.async) return supported(`${one.name} is ${one.async ? 'async' : 'not async'}.`, place(one));
  // One that gives a promise is asynchronous without the word.
  return one.async || one.path.endsWith('.py')
    ? contradicted(`${one.name} is ${one.async ? 'async' : 'not async'}.`, place(one))
    : undefined;
}

const DEFAULT = /\bdefaults?\b|\bunless\b|\bwhen (?:none|nothing)\b/i;

/** "the gap of layout defaults to 8", "request times out after 9 s by default" */
function fallbackOf(one: Signature, line: LineText, start: number, end: number): Outcome | undefined {
  const plain = `${line.plain.slice(0, start)}${' '.repeat(end - start)}${line.plain.slice(end)}`;
  const text = plain
    .replace(/\btim(?:es?|ed|ing) out\b/gi, 'timeout')
    .replace(/\btwice\b/gi, '2 times')
    .replace(/\bonce\b/gi, '1 times');
  const said = amounts(text);
  const words = lineWords(text);
  const withValue = one.parameters.filter(({ fallback }) => fallback !== undefined);
  const named = withValue.filter((parameter) => isNamed(parameter, words));
  const numeric = withValue.filter(({ fallback }) => /^-?[\d.]+$/.test(fallback ?? ''));
  const [only] = named.length === 1 ? named : named.length === 0 && numeric.length === 1 ? numeric : [];
  if (!only) return undefined;
  const [claim, ...others] = said;
  if (claim && others.length === 0 && /^-?[\d.]+$/.test(only.fallback ?? ''))
    return isFallback(
      one,
      only,
      claim,
      DEFAULT.test(line.plain) && (named.length > 0 || claim.unit !== '' || /\bdefaults to\b/.test(line.plain)),
    );
  const quoted =
    DEFAULT.test(line.plain) && named.length > 0 ? /["'`]([^"'`]{1,60})["'`]/.exec(text.slice(end))?.[1] : undefined;
  if (quoted === undefined || /^[\w$]+\(?\)?$/.test(quoted) === false) return undefined;
  return quoted === only.fallback ? holds(one, only) : quoted === only.name ? undefined : holdsNot(one, only);
}

/** @param sure the line says that it speaks of what holds when nothing is given */
function isFallback(one: Signature, parameter: Parameter, claim: Amount, sure: boolean): Outcome | undefined {
  if (fitsNumber(claim, Number(parameter.fallback))) return holds(one, parameter);
  return sure ? holdsNot(one, parameter) : undefined;
}

const holds = (one: Signature, { name, fallback }: Parameter): Outcome =>
  supported(`${name} of ${one.name} is ${fallback} by default.`, place(one));
const holdsNot = (one: Signature, { name, fallback }: Parameter): Outcome =>
  contradicted(`${name} of ${one.name} is ${fallback} by default.`, place(one));

function isNamed({ name }: Parameter, words: readonly Word[]): boolean {
  const own = wordsOf(name);
  const bare = own.filter((word) => !UNIT.test(word));
  return keyIn(words, own) !== undefined || (bare.length > 0 && keyIn(words, bare) !== undefined);
}

/** "retries defaults to 5": a parameter of functions that the line does not name. */
function byNameAlone(line: LineText, known: ReadonlyMap<string, Signature[]>): Outcome[] {
  const said =
    /(?<![\w$.-])[`'"]?([A-Za-z_$][\w$]{2,})[`'"]?\s+(?:defaults?\s+to|is\s+by\s+default)\s+(?:["'`]([^"'`]{1,60})["'`]|(?=\d))/.exec(
      line.plain,
    );
  if (!said) return [];
  const name = said[1] ?? '';
  const places = [...known.values()]
    .flat()
    .flatMap((one) =>
      one.parameters.filter((each) => each.name === name && each.fallback !== undefined).map((each) => ({ one, each })),
    );
  const [first] = places;
  const claim = said[2] === undefined ? amounts(line.plain.slice(said.index + said[0].length))[0] : undefined;
  if (!first || (said[2] === undefined && !claim)) return [];
  const hit = places.find(({ each: { fallback = '' } }) =>
    claim ? fitsNumber(claim, Number(fallback)) : fallback === said[2],
  );
  return [hit ? holds(hit.one, hit.each) : holdsNot(first.one, first.each)];
}
