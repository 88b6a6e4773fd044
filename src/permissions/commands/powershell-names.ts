// PowerShell's aliases, and its cmdlets that only read.

const ALIASES: Readonly<Record<string, string>> = Object.fromEntries(
  `ls dir gci get-childitem|cat gc type get-content|pwd gl get-location|cd chdir sl set-location|rm ri del erase rd rmdir remove-item|cp copy cpi copy-item|mv move mi move-item|ren rni rename-item|ni md mkdir new-item|si set-item|sc set-content|ac add-content|clc clear-content|echo write write-output|where ? where-object|foreach % foreach-object|select select-object|sort sort-object|measure measure-object|group group-object|compare diff compare-object|tee tee-object|ft format-table|fl format-list|fw format-wide|sls select-string|gi get-item|gp get-itemproperty|gcm get-command|gm get-member|gps ps get-process|kill spps stop-process|start saps start-process|iex invoke-expression|icm invoke-command|iwr wget curl invoke-webrequest|irm invoke-restmethod|ii invoke-item|ipmo import-module|sal set-alias|nal new-alias|sv set-variable|rv remove-variable|gv get-variable|sajb start-job|cls clear clear-host|h history ghy get-history|rvpa resolve-path|gal get-alias|man help get-help|sp set-itemproperty|cvpa convert-path|gsv get-service|spsv stop-service|sasv start-service`
    .split('|')
    .flatMap((group) => {
      const names = group.split(' ');
      const cmdlet = names.at(-1) ?? '';
      return names.map((name) => [name, cmdlet]);
    }),
);

export const POWERSHELL_READERS: ReadonlySet<string> = new Set([
  ...[
    'get-childitem',
    'get-content',
    'get-location',
    'set-location',
    'get-item',
    'select-string',
    'test-path',
    'resolve-path',
  ],
  ...[
    'split-path',
    'join-path',
    'convert-path',
    'write-output',
    'write-host',
    'out-null',
    'out-string',
    'where-object',
    'foreach-object',
  ],
  ...[
    'select-object',
    'sort-object',
    'measure-object',
    'group-object',
    'compare-object',
    'format-table',
    'format-list',
    'format-wide',
  ],
  ...[
    'get-command',
    'get-member',
    'get-date',
    'convertfrom-json',
    'convertto-json',
    'get-filehash',
    'get-process',
    'clear-host',
    'get-alias',
  ],
]);

/** The cmdlet behind a name; undefined where it is none. */
export function cmdletOf(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (Object.hasOwn(ALIASES, lower)) return ALIASES[lower];
  return /^[a-z]+-[a-z]+$/.test(lower) && POWERSHELL_READERS.has(lower) ? lower : undefined;
}

/** All names under which PowerShell runs the same. */
export function namesInPowerShell(name: string): string[] {
  const cmdlet = cmdletOf(name);
  if (cmdlet === undefined) return [name.toLowerCase()];
  return [cmdlet, ...Object.keys(ALIASES).filter((alias) => ALIASES[alias] === cmdlet)];
}
