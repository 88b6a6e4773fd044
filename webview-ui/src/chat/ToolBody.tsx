// What a card shows beside its title: one view for each sort of tool.
import type { ToolBody as Body } from '../../../src/protocol/transcript-views.ts';
import { t } from '../l10n.tsx';
import { ChangedFiles } from './ChangedFiles.tsx';
import { CommandOutput } from './CommandOutput.tsx';
import { Hits } from './Hits.tsx';
import { Picture } from './Picture.tsx';
import { Subagent } from './Subagent.tsx';
import { TodoList } from './Todos.tsx';
import { UsedSkill } from './UsedSkill.tsx';

/** `callId`: the tool call's, under which folds are remembered. `name`: of its card. */
export function ToolBody({
  callId,
  name,
  running,
  body,
}: {
  callId: string;
  name: string;
  running: boolean;
  body: Body;
}) {
  switch (body.kind) {
    case 'files':
      return <ChangedFiles id={callId} label={t('Changed files')} files={body.files} />;
    case 'todos':
      return <TodoList todos={body.todos} />;
    case 'question':
      return <p className="question-answer">{body.answer ?? t('Skipped')}</p>;
    case 'subagent':
      return <Subagent callId={callId} name={name} running={running} body={body} />;
    case 'command':
      return <CommandOutput body={body} />;
    case 'hits':
      return <Hits callId={callId} places={body.places} more={body.more} />;
    case 'picture':
      return <Picture body={body} />;
    case 'skill':
      return <UsedSkill body={body} />;
  }
}
