// What exactly a call would do, as whoever is asked about it reads it.
import type { AskRequest } from './calls.ts';

/** A command as it is written, not as JSON, and whatever else is said of it. */
export function callDetail({ tool, input }: Pick<AskRequest, 'tool' | 'input'>): string {
  if (tool.detail) return tool.detail(input);
  const access = tool.access(input);
  if (access.kind !== 'command') return JSON.stringify(input, null, 2);
  // Only what stands there already is left out: nothing of a call goes unseen.
  const isShown = (name: string, value: unknown) =>
    (name === 'command' || name === 'input') && value === access.command;
  const more = Object.entries(input as Record<string, unknown>).filter(([name, value]) => !isShown(name, value));
  return [access.command, ...more.map(([name, value]) => `${name}: ${JSON.stringify(value)}`)].join('\n');
}
