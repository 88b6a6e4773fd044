// What the agent asks the person: options to choose from, words of their own, or neither.
import { type KeyboardEvent, useId, useState } from 'react';
import type { QuestionView } from '../../../src/protocol/asking.ts';
import { t } from '../l10n.tsx';
import { isComposing } from '../ui/composing.ts';
import { Icon } from '../ui/Icon.tsx';
import { useApp, useAppState } from '../use-app.ts';

const NONE: readonly QuestionView[] = [];

export function Questions() {
  const questions = useAppState((s) => s.feed.thread?.questions ?? NONE);
  if (questions.length === 0) return null;
  return (
    <div className="approvals">
      {questions.map((question) => (
        <Question key={question.id} asked={question} />
      ))}
    </div>
  );
}

function Question({ asked }: { asked: QuestionView }) {
  const app = useApp();
  const [sent, setSent] = useState(false);
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const [words, setWords] = useState('');
  const { id, question, options, multiple } = asked;
  const text = words.trim();
  const send = async (choices: readonly number[], skip = false) => {
    setSent(true);
    const given = skip || text === '' ? {} : { text };
    const answer = { questionId: id, choices: [...choices], ...given, ...(skip ? { skip } : {}) };
    if (!(await app.ask('answer', answer))) setSent(false);
  };
  const nothing = text === '' && chosen.length === 0;
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (isComposing(event) || event.key !== 'Enter' || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (!nothing) void send(chosen);
  };
  const toggle = (index: number) =>
    setChosen(chosen.includes(index) ? chosen.filter((each) => each !== index) : [...chosen, index].sort());
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
    <div className="approval" role="group" aria-label={t('Question: {0}', question)}>
      <div className="approval-head">
        <Icon name="question" className="caution-icon" />
        <span className="question-text">{question}</span>
      </div>
      {options.length > 0 && (
        <ul className="question-options">
          {options.map(({ label, description }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a question never changes, and its options may be called the same
            <li key={index}>
              {multiple ? (
                <Box
                  label={label}
                  description={description}
                  checked={chosen.includes(index)}
                  disabled={sent}
                  onToggle={() => toggle(index)}
                />
              ) : (
                <Choice label={label} description={description} disabled={sent} onChoose={() => void send([index])} />
              )}
            </li>
          ))}
        </ul>
      )}
      <textarea
        className="input question-words"
        rows={1}
        aria-label={t('Your answer')}
        placeholder={options.length > 0 ? t('Or in your own words') : t('Your answer')}
        maxLength={20_000}
        value={words}
        disabled={sent}
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="approval-buttons">
        <button type="button" className="button" disabled={sent || nothing} onClick={() => void send(chosen)}>
          {t('Answer')}
        </button>
        <button type="button" className="button secondary" disabled={sent} onClick={() => void send([], true)}>
          {t('Skip')}
        </button>
      </div>
    </div>
  );
}

interface OptionProps {
  label: string;
  description: string | undefined;
  disabled: boolean;
}

/** One of several: choosing it is the answer. */
function Choice({ label, description, disabled, onChoose }: OptionProps & { onChoose(): void }) {
  const about = useId();
  return (
    <>
      <button
        type="button"
        className="button secondary question-choice"
        disabled={disabled}
        {...(description ? { 'aria-describedby': about } : {})}
        onClick={onChoose}
      >
        {label}
      </button>
      {description && (
        <p className="quiet" id={about}>
          {description}
        </p>
      )}
    </>
  );
}

function Box({
  label,
  description,
  disabled,
  checked,
  onToggle,
}: OptionProps & { checked: boolean; onToggle(): void }) {
  const about = useId();
  return (
    <>
      <label className="question-box">
        <input
          type="checkbox"
          checked={checked}
          disabled={disabled}
          {...(description ? { 'aria-describedby': about } : {})}
          onChange={onToggle}
        />
        {label}
      </label>
      {description && (
        <p className="quiet" id={about}>
          {description}
        </p>
      )}
    </>
  );
}
