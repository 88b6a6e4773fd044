// One search over all that an agent remembers: its blocks, its archive, and everything ever said.
import type { Connection } from '../letta/connection.ts';
import { findMessages, snippet, wordsOf } from '../letta/found-messages.ts';
import type { BlockView, HitView } from '../protocol/memory-views.ts';
import type { Archive } from './archive.ts';

const MOST = 20;

/** Lines of blocks in which every word stands. */
export function inBlocks(blocks: readonly BlockView[], words: readonly string[]): HitView[] {
  return blocks.flatMap((block) =>
    block.value
      .split('\n')
      .filter((line) => words.every((word) => line.toLowerCase().includes(word) || block.label.includes(word)))
      .filter((line) => line.trim() !== '')
      .slice(0, MOST)
      .map((line) => ({ kind: 'block' as const, title: block.label, text: line.trim(), label: block.label })),
  );
}

export interface SearchDeps {
  connection: Connection;
  agentId: string;
  archive: Archive;
  blocks(): Promise<BlockView[]>;
  /** Titles of threads; null for those of flows. */
  titles(): Promise<ReadonlyMap<string, string | null>>;
  /** What a thread is called whose title is not known, one of very many; absent: nothing of it is found. */
  untitled?: string;
  /** How lines of blocks are found; absent: those in which every word stands. */
  find?(blocks: readonly BlockView[], words: readonly string[]): HitView[];
  /** Only what that model may see: see `for_model` in docs/letta-api.md. `blocks` sees to it itself. */
  forModel?: string | undefined;
  log(line: string): void;
}

/** What one of the three cannot answer is left out and logged: the others still help. */
export async function searchEverywhere(deps: SearchDeps, query: string): Promise<HitView[]> {
  const words = wordsOf(query);
  if (words.length === 0) return [];
  const { find = inBlocks, forModel } = deps;
  const attempt = async (what: string, work: () => Promise<HitView[]>): Promise<HitView[]> => {
    try {
      return await work();
    } catch (error) {
      deps.log(`The search of ${what} failed: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  };
  const found = await Promise.all([
    attempt('blocks', async () => find(await deps.blocks(), words)),
    attempt('the archive', async () => {
      const { passages } = await deps.archive.list({ query, forModel });
      return passages.slice(0, MOST).map((passage) => ({
        kind: 'archive' as const,
        title: passage.at.slice(0, 10),
        text: snippet(passage.text, words),
        at: passage.at,
        passageId: passage.id,
      }));
    }),
    attempt('the threads', () => inThreads(deps, query, words)),
  ]);
  return found.flat();
}

async function inThreads(deps: SearchDeps, query: string, words: readonly string[]): Promise<HitView[]> {
  const { connection, agentId, forModel } = deps;
  const [found, titles] = await Promise.all([
    findMessages(connection, agentId, query, MOST, forModel ? { for_model: forModel } : {}),
    deps.titles(),
  ]);
  return found.flatMap(({ message_id: messageId, content, conversation_id: threadId, created_at: at }) => {
    const title = threadId ? (titles.has(threadId) ? titles.get(threadId) : deps.untitled) : undefined;
    // Flows run in hidden threads: they are not the person's to open.
    if (!threadId || title === undefined || title === null) return [];
    return [{ kind: 'message' as const, title, text: snippet(content, words), at, threadId, messageId }];
  });
}
