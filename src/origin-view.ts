// Where a change of memory comes from, in words for a person.
import { SOURCE_NAMES } from './flows/reasons-in-words.ts';
import type { Revision } from './memory/store/types.ts';
import { t } from './protocol/l10n.ts';
import type { OriginView } from './protocol/memory-views.ts';
import { MemorySourceSchema } from './protocol/sources.ts';

const ACTS: Record<string, string> = {
  person: t('edited in Memory'),
  remember: t('Remember This'),
  undo: t('undone'),
  restore: t('restored'),
  reset: t('reset'),
  doctor: 'Doctor',
  forget: t('Forget'),
  inbox: t('kept word for word'),
  init: t('Initialize Memory'),
  reflection: t('reflection'),
  'other-agent': t('accepted from another agent'),
  'first seen': 'first seen',
  unknown: t('not seen by this extension'),
};

/** What a source is called to the person. */
export function named(source: string): string {
  const known = MemorySourceSchema.safeParse(source);
  return known.success ? SOURCE_NAMES[known.data] : source;
}

/** @param titles of threads, by id */
export function originView(
  revision: Pick<Revision, 'author' | 'by' | 'at' | 'threadId' | 'cause' | 'review' | 'sources'>,
  titles: Map<string, string>,
): OriginView {
  const { author, by, at, threadId, cause, review, sources = [] } = revision;
  const title = threadId === undefined ? undefined : titles.get(threadId);
  return {
    author,
    by: ACTS[by] ?? (author === 'agent' ? '' : by),
    at,
    ...(threadId ? { threadId, threadTitle: title ?? t('Thread') } : {}),
    ...(cause?.messageId ? { messageId: cause.messageId } : {}),
    unreviewed: review === 'unreviewed',
    sources: sources.filter((source) => source !== 'person').map((source) => named(source)),
  };
}
