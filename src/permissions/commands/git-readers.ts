// What git can be asked without changing or running anything.
import type { ReaderForm } from './readers.ts';

const LOOK =
  'oneline graph all branches tags remotes stat numstat shortstat dirstat summary name-only name-status patch no-patch raw decorate no-decorate no-color color abbrev-commit no-abbrev-commit follow first-parent merges no-merges reverse cached staged word-diff color-words ignore-all-space ignore-space-change ignore-space-at-eol ignore-blank-lines ignore-cr-at-eol minimal patience histogram full-index check exit-code quiet no-renames find-renames find-copies left-right cherry-pick cherry-mark cherry topo-order date-order author-date-order no-prefix function-context no-ext-diff no-textconv no-index merge-base no-notes parents children pretty relative-date root combined-all-paths cc no-walk simplify-by-decoration full-history dense sparse boundary pickaxe-all pickaxe-regex text binary compact-summary stdin-not regexp-ignore-case fixed-strings extended-regexp perl-regexp invert-grep all-match abbrev submodule null log-size expand-tabs patch-with-stat patch-with-raw';
const LOOK_VALUED =
  'pretty format since until after before author committer grep max-count skip date diff-filter unified abbrev diff-algorithm stat-width word-diff word-diff-regex color decorate glob exclude inter-hunk-context src-prefix dst-prefix line-prefix submodule min-parents max-parents find-renames encoding ws-error-highlight color-moved';

const look: ReaderForm = {
  operands: 'paths',
  flags: 'pusabwzRiMCcmtqrgEFP',
  valued: 'nSGULl',
  numbers: true,
  long: LOOK,
  longValued: LOOK_VALUED,
};

export const GIT_READERS: Readonly<Record<string, ReaderForm>> = {
  log: look,
  diff: look,
  show: look,
  whatchanged: look,
  'rev-list': { ...look, long: `${LOOK} count objects` },
  reflog: { ...look, check: (texts) => !/^(?:expire|delete|drop|exists)$/.test(texts[0] ?? '') },
  'diff-tree': look,
  'diff-index': look,
  'diff-files': look,
  shortlog: {
    operands: 'paths',
    flags: 'snec',
    valued: 'w',
    long: 'summary numbered email committer all no-merges merges',
    longValued: 'group since until author',
  },
  status: {
    operands: 'paths',
    flags: 'sbvuz',
    long: 'short branch show-stash porcelain long verbose ignored untracked-files ahead-behind no-ahead-behind renames no-renames column no-column',
  },
  blame: {
    operands: 'paths',
    flags: 'bwsefnptclMC',
    valued: 'LS',
    long: 'root show-stats porcelain line-porcelain incremental show-name show-number show-email',
    longValued: 'date abbrev ignore-rev',
  },
  annotate: { operands: 'paths', flags: 'bwsefnptl', valued: 'L' },
  branch: {
    operands: 'text',
    flags: 'avlrq',
    long: 'list all remotes show-current verbose no-color color column ignore-case merged no-merged contains no-contains abbrev',
    longValued: 'sort format points-at contains no-contains merged no-merged',
    check: (texts) => lists(texts, /^(?:-\w*l|--list|--contains|--no-contains|--merged|--no-merged|--points-at)/),
  },
  tag: {
    operands: 'text',
    flags: 'ln',
    long: 'list ignore-case column no-column color merged no-merged contains no-contains',
    longValued: 'sort format points-at contains no-contains merged no-merged',
    check: (texts) => lists(texts, /^(?:-\w*l|--list|--contains|--no-contains|--merged|--no-merged|--points-at)/),
  },
  remote: {
    operands: 'text',
    flags: 'v',
    check: (texts) => /^(?:|-v|get-url(?: [\w.-]+)?|-v show|show)$/.test(texts.join(' ')),
  },
  stash: { ...look, operands: 'text', check: (texts) => texts[0] === 'list' || texts[0] === 'show' },
  worktree: { operands: 'text', long: 'porcelain', check: (texts) => texts[0] === 'list' },
  submodule: { operands: 'text', check: (texts) => /^(?:|status)$/.test(texts.join(' ')) },
  'rev-parse': {
    operands: 'text',
    flags: 'q',
    long: 'abbrev-ref short verify show-toplevel show-prefix show-cdup git-dir git-common-dir absolute-git-dir is-inside-work-tree is-bare-repository symbolic symbolic-full-name all branches tags remotes quiet',
  },
  describe: {
    operands: 'text',
    long: 'tags all always long dirty broken exact-match first-parent abbrev',
    longValued: 'match exclude candidates abbrev',
  },
  'ls-files': {
    operands: 'paths',
    flags: 'cdmoiskutvz',
    valued: 'x',
    long: 'cached deleted modified others ignored stage killed unmerged exclude-standard directory full-name error-unmatch recurse-submodules deduplicate',
    longValued: 'exclude abbrev format',
  },
  'ls-tree': {
    operands: 'paths',
    flags: 'drtlz',
    long: 'long name-only name-status object-only full-name full-tree abbrev',
    longValued: 'format',
  },
  'cat-file': { operands: 'text', flags: 'ptse' },
  'merge-base': { operands: 'text', flags: 'a', long: 'all octopus is-ancestor fork-point independent' },
  'name-rev': { operands: 'text', long: 'tags name-only always all' },
  'for-each-ref': {
    operands: 'text',
    long: 'ignore-case',
    longValued: 'count sort format points-at merged no-merged contains no-contains exclude',
  },
  'show-ref': { operands: 'text', flags: 'dqs', long: 'heads branches tags verify head dereference hash abbrev quiet' },
  'count-objects': { operands: 'none', flags: 'vH' },
  'check-ignore': { operands: 'paths', flags: 'vnq', long: 'verbose non-matching no-index quiet' },
  version: { operands: 'none' },
  grep: {
    operands: 'pattern',
    flags: 'aIivwnlLchHqEFGPWpz',
    valued: 'ABCem',
    numbers: true,
    long: 'cached untracked no-index ignore-case word-regexp invert-match line-number count files-with-matches name-only files-without-match extended-regexp fixed-strings perl-regexp basic-regexp show-function function-context heading break color no-color column only-matching quiet recursive no-recursive full-name text null and or not all-match',
    longValued: 'max-depth context after-context before-context max-count threads',
    patternFlags: /^-\w*e/,
    deep: true,
    dotted: true,
  },
};

/** Operands only where a flag says that they choose what is listed: else they name what is made. */
function lists(texts: readonly string[], flag: RegExp): boolean {
  return texts.every((text) => text.startsWith('-')) || texts.some((text) => flag.test(text));
}
