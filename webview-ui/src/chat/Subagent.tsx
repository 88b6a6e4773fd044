// What a subagent does: its newest step while it works, all of them on demand.
import type { SubagentStep } from '../../../src/protocol/asking.ts';
import type { ToolBody } from '../../../src/protocol/views.ts';
import { useApp } from '../app.ts';
import { Fold } from '../ui/Fold.tsx';
import { Icon } from '../ui/Icon.tsx';
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
            <span className="fold-title">{last?.kind === 'call' ? last.title : 'At work'}</span>
            <span className="tool-state">
              {calls + earlier} {calls + earlier === 1 ? 'step' : 'steps'}
              {tokens !== undefined && `, ${tokens.toLocaleString('en')} tokens`}
            </span>
          </>
        }
      >
        {earlier > 0 && <p className="quiet">{earlier} earlier steps</p>}
        <ol className="subagent-steps" aria-label="Steps of the subagent">
          {steps.map((step) => (
            <Step key={`${step.kind}:${step.id}`} step={step} />
          ))}
        </ol>
      </Fold>
      {running && (
        <button
          type="button"
          className="link"
          aria-label={`Stop ${name}`}
          onClick={() => void app.ask('subagent.stop', { callId })}
        >
          Stop
        </button>
      )}
    </div>
  );
}

function Step({ step }: { step: SubagentStep }) {
  if (step.kind === 'text') return <li className="subagent-text">{step.text}</li>;
  const { icon, text, className } = TOOL_STATES[step.state];
  return (
    <li>
      <Icon name={icon} {...(className ? { className } : {})} />
      <span>
        {step.title} <span className="visually-hidden">{text}</span>
      </span>
    </li>
  );
}
