// Claims about the project's own programs: their subcommands and flags, and the parts of a workspace that commands choose.
import { commandIn, ownNames } from './claim-names.ts';
import type { PathMention } from './claim-paths.ts';
import { absent, contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { escapeRegExp, lineAt } from './mask.ts';
import { projectOf } from './project.ts';
import { baseName, type Workspace } from './workspace.ts';

/** Libraries that programs read their arguments with: only then are subcommands written out in the code. */
const ARGUMENTS =
  /(?:^|\/)(?:cobra|cli(?:\/v\d)?|kong|clap|argh|structopt|click|typer|fire|docopt|commander|yargs|cac|oclif|citty|thor|picocli|argument-parser|swift-argument-parser)$|^@oclif\/core$/;

const at = ({ path, line }: Evidence): Evidence => ({ path, line });

/** Folders below `cmd`, scripts of Python packages, `bin` of package.json, binaries of Cargo. */
async function programsOf(workspace: Workspace): Promise<ReadonlyMap<string, Evidence>> {
  return workspace.once('own programs', async () => {
    const found = new Map<string, Evidence>();
    for (const path of await workspace.files()) {
      const command = /(?:^|\/)cmd\/([\w-]+)\/[^/]+\.go$/.exec(path)?.[1];
      if (command !== undefined && !found.has(command)) found.set(command, { path, line: 1 });
    }
    const project = await projectOf(workspace);
    for (const { name, runner, path, line } of project.scripts)
      if (runner === 'python' || runner === 'cargo') found.set(name, { path, line });
    for (const path of project.manifests.filter((each) => baseName(each) === 'package.json')) {
      for (const { key, line } of await workspace.settings(path))
        if (key[0] === 'bin' && key[1] !== undefined) found.set(key[1], { path, line });
    }
    // `ArgumentParser(prog="tool")`, `CommandConfiguration(commandName: "tool")`
    for (const path of await workspace.codeFiles()) {
      const text = (await workspace.text(path)) ?? '';
      for (const match of text.matchAll(/\b(?:prog\s*=|commandName:)\s*["']([a-z][\w-]*)["']/g))
        found.set(match[1] ?? '', { path, line: lineAt(text, match.index) });
    }
    return found;
  });
}

export async function checkPrograms(
  line: LineText,
  paths: readonly PathMention[],
  workspace: Workspace,
): Promise<Outcome[]> {
  if (line.idle) return [];
  return [
    ...(await calls(line, workspace)),
    ...(await scriptFlags(line, paths, workspace)),
    ...(await flagDefaults(line, workspace)),
    ...(await shortFlags(line, workspace)),
    ...(await siblings(line, workspace)),
    ...(await filters(line, workspace)),
  ];
}

/** "scripts/drain.sh takes --force": flags that a script would have to read itself. */
async function scriptFlags(line: LineText, paths: readonly PathMention[], workspace: Workspace): Promise<Outcome[]> {
  const [script, ...others] = paths.filter(
    ({ found, text }) => found.length === 1 && /\.(?:sh|bash|zsh|ps1|py|rb|pl)$|(?:^|\/)bin\/[\w-]+$/.test(text),
  );
  const path = script?.found[0];
  if (!script || path === undefined || others.length > 0) return [];
  const rows = ((await workspace.text(path)) ?? '').split('\n');
  // What is handed on to another program is read there.
  if (rows.some((row) => /["']?\$[@*]|sys\.argv\[1:\]|\bexec\b.*"\$@"/.test(row))) return [];
  const outcomes: Outcome[] = [];
  for (const match of line.plain.slice(script.end).matchAll(/(?<![\w-])--([a-z][\w-]+)/g)) {
    const flag = match[1] ?? '';
    const start = script.end + match.index;
    const polarity = line.existence(start, start + match[0].length);
    const index = rows.findIndex((row) =>
      new RegExp(`(?<![\\w-])(?:--)?${escapeRegExp(flag).replaceAll('\\-', '[-_]')}(?![\\w-])`).test(row),
    );
    if (polarity === 'contrast' || /^(?:help|version)$/.test(flag)) continue;
    outcomes.push(
      index >= 0 === (polarity === 'there')
        ? supported(`--${flag} is as the line says.`, { path, line: Math.max(1, index + 1) })
        : contradicted(index >= 0 ? `There is --${flag}.` : `${path} has no --${flag}.`, {
            path,
            line: Math.max(1, index + 1),
          }),
    );
  }
  return outcomes;
}

/** `#[arg(long, default_value_t = 8)] jobs: usize`, `@Option var format = "csv"` */
function declaredDefault(rows: readonly string[], flag: string): { value: string; line: number } | undefined {
  const name = escapeRegExp(flag).replaceAll('\\-', '_');
  const field = new RegExp(
    `^\\s*(?:pub\\s+)?${name}\\s*:|\\bvar\\s+${name.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase())}\\b`,
  );
  const index = rows.findIndex((row) => field.test(row));
  if (index < 0) return undefined;
  const value =
    /\bdefault_value(?:_t)?\s*=\s*"?([\w./:-]*\w)/.exec(rows[index - 1] ?? '')?.[1] ??
    /\bvar\s+\w+(?:\s*:\s*[\w.]+)?\s*=\s*"?([\w./:-]*\w)/.exec(rows[index] ?? '')?.[1];
  return value === undefined ? undefined : { value, line: index + 1 };
}

/** "--padding defaults to 4": against what the code that reads the flag falls back on. */
async function flagDefaults(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const match of line.plain.matchAll(
    /(?<![\w-])--?([a-z][\w-]+)[`'"]?\s+(?:(?:defaults\s+to|default\s+is|is\s+by\s+default)\s+[`'"]?([\w./:-]*\w)|is\s+([\w./:-]*\w)\s+by\s+default)/g,
  )) {
    const [, flag = '', first, second] = match;
    const claim = first ?? second ?? '';
    const reads = new RegExp(`["'\`](?:--?)?${escapeRegExp(flag)}\\b`);
    for (const path of await workspace.codeFiles()) {
      const source = (await workspace.text(path)) ?? '';
      const rows = source.split('\n');
      const declared = READS.test(source) ? declaredDefault(rows, flag) : undefined;
      if (declared) {
        const place = { path, line: declared.line };
        outcomes.push(
          declared.value === claim
            ? supported(`--${flag} is ${claim} by default.`, place)
            : contradicted(`--${flag} is ${declared.value} by default.`, place),
        );
        break;
      }
      const index = rows.findIndex((row) => reads.test(row) && (/\bdefault/.test(row) || /\bflag\.\w+\(/.test(row)));
      const value =
        /\bdefault(?:_value)?(?:_t)?["']?\s*[=:(]\s*["'`]?([\w./:-]*\w)/.exec(rows[index] ?? '')?.[1] ??
        /\bflag\.\w+\("[\w-]+",\s*"?([^",)]+)/.exec(rows[index] ?? '')?.[1];
      if (value === undefined) continue;
      const place = { path, line: index + 1 };
      outcomes.push(
        value === claim
          ? supported(`--${flag} is ${value} by default.`, place)
          : contradicted(`--${flag} is ${value} by default.`, place),
      );
      break;
    }
  }
  return outcomes;
}

/** "start the server with -cors", where the project's programs read flags of one dash. */
async function shortFlags(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const claims = [...line.plain.matchAll(/(?<=\s[`'"(]?)-([a-z][a-z\d-]{2,})(?=[\s`'",.;:=)]|$)/g)];
  if (
    claims.length === 0 ||
    !/\b(?:flags?|with|start|pass|set|via|option|server|service|binary|program|daemon)\b/i.test(line.plain)
  )
    return [];
  if (line.spans.some(({ text }) => /^(?!go )\w[\w.-]*\s/.test(text))) return [];
  const known = await workspace.once('flags of Go', async () => {
    const found: (Evidence & { name: string; value?: string | undefined })[] = [];
    for (const path of (await workspace.codeFiles()).filter((file) => file.endsWith('.go'))) {
      const text = (await workspace.text(path)) ?? '';
      for (const match of text.matchAll(/\bflag\.\w+\((?:&\w[\w.]*,\s*)?"([\w-]+)"(?:,\s*(true|false)\b)?/g)) {
        const line = text.slice(0, match.index).split('\n').length;
        found.push({ name: match[1] ?? '', value: match[2], path, line });
      }
    }
    return found;
  });
  const [any] = known;
  if (!any) return [];
  // What make or CI gives to a tool is a flag of that tool.
  const given = await workspace.once('flags given', async () => {
    const found: (Evidence & { name: string })[] = [];
    for (const path of (await workspace.files()).filter((file) =>
      /Makefile$|[Jj]ustfile$|\.github\/workflows\//.test(file),
    ))
      for (const [index, row] of ((await workspace.text(path)) ?? '').split('\n').entries())
        for (const [, name = ''] of row.matchAll(/\s-([a-z][a-z\d-]{2,})(?=[\s=]|$)/g))
          found.push({ name, path, line: index + 1 });
    return found;
  });
  return claims.map((match) => {
    const hit = [...known, ...given].find(({ name }) => name === match[1]);
    const there = line.existence(match.index, match.index + match[0].length) !== 'gone';
    const set = hit && 'value' in hit ? hit.value : undefined;
    const said =
      claims.length === 1
        ? /\b(on|off|true|false|enabled|disabled)\s+by\s+default\b/i.exec(line.plain)?.[1]
        : undefined;
    if (hit && set && said && /^(?:on|true|enabled)$/i.test(said) !== (set === 'true'))
      return contradicted(`${match[0]} is ${set} by default.`, at(hit));
    return (hit !== undefined) === there
      ? supported(`${match[0]} is as the line says.`, at(hit ?? any))
      : absent(hit ? `There is ${match[0]}.` : `There is no ${match[0]}.`, at(hit ?? any));
  });
}

/** "`lumenctl replay --dry-run FILE`" */
async function calls(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const programs = await programsOf(workspace);
  const outcomes: Outcome[] = [];
  const library = (await projectOf(workspace)).dependencies.some(({ name }) => ARGUMENTS.test(name));
  if (!library && !(await workspace.usages('ArgumentParser'))[0] && !(await workspace.usages('argparse'))[0])
    return outcomes;
  for (const [program, place] of programs) {
    const start = line.plain.search(new RegExp(`(?<![\\w/.-])${escapeRegExp(program)}(?![\\w/.-]*\\w)`));
    if (start < 0 || line.existence(start, start + program.length) !== 'there') continue;
    const sub = new RegExp(`^${escapeRegExp(program)}\\s+([a-z][\\w-]*)`).exec(line.plain.slice(start))?.[1];
    if (sub !== undefined && line.inCode(start)) {
      const hit = await commandIn(workspace, sub);
      outcomes.push(
        hit ? supported(`${program} ${sub} is there.`, hit) : contradicted(`${program} has no ${sub}.`, at(place)),
      );
    }
    for (const match of line.plain.matchAll(/(?<![\w-])--([a-z][\w-]+)/g)) {
      // Of another program in the same line, e.g. `go run ./cmd/x -- …`: those stand in code of their own.
      const span = line.spans.find(({ start: from, end }) => match.index >= from && match.index < end);
      if (span?.text.includes(' ') && !span.text.includes(program)) continue;
      const flag = match[1] ?? '';
      const hit = await flagIn(workspace, flag);
      const polarity = line.existence(match.index, match.index + match[0].length);
      if (polarity === 'contrast' || /^(?:help|version)$/.test(flag)) continue;
      outcomes.push(
        (hit !== undefined) === (polarity === 'there')
          ? supported(`--${flag} is as the line says.`, hit ?? at(place))
          : absent(hit ? `There is --${flag}.` : `There is no --${flag}.`, hit ?? at(place)),
      );
    }
  }
  return outcomes;
}

/** What a file has in it that reads a program's arguments. */
const READS =
  /\b(?:argparse|ArgumentParser|optparse|OptionParser|click|typer|clap|structopt|cobra|pflag|commander|yargs|picocli|docopt|kong|cac|oclif|Thor|citty)\b|"flag"|\bparseArgs\b|\bargv\b|\bgetopts?\b/;

/** As a text, as a field or as a parameter: `"dry-run"`, `dry_run`, `dryRun`. */
async function flagIn(workspace: Workspace, flag: string): Promise<Evidence | undefined> {
  const words = flag.split('-').map(escapeRegExp).join('[-_]?');
  const pattern = new RegExp(`(?<![A-Za-z\\d])(?:--)?${words}(?![A-Za-z\\d])`, 'i');
  const reading = await workspace.once('files that read arguments', async () => {
    const found: string[] = [];
    for (const path of await workspace.codeFiles())
      if (READS.test((await workspace.text(path)) ?? '')) found.push(path);
    return found;
  });
  for (const path of reading.length > 0 ? reading : await workspace.codeFiles()) {
    const index = ((await workspace.text(path)) ?? '')
      .split('\n')
      .findIndex((row) => pattern.test(row) && !/^\s*(?:\/\/|#|\*)/.test(row));
    if (index >= 0) return { path, line: index + 1 };
  }
  return undefined;
}

/** "run `lumen-digest`", where the project's other programs are called lumen-… */
async function siblings(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const programs = await programsOf(workspace);
  const outcomes: Outcome[] = [];
  for (const { text, start, end } of line.spans) {
    const name = /^([a-z][a-z\d]*-[a-z\d-]+)(?:\s|$)/.exec(text)?.[1];
    if (name === undefined || line.existence(start, end) !== 'there') continue;
    const own = programs.get(name);
    if (own) outcomes.push(supported(`${name} is a program of it.`, at(own)));
    else if (/\b(?:runs?|start|call|execute|use|via|with|invoke)\s+`$/i.test(line.plain.slice(0, start))) {
      const sibling = [...programs].find(([each]) => each.startsWith(`${name.split('-')[0]}-`));
      const known = (await ownNames(workspace)).names.some((each) => each.name.split('/').at(-1) === name);
      if (sibling && !known && (await workspace.usages(name)).length === 0 && !(await workspace.folders()).has(name))
        outcomes.push(absent(`There is no program ${name}.`, at(sibling[1])));
    }
  }
  return outcomes;
}

/** "pnpm --filter @shop/web dev", "npm test -w packages/api", "cargo test -p core" */
async function filters(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const { names } = await ownNames(workspace);
  const folders = await workspace.folders();
  for (const match of line.plain.matchAll(
    /\b(pnpm|npm|yarn|turbo|bun|cargo|nx|lerna)\b[^`;|&]*?\s(?:--filter|-F|--workspace|-w|--scope|-p|--package|workspace)[= ]+["']?(@?[a-z][\w./-]*)/g,
  )) {
    const name = (match[2] ?? '').replace(/\.{3}$/, '');
    const own = names.find((each) => each.name === name || each.name.split('/').at(-1) === name);
    if (own) outcomes.push(supported(`${name} is a part of it.`, at(own)));
    else if (name.includes('/') && !name.startsWith('@') && folders.has(name.replace(/^\.\//, ''))) continue;
    else if (
      names[0] &&
      line.existence(match.index, match.index + match[0].length) === 'there' &&
      (name.startsWith('@') || !name.includes('/'))
    )
      outcomes.push(absent(`There is no part ${name}.`, at(names[0])));
  }
  return outcomes;
}
