// Claims about values: "port 8080 in config.json", "strict is on in tsconfig", "MAX_RETRIES is 5".
import { amounts, fitsValue, QUANTITY } from './amounts.ts';
import type { PathMention } from './claim-paths.ts';
import { flagsOfSections, inSections, wordsInSections } from './claim-sections.ts';
import { contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { SymbolMention } from './find-symbols.ts';
import { hostPorts } from './host-ports.ts';
import type { LineText } from './line-text.ts';
import { escapeRegExp } from './mask.ts';
import { missingKeys, OFF } from './missing-keys.ts';
import { isConfigFile } from './read-config.ts';
import type { Placed } from './setting.ts';
import { nameOf } from './setting-index.ts';
import { namedFiles, settingIndex } from './setting-places.ts';
import { keyIn, lineWords, same, type Word, wordsOf } from './words.ts';
import { baseName, type Workspace } from './workspace.ts';

const ON = /\b(?:allowed|permitted|on|enabled|true|active|activated|yes|turned on|set|required|mandatory)\b/i;
const TIME_UNIT = /^(?:ms|millis|milliseconds|s|secs?|seconds|mins?|minutes|hours|days|bytes)$/;
const SINGLE = new Set([
  'port',
  'strict',
  'target',
  'timeout',
  'retries',
  'workers',
  'environment',
  'module',
  'jsx',
  'edition',
  'coverage',
  'threshold',
  'region',
  'locale',
  'timezone',
  'replicas',
  'concurrency',
  'engine',
  'version',
  'name',
  'license',
  'main',
  'type',
  'private',
]);
/** Without a file named, only these keys of one word, and names of two words, say what they mean. */
const CLEAR = new Set(['port', 'strict', 'edition']);

const at = ({ path, line }: Evidence): Evidence => ({ path, line });

const ANY_WORD = new Set(
  'a all any as ask at be by do done each every few first for from get go has have in is it its last left let made make many may model more most new next no not of off old on once one only or other out over own per put run said same say see set so some such take text than that the then there they this time to told too two up use used was way well what when who will with word'.split(
    ' ',
  ),
);

/** Settings with one name. */
interface Group {
  place: { start: number; end: number };
  settings: Placed[];
  key: readonly string[];
  /** It is named with its section: `pool.max_conns`. */
  dotted: boolean;
}

const BY_DEFAULT = /\bby default\b|\bdefaults? (?:is|to|of)\b/i;
const DEPLOYED =
  /compose[\w.-]*\.ya?ml$|(?:^|\/)(?:deploy|deployments?|k8s|helm|charts?|infra|environments?|overlays)\/|(?:^|\/)\.env[\w.-]*$/;

export async function checkSettings(
  line: LineText,
  paths: readonly PathMention[],
  symbols: readonly SymbolMention[],
  workspace: Workspace,
  taken: readonly { start: number; end: number }[],
): Promise<{ outcomes: Outcome[]; keys: { start: number; end: number }[] }> {
  if (line.idle) return { outcomes: [], keys: [] };
  const named = await namedFiles(line, paths, workspace);
  const direct = paths.some(({ found }) => named.some((path) => found.includes(path)));
  const index = await settingIndex(named, workspace);
  const known = index.all;
  // The paths' own words and versions of packages are no keys and no values.
  const covered = [...paths.filter((path) => path.text.includes('.') || path.text.includes('/')), ...taken];
  const blanked = [...line.plain]
    .map((char, index) => (covered.some((each) => index >= each.start && index < each.end) ? ' ' : char))
    .join('');
  const words = lineWords(blanked);
  const groups = new Map<string, Group>();
  for (const setting of index.named(blanked)) {
    const last = nameOf(setting);
    const key = wordsOf(last);
    const dotted = setting.key.length > 1 ? blanked.indexOf(setting.key.slice(-2).join('.')) : -1;
    // `catchup=True`, `TTL`: one word, and no other word of a sentence is written so.
    const assigned =
      key.length === 1 &&
      ((last.length > 3 && new RegExp(`(?<![\\w.-])${escapeRegExp(last)}=\\w`).test(blanked)) ||
        (/^[A-Z]{3,}$/.test(last) &&
          QUANTITY.test(setting.value) &&
          new RegExp(`(?<![A-Za-z\\d_-])${last}(?![A-Za-z\\d_-])`).test(blanked)));
    if (
      key.length === 0 ||
      (key.length === 1 &&
        dotted < 0 &&
        !assigned &&
        (named.length > 0 ? (key[0] ?? '').length < 3 : !CLEAR.has(key[0] ?? '')))
    )
      continue;
    const literal = key.length > 1 && last.length > 3 ? blanked.indexOf(last) : -1;
    const whole = setting.key.slice(-2).join('.').length;
    const spelledOut =
      dotted >= 0
        ? { start: dotted, end: dotted + whole }
        : literal >= 0
          ? { start: literal, end: literal + last.length }
          : undefined;
    const bare = withoutUnit(key);
    const place =
      spelledOut ??
      keyIn(words, key) ??
      (bare && keyIn(words, bare)) ??
      (key.at(-1) === 'port' && key.length <= 2 && !/\b[A-Z][A-Z\d]*_PORT\b/.test(blanked)
        ? keyIn(words, ['port'])
        : undefined);
    if (!place) continue;
    // `DRY_RUN` is no part of `ROTATE_DRY_RUN`.
    if (/[\w$]/.test(blanked[place.start - 1] ?? '') || /[\w$]/.test(blanked[place.end] ?? '')) continue;
    const spelled = blanked.slice(place.start, place.end);
    // A word of plain English is a key only with its file named, in code, or beside a value.
    const exact = spelled === last || line.inCode(place.start);
    if (
      key.length === 1 &&
      dotted < 0 &&
      !exact &&
      !SINGLE.has(key[0] ?? '') &&
      !/^[`'"]?\s*(?:is|are|=|:|to|of|set|at)\b|^[`'"]?\s*[=:]|^\s+\d/.test(blanked.slice(place.end))
    )
      continue;
    // "at once", "up to": words of any sentence, unless they are spelled as the key is.
    if (!exact && key.every((word) => ANY_WORD.has(word))) continue;
    const id = key.join(' ');
    const group: Group = groups.get(id) ?? { place, settings: [], key, dotted: dotted >= 0 };
    group.settings.push(setting);
    groups.set(id, group);
  }
  const ports = await hostPorts(line, known, workspace, direct);
  const outcomes: Outcome[] = [...ports, ...spoken(index.valued(words), words)];
  const keys: { start: number; end: number }[] = [];
  const longest = [...groups.values()].sort((a, b) => b.key.length - a.key.length);
  for (const { place, settings, key, dotted } of longest) {
    if (keys.some((each) => place.start < each.end && place.end > each.start)) continue;
    const near = narrowed(settings, words, key, blanked.slice(place.start, place.end));
    const outcome = judge(line, blanked, place, near, settings, named.length > 0 || dotted);
    // Of many ports any may be meant, unless the line says whose: `hostPorts` looks at all of them.
    const ofAny = near.length === settings.length || ports.some(({ verdict }) => verdict === 'true');
    if (/^ports?$/i.test(blanked.slice(place.start, place.end)) && outcome?.verdict === 'stale' && ofAny && !direct)
      continue;
    // "20 by default": what a deployment sets instead says nothing against it.
    if (outcome?.verdict === 'stale' && BY_DEFAULT.test(blanked) && near.every(({ path }) => DEPLOYED.test(path)))
      continue;
    if (!outcome) continue;
    outcomes.push(outcome);
    keys.push(place);
  }
  const keyed = index.keyed(words);
  outcomes.push(
    ...inSections(blanked, keyed, words, keys),
    ...wordsInSections(blanked, keyed, words),
    ...flagsOfSections(blanked, index.switches),
  );
  if (named.length > 0) outcomes.push(...missingKeys(line, paths, symbols, named, known, keys));
  return { outcomes, keys };
}

/** "cache TTL" for `cache_ttl_seconds`; undefined where that would be a word of any sentence. */
function withoutUnit(key: readonly string[]): readonly string[] | undefined {
  return key.length > 2 && TIME_UNIT.test(key.at(-1) ?? '') ? key.slice(0, -1) : undefined;
}

/** Keys that say how something is done; the section says what. */
const HOW = new Set(['format', 'level', 'mode', 'driver', 'engine', 'backend', 'style', 'kind', 'type', 'strategy']);

/**
 * "thin LTO in release builds", "logs are JSON": a value in words beside its key, in a section that the line names. Such a
 * sentence may mean something else where it does not fit, so it is only ever supported.
 */
function spoken(known: readonly Placed[], words: readonly Word[]): Outcome[] {
  const placeOf = (word: string): number => words.findIndex((each) => same(each.word, word));
  for (const setting of known) {
    const [key = '', more] = wordsOf(setting.key.at(-1) ?? '');
    const section = setting.key.slice(0, -1).flatMap(wordsOf);
    if (
      more !== undefined ||
      !/^[a-z][a-z\d]{2,}$/i.test(setting.value) ||
      /^(?:true|false|yes|no)$/i.test(setting.value)
    )
      continue;
    const [value, place] = [placeOf(setting.value.toLowerCase()), placeOf(key)];
    const inSection = section.some((word) => word.length > 2 && placeOf(word) >= 0);
    if (value < 0 || !inSection) continue;
    if (HOW.has(key) || (place >= 0 && Math.abs(place - value) <= 2))
      return [supported(`${setting.key.join('.')} is ${setting.value}.`, at(setting))];
  }
  return [];
}

/** Of several settings with one name those whose surroundings the line names. */
function narrowed(
  settings: readonly Placed[],
  words: readonly Word[],
  key: readonly string[],
  spelled: string,
): Placed[] {
  if (settings.length < 2) return [...settings];
  const score = (setting: Placed): number => {
    const around = [
      ...setting.key.slice(0, -1).flatMap(wordsOf),
      ...wordsOf(baseName(setting.path).replace(/\.\w+$/, '')),
    ].filter((word) => !key.includes(word) && word.length > 2);
    return around.filter((word) => words.some((each) => same(each.word, word))).length;
  };
  const exact = settings.filter((setting) => setting.key.at(-1) === spelled);
  if (exact.length > 0 && exact.length < settings.length) return narrowed(exact, words, key, spelled);
  const best = Math.max(...settings.map(score));
  return best === 0 ? [...settings] : settings.filter((setting) => score(setting) === best);
}

/** A setting that a line speaks of, and how. */
interface Use {
  line: LineText;
  text: string;
  place: { start: number; end: number };
  polarity: ReturnType<LineText['use']>;
  /** What follows it, up to the next thought; `stop` characters. */
  clause: string;
  stop: number;
  /** Amounts near it. */
  said: ReturnType<typeof amounts>;
  /** Nothing else can be meant by the name. */
  sure: boolean;
}

function judge(
  line: LineText,
  text: string,
  place: { start: number; end: number },
  settings: readonly Placed[],
  all: readonly Placed[],
  sure: boolean,
): Outcome | undefined {
  const polarity = line.use(place.start, place.end);
  if (polarity === 'contrast') return undefined;
  const behind = text.slice(place.end);
  const stop = /[.;](?=\s|$)|,\s+(?:but|and\s+\w+\s+(?:is|are))/.exec(behind)?.index ?? behind.length;
  const said = amounts(text).filter(
    (each) =>
      Math.abs(each.start - place.end) < 60 && !/[A-Za-z]$/.test(text.slice(Math.max(0, each.start - 1), each.start)),
  );
  const use: Use = { line, text, place, polarity, clause: behind.slice(0, stop), stop, said, sure };
  const [first] = settings;
  if (!first) return undefined;
  // "unless DRY_RUN is false": what would be then, not what is.
  if (/\b(?:unless|if|when|whenever|until|once|in case|while)\s+(?:the\s+)?[`'"]?$/i.test(text.slice(0, place.start)))
    return sure || line.inCode(place.start) ? supported(`${first.key.at(-1)} is set.`, at(first)) : undefined;
  const number = judgeNumber(use, settings, all);
  if (number) return number;
  if (settings.every(({ value }) => /^(?:true|false|yes|no|on|off)$/i.test(value))) return judgeFlag(use, first);
  const texts = settings.filter(({ value }) => value !== '' && !QUANTITY.test(value));
  return judgeLevel(use, texts) ?? judgeText(use, texts) ?? judgeSet(use, first);
}

const isSo = (setting: Placed): Outcome => supported(`${setting.key.at(-1)} is ${setting.value}.`, at(setting));
const isNotSo = (setting: Placed): Outcome => contradicted(`${setting.key.at(-1)} is ${setting.value}.`, at(setting));

function judgeNumber(
  { text, place, polarity, stop, said }: Use,
  settings: readonly Placed[],
  all: readonly Placed[],
): Outcome | undefined {
  const numeric = settings.filter((each) => QUANTITY.test(each.value) || /^0x/.test(each.value));
  const [first] = numeric;
  if (!first) return undefined;
  const near = said.filter((each) => each.start >= place.end && each.start < place.end + stop);
  // "24 health and speed 2.1": a number right before its key, where none stands right behind.
  const ahead = said.filter((each) => each.start < place.start).slice(-1);
  const beside = ahead.filter((each) => /^[\d.,_]+\s?$/.test(text.slice(each.start, place.start)));
  const behind = /^[`'")]*\s*(?:is|are|=|:|of|to)?\s*\d/.test(text.slice(place.end));
  const claims = beside.length > 0 && !behind ? beside : near.length > 0 ? near.slice(0, 1) : ahead;
  const [claim] = claims;
  if (!claim) return undefined;
  // "40 by default, 200 in production": each of several places has its own.
  const several = near.length > 1 && near.every((each) => all.some(({ value }) => fitsValue(each, value)));
  const hit = (several ? all : numeric).find((each) => fitsValue(claim, each.value));
  if (hit) return polarity === 'gone' ? isNotSo(hit) : isSo(hit);
  if (polarity === 'gone') return supported('The value is another, as the line says.', at(first));
  return contradicted(`${first.key.at(-1)} is ${first.value}, not ${claim.value}.`, at(first));
}

function judgeFlag({ text, place, polarity, clause, sure }: Use, flag: Placed): Outcome | undefined {
  const whole = `${text.slice(Math.max(0, place.start - 40), place.start)}§${clause}`;
  const off =
    OFF.test(whole) || polarity === 'gone' || /\b(?:no|disable[sd]?|turn(?:ed|s)? off)\s+[`'"]?§/i.test(whole);
  const on =
    ON.test(whole) ||
    /^[`'"]?\s*(?:mode|checks?|checking|is set)\b/i.test(clause) ||
    /\b(?:with|uses?|enables?|in|keep|turns? on)\s+(?:the\s+)?[`'"]?§/i.test(whole);
  if (!off && !on) return sure ? isSo(flag) : undefined;
  return /^(?:true|yes|on)$/i.test(flag.value) === !off ? isSo(flag) : isNotSo(flag);
}

/** Of a rule of a linter: `error`, `off`. */
function judgeLevel({ clause }: Use, texts: readonly Placed[]): Outcome | undefined {
  const level = texts.find(({ value }) => /^(?:off|error|warn|always|never)$/.test(value));
  if (!level || !/^[`'"]?\s*(?:is|are|rule is)\s+(?:turned\s+|switched\s+)?(?:off|disabled)\b/i.test(clause))
    return undefined;
  return level.value === 'off' ? isSo(level) : isNotSo(level);
}

const NO_VALUE =
  /^(?:set|in|on|off|true|false|configured|defined|used|there|required|not|the|a|an|kept|here|listed|fixed|pinned|unique|mandatory|secret|nullable|missing|empty|wrong|correct|right|unset|there|needed|important|private|public|static|gone|new|old|free|safe|slow|fast|short|long|big|small|low|high|enough|fine|ok|null|none|also|only|now|still|always|never|what|where|how|this|that|one|ours|yours|theirs|mine)$/i;

function judgeText({ line, place, polarity, clause, sure }: Use, texts: readonly Placed[]): Outcome | undefined {
  const [first] = texts;
  if (!first) return undefined;
  // Unblanked: a value may look like a path.
  const folded = line.plain.toLowerCase();
  const around = folded.slice(0, place.start) + ' '.repeat(place.end - place.start) + folded.slice(place.end);
  const stands = (value: string): boolean =>
    new RegExp(`(?<![\\w-])${value.toLowerCase().replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')}(?![\\w-])`).test(around);
  const hit = texts.find(({ value }) => value.length > 1 && stands(value));
  if (hit) return polarity === 'gone' ? isNotSo(hit) : isSo(hit);
  const claimed =
    /^[`'")]*\s*(?:(?:in|of|from)\s+(?:the\s+)?[`'"]*\s*)?(?:is|are|=|:|to|was|set to|is set to|of|defaults to|uses)\s*(?:set\s+to\s+|the\s+|a\s+|an\s+)?[`'"]([^`'"]+)[`'"]/i.exec(
      clause,
    )?.[1] ??
    (sure
      ? /^[`'")]*\s*(?:(?:in|of|from)\s+(?:the\s+)?)?[`'"]*\s*(?:is set to|set to|=|:|defaults to|is)\s+([<>=^~]*[\w.@/-]*\w)(?=\s*(?:$|in\b|,|\.|;|\)))/i.exec(
          clause,
        )?.[1]
      : undefined);
  // `time_zone is UTC`, `bundleVersion 0.9.2`: spelled as the key is, with what can only be a value.
  const spelled = line.plain.slice(place.start, place.end);
  const exact =
    texts.some(({ key }) => key.at(-1) === spelled && /[_-]|[a-z][A-Z]/.test(spelled)) ||
    // "asyncio mode is strict", where it is auto: one word in place of another.
    (/ /.test(spelled) && texts.every(({ path, value }) => isConfigFile(path) && /^[a-z][a-z-]+$/.test(value)));
  const plain = exact
    ? (/^[`'")]*\s*(?:(?:is set to|set to|defaults to|is|=|:)\s+[`'"]?(?=[\w./-]*[A-Z\d_./-])([\w./-]*\w)|v?(\d+(?:\.\d+)+))(?=[`'"]?\s*(?:$|in\b|[,;)]|\.(?:\s|$)))/
        .exec(clause)
        ?.slice(1)
        .find((each) => each !== undefined) ??
      /^[`'")]*\s+(?:is|=|:)\s+(?!\w*(?:ed|able|ible|ing|al|ful|ous|ive|ary|ory)\b)([a-z]{3,20})[.]?\s*$/.exec(
        clause,
      )?.[1])
    : undefined;
  // "the default log level is debug"
  const fallback =
    /\bdefaults?\b/i.test(line.plain.slice(0, place.start)) || /^[`'")]*\s+defaults\s+to\b/i.test(clause);
  const standing = fallback
    ? /^[`'")]*\s+(?:is|defaults\s+to)\s+([a-z][\w-]{2,})[.]?\s*$/i.exec(clause)?.[1]
    : undefined;
  // `the name is "sync" (Worker.NAME)`, "deploys are rolling (strategy in fly.toml)"
  const ahead =
    claimed ??
    plain ??
    standing ??
    /(?:\bis|\bare|=|:)\s+(?:set\s+to\s+)?(?:["'`]([^"'`\n]{1,80})["'`]|([a-z][\w.@/-]*))\s*\((?:see\s+|via\s+|by\s+)?[`'"]?(?:[\w$]+(?:\.|::|#))*$/i
      .exec(line.plain.slice(0, place.start))
      ?.slice(1)
      .find((each) => each !== undefined);
  return ahead === undefined || NO_VALUE.test(ahead) || polarity !== 'there' ? undefined : isNotSo(first);
}

/** Only that it is set. */
function judgeSet({ line, place, polarity, said, sure }: Use, setting: Placed): Outcome | undefined {
  const code = line.inCode(place.start) || place.end - place.start > 6;
  return sure && code && polarity === 'there' && said.length === 0
    ? supported(`${setting.key.at(-1)} is set.`, at(setting))
    : undefined;
}
