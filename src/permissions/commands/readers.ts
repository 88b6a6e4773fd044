// Programs that only read, with the flags known to be harmless. What is not named here is not known.

/** How a program that only reads may be called. */
export interface ReaderForm {
  /** Letters of short flags: alone, with a value, with a path as value. */
  flags?: string;
  valued?: string;
  paths?: string;
  /** Long flags, without the dashes, separated by spaces: alone (or with `=value`), with a value, with a path as value. */
  long?: string;
  longValued?: string;
  longPaths?: string;
  /** `-5`. */
  numbers?: boolean;
  /** What its other words are: files; nothing; texts; a pattern and then files. */
  operands: 'paths' | 'none' | 'text' | 'pattern';
  /** At most so many of them. */
  most?: number;
  /** Flags that give the pattern, so that all other words are files. */
  patternFlags?: RegExp;
  /** Flags with which it reads all files of a folder; `true`: always. */
  deep?: RegExp | true;
  /** With names that begin with a dot, too. */
  dotted?: RegExp | true;
  /** A word on the words (without the program's name) that the above cannot say. */
  check?: (texts: readonly string[]) => boolean;
}

const TEXT: ReaderForm = { operands: 'text' };
const FILES: ReaderForm = { operands: 'paths', long: 'help version' };
const NOTHING: ReaderForm = { operands: 'none', long: 'help version' };
const sums: ReaderForm = { operands: 'paths', flags: 'btz', long: 'binary tag text zero' };

/** Prints given lines and nothing else: `sed -n 3,5p`. */
const SED_PRINTS = /^(?:\d+|\$)?(?:,(?:\d+|\$|\+\d+))?p(?:;\s*(?:\d+|\$)(?:,(?:\d+|\$|\+\d+))?p)*(?:;?\s*\d+q)?$/;
const JQ_OPEN =
  /\$ENV|\benv\b|\binput_filename\b|\bimport\b|\binclude\b|\$__prog|\bgetpath\b.*\benv\b|\bdebug\b|@sh\b.*\bsystem\b/;

const grep: ReaderForm = {
  operands: 'pattern',
  flags: 'EFGPchHiIlLnoqrRsTvwxyzZabU',
  valued: 'ABCmedD',
  paths: 'f',
  numbers: true,
  long: 'extended-regexp fixed-strings basic-regexp perl-regexp count ignore-case no-ignore-case files-with-matches files-without-match line-number no-filename with-filename only-matching quiet silent recursive dereference-recursive no-messages invert-match word-regexp line-regexp text byte-offset null null-data color colour initial-tab line-buffered help version',
  longValued:
    'after-context before-context context max-count regexp include exclude exclude-dir binary-files color colour directories devices label',
  longPaths: 'file exclude-from',
  patternFlags: /^(?:-\w*[ef]|--regexp|--file)/,
  deep: /^(?:-\w*[rR]|--recursive|--dereference-recursive)/,
  dotted: true,
};

