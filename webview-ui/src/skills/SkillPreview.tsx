// What the model sees of a skill: its line in every request, and the text that it loads.
import { useEffect, useState } from 'react';
import type { SkillPreview as Preview, SkillView } from '../../../src/protocol/skill-views.ts';
import { t } from '../l10n.tsx';
import { useApp } from '../use-app.ts';

export function SkillPreview({ skill }: { skill: SkillView }) {
  const app = useApp();
  const [preview, setPreview] = useState<Preview>();
  useEffect(() => {
    let current = true;
    // A new view of the skill: it changed, or was switched on or off.
    void app.ask('skills.preview', { skillId: skill.id }).then((found) => current && found && setPreview(found));
    return () => {
      current = false;
    };
  }, [app, skill]);
  if (!preview) return <p className="quiet">{t('Loading…')}</p>;
  const { entry, why, body, tokens } = preview;
  return (
    <section className="skill-preview" aria-label={t('What the model sees of {0}', skill.name)}>
      {entry === undefined ? (
        <p className="quiet">
          {t('Not in the list of skills.')} {why}
        </p>
      ) : (
        <Part title={t('In every request · about {0} tokens', tokens.entry)} text={entry} />
      )}
      {body !== undefined && <Part title={t('When it is loaded · about {0} tokens', tokens.body)} text={body} />}
    </section>
  );
}

function Part({ title, text }: { title: string; text: string }) {
  return (
    <>
      <h3>{title}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse must be able to scroll it */}
      {/* biome-ignore lint/a11y/useSemanticElements: it is no part of a form */}
      <pre tabIndex={0} role="group" aria-label={title}>
        {text}
      </pre>
    </>
  );
}
