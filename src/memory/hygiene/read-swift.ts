// Reads the manifests of Swift: packages with their versions, targets, what Xcode builds for, and the tools that Mint installs.

import { lineAt } from './mask.ts';
import type { Project } from './project-types.ts';

export function readPackageSwift(project: Project, path: string, text: string): void {
  for (const match of text.matchAll(/\.package\([^)]*?url:\s*"([^"]+)"\s*,\s*[^)"]*"?(\d[\w.-]*)?/g)) {
    const name =
      (match[1] ?? '')
        .replace(/\.git$/, '')
        .split('/')
        .at(-1) ?? '';
    const place = { spec: match[2] ?? '', path, line: lineAt(text, match.index) };
    for (const each of new Set([name, name.replace(/\.swift$/i, '').replace(/^swift-/, '')]))
      project.dependencies.push({ name: each.toLowerCase(), ...place });
  }
  for (const match of text.matchAll(/\.product\(\s*name:\s*"([^"]+)"/g))
    project.dependencies.push({
      name: (match[1] ?? '').toLowerCase(),
      spec: '',
      path,
      line: lineAt(text, match.index),
    });
  const tools = /swift-tools-version:\s*(\d[\d.]*)/.exec(text);
  if (tools) project.runtimes.push({ runtime: 'swift', spec: tools[1] ?? '', path, line: lineAt(text, tools.index) });
}

/** `pod 'Alamofire', '~> 5.9'` */
export function readPodfile(project: Project, path: string, text: string): void {
  for (const match of text.matchAll(/^\s*pod\s+["']([\w/.-]+)["'](?:\s*,\s*["']([^"']+)["'])?/gm))
    project.dependencies.push({
      name: (match[1] ?? '').split('/')[0]?.toLowerCase() ?? '',
      spec: match[2] ?? '',
      path,
      line: lineAt(text, match.index + match[0].search(/\S/)),
    });
}
