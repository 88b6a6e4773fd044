// Claims about what a project calls itself and its parts: module paths, packages of a workspace, its version, its subcommands.
import { absent, contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { escapeRegExp } from './mask.ts';
import { projectOf } from './project.ts';
import { baseName, type Workspace } from './workspace.ts';

interface Own extends Evidence {
  name: string;
}

/** Names and versions that manifests give the project and its parts. */
export async function ownNames(workspace: Workspace): Promise<{ names: Own[]; versions: Own[] }> {
  return workspace.once('own names', async () => {
    const names: Own[] = [];
    const versions: Own[] = [];
    for (const path of (await projectOf(workspace)).manifests) {
      const text = (await workspace.text(path)) ?? '';
      const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
      const module = /^module\s+(\S+)/m.exec(text);
      if (baseName(path) === 'go.mod' && module)
        names.push({ name: module[1] ?? '', path, line: lineOf(module.index) });
      // `version: "1.2.0"` of Elixir, `versionName = "1.2.0"` of Android, `<Version>` of .NET
      const stated = /(?:\bversion:\s*|\bversionName\s*=?\s*|<Version>|\bversion\s*=\s*)["']?(\d+\.\d+[\w.+-]*)/.exec(
        /mix\.exs$|\.gradle(?:\.kts)?$|\.csproj$/.test(path) ? text : '',
      );
      if (stated) versions.push({ name: stated[1] ?? '', path, line: lineOf(stated.index) });
      for (const { key, value, line } of await workspace.settings(path)) {
        const joined = key.join('.');
        if (/^(?:(?:package|project|tool\.poetry|lib|bin\.\d+)\.)?name$/.test(joined))
          names.push({ name: value, path, line });
        if (/^(?:(?:workspace\.)?package\.|project\.|tool\.poetry\.)?version$/.test(joined) && /^\d/.test(value))
          versions.push({ name: value, path, line });
      }
      if (baseName(path) !== 'pom.xml' && !/\.gradle(?:\.kts)?$/.test(path)) continue;
      // The part before the first dependency or plugin is the project's own.
      const head =
        text
          .split(/<(?:dependencies|build|dependencyManagement)>/)[0]
          ?.replace(/<parent>[\s\S]*?<\/parent>/, (all) => all.replace(/[^\n]/g, ' ')) ?? '';
      for (const match of head.matchAll(/<(?:artifactId|module)>([^<]+)</g))
        names.push({ name: match[1] ?? '', path, line: lineOf(match.index) });
      const version = /<version>(\d[^<]*)</.exec(head) ?? /^version\s*=?\s*["'](\d[^"']*)/m.exec(text);
      if (version) versions.push({ name: version[1] ?? '', path, line: lineOf(version.index) });
    }
    for (const path of (await workspace.files()).filter((file) => /(?:^|\/)settings\.gradle(?:\.kts)?$/.test(file))) {
      const text = (await workspace.text(path)) ?? '';
      for (const match of text.matchAll(/["']:?([\w:.-]+)["']/g))
        names.push({
          name: (match[1] ?? '').split(':').at(-1) ?? '',
          path,
          line: text.slice(0, match.index).split('\n').length,
        });
    }
    for (const path of (await workspace.files()).filter((file) =>
      /ProjectSettings\.asset$|\.pbxproj$|\.xcconfig$|\.podspec$|\.gemspec$|(?:^|\/)VERSION$/.test(file),
    )) {
      const text = (await workspace.text(path)) ?? '';
      const stated = /(?:bundleVersion:|MARKETING_VERSION\s*=|\.version\s*=|^)\s*["']?(\d+\.\d+[\w.+-]*)/m.exec(text);
      if (stated) versions.push({ name: stated[1] ?? '', path, line: text.slice(0, stated.index).split('\n').length });
    }
    return { names, versions };
  });
}

export async function checkNames(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  if (line.idle) return [];
  return [
    ...(await modules(line, workspace)),
    ...(await parts(line, workspace)),
    ...(await version(line, workspace)),
    ...(await partVersion(line, workspace)),
    ...(await chartVersion(line, workspace)),
    ...(await subcommands(line, workspace)),
  ];
}

const at = ({ path, line }: Evidence): Evidence => ({ path, line });

/** "the module path is example.com/meter", "the package is called shop-web" */
async function modules(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const match =
    /\b(?:(?:go\s+)?module(?:\s+(?:path|name))?|package\s+name|(?:npm\s+)?package|crate(?:\s+name)?|artifact(?:Id)?)\s+(?:is(?:\s+(?:called|named))?|=|:)\s+[`'"]?(@?[\w.-]+(?:\/[\w.-]+)*)/i.exec(
      line.text,
    );
  const claimed = match?.[1]?.replace(/[.]+$/, '');
  if (!match || !claimed || !/[/.-]|^@/.test(claimed) || /^\d/.test(claimed)) return [];
  const { names } = await ownNames(workspace);
  const [any] = names;
  if (!any) return [];
  const hit = names.find(({ name }) => name === claimed);
  const gone = line.use(match.index, match.index + match[0].length - claimed.length) !== 'there';
  // "the main package is cmd/served": where it is, not what it is called.
  if (gone || (await workspace.folders()).has(claimed)) return [];
  return [hit ? supported(`${claimed} is its name.`, at(hit)) : contradicted(`Its name is ${any.name}.`, at(any))];
}

/** "the crate harbor-wasm", where other parts of the workspace are named like it */
async function parts(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const { names } = await ownNames(workspace);
  const short = (name: string): string => name.split('/').at(-1) ?? '';
  for (const match of line.plain.matchAll(
    /\b(?:crates?|packages?|modules?|subprojects?|librar(?:y|ies)|apps?)\s+(?:called\s+|named\s+)?([a-z][a-z\d]*(?:-[a-z\d]+)+)\b(?!\/)|\b([a-z][a-z\d]*(?:-[a-z\d]+)+)\s+(?:(?:is\s+an?\s+)?(?:crate|package|module|subproject|gradle module))\b/g,
  )) {
    const name = match[1] ?? match[2] ?? '';
    const start = match.index + match[0].indexOf(name);
    const hit = names.find((each) => short(each.name) === name);
    const [prefix = ''] = name.split('-');
    const sibling =
      names.find((each) => short(each.name).startsWith(`${prefix}-`) || short(each.name) === prefix) ??
      names.find((each) => short(each.name).endsWith(`-${name.split('-').at(-1)}`));
    const polarity = line.existence(start, start + name.length);
    if (polarity === 'contrast' || line.inCode(start)) continue;
    if (hit && polarity === 'there') outcomes.push(supported(`${name} is a part of it.`, at(hit)));
    else if (hit) outcomes.push(contradicted(`${name} is there.`, at(hit)));
    else if (sibling && polarity === 'there' && !(await dependsOn(workspace, name)))
      outcomes.push(absent(`There is no ${name}.`, at(sibling)));
  }
  return outcomes;
}

const dependsOn = async (workspace: Workspace, name: string): Promise<boolean> =>
  (await projectOf(workspace)).dependencies.some((each) => each.name === name);

/** "all crates share version 0.9.2", "the current version is 1.4.0" */
async function version(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const match =
    /\b(?:current|latest|project(?:'s)?|package|app|share|same|our|workspace|product)\s+(?:\w+\s+)?version\s+(?:number\s+)?(?:is\s+|of\s+)?[`'"]?v?(\d+\.\d+(?:\.\d+)?)(?![\d.]*\d)|\b(?:all|every)\s+(?:crates?|packages?|modules?)\s+(?:are|is)\s+(?:at|on)\s+(?:version\s+)?v?(\d+\.\d+(?:\.\d+)?)|\b(?:we are|we['’]re|currently|now)\s+(?:at|on)\s+(?:version\s+|release\s+|v)(\d+\.\d+(?:\.\d+)?)|\b(?:we are|we['’]re|currently)\s+(?:at|on)\s+(\d+\.\d+\.\d+)|\b(?:current|latest|last)\s+release\s*(?:is|:)?\s*v?(\d+\.\d+(?:\.\d+)?)/i.exec(
      line.plain,
    );
  const claimed = match?.slice(1).find((each) => each !== undefined);
  if (!match || !claimed || line.use(match.index, match.index + match[0].length) !== 'there') return [];
  const { versions } = await ownNames(workspace);
  const [any] = versions;
  if (!any) return [];
  const hit = versions.find(({ name }) => name === claimed || name.startsWith(`${claimed}.`));
  return [
    hit ? supported(`The version is ${hit.name}.`, at(hit)) : contradicted(`The version is ${any.name}.`, at(any)),
  ];
}

/** "the chart version is 1.8.0" */
async function chartVersion(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const match = /\bchart(?:'s)?\s+(?:version\s+)?(?:is\s+)?(?:at\s+)?(?:version\s+)?v?(\d+\.\d+(?:\.\d+)?)\b/i.exec(
    line.plain,
  );
  if (!match || line.use(match.index, match.index + match[0].length) !== 'there') return [];
  for (const path of (await workspace.files()).filter((file) => /(?:^|\/)Chart\.yaml$/.test(file))) {
    const stated = (await workspace.settings(path)).find(({ key }) => key.join('.') === 'version');
    if (!stated) continue;
    const same = stated.value === match[1] || stated.value.startsWith(`${match[1]}.`);
    const place = { path, line: stated.line };
    return [
      same
        ? supported(`The chart is at ${stated.value}.`, place)
        : contradicted(`The chart is at ${stated.value}.`, place),
    ];
  }
  return [];
}

/** "@shop/client is at 2.3.0": a part of the workspace, by the manifest that names it. */
async function partVersion(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const { names, versions } = await ownNames(workspace);
  for (const own of names) {
    const start = line.plain.indexOf(own.name);
    if (own.name.length < 3 || start < 0 || /[\w/-]/.test(line.plain[start - 1] ?? '')) continue;
    const claimed =
      /^[`'"]?\s+(?:(?:is|are|stands?)\s+)?(?:(?:currently|now|still)\s+)?(?:at\s+|on\s+)?(?:version\s+|v)?(\d+\.\d+(?:\.\d+)?)(?![\d.]*\d|\s*(?:%|times|MB|KB|ms|s\b))/i.exec(
        line.plain.slice(start + own.name.length),
      )?.[1];
    const stated = versions.find(({ path }) => path === own.path);
    if (claimed === undefined || !stated || line.use(start, start + own.name.length) !== 'there') continue;
    const same = stated.name === claimed || stated.name.startsWith(`${claimed}.`);
    return [
      same
        ? supported(`${own.name} is at ${stated.name}.`, at(stated))
        : contradicted(`${own.name} is at ${stated.name}.`, at(stated)),
    ];
  }
  return [];
}

/** "the CLI has the subcommands push, pull and gc": each is a string or a name somewhere in the code. */
async function subcommands(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const match =
    /\bsub-?commands?\s*(?:are|is|:|called|named)?\s*((?:[`'"]?[a-z][\w-]*[`'"]?(?:\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+)?)+)/i.exec(
      line.plain,
    );
  if (!match || line.existence(match.index, match.index + match[0].length) !== 'there') return [];
  const words = (match[1] ?? '').split(/[\s,`'"]+|\b(?:and|or)\b/).filter((word) => word.length > 1);
  // One word behind it may be any word of the sentence.
  if (words.length < 2 || !/,|\band\b|\bor\b/.test(match[1] ?? '')) return [];
  const found: Evidence[] = [];
  const missing: string[] = [];
  for (const word of words) {
    const hit = await commandIn(workspace, word);
    if (hit) found.push(hit);
    else missing.push(word);
  }
  const [first] = found;
  if (!first) return [];
  return [
    missing.length === 0
      ? supported('The subcommands are there.', ...found)
      : absent(`There is no subcommand ${missing.join(', ')}.`, first),
  ];
}

export async function commandIn(workspace: Workspace, word: string): Promise<Evidence | undefined> {
  const camel = word.replace(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase());
  const pattern = new RegExp(
    `["'\`]${escapeRegExp(word)}(?:["'\`]|\\s+[<[A-Z])|^\\s*${camel}\\s*(?:[{(,]|$)|\\b(?:def|fn)\\s+${escapeRegExp(word.replaceAll('-', '_'))}\\b`,
    'm',
  );
  for (const path of await workspace.codeFiles()) {
    const text = await workspace.text(path);
    const hit = text === null ? null : pattern.exec(text);
    if (text !== null && hit) return { path, line: text.slice(0, hit.index).split('\n').length };
  }
  return undefined;
}
