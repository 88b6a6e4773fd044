// Makes the agents of an AgentFile that a person has chosen from (`flows/agent-file.ts`).

import type { Connection } from '../letta/connection.ts';
import { known } from '../letta/errors.ts';
import { AgentSkills } from '../memory/agent-skills.ts';
import { t } from '../protocol/l10n.ts';
import { filesOf, type SkillCopy } from '../skills/import-skill.ts';
import { seenFolder } from './files.ts';
import { Journal } from './journal.ts';
import { noteAnywhere } from './seen.ts';

/**
 * Whatever a search of theirs brings back counts as a file's words from the start; their threads carry a note of their own.
 * @param globalFolder the extension's storage of this computer
 * `skills` become the agents' own; none of their files may be run without a question.
 * @returns what of the file is not here now, and why. @throws LettaError, JournalError
 */
export async function importAgentFile(
  connection: Connection,
  globalFolder: string,
  { name, file, skills = [] }: { name: string; file: string; skills?: readonly SkillCopy[] },
): Promise<string[]> {
  const answer = await known(() =>
    connection.client.agents.importFile({
      file: new File([file], 'agent.af', { type: 'application/json' }),
      name,
      override_existing_tools: false,
    }),
  );
  for (const id of answer.agent_ids) await noteAnywhere(new Journal(seenFolder(globalFolder, id)), ['imported']);
  const skipped = 'skipped' in answer && Array.isArray(answer.skipped) ? answer.skipped.map(String) : [];
  for (const id of answer.agent_ids)
    for (const skill of skills) {
      const why = await putSkill(new AgentSkills(connection, id), skill);
      if (why !== undefined) skipped.push(t('The skill {0}: {1}', skill.name, why));
    }
  return skipped;
}

/** The agent is there by now: what goes wrong is told, and keeps nothing else back. */
async function putSkill(store: AgentSkills, skill: SkillCopy): Promise<string | undefined> {
  try {
    await store.put({ name: skill.name, files: filesOf(skill) });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
