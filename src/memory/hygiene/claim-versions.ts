// Claims about versions: of languages, of packages, of images.
import { contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText, Polarity } from './line-text.ts';
import { at } from './package-traces.ts';
import type { Project, RuntimeVersion } from './project-types.ts';
import type { Tech } from './tech-names.ts';
import { fits } from './versions.ts';
import type { Workspace } from './workspace.ts';

/** What stands behind a name where the line says its version. */
export const VERSION_AFTER =
  /^[`'"]?(?:\.js)?\s*(?:@|[:=]\s+|\bversion\s*|\bv\.?\s*|\s)\s*(?:(?:is|are)\s+)?(?:(?:currently|still|now)\s+)?(?:(?:pinned|locked|held|fixed|kept|upgraded|updated|bumped)\s+)?(?:(?:to|at|on)\s+)?(?:version\s+)?[\^~>=]*\s*v?(?!\d{4,5}(?!\d|\.\d))(\d+(?:\.\d+)*(?:\.x)?)(\+|\s+or\s+(?:newer|later|higher|above|greater))?(?![\d%]|\s*(?:%|times|tests?\b|files?\b|minutes?\b|seconds?\b|ms\b|s\b|columns?\b|characters?\b|spaces?\b|workers?\b|retries|MB|KB|GB|x\b|days?|weeks?|hours?|people|replicas?|instances?|projects?|packages?|modules?|components?|hooks?\b))/i;
/** What people call a language's toolchain, to its name in manifests. */
export const RUNTIMES: Record<string, string> = {
  node: 'node',
  'node.js': 'node',
  nodejs: 'node',
  python: 'python',
  go: 'go',
  golang: 'go',
  rust: 'rust',
  java: 'java',
  jdk: 'java',
  '.net': 'dotnet',
  dotnet: 'dotnet',
  ruby: 'ruby',
  php: 'php',
  deno: 'deno',
  elixir: 'elixir',
  erlang: 'erlang',
  otp: 'erlang',
  kotlin: 'kotlin',
  terraform: 'terraform',
  swift: 'swift',
  toolchain: '',
  msrv: 'rust',
  'minimum supported rust version': 'rust',
};
/** "Python tooling still supports 3.9" */
const SUPPORTS =
  /^\s+(?:\w+\s+){0,2}?(?:still\s+)?(?:supports?|requires?|needs?|targets?|runs? on|works? (?:on|with))\s+v?(\d+\.\d+)(\+)?(?![\d.]*\d|\s*(?:%|ms|s|MB|GB|KB)\b)/i;
export function runtimeClaim(
  line: LineText,
  project: Project,
  name: string,
  start: number,
  end: number,
): Outcome | undefined {
  const edition = /^\s*(20\d\d)\s+edition|^\s+edition\s+(20\d\d)/i.exec(line.plain.slice(end));
  const match =
    edition ??
    VERSION_AFTER.exec(line.plain.slice(end)) ??
    SUPPORTS.exec(line.plain.slice(end)) ??
    (RUNTIMES[name] === 'node'
      ? /^\s+(?:version\s+(?:is|=)?|>=|at least)\s*v?(\d+(?:\.\d+)*)()/.exec(line.plain.slice(end))
      : null);
  if (!match) return undefined;
  const pinned = project.runtimes.find(({ path }) => /rust-toolchain|go\.mod/.test(path))?.runtime;
  const runtime = edition ? 'rust edition' : RUNTIMES[name] || pinned || name;
  const claim = match[1] ?? match[2] ?? '';
  const atLeast =
    !edition &&
    ((match[2] !== undefined && match[2] !== '') ||
      /\b(?:at least|requires?|minimum|needs?|>=)\s+[`'"]?$/i.test(line.plain.slice(0, start)));
  const ci = /\bCI\b|\bworkflows?\b|\bpipeline\b/.test(line.text)
    ? (each: RuntimeVersion) => /workflows|gitlab|circleci/.test(each.path)
    : () => true;
  const docker = /\bdocker|\bimage\b|\bcontainer/i.test(line.text)
    ? (each: RuntimeVersion) => /Dockerfile/.test(each.path)
    : () => true;
  const least = /^msrv$|^minimum/.test(name);
  const all = project.runtimes.filter(
    (each) =>
      each.runtime === runtime &&
      (least ? /Cargo\.toml$/.test(each.path) : name !== 'toolchain' || !/Cargo\.toml$/.test(each.path)),
  );
  const named = all.filter((each) => ci(each) && docker(each));
  return versionOutcome(name, claim, named.length > 0 ? named : all, atLeast, line.use(start, end));
}

export function versionOutcome(
  name: string,
  claim: string,
  sources: readonly (Evidence & { spec: string })[],
  atLeast: boolean,
  polarity: Polarity,
): Outcome | undefined {
  const known = sources.filter((each) => /\d/.test(each.spec));
  if (known.length === 0 || polarity === 'contrast') return undefined;
  const same = known.find((each) => fits(claim, each.spec, atLeast) === 'same');
  if (polarity === 'gone') {
    return same
      ? contradicted(`${name} is at ${same.spec}.`, at(same))
      : supported(`${name} is not at ${claim}, as the line says.`, ...known.slice(0, 1).map(at));
  }
  // Manifests that disagree with one another: the first is the one nearest to the root.
  if (same) return supported(`${name} ${same.spec} fits ${claim}.`, at(same));
  const different = known.find((each) => fits(claim, each.spec, atLeast) === 'different');
  if (
    different &&
    !known.some((each) => fits(claim, each.spec, atLeast) === 'maybe' && /workflows|Dockerfile|version/.test(each.path))
  ) {
    return contradicted(`${name} is at ${different.spec}, not ${claim}.`, at(different));
  }
  return undefined;
}

export async function imageVersion(tech: Tech, workspace: Workspace, claim: string): Promise<Outcome | undefined> {
  for (const path of (await workspace.files()).filter((file) =>
    /compose[\w.-]*\.ya?ml$|\.github\/workflows\//.test(file),
  )) {
    const lines = ((await workspace.text(path)) ?? '').split('\n');
    for (const [index, text] of lines.entries()) {
      const image = new RegExp(
        `image:\\s*["']?(?:[\\w./-]+/)?${tech.name.replace(/ql$/, '')}(?:ql)?:v?(\\d[\\d.]*)`,
        'i',
      ).exec(text);
      if (!image) continue;
      const spec = image[1] ?? '';
      return fits(claim, spec) === 'same'
        ? supported(`${tech.name} ${spec} fits.`, { path, line: index + 1 })
        : contradicted(`${tech.name} is at ${spec}.`, { path, line: index + 1 });
    }
  }
  return undefined;
}
