// Package files of many ecosystems: which tools run a project, its commands, its versions.
import { type Citation, type Claims, cite, type TextFile } from './evidence.ts';
import { nameOf, type Survey } from './survey.ts';

/** The first line a test holds for, as a citation. */
export function find(file: TextFile | null, test: RegExp, from = 0): Citation | undefined {
  if (!file) return undefined;
  const at = file.lines.findIndex((line, i) => i >= from && test.test(line));
  return at < 0 ? undefined : cite(file, at);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function parseJson(file: TextFile): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(file.lines.join('\n'));
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

const LOCKS: readonly [file: string, manager: string][] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
];
/** Scripts a person asks for, most wanted first. */
const WANTED = [
  'test',
  'build',
  'lint',
  'check',
  'typecheck',
  'format',
  'dev',
  'start',
  'e2e',
  'bench',
  'ci',
  'package',
  'release',
];
const SAID: Record<string, string> = {
  test: 'Tests',
  build: 'Build',
  lint: 'Lint',
  check: 'Check',
  dev: 'Development',
  start: 'Start',
};
/** Dependencies that shape how code is written here. */
const FRAMEWORKS =
  /^(?:react|vue|svelte|@angular\/core|next|nuxt|astro|express|fastify|koa|hono|@nestjs\/core|electron|zod|prisma|drizzle-orm|typeorm|graphql|@trpc\/server|tailwindcss|redux|zustand|@tanstack\/react-query|playwright|@playwright\/test|cypress|vitest|jest|mocha|ava|django|flask|fastapi|sqlalchemy|pydantic|pytest|celery|typer|click|rails|rspec|laravel\/framework|symfony\/.*|tokio|axum|actix-web|serde|clap)$/;

async function javaScript(survey: Survey, claims: Claims): Promise<boolean> {
  const file = await survey.text('package.json');
  if (!file) return false;
  const json = parseJson(file);
  const pinned = typeof json.packageManager === 'string' ? /^[a-z]+/.exec(json.packageManager)?.[0] : undefined;
  const lock = LOCKS.find(([path]) => survey.paths.has(path));
  const manager = pinned ?? lock?.[1] ?? 'npm';
  if (pinned || lock) {
    const lockFile = lock ? await survey.text(lock[0]) : null;
    const evidence = [find(file, /"packageManager"/), lockFile ? find(lockFile, /\S/) : undefined];
    claims.add(
      'project',
      'tooling',
      0.85,
      `The package manager is ${manager}${lock ? ` (${lock[0]})` : ''}.`,
      evidence,
    );
  }
  const scripts = isRecord(json.scripts) ? json.scripts : {};
  const start = file.lines.findIndex((line) => /"scripts"\s*:/.test(line));
  const names = Object.keys(scripts).filter((name) => typeof scripts[name] === 'string');
  const ranked = [
    ...WANTED.filter((n) => names.includes(n)),
    ...names.filter((n) => /^test:|^lint:|^build:/.test(n)),
  ].slice(0, 7);
  for (const name of ranked) {
    const run =
      manager === 'npm' && name !== 'test' && name !== 'start' ? 'npm run' : manager === 'bun' ? 'bun run' : manager;
    const at =
      find(file, new RegExp(`^\\s*"${escaped(name)}"\\s*:`), Math.max(0, start)) ??
      find(file, new RegExp(`"${escaped(name)}"`));
    const body = String(scripts[name]);
    const shown = body.length <= 60 ? body : `${body.slice(0, 57)}…`;
    claims.add(
      'project',
      'command',
      name === 'test' ? 0.95 : 0.8,
      `${SAID[name] ?? name}: \`${run} ${name}\` (${shown}).`,
      [at],
    );
  }
  const others = names.filter((name) => !ranked.includes(name) && !/^(?:pre|post)/.test(name)).slice(0, 6);
  if (others.length > 0) {
    const list = others.map((name) => `\`${name}\``).join(', ');
    const evidence = others.map((name) => find(file, new RegExp(`^\\s*"${escaped(name)}"\\s*:`), Math.max(0, start)));
    claims.add('project', 'command', 0.5, `Further scripts of ${manager}: ${list}.`, evidence);
  }
  const engines = isRecord(json.engines) ? json.engines : {};
  if (typeof engines.node === 'string')
    claims.add('project', 'environment', 0.7, `Node ${engines.node} is required.`, [find(file, /"node"\s*:/)]);
  if (json.type === 'module')
    claims.add('conventions', 'imports', 0.5, 'The package is an ES module ("type": "module").', [
      find(file, /"type"\s*:\s*"module"/),
    ]);
  if (json.workspaces || survey.paths.has('pnpm-workspace.yaml')) {
    const workspace = await survey.text('pnpm-workspace.yaml');
    claims.add('project', 'layout', 0.7, 'It is a monorepo with workspaces.', [
      find(file, /"workspaces"/),
      find(workspace, /packages/),
    ]);
  }
  const dependencies = {
    ...(isRecord(json.dependencies) ? json.dependencies : {}),
    ...(isRecord(json.devDependencies) ? json.devDependencies : {}),
  };
  const uses = Object.keys(dependencies)
    .filter((name) => FRAMEWORKS.test(name))
    .slice(0, 6);
  builtWith(claims, file, uses);
  return true;
}

