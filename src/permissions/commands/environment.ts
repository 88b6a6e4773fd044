// Variables before a command: which need no rule, which load code or change what is run.

const HARMLESS: ReadonlySet<string> = new Set([
  ...[
    'CI',
    'NODE_ENV',
    'FORCE_COLOR',
    'NO_COLOR',
    'CLICOLOR',
    'CLICOLOR_FORCE',
    'LANG',
    'LC_ALL',
    'LC_CTYPE',
    'TZ',
    'COLUMNS',
    'LINES',
  ],
  ...[
    'RUST_BACKTRACE',
    'RUST_LOG',
    'PYTHONUNBUFFERED',
    'PYTHONDONTWRITEBYTECODE',
    'DEBIAN_FRONTEND',
    'GIT_TERMINAL_PROMPT',
  ],
]);

/** They name code, programs or places that programs take code or settings from. */
const LOADS =
  /^(?:LD_|DYLD_|GIT_(?!TERMINAL_PROMPT)|NODE_(?!ENV$)|NPM_|npm_|BASH_|ZDOTDIR|ENV$|PROMPT_COMMAND|PS[0-4]$|PERL|PYTHON(?!UNBUFFERED|DONTWRITE)|RUBY|GEM_|BUNDLE_|JAVA_|_JAVA|JDK_|MAVEN_|GRADLE_|SBT_|GO(?:FLAGS|ROOT|PATH|PROXY|NOSUMDB|ENV)|CGO_|CARGO_|RUSTC|RUSTFLAGS|RUSTUP_|CC$|CXX$|LD$|AR$|CPP$|CFLAGS|CXXFLAGS|LDFLAGS|MAKEFLAGS|MAKEFILES|SHELL$|IFS$|CDPATH$|PATH|PATHEXT|HOME$|USERPROFILE|XDG_|TMP|TEMP|EDITOR|VISUAL|PAGER|MANPAGER|MANROFFOPT|LESS|BROWSER|TERM|DISPLAY|SSH_|RSYNC_|CVS_|SVN_|HG|DOCKER_|KUBE|HELM_|AWS_|PHP|LUA_|TCL|GUILE|R_|OPENSSL_|SSL_|CURL_|http|HTTP|https|HTTPS|all_proxy|ALL_PROXY|no_proxy|TAR_OPTIONS|GREP_|GZIP|ZIP|UNZIP|MAN_?PATH|TEXMF|WGETRC|FPATH|fpath|MODULE_PATH|PSModulePath|COMSPEC|VIM|EXINIT|MYVIMRC|ELECTRON_RUN|DENO_|BUN_|UV_|PIP_|POETRY_|PYTEST|ESLINT|JEST_|TS_NODE|TSX_|BABEL_|HISTFILE|SUDO_|ASKPASS)/i;

/** How a rule writes one. */
export const ENVIRONMENT_OF_RULES = /^[A-Za-z_]\w*=/;

export type EnvironmentRisk = 'none' | 'unknown' | 'loads';

export function environmentRisk(name: string): EnvironmentRisk {
  if (HARMLESS.has(name)) return 'none';
  return LOADS.test(name) ? 'loads' : 'unknown';
}
