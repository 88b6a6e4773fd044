// Claims about commands: does the script, target or task that a line tells one to run exist, and does it run what the line says?
import { absent, contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { escapeRegExp } from './mask.ts';
import { projectOf } from './project.ts';
import type { Project, Script } from './project-types.ts';
import { baseName, type Workspace } from './workspace.ts';

export interface CommandMention {
  start: number;
  end: number;
  /** The whole words, e.g. `npm run build`. */
  text: string;
}

/** They run targets that are written down beside one another. */
const MAKERS: ReadonlySet<Script['runner']> = new Set(['make', 'just', 'task']);

const NPM_OWN =
  /^(?:install|i|ci|add|remove|rm|uninstall|update|up|upgrade|publish|pack|link|unlink|init|create|login|logout|whoami|config|cache|audit|outdated|ls|list|view|info|why|exec|x|dlx|version|help|root|prefix|prune|dedupe|rebuild|set|get|pkg|workspaces?|global|import|store|fund|explain|patch|and|or|is|as|with|to|for|in|on|not|over|instead|the|we|here|everywhere|only|registry|package|packages|scripts?|lockfile|v?\d[\w.]*|versions?|because|since|from|which|has|does|can|should|uses|catalog|berry|classic|modern|monorepo|org|tasks?|at|via|then|when|but|rather|command|commands|was|are|will|must|by|so|if)$/i;
const CARGO_OWN =
  /^(?:build|test|run|check|fmt|clippy|doc|bench|publish|install|add|update|clean|new|init|nextest|audit|deny|watch|tree|fix|llvm-cov|expand)$/;
const RUN =
  /(?<![\w/-])(?:(npm|pnpm|yarn|bun)\s+(?:-\S+\s+(?:\S+\s+)?)?(run(?:-script)?\s+(?:-{1,2}\w\S*\s+){0,4})?([\w@.:/-]+)|(make|just|task)\s+(?:-\S+\s+(?:\S+\s+)?)?([\w.:/-]+)|(poetry|uv|pdm|hatch|pipenv|rye)\s+run\s+([\w.:/-]+)|(composer|deno\s+task|rake|poe|taskipy|turbo(?:\s+run)?|nx(?:\s+run)?|grunt|gulp)\s+(?:run\s+)?([\w.:-]+)|(cargo)\s+([\w-]+)(?:\s+(?:-\S+\s+)*?(?:--bin|-p|--package)[ =]([\w-]+))?|(go)\s+(build|test|run|vet|generate|mod)\b(?:\s+(\S+))?)/g;

/** "just serve starts the API", "make fmt: formats": nothing before it, and a verb or a sign behind it. */
const BEGINS =
  /^[\s*-]*\0(?:\s*(?:$|[:—–(]|->)|\s+(?:starts|runs|builds|prints|applies|opens|fills|installs|resets|regenerates|deploys|lints|formats|checks|uploads|launches|creates|brings)\b)/;

/** Checks all commands of a line; also says where they stand, so that no other check reads them as something else. */
export async function checkCommands(
  line: LineText,
  workspace: Workspace,
): Promise<{ outcomes: Outcome[]; mentions: CommandMention[] }> {
  const project = await projectOf(workspace);
  const outcomes: Outcome[] = [];
  const mentions: CommandMention[] = [];
  for (const match of line.plain.matchAll(RUN)) {
    const code = line.inCode(match.index);
    const end = match.index + match[0].length;
    const [
      ,
      js,
      runWord,
      jsName,
      maker,
      makeName,
      py,
      pyName,
      other,
      otherName,
      cargo,
      cargoName,
      cargoBin,
      go,
      ,
      goPath,
    ] = match;
    // "make sure": only names in code, or that a Makefile has, or that stand behind "run" are targets.
    const told =
      code ||
      /\b(?:run|runs|running|use|via|with|call|execute|by|invoke|do|command)\s+[`'"]?$/i.test(
        line.plain.slice(0, match.index),
      );
    let outcome: Outcome | undefined;
    if (js && jsName && (runWord || !NPM_OWN.test(jsName))) {
      if (!code && !runWord && js !== 'npm' && !/^(?:test|start|build|dev|lint)\b/.test(jsName) && !told) continue;
      if (!code && !runWord && js === 'npm' && !/^(?:test|t|start|stop|restart)$/.test(jsName)) continue;
      outcome = await packageScript(
        line,
        workspace,
        project,
        jsName.replace(/[.,:]+$/, '').replace(/^t$/, 'test'),
        js,
        match.index,
        end,
        runWord !== undefined,
      );
    } else if (maker && makeName) {
      const name = makeName.replace(/[.,:]+$/, '');
      const runner = maker as 'make' | 'just' | 'task';
      const has = project.scripts.some((each) => each.runner === runner && each.name === name);
      if (!has && !code) {
        const any = project.scripts.some((each) => each.runner === runner);
        if (
          !(
            told ||
            BEGINS.test(`${line.plain.slice(0, match.index)}\0${line.plain.slice(end)}`) ||
            (match.index === 0 && project.scripts.some((each) => each.name === name && MAKERS.has(each.runner)))
          ) ||
          !(any || project.scripts.some((each) => each.name === name && MAKERS.has(each.runner))) ||
          /^(?:sure|it|a|the|this|that|your|use|changes|them|sense|no|all-caps|for|in|is|to|so|up|certain)$/i.test(name)
        )
          continue;
      }
      outcome = target(line, project, name, runner, match.index, end);
    } else if (py && pyName) outcome = pythonCommand(line, project, pyName, match.index, end);
    else if (other && otherName) outcome = otherTask(line, project, other, otherName, match.index, end);
    else if (cargo && cargoName && (code || told) && CARGO_OWN.test(cargoName))
      outcome = cargoCommand(project, cargoBin);
    else if (go && (code || told)) outcome = await goCommand(workspace, project, goPath);
    else continue;
    mentions.push({ start: match.index, end, text: match[0] });
    if (outcome) outcomes.push(outcome);
  }
  outcomes.push(...(await namedScripts(line, project, mentions)));
  return { outcomes, mentions };
}

const at = ({ path, line }: Evidence): Evidence => ({ path, line });

/** "the `build` script", "script `build`", "the lint target" */
async function namedScripts(line: LineText, project: Project, mentions: CommandMention[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const pattern =
    /[`'"]([\w:.-]+)[`'"]\s+(?:npm\s+|package\s+|make\s+|make\w*\s+)?(script|target|task|recipe)\b|\b(script|target|task|recipe)\s+(?:called\s+|named\s+)?[`'"]([\w:.-]+)[`'"]|\b(?:the|an?|no|our)\s+([\w:-]+)\s+(?:(?:npm|package\.json|make|Makefile)\s+)?(script|target)\b/gi;
  for (const match of line.plain.matchAll(pattern)) {
    const name = match[1] ?? match[4] ?? match[5] ?? '';
    const start = match.index + match[0].indexOf(name);
    if (
      name === '' ||
      name.includes('/') ||
      /\.\w{1,4}$/.test(name) ||
      mentions.some((each) => start >= each.start && start < each.end)
    )
      continue;
    const quoted = match[5] === undefined;
    const found = project.scripts.filter((each) => each.name === name);
    const polarity = line.existence(start, start + name.length + 1);
    const known = found[0] !== undefined;
    if (
      !known &&
      !quoted &&
      (polarity !== 'gone' ||
        /^(?:npm|package|make|build-in|same|new|following|main|shell|bash|compile|es\d+|compilation|language)$/i.test(
          name,
        ))
    )
      continue;
    if (project.scripts.length === 0) continue;
    const kind = (match[2] ?? match[3] ?? match[6] ?? '').toLowerCase();
    const runs = (runner: Script['runner']): boolean => project.scripts.some((each) => each.runner === runner);
    if (kind === 'target' && !known && !runs('make')) continue;
    if ((kind === 'task' || kind === 'recipe') && !known && !runs('task') && !runs('just') && !runs('deno')) continue;
    if (kind === 'task' && !known && !/\b(?:task|deno)\b.*\btask\b/i.test(line.plain)) continue;
    mentions.push({ start, end: start + name.length, text: name });
    outcomes.push(judged(line, project, name, found, start, match.index + match[0].length));
  }
  return outcomes;
}

function judged(
  line: LineText,
  project: Project,
  name: string,
  found: readonly Script[],
  start: number,
  end: number,
): Outcome {
  const polarity = line.existence(start, end);
  const [first] = found;
  if (polarity === 'gone') {
    return first
      ? contradicted(`The script ${name} is there.`, at(first))
      : supported(`There is no script ${name}, as the line says.`);
  }
  if (!first) return absent(`There is no script ${name}.`, ...placeOfScripts(project, name));
  const told = runsWhat(line, project, first, end);
  return told ?? supported(`The script ${name} is there.`, at(first));
}

/** The script most like the missing one, else the first: there it would stand. */
function placeOfScripts(project: Project, name: string, runner?: Script['runner']): Evidence[] {
  const of = project.scripts.filter((each) => runner === undefined || each.runner === runner);
  const like = of.find(
    (each) => each.name.startsWith(name) || name.startsWith(each.name) || each.name.split(/[:-]/).includes(name),
  );
  const place = like ?? of[0] ?? project.manifests.map((path) => ({ path, line: 1 }))[0];
  return place ? [at(place)] : [];
}

const TOOLS =
  /(?<![\w-])(vitest|jest|mocha|ava|jasmine|tap|playwright|cypress|eslint|biome|prettier|oxlint|tsc|tsup|esbuild|vite|webpack|rollup|parcel|swc|babel|turbo|nx|next|nuxt|astro|tsx|ts-node|nodemon|pytest|tox|nox|ruff|black|mypy|pyright|flake8|isort|uvicorn|gunicorn|flask|alembic|golangci-lint|gofmt|gotestsum|goreleaser|clippy|rustfmt|nextest|docker|storybook|prisma|drizzle-kit|knip|husky|changeset|semantic-release)\b/g;

/** Tools that other programs start. */
const CALLED_BY: Record<string, RegExp> = {
  rustfmt: /\brustfmt\b|\bcargo\s+fmt\b/,
  gofmt: /\bgofmt\b|\bgo\s+fmt\b|\bgofumpt\b/,
};

/** "`npm test` runs vitest": what the script really runs. */
function runsWhat(line: LineText, project: Project, script: Script, end: number): Outcome | undefined {
  const after = line.plain.slice(end);
  const said = /^[`'"]?[^.;]{0,30}?\b(?:runs?|calls?|invokes?|uses?|executes?|is|means|starts?|=)\s+([^.;]*)/i.exec(
    after,
  )?.[1];
  if (said === undefined) return undefined;
  const body = wholeBody(project, script);
  const exact = /^[`"']([^`"']+ [^`"']+)[`"']/.exec(said.trim())?.[1];
  if (exact !== undefined && !body.includes(exact) && !exact.split(/\s+/).every((word) => body.includes(word))) {
    return contradicted(`The script ${script.name} does not run \`${exact}\`.`, at(script));
  }
  // "runs cargo test"
  const command = /^(?:cargo|go|mvn|dotnet|mix)\s+[a-z][\w:-]*/.exec(said.trim())?.[0];
  if (command !== undefined && !body.replace(/\s+/g, ' ').includes(command))
    return contradicted(`The script ${script.name} does not run ${command}.`, at(script));
  const [tool] = said
    .replace(/\b(?:not|instead of|rather than|without|no longer|never)\s+[`'"]?[\w-]+/gi, '')
    .matchAll(TOOLS);
  const known = tool && (CALLED_BY[tool[0]] ?? new RegExp(`(?<![\\w-])${escapeRegExp(tool[0])}(?![\\w])`, 'i'));
  if (tool && !known?.test(body)) {
    return contradicted(`The script ${script.name} does not run ${tool[0]}.`, at(script));
  }
  return undefined;
}

/** A script's text with that of the scripts it runs. */
function wholeBody(project: Project, script: Script, depth = 0): string {
  if (depth > 4) return script.body;
  const names = [
    ...script.body.matchAll(
      /(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?([\w:.-]+)|\b(?:run-[sp]|npm-run-all)\s+([\w:. -]+)|\$\(MAKE\)\s+([\w.-]+)/g,
    ),
  ].flatMap((m) => (m[1] ?? m[2] ?? m[3] ?? '').split(/\s+/));
  const prerequisites = script.runner === 'make' ? (script.body.split('\n')[0] ?? '').trim().split(/\s+/) : [];
  const called = project.scripts.filter(
    (each) =>
      each !== script && each.path === script.path && (names.includes(each.name) || prerequisites.includes(each.name)),
  );
  return [script.body, ...called.map((each) => wholeBody(project, each, depth + 1))].join('\n');
}

async function packageScript(
  line: LineText,
  workspace: Workspace,
  project: Project,
  name: string,
  manager: string,
  start: number,
  end: number,
  run: boolean,
): Promise<Outcome | undefined> {
  const found = project.scripts.filter(
    (each) => (each.runner === 'package' || each.runner === 'deno') && each.name === name,
  );
  const manifests = project.manifests.filter((path) => baseName(path) === 'package.json');
  if (found.length === 0 && !run) {
    // `pnpm vitest` runs a package's program, `bun src/a.ts` a file.
    const tool = project.dependencies.find((each) => each.name === name || each.name.endsWith(`/${name}`));
    if (tool) return supported(`${tool.name} is installed.`, at(tool));
    if (/[./]/.test(name)) return undefined;
    if (
      manager !== 'npm' &&
      !/^(?:test|start|build|dev|lint|format|check|typecheck|e2e|deploy|release|preview|serve|watch)\b/.test(name) &&
      manifests.length === 0
    )
      return undefined;
  }
  if (manifests.length === 0 && found.length === 0) {
    return line.existence(start, end) === 'there'
      ? absent('There is no package.json.', ...(await firstManifest(workspace, project)))
      : undefined;
  }
  return judged(line, project, name, found, start, end);
}

async function firstManifest(workspace: Workspace, project: Project): Promise<Evidence[]> {
  const path = project.manifests[0] ?? (await workspace.files()).find((file) => /(?:^|\/)Makefile$/.test(file));
  return path ? [{ path, line: 1 }] : [];
}

function target(
  line: LineText,
  project: Project,
  name: string,
  runner: 'make' | 'just' | 'task',
  start: number,
  end: number,
): Outcome {
  const found = project.scripts.filter((each) => each.runner === runner && each.name === name);
  const polarity = line.existence(start, end);
  if (found[0] || polarity === 'gone') return judged(line, project, name, found, start, end);
  return absent(
    `There is no ${runner} target ${name}.`,
    ...placeOfScripts(project, name, project.scripts.some((each) => each.runner === runner) ? runner : undefined),
  );
}

function pythonCommand(
  line: LineText,
  project: Project,
  name: string,
  start: number,
  end: number,
): Outcome | undefined {
  const scripts = project.scripts.filter((each) => each.runner === 'python' && each.name === name);
  if (scripts[0]) return judged(line, project, name, scripts, start, end);
  const tool = project.dependencies.find((each) => each.name.toLowerCase().replaceAll('_', '-') === name.toLowerCase());
  if (tool) return supported(`${tool.name} is a dependency.`, at(tool));
  if (/^(?:python\d?|pip|\.?\/|bash|sh)|[./]/.test(name)) return undefined;
  const manifest = project.manifests.find((path) => /pyproject\.toml|setup\.|Pipfile/.test(path));
  return manifest
    ? absent(
        `There is neither a script nor a dependency ${name}.`,
        ...(project.scripts.some((each) => each.runner === 'python')
          ? placeOfScripts(project, name, 'python')
          : [{ path: manifest, line: 1 }]),
      )
    : undefined;
}

function otherTask(
  line: LineText,
  project: Project,
  runner: string,
  name: string,
  start: number,
  end: number,
): Outcome | undefined {
  if (!line.inCode(start)) return undefined;
  const of: Script['runner'] | undefined = runner.startsWith('composer')
    ? 'composer'
    : runner.startsWith('deno')
      ? 'deno'
      : /^(?:turbo|nx)/.test(runner)
        ? 'package'
        : /^(?:poe|taskipy)/.test(runner)
          ? 'python'
          : undefined;
  if (!of || (of === 'composer' && /^(?:install|require|update|dump-autoload|remove)$/.test(name))) return undefined;
  if (!project.scripts.some((each) => each.runner === of)) return undefined;
  return judged(
    line,
    project,
    name,
    project.scripts.filter((each) => each.runner === of && each.name === name),
    start,
    end,
  );
}

function cargoCommand(project: Project, bin: string | undefined): Outcome {
  if (bin !== undefined) {
    const found = project.scripts.find((each) => each.runner === 'cargo' && each.name === bin);
    return found
      ? supported(`The program ${bin} is there.`, at(found))
      : absent(`There is no program ${bin}.`, ...placeOfScripts(project, bin, 'cargo'));
  }
  return manifestFor(project, 'Cargo.toml', 'Cargo');
}

/** `go run ./cmd/server`: the package must be there; `./...` and files of none are not looked at. */
async function goCommand(workspace: Workspace, project: Project, path: string | undefined): Promise<Outcome> {
  const folder = /^\.\/([\w./-]*[\w-])(?:\/?\.\.\.)?$/.exec(
    path?.replace(/[`'",;]+.*$/, '').replace(/\/+$/, '') ?? '',
  )?.[1];
  if (
    folder !== undefined &&
    project.manifests.some((each) => baseName(each) === 'go.mod') &&
    !(await workspace.folders()).has(folder) &&
    !(await workspace.files()).includes(folder)
  )
    return absent(`${folder} is not there.`, ...placeOfScripts(project, folder));
  return manifestFor(project, 'go.mod', 'Go');
}

function manifestFor(project: Project, file: string, name: string): Outcome {
  const path = project.manifests.find((each) => baseName(each) === file);
  if (path) return supported(`${path} is there.`, { path, line: 1 });
  const other = project.manifests[0];
  return absent(`This is no ${name} project: there is no ${file}.`, ...(other ? [{ path: other, line: 1 }] : []));
}
