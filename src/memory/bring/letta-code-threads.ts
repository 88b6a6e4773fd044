// The transcripts of Letta Code on this computer: torn rows are left out by name, the rest is kept.
import * as z from 'zod/mini';
import { t } from '../../protocol/l10n.ts';
import { Pace } from '../evidence/pace.ts';
import type { BroughtMessage, Skipped } from './bring.ts';
import type { ReadOnlyFolder } from './read-only-folder.ts';

export interface LettaCodeThread {
  /** Of its `messages.jsonl`, relative to the folder. */
  path: string;
  title: string;
  messages: BroughtMessage[];
}

const MAX_TRANSCRIPT = 32 * 1024 * 1024;
const MAX_RECORD = 1024 * 1024;

const PartSchema = z.looseObject({ type: z.optional(z.string()), text: z.optional(z.string()) });
const RowSchema = z.looseObject({
  type: z.string(),
  timestamp: z.optional(z.union([z.string(), z.number()])),
  message: z.optional(
    z.looseObject({ role: z.string(), content: z.optional(z.union([z.string(), z.array(PartSchema)])) }),
  ),
  summary: z.optional(z.string()),
});

export async function readThreads(
  files: ReadOnlyFolder,
  agentId: string,
  onlyAgent: boolean,
): Promise<{ threads: LettaCodeThread[]; skipped: Skipped[] }> {
  const threads: LettaCodeThread[] = [];
  const skipped: Skipped[] = [];
  const pace = new Pace();
  for (const { name, kind } of await files.list('conversations')) {
    const folder = `conversations/${name}`;
    if (kind === 'link') skipped.push({ path: folder, why: t('It is a link; links are not followed.') });
    if (kind !== 'folder') continue;
    const about = await recordOf(files, folder, skipped);
    const owner = stringIn(about, ['agent_id', 'agentId', 'agent']);
    const key = Buffer.from(name, 'base64url').toString('utf8');
    const known = owner ?? (key.includes('agent-') ? key : undefined);
    // One of another agent is nothing that was left out of this one.
    if (known === undefined ? !onlyAgent : owner === undefined ? !key.includes(agentId) : owner !== agentId) {
      if (known === undefined) skipped.push({ path: folder, why: t('Nothing says which agent it belongs to.') });
      continue;
    }
    const path = `${folder}/messages.jsonl`;
    const read = await files.read(path, MAX_TRANSCRIPT);
    if ('why' in read) {
      skipped.push({ path, why: read.why });
      continue;
    }
    const messages = await parseMessages(read.text, path, skipped, pace);
    if (messages.length === 0) {
      skipped.push({ path, why: t('It holds no messages.') });
      continue;
    }
    const first = messages
      .find((m) => m.role === 'user')
      ?.text.split('\n')[0]
      ?.slice(0, 80);
    const title = stringIn(about, ['title', 'summary', 'name']) ?? first ?? 'Letta Code conversation';
    threads.push({ path, title, messages });
  }
  return { threads, skipped };
}

/** What `conversation.json` and `manifest.json` say; torn ones are named and say nothing. */
async function recordOf(files: ReadOnlyFolder, folder: string, skipped: Skipped[]): Promise<Record<string, unknown>> {
  const about: Record<string, unknown> = {};
  const present = new Set((await files.list(folder)).map((entry) => entry.name));
  for (const name of ['manifest.json', 'conversation.json']) {
    if (!present.has(name)) continue;
    const path = `${folder}/${name}`;
    const read = await files.read(path, MAX_RECORD);
    if ('why' in read) {
      skipped.push({ path, why: read.why });
      continue;
    }
    try {
      Object.assign(about, z.record(z.string(), z.unknown()).parse(JSON.parse(read.text)));
    } catch {
      skipped.push({ path, why: t('The record is torn.') });
    }
  }
  return about;
}

function stringIn(record: Record<string, unknown>, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = record[key];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

const ROLES: Record<string, BroughtMessage['role']> = { user: 'user', assistant: 'assistant', toolResult: 'tool' };

/** In slices: a transcript may have many megabytes. */
async function parseMessages(text: string, path: string, skipped: Skipped[], pace: Pace): Promise<BroughtMessage[]> {
  const messages: BroughtMessage[] = [];
  let row = 0;
  for (let from = 0; from < text.length; ) {
    const next = text.indexOf('\n', from);
    const end = next < 0 ? text.length : next;
    const line = text.slice(from, end);
    from = end + 1;
    row++;
    if (line.trim() === '') continue;
    const read = readRow(line);
    if (read === undefined) skipped.push({ path: `${path}:${row}`, why: t('The row is torn or of an unknown form.') });
    else messages.push(...read);
    await pace.rest();
  }
  return messages;
}

/** What a row says: mostly one message; none for rows about the session. Undefined: torn. */
function readRow(line: string): BroughtMessage[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const parsed = RowSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { type, message, timestamp, summary } = parsed.data;
  const at = timeOf(timestamp);
  if (type === 'compaction' && summary)
    return [{ role: 'assistant', text: `Summary of what was said before: ${summary}`, at }];
  const role = ROLES[message?.role ?? ''];
  const said = type === 'message' && message && role ? withoutReminders(textOf(message.content)) : '';
  return role && said !== '' ? [{ role, text: said, at }] : [];
}

function timeOf(value: string | number | undefined): string {
  const date = new Date(value ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

const textOf = (content: string | { type?: string | undefined; text?: string | undefined }[] | undefined): string =>
  typeof content === 'string'
    ? content
    : (content ?? [])
        .filter((part) => part.type === 'text')
        .map((part) => part.text ?? '')
        .join('\n');

/** The harness's own words to the model are nothing anybody said. */
const withoutReminders = (text: string): string =>
  text.replace(/<system-reminder>[\s\S]*?(?:<\/system-reminder>|$)/g, '').trim();
