// Makes the agents of an AgentFile that a person has chosen from (`flows/agent-file.ts`).

import type { Connection } from '../letta/connection.ts';
import { known } from '../letta/errors.ts';
import { seenFolder } from './files.ts';
import { Journal } from './journal.ts';
import { noteAnywhere } from './seen.ts';

/**
 * Whatever a search of theirs brings back counts as a file's words from the start; their threads carry a note of their own.
 * @param globalFolder the extension's storage of this computer
 * @returns what of the file is not here now, and why. @throws LettaError, JournalError
 */
export async function importAgentFile(
  { client }: Connection,
  globalFolder: string,
  { name, file }: { name: string; file: string },
): Promise<string[]> {
  const answer = await known(() =>
    client.agents.importFile({
      file: new File([file], 'agent.af', { type: 'application/json' }),
      name,
      override_existing_tools: false,
    }),
  );
  for (const id of answer.agent_ids) await noteAnywhere(new Journal(seenFolder(globalFolder, id)), ['imported']);
  return 'skipped' in answer && Array.isArray(answer.skipped) ? answer.skipped.map(String) : [];
}
