// Makes a thread long, through the embedded server's own API on the data folder of a closed VS Code.
import { createServer } from '../../src/server/app.ts';
import { createModelRegistry } from '../../src/server/models/create-model-registry.ts';

/** Adds messages (half of them answers) to the newest thread there is. */
export async function seedMessages(dataDir: string, baseUrl: string, count: number): Promise<void> {
  const server = await createServer({
    dataDir,
    models: createModelRegistry({ endpoints: [{ name: 'scripted', baseUrl }], env: {} }),
    version: 'bench',
  });
  try {
    const call = async (path: string, init?: RequestInit): Promise<unknown> => {
      const response = await server.fetch(new Request(`http://letta.local${path}`, init));
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return await response.json();
    };
    const [agent] = (await call('/v1/agents/')) as { id: string }[];
    if (!agent) throw new Error('There is no agent to seed.');
    const [thread] = (await call(`/v1/conversations/?agent_id=${agent.id}&limit=1`)) as { id: string }[];
    if (!thread) throw new Error('There is no thread to seed.');
    for (let i = 0; i < count / 2; i++) {
      await call(`/v1/conversations/${thread.id}/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ messages: [{ role: 'user', content: `Message ${i}.` }], streaming: false }),
      });
    }
  } finally {
    await server.close();
  }
}
