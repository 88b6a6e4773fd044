// A Letta Code agent in its folder on this computer: memory, skills and transcripts, previewed. Nothing there is written.
import * as z from 'zod/mini';
import { t } from '../../protocol/l10n.ts';
import { Pace } from '../evidence/pace.ts';
import { BringError, type BringItem, type BringPreview, type BroughtMessage, type Skipped } from './bring.ts';
import { type LettaCodeThread, readThreads } from './letta-code-threads.ts';
import { readRules, shortHash } from './markdown.ts';
import { ReadOnlyFolder } from './read-only-folder.ts';

export interface LettaCodeDeps {
  /** Usually `~/.letta/lc-local-backend`. */
  folder: string;
  maskSecrets(text: string): string;
}

export interface LettaCodeAgent {
  id: string;
  name: string;
  description: string;
  model: string;
}

const AgentSchema = z.object({
  id: z.string().check(z.minLength(1)),
  name: z.optional(z.string()),
  description: z.optional(z.nullable(z.string())),
  model: z.optional(z.nullable(z.string())),
});

const MAX_RECORD = 4 * 1024 * 1024;
const MAX_MEMORY_FILE = 256 * 1024;
const MAX_FILES = 2_000;
const MAX_DEPTH = 8;

const fromBase64Url = (text: string): string => Buffer.from(text, 'base64url').toString('utf8');
export const toBase64Url = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');

/** @throws BringError `not_there` when the folder holds no Letta Code agents at all */
export async function findLettaCodeAgents({ folder }: Pick<LettaCodeDeps, 'folder'>): Promise<{
  agents: LettaCodeAgent[];
  skipped: Skipped[];
}> {
  const files = new ReadOnlyFolder(folder);
  const agents: LettaCodeAgent[] = [];
  const skipped: Skipped[] = [];
  const entries = await files.list('agents');
  for (const { name, kind } of entries) {
    const path = `agents/${name}`;
    if (kind === 'link') skipped.push({ path, why: t('It is a link; links are not followed.') });
    if (kind !== 'file' || !name.endsWith('.json')) continue;
    const read = await files.read(path, MAX_RECORD);
    if ('why' in read) {
      skipped.push({ path, why: read.why });
      continue;
    }
    const parsed = AgentSchema.safeParse(json(read.text));
    if (!parsed.success) {
      skipped.push({ path, why: t('The record is torn or of an unknown form.') });
      continue;
    }
    const { id, name: agentName, description, model } = parsed.data;
    agents.push({ id, name: agentName ?? id, description: description ?? '', model: model ?? '' });
  }
  if (entries.length === 0)
    throw new BringError(
      'not_there',
      t('There is no Letta Code agent in {0}. Choose the folder that holds “agents” and “memfs”.', folder),
    );
  return { agents, skipped };
}

/** @throws BringError */
export async function previewLettaCode(deps: LettaCodeDeps, agentId: string): Promise<BringPreview> {
  const { agents, skipped } = await findLettaCodeAgents(deps);
  const agent = agents.find((a) => a.id === agentId);
  if (!agent)
    throw new BringError('unknown_agent', t('The agent {0} is not there any more, or its record is torn.', agentId));
  const files = new ReadOnlyFolder(deps.folder);
  const preview: BringPreview = { source: t('Letta Code agent {0}', agent.name), found: [], skipped };
  preview.skipped.push({
    path: `agents/${toBase64Url(agent.id)}.json`,
    why: t('Its system prompt and model settings stay behind: they belong to Letta Code.'),
  });
  preview.skipped.push({ path: 'providers', why: t('Keys are never read.') });
  const memory = await memoryRoot(files, agent.id);
  if (memory === undefined)
    preview.skipped.push({ path: `memfs/${agent.id}/memory`, why: t('It has no memory folder.') });
  else await readMemory(deps, files, memory, preview);
  const threads = await readThreads(files, agent.id, agents.length === 1);
  preview.skipped.push(...threads.skipped);
  const pace = new Pace();
  for (const thread of threads.threads) preview.found.push(await threadItem(deps, thread, pace));
  return preview;
}

