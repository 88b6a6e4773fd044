// An AgentFile as a person looks at it before anything of it is made. What is imported is built from what was shown and
// ticked, and what its blocks hold waits for review; whatever else the file holds stays behind.
import { randomUUID } from 'node:crypto';
import type { FileMemory } from '../agent/import-agent.ts';
import { rulesFor } from '../agent/prompt.ts';
import { IMPORTED_HISTORY } from '../agent/seen.ts';
import { plural, t } from '../protocol/l10n.ts';
import { problemsOfCopy, type SkillCopy } from '../skills/import-skill.ts';
import {
  type File,
  type FileAgent,
  type FileBlock,
  type FileMessage,
  parseAgentFile,
  RulesSchema,
  settingsOf,
  toolName,
} from './agent-file-schema.ts';
import { agentFileText } from './agent-file-text.ts';

/** What a person may leave out. */
export interface AgentFilePart {
  id: string;
  label: string;
  /** How much it is. */
  about: string;
  /** Why a person should look twice at it; empty: nothing speaks against it. */
  doubts: string;
}

/** Judges text that somebody else wrote. */
export interface TextJudge {
  /** Why a person should look twice at it, a sentence each. */
  doubts(text: string): readonly string[];
  /** The text without secrets. */
  mask(text: string): string;
}

export interface AgentFilePreview {
  name: string;
  /** All that would come along, to be read. */
  text: string;
  parts: AgentFilePart[];
  /** Names of Python tools. */
  tools: string[];
  /** What of the file is never imported. */
  left: string[];
  /** For the review list of each agent. */
  memory: FileMemory[];
  /** The file to be imported: with these parts, by their ids. Its blocks are empty, the rest stays behind. */
  withParts(ids: readonly string[]): string;
  /** Those that were ticked; no file for a server holds them. */
  skillsWith(ids: readonly string[]): SkillCopy[];
}

/** Secrets are masked in all that is shown and imported. @throws Error saying what is wrong with the file */
export function previewAgentFile(given: string, judge: TextJudge): AgentFilePreview {
  const whole = withInlineBlocks(parseAgentFile(given));
  const doubtsIn = (text: string) => judge.doubts(text).join(' ');
  const doubts = whole.blocks.map(({ value, description }) =>
    doubtsIn(description ? `${description}\n${value}` : value),
  );
  const file = masked(whole, judge.mask);
  const skills = skillsOf(file, doubtsIn);
  const left = [...leftBehind(file), ...skills.flatMap(({ left: why }) => why ?? [])];
  return {
    name: file.agents[0]?.name || t('Imported agent'),
    text: agentFileText(file, left, doubts),
    parts: [...partsOf(file), ...skills.flatMap(({ part }) => part ?? [])],
    tools: file.tools.filter((tool) => tool.source_code).map(toolName),
    left,
    memory: memoryOf(file, doubts),
    withParts: (ids) => JSON.stringify(built(file, new Set(ids))),
    skillsWith: (ids) => skills.flatMap(({ part, copy }) => (part && ids.includes(part.id) ? copy : [])),
  };
}

/** Blocks that are written within an agent are shown and reviewed as all others. */
function withInlineBlocks(file: File): File {
  const blocks = [...file.blocks];
  const agents = file.agents.map(({ memory_blocks, ...agent }) => {
    const inline = (memory_blocks ?? []).map((block) => ({ ...block, id: `inline-${randomUUID()}` }));
    blocks.push(...inline);
    return { ...agent, block_ids: [...(agent.block_ids ?? []), ...inline.map(({ id }) => id)] };
  });
  return { ...file, agents, blocks };
}

/** Ids stay as they are: by them the parts of a file find each other. */
const IDS = /^ids?$|_ids?$/;

function masked<T>(value: T, mask: (text: string) => string): T {
  const clean = (each: unknown): unknown => {
    if (typeof each === 'string') return mask(each);
    if (Array.isArray(each)) return each.map(clean);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([key, of]) => [key, IDS.test(key) ? of : clean(of)]));
  };
  return clean(value) as T;
}

