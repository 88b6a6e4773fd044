// The languages that code blocks are coloured in, each a chunk of its own.
import type { LanguageRegistration } from '@shikijs/primitive';

type Load = () => Promise<{ default: LanguageRegistration[] }>;

const LOADERS = {
  bat: () => import('@shikijs/langs-precompiled/bat'),
  c: () => import('@shikijs/langs-precompiled/c'),
  cpp: () => import('@shikijs/langs-precompiled/cpp'),
  csharp: () => import('@shikijs/langs-precompiled/csharp'),
  css: () => import('@shikijs/langs-precompiled/css'),
  diff: () => import('@shikijs/langs-precompiled/diff'),
  docker: () => import('@shikijs/langs-precompiled/docker'),
  go: () => import('@shikijs/langs-precompiled/go'),
  html: () => import('@shikijs/langs-precompiled/html'),
  ini: () => import('@shikijs/langs-precompiled/ini'),
  java: () => import('@shikijs/langs-precompiled/java'),
  json: () => import('@shikijs/langs-precompiled/json'),
  kotlin: () => import('@shikijs/langs-precompiled/kotlin'),
  lua: () => import('@shikijs/langs-precompiled/lua'),
  make: () => import('@shikijs/langs-precompiled/make'),
  markdown: () => import('@shikijs/langs-precompiled/markdown'),
  php: () => import('@shikijs/langs-precompiled/php'),
  powershell: () => import('@shikijs/langs-precompiled/powershell'),
  python: () => import('@shikijs/langs-precompiled/python'),
  ruby: () => import('@shikijs/langs-precompiled/ruby'),
  rust: () => import('@shikijs/langs-precompiled/rust'),
  scss: () => import('@shikijs/langs-precompiled/scss'),
  shellscript: () => import('@shikijs/langs-precompiled/shellscript'),
  sql: () => import('@shikijs/langs-precompiled/sql'),
  swift: () => import('@shikijs/langs-precompiled/swift'),
  toml: () => import('@shikijs/langs-precompiled/toml'),
  tsx: () => import('@shikijs/langs-precompiled/tsx'),
  typescript: () => import('@shikijs/langs-precompiled/typescript'),
  xml: () => import('@shikijs/langs-precompiled/xml'),
  yaml: () => import('@shikijs/langs-precompiled/yaml'),
} satisfies Record<string, Load>;

export type LanguageName = keyof typeof LOADERS;

/** JavaScript is read as TypeScript, which contains it: one grammar of 180 KB rather than two. */
const ALIASES: Record<string, LanguageName> = {
  ...{ js: 'typescript', javascript: 'typescript', mjs: 'typescript', cjs: 'typescript', node: 'typescript' },
  ...{
    ts: 'typescript',
    mts: 'typescript',
    cts: 'typescript',
    jsx: 'tsx',
    javascriptreact: 'tsx',
    typescriptreact: 'tsx',
  },
  ...{ jsonc: 'json', json5: 'json', jsonl: 'json', py: 'python', python3: 'python', rb: 'ruby', rs: 'rust' },
  ...{ sh: 'shellscript', bash: 'shellscript', zsh: 'shellscript', shell: 'shellscript', ksh: 'shellscript' },
  ...{ console: 'shellscript', shellsession: 'shellscript', ps1: 'powershell', pwsh: 'powershell' },
  ...{
    cmd: 'bat',
    batch: 'bat',
    h: 'c',
    'c++': 'cpp',
    cc: 'cpp',
    cxx: 'cpp',
    hpp: 'cpp',
    cs: 'csharp',
    'c#': 'csharp',
  },
  ...{ golang: 'go', kt: 'kotlin', kts: 'kotlin', htm: 'html', vue: 'html', svelte: 'html', svg: 'xml', xsd: 'xml' },
  ...{ sass: 'scss', less: 'scss', yml: 'yaml', md: 'markdown', patch: 'diff', dockerfile: 'docker' },
  ...{ makefile: 'make', properties: 'ini', dotenv: 'ini', env: 'ini', conf: 'ini', postgresql: 'sql', mysql: 'sql' },
};

/** @param name as it stands behind the fence; upper case counts like lower case. @returns undefined for one that stays plain */
export function languageNamed(name: string): LanguageName | undefined {
  const key = name.toLowerCase();
  if (Object.hasOwn(ALIASES, key)) return ALIASES[key];
  return Object.hasOwn(LOADERS, key) ? (key as LanguageName) : undefined;
}

/** The grammar of a language and those of what may stand in it. */
export async function loadLanguage(name: LanguageName): Promise<LanguageRegistration[]> {
  return (await LOADERS[name]()).default;
}