/** The folder is named by the agent's id, plain or encoded as the other records' are. */
async function memoryRoot(files: ReadOnlyFolder, id: string): Promise<string | undefined> {
  for (const { name, kind } of await files.list('memfs')) {
    if (kind === 'folder' && (name === id || fromBase64Url(name) === id)) {
      const inside = await files.list(`memfs/${name}`);
      if (inside.some((e) => e.name === 'memory' && e.kind === 'folder')) return `memfs/${name}/memory`;
    }
  }
  return undefined;
}

/** Every file below, as paths relative to `root`; links are named as skipped. */
async function walk(files: ReadOnlyFolder, root: string, skipped: Skipped[]): Promise<string[]> {
  const found: string[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    for (const { name, kind } of await files.list(`${root}${folder === '' ? '' : `/${folder}`}`)) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (found.length >= MAX_FILES) return;
      if (kind === 'link') skipped.push({ path: `${root}/${path}`, why: t('It is a link; links are not followed.') });
      else if (kind === 'closed')
        skipped.push({ path: `${root}/${path}`, why: t('It is never read: it may hold keys.') });
      else if (kind === 'file') found.push(path);
      else if (kind === 'folder' && depth < MAX_DEPTH) await visit(path, depth + 1);
      else if (kind === 'folder')
        skipped.push({ path: `${root}/${path}`, why: t('It lies more than {0} folders deep.', MAX_DEPTH) });
    }
  };
  await visit('', 0);
  if (found.length >= MAX_FILES) skipped.push({ path: root, why: t('Only its first {0} files were read.', MAX_FILES) });
  return found;
}

async function readMemory(
  deps: LettaCodeDeps,
  files: ReadOnlyFolder,
  root: string,
  preview: BringPreview,
): Promise<void> {
  const paths = await walk(files, root, preview.skipped);
  // v1 keeps what is in the prompt in `system/`, v2 in the root.
  const isV1 = paths.some((path) => path.startsWith('system/')) && !paths.includes('MEMORY.md');
  const skills: string[] = [];
  for (const path of paths) {
    if (path.startsWith('skills/')) skills.push(path);
    else if (path.endsWith('.md')) await readMemoryFile(deps, files, root, path, isV1, preview);
    else if (path !== '.memfs.config.json' && path !== '.gitignore')
      preview.skipped.push({ path: `${root}/${path}`, why: t('Only Markdown is memory.') });
  }
  for (const [folder, own] of bySkill(root, skills, preview))
    await readSkill(deps, files, `${root}/${folder}`, own, preview);
}

/** Files by the folder of their skill, relative to it: the outermost that holds a SKILL.md. The rest is named as skipped. */
function bySkill(root: string, paths: readonly string[], { skipped }: BringPreview): Map<string, string[]> {
  const holds = paths.flatMap((path) => /^(skills\/.+)\/skill\.md$/i.exec(path)?.[1] ?? []);
  const outermost = new Set(holds.filter((folder) => !holds.some((other) => folder.startsWith(`${other}/`))));
  const found = new Map<string, string[]>();
  const left = new Set<string>();
  for (const path of paths) {
    const folder = [...outermost].find((each) => path.startsWith(`${each}/`));
    if (folder !== undefined) found.set(folder, [...(found.get(folder) ?? []), path.slice(folder.length + 1)]);
    else left.add(path.split('/').slice(0, 2).join('/'));
  }
  for (const path of left) {
    const isFile = paths.includes(path);
    skipped.push({
      path: `${root}/${path}`,
      why: isFile ? t('It lies in no skill’s folder.') : t('It has no SKILL.md.'),
    });
  }
  return found;
}

