// What has a version anywhere in the workspace: images, providers, charts, plugins, tools, and keys that say so by their name.
import type { Evidence } from './facts.ts';
import { candidates } from './setting-places.ts';
import type { Workspace } from './workspace.ts';

export interface Versioned extends Evidence {
  /** Lower case, words with a space between them. */
  name: string;
  spec: string;
}

/** Keys around a version that name no product. */
const NO_PRODUCT =
  /^(?:project|package|dependencies|devdependencies|dev dependencies|version|versions|default|values?|spec|metadata|source|image|app|api|schema|format|required providers|terraform|plugins?|libraries|tool|with|env|jobs|steps|services?|container|config|settings|options|variable|module|chart|module version|lockfile|file|min|max|minimum|required|resolution|this|main|own|target|previous|current|latest|new|old|data|model|protocol|v|xml|android|sdk|cli|runtime|language|lang|build|release)$/;

const plain = (name: string): string =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d+#]+/)
    .filter((word) => word !== '')
    .join(' ');

/** `${{ … }}` and the like say nothing. */
const VERSION = /^[~^>=< v]*\d+(?:\.\d+)*(?:[-+.][\w.-]+)?$/;
const IMAGE = /(?:^\s*FROM\s+(?:--\S+\s+)?|\bimage:\s*["']?|\buses:\s*["']?)([\w./-]+)[:@]v?(\d[\w.-]*)/;

export function knownVersions(workspace: Workspace): Promise<Versioned[]> {
  return workspace.once('known versions', async () => {
    const found: Versioned[] = [];
    const add = (name: string, spec: string, place: Evidence): void => {
      const words = plain(name);
      if (words.length > 1 && !NO_PRODUCT.test(words) && VERSION.test(spec))
        found.push({ ...place, name: words, spec });
    };
    for (const path of await candidates(workspace)) {
      const settings = await workspace.settings(path);
      for (const { key, value, line } of settings) {
        // A tool's section holds the project's own version.
        if (!VERSION.test(value) || key[0] === 'tool') continue;
        const parts = key.filter((part) => !/^\d+$/.test(part));
        // `variable "kubernetes_version" { default = "1.31" }`
        const last = parts.at(-1) === 'default' ? (parts.at(-2) ?? '') : (parts.at(-1) ?? '');
        const around = parts.slice(0, parts.at(-1) === 'default' ? -2 : -1);
        const place = { path, line };
        const before = /^(.*?)[-_]?version$/i.exec(last)?.[1];
        if (before) add(before, value, place);
        else if (before === '') add(around.at(-1) ?? '', value, place);
        else if (around.at(-1) === 'versions' && around.length === 1) add(last, value, place);
        // What stands beside it: `name: redis` and `version: 20.2.1`, `engine` and `engine_version`.
        const beside =
          before === undefined
            ? []
            : settings.filter(
                (each) =>
                  each.key.length === key.length && each.key.slice(0, -1).join('\0') === key.slice(0, -1).join('\0'),
              );
        for (const { key: own, value: name } of beside)
          if (/^(?:name|id|engine|module)$/.test(own.at(-1) ?? '') && !VERSION.test(name)) {
            add(name, value, place);
            for (const part of [name.split(/[/:.]/).at(-1) ?? '', ...(own.at(-1) === 'engine' ? name.split('-') : [])])
              if (part.length > 4) add(part, value, place);
          }
      }
    }
    for (const path of (await workspace.files()).filter((file) =>
      /Dockerfile|Containerfile|\.ya?ml$|\.tool-versions$|gradle-wrapper\.properties$|ProjectVersion\.txt$|\.xcode-version$|(?:^|\/)Mintfile$|\.pbxproj$|(?:^|\/)Package\.swift$/.test(
        file,
      ),
    )) {
      const rows = ((await workspace.text(path)) ?? '').split('\n');
      for (const [index, row] of rows.entries()) {
        const place = { path, line: index + 1 };
        const image = IMAGE.exec(row);
        if (image) add((image[1] ?? '').split('/').at(-1) ?? '', image[2] ?? '', place);
        const tool = path.endsWith('.tool-versions') ? /^([\w-]+)\s+(\d\S*)/.exec(row) : null;
        if (tool) add(tool[1] ?? '', tool[2] ?? '', place);
        const gradle = /distributionUrl=.*\bgradle-(\d[\d.]*\d)-/.exec(row)?.[1];
        if (gradle !== undefined) add('gradle', gradle, place);
        const platform = /(IPHONEOS|MACOSX)_DEPLOYMENT_TARGET\s*=\s*([\d.]+)|\.(iOS|macOS)\(\.v(\d+)/.exec(row);
        if (platform)
          add(
            /^(?:IPHONEOS|iOS)$/.test(platform[1] ?? platform[3] ?? '') ? 'ios' : 'macos',
            platform[2] ?? platform[4] ?? '',
            place,
          );
        const mint = path.endsWith('Mintfile') ? /^[\w.-]+\/([\w.-]+)@v?(\d\S*)/.exec(row) : null;
        if (mint) add((mint[1] ?? '').toLowerCase(), mint[2] ?? '', place);
        if (path.endsWith('.xcode-version')) add('xcode', row.trim(), place);
        const editor = /^m_EditorVersion:\s*(\d\S*)/.exec(row)?.[1];
        for (const name of editor === undefined ? [] : ['unity', 'editor', 'unity editor']) {
          add(name, editor ?? '', place);
          // Unity counts its versions so, and calls them otherwise.
          if (editor?.startsWith('6000.')) add(name, editor.replace('6000.', '6.'), place);
        }
      }
      // `repository: ghcr.io/x/gateway` and `tag: 2.8.0`
      for (const { key, value, line } of await workspace.settings(path)) {
        if (!/^(?:tag|newTag|rev)$/.test(key.at(-1) ?? '')) continue;
        const beside = (await workspace.settings(path)).find(
          (each) =>
            /^(?:repository|name|repo)$/.test(each.key.at(-1) ?? '') &&
            each.key.length === key.length &&
            each.key.slice(0, -1).join('\0') === key.slice(0, -1).join('\0'),
        );
        if (beside) add(beside.value.split('/').at(-1) ?? '', value, { path, line });
      }
    }
    return found;
  });
}
