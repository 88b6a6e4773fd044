// The tools that are offered to the model, in a fixed order: the prompt's prefix must not change between turns.
import type { Editor } from '../editor/editor.ts';
import type { Shower } from '../editor/shower.ts';
import type { Terminals } from '../editor/terminal/terminals.ts';
import { askUserTool, type Person } from './ask-user.ts';
import { bashTool } from './bash.ts';
import { diagnosticsTool } from './diagnostics.ts';
import { editTool } from './edit.ts';
import { fetchTool, type Web } from './fetch.ts';
import { openFilesTool } from './open-files.ts';
import { type ForeignTools, otherTools } from './other-tools.ts';
import { readTool } from './read.ts';
import { showTool } from './show.ts';
import { type SkillLookup, skillTool } from './skill.ts';
import type { IsHidden } from './support.ts';
import { type Subagents, taskTool } from './task.ts';
import { terminalTool } from './terminal.ts';
import { type TodoStore, todoWriteTool } from './todo-write.ts';
import type { AnyTool } from './tool.ts';
import { writeTool } from './write.ts';

export interface ToolDependencies {
  editor: Editor;
  skills: SkillLookup;
  /** Whether `.lettaignore` hides a file, by its absolute path; asked at each call, so the list may change. */
  hidden?: IsHidden;
  /** Loaded when the first command runs; `known`: as far as that was. Absent: nothing can be run. */
  terminals?: { open(): Promise<Terminals>; known(): Terminals | undefined };
  /** What lies beyond files; absent: there are no tools for it. */
  beyond?: {
    /** Loaded when a page is first wanted. */
    web(): Promise<Web>;
    person: Person;
    todos: TodoStore;
    shower: Shower;
    subagents: Subagents;
    foreign: ForeignTools;
  };
}

export function toolList({ editor, skills, hidden = () => false, terminals, beyond }: ToolDependencies): AnyTool[] {
  return [
    openFilesTool(editor),
    readTool(editor, hidden),
    editTool(editor, hidden),
    writeTool(editor, hidden),
    diagnosticsTool(editor, hidden),
    ...(terminals ? [bashTool(editor, terminals.open), terminalTool(terminals.open, terminals.known)] : []),
    ...(beyond
      ? [
          fetchTool(beyond.web),
          askUserTool(beyond.person),
          todoWriteTool(beyond.todos),
          showTool(editor, beyond.shower, hidden),
          taskTool(beyond.subagents),
          otherTools(beyond.foreign),
        ]
      : []),
    skillTool(skills),
  ];
}
