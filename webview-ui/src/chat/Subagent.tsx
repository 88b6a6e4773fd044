// What a subagent does: its newest step while it works, all of them on demand.
import type { SubagentStep } from '../../../src/protocol/asking.ts';
import type { ToolBody } from '../../../src/protocol/transcript-views.ts';
import { plural, t } from '../l10n.tsx';
import { Markdown } from '../markdown/Markdown.tsx';
import { Fold } from '../ui/Fold.tsx';
import { Icon } from '../ui/Icon.tsx';
import { useApp } from '../use-app.ts';
import { Detail } from './Detail.tsx';
import { TOOL_STATES } from './toolStates.ts';

type Body = Extract<ToolBody, { kind: 'subagent' }>;

interface SubagentProps {
  callId: string;
  /** Of its card. */
  name: string;
  running: boolean;
  body: Body;
}

export function Subagent({ callId, name, running, body }: SubagentProps) {
  const app = useApp();
  const { steps, earlier, tokens } = body;
  const calls = steps.filter(({ kind }) => kind === 'call').length;
  const last = steps.findLast(({ kind }) => kind === 'call');
  return (
    <div className="subagent">
      <Fold
        id={`subagent:${callId}`}
        empty={steps.length === 0}
        summary={
          <>
            <span className="fold-title">{last?.kind === 'call' ? last.title : t('At work')}</span>
            <span className="tool-state">
              {plural(calls + earlier, '{0} step', '{0} steps')}
              {tokens !== undefined && `, ${plural(tokens, '{0} token', '{0} tokens')}`}
            </span>
          </>
        }
      >
        {earlier > 0 && <p className="quiet">{plural(earlier, '{0} earlier step', '{0} earlier steps')}</p>}
        <ol className="subagent-steps" aria-label={t('Steps of the subagent')}>
          {steps.map((step) => (
            <Step key={`${step.kind}:${step.id}`} step={step} within={callId} />
          ))}
        </ol>
      </Fold>
      {running && (
        <button
          type="button"
          className="link"
          aria-label={t('Stop {0}', name)}
          onClick={() => void app.ask('subagent.stop', { callId })}
        >
          {t('Stop')}
        </button>
      )}
    </div>
  );
}

/** `within`: the subagent's own call, under which folds are remembered. */
function Step({ step, within }: { step: SubagentStep; within: string }) {
  if (step.kind === 'text')
    return (
      <li className="subagent-text">
        <Markdown text={step.text} streaming={false} />
      </li>
    );
  const { icon, text, className } = TOOL_STATES[step.state];
  const { id, title, input, output } = step;
  return (
    <li>
      <Fold
        id={`step:${within}:${id}`}
        empty={!input && !output}
        summary={
          <>
            <Icon name={icon} {...(className ? { className } : {})} />
            <span className="fold-title">
              {title} <span className="visually-hidden">{text}</span>
            </span>
          </>
        }
      >
        {input && <Detail title={t('Input')} text={input} />}
        {output && <Detail title={t('Output')} text={output} />}
      </Fold>
    </li>
  );
}