export const READERS: Readonly<Record<string, ReaderForm>> = {
  ls: {
    operands: 'paths',
    flags: 'aAbBcCdfFgGhHiklLmnNopqQrRsStuUvwxXZ1',
    valued: 'ITw',
    long: 'all almost-all author classify directory dereference file-type full-time group-directories-first human-readable inode kibibytes literal no-group numeric-uid-gid recursive reverse si size color help version zero',
    longValued: 'sort time time-style format indicator-style hide ignore block-size width quoting-style',
  },
  dir: { operands: 'paths', flags: 'aAhl1' },
  tree: {
    operands: 'paths',
    flags: 'adfilpqsughDFNQrtvUSnACJx',
    valued: 'LPI',
    long: 'dirsfirst filesfirst gitignore noreport prune du si inodes device matchdirs ignore-case',
    longValued: 'filelimit sort timefmt charset',
  },
  cat: {
    operands: 'paths',
    flags: 'AbeEnstTuv',
    long: 'show-all number-nonblank show-ends number squeeze-blank show-tabs show-nonprinting',
  },
  head: {
    operands: 'paths',
    flags: 'qvz',
    valued: 'nc',
    numbers: true,
    long: 'quiet silent verbose zero-terminated',
    longValued: 'lines bytes',
  },
  tail: {
    operands: 'paths',
    flags: 'fFqvzr',
    valued: 'ncs',
    numbers: true,
    long: 'quiet silent verbose follow zero-terminated retry',
    longValued: 'lines bytes sleep-interval max-unchanged-stats',
  },
  wc: { operands: 'paths', flags: 'cmlLw', long: 'bytes chars lines words max-line-length', longValued: 'total' },
  nl: { operands: 'paths', flags: 'p', valued: 'bdfhilnsvw' },
  tac: { operands: 'paths', flags: 'br', valued: 's' },
  rev: FILES,
  sort: {
    operands: 'paths',
    flags: 'bdfgiMhnRrVcCmsuz',
    valued: 'ktS',
    long: 'ignore-leading-blanks dictionary-order ignore-case general-numeric-sort human-numeric-sort numeric-sort reverse version-sort check merge stable unique zero-terminated random-sort month-sort debug',
    longValued: 'key field-separator sort parallel buffer-size',
  },
  uniq: {
    operands: 'paths',
    most: 1,
    flags: 'cdDiuz',
    valued: 'fsw',
    long: 'count repeated ignore-case unique',
    longValued: 'skip-fields skip-chars check-chars',
  },
  cut: {
    operands: 'paths',
    flags: 'nsz',
    valued: 'bcdf',
    long: 'only-delimited complement zero-terminated',
    longValued: 'bytes characters delimiter fields output-delimiter',
  },
  tr: { operands: 'text', flags: 'cCdst', long: 'complement delete squeeze-repeats truncate-set1' },
  paste: { operands: 'paths', flags: 'sz', valued: 'd', long: 'serial', longValued: 'delimiters' },
  join: { operands: 'paths', flags: 'iz', valued: 'aejtov12' },
  comm: { operands: 'paths', flags: '123z', long: 'check-order nocheck-order total', longValued: 'output-delimiter' },
  fold: { operands: 'paths', flags: 'bs', valued: 'w' },
  column: { operands: 'paths', flags: 'txne', valued: 'csoNR' },
  expand: { operands: 'paths', flags: 'i', valued: 't' },
  grep,
  egrep: grep,
  fgrep: grep,
  rg: {
    operands: 'pattern',
    flags: 'FHhiIlLnNopPqsSUvwxc0.',
    valued: 'ABCEegMmtTjrd',
    paths: 'f',
    numbers: false,
    long: 'fixed-strings with-filename no-filename ignore-case files-with-matches files-without-match line-number no-line-number only-matching pcre2 quiet smart-case case-sensitive multiline multiline-dotall invert-match word-regexp line-regexp count count-matches null hidden files json stats heading no-heading trim column vimgrep no-messages no-config type-list byte-offset pretty crlf passthru help version debug',
    longValued:
      'after-context before-context context glob iglob max-columns max-count type type-not replace max-depth max-filesize regexp color colors encoding engine sort sortr threads context-separator',
    longPaths: 'file ignore-file',
    patternFlags: /^(?:-\w*[ef]|--regexp|--file|--files$|--type-list)/,
    deep: true,
    dotted: /^(?:-\w*\.|--hidden)/,
  },
  find: { operands: 'paths', check: findOnlyLooks },
  stat: {
    operands: 'paths',
    flags: 'Lftxlnqrs',
    valued: 'c',
    long: 'dereference file-system terse',
    longValued: 'format printf',
  },
  file: {
    operands: 'paths',
    flags: 'bhiIkLNrs0',
    long: 'brief mime mime-type mime-encoding no-dereference dereference',
  },
  du: {
    operands: 'paths',
    flags: 'abcDhHklLmsSx0',
    valued: 'dtB',
    long: 'all apparent-size human-readable summarize total si',
    longValued: 'max-depth threshold exclude block-size',
  },
  df: { operands: 'paths', flags: 'aHhikmPTl', valued: 'tx', long: 'all human-readable inodes total local' },
  diff: {
    operands: 'paths',
    flags: 'abBcdeEilNpqrstTuwyZ',
    valued: 'UCWIxF',
    numbers: true,
    long: 'brief report-identical-files unified context side-by-side recursive new-file text ignore-all-space ignore-blank-lines ignore-case ignore-space-change ignore-trailing-space color suppress-common-lines strip-trailing-cr minimal',
    longValued: 'width exclude ignore-matching-lines label',
    deep: /^(?:-\w*r|--recursive)/,
    dotted: true,
  },
  cmp: { operands: 'paths', flags: 'bls', valued: 'in', long: 'print-bytes silent quiet verbose' },
  md5sum: sums,
  sha1sum: sums,
  sha256sum: sums,
  sha512sum: sums,
  shasum: { operands: 'paths', flags: 'bt', valued: 'a' },
  cksum: FILES,
  od: { operands: 'paths', flags: 'abcdfhilosxv', valued: 'AjNtw' },
  hexdump: { operands: 'paths', flags: 'bcCdovx', valued: 'ens' },
  xxd: { operands: 'paths', most: 1, flags: 'abeipu', valued: 'clsgo' },
  strings: { operands: 'paths', flags: 'af', valued: 'nteT', numbers: true },
  basename: { operands: 'text', flags: 'az', valued: 's' },
  dirname: { operands: 'text', flags: 'z' },
  realpath: { operands: 'paths', flags: 'eLmPqsz' },
  readlink: { operands: 'paths', flags: 'efmnqsvz' },
  pwd: { operands: 'none', flags: 'LP' },
  cd: { operands: 'paths', most: 1, flags: 'LP' },
  chdir: { operands: 'paths', most: 1 },
  which: { operands: 'text', flags: 'as' },
  whereis: { operands: 'text', flags: 'bms' },
  type: { operands: 'text', flags: 'afptP' },
  command: { operands: 'text', flags: 'vV' },
  echo: { operands: 'text', check: () => true },
  printf: { operands: 'text', check: (texts) => !texts.some((text) => /^-/.test(text)) },
  true: NOTHING,
  false: NOTHING,
  ':': TEXT,
  test: { operands: 'paths', check: testOnlyLooks },
  '[': { operands: 'paths', check: testOnlyLooks },
  sleep: TEXT,
  seq: { operands: 'text', flags: 'w', valued: 'fs' },
  exit: TEXT,
  return: TEXT,
  break: TEXT,
  continue: TEXT,
  wait: TEXT,
  date: {
    operands: 'text',
    flags: 'uRI',
    valued: 'd',
    long: 'utc universal iso-8601 rfc-3339 rfc-email',
    longValued: 'date',
    check: (texts) => texts.every((text, i) => /^[-+]/.test(text) || /^(?:-d|--date)$/.test(texts[i - 1] ?? '')),
  },
  uname: { operands: 'none', flags: 'amnoprsvi' },
  arch: NOTHING,
  whoami: NOTHING,
  id: { operands: 'text', flags: 'Ggnru' },
  groups: TEXT,
  hostname: { operands: 'none', flags: 's' },
  nproc: { operands: 'none', long: 'all' },
  uptime: { operands: 'none', flags: 'ps' },
  tty: NOTHING,
  locale: { operands: 'none', flags: 'a' },
  ps: {
    operands: 'text',
    flags: 'AaefFjlLNwx',
    valued: 'opu',
    check: (texts) =>
      texts.every((text) => /^-|^(?:aux|ax|auxf|axo)$/.test(text) && !/e$/.test(text.replace(/^-.*/, ''))),
  },
  jq: {
    operands: 'pattern',
    flags: 'rRsncSCMaej',
    long: 'raw-output raw-input slurp null-input compact-output sort-keys color-output monochrome-output ascii-output exit-status join-output tab',
    longValued: 'indent',
    check: (texts) => !texts.some((text) => JQ_OPEN.test(text)),
  },
  sed: {
    operands: 'pattern',
    flags: 'nEr',
    long: 'quiet silent regexp-extended',
    check: (texts) =>
      texts.some((text) => /^-\w*n/.test(text)) && SED_PRINTS.test(texts.find((text) => !text.startsWith('-')) ?? ''),
  },
};

