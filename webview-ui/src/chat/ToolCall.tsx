// A tool call: what was done to what and how it went, with its effect (memory, diff, problems) in sight.
import type { ToolPart } from '../../../src/protocol/transcript-views.ts';
import { t } from '../l10n.tsx';
import { Fold } from '../ui/Fold.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Detail } from './Detail.tsx';
import { Diff, DiffCount } from './Diff.tsx';
import { MemoryChange } from './MemoryChange.tsx';
import { Recalled, recalled } from './Recalled.tsx';
import { ToolBody } from './ToolBody.tsx';
import { ToolError } from './ToolError.tsx';
import { TOOL_STATES } from './toolStates.ts';

/** A write of memory that waits for the person was not denied. */
const HELD: (typeof TOOL_STATES)['denied'] = { icon: 'inbox', text: t('held'), className: 'caution-icon' };

export function ToolCall({ part }: { part: ToolPart }) {
  const { icon, text, className } = part.memory?.review === 'held' ? HELD : TOOL_STATES[part.state];
  const name = part.target ? `${part.title} ${part.target}` : part.title;
  const found = recalled(part);
  // A command shows the end of what it wrote, and how it ended.
  const failed = part.state === 'failed' && part.body?.kind !== 'command';
  const empty = part.input === '' && !part.output && !part.diff;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
    <div className={`tool ${part.state}`} role="group" aria-label={name}>
      <Fold
        id={`tool:${part.id}`}
        empty={empty}
        summary={
          <>
            <Icon name={icon} {...(className ? { className } : {})} />
            <span className="fold-title">
              {part.title}
              {part.target && <code className="tool-target">{part.target}</code>}
            </span>
            {part.diff && <DiffCount diff={part.diff} />}
            <span className="tool-state">{text}</span>
          </>
        }
      >
        {part.diff && <Diff diff={part.diff} />}
        {part.input !== '' && !part.diff && <Detail title={t('Input')} text={part.input} />}
        {part.output && <Detail title={t('Output')} text={part.output} />}
      </Fold>
      {failed && part.output && <ToolError name={name} output={part.output} />}
      {found && <Recalled part={part} found={found} />}
      {part.body && <ToolBody callId={part.id} name={name} running={part.state === 'running'} body={part.body} />}
      {part.memory && <MemoryChange memory={part.memory} callId={part.id} />}
      {part.problems && <Problems problems={part.problems} />}
    </div>
  );
}

function Problems({ problems }: { problems: NonNullable<ToolPart['problems']> }) {
  const { added, removed, settled } = problems;
  if (added.length === 0 && removed.length === 0 && settled) return null;
  return (
    <ul className="tool-problems">
      {added.map((line) => (
        <li key={`+${line}`}>
          <Icon name="error" className="bad" />
          <span>
            <span className="quiet">{t('New problem:')} </span>
            {line}
          </span>
        </li>
      ))}
      {removed.map((line) => (
        <li key={`-${line}`}>
          <Icon name="check" className="good" />
          <span>
            <span className="quiet">{t('Solved:')} </span>
            {line}
          </span>
        </li>
      ))}
      {!settled && <li className="quiet">{t('The language servers had not finished; problems may be missing.')}</li>}
    </ul>
  );
}
