// Flags and words with which a program runs another program, loads code or writes a file: no rule for its name covers them.
import { looseName } from './names.ts';
import { type Part, textOf, type Word } from './syntax.ts';

interface Risk {
  /** Letters of short flags. */
  letters?: string;
  /** Long flags without dashes, separated by spaces; shortened ones count. */
  long?: string;
  /** A single dash and a whole word: `-exec`. */
  words?: RegExp;
  /** On each word that is no flag. */
  operand?: RegExp;
  /** On all words after the name. */
  check?: (texts: readonly (string | undefined)[]) => boolean;
  /** Only with this subcommand. */
  sub?: RegExp;
}

const git: readonly Risk[] = [
  {
    long: 'output ext-diff textconv open-files-in-pager upload-pack receive-pack exec extcmd config-env exec-path template config editor',
  },
  { sub: /^grep$/, letters: 'O' },
  { sub: /^(?:clone|ls-remote|fetch|pull)$/, letters: 'uc' },
  { sub: /^(?:format-patch|archive|bundle)$/, letters: 'o' },
  { sub: /^(?:rebase)$/, letters: 'x' },
  { sub: /^(?:config|alias|hook|credential|remote-ext|fsmonitor--daemon|maintenance|update-index)$/, operand: /./ },
  // A remote helper's address can be a command.
  { operand: /^(?:ext|fd|file|[a-z][\w+.-]*)::/i },
  { sub: /^(?:push|fetch|pull|clone|ls-remote|remote|submodule)$/, operand: /^-|^ssh:\/\/-|:\/\/-/ },
];
const awk: readonly Risk[] = [
  {
    letters: 'fiEl',
    long: 'file include exec load',
    operand: /system|\||getline|>|@load|@include|ENVIRON|print[^'"]*["']\//,
  },
];
const scp: readonly Risk[] = [{ letters: 'SoF' }];
const compiler: readonly Risk[] = [{ words: /^-(?:wrapper|B|fplugin|specs|Xlinker|fuse-ld|load)/, operand: /^@/ }];
const javaTests: readonly Risk[] = [
  { letters: 'I', long: 'init-script settings global-settings file', words: /^-(?:f|gs|s)$/ },
];
const runners: readonly Risk[] = [
  {
    long: 'config globalsetup global-setup setupfiles setup-files setupfilesafterenv transform runner testrunner test-runner reporter reporters resolver require import loader environment testenvironment outputfile output-file output globalteardown rootdir',
    letters: 'cr',
  },
];

