// Claims about files and folders: are they there, and if not, where is a file of that name now?
import picomatch from 'picomatch';
import { contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText, Polarity } from './line-text.ts';
import { CODE_FILE, escapeRegExp } from './mask.ts';
import { shortModules } from './package-traces.ts';
import { projectOf } from './project.ts';
import type { Project } from './project-types.ts';
import { baseName, folderOf, isTestPath, type Workspace } from './workspace.ts';

export interface PathMention {
  /** As written, without quotes and `:line`. */
  text: string;
  start: number;
  end: number;
  /** The line number behind it, from 1. */
  line?: number;
  folder: boolean;
  glob: boolean;
  polarity: Polarity;
  /** The files and folders of the workspace that it names; empty: gone. */
  found: string[];
}

const EXTENSIONS =
  'ts|tsx|mts|cts|js|jsx|mjs|cjs|json|jsonc|json5|md|mdx|rst|txt|adoc|py|pyi|ipynb|go|mod|sum|rs|java|kt|kts|gradle|groovy|cs|csproj|sln|fs|c|h|cc|cpp|hpp|m|mm|swift|rb|php|scala|dart|ex|exs|erl|lua|sh|bash|zsh|fish|ps1|bat|cmd|sql|prisma|graphql|gql|proto|html|css|scss|sass|less|vue|svelte|astro|xml|yaml|yml|toml|ini|cfg|conf|env|lock|lockb|csv|tsv|tf|tfvars|hcl|nix|zig|nim|jl|r|R|hs|elm|clj|svg|png|jpg|ico|pem|db|sqlite|patch|snap|http|rules|properties|example|sample|local|tmpl|tpl|ejs|hbs|j2|vsix|wasm|asset|unity|prefab|shader|asmdef|inputactions|storyboard|xcodeproj|xcworkspace|plist|xcconfig|podspec|gemspec|rake|erb|haml|slim|heex|eex|leex|blade|twig|jinja|cshtml|razor|xaml|resx|props|fsproj|tpl|jsonnet|rego|bicep|avsc|thrift|hlsl|glsl|metal';
const NAMED_FILES =
  'Dockerfile|Makefile|Justfile|justfile|Gemfile|Rakefile|Procfile|Jenkinsfile|Vagrantfile|Taskfile|LICENSE|README|CHANGELOG|CONTRIBUTING|CODEOWNERS|SECURITY|AGENTS|NOTICE|Pipfile|Caddyfile|BUILD|WORKSPACE';
const PATH_TOKEN = new RegExp(
  String.raw`(?<![\w@$./~:-])((?:@|~|\.{1,2})?/?(?:[\w@$.+*?[\]{},!-](?:[\w@$.+*?[\](){},!-])*/)+[\w@$.+*?[\]{},!-]*|[\w$.*+@[\]{},-]*[\w$*\]}]\.(?:${EXTENSIONS})\b(?!\.?[\w(])|\.(?:env|nvmrc|npmrc|node-version|python-version|ruby-version|editorconfig|gitignore|gitattributes|dockerignore|prettierrc|prettierignore|eslintrc|eslintignore|babelrc|swcrc|lettaignore|tool-versions|pre-commit-config|golangci|flake8|browserslistrc|envrc|mailmap|github|vscode|husky|circleci|gitlab-ci|devcontainer|cursor|claude|letta|storybook|changeset)(?:[\w.-]*\w)?|(?:${NAMED_FILES})(?![\w.-]*\w))(?::(\d+)(?:[-:]\d+)?)?(?:#L(\d+))?`,
  'g',
);
/** Names of products that look like files. */
const PRODUCTS =
  /^(?:node|next|vue|react|express|three|d3|nuxt|nest|chart|alpine|backbone|ember|moment|socket|angular|knockout|discord|p5|web3|ethers|deck|plotly|paper|matter|day|date|luxon|handlebars|mustache|passport|bull|solid|asp|vb|ado|ml|require|underscore|lodash|whatwg|fabric|video|hls|pdf|tensorflow|brain|ffmpeg|sharp|type|graph|mobx|draft|slate|quill|highlight|prism|reveal|impress|polymer|riot|mithril|inferno|hapi|koa|sails|meteor|adonis|feathers|loopback|strapi|keystone|gatsby|remix|astro|vite|rollup|webpack|parcel|gulp|grunt|babel|jest|mocha|chai|sinon|cypress|puppeteer|playwright|selenium|protractor|nightwatch|testcafe|electron|cordova|ionic|capacitor|expo|hono|bun|deno)\.(?:js|io|net|ts|ai|py|dev)$/i;
