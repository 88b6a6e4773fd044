// Where something that a model has read came from: what decides whether a write of memory waits for a person.
import * as z from 'zod/mini';

/**
 * `person`: typed or selected by them. `workspace`: files of a workspace that they trust. `tool`: output of another extension's
 * tool. `skill`: one that the person has reviewed. `imported`: a file that somebody made, such as an agent's.
 */
export const MemorySourceSchema = z.enum([
  'person',
  'workspace',
  'untrustedWorkspace',
  'web',
  'tool',
  'mcp',
  'terminal',
  'skill',
  'unreviewedSkill',
  'imported',
]);
export type MemorySource = z.infer<typeof MemorySourceSchema>;
