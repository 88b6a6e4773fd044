// Has a server summarise a thread's older messages: they stay to be read and searched, the model sees the summary.
import { type Connection, ONCE } from '../letta/connection.ts';
import { toLettaError } from '../letta/errors.ts';
import { inBody, isDefault } from '../letta/stream.ts';
import { t } from '../protocol/l10n.ts';

/** A model writes the summary. */
const WRITING_MS = 10 * 60_000;
/** What servers say of an address that they do not have. */
const NO_SUCH_ROUTE = /^(?:not found|method not allowed)$/i;

/** @throws Error saying what to do */
export async function compact(
  connection: Connection,
  agentId: string,
  threadId: string,
  signal: AbortSignal,
): Promise<void> {
  const id = isDefault(agentId, threadId) ? 'default' : threadId;
  const options = { ...ONCE, timeout: WRITING_MS, signal };
  try {
    await connection.client.conversations.messages.compact(id, inBody(agentId, id), options);
  } catch (error) {
    const { status, detail, message } = toLettaError(error);
    if (status === 405 || (status === 404 && NO_SUCH_ROUTE.test(detail.trim())))
      throw new Error(
        t('This Letta server cannot compact a thread when asked. It does so by itself when the context is full.'),
      );
    if (status === 400 && /nothing to compact|reduce|shorter|empty|too few/i.test(detail))
      throw new Error(t('There is nothing to compact in this thread yet: it would not get shorter.'));
    throw new Error(t('The thread was not compacted. {0}', message), { cause: error });
  }
}