const RISKS: Readonly<Record<string, readonly Risk[]>> = {
  git,
  rg: [{ long: 'pre hostname-bin' }],
  ag: [{ long: 'pager' }],
  find: [{ words: /^-(?:delete|exec|execdir|ok|okdir|fprint|fprint0|fprintf|fls|files0-from)$/ }],
  fd: [{ letters: 'xX', long: 'exec exec-batch' }],
  tar: [
    {
      letters: 'IF',
      long: 'to-command checkpoint-action use-compress-program rsh-command rmt-command info-script new-volume-script index-file files-from',
      check: (texts) => /^[^-]*[IF]/.test(texts[0] ?? ''),
    },
  ],
  bsdtar: [{ long: 'use-compress-program' }],
  sed: [{ letters: 'ifs', long: 'in-place file', check: sedDoesMore }],
  awk,
  gawk: awk,
  mawk: awk,
  nawk: awk,
  sort: [{ letters: 'oT', long: 'output compress-program temporary-directory files0-from' }],
  uniq: [{ check: (texts) => texts.filter((text) => !/^-/.test(text ?? 'x')).length > 1 }],
  xxd: [{ check: (texts) => texts.filter((text) => !/^-/.test(text ?? 'x')).length > 1 }],
  tree: [{ letters: 'o' }],
  file: [{ letters: 'C', long: 'compile' }],
  date: [{ letters: 's', long: 'set' }],
  hostname: [{ operand: /./ }],
  split: [{ long: 'filter' }],
  rsync: [{ letters: 'eM', long: 'rsh rsync-path remote-option config daemon write-batch only-write-batch' }],
  scp,
  sftp: [{ letters: 'SoFDb' }],
  ssh: [{ letters: 'oFEW', words: /^-[oF]/ }],
  man: [{ letters: 'PHC', long: 'pager html config-file preprocessor' }],
  less: [{ letters: 'koO', long: 'lesskey-file log-file', operand: /^\+/ }],
  more: [{ operand: /^\+/ }],
  curl: [
    {
      letters: 'oOKTDcJ',
      long: 'output output-dir remote-name remote-name-all config upload-file dump-header cookie-jar trace trace-ascii stderr libcurl engine etag-save hsts alt-svc',
    },
  ],
  wget: [
    {
      letters: 'OoaePx',
      long: 'output-document output-file append-output execute config use-askpass directory-prefix save-cookies warc-file',
    },
  ],
  npm: [
    {
      long: 'script-shell shell node-options call prefix globalconfig userconfig init-module git viewer editor browser',
      letters: 'cC',
      sub: /./,
    },
    { sub: /^(?:config|c|set|edit|explore|exec|x|init|create|innit|hook)$/, operand: /./ },
  ],
  pnpm: [
    { long: 'script-shell shell-mode config global-pnpmfile pnpmfile dir', letters: 'cC' },
    { sub: /^(?:config|set|create)$/, operand: /./ },
  ],
  yarn: [{ long: 'cwd use-yarnrc script-shell' }, { sub: /^(?:config|create|set|plugin)$/, operand: /./ }],
  node: [
    {
      letters: 'rC',
      long: 'require import loader experimental-loader env-file env-file-if-exists conditions experimental-config-file test-reporter-destination heap-prof-dir cpu-prof-dir run',
    },
  ],
  deno: [{ long: 'config import-map preload require allow-all output', letters: 'Ac' }],
  bun: [{ letters: 'rc', long: 'preload config shell outdir outfile' }],
  tsx: [{ letters: 'r', long: 'require import loader' }],
  'ts-node': [{ letters: 'rC', long: 'require compiler' }],
  python: [{ letters: 'X', words: /^-X/ }],
  ruby: [{ letters: 'rI', long: 'require' }],
  perl: [{ letters: 'MmIi' }],
  php: [{ letters: 'dcz', long: 'define' }],
  go: [
    {
      words:
        /^--?(?:exec|toolexec|overlay|o|vettool|modfile|ldflags|gcflags|asmflags|gccgoflags|fuzz|cpuprofile|memprofile|coverprofile|outputdir|trace|C)(?:=|$)/,
    },
    { sub: /^(?:env|generate|tool)$/, operand: /./ },
  ],
  cargo: [{ long: 'config target-dir manifest-path out-dir', letters: 'ZC', operand: /^\+/ }],
  rustc: [{ letters: 'CoL', long: 'codegen sysroot out-dir', operand: /^@/ }],
  make: [{ letters: 'fCEI', long: 'eval file makefile directory include-dir', operand: /=/ }],
  gmake: [{ letters: 'fCEI', long: 'eval file makefile directory include-dir', operand: /=/ }],
  cmake: [{ letters: 'PECSBD', long: 'build install toolchain graphviz trace-redirect' }],
  ninja: [{ letters: 'fC' }],
  gcc: compiler,
  'g++': compiler,
  cc: compiler,
  clang: compiler,
  'clang++': compiler,
  ld: [{ words: /^-(?:plugin|-plugin|T)/ }],
  mvn: javaTests,
  mvnw: javaTests,
  gradle: [{ letters: 'Ibcp', long: 'init-script build-file settings-file project-dir include-build' }],
  gradlew: [{ letters: 'Ibcp', long: 'init-script build-file settings-file project-dir include-build' }],
  pytest: [
    {
      letters: 'pco',
      long: 'rootdir confcutdir override-ini junitxml junit-xml basetemp import-mode pastebin debug log-file',
    },
  ],
  jest: runners,
  vitest: runners,
  mocha: [
    { letters: 'r', long: 'require config package reporter ui loader import file node-option', words: /^-(?:r|R|u)/ },
  ],
  ava: runners,
  playwright: runners,
  eslint: [
    {
      letters: 'cfo',
      long: 'config rulesdir plugin parser format output-file resolve-plugins-relative-to cache-location flag',
    },
  ],
  prettier: [{ long: 'plugin config plugin-search-dir cache-location' }],
  stylelint: [{ letters: 'of', long: 'config custom-formatter custom-syntax plugins output-file' }],
  tsc: [
    {
      long: 'outfile outdir declarationdir tsbuildinfofile plugins generatetrace generatecpuprofile',
      words: /^-(?:outFile|outDir)/i,
    },
  ],
  webpack: [{ letters: 'cr', long: 'config require' }],
  rollup: [{ letters: 'cp', long: 'config plugin configplugin file' }],
  esbuild: [{ long: 'outfile outdir metafile' }],
  vite: [{ letters: 'c', long: 'config' }],
  docker: [{ long: 'host config context entrypoint volume mount privileged', letters: 'HvC' }],
  kubectl: [{ long: 'kubeconfig context as' }],
  helm: [{ long: 'post-renderer kubeconfig' }],
  gh: [{ sub: /^(?:alias|extension|ext|config|codespace|cs)$/, operand: /./ }],
  zip: [{ letters: 'T', long: 'unzip-command test', words: /^-TT/ }],
  '7z': [{ words: /^-(?:so|o)/ }],
  dd: [{ operand: /^of=/ }],
  openssl: [{ words: /^-(?:engine|provider|provider-path|out|config)/ }],
  psql: [{ letters: 'cfo', long: 'command file output' }],
  mysql: [{ letters: 'e', long: 'execute pager tee init-command', operand: /^\\!/ }],
  sqlite3: [{ operand: /^\.|readfile|writefile|load_extension|edit\(/i }],
  ffmpeg: [{ operand: /./ }],
  jq: [{ letters: 'fL', long: 'from-file' }],
  yq: [{ letters: 'is', long: 'inplace split-exp' }],
  pip: [
    {
      long: 'index-url extra-index-url target prefix root python log cert config-settings global-option install-option build-option',
      letters: 't',
    },
    { sub: /^config$/, operand: /./ },
  ],
  brew: [{ sub: /^(?:ruby|sh|irb|edit|create)$/, operand: /./ }],
  composer: [{ sub: /^(?:exec|run-script|config)$/, operand: /./ }],
  ansible: [{ letters: 'amie', long: 'args module-name' }],
  terraform: [{ long: 'chdir', words: /^-(?:chdir|plugin-dir|out|state)/ }],
  ctags: [{ long: 'options' }],
  zsh: [],
};

const SAME: Readonly<Record<string, string>> = {
  pip3: 'pip',
  python3: 'python',
  nodejs: 'node',
  gfind: 'find',
  gsed: 'sed',
  gtar: 'tar',
  fdfind: 'fd',
  'py.test': 'pytest',
  python2: 'python',
  podman: 'docker',
  gsort: 'sort',
};

/**
 * The first word with which the part does more than its name says; undefined: none is known.
 * @param from words before it were named by whoever wrote the rule
 */
export function riskyWord(part: Part, from = 1): string | undefined {
  const words = part.plain ?? part.words;
  const loose = looseName(textOf(words[0]) ?? '');
  const name = SAME[loose] ?? loose;
  const risks = Object.hasOwn(RISKS, name) ? (RISKS[name] ?? []) : [];
  const texts = words.slice(1).map(textOf);
  const sub = texts.find((text) => text !== undefined && !text.startsWith('-')) ?? '';
  for (const risk of risks) {
    if (risk.sub && !risk.sub.test(sub)) continue;
    const given = texts.slice(Math.max(0, from - 1));
    if (risk.check?.(given)) return given[0] ?? '…';
    const ended = texts.indexOf('--');
    for (const [i, text] of given.entries()) {
      const at = i + Math.max(0, from - 1);
      if (text === undefined) {
        if (isMessage(words[at + 1], given[i - 1])) continue;
        // Unquoted or computed, it may be any flag there is.
        if (risk.letters || risk.long || risk.words) return words[at + 1]?.raw ?? '…';
        continue;
      }
      if (text === sub && at === texts.indexOf(sub) && risk.sub) continue;
      if (ended >= 0 && at > ended ? risk.operand?.test(text) : isRisky(risk, text)) return text;
    }
  }
  return undefined;
}

/** What is said with `git commit -m "$(…)"`: in quotes it is one word, and no flag. */
function isMessage(word: Word | undefined, before: string | undefined): boolean {
  return /^".*"$/s.test(word?.raw ?? '') && /^(?:-\w*m|--message|--body|--title|--notes)$/.test(before ?? '');
}

function isRisky(risk: Risk, text: string): boolean {
  if (!/^-./.test(text)) return risk.operand?.test(text) ?? false;
  if (risk.words?.test(text)) return true;
  if (text.startsWith('--')) {
    const name = (text.slice(2).split('=')[0] ?? '').toLowerCase();
    // Most programs accept the beginning of a flag for the whole.
    return (
      name.length >= 2 &&
      (risk.long?.split(' ').some((flag) => flag === name || (name.length >= 3 && flag.startsWith(name))) ?? false)
    );
  }
  const cluster = text.slice(1).split('=')[0] ?? '';
  return [...cluster].some((letter) => risk.letters?.includes(letter));
}

/** A script of sed may write files and run commands: only plain ones are known not to. */
function sedDoesMore(texts: readonly (string | undefined)[]): boolean {
  const scripts = texts.flatMap((text, i) =>
    /^(?:-\w*e|--expression)$/.test(texts[i - 1] ?? '')
      ? [text]
      : (/^(?:-\w*e|--expression=)(.+)$/s.exec(text ?? '')?.[1] ?? []),
  );
  if (scripts.length === 0) scripts.push(texts.find((text) => text === undefined || !text.startsWith('-')));
  return scripts.some(
    (script) => script === undefined || !script.split(/[;\n]/).every((part) => SED_PLAIN.test(part.trim())),
  );
}
const SED_PLAIN =
  /^(?:(?:\d+|\$|\/(?:[^/\\\n]|\\.)*\/)?(?:,(?:\d+|\$|\+\d+|\/(?:[^/\\\n]|\\.)*\/))?!?\s*(?:[pdq=]|s([/|#,:@])(?:(?!\1)[^\\\n]|\\.)*\1(?:(?!\1)[^\\\n]|\\.)*\1[gpiI\d]*))?$/;
