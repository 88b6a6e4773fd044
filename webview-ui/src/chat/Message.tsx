// One message of the conversation.
import { memo, useState } from 'react';
import type { AgentItem, Item, Part } from '../../../src/protocol/transcript-views.ts';
import { plural, t, tElements } from '../l10n.tsx';
import { Markdown } from '../markdown/Markdown.tsx';
import { readable } from '../markdown/readable.ts';
import { Fold } from '../ui/Fold.tsx';
import { Icon } from '../ui/Icon.tsx';
import { useApp } from '../use-app.ts';
import { AboutAnswer } from './AboutAnswer.tsx';
import { RememberMessage } from './RememberMessage.tsx';
import { SentAlong } from './SentAlong.tsx';
import { ToolCall } from './ToolCall.tsx';
import { foldRuns, type ToolRun } from './tool-runs.ts';

/** Longer messages of the person begin folded: a pasted log must not bury the answer. */
const LONG_LINES = 16;
const LONG_TEXT = 2_000;

interface Props {
  item: Item;
  agentName: string;
  /** Only the newest answer can be continued or retried, and only while nothing runs. */
  canResume: boolean;
}

export const Message = memo(function Message({ item, agentName, canResume }: Props) {
  switch (item.kind) {
    case 'user':
      return (
        <article className="message you" aria-label={t('You')} tabIndex={-1} data-item={item.id}>
          <UserText text={item.text} />
          {item.skill !== undefined && (
            <p className="called-skill quiet">
              <Icon name="book" />
              <span>{tElements('Sent with the skill {skill}', { skill: <code>{item.skill}</code> })}</span>
            </p>
          )}
          {item.attached && <SentAlong attached={item.attached} />}
          <RememberMessage item={item} />
        </article>
      );
    case 'notice':
      return <p className="notice quiet">{item.text}</p>;
    case 'agent':
      return (
        <article
          className="message agent"
          aria-label={agentName}
          aria-busy={item.state === 'streaming'}
          tabIndex={-1}
          data-item={item.id}
        >
          <Answer item={item} />
          <Ending item={item} canResume={canResume} />
          {item.state !== 'streaming' && <AboutAnswer itemId={item.id} beside={<RememberMessage item={item} />} />}
        </article>
      );
  }
});

function UserText({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  const lines = text.split('\n');
  const long = lines.length > LONG_LINES || text.length > LONG_TEXT;
  const shown = whole || !long ? text : lines.slice(0, LONG_LINES).join('\n').slice(0, LONG_TEXT);
  return (
    <>
      <p className="user-text" dir="auto">
        {readable(shown)}
      </p>
      {long && (
        <button type="button" className="link" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? t('Show less') : t('Show all')}
        </button>
      )}
    </>
  );
}

function Answer({ item }: { item: AgentItem }) {
  const streaming = item.state === 'streaming';
  const last = item.parts.length - 1;
  if (streaming && last < 0) return <Working text={t('Thinking…')} />;
  const tail = item.parts[last];
  return (
    <>
      {foldRuns(item.parts, streaming).map((row) =>
        row.type === 'run' ? (
          <FoldedRun key={`run:${row.id}`} run={row} />
        ) : (
          <AnswerPart key={`${row.type}:${row.id}`} part={row} growing={streaming && row === tail} />
        ),
      )}
      {/* After a finished tool nothing moves until the model speaks again; say that it is at work. */}
      {streaming && tail?.type === 'tool' && tail.state !== 'running' && tail.state !== 'waiting' && (
        <Working text={t('Thinking…')} />
      )}
    </>
  );
}

function FoldedRun({ run: { id, calls } }: { run: ToolRun }) {
  return (
    <div className="tool-run">
      <Fold
        id={`run:${id}`}
        summary={
          <>
            <Icon name="check" className="good" />
            <span className="fold-title">{calls[0]?.title}</span>
            <span className="tool-state">{plural(calls.length, '{0} call', '{0} calls')}</span>
          </>
        }
      >
        {calls.map((call) => (
          <ToolCall key={call.id} part={call} />
        ))}
      </Fold>
    </div>
  );
}

const AnswerPart = memo(function AnswerPart({ part, growing }: { part: Part; growing: boolean }) {
  switch (part.type) {
    case 'text':
      return <Markdown text={part.text} streaming={growing} />;
    case 'reasoning':
      return (
        <div className="reasoning">
          <Fold
            id={`reasoning:${part.id}`}
            openByDefault={growing}
            summary={
              <>
                <Icon name={growing ? 'loading' : 'thinking'} />
                <span className="fold-title">{growing ? t('Reasoning…') : t('Reasoning')}</span>
              </>
            }
          >
            <Markdown text={part.text} streaming={growing} />
          </Fold>
        </div>
      );
    case 'tool':
      return <ToolCall part={part} />;
  }
});

function Working({ text }: { text: string }) {
  return (
    <p className="working quiet">
      <Icon name="loading" />
      <span>{text}</span>
    </p>
  );
}

/** How an answer that did not simply end came to its end, and what can be done. */
function Ending({ item, canResume }: { item: AgentItem; canResume: boolean }) {
  const app = useApp();
  switch (item.state) {
    case 'streaming':
    case 'done':
      return null;
    case 'stopped':
      return (
        <p className="ending quiet">
          <Icon name="debug-stop" />
          <span>{t('Stopped')}</span>
        </p>
      );
    case 'interrupted':
      return (
        <div className="ending">
          <Icon name="warning" className="caution-icon" />
          <span>{t('Interrupted')}</span>
          {canResume && (
            <button type="button" className="button secondary small" onClick={() => void app.act('continue')}>
              {t('Continue')}
            </button>
          )}
        </div>
      );
    case 'failed':
      return (
        <div className="failure">
          <p className="failure-message">
            <Icon name="error" className="bad" />
            <span>{item.failure?.message ?? t('The answer failed.')}</span>
          </p>
          {item.failure?.hint && <p className="failure-hint">{item.failure.hint}</p>}
          {canResume && item.failure?.retry !== false && (
            <button type="button" className="button secondary small" onClick={() => void app.act('retry')}>
              {t('Retry')}
            </button>
          )}
        </div>
      );
  }
}
