// Where the packages, tools and services of a project show.
import type { Evidence } from './facts.ts';
import { escapeRegExp } from './mask.ts';
import type { Dependency, Project } from './project-types.ts';
import { ENGLISH, TECH, type Tech } from './tech-names.ts';
import type { Workspace } from './workspace.ts';

export const at = ({ path, line }: Evidence): Evidence => ({ path, line });
const normal = (name: string): string => name.toLowerCase().replaceAll('_', '-');

/** Whether a manifest's entry is the package of that name. */
export function isPackage(dependency: Dependency, name: string): boolean {
  const [own, wanted] = [normal(dependency.name), normal(name)];
  if (own === wanted) return true;
  // Go's modules end in the version of their API: github.com/labstack/echo/v4
  if (own.startsWith(`${wanted}/`))
    return wanted.includes('.') && /^\/v\d+$|^\/(?:driver|v\d+\/).*/.test(own.slice(wanted.length));
  if (!/^[\w.-]+\.\w+\//.test(own)) return false;
  const path = own.replace(/\/v\d+$/, '');
  // `lib/pq`, and `testify/require` of stretchr/testify
  const [repository = ''] = wanted.split('/');
  return path.endsWith(`/${wanted}`) || (wanted.includes('/') && path.endsWith(`/${repository}`));
}

/** What people write for a module of Go: without its host, or with a folder in it. */
export function shortModules(text: string, project: Project): string[] {
  const modules = [...project.dependencies.map(({ name }) => name), ...TECH.flatMap(({ packages }) => packages)]
    .filter((name) => /^[\w.-]+\.\w+\/[\w.-]+\/[\w.-]+/.test(name))
    .map((name) => name.split('/'));
  return [...text.matchAll(/(?<![\w@./-])[\w.-]+\/[\w-]+(?![\w/])/g)]
    .map(([short]) => short)
    .filter((short) => {
      const [first, second] = short.split('/');
      return modules.some(([, owner, name]) => (owner === first && name === second) || name === first);
    });
}

export const findDependency = (project: Project, names: readonly string[]): Dependency | undefined => {
  const found = project.dependencies.filter((each) => names.some((name) => isPackage(each, name)));
  return found.find((each) => each.spec !== '') ?? found[0];
};

/** `turbo-rails`, `django-htmx`: what brings it to a framework. */
const FRAMEWORK =
  '(?:rails|ruby|laravel|symfony|django|flask|fastapi|spring|phoenix|nuxt|next|gatsby|vue|react|svelte|astro|vite)';
const bridges = (name: string, tech: string): boolean =>
  new RegExp(`^${escapeRegExp(tech)}[-_]${FRAMEWORK}$|^${FRAMEWORK}[-_]${escapeRegExp(tech)}$`).test(name);

/** A line of code that brings it in: some come with others and stand in no manifest. */
async function importOf(name: string, workspace: Workspace): Promise<Evidence | undefined> {
  if (name.length < 4 || ENGLISH.has(name)) return undefined;
  const pattern = new RegExp(
    `^\\s*(?:using|import|from|require|use|#include|alias|@import|open)\\b[^\\n]*(?<![A-Za-z\\d])${escapeRegExp(name)}(?![a-z])`,
    'i',
  );
  for (const path of await workspace.codeFiles()) {
    const text = (await workspace.text(path)) ?? '';
    if (!text.toLowerCase().includes(name)) continue;
    const index = text.split('\n').findIndex((row) => pattern.test(row));
    if (index >= 0) return { path, line: index + 1 };
  }
  return undefined;
}

export async function trace(
  tech: Tech,
  project: Project,
  workspace: Workspace,
): Promise<(Evidence & { spec?: string }) | undefined> {
  const dependency =
    findDependency(project, tech.packages) ?? project.dependencies.find(({ name }) => name === tech.name);
  if (dependency) return dependency;
  const bridge = project.dependencies.find(({ name }) => bridges(name.toLowerCase(), tech.name));
  if (bridge) return bridge;
  if (tech.files) {
    const path = (await workspace.files()).find((file) => tech.files?.test(file));
    if (path) return { path, line: 1 };
  }
  if (tech.kind === 'py-format' || tech.kind === 'py-lint' || tech.kind === 'py-types' || tech.kind === 'py-test') {
    for (const path of project.manifests.filter((file) => file.endsWith('pyproject.toml'))) {
      const section = (await workspace.settings(path)).find(({ key }) => key[0] === 'tool' && key[1] === tech.name);
      if (section) return { path, line: section.line };
    }
  }
  if (tech.word)
    for (const name of tech.packages) {
      const use = await wordIn(name, workspace);
      if (use) return use;
    }
  const inBuild = tech.outside ? undefined : await inBuildFile(tech.name, workspace);
  if (inBuild) return inBuild;
  const imported = tech.outside ? undefined : await importOf(tech.name, workspace);
  if (imported) return imported;
  if (tech.outside || tech.kind === 'py-lint' || tech.kind === 'go-lint') return imageOf(tech, workspace);
  return undefined;
}

/** Plugins, and what a build or a workflow installs itself. */
const BUILD_FILE =
  /\.gradle(?:\.kts)?$|(?:^|\/)pom\.xml$|(?:^|\/)(?:libs\.versions\.toml|mix\.exs|[\w-]*\.?Dockerfile[\w.-]*|\.pre-commit-config\.yaml|Makefile|justfile|Taskfile\.ya?ml|Podfile|Package\.swift|Fastfile|Brewfile|Mintfile)$|(?:^|\/)\.github\/workflows\//;

async function inBuildFile(name: string, workspace: Workspace): Promise<Evidence | undefined> {
  if (name.length < 4 || ENGLISH.has(name)) return undefined;
  const pattern = new RegExp(`(?<![A-Za-z\\d])${escapeRegExp(name)}(?![a-z])`, 'i');
  for (const path of (await workspace.files()).filter((file) => BUILD_FILE.test(file))) {
    const index = ((await workspace.text(path)) ?? '')
      .split('\n')
      .findIndex((row) => pattern.test(row) && !/^\s*(?:#|\/\/)/.test(row));
    if (index >= 0) return { path, line: index + 1 };
  }
  return undefined;
}

const PROSE = /\.(?:mdx?|txt|rst|adoc)$|(?:^|\/)(?:CHANGELOG|LICENSE)/i;

/** A file that carries the name, or a line of one that is no prose. */
async function wordIn(name: string, workspace: Workspace): Promise<Evidence | undefined> {
  const pattern = new RegExp(`(?<![A-Za-z\\d])${escapeRegExp(name)}`, 'i');
  for (const path of await workspace.files()) {
    if (PROSE.test(path)) continue;
    if (pattern.test(path)) return { path, line: 1 };
    const index = ((await workspace.text(path)) ?? '').split('\n').findIndex((row) => pattern.test(row));
    if (index >= 0) return { path, line: index + 1 };
  }
  return undefined;
}

/** A service that compose or a workflow starts, an address that names it, a provider in a schema. */
async function imageOf(tech: Tech, workspace: Workspace): Promise<Evidence | undefined> {
  const files = (await workspace.files()).filter(
    (file) =>
      /(?:compose[\w.-]*\.ya?ml|\.github\/workflows\/.*|\.env[\w.]*|schema\.prisma|\.pre-commit-config\.yaml|Dockerfile[\w.]*|values[\w.-]*\.ya?ml)$|(?:^|\/)(?:k8s|kubernetes|deploy|manifests|charts|helm)\/.*\.ya?ml$/.test(
        file,
      ) ||
      (tech.outside &&
        /(?:settings|config|database|db|application)[\w-]*\.(?:py|ts|js|go|rs|json|ya?ml|toml|rb|properties)$/.test(
          file,
        )),
  );
  const word = new RegExp(
    `(?:image:\\s*["']?(?:[\\w./-]+/)?${tech.name}|${tech.name}(?:ql)?(?:\\+\\w+)?://|provider\\s*=\\s*"${tech.name}|repo:.*${tech.name}|engine['"]?\\s*[:=]\\s*['"][\\w.]*${tech.name}|(?:class(?:Name)?|driver|adapter|backend|dialect)["']?\\s*[:=]\\s*["']?${tech.name}|\\b${tech.name}(?:3)?\\.(?:connect|Open)|['"]${tech.name}3?['"])`,
    'i',
  );
  for (const path of files) {
    const index = ((await workspace.text(path)) ?? '').split('\n').findIndex((line) => word.test(line));
    if (index >= 0) return { path, line: index + 1 };
  }
  return undefined;
}

export async function rivalOf(
  tech: Tech,
  project: Project,
  workspace: Workspace,
): Promise<{ name: string; evidence: Evidence } | undefined> {
  for (const other of TECH) {
    if (other.kind !== tech.kind || other === tech) continue;
    const evidence = await trace(other, project, workspace);
    if (evidence) return { name: other.name, evidence };
  }
  return undefined;
}

export const HOME: Record<string, RegExp> = {
  js: /package\.json$/,
  py: /pyproject\.toml$|requirements|setup\.|Pipfile/,
  go: /go\.mod$/,
  rs: /Cargo\.toml$/,
  java: /pom\.xml$|gradle/,
  cs: /\.csproj$/,
  rb: /Gemfile$/,
  kt: /gradle|pom\.xml$/,
  ex: /mix\.exs$/,
  php: /composer\.json$/,
  sw: /Package\.swift$|Podfile$/,
};

export function missingPlace(project: Project, tech: Tech): Evidence[] {
  const home = HOME[tech.kind.split('-')[0] ?? ''];
  const manifest = project.manifests.find((path) => home?.test(path)) ?? project.manifests[0];
  if (manifest === undefined) return [];
  const first = project.dependencies.find((each) => each.path === manifest);
  return [first ? at(first) : { path: manifest, line: 1 }];
}
