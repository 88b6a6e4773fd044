// A folder of memory, looked at without trust, shown, and what the person chose made into proposals.
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { agentFileItem, isAgentFile, readAgentFile } from './agent-file.ts';
import {
  ARCHIVE_PATH,
  type ExportedPassage,
  MANIFEST_PATH,
  type Manifest,
  ManifestSchema,
  PassageSchema,
  sha256,
} from './export.ts';
import { look, MOST_BYTES } from './files.ts';
import { decode, fromFile } from './format.ts';
import { type MaskSecrets, maskedText, unmasked } from './masked.ts';
import { INDEX_PATH, isHashedPath, labelOf } from './paths.ts';
import type { MirrorBlock } from './types.ts';

export interface ImportedBlock {
  kind: 'block';
  /** Names the item in the choice. */
  id: string;
  path: string;
  label: string;
  status: 'new' | 'changed' | 'same';
  blockId: string | null;
  before: string | null;
  after: string;
  description: string;
  limit: number | null;
  readOnly: boolean;
  localOnly?: boolean;
  /** Of the file as it was shown. */
  sha256: string;
}

/** A Markdown file of a child folder: outside the prompt in Letta's layout, so it becomes a passage. */
export interface ImportedDocument {
  kind: 'document';
  id: string;
  path: string;
  status: 'new' | 'same';
  name: string;
  text: string;
  sha256: string;
}

export interface ImportedArchive {
  kind: 'archive';
  id: string;
  path: string;
  status: 'new' | 'changed' | 'same';
  passages: number;
  /** Of them, those that are in the archive already; they are not added again. */
  known: number;
}

export type ImportItem = ImportedBlock | ImportedDocument | ImportedArchive;

export type SkipReason =
  | 'link'
  | 'too_large'
  | 'too_deep'
  | 'too_many'
  | 'frontmatter'
  | 'masked'
  | 'not_memory'
  | 'damaged'
  | 'changed_since';

export interface Skipped {
  path: string;
  reason: SkipReason;
  message: string;
}

export interface ImportPreview {
  folder: string;
  /** Null: none, or an export that was not finished. */
  manifest: Manifest | null;
  items: ImportItem[];
  skipped: Skipped[];
}

export interface PreviewOptions {
  blocks: MirrorBlock[];
  maskSecrets: MaskSecrets;
  /** For each text whether the archive holds it word for word. */
  known?: (texts: string[]) => Promise<boolean[]>;
  signal?: AbortSignal;
}

/** For the review list. */
export interface ImportProposal {
  id: string;
  kind: 'import';
  action: 'create' | 'edit' | 'passage' | 'archive';
  label: string;
  blockId: string | null;
  folder: string;
  path: string;
  before: string | null;
  /** Null for `archive`: its passages are read with `readArchive` once it is accepted. */
  after: string | null;
  description: string | null;
  limit: number | null;
  readOnly: boolean;
  localOnly?: boolean;
  passages: number;
}

const MOST_FILES = 5_000;
const MOST_DEPTH = 8;
const MOST_ARCHIVE = 1024 * 1024 * 1024;
const MOST_LINE = 1024 * 1024;
/** Bad lines of an archive that are named one by one. */
const MOST_NAMED = 20;
const BATCH = 500;

/** Of a folder of memory, or of one agent file. @throws Error when it cannot be read. */
export async function previewImport(chosen: string, options: PreviewOptions): Promise<ImportPreview> {
  const real = await realpath(chosen);
  if (isAgentFile(real) && (await lstat(real)).isFile()) {
    const alone: ImportPreview = { folder: dirname(real), manifest: null, items: [], skipped: [] };
    await previewAgent(dirname(real), basename(real), alone, options);
    return alone;
  }
  const root = real;
  const preview: ImportPreview = { folder: root, manifest: null, items: [], skipped: [] };
  const files = await walk(root, preview.skipped);
  preview.manifest = await readManifest(root, preview.skipped);
  for (const path of files) {
    options.signal?.throwIfAborted();
    if (path === MANIFEST_PATH || path === INDEX_PATH || path === '.memfs.config.json' || path === '.gitattributes')
      continue;
    if (path === ARCHIVE_PATH) await previewArchive(root, path, preview, options);
    else if (path.startsWith('skills/')) skip(preview, path, 'not_memory', 'skills are imported in the Skills panel');
    else if (isAgentFile(path)) await previewAgent(root, path, preview, options);
    else if (!path.endsWith('.md')) skip(preview, path, 'not_memory', 'only Markdown files and the archive are memory');
    else if (path.endsWith('/MEMORY.md')) continue;
    else await previewFile(root, path, preview, options);
  }
  return preview;
}

/**
 * Proposes what was chosen; nothing is written anywhere else. A file that changed since it was shown is skipped.
 * @param propose durable when it resolves.
 */
