// One skill: what it is for, where it lies, how it fared, what is wrong with it, and what can be done with it.
import { memo, useId, useState } from 'react';
import type { SkillView } from '../../../src/protocol/skill-views.ts';
import { plural, t } from '../l10n.tsx';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Matched } from '../ui/Matched.tsx';
import { ago } from '../ui/time.ts';
import { useApp } from '../use-app.ts';
import { SkillPreview } from './SkillPreview.tsx';
import { adviceFor, inWords } from './skill-order.ts';

const SCOPES: Record<SkillView['scope'], string> = {
  project: t('project'),
  computer: t('this computer'),
  agent: t('this agent'),
  bundled: t('built in'),
};

interface Props {
  skill: SkillView;
  /** Words that are marked in it. */
  query: string;
  onRemove: (id: string) => void;
}

/** Not drawn again with the panel: hundreds of them would hold up a click. */
export const SkillRow = memo(function SkillRow({ skill, query, onRemove }: Props) {
  const { id, name, description, location, bare } = skill;
  const [previewing, setPreviewing] = useState(false);
  const nameId = useId();
  return (
    <li className="row skill" data-id={id} data-name={name} aria-labelledby={nameId}>
      <div className="skill-head">
        <span className="row-title" id={nameId} title={name}>
          <Matched text={name} query={query} />
        </span>
        {!bare && <Enabled skill={skill} nameId={nameId} />}
      </div>
      <p className="skill-description">
        <Matched text={description} query={query} />
      </p>
      <Facts skill={skill} />
      <div className="skill-foot">
        <span className="quiet skill-location" title={location}>
          {SCOPES[skill.scope]} · {location}
        </span>
        <Actions
          skill={skill}
          nameId={nameId}
          previewing={previewing}
          onPreview={() => setPreviewing(!previewing)}
          onRemove={onRemove}
        />
      </div>
      <Problems skill={skill} nameId={nameId} />
      {previewing && <SkillPreview skill={skill} />}
    </li>
  );
});

function Facts({ skill }: { skill: SkillView }) {
  const { usage, tokens, scripts } = skill;
  if (!usage && !tokens && !scripts) return null;
  const cost = tokens && t('{0} + {1} tokens', tokens.entry, tokens.body);
  const files = scripts && plural(scripts.length, '{0} script', '{0} scripts');
  return (
    <p className="quiet skill-facts">
      {usage && <span>{inWords(usage, ago)}</span>}
      {usage && (cost || files) && ' · '}
      {cost && <span title={t('Estimated: in the list of every request, and when it is loaded')}>{cost}</span>}
      {cost && files && ' · '}
      {files && <span title={scripts?.join('\n')}>{files}</span>}
    </p>
  );
}

type Asked = `skills.${'edit' | 'move' | 'wrap' | 'try' | 'revise' | 'export' | 'versions'}`;

interface ActionsProps {
  skill: SkillView;
  nameId: string;
  previewing: boolean;
  onPreview: () => void;
  onRemove: (id: string) => void;
}

function Actions({ skill, nameId, previewing, onPreview, onRemove }: ActionsProps) {
  const app = useApp();
  const { id, scope, location, bare, stray } = skill;
  const ask = (method: Asked) => () => void app.ask(method, { skillId: id });
  const edit = <IconButton icon="edit" label={t('Edit')} describedBy={nameId} onClick={ask('skills.edit')} />;
  if (stray) return location.endsWith('.md') ? <span className="row-actions always">{edit}</span> : null;
  if (bare)
    return (
      <span className="row-actions always">
        {skill.shadowedBy === undefined && <Small name={t('Wrap…')} nameId={nameId} onClick={ask('skills.wrap')} />}
        {edit}
      </span>
    );
  return (
    <span className="row-actions always">
      <IconButton
        icon="eye"
        label={t('Preview')}
        title={t('What the model sees')}
        describedBy={nameId}
        expanded={previewing}
        onClick={onPreview}
      />
      {skill.problems.length === 0 && (
        <>
          <IconButton
            icon="git-compare"
            label={t('Try…')}
            title={t('Try it on an example, beside the answer without it…')}
            describedBy={nameId}
            onClick={ask('skills.try')}
          />
          <IconButton
            icon="comment-discussion"
            label={t('Revise…')}
            title={t('Say what should be different; the revision is shown as a diff…')}
            describedBy={nameId}
            onClick={ask('skills.revise')}
          />
        </>
      )}
      {scope === 'bundled' ? (
        <Small name={t('Customize…')} nameId={nameId} onClick={ask('skills.move')} />
      ) : (
        <>
          {edit}
          <IconButton
            icon="arrow-right"
            label={t('Move')}
            title={t('Move to another scope…')}
            describedBy={nameId}
            onClick={ask('skills.move')}
          />
          <IconButton
            icon="history"
            label={t('Versions…')}
            title={t('Earlier versions; each is shown as a diff first…')}
            describedBy={nameId}
            onClick={ask('skills.versions')}
          />
          <IconButton
            icon="export"
            label={t('Export…')}
            title={t('Copy its folder…')}
            describedBy={nameId}
            onClick={ask('skills.export')}
          />
          <IconButton icon="trash" label={t('Delete')} describedBy={nameId} onClick={() => onRemove(id)} />
        </>
      )}
    </span>
  );
}

