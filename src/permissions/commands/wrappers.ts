// Programs that run other programs, and how to find in their words what they run.

export interface WrapperForm {
  /** `shift`: who or where it runs changes too, so the wrapper takes a rule of its own. */
  kind: 'wrapper' | 'shift';
  /** Letters of short flags without and with a value. */
  flags?: string;
  valued?: string;
  /** Long flags without and with a value. */
  long?: readonly string[];
  longValued?: readonly string[];
  /** Words of its own before the program's name. */
  operands?: number;
  /** `A=b` may stand before the program. */
  assignments?: boolean;
  /** It adds words that are known only when it runs. */
  appends?: boolean;
  /** What follows is one text for a shell. */
  script?: boolean;
  /** Without anything to run it is a program of its own. */
  alone?: boolean;
  /** Flags with which it runs nothing. */
  looksUp?: RegExp;
}

const plain: WrapperForm = { kind: 'wrapper' };

export const WRAPPERS: Readonly<Record<string, WrapperForm>> = {
  time: { kind: 'wrapper', flags: 'pv', long: ['--portability', '--verbose'], alone: true },
  nohup: plain,
  noglob: plain,
  nocorrect: plain,
  builtin: { kind: 'wrapper', alone: true },
  coproc: plain,
  unbuffer: plain,
  winpty: plain,
  setsid: { kind: 'wrapper', flags: 'cfw', long: ['--ctty', '--fork', '--wait'] },
  nice: { kind: 'wrapper', flags: '0123456789', valued: 'n', longValued: ['--adjustment'], alone: true },
  ionice: { kind: 'wrapper', flags: 't0123', valued: 'cn', longValued: ['--class', '--classdata'], alone: true },
  chrt: { kind: 'wrapper', flags: 'bfior', operands: 1 },
  taskset: { kind: 'wrapper', flags: 'c', operands: 1 },
  caffeinate: { kind: 'wrapper', flags: 'disumt', alone: true },
  stdbuf: { kind: 'wrapper', valued: 'ioe', longValued: ['--input', '--output', '--error'] },
  timeout: {
    kind: 'wrapper',
    flags: 'vfp',
    valued: 'ks',
    long: ['--foreground', '--preserve-status', '--verbose'],
    longValued: ['--kill-after', '--signal'],
    operands: 1,
  },
  gtimeout: { kind: 'wrapper', valued: 'ks', operands: 1 },
  command: { kind: 'wrapper', flags: 'p', alone: true, looksUp: /^-[pvV]*[vV]/ },
  exec: { kind: 'wrapper', flags: 'cl', valued: 'a', alone: true },
  env: {
    kind: 'wrapper',
    flags: 'i0v',
    valued: 'u',
    long: ['--ignore-environment', '--null', '--debug'],
    longValued: ['--unset'],
    assignments: true,
    alone: true,
  },
  xargs: {
    kind: 'wrapper',
    flags: '0prtxo',
    valued: 'dEILnPsJRS',
    long: ['--null', '--no-run-if-empty', '--verbose', '--exit', '--interactive', '--open-tty'],
    longValued: ['--delimiter', '--max-args', '--max-procs', '--max-chars', '--max-lines', '--replace', '--eof'],
    appends: true,
    alone: true,
  },
  flock: { kind: 'wrapper', flags: 'enosux', valued: 'wE', operands: 1 },
  busybox: plain,
  toybox: plain,
  watch: {
    kind: 'wrapper',
    flags: 'bcdegptx',
    valued: 'n',
    long: ['--beep', '--color', '--differences', '--errexit', '--chgexit', '--no-title', '--precise', '--exec'],
    longValued: ['--interval'],
    script: true,
  },
  sudo: {
    kind: 'shift',
    flags: 'AbEHiknPSs',
    valued: 'ugChpRrTtUD',
    long: ['--non-interactive', '--preserve-env', '--login', '--shell', '--set-home', '--background', '--stdin'],
    longValued: ['--user', '--group', '--chdir', '--host', '--prompt'],
    assignments: true,
    alone: true,
  },
  doas: { kind: 'shift', flags: 'nsL', valued: 'uC' },
  pkexec: { kind: 'shift', longValued: ['--user'] },
  chroot: { kind: 'shift', longValued: ['--userspec', '--groups'], operands: 1, alone: true },
  ssh: {
    kind: 'shift',
    flags: '1246AaCfGgKkMNnqsTtVvXxYy',
    valued: 'BbcDEIiJLlmOPpQRSWw',
    operands: 1,
    script: true,
    alone: true,
  },
  npx: runner('y', ['--yes', '--no', '--no-install', '--quiet', '--prefer-offline', '--offline', '--silent'], 'p', [
    '--package',
  ]),
  bunx: runner('', ['--bun', '--silent', '--verbose']),
  pnpx: runner(),
  uvx: runner('q', ['--quiet', '--offline'], 'p', ['--python', '--from', '--with']),
};

