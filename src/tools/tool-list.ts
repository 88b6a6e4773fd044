// The tools that are offered to the model, in a fixed order: the prompt's prefix must not change between turns.
import type { Editor } from '../editor/editor.ts';
import type { Terminals } from '../editor/terminal/terminals.ts';
import { bashTool } from './bash.ts';
import { diagnosticsTool } from './diagnostics.ts';
import { editTool } from './edit.ts';
import { openFilesTool } from './open-files.ts';
import { readTool } from './read.ts';
import { type SkillLookup, skillTool } from './skill.ts';
import type { IsHidden } from './support.ts';
import { terminalTool } from './terminal.ts';
import { type AnyTool, ToolError } from './tool.ts';
import { writeTool } from './write.ts';

export interface ToolDependencies {
  editor: Editor;
  skills: SkillLookup;
  /** Whether `.lettaignore` hides a file, by its absolute path; asked at each call, so the list may change. */
  hidden?: IsHidden;
  /** Loaded when the first command runs; `known`: as far as that was. */
  terminals?: { open(): Promise<Terminals>; known(): Terminals | undefined };
}

const NO_TERMINALS: NonNullable<ToolDependencies['terminals']> = {
  open: () => Promise.reject(new ToolError('There are no terminals here.')),
  known: () => undefined,
};

export function toolList({
  editor,
  skills,
  hidden = () => false,
  terminals: { open, known } = NO_TERMINALS,
}: ToolDependencies): AnyTool[] {
  return [
    openFilesTool(editor),
    readTool(editor, hidden),
    editTool(editor, hidden),
    writeTool(editor, hidden),
    diagnosticsTool(editor, hidden),
    bashTool(editor, open),
    terminalTool(open, known),
    skillTool(skills),
  ];
}
