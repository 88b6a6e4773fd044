// What a project's manifests say: its packages, scripts, package managers and the versions of its languages.
import { READERS } from './manifests.ts';
import type { Manager, Project } from './project-types.ts';
import { baseName, type Workspace } from './workspace.ts';

const MANIFEST =
  /(?:^|\/)(?:package\.json|pyproject\.toml|setup\.(?:py|cfg)|requirements[\w.-]*\.txt|requirements\/[\w.-]+\.txt|Pipfile|environment\.ya?ml|Cargo\.toml|go\.mod|pom\.xml|build\.gradle(?:\.kts)?|libs\.versions\.toml|Package\.swift|Podfile|Packages\/manifest\.json|[\w.-]+\.csproj|Directory\.(?:Packages|Build)\.props|Gemfile|composer\.json|deno\.jsonc?|mix\.exs|pubspec\.yaml)$/;
const FOREIGN = /(?:^|\/)(?:fixtures?|testdata|__fixtures__|samples?|templates?)\//;

const RUN_FILE =
  /\.github\/workflows\/|(?:^|\/)(?:\.gitlab-ci\.ya?ml|Makefile|[Jj]ustfile|Taskfile\.ya?ml|Dockerfile)$/;

export const projectOf = (workspace: Workspace): Promise<Project> =>
  workspace.once('project', () => readProject(workspace));

async function readProject(workspace: Workspace): Promise<Project> {
  const project: Project = { dependencies: [], scripts: [], runtimes: [], managers: [], manifests: [] };
  const files = [...(await workspace.files())].filter((file) => !FOREIGN.test(file));
  files.sort((a, b) => a.split('/').length - b.split('/').length);
  for (const path of files) {
    const name = baseName(path);
    if (MANIFEST.test(path)) project.manifests.push(path);
    const read = READERS.find(([pattern]) => pattern.test(path))?.[1];
    if (read) {
      const text = await workspace.text(path);
      if (text !== null) read(project, path, text, await workspace.settings(path));
    }
    const manager = LOCKS[name];
    if (manager) project.managers.push({ ...manager, path, line: 1 });
  }
  if (!project.managers.some(({ kind }) => kind === 'python'))
    project.managers.push(...(await ranBy(files, workspace)));
  return project;
}

/** Where nothing is locked: who runs the programs of a Python project, by its CI and its Makefile. */
async function ranBy(files: readonly string[], workspace: Workspace): Promise<Manager[]> {
  for (const path of files.filter((file) => RUN_FILE.test(file))) {
    for (const [index, row] of ((await workspace.text(path)) ?? '').split('\n').entries()) {
      const name = /(?<![\w-])(uv|poetry|pdm|pipenv)\s+(?:run|sync|install)\b/.exec(row)?.[1];
      if (name !== undefined) return [{ name, kind: 'python', path, line: index + 1 }];
    }
  }
  return [];
}

const LOCKS: Record<string, Pick<Manager, 'name' | 'kind'>> = {
  'package-lock.json': { name: 'npm', kind: 'js' },
  'npm-shrinkwrap.json': { name: 'npm', kind: 'js' },
  'pnpm-lock.yaml': { name: 'pnpm', kind: 'js' },
  'pnpm-workspace.yaml': { name: 'pnpm', kind: 'js' },
  'yarn.lock': { name: 'yarn', kind: 'js' },
  '.yarnrc.yml': { name: 'yarn', kind: 'js' },
  'bun.lock': { name: 'bun', kind: 'js' },
  'bun.lockb': { name: 'bun', kind: 'js' },
  'poetry.lock': { name: 'poetry', kind: 'python' },
  'uv.lock': { name: 'uv', kind: 'python' },
  'Pipfile.lock': { name: 'pipenv', kind: 'python' },
  Pipfile: { name: 'pipenv', kind: 'python' },
  'pdm.lock': { name: 'pdm', kind: 'python' },
  'requirements.txt': { name: 'pip', kind: 'python' },
  'environment.yml': { name: 'conda', kind: 'python' },
};
