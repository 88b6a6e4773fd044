// A command in a terminal: the end of what it writes, how it stands, and what a person can do about it.
import { useEffect, useLayoutEffect, useRef } from 'react';
import type { ToolBody } from '../../../src/protocol/transcript-views.ts';
import { t } from '../l10n.tsx';
import { readable } from '../markdown/readable.ts';
import { Icon } from '../ui/Icon.tsx';
import { useApp } from '../use-app.ts';
import { useSeconds } from './seconds.ts';

type CommandBody = Extract<ToolBody, { kind: 'command' }>;

const ALIVE: ReadonlySet<CommandBody['state']> = new Set(['running', 'background', 'waiting']);

/** Pixels from the end within which the view is at the end. */
const NEAR_END = 8;

export function CommandOutput({ body }: { body: CommandBody }) {
  const app = useApp();
  const { callId, output, state, boxed } = body;
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const seconds = useSeconds(body, ALIVE.has(state));
  // The end is what is new, save where the person has scrolled up to read.
  useLayoutEffect(() => {
    const { current } = box;
    if (current && output !== '' && follows.current) current.scrollTop = current.scrollHeight;
  }, [output]);
  const shown = output !== '';
  // Another width breaks the lines anew.
  useEffect(() => {
    const { current } = box;
    if (!shown || !current) return;
    const observer = new ResizeObserver(() => {
      if (follows.current) current.scrollTop = current.scrollHeight;
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, [shown]);
  return (
    <div className="command">
      {shown && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
        <div
          ref={box}
          className="last-output"
          role="group"
          aria-label={t('Last output')}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
            follows.current = scrollHeight - scrollTop - clientHeight < NEAR_END;
          }}
        >
          <pre>{readable(output)}</pre>
        </div>
      )}
      <div className="command-line">
        {boxed && <Icon name="shield" />}
        <span className="quiet">
          {boxed ? t('{0}, in the sandbox', standing(body, seconds)) : standing(body, seconds)}
        </span>
        {ALIVE.has(state) && (
          <>
            <button type="button" className="link" onClick={() => void app.ask('command.show', { callId })}>
              {t('Show terminal')}
            </button>
            <button type="button" className="link" onClick={() => void app.ask('command.stop', { callId })}>
              {t('Stop command')}
            </button>
          </>
        )}
      </div>
    </div>
  );
}

function standing({ state, exitCode, terminal }: CommandBody, seconds: number): string {
  const time = t('{0} s', seconds);
  switch (state) {
    case 'running':
      return t('Running, {0}', time);
    case 'background':
      return t('Running in the background ({0}), {1}', terminal, time);
    case 'waiting':
      return t('Waiting for input ({0}), {1}', terminal, time);
    case 'stopped':
      return t('Stopped after {0}', time);
    case 'lost':
      return t('No longer running');
    case 'ended':
      return exitCode === undefined ? t('Ended after {0}', time) : t('Exit code {0}, {1}', String(exitCode), time);
  }
}
