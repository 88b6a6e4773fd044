// Who changed memory, how, when, and in which thread.
import type { Author, OriginView } from '../../../src/protocol/memory-views.ts';
import { language, t } from '../l10n.tsx';
import { ago } from '../ui/time.ts';
import { useApp } from '../use-app.ts';

const AUTHORS: Record<Author, string> = {
  agent: t('The agent'),
  person: t('You'),
  reflection: t('Reflection'),
  elsewhere: t('Elsewhere'),
};

/** What stood there when this extension looked first: nobody knows who wrote it. */
export const FIRST_SEEN = 'first seen';

/** `thread`: whether the thread stands there too, as a button that opens it. */
export function Origin({ origin, thread = false, id }: { origin: OriginView; thread?: boolean; id?: string }) {
  const author = AUTHORS[origin.author];
  return (
    <span className="origin" id={id}>
      <span className="origin-author">{origin.by === FIRST_SEEN ? t('First seen') : author}</span>
      {origin.by !== '' && origin.by !== FIRST_SEEN && origin.by.toLowerCase() !== author.toLowerCase() && (
        <>
          {' · '}
          {origin.by}
        </>
      )}
      {' · '}
      <When at={origin.at} />
      {thread && origin.threadId !== undefined && (
        // No dot before it: where it has a line of its own, that would be left behind at the end of the one above.
        <>
          {' '}
          <ThreadLink {...origin} threadId={origin.threadId} />
        </>
      )}
    </span>
  );
}

interface Turn {
  threadId: string;
  threadTitle?: string | undefined;
  messageId?: string | undefined;
}

export function ThreadLink({ threadId, threadTitle, messageId }: Turn) {
  const showTurn = useShowTurn();
  return (
    <button type="button" className="link thread-link" onClick={() => showTurn({ threadId, messageId })}>
      {threadTitle || t('Untitled thread')}
    </button>
  );
}

/** Opens a thread at the message that led to a change. */
export function useShowTurn(): (turn: Turn) => void {
  const app = useApp();
  return ({ threadId, messageId }) =>
    void app.ask('memory.showTurn', { threadId, ...(messageId === undefined ? {} : { messageId }) });
}

export function When({ at }: { at: string }) {
  const date = new Date(at);
  return (
    <time dateTime={at} title={Number.isNaN(date.getTime()) ? at : date.toLocaleString(language())}>
      {ago(at)}
    </time>
  );
}

/** What the agent had read beside the person's words, for a person to read. */
export function sourcesInWords(sources: readonly string[]): string {
  return sources.map((source) => SOURCES[source] ?? source).join(', ');
}

/** The mark of what nobody has confirmed, with what the agent had read before. */
export const unreviewedInWords = (sources: readonly string[]): string =>
  sources.length > 0 ? t('Unreviewed: {0}', sourcesInWords(sources)) : t('Unreviewed');

const SOURCES: Record<string, string> = {
  workspace: t('files of the workspace'),
  untrustedWorkspace: t('files of an untrusted workspace'),
  web: t('web pages'),
  tool: t('output of another extension’s tool'),
  mcp: t('output of an MCP tool'),
  terminal: t('terminal output'),
  skill: t('a skill'),
  unreviewedSkill: t('an unreviewed skill'),
  imported: t('an imported conversation'),
};