function leftBehind({ groups, files, sources, mcp_servers }: File): string[] {
  const found: [readonly unknown[] | null | undefined, (n: number) => string][] = [
    [groups, (n) => plural(n, '{0} group of agents.', '{0} groups of agents.')],
    [files, (n) => plural(n, '{0} file.', '{0} files.')],
    [sources, (n) => plural(n, '{0} folder.', '{0} folders.')],
    [mcp_servers, (n) => plural(n, '{0} MCP server.', '{0} MCP servers.')],
  ];
  return found.flatMap(([items, told]) => (items?.length ? [told(items.length)] : []));
}

/** What agents share is reviewed once. */
function memoryOf({ agents, blocks }: File, doubts: readonly string[]): FileMemory[] {
  return blocks.flatMap(({ id, label, value }, i) => {
    const agent = agents.findIndex(({ block_ids }) => block_ids?.some((each) => each === id));
    return agent < 0 || value.trim() === '' ? [] : [{ agent, label, text: value, doubts: doubts[i] ?? '' }];
  });
}

/** `left`: why it cannot be imported. */
interface FoundSkill {
  copy: SkillCopy;
  part?: AgentFilePart;
  left?: string;
}

/** With all their files, of which none is run. Of two of one name the first counts. */
function skillsOf({ skills }: File, doubtsOf: (text: string) => string): FoundSkill[] {
  const names = new Set<string>();
  return (skills ?? []).map(({ name, files }, i) => {
    const main = Object.keys(files ?? {}).find((path) => path.toLowerCase() === 'skill.md') ?? 'SKILL.md';
    const { [main]: text = '', ...others } = files ?? {};
    const copy = { name, text, files: others };
    const problems = names.has(name) ? [t('There are two of that name.')] : problemsOfCopy(copy);
    names.add(name);
    if (problems.length > 0) return { copy, left: t('The skill {0}: {1}', name, problems.join(' ')) };
    const paths = Object.keys(others);
    const about = paths.length > 0 ? t('skill with {0}', paths.join(', ')) : t('skill');
    return { copy, part: { id: `skill-${i}`, label: name, about, doubts: doubtsOf(text) } };
  });
}

const SETTINGS = 'settings';
const ARCHIVE = 'archive';
const MESSAGES = 'messages';

function partsOf(file: File): AgentFilePart[] {
  const parts: AgentFilePart[] = [];
  const settings = new Set(file.agents.flatMap((agent) => Object.keys(settingsOf(file, agent))));
  if (settings.size > 0)
    parts.push({ id: SETTINGS, label: t('Settings'), about: [...settings].join(', '), doubts: '' });
  const more = file.agents.map(({ id }) => file.letta_vscode?.[id]);
  const entries = more.flatMap((each) => each?.archive ?? []).length;
  if (entries > 0)
    parts.push({ id: ARCHIVE, label: t('Archive'), about: plural(entries, '{0} entry', '{0} entries'), doubts: '' });
  const threads = [
    ...file.agents.map(({ messages }) => messages ?? []),
    ...more.flatMap((each) => each?.conversations ?? []).map(({ messages }) => messages),
  ].filter((messages) => messages.length > 0);
  const said = plural(threads.flat().length, '{0} message', '{0} messages');
  const about = plural(threads.length, '{1} in {0} thread', '{1} in {0} threads', said);
  if (threads.length > 0) parts.push({ id: MESSAGES, label: t('Messages'), about, doubts: '' });
  return parts;
}

/** For other servers, which fill in defaults where a file says nothing. */
const NOTHING_MORE = {
  memory_blocks: [],
  tools: [],
  source_ids: [],
  tags: [],
  include_base_tools: false,
  include_multi_agent_tools: false,
  include_base_tool_rules: false,
  include_default_source: false,
  initial_message_sequence: null,
  files_agents: [],
  group_ids: [],
};