const ROOTS =
  /^(?:src|lib|libs|test|tests|__tests__|spec|specs|e2e|app|apps|packages|pkg|cmd|internal|docs?|scripts?|bin|config|configs|api|server|client|web|frontend|backend|tools|utils|components|pages|routes|modules|services|migrations|examples?|public|static|assets|crates|include|\.github|\.vscode|\.husky|build|dist|out|tmp|deploy|infra|k8s|charts|terraform|proto|fixtures|benches|benchmarks?|hooks|plugins|core|common|shared|data|db|sql)$/;
const BUILT =
  /^(?:\.\/)?(?:dist|build|out|output|target|coverage|lib|bin|public\/build|\.next|\.cache|tmp|logs?|node_modules|\.venv|venv|generated|htmlcov|site|_build|release)(?:\/|$)/;
const FOLDER_WORD =
  /^[`'"]?\s*(?:folder|directory|dir|package|module|subfolder|tree)\b|^\/?[`'"]?\s*(?:folder|directory|dir)\b/i;
const OUTSIDE = /^(?:~|\/(?:etc|usr|var|opt|home|tmp|bin|dev|root|mnt|Users)\b|\$|%|\.\.\/|[A-Za-z]:)/;

/** All paths a line names, each looked up. */
export async function findPaths(line: LineText, workspace: Workspace): Promise<PathMention[]> {
  const mentions: PathMention[] = [];
  const seen = new Set<number>();
  for (const match of line.plain.matchAll(PATH_TOKEN)) {
    const made = await mention(line, workspace, match[1] ?? '', match.index, Number(match[2] ?? match[3] ?? 0));
    if (made) {
      mentions.push(made);
      for (let at = made.start; at < made.end; at += 1) seen.add(at);
    }
  }
  // "the utils folder", "a folder called utils"
  const named =
    /(?:\bthe\s+|\ba\s+|\bno\s+|\bin\s+)?[`'"]?([\w.-]+)[`'"]?\s+(?:folder|directory|dir)\b|\b(?:folder|directory)\s+(?:called|named)?\s*[`'"]([\w./-]+)[`'"]/gi;
  for (const match of line.plain.matchAll(named)) {
    const text = match[1] ?? match[2] ?? '';
    const start = match.index + match[0].indexOf(text);
    if (seen.has(start) || VAGUE.test(text) || /^\d/.test(text)) continue;
    const made = await look(line, workspace, { text, start, end: start + text.length, folder: true, glob: false });
    const sure =
      line.inCode(start) ||
      /["']/.test(match[0]) ||
      ROOTS.test(text) ||
      made.found.length > 0 ||
      made.polarity === 'gone';
    if (sure) mentions.push(made);
  }
  return mentions;
}

const VAGUE =
  /^(?:a|an|the|this|that|same|each|every|one|own|root|top|parent|project|current|working|new|separate|its|output|target|any|no|home|temp|temporary|source|right|wrong|other|another|install|installation|download|downloads|feature|per|sub|nested|flat|single|local|shared|which|correct|following|main|user|no-|whose|dedicated|config|test|build|module|workspace|component|data|cache)$/i;

async function mention(
  line: LineText,
  workspace: Workspace,
  raw: string,
  at: number,
  lineNumber: number,
): Promise<PathMention | null> {
  let text = raw.replace(/[.,;:!?]+$/, '');
  if (!/[[{(]/.test(text)) text = text.replace(/[)\]}]+$/, '');
  if (isSomethingElse(text) || isRouteOrCall(line, text, at, raw.length)) return null;
  const end = at + raw.length + (lineNumber > 0 ? String(lineNumber).length + 1 : 0);
  const glob = /[*?{]|\[[^\]]*\]/.test(text) && !/^\[/.test(text);
  // "src/" or "docs/" alone is a folder; "and/or" is not.
  const folder = text.endsWith('/');
  const extension = new RegExp(`\\.(?:${EXTENSIONS})$`).test(text) || /(?:^|\/)\.[\w-]+/.test(text);
  if (text.includes('/') && !extension && !folder && !glob && !(await isFolderPath(line, workspace, text, at)))
    return null;
  if (text.startsWith('/') && !extension && (!folder || (await resolvePath(workspace, text)).length === 0)) return null;
  if (await isOtherName(line, workspace, text, at)) return null;
  return look(line, workspace, {
    text,
    start: at,
    end,
    folder,
    glob,
    ...(lineNumber > 0 ? { line: lineNumber } : {}),
  });
}

const isSomethingElse = (text: string): boolean =>
  text.length < 2 ||
  PRODUCTS.test(text) ||
  // `skills/NAME/`: any name may stand there.
  /(?:^|\/)(?:NAME|LABEL|FILE|PATH|DIR|FOLDER|ID|VERSION|ENV|DATE|TITLE|SLUG|X)(?:[/.]|$)/.test(text) ||
  OUTSIDE.test(text) ||
  /^[\d./-]+$/.test(text) ||
  /^(?:e\.g|i\.e|etc)\.?$/i.test(text) ||
  /^(?:[@~.]|\.\.)?\/$/.test(text);

/** @param length of the text as it stands in the line */
function isRouteOrCall({ plain }: LineText, text: string, at: number, length: number): boolean {
  // `GET /users/`, `/users/:id`
  const route =
    (text.startsWith('/') || /[{}:]|^\w+(?:\/\w+)+$/.test(text)) &&
    (/\b(?:GET|POST|PUT|PATCH|DELETE|HEAD)\s+$/.test(plain.slice(0, at)) || /^[:{<]/.test(plain.slice(at + length)));
  // `path.join(…)`, `process.env`
  return route || /^(?:process|import\.meta|os)\.env$/i.test(text) || /^\(/.test(plain.slice(at + text.length));
}

/** Whether words with slashes between them, and nothing else, are meant as folders. */
async function isFolderPath(line: LineText, workspace: Workspace, text: string, at: number): Promise<boolean> {
  const [first = ''] = text.replace(/^(?:\.\/|@\/|~\/)/, '').split('/');
  const known = ROOTS.test(first) || (await workspace.folders()).has(first) || /^(?:\.\/|@\/|~\/)/.test(text);
  const isThere = async () => (await resolvePath(workspace, text)).length > 0;
  if (isModule(text, await projectOf(workspace)) && !(await isThere())) return false;
  if (text.startsWith('/')) return false;
  if ((/^@[\w-]+\/[\w.-]+$/.test(text) || /\bbranch(?:es)?\b/i.test(line.plain)) && !(await isThere())) return false;
  if (known) return true;
  const before = line.plain.slice(Math.max(0, at - 30), at);
  return (
    line.inCode(at) &&
    (FOLDER_WORD.test(line.plain.slice(at + text.length)) ||
      (/\b(?:in|under|inside|from|to|into|at)\s+[`'"]?$/i.test(before) && text.split('/').length > 2))
  );
}

/** Names with a point in them that are a file's only where one is there. */
async function isOtherName(line: LineText, workspace: Workspace, text: string, at: number): Promise<boolean> {
  const isGone = async () => (await resolvePath(workspace, text)).length === 0;
  if (!line.inCode(at) && !text.includes('/') && /^[A-Z][\w]*\.(?:js|io|net)$/.test(text)) return true;
  // What every site is asked for.
  if (/^(?:robots\.txt|humans\.txt|sitemap\.xml|favicon\.ico|security\.txt)$/.test(text) && (await isGone()))
    return true;
  if (/\bfile\b/i.test(line.plain)) return false;
  // A host's name.
  const host =
    /^[a-z\d][a-z\d-]*(?:\.[a-z\d-]+)+\.(?:example|local|test|internal|http|db|sh|dev|app|rs|py|io)$/.test(text) &&
    /\b(?:at|on|to|from|host|domain|url|under|is)\s+[`'"]?$/i.test(line.plain.slice(0, at));
  // `user.name` and `a.local` are no files unless one is there.
  const member = /^[a-z]\w*\.(?:local|env|http|r|m|h|c|db|rules|properties)$/.test(text);
  return (host || member) && (await isGone());
}

/** `lib/pq` is a folder only where there is one. */
const isModule = (text: string, project: Project): boolean => shortModules(text, project).includes(text);

async function look(
  line: LineText,
  workspace: Workspace,
  rest: Omit<PathMention, 'polarity' | 'found'>,
): Promise<PathMention> {
  const found = rest.glob ? await matching(workspace, rest.text) : await resolvePath(workspace, rest.text);
  return { ...rest, found, polarity: line.existence(rest.start, rest.end, true) };
}

async function matching(workspace: Workspace, glob: string): Promise<string[]> {
  const clean = glob.replace(/^\.?\//, '').replace(/\/$/, '/**');
  const patterns = clean.includes('/') ? [clean, `**/${clean}`] : [`**/${clean}`];
  try {
    const match = picomatch(patterns, { dot: true });
    const files = (await workspace.files()).filter((file) => match(file));
    // `packages/*` means folders.
    return files.length > 0 ? files : [...(await workspace.folders())].filter((folder) => match(folder));
  } catch {
    return [];
  }
}

/** Exact, then as the end of a longer path, then as a module name without its ending; at last among files that are not searched. */
export async function resolvePath(workspace: Workspace, text: string): Promise<string[]> {
  const alias = /^[@~]\//.test(text);
  const clean = text.replace(/^(?:\.\/|[@~]\/|\/)/, '').replace(/\/+$/, '');
  if (clean === '') return [];
  const files = await workspace.files();
  const folders = await workspace.folders();
  if (!alias && (folders.has(clean) || files.includes(clean))) return [clean];
  if (!alias && (await workspace.facts.exists(clean))) return [clean];
  const found = endingIn(clean, files, folders);
  if (found.length > 0) return found;
  const all = await workspace.all();
  return all ? endingIn(clean, all.files, all.folders) : [];
}

function endingIn(clean: string, files: readonly string[], folders: ReadonlySet<string>): string[] {
  const tail = `/${clean}`;
  const ending = [
    ...files.filter((file) => file.endsWith(tail)),
    ...[...folders].filter((folder) => folder.endsWith(tail)),
  ];
  if (ending.length > 0) return ending;
  if (/(?:^|\/)[\w$-]+$/.test(clean) && clean.includes('/')) {
    const stem = new RegExp(
      `(?:^|/)${clean.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:/(?:index|__init__|mod)|)\\.\\w+$`,
    );
    const modules = files.filter((file) => stem.test(file));
    if (modules.length > 0) return modules;
  }
  // People write `Readme.md`; of code the case matters.
  if (new RegExp(`^(?:${NAMED_FILES})(?:\\.\\w+)?$`, 'i').test(clean)) {
    const lower = clean.toLowerCase();
    return files.filter((file) => {
      const name = baseName(file).toLowerCase();
      return name === lower || name.replace(/\.(?:md|txt|rst)$/, '') === lower;
    });
  }
  return [];
}

/** Where a file of that name, or of that name with another ending, is now. Nearest first. */
export async function movedTo(workspace: Workspace, text: string): Promise<Evidence[]> {
  const name = baseName(text.replace(/\/+$/, ''));
  const stem = name.replace(/\.\w+$/, '').toLowerCase();
  const files = await workspace.files();
  const folders = [...(await workspace.folders())];
  const same = files.filter((file) => baseName(file) === name);
  const insensitive = files.filter((file) => baseName(file).toLowerCase() === name.toLowerCase());
  const ending = files.filter(
    (file) =>
      baseName(file)
        .replace(/\.\w+$/, '')
        .toLowerCase() === stem,
  );
  const folder = folders
    .filter((each) => baseName(each) === name)
    .flatMap((each) => files.find((file) => file.startsWith(`${each}/`)) ?? []);
  const place = (file: string): number => (folderOf(file) === folderOf(text) ? 0 : 1);
  const best = [same, insensitive, folder, ending].find((list) => list.length > 0) ?? [];
  return [...best]
    .sort((a, b) => place(a) - place(b))
    .slice(0, 3)
    .map((path) => ({ path, line: 1 }));
}

/** A file to point at for a path that is there: a folder's first. */
export async function evidenceOf(workspace: Workspace, path: string, line = 1): Promise<Evidence[]> {
  const files = await workspace.files();
  if (files.includes(path)) return [{ path, line }];
  const inside = files.find((file) => file.startsWith(`${path}/`));
  return inside ? [{ path: inside, line: 1 }] : [{ path, line }];
}

export async function checkPaths(mentions: readonly PathMention[], workspace: Workspace): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { text, polarity, found, line, glob } of mentions) {
    const clean = text.replace(/^(?:\.\/|[@~]\/|\/)/, '').replace(/\/+$/, '');
    if (polarity === 'contrast' || workspace.facts.hidden?.(clean)) continue;
    const [first] = found;
    if (polarity === 'gone') {
      if (first === undefined) outcomes.push(supported(`${text} is not there, as the line says.`));
      else outcomes.push(contradicted(`${text} is there.`, ...(await evidenceOf(workspace, first))));
      continue;
    }
    if (first === undefined) {
      // What a command is told to write has any name.
      if (
        /^(?:out|output|results?|dump|exports?|reports?|file|data|input|backup|foo|bar|example|sample)\.\w+$/.test(
          clean,
        )
      )
        continue;
      const ignored = await inGitignore(workspace, clean);
      if (ignored) {
        outcomes.push(supported(`${text} is left out of the repository.`, ignored));
        continue;
      }
      // What the program itself writes has its name in the code.
      if (!CODE_FILE.test(clean) && (await writtenInCode(workspace, clean))) continue;
      const [top = ''] = clean.split('/');
      // Where the folder is there with other files in it, no build makes this one.
      const kept = (await workspace.files()).some((file) => file.startsWith(`${top}/`) || file.includes(`/${top}/`));
      const built =
        BUILT.test(clean) && !kept ? await namedInConfig(workspace, clean) : await writtenByScript(workspace, clean);
      if (built) outcomes.push(supported(`${text} is made by the build.`, built));
      else if (
        /^(?:node_modules|\.git|\.venv|coverage|tmp)(?:\/|$)/.test(clean) ||
        (/^\.env(?:\.|$)/.test(baseName(clean)) && !(await otherTemplate(workspace, clean)))
      )
        continue;
      else
        outcomes.push(
          contradicted(
            glob ? `No file matches ${text}.` : `${text} is not there.`,
            ...(await movedTo(workspace, text)),
          ),
        );
      continue;
    }
    if (line !== undefined && found.length === 1) {
      const lines = ((await workspace.text(first)) ?? '').split('\n').length;
      if (line > lines) {
        outcomes.push(contradicted(`${first} has ${lines} lines.`, { path: first, line: lines }));
        continue;
      }
    }
    outcomes.push(supported(`${first} is there.`, ...(await evidenceOf(workspace, first, line ?? 1))));
  }
  return outcomes;
}

/** `".cache/pages.db"`, or its name alone: a text of its own in the code. */
async function writtenInCode(workspace: Workspace, path: string): Promise<boolean> {
  for (const name of [path, baseName(path)])
    if ((await workspace.usages(name)).some(({ as }) => as === 'string')) return true;
  return false;
}

/** A whole line of `.gitignore`. */
async function inGitignore(workspace: Workspace, path: string): Promise<Evidence | undefined> {
  for (const file of (await workspace.files()).filter((each) => baseName(each) === '.gitignore')) {
    const index = ((await workspace.text(file)) ?? '')
      .split('\n')
      .findIndex((row) => row.trim() !== '' && row.trim().replace(/^\/|\/$/g, '') === path);
    if (index >= 0) return { path: file, line: index + 1 };
  }
  return undefined;
}

/** `.env` and its variants are nobody's to commit, but a template is: where another one is there, this one is gone. */
async function otherTemplate(workspace: Workspace, path: string): Promise<boolean> {
  const template = /(?:^|\/)\.env\.(?:example|sample|template|dist|defaults)$/;
  return template.test(path) && (await workspace.files()).some((file) => template.test(file));
}

/** `openapi-typescript api.yaml -o src/schema.ts`: not there before it has run. */
async function writtenByScript(workspace: Workspace, path: string): Promise<Evidence | undefined> {
  const script = (await projectOf(workspace)).scripts.find(({ body }) =>
    new RegExp(
      `(?:^|\\s)(?:-o|-O|>|--out(?:put|file|dir|-file|-dir)?)[= ]?\\s*["']?(?:\\./)?${escapeRegExp(path)}(?![\\w/-])`,
    ).test(body),
  );
  if (script) return { path: script.path, line: script.line };
  const named = new RegExp(
    `(?:output|out|outFile|outDir|target|dest|destination|outputPath|generates)["']?\\s*[:=]\\s*["'\`]?(?:\\./)?${escapeRegExp(path)}(?![\\w-])`,
    'i',
  );
  for (const file of (await workspace.files()).filter((each) =>
    /\.config\.[cm]?[jt]s$|(?:^|\/)(?:codegen|orval|buf\.gen|sqlc|openapi-ts)[\w.-]*$/.test(each),
  )) {
    const index = ((await workspace.text(file)) ?? '').split('\n').findIndex((row) => named.test(row));
    if (index >= 0) return { path: file, line: index + 1 };
  }
  return undefined;
}

/** The place in a configuration file that names a folder of built files. */
async function namedInConfig(workspace: Workspace, folder: string): Promise<Evidence | undefined> {
  const [top = ''] = folder.split('/');
  const candidates = (await workspace.files()).filter(
    (file) =>
      /(?:^|\/)(?:\.gitignore|\.npmignore|\.dockerignore|package\.json|tsconfig[\w.]*\.json|[\w.-]+\.config\.[cm]?[jt]s|esbuild\.\w+|pyproject\.toml|Cargo\.toml|Makefile|Dockerfile)$/.test(
        file,
      ) && !isTestPath(file),
  );
  const pattern = new RegExp(`(?<![\\w-])${top.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:/|["'\\s]|$)`, 'm');
  for (const path of candidates) {
    const text = await workspace.text(path);
    const index = text?.split('\n').findIndex((line) => pattern.test(line)) ?? -1;
    if (index >= 0) return { path, line: index + 1 };
  }
  // Cargo names its folder nowhere.
  const cargo =
    top === 'target' ? (await workspace.files()).find((file) => baseName(file) === 'Cargo.toml') : undefined;
  return cargo ? { path: cargo, line: 1 } : undefined;
}
