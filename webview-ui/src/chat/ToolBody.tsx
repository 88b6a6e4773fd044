// What a card shows beside its title: one view for each sort of tool.
import type { ToolBody as Body, DiffView } from '../../../src/protocol/views.ts';
import { Fold } from '../ui/Fold.tsx';
import { CommandOutput } from './CommandOutput.tsx';
import { Diff, DiffCount } from './Diff.tsx';
import { Hits } from './Hits.tsx';
import { Subagent } from './Subagent.tsx';
import { TodoList } from './Todos.tsx';

/** `callId`: the tool call's, under which folds are remembered. */
export function ToolBody({ callId, body }: { callId: string; body: Body }) {
  switch (body.kind) {
    case 'files':
      return <ChangedFiles callId={callId} files={body.files} />;
    case 'todos':
      return <TodoList todos={body.todos} />;
    case 'question':
      return <p className="question-answer">{body.answer ?? 'Skipped'}</p>;
    case 'subagent':
      return <Subagent callId={callId} body={body} />;
    case 'command':
      return <CommandOutput body={body} />;
    case 'hits':
      return <Hits callId={callId} places={body.places} more={body.more} />;
  }
}

function ChangedFiles({ callId, files }: { callId: string; files: DiffView[] }) {
  return (
    <ul className="tool-files" aria-label="Changed files">
      {files.map((file) => (
        <li key={file.path}>
          <Fold
            id={`file:${callId}:${file.path}`}
            summary={
              <>
                <code className="fold-title">{file.path}</code>
                <DiffCount diff={file} />
              </>
            }
          >
            <Diff diff={file} />
          </Fold>
        </li>
      ))}
    </ul>
  );
}
