// Why a write of memory waits, as a person reads it. The policy's own sentences stay English: the agent is told them, and a worker says them.
import { t } from '../protocol/l10n.ts';
import type { MemorySource } from '../protocol/sources.ts';

/** As the policy says them where `t` gives back what it is given, in the same order in any language. */
const sentences = (t: (message: string) => string): string[] => [
  t('The agent had read files of a workspace that is not trusted.'),
  t('The agent had read a web page.'),
  t('The agent had read the output of another extension’s tool.'),
  t('The agent had read the output of an MCP tool.'),
  t('The agent had read the output of a terminal.'),
  t('The agent had read a skill that nobody has reviewed.'),
  t('The agent had read a conversation that came out of a file.'),
  t('The agent had read files of the workspace.'),
  t('The agent had read a skill.'),
  t('What has been read in this thread elsewhere could not be looked up: its home did not answer.'),
  t('It holds a command.'),
  t('It holds an address.'),
  t('It speaks of what the agent may do without asking.'),
  t('It tells the agent what to do.'),
  t('It imitates a message of the system, the person or a tool.'),
  t('It asks for something to be sent or shown elsewhere.'),
  t('It holds a call of a tool.'),
  t('It holds characters that cannot be seen.'),
  t('It mixes letters that only look alike.'),
  t('It holds encoded text.'),
  t('It holds an instruction in disguise.'),
];
const ENGLISH = sentences((message) => message);
const IN_WORDS = sentences(t);
const SECRET = /It holds what looks like a secret \(([^()]*)\)\./g;

/** The reasons of `decideMemoryWrite`, in the person's language; what else stands there is left as it is. */
export function reasonInWords(reason: string): string {
  const known = ENGLISH.reduce((text, english, i) => text.replaceAll(english, IN_WORDS[i] ?? english), reason);
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
