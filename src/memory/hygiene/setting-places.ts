// Where the values of a project stand: the files a line means, and what they set.
import type { PathMention } from './claim-paths.ts';
import type { LineText } from './line-text.ts';
import { HCL_FILE, isConfigFile, SCENE_FILE, VARIABLES_FILE, XML_FILE } from './read-config.ts';
import type { Placed } from './setting.ts';
import { SettingIndex } from './setting-index.ts';
import { baseName, isTestPath, type Workspace } from './workspace.ts';

/** What people call a configuration file without its name. */
const ALIASES: [RegExp, RegExp, string?][] = [
  [/\btsconfig\b|\bTypeScript config/i, /(?:^|\/)tsconfig[\w.]*\.json$/],
  [/\bbiome(?:'s)?\b/i, /(?:^|\/)biome\.jsonc?$/],
  [/\bprettier(?:'s|rc)?\b/i, /(?:^|\/)\.prettierrc[\w.]*$|prettier\.config/],
  [/\beslint(?:'s|rc)?\b/i, /(?:^|\/)(?:\.eslintrc[\w.]*|eslint\.config\.\w+)$/],
  [/\beditorconfig\b/i, /(?:^|\/)\.editorconfig$/],
  [
    /\b(?:pyproject|ruff|black|mypy|pytest|coverage|isort)(?:'s)?\b/i,
    /(?:^|\/)(?:pyproject\.toml|\.?ruff\.toml|mypy\.ini|setup\.cfg|pytest\.ini|tox\.ini)$/,
  ],
  [/\bcargo\b/i, /(?:^|\/)Cargo\.toml$/],
  [/\brustfmt\b/i, /(?:^|\/)\.?rustfmt\.toml$/],
  [/\bgolangci(?:-lint)?\b/i, /(?:^|\/)\.golangci\.\w+$/],
  [/\bcompose\b/i, /compose[\w.-]*\.ya?ml$/],
  [/\bvite(?:st)?(?:'s)?\b/i, /(?:^|\/)vite(?:st)?\.config\.\w+$/],
  [/\bphpstan\b/i, /(?:^|\/)phpstan[\w.-]*\.neon(?:\.dist)?$/],
  [/\bjest\b/i, /(?:^|\/)(?:jest\.config\.\w+|package\.json)$/],
];

/** Sections that other checks read. */
const OTHERS_SECTION =
  /^(?:scripts|(?:dev|peer|optional)?[dD]ependencies|(?:dev-|build-|workspace\.)?dependencies|tool\.poetry\.(?:group\.[\w-]+\.|dev-)?dependencies|project\.(?:dependencies|optional-dependencies|scripts)|dependency-groups)\./;

/** The configuration files that a line names, by path or by what people call them. */
export async function namedFiles(
  line: LineText,
  paths: readonly PathMention[],
  workspace: Workspace,
): Promise<string[]> {
  const direct = paths
    .filter((path) => path.polarity === 'there')
    .flatMap((path) => path.found.slice(0, 3))
    .filter((path) => isConfigFile(path) || /\.\w+$/.test(baseName(path)));
  if (direct.length > 0) return direct;
  const files = await workspace.files();
  return ALIASES.filter(([word]) => word.test(line.plain)).flatMap(([, pattern]) =>
    files.filter((file) => pattern.test(file)),
  );
}

/** Files that set values and are neither configuration of tools nor code. */
const isOtherPlace = (path: string): boolean =>
  [HCL_FILE, XML_FILE, SCENE_FILE, VARIABLES_FILE, /\.(?:gradle|pbxproj|xcconfig)$/].some((pattern) =>
    pattern.test(path),
  );

/** Where values of a project stand when the line names no file. */
export async function candidates(workspace: Workspace): Promise<string[]> {
  const code = (await workspace.codeFiles()).filter((file) => !isTestPath(file));
  const config = (await workspace.configFiles()).filter((file) => !isTestPath(file));
  const other = (await workspace.files()).filter((file) => isOtherPlace(file) && !isTestPath(file));
  return [...new Set([...config, ...other, ...code.slice(0, 3000)])];
}

/** What these files set; where there are none, what all files set. */
export function settingIndex(named: readonly string[], workspace: Workspace): Promise<SettingIndex> {
  return workspace.once(`settings of ${named.join('\n')}`, async () => {
    const paths = named.length > 0 ? named : await candidates(workspace);
    return new SettingIndex(await settingsOf(paths, workspace));
  });
}

/** What the files set, and the ports that code and containers open. */
export async function settingsOf(paths: readonly string[], workspace: Workspace): Promise<Placed[]> {
  const found: Placed[] = [];
  for (const path of paths) {
    for (const setting of await workspace.settings(path)) {
      if (OTHERS_SECTION.test(setting.key.join('.'))) continue;
      found.push({ ...setting, path });
      // The port of a service that is reached there.
      const address = isConfigFile(path) ? /:\/\/[^/\s]*?:(\d{2,5})(?:[/?]|$)/.exec(setting.value)?.[1] : undefined;
      if (address !== undefined) found.push({ key: ['port'], value: address, line: setting.line, path });
    }
    const text = /Dockerfile|compose[\w.-]*\.ya?ml$|package\.json$|\.(?:[cm]?[jt]s|py|go|rs)$/.test(path)
      ? await workspace.text(path)
      : null;
    if (text === null) continue;
    for (const [index, row] of text.split('\n').entries()) {
      // `ports: ["4222:4222", "8222:8222"]`
      for (const [, outer = ''] of /^\s*ports:\s*\[.*,/.test(row)
        ? row.matchAll(/["'](?:[\d.]+:)?(\d{2,5}):\d{2,5}["']/g)
        : [])
        found.push({ key: ['port'], value: outer, line: index + 1, path });
      const port =
        /^EXPOSE\s+(\d+)/i.exec(row) ??
        /^\s*(?:-|ports:\s*\[)\s*["']?(?:[\d.]+:)?(\d{2,5}):\d{2,5}["']?\s*\]?\s*$/.exec(row) ??
        /\.listen\(\s*(\d{2,5})|ListenAndServe\(\s*"[^"]*:(\d{2,5})"|--port[ =](\d{2,5})|Addr:\s*"[^"]*:(\d{2,5})"|"(?:0\.0\.0\.0|127\.0\.0\.1|localhost|):(\d{2,5})"/.exec(
          row,
        );
      const value = port?.slice(1).find((each) => each !== undefined);
      if (value !== undefined) found.push({ key: ['port'], value, line: index + 1, path });
    }
  }
  return found;
}
