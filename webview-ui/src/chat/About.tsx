// Who answers, where its memory lives, which model runs. Large while the thread is empty, one line after that.
import type { AboutView } from '../../../src/protocol/about-views.ts';
import { t, tElements } from '../l10n.tsx';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useApp, useAppState } from '../use-app.ts';

const CONNECT = t('Connect a model…');

export function About() {
  const about = useAppState((s) => s.about);
  const empty = useAppState((s) => s.feed.thread?.items.length === 0);
  if (!about) return null;
  return (
    <section className={empty ? 'about welcome' : 'about strip'} aria-label={t('About this agent')}>
      {empty ? <Welcome about={about} /> : <Strip about={about} />}
    </section>
  );
}

function Welcome({ about }: { about: AboutView }) {
  const app = useApp();
  return (
    <>
      <h2>{about.agentName}</h2>
      <p className="quiet">
        {tElements(
          'Remembers across threads. Tell it a convention, and it keeps it; see and correct what it knows under {memory}.',
          {
            memory: (
              <button type="button" className="link" onClick={() => app.showPanel('memory')}>
                {t('what it remembers')}
              </button>
            ),
          },
        )}
      </p>
      <dl className="facts">
        <dt>{t('Memory')}</dt>
        <dd>{about.homeLabel}</dd>
        <dt>{t('Model')}</dt>
        <dd className="mono">{about.model || t('none yet')}</dd>
      </dl>
      {about.choice && <Choice choice={about.choice} />}
      <Cautions about={about} />
      <button
        type="button"
        className={about.demo || about.model === '' ? 'button' : 'button secondary'}
        onClick={() => void app.ask('model.connect', {})}
      >
        <Icon name="plug" />
        {CONNECT}
      </button>
    </>
  );
}

/** Until something is said, another agent can take this workspace. */
function Choice({ choice }: { choice: NonNullable<AboutView['choice']> }) {
  const app = useApp();
  return (
    <p className="quiet">
      {choice === 'new'
        ? t('New agent for this workspace; it shares what is known about you')
        : t('An existing agent, chosen for this workspace')}
      {' · '}
      <button type="button" className="link" onClick={() => void app.ask('agent.select', {})}>
        {choice === 'new' ? t('Use an existing agent…') : t('Use another agent…')}
      </button>
    </p>
  );
}

function Strip({ about }: { about: AboutView }) {
  const app = useApp();
  return (
    <>
      <span className="strip-agent">{about.agentName}</span>
      <span className="strip-fact mono" title={about.model}>
        {about.model || t('no model')}
      </span>
      <span className="strip-fact strip-home" title={about.homeLabel}>
        {about.homeLabel}
      </span>
      {!about.trusted && (
        <span title={t('Restricted Mode: the agent can read files, not change them.')}>
          <Icon name="shield" />
          <span className="visually-hidden">{t('Restricted Mode: the agent can read files, not change them.')}</span>
        </span>
      )}
      <IconButton icon="plug" label={CONNECT} onClick={() => void app.ask('model.connect', {})} />
    </>
  );
}

function Cautions({ about }: { about: AboutView }) {
  return (
    <>
      {about.demo && (
        <p className="caution">
          <Icon name="info" />
          <span>
            {t(
              'The demo model answers: a small program, not an AI. It shows memory, tools and approvals at work. Connect a model for real answers.',
            )}
          </span>
        </p>
      )}
      {!about.trusted && (
        <p className="caution">
          <Icon name="shield" />
          <span>{t('Restricted Mode: the agent can read files, not change them or run anything.')}</span>
        </p>
      )}
    </>
  );
}