/** Programs that say which they are. */
export const VERSIONS: Readonly<Record<string, RegExp>> = {
  ...Object.fromEntries(
    ['node', 'npm', 'npx', 'ruby', 'perl', 'php', 'deno', 'bun', 'pnpm', 'tsc', 'lua', 'java', 'javac'].map((name) => [
      name,
      /^(?:-v|--version|-version)$/,
    ]),
  ),
  ...Object.fromEntries(
    [
      'git',
      'cargo',
      'rustc',
      'rustup',
      'gcc',
      'clang',
      'make',
      'cmake',
      'docker',
      'kubectl',
      'dotnet',
      'rg',
      'bash',
      'pip',
      'pip3',
      'uv',
      'python',
      'python3',
      'curl',
      'jq',
      'gh',
      'code',
    ].map((name) => [name, /^(?:--version|-V)$/]),
  ),
  go: /^version$/,
};

/** Subcommands of package managers that list what is there. */
export const LISTS: Readonly<Record<string, Readonly<Record<string, ReaderForm>>>> = {
  npm: {
    ls: { operands: 'text', flags: 'agl', long: 'all global json long parseable production omit', longValued: 'depth' },
    list: {
      operands: 'text',
      flags: 'agl',
      long: 'all global json long parseable production omit',
      longValued: 'depth',
    },
    root: { operands: 'none', flags: 'g' },
    prefix: { operands: 'none', flags: 'g' },
  },
  pip: {
    list: { operands: 'none', long: 'outdated user local', longValued: 'format' },
    show: { operands: 'text', flags: 'f' },
    freeze: { operands: 'none', long: 'all local user' },
  },
  pip3: {
    list: { operands: 'none', long: 'outdated user local', longValued: 'format' },
    show: { operands: 'text', flags: 'f' },
    freeze: { operands: 'none', long: 'all local user' },
  },
  docker: {
    ps: { operands: 'none', flags: 'aqlns', long: 'all quiet latest no-trunc size', longValued: 'filter format last' },
    images: { operands: 'text', flags: 'aq', longValued: 'filter format' },
  },
};

