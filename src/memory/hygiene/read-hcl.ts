// Reads HCL, the language of Terraform: what is set in which block. Expressions say nothing.
import type { Setting } from './setting.ts';

const BLOCK = /^\s*([\w-]+)((?:\s+"[^"]*")*)\s*\{\s*$/;
const NESTED = /^\s*"?([\w.-]+)"?\s*=\s*\{\s*$/;
const PAIR = /^\s*"?([\w./-]+)"?\s*[=:]\s*(\S.*?),?\s*$/;
const LITERAL = /^(?:"[^"$]*"|-?\d+(?:\.\d+)?|true|false)$/;

/** `text`: without its comments. */
export function readHcl(text: string): Setting[] {
  const found: Setting[] = [];
  const blocks: string[][] = [];
  for (const [index, row] of text.split(/\r?\n/).entries()) {
    const block = BLOCK.exec(row);
    const nested = NESTED.exec(row);
    if (block)
      blocks.push([block[1] ?? '', ...[...(block[2] ?? '').matchAll(/"([^"]*)"/g)].map(([, label = '']) => label)]);
    else if (nested) blocks.push([nested[1] ?? '']);
    else if (/^\s*[}\])]/.test(row)) blocks.pop();
    else {
      const pair = PAIR.exec(row);
      const key = [...blocks.flat(), pair?.[1] ?? ''];
      const value = pair?.[2] ?? '';
      const line = index + 1;
      if (LITERAL.test(value)) found.push({ key, value: value.replace(/^"|"$/g, ''), line });
      else if (/^\[.*\]$/.test(value))
        for (const [at, [, item = '']] of [...value.matchAll(/"([^"]*)"/g)].entries())
          found.push({ key: [...key, String(at)], value: item, line });
      else if (/[[({]$/.test(value)) blocks.push([pair?.[1] ?? '']);
    }
  }
  return found;
}