function Small({ name, nameId, onClick }: { name: string; nameId: string; onClick: () => void }) {
  return (
    <button type="button" className="button secondary small" aria-describedby={nameId} onClick={onClick}>
      {name}
    </button>
  );
}

function Problems({ skill, nameId }: { skill: SkillView; nameId: string }) {
  const app = useApp();
  const { id, problems, hints = [], fix, shadowedBy, bare, revision } = skill;
  const advice = adviceFor(skill, Date.now());
  const retire = () =>
    void app.ask('skills.enable', { skillId: id, enabled: false }).then((done) => done && app.announce(t('Retired.')));
  return (
    <>
      {problems.map((problem) => (
        <p className="skill-problem" key={problem}>
          <Icon name={bare ? 'info' : 'warning'} className={bare ? 'quiet' : 'caution-icon'} />
          <span>{problem}</span>
        </p>
      ))}
      {hints.map((hint) => (
        <p className="skill-problem" key={hint}>
          <Icon name="info" className="quiet" />
          <span>{hint}</span>
        </p>
      ))}
      {fix !== undefined && (
        <p className="skill-problem">
          <Small name={t('Fix…')} nameId={nameId} onClick={() => void app.ask('skills.fix', { skillId: id })} />
          <span className="quiet">{fix}</span>
        </p>
      )}
      {shadowedBy !== undefined && (
        <p className="skill-problem">
          <Icon name="info" />
          <span>{t('Not used: the one in {0} has the same name and wins.', shadowedBy)}</span>
        </p>
      )}
      {revision !== undefined && (
        <p className="skill-problem">
          <Icon name="info" />
          <span>
            {revision === 'waiting' ? t('A revision waits for you.') : t('You discarded a revision.')}{' '}
            <button
              type="button"
              className="link"
              aria-describedby={nameId}
              title={t('Show it beside the skill as it is; keep or discard it there')}
              onClick={() => void app.ask('skills.revision', { skillId: id })}
            >
              {t('View revision')}
            </button>
          </span>
        </p>
      )}
      {advice && (
        <p className="skill-problem">
          <Icon name="info" />
          <span>
            {advice.why}{' '}
            <button
              type="button"
              className="link"
              aria-describedby={nameId}
              title={advice.kind === 'revise' ? t('Say what should be different') : t('Switch it off; its files stay')}
              onClick={advice.kind === 'revise' ? () => void app.ask('skills.revise', { skillId: id }) : retire}
            >
              {advice.kind === 'revise' ? t('Revise') : t('Retire')}
            </button>
          </span>
        </p>
      )}
    </>
  );
}

function Enabled({ skill, nameId }: { skill: SkillView; nameId: string }) {
  const app = useApp();
  const [busy, setBusy] = useState(false);
  const toggle = async () => {
    setBusy(true);
    await app.ask('skills.enable', { skillId: skill.id, enabled: !skill.enabled });
    setBusy(false);
  };
  return (
    <button
      type="button"
      role="switch"
      className="switch"
      aria-label={t('Enabled')}
      aria-describedby={nameId}
      title={skill.enabled ? t('Enabled for this agent') : t('Disabled for this agent')}
      aria-checked={skill.enabled}
      aria-disabled={busy}
      onClick={() => {
        if (!busy) void toggle();
      }}
    >
      <span className="knob" />
    </button>
  );
}
