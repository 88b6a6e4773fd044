// Makes the agents of an AgentFile that a person has chosen from (`flows/agent-file.ts`).

import type { Connection } from '../letta/connection.ts';
import { known } from '../letta/errors.ts';
import { AgentSkills } from '../memory/agent-skills.ts';
import type { NewReview } from '../memory/store/types.ts';
import { t } from '../protocol/l10n.ts';
import { filesOf, type SkillCopy } from '../skills/import-skill.ts';
import { seenFolder } from './files.ts';
import { Journal } from './journal.ts';
import { noteAnywhere } from './seen.ts';

/** What a block of the file holds. */
export interface FileMemory {
  /** Index in the file of the first agent that has the block. */
  agent: number;
  label: string;
  text: string;
  /** Why a person should look twice at it; empty: nothing speaks against it. */
  doubts: string;
}

export interface AgentToImport {
  name: string;
  /** An AgentFile. */
  file: string;
  memory: readonly FileMemory[];
  skills: readonly SkillCopy[];
}

/**
 * Whatever a search of theirs brings back counts as a file's words from the start; their threads carry a note of their own.
 * @param globalFolder the extension's storage of this computer
 * `memory` is put up for review, each at the agent that has the block, which is empty until then; `skills` become the agents'
 * own, and none of their files may be run without a question.
 * @param propose on disk when it resolves
 * @returns what of the file is not here now, and why. @throws LettaError, JournalError
 */
export async function importAgentFile(
  connection: Connection,
  globalFolder: string,
  { name, file, memory, skills }: AgentToImport,
  propose: (review: NewReview) => Promise<unknown>,
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
  /** The agents are there by now: what goes wrong is told, and keeps nothing else back. */
  const attempt = async (told: (why: string) => string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      skipped.push(told(error instanceof Error ? error.message : String(error)));
    }
  };
  for (const [i, agentId] of answer.agent_ids.entries()) {
    for (const found of memory.filter(({ agent }) => agent === i))
      await attempt(
        (why) => t('What {0} holds: {1}', found.label, why),
        () => propose(reviewOf(agentId, found)),
      );
    for (const skill of skills)
      await attempt(
        (why) => t('The skill {0}: {1}', skill.name, why),
        () => new AgentSkills(connection, agentId).put({ name: skill.name, files: filesOf(skill) }),
      );
  }
  return skipped;
}

const reviewOf = (agentId: string, { label, text, doubts }: FileMemory): NewReview => ({
  callId: `import:${agentId}:${label}`,
  kind: 'import',
  agentId,
  label,
  before: '',
  after: text,
  sources: ['imported'],
  reason: [t('It came with the agent’s file.'), ...(doubts ? [t('Look twice: {0}', doubts)] : [])].join(' '),
});
