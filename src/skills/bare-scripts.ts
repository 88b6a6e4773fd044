// Scripts that lie in `.skills/` without instructions: found, and wrapped into a skill.
import { lstat, open, readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { t } from '../protocol/l10n.ts';
import { SkillSaveError } from './save-skill.ts';
import { isSkillName, toSkillName } from './skill-name.ts';

export interface BareScript {
  /** Absolute. */
  file: string;
  fileName: string;
  /** What its skill would be called. */
  name: string;
  /** What its first comment says, on one line; '' when there is none. */
  description: string;
}

/** How a script is run, by the ending of its name. */
const RUNNERS = new Map([
  ['.sh', { run: 'bash', language: 'bash' }],
  ['.py', { run: 'python3', language: 'bash' }],
  // Node runs TypeScript by itself since 22.18.
  ['.ts', { run: 'node', language: 'bash' }],
]);
/** Enough for the comment at the top. */
const HEAD = 4_096;
const MAX_SCRIPT = 1024 * 1024;
const MAX_SCRIPTS = 200;

/** The scripts right in a folder, sorted by name; links are not followed. Never rejects. */
export async function bareScripts(folder: string): Promise<BareScript[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isFile() && RUNNERS.has(extname(entry.name)) && !/^\.|\.d\.ts$/.test(entry.name))
    .map((entry) => entry.name)
    .toSorted()
    .slice(0, MAX_SCRIPTS);
  const scripts = names.map(async (fileName): Promise<BareScript[]> => {
    const name = toSkillName(fileName.slice(0, -extname(fileName).length));
    const file = join(folder, fileName);
    return isSkillName(name) ? [{ file, fileName, name, description: firstComment(await headOf(file)) }] : [];
  });
  return (await Promise.all(scripts)).flat();
}

async function headOf(file: string): Promise<string> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return '';
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  } finally {
    await handle.close();
  }
}

/** The words of the comment or docstring that a script begins with. */
function firstComment(head: string): string {
  const text = head.replace(/^\uFEFF?(?:#!.*(?:\r?\n|$))?\s*/, '');
  const block = /^(?:\/\*+([\s\S]*?)\*\/|("""|''')([\s\S]*?)\2)/.exec(text);
  const lines = block
    ? (block[1] ?? block[3] ?? '').split('\n').map((line) => line.replace(/^[\s*]+/, ''))
    : (/^(?:[ \t]*(?:#|\/\/).*(?:\r?\n|$))+/.exec(text)?.[0] ?? '')
        .split('\n')
        .map((line) => line.replace(/^\s*(?:#+|\/\/+)/, ''));
  const first =
    lines
      .join('\n')
      .trim()
      .split(/\n\s*\n/)[0] ?? '';
  return first.replace(/\s+/g, ' ').trim().slice(0, 300);
}

/**
 * The skill that runs a script, to be written as a folder.
 * @param description what it does and when to use it, on one line
 * @throws SkillSaveError `invalid` when the script is no plain file of a size that a skill may have
 */
export async function wrapped(
  { file, fileName, name }: BareScript,
  description: string,
): Promise<Map<string, Uint8Array>> {
  const info = await lstat(file);
  if (!info.isFile()) throw new SkillSaveError('invalid', t('{0} is no plain file.', fileName));
  if (info.size > MAX_SCRIPT) throw new SkillSaveError('invalid', t('{0} is larger than 1 MB.', fileName));
  const script = `scripts/${fileName}`;
  const { run = '', language = '' } = RUNNERS.get(extname(fileName)) ?? {};
  const text = `---
name: ${name}
description: ${JSON.stringify(description)}
---

# ${name}

1. Run the script. Read it first when you do not know yet what it does or which arguments it takes.

\`\`\`${language}
${run} "<SKILL_DIR>/${script}"
\`\`\`

2. Check its exit code and its output, and say what it did.
`;
  return new Map<string, Uint8Array>([
    ['SKILL.md', Buffer.from(text)],
    [script, await readFile(file)],
  ]);
}
