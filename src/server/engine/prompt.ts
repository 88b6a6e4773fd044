// The system message of a conversation (Letta API: prompt compilation) and the skills list of a request.

import { dirname, posix } from 'node:path';
import type { Block } from '../store/blocks.ts';
import { countCharacters } from './characters.ts';

export interface PromptParts {
  system: string;
  /** Empty for agent types that show no blocks. */
  blocks: readonly Pick<Block, 'label' | 'description' | 'value' | 'limit' | 'readOnly'>[];
  /** A line for each block that is not shown. */
  notices?: readonly string[];
  /** About the order of tools; empty: there are none. */
  toolRules?: string;
  agentId: string;
  /** `conv-…` or `default`. */
  conversationId: string;
  /** Milliseconds since 1970. */
  recompiledAt: number;
  timezone: string;
  recallCount: number;
  archivalCount: number;
  archivalTags: readonly string[];
}

export interface ClientSkill {
  name: string;
  description: string;
  /** Path of its SKILL.md or of its folder. */
  location: string;
}

/** `{CORE_MEMORY}` in the system text is replaced by the memory section; without it the section is appended. */
export function compileSystem(parts: PromptParts): string {
  const memory = [memoryBlocks(parts), parts.toolRules ?? '', memoryMetadata(parts)]
    .filter((section) => section !== '')
    .join('\n\n');
  if (parts.system.includes('{CORE_MEMORY}')) return parts.system.replace('{CORE_MEMORY}', () => memory);
  return parts.system === '' ? memory : `${parts.system}\n\n${memory}`;
}

function memoryBlocks(parts: PromptParts): string {
  const notices = parts.notices ?? [];
  if (parts.blocks.length + notices.length === 0) return '';
  const rendered = parts.blocks.map((block) =>
    [
      `<${block.label}>`,
      '<description>',
      block.description ?? '',
      '</description>',
      '<metadata>',
      ...(block.readOnly ? ['- read_only=true'] : []),
      `- chars_current=${countCharacters(block.value)}`,
      `- chars_limit=${block.limit}`,
      '</metadata>',
      '<value>',
      block.value,
      '</value>',
      `</${block.label}>`,
    ].join('\n'),
  );
  return [
    '<memory_blocks>',
    'The following memory blocks are currently engaged in your core memory unit:',
    '',
    [...rendered, ...notices].join('\n\n'),
    '</memory_blocks>',
  ].join('\n');
}

function memoryMetadata(parts: PromptParts): string {
  return [
    '<memory_metadata>',
    `- AGENT_ID: ${parts.agentId}`,
    `- CONVERSATION_ID: ${parts.conversationId}`,
    `- System prompt last recompiled: ${localTimestamp(parts.recompiledAt, parts.timezone)}`,
    `- ${parts.recallCount} previous messages between you and the user are stored in recall memory (use tools to access them)`,
    ...(parts.archivalCount > 0
      ? [`- ${parts.archivalCount} total memories you created are stored in archival memory (use tools to access them)`]
      : []),
    ...(parts.archivalTags.length > 0 ? [`- Available archival memory tags: ${parts.archivalTags.join(', ')}`] : []),
    '</memory_metadata>',
  ].join('\n');
}

function localTimestamp(at: number, timezone: string): string {
  const part = Object.fromEntries(
    formatOf(timezone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const offset = (part.timeZoneName ?? 'GMT').replace('GMT', '').replace(':', '') || '+0000';
  return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}:${part.second} ${part.dayPeriod} UTC${offset}`;
}

/** Making one costs milliseconds. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** An unknown timezone counts as UTC. */
function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  const options = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: true,
    timeZoneName: 'longOffset',
  } as const;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: timezone });
  } catch {
    format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' });
  }
  formats.set(timezone, format);
  return format;
}

/** The `<available_skills>` section: skills by the folder that holds them, each with the first line of its description. */
export function renderSkills(skills: readonly ClientSkill[]): string {
  if (skills.length === 0) return '';
  const roots = new Map<string, string[]>();
  // The client's order is its order of precedence; the list's own order must not depend on it.
  const byName = new Map<string, ClientSkill>();
  for (const skill of skills) if (!byName.has(skill.name)) byName.set(skill.name, skill);
  const sorted = [...byName.values()].sort((a, b) => (a.location < b.location ? -1 : a.location > b.location ? 1 : 0));
  for (const skill of sorted) {
    const path = skill.location.replaceAll('\\', '/');
    const folder = /\/skill\.md$/i.test(path) ? dirname(path) : path;
    const file = path === folder ? '' : `/${posix.basename(path)}`;
    const root = dirname(folder);
    const name = posix.basename(folder) === skill.name ? skill.name : `${skill.name} in ${posix.basename(folder)}`;
    const line = `├── ${name}${file} (${skill.description.trim().split('\n', 1)[0] ?? ''})`;
    roots.set(root, [...(roots.get(root) ?? []), line]);
  }
  const groups = [...roots].map(([root, lines]) => {
    const last = lines.at(-1) ?? '';
    return [root, ...lines.slice(0, -1), last.replace('├', '└')].join('\n');
  });
  return ['<available_skills>', groups.join('\n\n'), '</available_skills>'].join('\n');
}
