// How a tool call looks as a card: title, target, readable input. The same for a call that runs and for a stored one.
import { memoryChange, serverToolTitle } from '../letta/memory-tools.ts';
import type { ToolPart } from '../protocol/transcript-views.ts';
import type { AnyTool } from '../tools/tool.ts';

/** Arguments as the model wrote them, read as JSON. An empty text means no arguments. */
export function parseArguments(text: string): { ok: true; value: unknown } | { ok: false; reason: string } {
  if (text.trim() === '') return { ok: true, value: {} };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Pretty JSON, or the text as it came where it is not JSON (yet). */
export function prettyArguments(text: string): string {
  const parsed = parseArguments(text);
  return parsed.ok ? JSON.stringify(parsed.value, null, 2) : text;
}

export type Describe = (name: string, argumentsText: string) => Pick<ToolPart, 'title' | 'target' | 'memory'>;

/** Titles of client tools come from the tools themselves, those of server tools from what the Letta API documents. */
export function describeWith(tools: readonly AnyTool[]): Describe {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  return (name, argumentsText) => {
    const parsed = parseArguments(argumentsText);
    const args = parsed.ok ? parsed.value : undefined;
    const tool = byName.get(name);
    if (tool) {
      const input = tool.input.safeParse(args);
      if (!input.success) return { title: name };
      try {
        return tool.title(input.data);
      } catch {
        return { title: name };
      }
    }
    const memory = memoryChange(name, args);
    return { ...serverToolTitle(name, args), ...(memory ? { memory } : {}) };
  };
}