function runner(flags = '', long: string[] = [], valued = '', longValued: string[] = []): WrapperForm {
  return { kind: 'shift', flags, valued, long, longValued, alone: true, looksUp: /^(?:-v|--version|--help)$/ };
}

/** Subcommands that run what follows them, by program. */
export const RUNNERS: Readonly<Record<string, Readonly<Record<string, WrapperForm>>>> = {
  npm: { exec: runner('y', ['--yes', '--no', '--']), x: runner('y', ['--yes', '--no']) },
  pnpm: { exec: runner('r', ['--silent', '--recursive']), dlx: runner('', ['--silent']) },
  yarn: { exec: runner('', ['--silent']), dlx: runner('q', ['--quiet'], 'p', ['--package']) },
  bun: { x: runner('', ['--bun', '--silent']) },
  bundle: { exec: runner() },
  poetry: { run: runner() },
  pdm: { run: runner() },
  rye: { run: runner() },
  hatch: { run: runner() },
  pipenv: { run: runner() },
  uv: { run: runner('q', ['--quiet', '--frozen', '--locked', '--offline', '--no-sync'], 'p', ['--python', '--with']) },
  pipx: { run: runner() },
  mise: { exec: runner(), x: runner() },
  asdf: { exec: runner() },
  direnv: { exec: { kind: 'shift', operands: 1 } },
  rbenv: { exec: runner() },
  pyenv: { exec: runner() },
  rustup: { run: { kind: 'shift', operands: 1 } },
  dotnet: { exec: runner() },
  docker: containers(),
  podman: containers(),
  nerdctl: containers(),
  kubectl: { exec: { kind: 'shift', flags: 'it', valued: 'cn', long: ['--stdin', '--tty', '--'], operands: 1 } },
};

function containers(): Record<string, WrapperForm> {
  const common = {
    kind: 'shift',
    flags: 'itd',
    valued: 'ewupvhml',
    longValued: [
      '--env',
      '--workdir',
      '--user',
      '--name',
      '--volume',
      '--publish',
      '--network',
      '--platform',
      '--entrypoint',
    ],
    long: ['--interactive', '--tty', '--detach', '--rm', '--init', '--privileged', '--read-only'],
    operands: 1,
    alone: true,
  } as const;
  return { run: common, exec: common, create: common };
}

/** Shells whose scripts are read. */
export const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'zsh', 'dash', 'ksh', 'ash', 'mksh', 'rbash']);
export const POWERSHELLS: ReadonlySet<string> = new Set(['pwsh', 'powershell', 'pwsh-preview']);
/** Shells whose language is not read here. */
export const OTHER_SHELLS: ReadonlySet<string> = new Set([
  'fish',
  'csh',
  'tcsh',
  'nu',
  'xonsh',
  'elvish',
  'cmd',
  'wsl',
  'command.com',
]);

