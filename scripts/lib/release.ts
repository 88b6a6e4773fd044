// What a release needs: its number, its section of the changelog, a manifest that both marketplaces can show. Pure.

export type Channel = 'stable' | 'pre-release';

/**
 * VS Code tells the channels apart by the minor number: even is stable, odd is a pre-release, and the higher number wins.
 * @throws Error when the current version is none
 */
export function nextVersion(current: string, channel: Channel): string {
  const [major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)$/.exec(current)?.slice(1).map(Number) ?? [];
  if (major === undefined || minor === undefined || patch === undefined)
    throw new Error(`The version "${current}" in package.json is not of the form 1.2.3.`);
  const fits = (minor % 2 === 1) === (channel === 'pre-release');
  return fits ? `${major}.${minor}.${patch + 1}` : `${major}.${minor + 1}.0`;
}

/** @returns what the changelog says of a version; '' when nothing, or when it has no section */
export function changesOf(changelog: string, version: string): string {
  const lines = changelog.split(/\r?\n/);
  const start = lines.findIndex((line) => line.trim() === `## ${version}`);
  if (start < 0) return '';
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith('## '));
  return rest
    .slice(0, end < 0 ? undefined : end)
    .join('\n')
    .trim();
}

export interface Manifest {
  name: string;
  version: string;
  publisher?: string;
  license?: string;
  icon?: string;
  pricing?: string;
  categories?: string[];
  keywords?: string[];
  repository?: { url?: string };
}

/** The Marketplace takes no more. */
const MOST_KEYWORDS = 30;

/** @returns what keeps a version from being released, line by line */
export function findReleaseProblems(manifest: Manifest, changelog: string, version: string): string[] {
  const { publisher, license, icon, pricing, categories = [], keywords = [], repository } = manifest;
  const wanted = { publisher, license, icon, pricing, 'repository.url': repository?.url };
  return [
    ...Object.entries(wanted)
      .filter(([, value]) => !value)
      .map(([field]) => `package.json has no \`${field}\`: the marketplaces show it. Add it.`),
    ...(categories.length === 0 ? ['package.json has no `categories`.'] : []),
    ...(keywords.length === 0 ? ['package.json has no `keywords`.'] : []),
    ...(keywords.length > MOST_KEYWORDS ? [`package.json has more than ${MOST_KEYWORDS} \`keywords\`.`] : []),
    ...(changesOf(changelog, version) === ''
      ? [`CHANGELOG.md has no section \`## ${version}\` with text. Write what changed.`]
      : []),
  ];
}

export interface Marketplace {
  name: string;
  /** The variable of the environment that holds its token. */
  token: string;
  command: string[];
}

/** Who can be published to with the tokens at hand; the programs read those themselves. */
export function marketplaces(vsix: string, env: Readonly<Record<string, string | undefined>>): Marketplace[] {
  const all: Marketplace[] = [
    { name: 'Visual Studio Marketplace', token: 'VSCE_PAT', command: ['vsce', 'publish', '--packagePath', vsix] },
    { name: 'Open VSX', token: 'OVSX_PAT', command: ['--yes', 'ovsx@1.3.0', 'publish', vsix] },
  ];
  return all.filter(({ token }) => env[token]);
}
