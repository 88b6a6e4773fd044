// Reads the manifests of many languages: packages, scripts and versions, each with its line.
import { lineAt } from './mask.ts';
import type { Project, Script } from './project-types.ts';
import { readCatalog } from './read-catalog.ts';
import { readMix } from './read-mix.ts';
import { readPackageSwift, readPodfile } from './read-swift.ts';
import type { Setting } from './setting.ts';

type Reader = (project: Project, path: string, text: string, settings: Setting[]) => void;

export const READERS: [RegExp, Reader][] = [
  [/(?:^|\/)package\.json$/, readPackageJson],
  [
    /(?:^|\/)composer\.json$/,
    (p, path, _text, settings) => {
      for (const { key, value, line } of settings) {
        if (key[0] === 'require' || key[0] === 'require-dev')
          p.dependencies.push({ name: key[1] ?? '', spec: value, path, line });
        if (key[0] === 'scripts' && key[1])
          p.scripts.push({ name: key[1], body: value, path, line, runner: 'composer' });
        if (key[0] === 'require' && key[1] === 'php') p.runtimes.push({ runtime: 'php', spec: value, path, line });
      }
    },
  ],
  [
    /(?:^|\/)deno\.jsonc?$/,
    (p, path, _text, settings) => {
      for (const { key, value, line } of settings) {
        if (key[0] === 'tasks' && key[1]) p.scripts.push({ name: key[1], body: value, path, line, runner: 'deno' });
        if (key[0] === 'imports' && key[1])
          p.dependencies.push({
            name: key[1].replace(/\/$/, ''),
            spec: /@([\^~]?[\d.]+)/.exec(value)?.[1] ?? '',
            path,
            line,
          });
      }
    },
  ],
  [/(?:^|\/)pyproject\.toml$/, readPyproject],
  [
    /(?:^|\/)(?:requirements[\w.-]*\.txt|requirements\/[\w.-]+\.txt)$/,
    (p, path, text) => {
      for (const [index, line] of text.split('\n').entries())
        requirement(p, line.replace(/(?:^|\s)#.*$/, ''), path, index + 1);
    },
  ],
  [
    /(?:^|\/)Pipfile$/,
    (p, path, _text, settings) => {
      for (const { key, value, line } of settings) {
        if (key[0] === 'packages' || key[0] === 'dev-packages')
          p.dependencies.push({ name: key[1] ?? '', spec: value, path, line });
        if (key[0] === 'scripts' && key[1]) p.scripts.push({ name: key[1], body: value, path, line, runner: 'python' });
        if (key.at(-1) === 'python_version') p.runtimes.push({ runtime: 'python', spec: value, path, line });
      }
    },
  ],
  [
    /(?:^|\/)setup\.cfg$/,
    (p, path, _text, settings) => {
      for (const { key, value, line } of settings) {
        if (key[1] === 'install_requires' || key[0] === 'options.extras_require') requirement(p, value, path, line);
        if (key[1] === 'python_requires') p.runtimes.push({ runtime: 'python', spec: value, path, line });
        if (key[1] === 'console_scripts')
          for (const [, name = ''] of value.matchAll(/^([\w-]+)\s*=/g))
            p.scripts.push({ name, body: value, path, line, runner: 'python' });
      }
    },
  ],
  [
    /(?:^|\/)setup\.py$/,
    (p, path, text) => {
      for (const match of text.matchAll(/["']([A-Za-z][\w.-]*(?:\[[\w,]+\])?\s*(?:[<>=!~]=?[^"']*)?)["']/g)) {
        const before = text.slice(0, match.index);
        if (/(?:install_requires|extras_require|tests_require)\s*=[^\]}]*$/.test(before))
          requirement(p, match[1] ?? '', path, lineAt(text, match.index));
      }
      const python = /python_requires\s*=\s*["']([^"']+)/.exec(text);
      if (python) p.runtimes.push({ runtime: 'python', spec: python[1] ?? '', path, line: lineAt(text, python.index) });
    },
  ],
  [/(?:^|\/)Cargo\.toml$/, readCargo],
  [/(?:^|\/)go\.mod$/, readGoMod],
  [
    /(?:^|\/)(?:Makefile|makefile|GNUmakefile|[\w-]+\.mk)$/,
    (p, path, text) => {
      for (const match of text.matchAll(/^([A-Za-z0-9_][\w./ -]*?)\s*::?(?!=)([^\n]*)\n?((?:\t[^\n]*\n?)*)/gm)) {
        for (const name of (match[1] ?? '').split(/\s+/))
          p.scripts.push({
            name,
            body: `${match[2] ?? ''}\n${match[3] ?? ''}`,
            path,
            line: lineAt(text, match.index),
            runner: 'make',
          });
      }
    },
  ],
  [
    /(?:^|\/)\.?[jJ]ustfile$/,
    (p, path, text) => {
      for (const match of text.matchAll(
        /^@?([A-Za-z_][\w-]*)(?:[ \t]+[+*$]?\w+(?:=(?:"[^"\n]*"|'[^'\n]*'|[^\s:]+))?)*[ \t]*:(?!=)([^\n]*)\n?((?:[ \t]+[^\n]*\n?)*)/gm,
      )) {
        p.scripts.push({
          name: match[1] ?? '',
          body: `${match[2] ?? ''}\n${match[3] ?? ''}`,
          path,
          line: lineAt(text, match.index),
          runner: 'just',
        });
      }
    },
  ],
  [
    /(?:^|\/)[tT]askfile\.ya?ml$/,
    (p, path, _text, settings) => {
      for (const { key, value, line } of settings)
        if (key[0] === 'tasks' && key[1]) script(p, { name: key[1], body: value, path, line, runner: 'task' });
    },
  ],
  [
    /(?:^|\/)(?:pom\.xml)$/,
    (p, path, text) => {
      for (const match of text.matchAll(
        /(?<=<(?:dependency|plugin|parent)>\s*(?:<groupId>[^<]*<\/groupId>\s*)?)<artifactId>([^<]+)<\/artifactId>\s*(?:<version>([^<]+)<\/version>)?/g,
      ))
        p.dependencies.push({ name: match[1] ?? '', spec: match[2] ?? '', path, line: lineAt(text, match.index) });
      const java = /<(?:maven\.compiler\.(?:release|source|target)|java\.version|release)>([^<]+)</.exec(text);
      if (java) p.runtimes.push({ runtime: 'java', spec: java[1] ?? '', path, line: lineAt(text, java.index) });
    },
  ],
  [
    /(?:^|\/)build\.gradle(?:\.kts)?$/,
    (p, path, text) => {
      for (const match of text.matchAll(/["']([\w.-]+):([\w.-]+)(?::([\w.-]+))?["']/g))
        p.dependencies.push({ name: match[2] ?? '', spec: match[3] ?? '', path, line: lineAt(text, match.index) });
      const java =
        /(?:JavaLanguageVersion\.of\(|(?:source|target)Compatibility\s*=?\s*(?:JavaVersion\.VERSION_)?["']?|jvmToolchain\()(\d[\d._]*)/.exec(
          text,
        );
      if (java)
        p.runtimes.push({
          runtime: 'java',
          spec: (java[1] ?? '').replace('1_', ''),
          path,
          line: lineAt(text, java.index),
        });
    },
  ],
  [
    /\.csproj$|Directory\.(?:Packages|Build)\.props$/,
    (p, path, text) => {
      for (const match of text.matchAll(/<Package(?:Reference|Version)\s+Include="([^"]+)"(?:\s+Version="([^"]+)")?/g))
        p.dependencies.push({ name: match[1] ?? '', spec: match[2] ?? '', path, line: lineAt(text, match.index) });
      const net = /<TargetFrameworks?>net(?:coreapp)?([\d.]+)/.exec(text);
      if (net) p.runtimes.push({ runtime: 'dotnet', spec: net[1] ?? '', path, line: lineAt(text, net.index) });
    },
  ],
  [
    /(?:^|\/)Gemfile$/,
    (p, path, text) => {
      for (const match of text.matchAll(/^\s*gem\s+["']([\w-]+)["'](?:\s*,\s*["']([^"']+)["'])?/gm))
        p.dependencies.push({
          name: match[1] ?? '',
          spec: match[2] ?? '',
          path,
          line: lineAt(text, match.index + match[0].search(/\S/)),
        });
      const ruby = /^ruby\s+["']([^"']+)/m.exec(text);
      if (ruby) p.runtimes.push({ runtime: 'ruby', spec: ruby[1] ?? '', path, line: lineAt(text, ruby.index) });
    },
  ],
  [/(?:^|\/)mix\.exs$/, readMix],
  [/(?:^|\/)libs\.versions\.toml$/, readCatalog],
  [/(?:^|\/)Package\.swift$/, readPackageSwift],
  [/(?:^|\/)Podfile$/, readPodfile],
  [
    // Packages of Unity: `com.unity.inputsystem`
    /(?:^|\/)Packages\/manifest\.json$/,
    (p, path, _text, settings) => {
      for (const { key, value, line } of settings)
        if (key[0] === 'dependencies' && key[1])
          for (const name of [key[1], key[1].split('.').at(-1) ?? ''])
            p.dependencies.push({
              name,
              spec: /#v?(\d.*)$/.exec(value)?.[1] ?? (/^\d/.test(value) ? value : ''),
              path,
              line,
            });
    },
  ],
  [
    /(?:^|\/)pubspec\.yaml$/,
    (p, path, _text, settings) => {
      for (const { key, value, line } of settings)
        if (/^(?:dev_)?dependencies$/.test(key[0] ?? ''))
          p.dependencies.push({ name: key[1] ?? '', spec: value, path, line });
    },
  ],
  [
    /(?:^|\/)(?:\.nvmrc|\.node-version|\.python-version|\.ruby-version|\.go-version|\.java-version|\.swift-version|rust-toolchain)$/,
    (p, path, text) => {
      const runtime = /nvmrc|node/.test(path)
        ? 'node'
        : /python/.test(path)
          ? 'python'
          : /ruby/.test(path)
            ? 'ruby'
            : /swift/.test(path)
              ? 'swift'
              : /go-/.test(path)
                ? 'go'
                : /java/.test(path)
                  ? 'java'
                  : 'rust';
      if (text.trim() !== '') p.runtimes.push({ runtime, spec: text.trim().split('\n')[0] ?? '', path, line: 1 });
    },
  ],
  [
    /(?:^|\/)rust-toolchain\.toml$/,
    (p, path, _text, settings) => {
      for (const { key, value, line } of settings)
        if (key.at(-1) === 'channel') p.runtimes.push({ runtime: 'rust', spec: value, path, line });
    },
  ],
  [
    /(?:^|\/)\.tool-versions$/,
    (p, path, text) => {
      for (const [index, line] of text.split('\n').entries()) {
        const [name = '', spec = ''] = line.trim().split(/\s+/);
        if (spec !== '')
          p.runtimes.push({
            runtime: name.replace(/^nodejs$/, 'node').replace(/^golang$/, 'go'),
            spec,
            path,
            line: index + 1,
          });
      }
    },
  ],
  [
    /(?:^|\/)(?:[\w-]+\.)?Dockerfile[\w.-]*$/,
    (p, path, text) => {
      for (const match of text.matchAll(
        /^FROM\s+(?:--\S+\s+)?(?:\S+\/)?(node|python|golang|rust|ruby|php|eclipse-temurin|openjdk)(?::v?(\d[\d.]*))?/gim,
      )) {
        const runtime = { golang: 'go', 'eclipse-temurin': 'java', openjdk: 'java' }[match[1] ?? ''] ?? match[1] ?? '';
        if (match[2]) p.runtimes.push({ runtime, spec: match[2], path, line: lineAt(text, match.index) });
      }
    },
  ],
  [
    /(?:^|\/)\.github\/workflows\/[^/]+\.ya?ml$/,
    (p, path, _text, settings) => {
      for (const { key, value, line } of settings) {
        const name = [...key].reverse().find((part) => !/^\d+$/.test(part)) ?? '';
        const runtime = /^(node|python|go|java|ruby|dotnet|php)-version$/.exec(name)?.[1];
        if (runtime && /^v?\d/.test(value)) p.runtimes.push({ runtime, spec: value, path, line });
      }
    },
  ],
];

function script(project: Project, made: Script): void {
  const known = project.scripts.find((each) => each.name === made.name && each.path === made.path);
  if (known) known.body += `\n${made.body}`;
  else project.scripts.push(made);
}

function readPackageJson(project: Project, path: string, _text: string, settings: Setting[]): void {
  for (const { key, value, line } of settings) {
    const [section = '', name = ''] = key;
    if (/^(?:dev|peer|optional)?[dD]ependencies$/.test(section) && name) {
      project.dependencies.push({ name, spec: value.replace(/^npm:[^@]+@/, ''), path, line });
    }
    if (section === 'catalog' && name) project.dependencies.push({ name, spec: value, path, line });
    if (section === 'scripts' && name) project.scripts.push({ name, body: value, path, line, runner: 'package' });
    if ((section === 'engines' || section === 'volta') && name === 'node')
      project.runtimes.push({ runtime: 'node', spec: value, path, line });
    if (section === 'packageManager')
      project.managers.unshift({ name: value.split('@')[0] ?? '', kind: 'js', path, line });
  }
}

function readPyproject(project: Project, path: string, _text: string, settings: Setting[]): void {
  for (const { key, value, line } of settings) {
    const joined = key.join('.');
    if (
      /^project\.dependencies\.\d+$|^project\.optional-dependencies\.|^dependency-groups\.|^tool\.(?:uv\.dev-dependencies|pdm\.dev-dependencies|hatch\.envs\..*\.dependencies)\./.test(
        joined,
      )
    )
      requirement(project, value, path, line);
    const poetry = /^tool\.poetry\.(?:(?:dev-)?dependencies|group\.[^.]+\.dependencies)\.([^.]+)(?:\.(version))?$/.exec(
      joined,
    );
    if (poetry) {
      if (poetry[1] === 'python') project.runtimes.push({ runtime: 'python', spec: value, path, line });
      else project.dependencies.push({ name: poetry[1] ?? '', spec: value, path, line });
    }
    if (/^build-system\.requires\.\d+$/.test(joined)) requirement(project, value, path, line);
    if (joined === 'project.requires-python') project.runtimes.push({ runtime: 'python', spec: value, path, line });
    if (
      /^(?:project|tool\.(?:poetry|pdm|rye|hatch\.envs\.[\w-]+))\.(?:gui-)?scripts\.[^.]+/.test(joined) ||
      /^tool\.(?:taskipy|poe)\.tasks\.[^.]+/.test(joined)
    ) {
      const at = key.findIndex((part) => /scripts$|^tasks$/.test(part)) + 1;
      script(project, { name: key[at] ?? '', body: value, path, line, runner: 'python' });
    }
    const tool = key[0] === 'tool' ? key[1] : undefined;
    if (
      tool &&
      /^(?:poetry|uv|pdm)$/.test(tool) &&
      !project.managers.some((each) => each.name === tool && each.path === path)
    ) {
      project.managers.push({ name: tool, kind: 'python', path, line });
    }
  }
}

/** `name[extra]>=1.2 ; marker` */
function requirement(project: Project, text: string, path: string, line: number): void {
  const match = /^\s*([A-Za-z][\w.-]*)\s*(?:\[[^\]]*\])?\s*\(?([^;)@]*)/.exec(text);
  if (match && !/^\s*-/.test(text))
    project.dependencies.push({ name: match[1] ?? '', spec: (match[2] ?? '').trim(), path, line });
}

function readCargo(project: Project, path: string, _text: string, settings: Setting[]): void {
  for (const { key, value, line } of settings) {
    const at = key.findIndex((part) => /^(?:dev-|build-)?dependencies$/.test(part));
    if (
      at >= 0 &&
      key[at + 1] &&
      (key.length === at + 2 || key[at + 2] === 'version' || key[at + 2] === 'workspace' || key[at + 2] === 'path')
    ) {
      const spec = key[at + 2] === 'workspace' || key[at + 2] === 'path' ? '' : value;
      project.dependencies.push({ name: key[at + 1] ?? '', spec, path, line });
    }
    if (key.at(-1) === 'rust-version') project.runtimes.push({ runtime: 'rust', spec: value, path, line });
    if (key.at(-1) === 'edition' && value !== '')
      project.runtimes.push({ runtime: 'rust edition', spec: value, path, line });
    if (key[0] === 'bin' && key[2] === 'name')
      project.scripts.push({ name: value, body: '', path, line, runner: 'cargo' });
    if (key.join('.') === 'package.name') project.scripts.push({ name: value, body: '', path, line, runner: 'cargo' });
  }
}

function readGoMod(project: Project, path: string, text: string): void {
  for (const [index, line] of text.split('\n').entries()) {
    const go = /^go\s+(\d[\d.]*)/.exec(line);
    if (go) project.runtimes.push({ runtime: 'go', spec: go[1] ?? '', path, line: index + 1 });
    const module = /^(?:require\s+|\s+)([\w.-]+\.[\w.-]+\/[\w./-]+)\s+(v[\w.+-]+)/.exec(line);
    if (module) project.dependencies.push({ name: module[1] ?? '', spec: module[2] ?? '', path, line: index + 1 });
  }
}
