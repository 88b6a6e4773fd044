// What source code gives a name: constants, keys, and the values that stand in for variables nobody has set.
import { lineAt, maskCode } from './mask.ts';
import type { Setting } from './setting.ts';

/** Durations count in milliseconds here, as most do. */
const MILLISECONDS: Readonly<Record<string, number>> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

/** `name = 5`, `name: 'x'`: numbers, texts and booleans that source code gives a name. */
export function readAssignments(path: string, text: string): Setting[] {
  const kept = maskCode(text, path, true);
  const code = maskCode(text, path);
  const found: Setting[] = [];
  const pattern =
    /(?<![\w$])([A-Za-z_$][\w$]*)["']?[ \t]*(?::[ \t]*[A-Za-z_][\w.<>[\] |]*[ \t]*=|:=|=>|[:=])[ \t]*(?:process\.env[.\w[\]'"]*[ \t]*(?:\?\?|\|\|)[ \t]*|(?:Number|parseInt|int|String|str|Duration\.\w+)\([^()\n]*?(?:\?\?|\|\||,)[ \t]*|os\.(?:getenv|environ\.get)\([^,\n]*,[ \t]*)?(\d[\d_]*\.(?:second|minute|hour|day|week)s?\b|-?[\d_][\d_.]*(?:e\d+)?(?:[lfdmu]|[iu](?:8|16|32|64|128|size)|f(?:32|64))?(?![\w.])|-?0x[\da-f]+|true\b|false\b|True\b|False\b|"[^"\n]*"|'[^'\n]*'|`[^`\n]*`)((?:[ \t]*\*[ \t]*\d[\d_]*l?)*)(?:[ \t]*\*[ \t]*time\.(Hour|Minute|Second)\b)?/gi;
  for (const match of kept.matchAll(pattern)) {
    // Within a text it is none, unless the text is the key: `{"PAGE_SIZE": 50}`.
    const quoted =
      /["']/.test(kept[match.index - 1] ?? '') && kept[match.index - 1] === kept[match.index + (match[1] ?? '').length];
    if (code[match.index] === ' ' && !quoted) continue;
    const factors = [...(match[3] ?? '').matchAll(/\d[\d_]*/g)].map(([factor]) => Number(factor.replaceAll('_', '')));
    const unit = MILLISECONDS[(match[4] ?? '').toLowerCase()];
    const value = plainValue(match[2] ?? '', unit === undefined ? factors : [...factors, unit]);
    found.push({ key: [match[1] ?? ''], value, line: lineAt(text, match.index) });
  }
  return [...found, ...readDurations(kept), ...readAttributes(path, kept)];
}

function plainValue(literal: string, factors: readonly number[]): string {
  const raw = literal.replace(/^["'`]|["'`]$/g, '');
  const duration = /^(\d[\d_]*)\.(second|minute|hour|day|week)s?$/i.exec(raw);
  if (duration)
    return String(
      Number((duration[1] ?? '').replaceAll('_', '')) * (MILLISECONDS[(duration[2] ?? '').toLowerCase()] ?? 1),
    );
  // `2_000L`, `1.5f`, `5u32`: the ending tells the type.
  const number =
    raw === literal && /^-?[\d_]/.test(raw) && !/^-?0x/i.test(raw)
      ? raw.replaceAll('_', '').replace(/(?:[lfdmu]|[iu](?:8|16|32|64|128|size)|f(?:32|64))$/i, '')
      : undefined;
  if (number === undefined || !/^-?[\d.]+$/.test(number)) return raw;
  return factors.length > 0 ? String(factors.reduce((product, factor) => product * factor, Number(number))) : number;
}

/** `TTL = Duration.ofMinutes(3)`, `Duration::from_millis(180)`, `timedelta(minutes=10)`, `.seconds(4)` */
function readDurations(kept: string): Setting[] {
  const pattern =
    /(?<![\w$])([A-Za-z_$][\w$]*)["']?[ \t]*(?::[^=\n,]{0,40})?[=:][ \t]*[\w.:]{0,40}?(?:(?:of|from_?)?(milli|sec|min|hour|day|week)[a-z]*\([ \t]*([\d_]+)\)|timedelta\((second|minute|hour|day|week)s[ \t]*=[ \t]*([\d_]+)\))/gi;
  return [...kept.matchAll(pattern)].map((match) => {
    const unit = (match[2] ?? match[4] ?? '').toLowerCase();
    const factor = { milli: 1, sec: 1_000, min: 60_000 }[unit] ?? MILLISECONDS[unit] ?? 1;
    const value = Number((match[3] ?? match[5] ?? '').replaceAll('_', '')) * factor;
    return { key: [match[1] ?? ''], value: String(value), line: lineAt(kept, match.index) };
  });
}

/** `@max_failures 6` of Elixir, `#define MAX_FAILURES 6` of C, `minSdkVersion 24` of Gradle. */
function readAttributes(path: string, kept: string): Setting[] {
  const pattern = /\.exs?$/.test(path)
    ? /^[ \t]*@([a-z_]\w*)[ \t]+(-?\d[\d_]*(?:\.\d+)?|"[^"\n]*"|true|false)[ \t]*$/gm
    : /\.(?:c|cc|cpp|h|hpp|m)$/.test(path)
      ? /^[ \t]*#define[ \t]+([A-Za-z_]\w*)[ \t]+(-?\d[\d_]*(?:\.\d+)?|"[^"\n]*")[a-z]*[ \t]*$/gim
      : undefined;
  if (!pattern) return [];
  return [...kept.matchAll(pattern)].map((match) => ({
    key: [match[1] ?? ''],
    value: plainValue(match[2] ?? '', []),
    line: lineAt(kept, match.index),
  }));
}

const FALLBACKS: readonly RegExp[] = [
  // `ENV.fetch("PORT", 3000)`, `os.getenv("PORT", "3000")`, `env("PORT", default=3000)`
  /\b(?:fetch|getenv|get_env|env|get|Getenv|getEnv)\(\s*["']([A-Z][A-Z\d_]+)["']\s*,\s*(?:default\s*=\s*)?["']?([\w./:@-]+)["']?\s*\)/g,
  // `System.get_env("PORT") || "3000"`, `ENV.fetch("PORT") { 3000 }`
  /["']([A-Z][A-Z\d_]+)["'][\])]\s*(?:\|\||\?\?|\?:|or\b|\{)\s*["']?([\w./:@-]+)["']?/g,
  // `${PORT:-3000}`
  /\$\{([A-Z][A-Z\d_]+):?[-=]([\w./:@-]+)\}/g,
  // `ENV ?= dev`, `ARG VERSION=1`, `export PORT=3000`
  /^(?:(?:ARG|ENV|export)[ \t]+)?([A-Z][A-Z\d_]*)[ \t]*[?:]?=[ \t]*["']?([\w./:@-]+)["']?[ \t]*$/gm,
];

/** The value of a variable of the environment where nobody has set it. */
export function readFallbacks(text: string): Setting[] {
  return FALLBACKS.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => ({
      key: [match[1] ?? ''],
      value: match[2] ?? '',
      line: lineAt(text, match.index),
    })),
  );
}

/** `minSdkVersion 24`, `listen 8080;`: a word and its value, as Gradle and nginx write them. */
export function readWords(text: string): Setting[] {
  return [
    ...text.matchAll(
      /^[ \t]*([A-Za-z_]\w+)[ \t]+(-?\d[\d_]*(?:\.\d+)?[smhkKMG]?|"[^"\n]*"|'[^'\n]*'|true|false|on|off);?[ \t]*$/gm,
    ),
  ].map((match) => ({ key: [match[1] ?? ''], value: plainValue(match[2] ?? '', []), line: lineAt(text, match.index) }));
}
