// Formatters, linters, compilers and CI: what their configuration settles.
import { type Citation, type Claims, cite, type TextFile } from './evidence.ts';
import { find } from './packages.ts';
import { nameOf, type Survey } from './survey.ts';

const setting = (at: Citation | undefined): string =>
  /[:=]\s*["']?([^"',]+?)["']?\s*,?\s*(?:#.*)?$/.exec(at?.text ?? '')?.[1]?.trim() ?? '';

/** The first of several possible files that is there. */
async function first(survey: Survey, paths: readonly string[]): Promise<TextFile | null> {
  for (const path of paths) {
    if (survey.paths.has(path)) {
      const file = await survey.text(path);
      if (file) return file;
    }
  }
  return null;
}

/**
 * Style that a formatter settles.
 * @returns the keys of the miners (`quotes`, `semicolons`, `indent`) that need no counting any more
 */
async function formatters(survey: Survey, claims: Claims): Promise<Set<string>> {
  const settled = new Set<string>();
  const prettier = await first(survey, [
    '.prettierrc',
    '.prettierrc.json',
    '.prettierrc.yaml',
    '.prettierrc.yml',
    'prettier.config.js',
    'prettier.config.mjs',
    '.prettierrc.js',
  ]);
  if (prettier) {
    const said: string[] = [];
    const evidence: Citation[] = [];
    const say = (key: string, test: RegExp, words: (value: string) => string): void => {
      const at = find(prettier, test);
      if (!at) return;
      settled.add(key);
      said.push(words(setting(at)));
      evidence.push(at);
    };
    say('quotes', /\bsingleQuote\b/, (v) => (v === 'true' ? 'single quotes' : 'double quotes'));
    say('semicolons', /\bsemi\b/, (v) => (v === 'false' ? 'no semicolons' : 'semicolons'));
    say('indent', /\buseTabs\b/, (v) => (v === 'true' ? 'tabs' : 'spaces'));
    say('indent', /\btabWidth\b/, (v) => `${v} columns of indentation`);
    say('width', /\bprintWidth\b/, (v) => `at most ${v} columns`);
    if (said.length > 0) claims.add('conventions', 'style', 0.75, `Prettier formats: ${said.join(', ')}.`, evidence);
    else claims.add('conventions', 'tooling', 0.5, 'Code is formatted with Prettier.', [find(prettier, /\S/)]);
  }
  const biome = await first(survey, ['biome.json', 'biome.jsonc']);
  if (biome) {
    const said: string[] = [];
    const evidence: Citation[] = [];
    for (const [key, test, words] of [
      ['quotes', /"quoteStyle"/, (v: string) => `${v} quotes`],
      ['semicolons', /"semicolons"/, (v: string) => (v === 'asNeeded' ? 'no semicolons' : 'semicolons')],
      ['indent', /"indentStyle"/, (v: string) => (v === 'tab' ? 'tabs' : 'spaces')],
      ['width', /"lineWidth"/, (v: string) => `at most ${v} columns`],
    ] as const) {
      const at = find(biome, test);
      if (!at) continue;
      settled.add(key);
      said.push(words(setting(at)));
      evidence.push(at);
    }
    claims.add(
      'conventions',
      'style',
      0.75,
      `Biome formats and lints${said.length > 0 ? `: ${said.join(', ')}` : ''}.`,
      evidence.length > 0 ? evidence : [find(biome, /\{/)],
    );
  }
  const editor = await survey.text('.editorconfig');
  if (editor && settled.size === 0) {
    const style = find(editor, /^indent_style\s*=/);
    const size = find(editor, /^indent_size\s*=/);
    if (style) {
      settled.add('indent');
      const width = setting(size);
      claims.add(
        'conventions',
        'style',
        0.7,
        `Indentation is ${setting(style) === 'tab' ? 'tabs' : `${width} spaces`.trim()} (.editorconfig).`,
        [style, size],
      );
    }
    const width = find(editor, /^max_line_length\s*=\s*\d/);
    if (width) claims.add('conventions', 'style', 0.5, `Lines have at most ${setting(width)} columns.`, [width]);
  }
  return settled;
}

async function linters(survey: Survey, claims: Claims): Promise<void> {
  const eslint = await first(survey, [
    'eslint.config.js',
    'eslint.config.mjs',
    'eslint.config.ts',
    '.eslintrc.json',
    '.eslintrc.js',
    '.eslintrc.cjs',
    '.eslintrc.yml',
    '.eslintrc',
  ]);
  if (eslint) {
    const rules = eslint.lines.flatMap((line, i) =>
      [...line.matchAll(/['"]?((?:@?[\w-]+\/)?[a-z][\w-]+)['"]?\s*:\s*\[?\s*['"]?(?:error|2)\b/g)].map(
        ([, name = '']) => ({
          name,
          at: cite(eslint, i),
        }),
      ),
    );
    if (rules.length > 0)
      claims.add(
        'conventions',
        'rule',
        0.55,
        `ESLint fails on ${rules
          .slice(0, 5)
          .map((r) => r.name)
          .join(', ')}.`,
        rules.map((r) => r.at),
      );
    else
      claims.add('conventions', 'tooling', 0.45, 'Code is linted with ESLint.', [
        find(eslint, /extends|export default|module\.exports/),
      ]);
  }
  const ruff = (await survey.text('ruff.toml')) ?? (await survey.text('pyproject.toml'));
  const section = ruff?.path === 'ruff.toml' ? 0 : (ruff?.lines.findIndex((l) => /^\[tool\.ruff/.test(l)) ?? -1);
  if (ruff && section >= 0) {
    const width = find(ruff, /^line-length\s*=/, section);
    const select = find(ruff, /^(?:extend-)?select\s*=/, section);
    const said = `Ruff lints and formats${width ? `, line length ${setting(width)}` : ''}.`;
    claims.add('conventions', 'tooling', 0.7, said, [width, select, find(ruff, /^\[tool\.ruff/) ?? find(ruff, /\S/)]);
  }
  const pyproject = await survey.text('pyproject.toml');
  const black = find(pyproject, /^\[tool\.black\]/);
  if (black)
    claims.add('conventions', 'tooling', 0.6, 'Python is formatted with Black.', [
      find(pyproject, /^line-length/),
      black,
    ]);
  const rustfmt = await first(survey, ['rustfmt.toml', '.rustfmt.toml']);
  if (rustfmt) {
    const set = rustfmt.lines.flatMap((line, i) => (/^\w+\s*=/.test(line) ? [cite(rustfmt, i)] : [])).slice(0, 3);
    claims.add('conventions', 'style', 0.6, `rustfmt: ${set.map((c) => c.text).join(', ')}.`, set);
  }
  const golangci = await first(survey, ['.golangci.yml', '.golangci.yaml']);
  claims.add('conventions', 'tooling', 0.6, 'Go is linted with golangci-lint.', [find(golangci, /linters|\S/)]);
  const rubocop = await survey.text('.rubocop.yml');
  claims.add('conventions', 'tooling', 0.55, 'Ruby is linted with RuboCop.', [find(rubocop, /\S/)]);
  const hooks = await first(survey, ['.pre-commit-config.yaml', 'lefthook.yml', '.husky/pre-commit']);
  if (hooks)
    claims.add('project', 'tooling', 0.55, `Hooks run before each commit (${hooks.path}).`, [
      find(hooks, /\bid:|run:|^(?!#)\S+ \S/),
    ]);
}

async function compilers(survey: Survey, claims: Claims): Promise<void> {
  const ts = await survey.text('tsconfig.json');
  if (ts) {
    const strict = find(ts, /"strict"\s*:\s*true/);
    const more = [
      'noUncheckedIndexedAccess',
      'exactOptionalPropertyTypes',
      'noImplicitOverride',
      'erasableSyntaxOnly',
      'verbatimModuleSyntax',
    ]
      .map((name) => ({ name, at: find(ts, new RegExp(`"${name}"\\s*:\\s*true`)) }))
      .filter((o) => o.at);
    if (strict || more.length > 0) {
      const list = more.length > 0 ? ` with ${more.map((o) => o.name).join(', ')}` : '';
      claims.add('conventions', 'tooling', 0.6, `TypeScript is ${strict ? 'strict' : 'checked'}${list}.`, [
        strict,
        ...more.map((o) => o.at),
      ]);
    }
    const paths = find(ts, /^\s*"[@~#][^"]*\/?\*"\s*:/);
    if (paths)
      claims.add(
        'conventions',
        'imports',
        0.5,
        `Path alias ${/"([^"]+)"/.exec(paths.text)?.[1]} is set in tsconfig.json.`,
        [paths],
      );
  }
  for (const [path, what] of [
    ['.nvmrc', 'Node'],
    ['.node-version', 'Node'],
    ['.python-version', 'Python'],
    ['.ruby-version', 'Ruby'],
    ['rust-toolchain', 'Rust'],
  ] as const) {
    const at = find(await survey.text(path), /\S/);
    if (at) claims.add('project', 'environment', 0.6, `${what} ${at.text} is pinned in ${path}.`, [at]);
  }
  const tools = await survey.text('.tool-versions');
  const pinned = tools?.lines.flatMap((line, i) => (/^\w+\s+\S/.test(line) ? [cite(tools, i)] : [])).slice(0, 3) ?? [];
  if (pinned.length > 0)
    claims.add(
      'project',
      'environment',
      0.6,
      `Pinned in .tool-versions: ${pinned.map((c) => c.text).join(', ')}.`,
      pinned,
    );
}

const BORING =
  /^(?:npm (?:ci|install|i)\b|pnpm (?:i|install)\b|yarn(?: install)?\b|pip install\b|echo\b|cd\b|mkdir\b|git\b|sudo\b|curl\b|export\b|set\b|if\b|fi\b|\||corepack\b|bun install\b|uv sync\b|apt)/;

async function ci(survey: Survey, claims: Claims): Promise<void> {
  const found: { command: string; at: Citation }[] = [];
  let matrix: Citation | undefined;
  for (const { path } of survey.files) {
    if (
      !/^\.github\/workflows\/[^/]+\.ya?ml$|^\.gitlab-ci\.yml$|^\.circleci\/config\.yml$|^azure-pipelines\.yml$/.test(
        path,
      )
    )
      continue;
    const file = await survey.text(path);
    file?.lines.forEach((line, i) => {
      const command =
        /^\s*(?:- )?(?:run|script):\s*([^|>\s].*)$/.exec(line)?.[1]?.trim() ??
        /^\s{4,}- ((?:npm|pnpm|yarn|bun|make|just|cargo|go|uv|poetry|pytest|tox|\.\/)\S* ?.*)$/.exec(line)?.[1];
      if (command && command.length <= 60 && !BORING.test(command) && found.length < 40)
        found.push({ command, at: cite(file, i) });
      if (/^\s*(?:node|python|go|java|ruby|php|rust)(?:-version)?:\s*\[/.test(line)) matrix ??= cite(file, i);
    });
  }
  const commands = [...new Map(found.map((f) => [f.command, f])).values()].slice(0, 4);
  if (commands.length > 0)
    claims.add(
      'project',
      'command',
      0.7,
      `CI runs ${commands.map((c) => `\`${c.command}\``).join(', ')}.`,
      commands.map((c) => c.at),
    );
  if (matrix) claims.add('project', 'environment', 0.55, `CI tests ${matrix.text.replace(/:\s*/, ': ')}.`, [matrix]);
}

/** Documented variables, never their values. */
async function environment(survey: Survey, claims: Claims): Promise<void> {
  for (const { path } of survey.files) {
    if (!/^\.env\.(?:example|sample|template|dist)$/.test(nameOf(path)) || path.split('/').length > 3) continue;
    const file = await survey.text(path);
    const names = file?.lines.flatMap((line, i) => {
      const name = /^(?:export\s+)?([A-Z][A-Z0-9_]+)=/.exec(line)?.[1];
      return name ? [{ name, at: cite(file, i) }] : [];
    });
    if (!names || names.length === 0) continue;
    const prefix = /^[A-Z0-9]+_/.exec(names[0]?.name ?? '')?.[0];
    const shared = prefix && names.length >= 3 && names.every((n) => n.name.startsWith(prefix));
    const list = names
      .slice(0, 6)
      .map((n) => n.name)
      .join(', ');
    const claim = shared
      ? `Environment variables begin with ${prefix} and are documented in ${path}.`
      : `Environment variables are documented in ${path}: ${list}.`;
    claims.add(
      'project',
      'environment',
      0.6,
      claim,
      names.map((n) => n.at),
    );
  }
}

/** @returns which styles need no counting, because a formatter settles them */
export async function readConfigs(survey: Survey, claims: Claims): Promise<Set<string>> {
  const settled = await formatters(survey, claims);
  await linters(survey, claims);
  await compilers(survey, claims);
  await ci(survey, claims);
  await environment(survey, claims);
  return settled;
}
