// The whole memory as a folder: blocks in Letta's MemFS v2 layout, the archive as JSON lines, and what it all is.
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { t } from '../../protocol/l10n.ts';
import type { AgentSkill } from '../agent-skills.ts';
import { replace } from './files.ts';
import { FormatError, textIn, toFile } from './format.ts';
import { configText, indexText, type Placed } from './made.ts';
import { type MaskSecrets, maskedText } from './masked.ts';
import { INDEX_LABEL, INDEX_PATH, pathOf } from './paths.ts';
import type { MirrorBlock } from './types.ts';

export const MANIFEST_PATH = 'letta-memory.json';
export const ARCHIVE_PATH = 'archive.jsonl';

export const ManifestSchema = z.object({
  format: z.literal('letta-memory-folder'),
  version: z.literal(1),
  /** ISO 8601. */
  exportedAt: z.string(),
  /** E.g. `letta-vscode 1.0.0`. */
  by: z.string(),
  agent: z.object({ id: z.string(), name: z.string() }),
  blocks: z.array(
    z.object({
      label: z.string(),
      path: z.string(),
      limit: z.number(),
      readOnly: z.boolean(),
      localOnly: z.optional(z.boolean()),
      sha256: z.string(),
    }),
  ),
  passages: z.number(),
});
export type Manifest = z.infer<typeof ManifestSchema>;

/** One line of the archive. */
export const PassageSchema = z.object({
  text: z.string(),
  tags: z.array(z.string()),
  /** ISO 8601; null where the server does not say. */
  createdAt: z.nullable(z.string()),
  /** It is kept to local models. */
  localOnly: z.optional(z.boolean()),
});
export type ExportedPassage = z.infer<typeof PassageSchema>;

export interface ExportOptions {
  blocks: MirrorBlock[];
  passages: AsyncIterable<ExportedPassage>;
  /** Of the agent: they lie in `skills/` then, as in Letta's MemFS. */
  skills?: readonly AgentSkill[];
  meta: { by: string; agent: { id: string; name: string }; exportedAt: string };
  maskSecrets: MaskSecrets;
  /** Called now and then with the passages written. */
  onProgress?: (passages: number) => void;
  signal?: AbortSignal;
}

export interface ExportReport {
  folder: string;
  blocks: number;
  passages: number;
  skills: number;
  /** Lines that held a secret and are masked in the files. */
  masked: number;
  skipped: { what: string; reason: string }[];
}

export class ExportError extends Error {
  override name = 'ExportError';
  readonly reason: 'not_empty' | 'cancelled';

  constructor(reason: 'not_empty' | 'cancelled', message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Bytes gathered before a write. */
const CHUNK = 256 * 1024;

/**
 * Writes everything into an empty folder; the manifest comes last, so a folder without one is unfinished.
 * @throws ExportError `not_empty`: nothing was written; `cancelled`: what was written stays. Errors of the file system.
 */
export async function exportMemory(folder: string, options: ExportOptions): Promise<ExportReport> {
  await mkdir(folder, { recursive: true });
  const root = await realpath(folder);
  if ((await readdir(root)).length > 0) {
    throw new ExportError(
      'not_empty',
      t('{0} is not empty. Choose an empty folder, so that nothing is overwritten.', root),
    );
  }
  const { maskSecrets } = options;
  const report: ExportReport = { folder: root, blocks: 0, passages: 0, skills: 0, masked: 0, skipped: [] };
  const placed: Placed[] = [];
  const manifest: Manifest = {
    format: 'letta-memory-folder',
    version: 1,
    exportedAt: options.meta.exportedAt,
    by: options.meta.by,
    agent: options.meta.agent,
    blocks: [],
    passages: 0,
  };
  for (const block of options.blocks) {
    try {
      const { text: value, real } = maskedText(block.value, maskSecrets);
      const path = pathOf(block.label);
      const text = toFile({ label: block.label, description: maskSecrets(block.description), value });
      await replace(root, path, text, { kind: 'none' });
      const { label, limit, readOnly } = block;
      const kept = block.localOnly ? { localOnly: true } : {};
      manifest.blocks.push({ label, path, limit, readOnly, ...kept, sha256: sha256(text) });
      placed.push({ block, path });
      if (value !== block.value) report.masked += real.size;
      report.blocks++;
    } catch (error) {
      if (!(error instanceof FormatError) && !(error instanceof RangeError)) throw error;
      report.skipped.push({ what: block.label, reason: error.message });
    }
  }
  if (!placed.some(({ block }) => block.label === INDEX_LABEL)) {
    await replace(root, INDEX_PATH, indexText(placed, maskSecrets));
  }
  await replace(root, '.memfs.config.json', configText(placed));
  await writeSkills(root, options, report);
  await writeArchive(join(root, ARCHIVE_PATH), options, report);
  manifest.passages = report.passages;
  await replace(root, MANIFEST_PATH, `${JSON.stringify(manifest, null, 2)}\n`);
  return report;
}

async function writeSkills(root: string, { skills = [], maskSecrets }: ExportOptions, report: ExportReport) {
  for (const { name, files } of skills) {
    for (const [path, bytes] of files) {
      const text = textIn(bytes);
      const masked = text === undefined ? bytes : maskSecrets(text);
      if (text !== undefined && masked !== text) report.masked++;
      await replace(root, `skills/${name}/${path}`, masked, { kind: 'none' });
    }
    report.skills++;
  }
}

async function writeArchive(path: string, options: ExportOptions, report: ExportReport): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    let waiting: string[] = [];
    let size = 0;
    const flush = async (): Promise<void> => {
      await file.appendFile(waiting.join(''));
      waiting = [];
      size = 0;
      options.onProgress?.(report.passages);
    };
    for await (const passage of options.passages) {
      if (options.signal?.aborted)
        throw new ExportError('cancelled', t('The export was cancelled; the folder is unfinished.'));
      const text = options.maskSecrets(passage.text);
      if (text !== passage.text) report.masked++;
      const { tags, createdAt, localOnly } = passage;
      const entry: ExportedPassage = { text, tags, createdAt, ...(localOnly ? { localOnly } : {}) };
      const line = `${JSON.stringify(entry)}\n`;
      waiting.push(line);
      size += line.length;
      report.passages++;
      if (size >= CHUNK) await flush();
    }
    await flush();
    await file.datasync();
  } finally {
    await file.close();
  }
}

export const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
