// Claims about the versions of what no manifest lists: images, providers, charts, plugins, the tools of a build.
import { VERSION_AFTER, versionOutcome } from './claim-versions.ts';
import type { Outcome } from './facts.ts';
import { knownVersions, type Versioned } from './known-versions.ts';
import type { LineText } from './line-text.ts';
import { escapeRegExp } from './mask.ts';
import { projectOf } from './project.ts';
import type { Workspace } from './workspace.ts';

const IMAGES =
  /(?:^|\/)(?:\.gitlab-ci\.ya?ml|[\w.-]*Dockerfile[\w.-]*|(?:docker-)?compose[\w.-]*\.ya?ml)$|\.github\/workflows\/|\.circleci\//;

const squeezed = (name: string): string => name.toLowerCase().replace(/[^a-z\d]/g, '');

/** What people write for the name that a file has. */
const SAID: Readonly<Record<string, readonly string[]>> = {
  kubernetes: ['k8s'],
  postgresql: ['postgres', 'pg'],
  postgres: ['postgresql'],
  agp: ['android gradle plugin'],
};

export async function checkKnownVersions(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  if (line.idle || !/\d/.test(line.plain)) return [];
  const outcomes: Outcome[] = [];
  const groups = new Map<string, Versioned[]>();
  for (const each of await knownVersions(workspace))
    for (const name of [each.name, ...(SAID[each.name] ?? [])]) groups.set(name, [...(groups.get(name) ?? []), each]);
  const project = await projectOf(workspace);
  // What manifests list under its whole name is compared with them; of longer names people say the end: `phoenix_live_view`.
  const listed = new Set(project.dependencies.filter(({ spec }) => /\d/.test(spec)).map(({ name }) => squeezed(name)));
  for (const { name, spec, path, line: at } of project.dependencies) {
    const words = name.toLowerCase().split(/[^a-z\d]+/);
    for (let from = 1; from < words.length - 1; from += 1) {
      const end = words.slice(from).join(' ');
      if (/\d/.test(spec) && !groups.has(end)) groups.set(end, [{ name: end, spec, path, line: at }]);
    }
  }
  // A range that a manifest gives for a language counts before the image that it runs in.
  const ranges = project.runtimes.filter(({ spec }) => /[<>^~]/.test(spec));
  for (const { runtime } of /\b(?:image|docker|container)/i.test(line.plain) ? [] : ranges) {
    const own = (groups.get(runtime) ?? []).filter(({ path }) => !IMAGES.test(path));
    if (own.length > 0) groups.set(runtime, own);
    else groups.delete(runtime);
  }
  const read: { start: number; end: number }[] = [];
  for (const [name, sources] of [...groups].sort(([a], [b]) => b.length - a.length)) {
    const pattern = new RegExp(`(?<![\\w@/.-])${name.split(' ').map(escapeRegExp).join('[ _-]?')}(?![\\w/])`, 'gi');
    // Of systems it is the oldest that counts, and only where the line says so.
    if (
      /^(?:ios|macos)$/.test(name) &&
      !/\b(?:deployment target|minimum|requires?|at least|or later|or newer|supports?)\b|\d\+/i.test(line.plain)
    )
      continue;
    for (const match of line.plain.matchAll(pattern)) {
      const [start, end] = [match.index, match.index + match[0].length];
      if (listed.has(squeezed(match[0])) || read.some((each) => start < each.end && end > each.start)) continue;
      // "the aws provider is on v4", "gateway chart 0.14.2", "gateway image tag: 2.8.0"
      const behind = line.plain
        .slice(end)
        .replace(
          /^(?:[`'"]?\s+(?:images?|tags?|charts?|subcharts?|providers?|modules?|plugins?|actions?|wrapper|cluster|version|runs|in [\w./-]+(?=:))){1,3}(?=[\s:])/i,
          '',
        );
      const version = VERSION_AFTER.exec(behind);
      if (!version) continue;
      const outcome = versionOutcome(name, version[1] ?? '', sources, version[2] !== undefined, line.use(start, end));
      if (!outcome) continue;
      outcomes.push(outcome);
      read.push({ start, end });
    }
  }
  return outcomes;
}
