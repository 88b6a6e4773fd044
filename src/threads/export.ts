// A whole thread as a document: Markdown for people, JSON for programs.
import type { Connection } from '../letta/connection.ts';
import { type Cursor, readHistory } from '../letta/history.ts';
import type { WireEvent } from '../letta/wire.ts';
import { t } from '../protocol/l10n.ts';
import type { AgentItem, Item, Part } from '../protocol/transcript-views.ts';
import { type ThreadMemory, type TranscriptOptions, transcript } from './transcript.ts';

const PAGE = 200;

export interface ExportedThread {
  format: 'letta-thread';
  version: 1;
  id: string;
  title: string;
  agent: string;
  /** ISO 8601. */
  createdAt: string;
  exportedAt: string;
  /** As the chat shows them, oldest first. */
  items: Item[];
}

export interface ExportDeps {
  connection: Connection;
  agent: { id: string; name: string };
  thread: { id: string; title: string; createdAt: string };
  describe: TranscriptOptions['describe'];
  memory: ThreadMemory;
}

/** Reads the thread from its end to its beginning. @throws LettaError, or the signal's reason */
export async function readWhole(deps: ExportDeps, signal?: AbortSignal): Promise<ExportedThread> {
  const { connection, agent, thread, describe, memory } = deps;
  const pages: WireEvent[][] = [];
  let before: Cursor | null = null;
  do {
    signal?.throwIfAborted();
    const page = await readHistory(connection, agent.id, thread.id, { limit: PAGE, ...(before ? { before } : {}) });
    pages.unshift(page.messages);
    before = page.cursor;
  } while (before);
  return {
    format: 'letta-thread',
    version: 1,
    id: thread.id,
    title: thread.title,
    agent: agent.name,
    createdAt: thread.createdAt,
    exportedAt: new Date().toISOString(),
    items: transcript(pages.flat(), { describe, memory }),
  };
}

/** @param mask what is done to each text of it */
export const toJson = (thread: ExportedThread, mask: (text: string) => string = (text) => text): string =>
  `${JSON.stringify(thread, (_key, value: unknown) => (typeof value === 'string' ? mask(value) : value), 2)}\n`;

/** What was said as it was written; what tools did as a line each, with what came of it folded away. */
export function toMarkdown({ title, agent, createdAt, items }: ExportedThread): string {
  const head = `# ${oneLine(title)}\n\n*${t('With {0}, begun {1}.', oneLine(agent), createdAt.slice(0, 10))}*`;
  return `${[head, ...items.map((item) => itemText(item, agent))].join('\n\n')}\n`;
}

function itemText(item: Item, agent: string): string {
  if (item.kind === 'notice') return `*${oneLine(item.text)}*`;
  const who = item.kind === 'user' ? t('You') : oneLine(agent);
  const when = item.date.slice(0, 16).replace('T', ' ');
  const said = item.kind === 'user' ? [item.text] : [...item.parts.map(partText), ...endText(item)];
  return [`## ${who}, ${when}`, ...said.filter((text) => text.trim() !== '')].join('\n\n');
}

function partText(part: Part): string {
  if (part.type === 'text') return part.text;
  if (part.type === 'reasoning') return details(t('Reasoning'), part.text);
  const name = [part.title, part.target ?? ''].filter(Boolean).join(' ');
  return details(`${name} (${part.state})`, [fenced(part.input, 'json'), fenced(part.output ?? '')].join('\n\n'));
}

function endText({ state, failure }: AgentItem): string[] {
  if (failure) return [`*${t('Failed: {0}', oneLine(failure.message))}*`];
  return state === 'interrupted' || state === 'stopped'
    ? [`*${state === 'stopped' ? t('Stopped') : t('Interrupted')}*`]
    : [];
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

const escaped = (text: string): string => oneLine(text).replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);

const details = (summary: string, text: string): string =>
  text.trim() === ''
    ? `*${oneLine(summary)}*`
    : `<details><summary>${escaped(summary)}</summary>\n\n${text.trim()}\n\n</details>`;

/** Longer than any fence in the text. */
function fenced(text: string, language = ''): string {
  if (text.trim() === '') return '';
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
