// Which skill the agent used and why, or those that its search found.
import type { ToolBody } from '../../../src/protocol/transcript-views.ts';
import { t } from '../l10n.tsx';

type Body = Extract<ToolBody, { kind: 'skill' }>;

export function UsedSkill({ body: { skills, why } }: { body: Body }) {
  const [only, ...others] = skills;
  if (!only) return null;
  if (others.length === 0) {
    return (
      <p className="used-skill">
        {why ? t('Why: {0}', why) : only.description} <span className="quiet">{only.location}</span>
      </p>
    );
  }
  return (
    <ul className="used-skill" aria-label={t('Found skills')}>
      {skills.map(({ name, description, location }) => (
        <li key={name} title={location}>
          <code>{name}</code> <span className="quiet">{description}</span>
        </li>
      ))}
    </ul>
  );
}
