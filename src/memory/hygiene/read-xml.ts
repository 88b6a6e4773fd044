// Reads XML as the settings that its elements and attributes make, without the prefixes of their namespaces.
import { lineAt } from './mask.ts';
import type { Setting } from './setting.ts';

const ELEMENT = /<([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*\/?>([^<\n]*)/g;

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

export function readXml(source: string): Setting[] {
  const text = source.replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, ' '));
  const found: Setting[] = [];
  for (const match of text.matchAll(ELEMENT)) {
    const element = local(match[1] ?? '');
    const line = lineAt(text, match.index);
    const content = (match[3] ?? '').trim();
    let name: string | undefined;
    for (const attribute of (match[2] ?? '').matchAll(/([\w:.-]+)\s*=\s*["']([^"']*)["']/g)) {
      const key = local(attribute[1] ?? '');
      const value = attribute[2] ?? '';
      if (key === 'name') name = value;
      found.push({ key: [element, key], value, line });
    }
    // `<string name="title">Trail</string>`
    if (content !== '') found.push({ key: name === undefined ? [element] : [element, name], value: content, line });
  }
  return found;
}
