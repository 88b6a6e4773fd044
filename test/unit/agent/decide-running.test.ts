// When the sandbox makes a question unnecessary, and what is asked whatever the mode.
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { type Box, decideRunning, type Judge } from '../../../src/agent/decide-running.ts';
import type { Decision } from '../../../src/permissions/decision.ts';
import type { Access, AnyTool } from '../../../src/tools/tool.ts';

const tool = (name: string, access: Access): AnyTool => ({
  name,
  description: '',
  input: z.object({}),
  title: () => ({ title: name }),
  access: () => access,
  run: async () => ({ status: 'success', text: '' }),
});

const bash = tool('Bash', { kind: 'command', command: 'npm test' });
const typing = tool('Terminal', { kind: 'command', command: 'y' });
const listing = tool('Terminal', { kind: 'none' });

/** By mode; the plain one stands for the chosen mode. */
const judge =
  (plain: Decision['decision'], unrestricted: Decision['decision'], names: string[] = []): Judge =>
  (_access, name, mode) => {
    names.push(name);
    return { decision: mode === 'unrestricted' ? unrestricted : plain, reason: mode ?? 'chosen' };
  };

const box = (more: Partial<Box> = {}): Box => ({ mode: 'standard', wanted: true, only: async () => true, ...more });
const decide = async (...given: Parameters<typeof decideRunning>) => (await decideRunning(...given)).decision;

describe('a command', () => {
  it('passes in the sandbox where only the mode would ask', async () => {
    for (const mode of ['standard', 'acceptEdits'] as const)
      expect(await decide({ tool: bash, input: {} }, judge('ask', 'allow'), box({ mode }))).toBe('allow');
  });

  it.each([
    ['a rule, a protected file or its own form asks', judge('ask', 'ask'), box()],
    ['the sandbox is not wanted', judge('ask', 'allow'), box({ wanted: false })],
    ['it is to run outside, or there is no sandbox', judge('ask', 'allow'), box({ only: async () => false })],
    ['the mode is strict', judge('ask', 'allow'), box({ mode: 'strict' })],
  ] as const)('is asked about where %s', async (_where, given, where) => {
    expect(await decide({ tool: bash, input: {} }, given, where)).toBe('ask');
  });

  it('is refused in the sandbox too, and its rules are those of Bash', async () => {
    expect(await decide({ tool: bash, input: {} }, judge('deny', 'allow'), box())).toBe('deny');
    const names: string[] = [];
    expect(await decide({ tool: typing, input: {} }, judge('deny', 'allow', names), box())).toBe('deny');
    expect(names).toEqual(['Bash']);
  });
});

describe('what is typed into a program', () => {
  it('is asked about whatever the mode says, with no rule to allow it for good', async () => {
    const decision = await decideRunning(
      { tool: typing, input: {} },
      judge('allow', 'allow'),
      box({ mode: 'unrestricted' }),
    );
    expect(decision.decision).toBe('ask');
    expect(decision.rule).toBeUndefined();
  });

  it('and nothing else of that tool', async () => {
    expect(await decide({ tool: listing, input: {} }, judge('allow', 'allow'), box())).toBe('allow');
  });
});