export async function importMemory(
  preview: ImportPreview,
  selected: ReadonlySet<string>,
  propose: (proposal: ImportProposal) => Promise<void>,
): Promise<{ proposed: ImportProposal[]; skipped: Skipped[] }> {
  const proposed: ImportProposal[] = [];
  const skipped: Skipped[] = [];
  for (const item of preview.items) {
    if (!selected.has(item.id) || item.status === 'same') continue;
    if (item.kind !== 'archive' && (await hashNow(preview.folder, item.path)) !== item.sha256) {
      const message = `${item.path} changed since it was shown. Import the folder again to see it.`;
      skipped.push({ path: item.path, reason: 'changed_since', message });
      continue;
    }
    const proposal = proposalOf(preview, item);
    await propose(proposal);
    proposed.push(proposal);
  }
  return { proposed, skipped };
}

function proposalOf(preview: ImportPreview, item: ImportItem): ImportProposal {
  const common = { id: item.id, kind: 'import' as const, folder: preview.folder, path: item.path };
  const none = { blockId: null, before: null, description: null, limit: null, readOnly: false, localOnly: false };
  if (item.kind === 'archive') {
    return {
      ...common,
      ...none,
      action: 'archive',
      label: 'archive',
      after: null,
      passages: item.passages - item.known,
    };
  }
  if (item.kind === 'document') {
    return { ...common, ...none, action: 'passage', label: item.name, after: item.text, passages: 1 };
  }
  const { label, blockId, before, after, description, limit, readOnly, localOnly } = item;
  const action = blockId === null ? 'create' : 'edit';
  return {
    ...common,
    action,
    label,
    blockId,
    before,
    after,
    description,
    limit,
    readOnly,
    localOnly: localOnly === true,
    passages: 0,
  };
}

/** The passages of an export, one at a time; lines that are none are passed over, as the preview said. */
export async function* readArchive(folder: string, path = ARCHIVE_PATH): AsyncGenerator<ExportedPassage> {
  for await (const line of lines(join(folder, path))) {
    const passage = passageOf(line.bytes);
    if (typeof passage !== 'string') yield passage;
  }
}

async function previewAgent(
  root: string,
  path: string,
  preview: ImportPreview,
  options: PreviewOptions,
): Promise<void> {
  const file = await look(root, path);
  if (file.kind !== 'file') return skip(preview, path, 'too_large', file.kind === 'refused' ? file.why : 'it is gone');
  const { blocks, left } = readAgentFile(file.bytes);
  const hash = sha256(file.bytes);
  for (const block of blocks) {
    if (preview.items.some((item) => item.kind === 'block' && item.label === block.label))
      skip(preview, path, 'frontmatter', `another file has the block ${block.label} already`);
    else preview.items.push({ ...agentFileItem(path, hash, block, options), sha256: hash });
  }
  for (const { reason, why } of left) skip(preview, path, reason, why);
}

async function previewFile(root: string, path: string, preview: ImportPreview, options: PreviewOptions): Promise<void> {
  const file = await look(root, path);
  if (file.kind !== 'file') {
    return skip(preview, path, 'link', file.kind === 'refused' ? file.why : 'it is gone');
  }
  try {
    const text = decode(file.bytes);
    const hash = sha256(file.bytes);
    const id = `import-${sha256(`${path}\0${hash}`).slice(0, 16)}`;
    if (path.includes('/')) {
      const read = fromFile(text, path);
      const same = (await options.known?.([read.value]))?.[0] ?? false;
      preview.items.push({
        kind: 'document',
        id,
        path,
        status: same ? 'same' : 'new',
        name: read.name,
        text: read.value,
        sha256: hash,
      });
      return;
    }
    const label = labelOf(path, isHashedPath(path) ? fromFile(text, ' ').name : undefined);
    if (label === null) return skip(preview, path, 'frontmatter', 'its name does not say which block it is');
    if (preview.items.some((item) => item.kind === 'block' && item.label === label)) {
      return skip(preview, path, 'frontmatter', `another file is the block ${label} already`);
    }
    const read = fromFile(text, label);
    const block = options.blocks.find((b) => b.label === label);
    const here = block ? maskedText(block.value, options.maskSecrets) : undefined;
    const after = unmasked(read.value, here?.real ?? new Map());
    if (after === null)
      return skip(
        preview,
        path,
        'masked',
        'it holds a masked secret that this memory does not know; edit that line first',
      );
    const known = preview.manifest?.blocks.find((b) => b.label === label);
    const same =
      block !== undefined && block.value === after && options.maskSecrets(block.description) === read.description;
    preview.items.push({
      kind: 'block',
      id,
      path,
      label,
      status: block ? (same ? 'same' : 'changed') : 'new',
      blockId: block?.id ?? null,
      before: block?.value ?? null,
      after,
      description: read.description,
      limit: known?.limit ?? null,
      readOnly: known?.readOnly ?? false,
      localOnly: known?.localOnly ?? false,
      sha256: hash,
    });
  } catch (error) {
    skip(preview, path, 'frontmatter', error instanceof Error ? error.message : String(error));
  }
}

