// Claims about what a container is made of and who it runs as.
import { contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { escapeRegExp } from './mask.ts';
import type { Workspace } from './workspace.ts';

const BASES =
  'distroless|alpine|debian|ubuntu|bookworm|bullseye|slim|scratch|busybox|wolfi|chainguard|fedora|centos|rocky|ubi\\w*|temurin|corretto|amazonlinux';

interface Instruction extends Evidence {
  word: string;
  rest: string;
}

/** "the image is based on alpine", "the container runs as nobody" */
export async function checkContainers(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  if (line.idle) return [];
  const tags = await tagged(line, workspace);
  if (!/\b(?:images?|containers?|docker(?:file)?)\b/i.test(line.plain)) return tags;
  const instructions = await read(workspace);
  if (instructions.length === 0) return tags;
  // A tag says more than the name of a base.
  return [...(tags.length > 0 ? tags : bases(line, instructions)), ...users(line, instructions)];
}

async function read(workspace: Workspace): Promise<Instruction[]> {
  const found: Instruction[] = [];
  for (const path of (await workspace.files()).filter((file) => /(?:^|\/)(?:[\w-]+\.)?Dockerfile[\w.-]*$/.test(file))) {
    for (const [index, text] of ((await workspace.text(path)) ?? '').split('\n').entries()) {
      const match = /^\s*(FROM|USER)\s+(.*)$/i.exec(text);
      if (match) found.push({ path, line: index + 1, word: (match[1] ?? '').toUpperCase(), rest: match[2] ?? '' });
    }
  }
  return found;
}

const place = ({ path, line }: Evidence): Evidence => ({ path, line });

function bases(line: LineText, instructions: readonly Instruction[]): Outcome[] {
  const outcomes: Outcome[] = [];
  const from = instructions.filter(({ word }) => word === 'FROM');
  for (const match of line.plain.matchAll(new RegExp(`\\b(${BASES})\\b`, 'gi'))) {
    // A word of a sentence is a base only where the line says what an image is made of.
    const before = line.plain.slice(0, match.index);
    if (!/\b(?:is|are|on|from|uses?|an?|our|the|to|:)\s+(?:an?\s+)?[`'"]?$/i.test(before)) continue;
    const polarity = line.use(match.index, match.index + match[0].length);
    if (polarity === 'contrast') continue;
    const base = (match[1] ?? '').toLowerCase();
    const hit = from.find(
      ({ rest }) =>
        new RegExp(`(?<![a-z])${base}(?![a-z])`).test(rest.toLowerCase()) &&
        // Debian's distroless images hold nothing of Debian.
        (base === 'distroless' || !rest.includes('distroless')),
    );
    const last = hit ?? from.at(-1);
    if (!last) continue;
    outcomes.push(
      (hit !== undefined) === (polarity === 'there')
        ? supported(`An image is made from ${last.rest}.`, place(last))
        : contradicted(`The image is made from ${last.rest}.`, place(last)),
    );
  }
  return outcomes;
}

function users(line: LineText, instructions: readonly Instruction[]): Outcome[] {
  const match = /\bruns? as\s+(?:an?\s+|the\s+)?(?:user\s+|uid\s+)?[`'"]?([a-z][\w-]*|\d+)/i.exec(line.plain);
  const name = match?.[1]?.toLowerCase();
  const user = instructions.filter(({ word }) => word === 'USER').at(-1);
  if (!match || !name || /^(?:a|an|the|one|part|non)$/.test(name)) return [];
  const from = instructions.filter(({ word }) => word === 'FROM').at(-1);
  // Some images say in their tag that they are nobody's.
  const own =
    user?.rest.trim().split(':')[0]?.toLowerCase() ?? (/nonroot/.test(from?.rest ?? '') ? 'nonroot' : undefined);
  const plain = name.replace(/[^a-z\d]/g, '');
  const isRoot = own === undefined || own === 'root' || own === '0';
  const fits = plain === 'nonroot' || plain === 'unprivileged' ? !isRoot : plain === 'root' ? isRoot : own === name;
  const seen = user ?? instructions[0];
  if (!seen) return [];
  return [
    fits
      ? supported('The user is as the line says.', place(seen))
      : contradicted(`The container runs as ${own ?? 'root'}.`, place(seen)),
  ];
}

/** "golang:1.21-alpine", where images of that name are used with this tag or with others. */
async function tagged(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const match of line.plain.matchAll(
    /(?<![\w./:@-])((?:[\w.-]+\/)*[a-z][\w.-]*):(v?\d[\w.-]*\w|v?\d|latest|alpine|stable)(?![\w/:])/g,
  )) {
    const [, name = '', tag = ''] = match;
    const used = await images(workspace, name);
    const polarity = line.use(match.index, match.index + match[0].length);
    const [any] = used;
    if (!any || polarity === 'contrast') continue;
    const hit = used.find((each) => each.rest === tag);
    outcomes.push(
      (hit !== undefined) === (polarity === 'there')
        ? supported(`The image ${name} is as the line says.`, place(hit ?? any))
        : contradicted(`The image is ${name}:${(hit ?? any).rest}.`, place(hit ?? any)),
    );
  }
  return outcomes;
}

async function images(workspace: Workspace, name: string): Promise<Instruction[]> {
  const pattern = new RegExp(
    `(?:\\bFROM\\s+(?:--\\S+\\s+)?|\\bimage:\\s*["']?)(?:[\\w.-]+/)*${escapeRegExp(name)}:([\\w.-]+)`,
    'i',
  );
  const found: Instruction[] = [];
  for (const path of (await workspace.files()).filter((file) => /Dockerfile|Containerfile|\.ya?ml$/.test(file))) {
    for (const [index, row] of ((await workspace.text(path)) ?? '').split('\n').entries()) {
      const tag = pattern.exec(row)?.[1];
      if (tag !== undefined) found.push({ path, line: index + 1, word: 'image', rest: tag });
    }
  }
  return found;
}
