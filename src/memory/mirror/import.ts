// A folder of memory, looked at without trust, shown, and what the person chose made into proposals.
import { lstat, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { t } from '../../protocol/l10n.ts';
import { agentFileItem, isAgentFile, readAgentFile } from './agent-file.ts';
import { ARCHIVE_PATH, MANIFEST_PATH, type Manifest, ManifestSchema, sha256 } from './export.ts';
import { look } from './files.ts';
import { decode, fromFile } from './format.ts';
import { type ImportedSkill, skillsInAgentFile, skillsInFolder } from './import-skills.ts';
import { type MaskSecrets, maskedText, unmasked } from './masked.ts';
import { INDEX_PATH, isHashedPath, labelOf, SKILLS_PATH } from './paths.ts';
import { passageOf, recordsOf } from './read-archive.ts';
import type { MirrorBlock } from './types.ts';
import { type Skipped, type SkipReason, walk } from './walk.ts';

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

export interface ImportPreview {
  folder: string;
  /** Null: none, or an export that was not finished. */
  manifest: Manifest | null;
  items: ImportItem[];
  /** They do not wait for review: the person sees them before they are copied. */
  skills: ImportedSkill[];
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

/** Bad lines of an archive that are named one by one. */
const MOST_NAMED = 20;
const BATCH = 500;

/** Of a folder of memory, or of one agent file. @throws Error when it cannot be read. */
export async function previewImport(chosen: string, options: PreviewOptions): Promise<ImportPreview> {
  const real = await realpath(chosen);
  if (isAgentFile(real) && (await lstat(real)).isFile()) {
    const alone: ImportPreview = { folder: dirname(real), manifest: null, items: [], skills: [], skipped: [] };
    await previewAgent(dirname(real), basename(real), alone, options);
    return alone;
  }
  const root = real;
  const preview: ImportPreview = { folder: root, manifest: null, items: [], skills: [], skipped: [] };
  const files = await walk(root, preview.skipped);
  const ofSkills: string[] = [];
  preview.manifest = await readManifest(root, preview.skipped);
  for (const path of files) {
    options.signal?.throwIfAborted();
    if (path === MANIFEST_PATH || path === INDEX_PATH || path === '.memfs.config.json' || path === '.gitattributes')
      continue;
    if (path === ARCHIVE_PATH) await previewArchive(root, path, preview, options);
    else if (path.startsWith(SKILLS_PATH)) ofSkills.push(path);
    else if (isAgentFile(path)) await previewAgent(root, path, preview, options);
    else if (!path.endsWith('.md'))
      skip(preview, path, 'not_memory', t('only Markdown files and the archive are memory'));
    else if (path.endsWith('/MEMORY.md')) continue;
    else await previewFile(root, path, preview, options);
  }
  preview.skills.push(...(await skillsInFolder(root, ofSkills, options.maskSecrets, preview.skipped)));
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
      const message = t('{0} changed since it was shown. Import the folder again to see it.', item.path);
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

async function previewAgent(
  root: string,
  path: string,
  preview: ImportPreview,
  options: PreviewOptions,
): Promise<void> {
  const file = await look(root, path);
  if (file.kind !== 'file')
    return skip(preview, path, 'too_large', file.kind === 'refused' ? file.why : t('it is gone'));
  const { blocks, skills, left } = readAgentFile(file.bytes);
  const hash = sha256(file.bytes);
  for (const block of blocks) {
    if (preview.items.some((item) => item.kind === 'block' && item.label === block.label))
      skip(preview, path, 'frontmatter', t('another file has the block {0} already', block.label));
    else preview.items.push({ ...agentFileItem(path, hash, block, options), sha256: hash });
  }
  preview.skills.push(...skillsInAgentFile(path, skills, options.maskSecrets, preview.skipped));
  for (const { reason, why } of left) skip(preview, path, reason, why);
}

async function previewFile(root: string, path: string, preview: ImportPreview, options: PreviewOptions): Promise<void> {
  const file = await look(root, path);
  if (file.kind !== 'file') {
    return skip(preview, path, 'link', file.kind === 'refused' ? file.why : t('it is gone'));
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
    if (label === null) return skip(preview, path, 'frontmatter', t('its name does not say which block it is'));
    if (preview.items.some((item) => item.kind === 'block' && item.label === label)) {
      return skip(preview, path, 'frontmatter', t('another file is the block {0} already', label));
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
        t('it holds a masked secret that this memory does not know; edit that line first'),
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
  for await (const { bytes, number } of recordsOf(join(root, path))) {
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
  if (bad > MOST_NAMED) skip(preview, path, 'damaged', t('{0} more lines are no passages', bad - MOST_NAMED));
  if (preview.manifest && preview.manifest.passages !== item.passages) {
    skip(
      preview,
      path,
      'damaged',
      t('it holds {0} passages, and {1} were exported', item.passages, preview.manifest.passages),
    );
  }
  if (item.passages === 0) return;
  if (item.known > 0) item.status = item.known === item.passages ? 'same' : 'changed';
  preview.items.push(item);
}

async function readManifest(root: string, skipped: Skipped[]): Promise<Manifest | null> {
  const file = await look(root, MANIFEST_PATH);
  if (file.kind === 'none') return null;
  try {
    if (file.kind === 'file') return ManifestSchema.parse(JSON.parse(decode(file.bytes)));
  } catch {
    // Said below.
  }
  const message = t('{0} is damaged or from a newer version; limits and counts are unknown.', MANIFEST_PATH);
  skipped.push({ path: MANIFEST_PATH, reason: 'damaged', message });
  return null;
}

function skip(preview: ImportPreview, path: string, reason: SkipReason, why: string): void {
  preview.skipped.push({ path, reason, message: t('{0} was skipped: {1}.', path, why) });
}

async function hashNow(root: string, path: string): Promise<string | null> {
  const found = await lstat(join(root, path)).catch(() => null);
  return found?.isFile() ? sha256(await readFile(join(root, path))) : null;
}
