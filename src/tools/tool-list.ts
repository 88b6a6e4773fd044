// The tools that are offered to the model, in a fixed order: the prompt's prefix must not change between turns.
import type { Editor } from '../editor/editor.ts';
import type { See } from '../editor/see.ts';
import type { Shower } from '../editor/shower.ts';
import type { Terminals } from '../editor/terminal/terminals.ts';
import { askUserTool, type Person } from './ask-user.ts';
import { bashTool, type CheckCommand } from './bash.ts';
import { codeTool } from './code.ts';
import { diagnosticsTool } from './diagnostics.ts';
import { editTool } from './edit.ts';
import { fetchTool, type Web } from './fetch.ts';
import { filesTool } from './files.ts';
import { gitTool } from './git.ts';
import { globTool } from './glob.ts';
import { grepTool } from './grep.ts';
import { openFilesTool } from './open-files.ts';
import { type ForeignTools, otherTools } from './other-tools.ts';
import { readTool } from './read.ts';
import { refactorTool } from './refactor.ts';
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
  /** Absent: without the tools that search, ask language servers, and read the repository. */
  see?: See;
  /** Loaded when the first command runs; `known`: as far as that was. Absent: nothing can be run. */
  terminals?: { open(): Promise<Terminals>; known(): Terminals | undefined; check?: CheckCommand };
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

export function toolList({
  editor,
  skills,
  hidden = () => false,
  see,
  terminals,
  beyond,
}: ToolDependencies): AnyTool[] {
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
    filesTool(editor, hidden),
    refactorTool(editor, hidden),
    ...(terminals
      ? [bashTool(editor, terminals.open, terminals.check), terminalTool(terminals.open, terminals.known)]
      : []),
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
    skillTool(skills, hidden),
  ];
}