function builtWith(claims: Claims, file: TextFile, uses: readonly string[]): void {
  if (uses.length === 0) return;
  const from = Math.max(
    0,
    file.lines.findIndex((line) => /dependencies/i.test(line)),
  );
  const evidence = uses.map((name) => find(file, new RegExp(`["']${escaped(name)}["'\\s<>=~!\\[]`, 'i'), from));
  claims.add('project', 'architecture', 0.6, `Built with ${uses.join(', ')}.`, evidence);
}

async function python(survey: Survey, claims: Claims): Promise<void> {
  const file = await survey.text('pyproject.toml');
  const locks: [string, string][] = [
    ['uv.lock', 'uv'],
    ['poetry.lock', 'Poetry'],
    ['pdm.lock', 'PDM'],
    ['Pipfile.lock', 'Pipenv'],
  ];
  const lock = locks.find(([path]) => survey.paths.has(path));
  if (lock)
    claims.add('project', 'tooling', 0.85, `Python dependencies are managed with ${lock[1]} (${lock[0]}).`, [
      find(await survey.text(lock[0]), /\S/),
    ]);
  if (!file) {
    const requirements = await survey.text('requirements.txt');
    const first = find(requirements, /^[A-Za-z]/);
    if (!lock) claims.add('project', 'tooling', 0.7, 'Python dependencies are in requirements.txt (pip).', [first]);
    return;
  }
  const requires = find(file, /^(?:requires-python|python)\s*=/);
  const version = /=\s*["']([^"']+)["']/.exec(requires?.text ?? '')?.[1];
  if (version) claims.add('project', 'environment', 0.75, `Python ${version} is required.`, [requires]);
  const pytest = find(file, /^\[tool\.pytest|["']pytest\b/);
  const run = lock?.[1] === 'uv' ? 'uv run ' : lock?.[1] === 'Poetry' ? 'poetry run ' : '';
  claims.add('project', 'command', 0.85, `Tests: \`${run}pytest\`.`, [pytest]);
  const strict = find(file, /^strict\s*=\s*true/);
  if (strict && find(file, /^\[tool\.mypy\]/))
    claims.add('conventions', 'tooling', 0.65, 'Types are checked with mypy in strict mode.', [strict]);
  else claims.add('conventions', 'tooling', 0.6, 'Types are checked with mypy.', [find(file, /^\[tool\.mypy\]/)]);
  claims.add('conventions', 'tooling', 0.55, 'Types are checked with pyright.', [find(file, /^\[tool\.pyright\]/)]);
  const scripts = file.lines.findIndex((line) => /^\[project\.scripts\]/.test(line));
  if (scripts >= 0) {
    const entry = find(file, /^[\w-]+\s*=/, scripts);
    claims.add(
      'project',
      'architecture',
      0.5,
      `It installs the command \`${/^[\w-]+/.exec(entry?.text ?? '')?.[0]}\`.`,
      [entry],
    );
  }
  const own = /"([^"]+)"/.exec(find(file, /^name\s*=/)?.text ?? '')?.[1]?.toLowerCase();
  const names = file.lines.flatMap((line) =>
    [...line.matchAll(/["']([A-Za-z][\w-]*)(?:\[[^\]]*\])?\s*(?:[<>=~!][^"']*)?["']/g)].map((m) =>
      (m[1] ?? '').toLowerCase(),
    ),
  );
  builtWith(claims, file, [...new Set(names)].filter((n) => FRAMEWORKS.test(n) && n !== own).slice(0, 6));
}

/** Files that each say one or two things. */
async function others(survey: Survey, claims: Claims): Promise<void> {
  const cargo = await survey.text('Cargo.toml');
  if (cargo) {
    const edition = find(cargo, /^edition\s*=/);
    claims.add(
      'project',
      'tooling',
      0.7,
      `Rust, edition ${/"(\d+)"/.exec(edition?.text ?? '')?.[1]}; tests: \`cargo test\`.`,
      [edition],
    );
    claims.add('project', 'layout', 0.6, 'It is a Cargo workspace.', [find(cargo, /^\[workspace\]/)]);
    const version = find(cargo, /^rust-version\s*=/);
    if (version)
      claims.add('project', 'environment', 0.7, `Rust ${/"([^"]+)"/.exec(version.text)?.[1]} is required.`, [version]);
  }
  const go = await survey.text('go.mod');
  if (go) {
    const version = find(go, /^go \d/);
    claims.add(
      'project',
      'tooling',
      0.8,
      `Go module ${find(go, /^module /)?.text.slice(7) ?? ''}; tests: \`go test ./...\`.`,
      [find(go, /^module /)],
    );
    if (version) claims.add('project', 'environment', 0.7, `Go ${version.text.slice(3)} is required.`, [version]);
  }
  for (const path of ['build.gradle.kts', 'build.gradle', 'pom.xml']) {
    const file = await survey.text(path);
    if (!file) continue;
    const maven = path === 'pom.xml';
    const wrapper = survey.paths.has(maven ? 'mvnw' : 'gradlew');
    const run = maven ? (wrapper ? './mvnw' : 'mvn') : wrapper ? './gradlew' : 'gradle';
    claims.add('project', 'command', 0.85, `Build and tests: \`${run} ${maven ? 'verify' : 'build'}\`.`, [
      find(file, maven ? /<project/ : /plugins|apply/),
    ]);
    const java = find(
      file,
      /JavaLanguageVersion\.of\(\d+\)|<(?:java\.version|maven\.compiler\.(?:release|source))>|sourceCompatibility/,
    );
    const version = /\d+(?:\.\d+)*/.exec(java?.text.replace(/^.*?(?:of\(|>|=)/, '') ?? '')?.[0];
    if (version) claims.add('project', 'environment', 0.7, `Java ${version} is required.`, [java]);
    break;
  }
  const gemfile = await survey.text('Gemfile');
  const rspec = find(gemfile, /gem ['"]rspec/);
  claims.add('project', 'command', 0.8, `Ruby with Bundler; tests: \`bundle exec ${rspec ? 'rspec' : 'rake test'}\`.`, [
    rspec ?? find(gemfile, /^(?:source|gem)\b/),
  ]);
  const composer = await survey.text('composer.json');
  if (composer) {
    claims.add('project', 'tooling', 0.75, 'PHP with Composer.', [find(composer, /"require"/)]);
    const test = find(composer, /^\s*"test"\s*:/);
    claims.add('project', 'command', 0.85, 'Tests: `composer test`.', [test]);
    const php = find(composer, /"php"\s*:/);
    claims.add('project', 'environment', 0.7, `PHP ${/:\s*"([^"]+)"/.exec(php?.text ?? '')?.[1]} is required.`, [php]);
  }
}

/** Makefile, justfile, Taskfile: their targets. */
async function runners(survey: Survey, claims: Claims): Promise<void> {
  const kinds: [RegExp, string, RegExp][] = [
    [/^(?:GNU)?[Mm]akefile$/, 'make', /^([a-z][\w-]*)\s*:(?!=)/],
    [/^\.?[Jj]ustfile$/, 'just', /^([a-z][\w-]*)[^:=]*:(?!=)/],
    [/^Taskfile\.ya?ml$/, 'task', /^ {2}([a-z][\w:-]*):\s*$/],
  ];
  for (const { path } of survey.files) {
    const kind = path.includes('/') ? undefined : kinds.find(([name]) => name.test(nameOf(path)));
    const file = kind ? await survey.text(path) : null;
    if (!file || !kind) continue;
    const [, tool, target] = kind;
    const found = file.lines.flatMap((line, i) => {
      const name = target.exec(line)?.[1];
      return name ? [{ name, at: cite(file, i) }] : [];
    });
    const useful = found
      .filter(
        (t) => WANTED.includes(t.name) || /^(?:fmt|install|setup|run|migrate|docs|clean|generate|gen)$/.test(t.name),
      )
      .slice(0, 8);
    const shown = useful.length > 0 ? useful : found.slice(0, 5);
    if (shown.length > 0) {
      const list = shown.map((t) => `\`${tool} ${t.name}\``).join(', ');
      claims.add(
        'project',
        'command',
        0.85,
        `Commands in ${path}: ${list}.`,
        shown.map((t) => t.at),
      );
    }
  }
}

export async function readPackages(survey: Survey, claims: Claims): Promise<void> {
  await javaScript(survey, claims);
  await python(survey, claims);
  await others(survey, claims);
  await runners(survey, claims);
}
