// Agents as files, wired to the home that is open. Loaded with the first one.
import { randomUUID } from 'node:crypto';
import { importAgentFile } from './agent/import-agent.ts';
import { exportAgentCommand, importAgentCommand } from './commands/agent-file.ts';
import type { Connection } from './letta/connection.ts';
import { MemoryDiff } from './native/memory-diff.ts';
import { doubtsAbout } from './permissions/memory-policy.ts';
import { maskSecrets } from './permissions/secrets.ts';

/** @param globalFolder the extension's storage of this computer */
export function importAgent(connection: Connection, globalFolder: string): Promise<void> {
  return importAgentCommand({
    show: async (name, text) => {
      const shown = new MemoryDiff('letta-agent-file');
      await shown.open(name, { id: randomUUID(), title: name, text });
      return shown;
    },
    judge: { doubts: doubtsAbout, mask: maskSecrets },
    import: (name, file) => importAgentFile(connection, globalFolder, { name, file }),
  });
}

export async function exportAgent({ client }: Connection, agentId: string): Promise<void> {
  const { name } = await client.agents.retrieve(agentId);
  await exportAgentCommand({
    agentName: name,
    export: async () => {
      const exported: unknown = await client.agents.exportFile(agentId);
      let masked = 0;
      const clean = (_key: string, value: unknown) => {
        if (typeof value !== 'string') return value;
        const safe = maskSecrets(value);
        if (safe !== value) masked += 1;
        return safe;
      };
      const value: unknown = typeof exported === 'string' ? JSON.parse(exported) : exported;
      return { text: JSON.stringify(value, clean, 2), masked };
    },
  });
}
