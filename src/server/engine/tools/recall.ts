// The tools by which an agent searches what was said before and keeps what does not fit into its blocks.
import { WORDS_ONLY } from '../../embeddings/archive-recall.ts';
import { LOCAL_ONLY } from '../../store/kept-local.ts';
import { searchableText } from '../../store/message-text.ts';
import { addPassage } from '../archive.ts';
import {
  optionalDateArg,
  optionalIntArg,
  optionalListArg,
  optionalTextArg,
  type ServerTool,
  schema,
  text,
  textArg,
} from './tool.ts';

const DEFAULT_RESULTS = 5;
const MAX_RESULTS = 50;
/** So many more are looked at where some may be withheld. */
export const WITHHELD_ROOM = 50;
/** A result longer than this is cut: one old message must not fill the context. */
const RESULT_CHARS = 2_000;

const clampLimit = (limit: number | undefined) => Math.min(MAX_RESULTS, Math.max(1, limit ?? DEFAULT_RESULTS));

const conversationSearch: ServerTool = {
  name: 'conversation_search',
  type: 'letta_core',
  description: 'Search all earlier conversations, by words, role and date. Without a query: the newest messages.',
  parameters: schema(
    {
      query: text('Words to look for.'),
      roles: {
        type: 'array',
        items: { type: 'string', enum: ['assistant', 'user'] },
        description: 'Only these roles.',
      },
      limit: { type: 'integer', description: 'How many results at most.' },
      start_date: text('ISO 8601: not before.'),
      end_date: text('ISO 8601: not after; a date alone includes that day.'),
    },
    ['query', 'roles', 'limit', 'start_date', 'end_date'],
  ),
  run(args, { store, agent, runId, audience }) {
    const query = optionalTextArg(args, 'query')?.trim() ?? '';
    const roles = optionalListArg(args, 'roles');
    const limit = clampLimit(optionalIntArg(args, 'limit'));
    const found = store.messageSearch.find(query, {
      agentId: agent.id,
      roles,
      from: optionalDateArg(args, 'start_date'),
      to: endOfDay(optionalTextArg(args, 'end_date'), optionalDateArg(args, 'end_date')),
      exceptRun: runId,
      limit: audience.isLocal ? limit : limit + WITHHELD_ROOM,
    });
    const shown = found.filter((message) => audience.finds(message)).slice(0, limit);
    const results = shown.map((message, index) => ({
      timestamp: new Date(message.createdAt).toISOString(),
      time_ago: timeAgo(Date.now() - message.createdAt),
      role: message.body.role,
      content: cut(searchableText(message.body) ?? ''),
      relevance: { rank: index + 1, search_type: query === '' ? 'recent' : 'fts' },
    }));
    const message = results.length === 0 ? 'No results found.' : `Showing ${results.length} results:`;
    return JSON.stringify({ message, results });
  },
};

const archivalInsert: ServerTool = {
  name: 'archival_memory_insert',
  type: 'letta_core',
  description: 'Add a self-contained fact or summary to long-term archival memory.',
  parameters: schema(
    {
      content: text('What to store.'),
      tags: { type: 'array', items: { type: 'string' }, description: 'Tags to find it by.' },
    },
    ['tags'],
  ),
  run(args, { store, agent, audience }) {
    // It may say in its own words what a block that is kept to local models says.
    const metadata = audience.isLocal && store.keptLocal.isReader(agent.id) ? { [LOCAL_ONLY]: true } : {};
    const tags = optionalListArg(args, 'tags') ?? [];
    addPassage(store, agent.id, textArg(args, 'content'), tags, Date.now(), metadata);
    return 'None';
  },
};

const archivalSearch: ServerTool = {
  name: 'archival_memory_search',
  type: 'letta_core',
  description: 'Search archival memory.',
  parameters: schema(
    {
      query: text('What to look for.'),
      tags: { type: 'array', items: { type: 'string' }, description: 'Only passages with these tags.' },
      tag_match_mode: { type: 'string', enum: ['any', 'all'] },
      top_k: { type: 'integer', description: 'How many results at most.' },
      start_datetime: text('ISO 8601: not before.'),
      end_datetime: text('ISO 8601: not after.'),
    },
    ['tags', 'tag_match_mode', 'top_k', 'start_datetime', 'end_datetime'],
  ),
  run(args, { recall, prepared, agent, audience }) {
    const limit = clampLimit(optionalIntArg(args, 'top_k'));
    const query = textArg(args, 'query');
    const search = {
      agentId: agent.id,
      query,
      tags: optionalListArg(args, 'tags'),
      tagMode: optionalTextArg(args, 'tag_match_mode') === 'all' ? ('all' as const) : ('any' as const),
      from: optionalDateArg(args, 'start_datetime'),
      to: endOfDay(optionalTextArg(args, 'end_datetime'), optionalDateArg(args, 'end_datetime')),
      limit: audience.isLocal ? limit : limit + WITHHELD_ROOM,
    };
    const found = recall.search(search, prepared.get(query) ?? WORDS_ONLY);
    const shown = found.passages.filter(({ metadata }) => audience.isLocal || metadata[LOCAL_ONLY] !== true);
    const results = shown.slice(0, limit).map((passage) => ({
      id: passage.id,
      timestamp: new Date(passage.createdAt).toISOString(),
      content: passage.text,
      tags: passage.tags,
    }));
    return JSON.stringify({ count: results.length, results });
  },
};

/** A date without a time means the whole day. */
export function endOfDay(given: string | undefined, at: number | undefined): number | undefined {
  if (given === undefined || at === undefined) return undefined;
  return /^\d{4}-\d{2}-\d{2}$/.test(given.trim()) ? at + 86_400_000 - 1 : at;
}

function cut(content: string): string {
  return content.length <= RESULT_CHARS ? content : `${content.slice(0, RESULT_CHARS)}… (${content.length} characters)`;
}

function timeAgo(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes}m ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h ago` : `${Math.floor(hours / 24)}d ago`;
}

export const recallTools: readonly ServerTool[] = [conversationSearch, archivalInsert, archivalSearch];