/** Interpreters: the letters (in a cluster of short flags) and the long flags that take code. */
export const INTERPRETERS: Readonly<Record<string, { letters: string; long: readonly string[]; valued: string }>> = {
  python: { letters: 'c', long: [], valued: 'WXQm' },
  pypy: { letters: 'c', long: [], valued: 'WXQm' },
  node: { letters: 'ep', long: ['--eval', '--print'], valued: 'rC' },
  nodejs: { letters: 'ep', long: ['--eval', '--print'], valued: 'rC' },
  bun: { letters: 'ep', long: ['--eval', '--print'], valued: 'r' },
  deno: { letters: '', long: [], valued: '' },
  tsx: { letters: 'ep', long: ['--eval', '--print'], valued: 'r' },
  'ts-node': { letters: 'ep', long: ['--eval', '--print'], valued: 'rOCP' },
  perl: { letters: 'eE', long: [], valued: '' },
  ruby: { letters: 'e', long: [], valued: 'IrCEW' },
  php: { letters: 'rBRE', long: ['--run', '--process-code', '--process-begin', '--process-end'], valued: 'dcz' },
  lua: { letters: 'e', long: [], valued: 'l' },
  luajit: { letters: 'e', long: [], valued: 'l' },
  rscript: { letters: 'e', long: [], valued: '' },
  r: { letters: 'e', long: [], valued: 'f' },
  julia: { letters: 'eE', long: ['--eval', '--print'], valued: 'L' },
  osascript: { letters: 'e', long: [], valued: 'l' },
  elixir: { letters: 'e', long: ['--eval', '--rpc-eval'], valued: 'rS' },
  erl: { letters: '', long: ['-eval', '-run', '-s'], valued: '' },
  ghc: { letters: 'e', long: [], valued: '' },
  groovy: { letters: 'e', long: [], valued: '' },
  scala: { letters: 'e', long: [], valued: '' },
  swift: { letters: 'e', long: [], valued: '' },
  tclsh: { letters: '', long: [], valued: '' },
  expect: { letters: 'c', long: [], valued: '' },
  guile: { letters: 'c', long: [], valued: 'els' },
  racket: { letters: 'e', long: ['--eval'], valued: '' },
  sbcl: { letters: '', long: ['--eval', '--load'], valued: '' },
  clojure: { letters: 'e', long: ['--eval'], valued: '' },
  jshell: { letters: '', long: [], valued: '' },
  emacs: {
    letters: '',
    long: ['--eval', '--execute', '-eval', '--funcall', '--load', '-batch', '--batch'],
    valued: '',
  },
  vim: { letters: 'cSse', long: ['--cmd'], valued: '' },
  nvim: { letters: 'cSsel', long: ['--cmd', '--headless'], valued: '' },
  vi: { letters: 'cSse', long: ['--cmd'], valued: '' },
  ex: { letters: 'cs', long: ['--cmd'], valued: '' },
  gdb: { letters: 'x', long: ['-ex', '--ex', '--eval-command', '--command', '-iex', '--args'], valued: '' },
  lldb: { letters: 'oOsSk', long: ['--one-line', '--source', '--batch'], valued: '' },
  sqlite3: { letters: '', long: ['-cmd', '-init', '--cmd', '--init'], valued: '' },
};

/** What runs other programs in ways that are not followed: always as if it ran a text nobody reads. */
export const OPAQUE: ReadonlySet<string> = new Set([
  ...[
    'su',
    'runuser',
    'setpriv',
    'unshare',
    'nsenter',
    'firejail',
    'bwrap',
    'proot',
    'fakeroot',
    'systemd-run',
    'machinectl',
  ],
  ...[
    'parallel',
    'rush',
    'at',
    'batch',
    'crontab',
    'entr',
    'watchexec',
    'nodemon',
    'chokidar',
    'screen',
    'tmux',
    'zellij',
  ],
  ...[
    '.net',
    'strace',
    'ltrace',
    'valgrind',
    'perf',
    'dtruss',
    'rlwrap',
    'socat',
    'ncat',
    'nc',
    'netcat',
    'script',
    'ed',
    'm4',
  ],
  ...[
    'start-process',
    'mshta',
    'rundll32',
    'regsvr32',
    'wscript',
    'cscript',
    'wmic',
    'schtasks',
    'forfiles',
    'msbuild',
  ],
  ...[
    'bind',
    'complete',
    'compgen',
    'enable',
    'hash',
    'fc',
    'sched',
    'zmodload',
    'autoload',
    'ld.so',
    'ld-linux-x86-64.so.2',
  ],
  ...[
    'prompt_command',
    'dbus-send',
    'gio',
    'xdg-open',
    'open',
    'start',
    'dotenv',
    'dotenvx',
    'cross-env',
    'env-cmd',
    'op',
    'doppler',
  ],
  ...[
    'concurrently',
    'npm-run-all',
    'run-p',
    'run-s',
    'wireit',
    'vagrant',
    'lxc',
    'incus',
    'nix-shell',
    'flatpak',
    'toolbox',
    'distrobox',
  ],
]);
