// What the settings change of an agent, and what is asked of its own. Not needed by the first view.
import { type Connection, ONCE } from '../letta/connection.ts';
import { known } from '../letta/errors.ts';
import { WINDOW_KEY } from './setup.ts';

/** Limits what a request may have. @param tokens 0: what its model serves. @throws LettaError */
export async function setWindow(connection: Connection, agentId: string, tokens: number): Promise<void> {
  await known(async () => {
    const { metadata } = await connection.client.agents.retrieve(agentId);
    const noted = { ...metadata, [WINDOW_KEY]: tokens };
    const limit = { context_window_limit: tokens > 0 ? tokens : null };
    await connection.client.agents.update(agentId, { ...limit, metadata: noted }, ONCE);
  });
}

/** Which kind of provider an agent's model has, in the API's words; '' where the server does not say. @throws LettaError */
export async function providerOf(connection: Connection, agentId: string): Promise<string> {
  const { model_settings: settings } = await known(() => connection.client.agents.retrieve(agentId));
  const kind = settings && 'provider_type' in settings && settings.provider_type;
  return typeof kind === 'string' ? kind : '';
}
