// Claims about the rules of linters: on, off, an error, a warning, ignored.
import { amounts } from './amounts.ts';
import { contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { escapeRegExp, lineAt, maskCode } from './mask.ts';
import { baseName, type Workspace } from './workspace.ts';

type Level = 'off' | 'warn' | 'error' | 'on';

interface Rule extends Evidence {
  name: string;
  level: Level;
  /** What it is set to: `['error', 300]`. */
  limit?: number;
}

const CONFIG =
  /(?:^|\/)(?:\.?eslint(?:rc|\.config)[\w.]*|\.oxlintrc\.json|biome\.jsonc?|\.stylelintrc[\w.]*|stylelint\.config\.\w+|\.golangci\.\w+|pyproject\.toml|\.?ruff\.toml|setup\.cfg|\.flake8)$/;
const LEVELS: Readonly<Record<string, Level>> = {
  off: 'off',
  warn: 'warn',
  error: 'error',
  always: 'on',
  '0': 'off',
  '1': 'warn',
  '2': 'error',
};
/** Lists of rules by what becomes of those in them. */
const LISTS: readonly [list: RegExp, level: Level][] = [
  [/^(?:enable|enabled|select|extend-select|fixable)$/, 'on'],
  [/^(?:disable|disabled|ignore|extend-ignore)$/, 'off'],
];

export async function checkRules(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  if (line.idle) return [];
  const { rules, closed } = await rulesOf(workspace);
  const outcomes: Outcome[] = [];
  for (const name of new Set(rules.map((rule) => rule.name))) {
    const found = new RegExp(`(?<![\\w@/.-])${escapeRegExp(name)}(?![\\w/-]|\\.\\w)`).exec(line.plain);
    if (!found) continue;
    const own = rules.filter((rule) => rule.name === name);
    const outcome = judge(line.plain.slice(0, found.index), line.plain.slice(found.index + name.length), own);
    if (outcome) outcomes.push(outcome);
  }
  // A linter of Go that is in no list, where only those in the list run.
  const wanted =
    closed && /(?<![\w-])([a-z][a-z\d]{2,})[`'"]?\s+(?:linter\s+)?is\s+(?:on|enabled|active)\b/.exec(line.plain)?.[1];
  if (closed && wanted && GO_LINTERS.has(wanted) && !rules.some(({ name }) => name === wanted))
    outcomes.push(contradicted(`${wanted} is not among the linters that run.`, closed));
  // "ruff ignores D100"
  const code = /\b(ignores?|selects?|enables?|disables?)\s+[`'"]?([A-Z]{1,4}\d{2,4})\b/.exec(line.plain);
  const listed = code && rules.filter(({ name }) => name === code[2]);
  const some = rules.find(({ name }) => /^[A-Z]{1,4}\d{0,4}$/.test(name));
  if (code && some && listed?.length === 0 && /^(?:ignore|disable)/.test(code[1] ?? ''))
    outcomes.push(contradicted(`${code[2]} is not ignored.`, { path: some.path, line: some.line }));
  return outcomes;
}

/** General names of linters that golangci-lint runs. */
const GO_LINTERS = new Set(
  'asciicheck bidichk bodyclose containedctx contextcheck cyclop depguard dogsled dupl dupword durationcheck errcheck errchkjson errname errorlint exhaustive exhaustruct forbidigo forcetypeassert funlen gci gochecknoglobals gochecknoinits gocognit goconst gocritic gocyclo godot gofmt gofumpt goimports gosec gosimple govet ineffassign interfacebloat ireturn lll makezero misspell mnd nakedret nestif nilerr nilnil nlreturn noctx nolintlint paralleltest perfsprint prealloc predeclared revive rowserrcheck sloglint sqlclosecheck staticcheck stylecheck tagliatelle tenv testifylint testpackage thelper tparallel typecheck unconvert unparam unused usestdlibvars varnamelen wastedassign whitespace wrapcheck wsl'.split(
    ' ',
  ),
);

function judge(before: string, behind: string, rules: readonly Rule[]): Outcome | undefined {
  const [first] = rules;
  if (!first) return undefined;
  const [claim] = first.limit === undefined ? [] : amounts(before + ' '.repeat(first.name.length) + behind);
  if (claim && first.limit !== undefined)
    return claim.value === first.limit
      ? supported(`${first.name} is ${first.limit}.`, at(first))
      : contradicted(`${first.name} is ${first.limit}.`, at(first));
  const said = levelSaid(before, behind);
  if (said === undefined) return undefined;
  const hit = rules.find(({ level }) => fits(said, level));
  return hit
    ? supported(`${hit.name} is ${hit.level}.`, at(hit))
    : contradicted(`${first.name} is ${first.level}.`, at(first));
}

const at = ({ path, line }: Rule): Evidence => ({ path, line });

function levelSaid(before: string, behind: string): Level | undefined {
  const after =
    /^[`'")]*\s+(?:rule\s+)?(?:is|are|only|just)\s+(?:only\s+|just\s+)?(?:(?:set\s+to|turned|switched|an?)\s+)?[`'"]?(not\s+)?(off|on|disabled|enabled|enforced|allowed|ignored|active|errors?|warnings?|warn|warns)\b/i.exec(
      behind,
    );
  const word = after?.[2]?.toLowerCase();
  const level =
    word === undefined
      ? /\b(?:ignores?|disables?)\s+[`'"]?$/i.test(before)
        ? 'off'
        : /\b(?:enables?|enforces?|selects?)\s+[`'"]?$/i.test(before)
          ? 'on'
          : undefined
      : /^(?:off|disabled|allowed|ignored)$/.test(word)
        ? 'off'
        : /^warn/.test(word)
          ? 'warn'
          : /^error/.test(word)
            ? 'error'
            : 'on';
  if (after?.[1] === undefined || level === undefined) return level;
  return level === 'off' ? 'on' : level === 'on' ? 'off' : undefined;
}

const fits = (said: Level, level: Level): boolean =>
  said === level || (said === 'on' && level !== 'off') || (level === 'on' && said === 'error');

/** All rules; `closed`: where only the linters in a list run. */
function rulesOf(workspace: Workspace): Promise<{ rules: Rule[]; closed: Evidence | undefined }> {
  return workspace.once('rules', async () => {
    const rules: Rule[] = [];
    let closed: Evidence | undefined;
    for (const path of (await workspace.files()).filter((file) => CONFIG.test(file))) {
      const text = (await workspace.text(path)) ?? '';
      if (/\.[cm]?[jt]s$/.test(path)) rules.push(...rulesInCode(path, text));
      for (const { key, value, line } of /\.[cm]?[jt]s$/.test(path) ? [] : await workspace.settings(path)) {
        const list = LISTS.find(([name]) => name.test(key.at(-2) ?? ''));
        if (list && /^\d+$/.test(key.at(-1) ?? '') && value !== '')
          rules.push({ name: value, level: list[1], path, line });
        // `"max-lines": ["error", 300]` and `"eqeqeq": "off"` below `rules`
        const inRules = key.indexOf('rules');
        const [name = '', place] = key.slice(inRules + (path.includes('biome') ? 2 : 1));
        const level = LEVELS[value];
        if (inRules >= 0 && name !== '' && level && (place === undefined || place === '0' || place === 'level'))
          rules.push({ name, level, path, line });
        if (
          /^\.golangci/.test(baseName(path)) &&
          ((key.at(-1) === 'disable-all' && value === 'true') ||
            (key.join('.') === 'linters.default' && value === 'none'))
        )
          closed = { path, line };
      }
    }
    return { rules, closed };
  });
}

/** `'max-lines': ['error', 300]`, `eqeqeq: 'off'` */
function rulesInCode(path: string, text: string): Rule[] {
  const kept = maskCode(text, path, true);
  return [
    ...kept.matchAll(
      /(?:(["'])([@\w][\w@/.-]*)\1|(?<![\w$.'"])([a-z][\w-]*))\s*:\s*(\[\s*)?(?:["'](off|warn|error)["']|([012])(?=\s*[,}\]]))(?:\s*,\s*(\d+))?/g,
    ),
  ].flatMap((match): Rule[] => {
    const level = LEVELS[match[5] ?? match[6] ?? ''];
    if (!level || (match[6] !== undefined && !/[-/]/.test(match[2] ?? ''))) return [];
    const limit = match[4] === undefined || match[7] === undefined ? undefined : Number(match[7]);
    return [
      {
        name: match[2] ?? match[3] ?? '',
        level,
        ...(limit === undefined ? {} : { limit }),
        path,
        line: lineAt(text, match.index),
      },
    ];
  });
}
