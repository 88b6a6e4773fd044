// What tests of permissions judge: accesses of each kind, and a policy for them in a workspace of one folder.
import { decide } from '../../../src/permissions/decide.ts';
import type { Decision, Policy } from '../../../src/permissions/decision.ts';
import type { Access } from '../../../src/tools/tool.ts';

export const MODES = ['plan', 'standard', 'acceptEdits', 'unrestricted', 'strict'] as const;

export const policy = (more: Partial<Policy> = {}): Policy => ({
  mode: 'standard',
  allow: [],
  ask: [],
  deny: [],
  lettaignore: [],
  trusted: true,
  workspace: ['/w/proj'],
  ...more,
});

export const read = (...paths: string[]): Access => ({ kind: 'read', paths });
export const edit = (...paths: string[]): Access => ({ kind: 'edit', paths });
export const command = (text: string): Access => ({ kind: 'command', command: text });
export const fetching = (url: string): Access => ({ kind: 'fetch', url });

export const verdict = (access: Access, tool: string, more: Partial<Policy> = {}): Decision['decision'] =>
  decide(access, tool, policy(more)).decision;
