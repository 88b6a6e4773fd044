// Agents as files, wired to the home that is open. Loaded with the first one.
import { randomUUID } from 'node:crypto';
import { importAgentFile } from './agent/import-agent.ts';
import { exportAgentCommand, importAgentCommand } from './commands/agent-file.ts';
import type { Connection } from './letta/connection.ts';
import { AgentSkills, skillsForFile } from './memory/agent-skills.ts';
import type { NewReview } from './memory/store/types.ts';
import { MemoryDiff } from './native/memory-diff.ts';
import { doubtsAbout } from './permissions/memory-policy.ts';
import { maskSecrets } from './permissions/secrets.ts';

/**
 * @param globalFolder the extension's storage of this computer
 * @param propose puts up for review; on disk when it resolves
 */
export function importAgent(
  connection: Connection,
  globalFolder: string,
  propose: (review: NewReview) => Promise<unknown>,
): Promise<void> {
  return importAgentCommand({
    show: async (name, text) => {
      const shown = new MemoryDiff('letta-agent-file');
      await shown.open(name, { id: randomUUID(), title: name, text });
      return shown;
    },
    judge: { doubts: doubtsAbout, mask: maskSecrets },
    import: (agent) => importAgentFile(connection, globalFolder, agent, propose),
  });
}

export async function exportAgent(connection: Connection, agentId: string): Promise<void> {
  const { client } = connection;
  const { name } = await client.agents.retrieve(agentId);
  await exportAgentCommand({
    agentName: name,
    export: async () => {
      const exported: unknown = await client.agents.exportFile(agentId);
      const { skills, left: unskilled } = await skillsForFile(new AgentSkills(connection, agentId));
      let masked = 0;
      const clean = (_key: string, value: unknown) => {
        if (typeof value !== 'string') return value;
        const safe = maskSecrets(value);
        if (safe !== value) masked += 1;
        return safe;
      };
      const value = (typeof exported === 'string' ? JSON.parse(exported) : exported) as object;
      return { text: JSON.stringify({ ...value, skills }, clean, 2), masked, unskilled };
    },
  });
}
