// Answers one call of Bash as a turn does, with journal and terminals in a folder. As a program, so that it can be killed in
// the middle of it: `node command-turn.ts FOLDER COMMAND`.
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from '../../../src/agent/journal-records.ts';
import { ChildRunner } from '../../../src/editor/terminal/child-runner.ts';
import { LogFolder } from '../../../src/editor/terminal/log-folder.ts';
import { Runs } from '../../../src/editor/terminal/runs.ts';
import type { Terminals } from '../../../src/editor/terminal/terminals.ts';
import type { MemorySource } from '../../../src/protocol/sources.ts';
import type { ToolPart } from '../../../src/protocol/transcript-views.ts';
import { bashTool } from '../../../src/tools/bash.ts';
import { DiskEditor } from '../tools/disk-editor.ts';
import { callRunner } from './call-runner.ts';

export interface Answered {
  answers: Answer[];
  cards: ToolPart[];
  seen: MemorySource[];
}

/** @param storage holds the journal and the outputs, as the extension's storage does */
export async function answerBash(storage: string, command: string, mode: 'run' | 'settle' = 'run'): Promise<Answered> {
  const runner = new ChildRunner({ mirror: () => ({ write: () => {}, ended: () => {}, show: () => {} }) });
  const logs = new LogFolder(join(storage, 'commands'));
  const runs = new Runs({ logs, runner, boxed: runner, changed: () => {} });
  const terminals: Terminals = { runs, own: () => [], boxed: async () => false, kept: () => false };
  const editor = new DiskEditor();
  const tools = [bashTool(editor, async () => terminals)];
  const { calls, cards, seen } = await callRunner(storage, { tools });
  const call = { callId: 'call-1', name: 'Bash', arguments: JSON.stringify({ command }) };
  const answers = await calls.answer([call], mode);
  await runs.dispose();
  editor.dispose();
  return { answers, cards, seen: seen.sources };
}

if (import.meta.main) await answerBash(realpathSync(process.argv[2] ?? '.'), process.argv[3] ?? '');
