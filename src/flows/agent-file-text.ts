// What an AgentFile holds, as Markdown to be read before it is imported.
import { plural, t } from '../protocol/l10n.ts';
import { visible } from '../protocol/visible.ts';
import { type File, type FileAgent, type FileMessage, settingsOf, toolName } from './agent-file-schema.ts';

/** A fence longer than any in the text, so that nothing in it ends the block. */
function fenced(text: string, language = ''): string {
  const longest = [...text.matchAll(/`+/g)].reduce((most, match) => Math.max(most, match[0].length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

const json = (value: unknown): string => fenced(JSON.stringify(value, null, 2), 'json');
/** Nothing in a name begins a line of its own. */
const line = (text: string): string => text.replaceAll(/\s+/g, ' ');
const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);
const filled = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => !isEmpty(each)));

/**
 * Characters that nobody sees are written as `⟨U+202E⟩`.
 * @param left what is not imported
 * @param doubts why a person should look twice at each block; empty: nothing speaks against it
 */
export function agentFileText(file: File, left: readonly string[], doubts: readonly string[]): string {
  const own = file.tools.filter((tool) => tool.source_code);
  const others = file.tools.filter((tool) => !tool.source_code).map(({ name }) => line(name));
  const lines = [
    ...file.agents.flatMap((agent) => agentText(file, agent)),
    ...file.blocks.flatMap(({ label, value, description, read_only }, i) => [
      `## ${read_only ? t('Memory block: {0} (read-only)', line(label)) : t('Memory block: {0}', line(label))}`,
      ...(doubts[i] ? [t('Look twice: {0}', doubts[i] ?? '')] : []),
      ...(description ? [t('Description'), fenced(description)] : []),
      fenced(value),
    ]),
    ...own.flatMap((tool) => {
      const { id: _id, source_code, ...said } = tool;
      const source = fenced(source_code ?? '', 'python');
      return [`## ${t('Python tool: {0}', line(toolName(tool)))}`, json(filled(said)), source];
    }),
    ...(others.length > 0 ? [`## ${t('Other tools')}`, others.join(', ')] : []),
    ...file.agents.flatMap((agent) => historyText(file, agent)),
    ...(file.skills ?? []).flatMap(({ name, files }) => [
      `## ${t('Skill: {0}', line(name))}`,
      ...Object.entries(files ?? {}).map(([path, content]) => `${line(path)}\n${fenced(content)}`),
    ]),
    ...(left.length > 0 ? [`## ${t('Not imported')}`, left.map(line).join(' ')] : []),
  ];
  return visible(lines.join('\n\n'));
}

function agentText(file: File, agent: FileAgent): string[] {
  const { messages, description, agent_type, model, llm_config } = agent;
  const secrets = Object.keys({ ...agent.tool_exec_environment_variables, ...agent.secrets }).map(line);
  const settings = settingsOf(file, agent);
  return [
    `# ${line(agent.name ?? t('Agent'))}`,
    [
      plural(messages?.length ?? 0, '{0} message.', '{0} messages.'),
      secrets.length > 0 ? t('Secrets it asks for: {0}.', secrets.join(', ')) : t('It asks for no secrets.'),
    ].join(' '),
    ...(description ? [`## ${t('Description')}`, fenced(description)] : []),
    `## ${t('Model')}`,
    json(filled({ agent_type, model, llm_config })),
    `## ${t('System prompt')}`,
    fenced(agent.system ?? ''),
    ...(Object.keys(settings).length > 0 ? [`## ${t('Settings')}`, json(settings)] : []),
  ];
}

function historyText(file: File, { id, name, messages }: FileAgent): string[] {
  const more = file.letta_vscode?.[id];
  const of = line(name ?? t('Agent'));
  return [
    ...(more?.archive?.length ? [`## ${t('Archive of {0}', of)}`] : []),
    ...(more?.archive ?? []).flatMap(({ text, tags }) => [
      tags.length > 0 ? line(tags.join(', ')) : t('No tags'),
      fenced(text),
    ]),
    ...(messages?.length ? [`## ${t('Messages of {0}', of)}`, ...messages.map(messageText)] : []),
    ...(more?.conversations ?? []).flatMap(({ messages: said, in_context_message_ids: _ids, ...thread }) => [
      `## ${t('A thread of {0}', of)}`,
      json(filled(thread)),
      ...said.map(messageText),
    ]),
  ];
}

/** Words as they are; a message that has more than words as JSON. */
function messageText(message: FileMessage): string {
  const { type: _type, id: _id, role, agent_id: _agent, created_at: _at, model: _model, content, ...more } = message;
  const rest = filled(more);
  const words = wordsIn(content);
  const text = words !== undefined && Object.keys(rest).length === 0 ? fenced(words) : json({ content, ...rest });
  return `**${line(role)}**\n\n${text}`;
}

function wordsIn(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  const words = content.map((part: { type?: unknown; text?: unknown } | null) =>
    part?.type === 'text' && typeof part.text === 'string' ? part.text : undefined,
  );
  return words.includes(undefined) ? undefined : words.join('\n');
}
