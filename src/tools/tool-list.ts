// The tools that are offered to the model, in a fixed order: the prompt's prefix must not change between turns.
import type { Editor } from '../editor/editor.ts';
import { diagnosticsTool } from './diagnostics.ts';
import { editTool } from './edit.ts';
import { filesTool } from './files.ts';
import { openFilesTool } from './open-files.ts';
import { readTool } from './read.ts';
import { refactorTool } from './refactor.ts';
import { type SkillLookup, skillTool } from './skill.ts';
import type { IsHidden } from './support.ts';
import type { AnyTool } from './tool.ts';
import { writeTool } from './write.ts';

export interface ToolDependencies {
  editor: Editor;
  skills: SkillLookup;
  /** Whether `.lettaignore` hides a file, by its absolute path; asked at each call, so the list may change. */
  hidden?: IsHidden;
}

export function toolList({ editor, skills, hidden = () => false }: ToolDependencies): AnyTool[] {
  return [
    openFilesTool(editor),
    readTool(editor, hidden),
    editTool(editor, hidden),
    writeTool(editor, hidden),
    filesTool(editor, hidden),
    refactorTool(editor, hidden),
    diagnosticsTool(editor, hidden),
    skillTool(skills),
  ];
}
