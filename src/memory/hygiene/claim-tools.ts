// Claims about package managers and about the languages that code is written in.
import { VERSION_AFTER } from './claim-versions.ts';
import { absent, contradicted, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { at, HOME } from './package-traces.ts';
import type { Project } from './project-types.ts';
import { isTestPath, type Workspace } from './workspace.ts';

export const MANAGERS: Record<string, 'js' | 'python'> = {
  npm: 'js',
  pnpm: 'js',
  yarn: 'js',
  bun: 'js',
  poetry: 'python',
  uv: 'python',
  pipenv: 'python',
  pdm: 'python',
  conda: 'python',
  pip: 'python',
};
export const LANGUAGES: Record<string, RegExp> = {
  typescript: /\.[mc]?tsx?$/,
  javascript: /\.[mc]?jsx?$/,
  python: /\.py$/,
  go: /\.go$/,
  golang: /\.go$/,
  rust: /\.rs$/,
  java: /\.java$/,
  kotlin: /\.kts?$/,
  'c#': /\.cs$/,
  ruby: /\.rb$/,
  php: /\.php$/,
  swift: /\.swift$/,
  scala: /\.scala$/,
  elixir: /\.exs?$/,
  dart: /\.dart$/,
  lua: /\.lua$/,
  coffeescript: /\.coffee$/,
  flow: /\.js\.flow$/,
  haskell: /\.hs$/,
  'c++': /\.(?:cc|cpp|hpp)$/,
  perl: /\.p[lm]$/,
};

export function managerClaim(
  line: LineText,
  project: Project,
  name: string,
  start: number,
  end: number,
): Outcome | undefined {
  const kind = MANAGERS[name];
  const before = line.plain.slice(0, start);
  const after = line.plain.slice(end);
  // "npm scripts", "npm package", "published to npm", "bun" in a sentence about bread
  if (
    /^\s+(?:scripts?|packages?|registry|modules?|org|run|test|start|audit|token|version|publish|i\b|account|team)/i.test(
      after,
    ) &&
    !/\bnot\s+$/i.test(before)
  )
    return undefined;
  if (
    /\b(?:to|from|on|the)\s+[`'"]?$/i.test(before) &&
    !/\b(?:mov|migrat|switch)\w*\s+(?:away\s+)?(?:to|from)\s+[`'"]?$|\bdepend\w*\s+on\s+[`'"]?$/i.test(before)
  )
    return undefined;
  const polarity = line.use(start, end);
  if (polarity === 'contrast') return undefined;
  const own = project.managers.find((each) => each.name === name);
  const of = project.managers.filter((each) => each.kind === kind);
  const version = VERSION_AFTER.exec(after);
  if (polarity === 'gone') {
    if (own) return contradicted(`${name} is in use.`, at(own));
    return of[0] ? supported(`${name} is not in use, as the line says.`, at(of[0])) : undefined;
  }
  if (own) return version ? supported(`${name} is in use.`, at(own)) : supported(`${name} is in use.`, at(own));
  const [other] = of;
  if (!other) {
    const wrong = project.managers.length > 0 || project.manifests.length > 0;
    const manifests = project.manifests.some((path) => HOME[kind === 'js' ? 'js' : 'py']?.test(path));
    return wrong && !manifests
      ? absent(
          `Nothing here is managed by ${name}.`,
          ...project.manifests.slice(0, 1).map((path) => ({ path, line: 1 })),
        )
      : undefined;
  }
  // pip installs what other managers lock; `requirements.txt` stands for pip only.
  return contradicted(`${other.name} is in use, not ${name}.`, at(other));
}

export async function languageClaim(
  line: LineText,
  workspace: Workspace,
  name: string,
  start: number,
  end: number,
): Promise<Outcome | undefined> {
  const pattern = LANGUAGES[name];
  if (!pattern) return undefined;
  const before = line.plain.slice(0, start);
  const after = line.plain.slice(end);
  const files = (await workspace.codeFiles()).filter(
    (file) => pattern.test(file) && !/\.config\.[cm]?js$|(?:^|\/)\.eslintrc\.\w+$/.test(file),
  );
  const polarity = line.use(start, end);
  if (polarity === 'contrast') return undefined;
  // Elsewhere a flow is a stream of values.
  if (name === 'flow' && !(await workspace.files()).some((file) => /(?:^|\/)package\.json$/.test(file)))
    return undefined;
  const written =
    /\b(?:written|implemented|built|coded|developed|code(?:base)?|is|in|all|pure|plain|only|uses?|using|a|are|no|any|not)\s+(?:in\s+)?(?:strict\s+|pure\s+|plain\s+|modern\s+|mostly\s+)?[`'"]?$/i.test(
      before,
    );
  const noun =
    /^\s*(?:files?|code(?:base)?|project|repo(?:sitory)?|sources?|monorepo|app|service|package|module|library|only|throughout|everywhere|backend|frontend|server|api|cli)\b/i.test(
      after,
    );
  const passive = /^\s+(?:is|are)\s+(?:not\s+)?(?:used|written)\b/i.test(after);
  if (!written && !noun && !passive) return undefined;
  const [first] = files.filter((file) => !isTestPath(file)).concat(files);
  if (polarity === 'gone')
    return first
      ? contradicted(`There is ${name}: ${first}.`, { path: first, line: 1 })
      : supported(`There is no ${name}, as the line says.`);
  if (first) return supported(`There is ${name}: ${first}.`, { path: first, line: 1 });
  const [other] = await workspace.codeFiles();
  return other ? absent(`No file is written in ${name}.`, { path: other, line: 1 }) : undefined;
}
