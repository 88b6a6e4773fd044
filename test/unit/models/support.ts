// Small helpers for tests of models: collect a stream, build a prompt as the engine does.
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider';

export const user = (...parts: string[]): LanguageModelV4Prompt[number] => ({
  role: 'user',
  content: parts.map((text) => ({ type: 'text', text })),
});

export const tools = (...names: string[]): LanguageModelV4FunctionTool[] =>
  names.map((name) => ({ type: 'function', name, inputSchema: { type: 'object', properties: {} } }));

/** Reads a stream to its end; what came before an error is kept in `into`. */
export async function collect(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  into: LanguageModelV4StreamPart[] = [],
): Promise<LanguageModelV4StreamPart[]> {
  const { stream } = await model.doStream(options);
  for await (const part of stream) into.push(part);
  return into;
}

export const textOf = (parts: LanguageModelV4StreamPart[]): string =>
  parts.map((part) => (part.type === 'text-delta' ? part.delta : '')).join('');

export const callsOf = (parts: LanguageModelV4StreamPart[]): { id: string; name: string; input: unknown }[] =>
  parts.flatMap((part) =>
    part.type === 'tool-call' ? [{ id: part.toolCallId, name: part.toolName, input: JSON.parse(part.input) }] : [],
  );

export function systemPrompt(blocks: Record<string, string>): string {
  const descriptions: Record<string, string> = {
    persona: 'Who I am and how I work with this person.',
    human: 'What I know of the person, across projects.',
    project: 'Architecture, commands, decisions, debt.',
    conventions: 'Rules for code here, with evidence.',
    lessons: 'Bugs, dead ends, fixes that worked.',
    inbox: 'Notes word for word, not yet filed.',
  };
  const sections = Object.entries(blocks).map(
    ([label, value]) =>
      `<${label}>\n<description>\n${descriptions[label] ?? ''}\n</description>\n<metadata>\n- chars_current=${value.length}\n- chars_limit=6000\n</metadata>\n<value>\n${value}\n</value>\n</${label}>`,
  );
  return `You are an agent.\n\n<memory_blocks>\nThese are your memory blocks.\n\n${sections.join('\n\n')}\n</memory_blocks>\n\n<memory_metadata>\n- AGENT_ID: agent-1\n</memory_metadata>`;
}
