// The tools that are offered to the model, in a fixed order: the prompt's prefix must not change between turns.
import type { Editor } from '../editor/editor.ts';
import type { See } from '../editor/see.ts';
import { codeTool } from './code.ts';
import { diagnosticsTool } from './diagnostics.ts';
import { editTool } from './edit.ts';
import { gitTool } from './git.ts';
import { globTool } from './glob.ts';
import { grepTool } from './grep.ts';
import { openFilesTool } from './open-files.ts';
import { readTool } from './read.ts';
import { type SkillLookup, skillTool } from './skill.ts';
import type { IsHidden } from './support.ts';
import type { AnyTool } from './tool.ts';
import { writeTool } from './write.ts';

export interface ToolDependencies {
  editor: Editor;
  skills: SkillLookup;
  /** Whether `.lettaignore` hides a file, by its absolute path; asked at each call, so the list may change. */
  hidden?: IsHidden;
  /** Absent: without the tools that search, ask language servers, and read the repository. */
  see?: See;
}

export function toolList({ editor, skills, hidden = () => false, see }: ToolDependencies): AnyTool[] {
  return [
    openFilesTool({ editor, hidden, recentEdits: see?.recentEdits.bind(see) }),
    readTool({ editor, hidden, unsavedNotebook: see?.unsavedNotebook.bind(see) }),
    ...(see
      ? [
          globTool({ editor, hidden, search: see.search }),
          grepTool({ editor, hidden, search: see.search, unsaved: () => see.unsaved() }),
        ]
      : []),
    diagnosticsTool({ editor, hidden, languages: see?.languages }),
    ...(see ? [codeTool({ editor, hidden, languages: see.languages }), gitTool({ editor, hidden, git: see.git })] : []),
    editTool(editor, hidden),
    writeTool(editor, hidden),
    skillTool(skills),
  ];
}
