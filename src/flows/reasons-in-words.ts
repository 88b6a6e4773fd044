// Why a write of memory waits, as a person reads it. The policy's own sentences stay English: the agent is told them, and a worker says them.
import { t } from '../protocol/l10n.ts';
import type { MemorySource } from '../protocol/sources.ts';

const SENTENCES: readonly (readonly [string, string])[] = [
  [
    'The agent had read files of a workspace that is not trusted.',
    t('The agent had read files of a workspace that is not trusted.'),
  ],
  ['The agent had read a web page.', t('The agent had read a web page.')],
  [
    'The agent had read the output of another extension’s tool.',
    t('The agent had read the output of another extension’s tool.'),
  ],
  ['The agent had read the output of an MCP tool.', t('The agent had read the output of an MCP tool.')],
  ['The agent had read the output of a terminal.', t('The agent had read the output of a terminal.')],
  ['The agent had read a skill that nobody has reviewed.', t('The agent had read a skill that nobody has reviewed.')],
  [
    'The agent had read a conversation that came out of a file.',
    t('The agent had read a conversation that came out of a file.'),
  ],
  ['The agent had read files of the workspace.', t('The agent had read files of the workspace.')],
  ['The agent had read a skill.', t('The agent had read a skill.')],
  [
    'What has been read in this thread elsewhere could not be looked up: its home did not answer.',
    t('What has been read in this thread elsewhere could not be looked up: its home did not answer.'),
  ],
  ['It holds a command.', t('It holds a command.')],
  ['It holds an address.', t('It holds an address.')],
  ['It speaks of what the agent may do without asking.', t('It speaks of what the agent may do without asking.')],
  ['It tells the agent what to do.', t('It tells the agent what to do.')],
  [
    'It imitates a message of the system, the person or a tool.',
    t('It imitates a message of the system, the person or a tool.'),
  ],
  ['It asks for something to be sent or shown elsewhere.', t('It asks for something to be sent or shown elsewhere.')],
  ['It holds a call of a tool.', t('It holds a call of a tool.')],
  ['It holds characters that cannot be seen.', t('It holds characters that cannot be seen.')],
  ['It mixes letters that only look alike.', t('It mixes letters that only look alike.')],
  ['It holds encoded text.', t('It holds encoded text.')],
  ['It holds an instruction in disguise.', t('It holds an instruction in disguise.')],
];
const SECRET = /It holds what looks like a secret \(([^()]*)\)\./g;

/** The reasons of `decideMemoryWrite`, in the person's language; what else stands there is left as it is. */
export function reasonInWords(reason: string): string {
  const known = SENTENCES.reduce((text, [english, words]) => text.replaceAll(english, words), reason);
  return known.replace(SECRET, (_, kind: string) => t('It holds what looks like a secret ({0}).', kind));
}

/** What a source is called to the person, e.g. `a web page`. */
export const SOURCE_NAMES: Readonly<Record<MemorySource, string>> = {
  person: t('the words of the person'),
  workspace: t('files of the workspace'),
  untrustedWorkspace: t('files of a workspace that is not trusted'),
  skill: t('a skill'),
  unreviewedSkill: t('a skill that nobody has reviewed'),
  web: t('a web page'),
  tool: t('the output of another extension’s tool'),
  mcp: t('the output of an MCP tool'),
  terminal: t('the output of a terminal'),
  imported: t('a conversation that came out of a file'),
};
