// The skills that the agent can load, where they lie, and what is wrong with those that it cannot.
import { useRef, useState } from 'react';
import type { SkillView } from '../../../src/protocol/skill-views.ts';
import { useFocusOnShow } from '../ui/focus.ts';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useApp, useAppState } from '../use-app.ts';

const SCOPES: Record<SkillView['scope'], string> = {
  project: 'project',
  computer: 'this computer',
  agent: 'this agent',
  bundled: 'built in',
};

export function SkillsPanel({ shown }: { shown: boolean }) {
  const app = useApp();
  const skills = useAppState((s) => s.skills);
  return (
    <div>
      <div className="toolbar">
        <p className="quiet">Instructions that the agent loads when a task calls for them.</p>
        <button type="button" className="button small" onClick={() => void app.ask('skills.new', {})}>
          <Icon name="add" />
          New skill
        </button>
      </div>
      {skills === undefined && <p className="quiet pad">Loading…</p>}
      {skills?.length === 0 && (
        <p className="quiet pad">
          No skills yet. Select code that shows how something is done here and choose{' '}
          <em>Learn Skill from Selection</em> from its context menu.
        </p>
      )}
      <ul className="rows" aria-label="Skills">
        {skills?.map((skill) => (
          <SkillRow key={skill.id} skill={skill} shown={shown} />
        ))}
      </ul>
    </div>
  );
}

function SkillRow({ skill, shown }: { skill: SkillView; shown: boolean }) {
  const app = useApp();
  const { id, name, description, scope, location, problems, shadowedBy } = skill;
  const row = useRef<HTMLLIElement>(null);
  useFocusOnShow(
    'skills',
    shown,
    (wanted) => wanted === name,
    () => row.current?.querySelector('button'),
  );
  return (
    <li className="row skill" ref={row}>
      <div className="skill-head">
        <span className="row-title">{name}</span>
        <span className="row-actions always">
          <IconButton icon="edit" label="Edit" onClick={() => void app.ask('skills.edit', { skillId: id })} />
          {scope !== 'bundled' && (
            <IconButton icon="trash" label="Delete" onClick={() => void app.ask('skills.delete', { skillId: id })} />
          )}
          <Enabled skill={skill} />
        </span>
      </div>
      <p className="skill-description">{description}</p>
      <p className="quiet skill-location" title={location}>
        {SCOPES[scope]} · {location}
      </p>
      {problems.map((problem) => (
        <p className="skill-problem" key={problem}>
          <Icon name="warning" className="caution-icon" />
          <span>{problem}</span>
        </p>
      ))}
      {shadowedBy !== undefined && (
        <p className="skill-problem">
          <Icon name="info" />
          <span>Not used: the one in {shadowedBy} has the same name and wins.</span>
        </p>
      )}
    </li>
  );
}

function Enabled({ skill }: { skill: SkillView }) {
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
      aria-label="Enabled"
      title={skill.enabled ? 'Enabled' : 'Disabled'}
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