const FIND_TESTS =
  /^(?:-(?:print|print0|ls|prune|quit|empty|true|false|not|and|or|a|o|follow|xdev|mount|depth|d|readable|writable|executable|daystart|noleaf|nouser|nogroup|H|L|P|E|ignore_readdir_race|noignore_readdir_race)|!|\(|\)|,)$/;
const FIND_VALUED =
  /^-(?:name|iname|path|ipath|wholename|iwholename|regex|iregex|lname|ilname|type|xtype|size|mtime|mmin|atime|amin|ctime|cmin|newermt|newerct|maxdepth|mindepth|perm|user|group|uid|gid|links|inum|regextype|used|fstype|printf)$/;

function findOnlyLooks(texts: readonly string[]): boolean {
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i] ?? '';
    if (FIND_VALUED.test(text) || text === '-newer' || text === '-samefile') i += 1;
    else if (/^[-!(),]/.test(text) && !FIND_TESTS.test(text)) return false;
  }
  return true;
}

/** The values of tests on names: patterns, not files. */
export function findFiles(texts: readonly string[]): boolean[] {
  return texts.map((text, i) => !FIND_VALUED.test(texts[i - 1] ?? '') && !/^[-!(),]/.test(text));
}

/** `-v 'a[$(…)]'` looks up a name that may hold a command, as may what is compared as a number. */
function testOnlyLooks(texts: readonly string[]): boolean {
  return !texts.includes('-v') && !texts.includes('-R') && !texts.some((text) => /\w\[.*[$`]/.test(text));
}