async function readMemoryFile(
  deps: LettaCodeDeps,
  files: ReadOnlyFolder,
  root: string,
  path: string,
  isV1: boolean,
  preview: BringPreview,
): Promise<void> {
  const full = `${root}/${path}`;
  const read = await files.read(full, MAX_MEMORY_FILE);
  if ('why' in read) {
    preview.skipped.push({ path: full, why: read.why });
    return;
  }
  if (path === 'MEMORY.md' || path.endsWith('/MEMORY.md')) {
    preview.skipped.push({ path: full, why: t('It is the index of the files, which is made anew.') });
    return;
  }
  const { fields } = readRules(read.text);
  const { body, line } = bodyOf(read.text);
  if (body.trim() === '') {
    preview.skipped.push({ path: full, why: t('It holds no text.') });
    return;
  }
  const inPrompt = isV1 ? path.startsWith('system/') : !path.includes('/');
  const label = path.replace(/^system\//, '').replace(/\.md$/, '');
  const text = deps.maskSecrets(body.trim());
  preview.found.push({
    id: shortHash(`${full}\n${body}`),
    kind: 'memory',
    target: inPrompt
      ? { kind: 'block', label, ...(fields.description ? { description: fields.description } : {}) }
      : { kind: 'archive', tags: ['letta-code', ...label.split('/').slice(0, -1)] },
    text,
    from: `${full}:${line}`,
    masked: text !== body.trim(),
  });
}

/** The text behind the frontmatter, and the line on which it begins. */
function bodyOf(text: string): { body: string; line: number } {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const end = lines[0]?.trim() === '---' ? lines.findIndex((line, i) => i > 0 && line.trim() === '---') : -1;
  let start = end < 0 ? 0 : end + 1;
  while (start < lines.length - 1 && lines[start]?.trim() === '') start++;
  return { body: lines.slice(start).join('\n'), line: start + 1 };
}

/** @param folder of the skill; `paths` are relative to it */
async function readSkill(
  deps: LettaCodeDeps,
  files: ReadOnlyFolder,
  folder: string,
  paths: readonly string[],
  preview: BringPreview,
): Promise<void> {
  const names = paths.filter((path) => path.toLowerCase() === 'skill.md');
  const main = names.includes('SKILL.md') ? 'SKILL.md' : names[0];
  const texts = new Map<string, string>();
  let masked = false;
  for (const path of paths) {
    const read = await files.read(`${folder}/${path}`, MAX_MEMORY_FILE);
    if ('why' in read) {
      preview.skipped.push({ path: `${folder}/${path}`, why: read.why });
      continue;
    }
    const text = deps.maskSecrets(read.text);
    masked ||= text !== read.text;
    texts.set(path, text);
  }
  const text = main === undefined ? undefined : texts.get(main);
  if (main === undefined || text === undefined) return;
  texts.delete(main);
  preview.found.push({
    id: shortHash(`${folder}/${main}\n${text}`),
    kind: 'skill',
    target: { kind: 'skill', name: folder.split('/').at(-1) ?? '' },
    text,
    from: `${folder}/${main}:1`,
    masked,
    files: Object.fromEntries(texts),
  });
}

async function threadItem(deps: LettaCodeDeps, thread: LettaCodeThread, pace: Pace): Promise<BringItem> {
  const { path, title } = thread;
  let masked = false;
  const messages = [];
  for (const message of thread.messages) {
    const text = deps.maskSecrets(message.text);
    masked ||= text !== message.text;
    messages.push({ ...message, text });
    await pace.rest();
  }
  return {
    id: shortHash(`${path}\n${messages.length}\n${title}`),
    kind: 'transcript',
    target: { kind: 'thread', title: deps.maskSecrets(title) },
    text: summaryOf(messages),
    from: `${path}:1`,
    masked,
    messages,
  };
}

/** For the preview; the messages themselves may be many megabytes. */
function summaryOf(messages: readonly BroughtMessage[]): string {
  const said = messages.filter((m) => m.role !== 'tool');
  const days = said.flatMap((m) => (m.at === '' ? [] : [m.at.slice(0, 10)])).sort();
  const when = days.length === 0 ? '' : days[0] === days.at(-1) ? `, ${days[0]}` : `, ${days[0]} to ${days.at(-1)}`;
  const start = said.slice(0, 4).map((m) => `${m.role === 'user' ? 'Person' : 'Agent'}: ${m.text.slice(0, 300)}`);
  return [`${said.length} messages${when}`, ...start].join('\n');
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