function built(file: File, ticked: ReadonlySet<string>): object {
  const none = { groups: [], files: [], sources: [], mcp_servers: [], skills: [] };
  const tools = file.tools.map((tool) => {
    const { id, name, tool_type } = tool;
    return tool.source_code ? tool : { id, name, tool_type, source_code: null };
  });
  return {
    ...none,
    agents: file.agents.map((agent) => builtAgent(file, agent, ticked)),
    blocks: file.blocks.map(builtBlock),
    tools,
    letta_vscode: Object.fromEntries(file.agents.map((agent) => [agent.id, builtMore(file, agent, ticked)])),
  };
}

/** Of metadata just what keeps a text from models elsewhere: other keys say whose block it is. */
const kept = (metadata: Record<string, unknown> | null | undefined): object =>
  metadata?.local_only === true ? { local_only: true } : {};

const builtBlock = ({ metadata, ...block }: FileBlock): object => ({ ...block, value: '', metadata: kept(metadata) });

function builtAgent(file: File, agent: FileAgent, ticked: ReadonlySet<string>): object {
  const { id, name, description, system, agent_type, model, llm_config, tool_ids, block_ids } = agent;
  const settings: Record<string, unknown> = ticked.has(SETTINGS) ? settingsOf(file, agent) : {};
  const names = Object.keys({ ...agent.tool_exec_environment_variables, ...agent.secrets });
  const secrets = Object.fromEntries(names.map((secret) => [secret, '']));
  const tools = file.tools.filter((tool) => tool_ids?.includes(tool.id));
  const asking = rulesFor([...new Set(tools.flatMap((tool) => [tool.name, toolName(tool)]))]);
  const isOurs = (rule: { type: string; tool_name: string }) =>
    rule.type === 'requires_approval' && asking.some(({ tool_name }) => tool_name === rule.tool_name);
  const rules = (RulesSchema.parse(settings.tool_rules) ?? []).filter((rule) => !isOurs(rule));
  return {
    ...NOTHING_MORE,
    ...settings,
    ...{ id, name, description, system, agent_type, model, llm_config, tool_ids, block_ids },
    // As our own agents: the host judges every write of memory before the server makes it.
    tool_rules: [...rules, ...asking],
    secrets,
    tool_exec_environment_variables: secrets,
    ...history(agent, ticked),
  };
}

function builtMore(file: File, agent: FileAgent, ticked: ReadonlySet<string>): object {
  const more = file.letta_vscode?.[agent.id];
  const { tool_rules: _rules, ...settings } = settingsOf(file, agent);
  const archive = (more?.archive ?? []).map((entry) => ({ ...entry, metadata: kept(entry.metadata) }));
  return {
    ...(ticked.has(SETTINGS) ? { settings: { ...settings, agent_type: agent.agent_type } } : {}),
    archive: ticked.has(ARCHIVE) ? archive : [],
    conversations: ticked.has(MESSAGES)
      ? (more?.conversations ?? []).map((each) => ({ ...each, ...history(each, ticked) }))
      : [],
  };
}

/** Each history begins with a note, out of context: whoever reads it back counts its words as foreign. */
function history(
  { messages, in_context_message_ids }: Pick<FileAgent, 'messages' | 'in_context_message_ids'>,
  ticked: ReadonlySet<string>,
): { messages: FileMessage[]; in_context_message_ids: string[] } {
  const [first] = messages ?? [];
  if (!ticked.has(MESSAGES) || !messages || !first) return { messages: [], in_context_message_ids: [] };
  const { type, agent_id, created_at } = first;
  const content = [{ type: 'text', text: IMPORTED_HISTORY }];
  const note = { type, agent_id, created_at, id: `imported-${randomUUID()}`, role: 'user', content };
  return { messages: [note, ...messages], in_context_message_ids: in_context_message_ids ?? [] };
}
