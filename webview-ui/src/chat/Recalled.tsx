// What a search of the archive or of earlier threads has found, each a way to where it stands.
import * as z from 'zod/mini';
import type { ToolPart } from '../../../src/protocol/transcript-views.ts';
import { entryWish } from '../../../src/protocol/wishes.ts';
import { plural, t } from '../l10n.tsx';
import { readable } from '../markdown/readable.ts';
import { Fold } from '../ui/Fold.tsx';
import { ago, longDate } from '../ui/time.ts';
import { useApp } from '../use-app.ts';

/** As the Letta API answers both searches. */
const FoundSchema = z.object({
  results: z.array(
    z.object({
      id: z.optional(z.string()),
      timestamp: z.optional(z.string()),
      content: z.string(),
      role: z.optional(z.string()),
      tags: z.optional(z.array(z.string())),
    }),
  ),
});
type Found = z.infer<typeof FoundSchema>['results'][number];

/** More than these begin folded. */
const FEW = 3;
const MAX_TEXT = 300;
/** Enough to find a message by. */
const WORDS = 8;
const GONE = t('This message is not found any more. Search for it in Memory.');

const ROLES: Record<string, string> = { user: t('you'), assistant: t('assistant'), tool: t('tool') };
const SEARCHES = new Set(['archival_memory_search', 'conversation_search']);

/** Undefined for every other call, and for an answer that cannot be read. */
export function recalled(part: ToolPart): Found[] | undefined {
  if (part.state !== 'done' || !part.output || !SEARCHES.has(part.name)) return undefined;
  try {
    return FoundSchema.parse(JSON.parse(part.output)).results;
  } catch {
    return undefined;
  }
}

export function Recalled({ part, found }: { part: ToolPart; found: Found[] }) {
  const inArchive = part.name === 'archival_memory_search';
  const count = inArchive
    ? plural(found.length, '{0} entry', '{0} entries')
    : plural(found.length, '{0} message', '{0} messages');
  if (found.length === 0) return <p className="hits quiet">{t('Nothing found')}</p>;
  return (
    <div className="hits">
      <Fold
        id={`recalled:${part.id}`}
        openByDefault={found.length <= FEW}
        summary={<span className="fold-title">{count}</span>}
      >
        <ul aria-label={inArchive ? t('Found in the archive') : t('Found in threads')}>
          {found.map((each, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two messages can be alike in all that is shown
            <li key={index}>
              <Hit found={each} inArchive={inArchive} />
            </li>
          ))}
        </ul>
      </Fold>
    </div>
  );
}

function Hit({
  found: { id, timestamp = '', content, role, tags = [] },
  inArchive,
}: {
  found: Found;
  inArchive: boolean;
}) {
  const app = useApp();
  const open = async () => {
    if (inArchive) return app.showPanel('memory', entryWish(content, id));
    // The answer names no message: it is found once more by its words.
    const query = content.trim().split(/\s+/).slice(0, WORDS).join(' ');
    const hits = await app.ask('memory.search', { query });
    const hit = hits?.find(({ kind, threadId }) => kind === 'message' && threadId !== undefined);
    if (!hit?.threadId) return hits && app.tell(GONE);
    const { threadId, messageId } = hit;
    return void app.ask('memory.showTurn', { threadId, ...(messageId === undefined ? {} : { messageId }) });
  };
  const text = content.length > MAX_TEXT ? `${content.slice(0, MAX_TEXT)}…` : content;
  const notes = [role !== undefined && (ROLES[role] ?? role), ...tags, ago(timestamp)].filter((each) => each);
  return (
    <button type="button" className="link recalled-hit" title={longDate(timestamp)} onClick={() => void open()}>
      <span dir="auto">{readable(text)}</span> <span className="quiet">{notes.join(' · ')}</span>
    </button>
  );
}
