// Keys that a line says a configuration file has, and that it does not have.
import type { PathMention } from './claim-paths.ts';
import { contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { SymbolMention } from './find-symbols.ts';
import type { LineText } from './line-text.ts';
import { isConfigFile } from './read-config.ts';
import type { Placed } from './setting.ts';

/** How a line says that something is not on. */
export const OFF =
  /\b(?:forbidden|not allowed|disallowed|not permitted|off|disabled|false|inactive|not (?:on|enabled|set|active|used)|turned off|no longer|isn't|never|without|disables?)\b/i;

const at = ({ path, line }: Evidence): Evidence => ({ path, line });

const STRICT =
  /^(?:strictNullChecks|noImplicitAny|strictFunctionTypes|strictBindCallApply|strictPropertyInitialization|noImplicitThis|useUnknownInCatchVariables|alwaysStrict)$/;

/** A key in backticks that a named configuration file does not have. */
export function missingKeys(
  line: LineText,
  paths: readonly PathMention[],
  symbols: readonly SymbolMention[],
  named: readonly string[],
  known: readonly Placed[],
  keys: { start: number; end: number }[],
): Outcome[] {
  const outcomes: Outcome[] = [];
  if (!named.every((path) => isConfigFile(path)) || paths.filter((path) => path.found.length > 0).length > 1)
    return outcomes;
  const said = /\b(?:is|are|set|on|off|enabled|disabled|configured|defined|in|sets|has|enables|disables|turns)\b/i;
  if (!said.test(line.plain)) return outcomes;
  for (const symbol of symbols) {
    if (keys.some((each) => symbol.start < each.end && symbol.end > each.start) || !/[a-z][A-Z]|[_-]/.test(symbol.name))
      continue;
    if (known.some((each) => each.key.includes(symbol.name) || each.value === symbol.name)) continue;
    const strict = STRICT.test(symbol.name)
      ? known.find((each) => each.key.at(-1) === 'strict' && each.value === 'true')
      : undefined;
    const inherits = known.some((each) => each.key.at(-1) === 'extends');
    const off = OFF.test(line.plain) || symbol.polarity === 'gone';
    keys.push(symbol);
    const place = named[0] ?? '';
    if (strict && !off) outcomes.push(supported(`strict sets ${symbol.name}.`, at(strict)));
    else if (off) outcomes.push(supported(`${symbol.name} is not set in ${place}.`, { path: place, line: 1 }));
    else if (!inherits) outcomes.push(contradicted(`${place} does not set ${symbol.name}.`, { path: place, line: 1 }));
  }
  return outcomes;
}