async function previewArchive(
  root: string,
  path: string,
  preview: ImportPreview,
  options: PreviewOptions,
): Promise<void> {
  const item: ImportedArchive = { kind: 'archive', id: 'import-archive', path, status: 'new', passages: 0, known: 0 };
  let batch: string[] = [];
  let bad = 0;
  const flush = async (): Promise<void> => {
    if (options.known && batch.length > 0) item.known += (await options.known(batch)).filter(Boolean).length;
    batch = [];
  };
  for await (const { bytes, number } of lines(join(root, path))) {
    options.signal?.throwIfAborted();
    const passage = passageOf(bytes);
    if (typeof passage === 'string') {
      if (++bad <= MOST_NAMED) skip(preview, `${path}:${number}`, 'damaged', passage);
      continue;
    }
    item.passages++;
    batch.push(passage.text);
    if (batch.length >= BATCH) await flush();
  }
  await flush();
  if (bad > MOST_NAMED) skip(preview, path, 'damaged', `${bad - MOST_NAMED} more lines are no passages`);
  if (preview.manifest && preview.manifest.passages !== item.passages) {
    skip(
      preview,
      path,
      'damaged',
      `it holds ${item.passages} passages, and ${preview.manifest.passages} were exported`,
    );
  }
  if (item.passages === 0) return;
  if (item.known > 0) item.status = item.known === item.passages ? 'same' : 'changed';
  preview.items.push(item);
}

/** A passage, or why it is none. */
function passageOf(bytes: Uint8Array | null): ExportedPassage | string {
  if (bytes === null) return 'the line is longer than 1 MB';
  try {
    const parsed = PassageSchema.safeParse(JSON.parse(decode(bytes)));
    return parsed.success ? parsed.data : 'the line is no passage';
  } catch {
    return 'the line is no JSON';
  }
}

/** The lines of a file; `bytes` null for one that is too long to be read. */
async function* lines(path: string): AsyncGenerator<{ bytes: Uint8Array | null; number: number }> {
  let parts: Buffer[] = [];
  let size = 0;
  let number = 0;
  const take = (): { bytes: Uint8Array | null; number: number } => {
    const line = { bytes: size > MOST_LINE ? null : Buffer.concat(parts), number: ++number };
    parts = [];
    size = 0;
    return line;
  };
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      add(chunk.subarray(from, end));
      from = end + 1;
      const empty = size === 0;
      const line = take();
      if (!empty) yield line;
    }
    add(chunk.subarray(from));
  }
  if (size > 0) yield take();

  function add(part: Buffer): void {
    size += part.length;
    if (size <= MOST_LINE) parts.push(part);
    else parts = [];
  }
}

async function readManifest(root: string, skipped: Skipped[]): Promise<Manifest | null> {
  const file = await look(root, MANIFEST_PATH);
  if (file.kind === 'none') return null;
  try {
    if (file.kind === 'file') return ManifestSchema.parse(JSON.parse(decode(file.bytes)));
  } catch {
    // Said below.
  }
  const message = `${MANIFEST_PATH} is damaged or from a newer version; limits and counts are unknown.`;
  skipped.push({ path: MANIFEST_PATH, reason: 'damaged', message });
  return null;
}

/** Paths of plain files below the folder, with forward slashes; nothing outside it, nothing through a link. */
async function walk(root: string, skipped: Skipped[]): Promise<string[]> {
  const found: string[] = [];
  const folders = [''];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const refuse = (reason: SkipReason, why: string): void => {
        skipped.push({ path, reason, message: `${path} was skipped: ${why}.` });
      };
      if (entry.name === '.git' || entry.name === '.letta') continue;
      if (entry.isSymbolicLink()) refuse('link', 'it is a link, which may lead anywhere');
      else if (entry.isDirectory()) {
        if (path.split('/').length > MOST_DEPTH) refuse('too_deep', `it lies deeper than ${MOST_DEPTH} folders`);
        else folders.push(path);
      } else if (!entry.isFile()) refuse('not_memory', 'it is no file');
      else if (found.length >= MOST_FILES) {
        refuse('too_many', `there are more than ${MOST_FILES} files`);
        return found;
      } else {
        const { size } = await lstat(join(root, path));
        const most = path === ARCHIVE_PATH ? MOST_ARCHIVE : MOST_BYTES;
        if (size > most) refuse('too_large', `it has ${size} bytes, and at most ${most} are read`);
        else found.push(path);
      }
    }
  }
  return found;
}

function skip(preview: ImportPreview, path: string, reason: SkipReason, why: string): void {
  preview.skipped.push({ path, reason, message: `${path} was skipped: ${why}.` });
}

async function hashNow(root: string, path: string): Promise<string | null> {
  const found = await lstat(join(root, path)).catch(() => null);
  return found?.isFile() ? sha256(await readFile(join(root, path))) : null;
}
