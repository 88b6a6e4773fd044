// What waits for the person: always in sight, between the conversation and the composer.
import { useState } from 'react';
import type { ApprovalView } from '../../../src/protocol/transcript-views.ts';
import { visible } from '../../../src/protocol/visible.ts';
import { t, tElements } from '../l10n.tsx';
import { isComposing } from '../ui/composing.ts';
import { Icon } from '../ui/Icon.tsx';
import { useApp, useAppState } from '../use-app.ts';
import { ChangedFiles } from './ChangedFiles.tsx';
import { Diff, DiffCount } from './Diff.tsx';

const NONE: readonly ApprovalView[] = [];

export function Approvals() {
  const approvals = useAppState((s) => s.feed.thread?.approvals ?? NONE);
  if (approvals.length === 0) return null;
  return (
    <div className="approvals">
      {approvals.map((approval) => (
        <Approval key={approval.id} approval={approval} />
      ))}
    </div>
  );
}

function Approval({ approval }: { approval: ApprovalView }) {
  const app = useApp();
  // A second click, or a click on another button, while the host works on the first must do nothing.
  const [decided, setDecided] = useState(false);
  const [words, setWords] = useState('');
  const decide = async (decision: 'allow' | 'always' | 'deny') => {
    setDecided(true);
    const reason = decision === 'deny' && words.trim() ? { reason: words.trim() } : {};
    if (!(await app.ask('decide', { approvalId: approval.id, decision, ...reason }))) setDecided(false);
  };
  const { id, diff, files, edited, alwaysRule } = approval;
  const [title, detail, reason] = [approval.title, approval.detail, approval.reason].map(visible) as [
    string,
    string,
    string,
  ];
  const rules = (approval.alwaysRules ?? (alwaysRule === undefined ? [] : [alwaysRule])).map(visible);
  const canAlways = rules.length > 0 || approval.always !== undefined;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
    <div className="approval" role="group" aria-label={t('Approval: {0}', title)}>
      <div className="approval-head">
        <Icon name="question" className="caution-icon" />
        <span className="approval-title">{title}</span>
        {diff && <DiffCount diff={diff} />}
        {(diff !== undefined || files?.some(({ unified }) => unified !== '')) && (
          <button type="button" className="link" onClick={() => void app.ask('showDiff', { approvalId: id })}>
            {t('Show diff')}
          </button>
        )}
      </div>
      {!title.endsWith(detail) && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <pre className="approval-detail" tabIndex={0}>
          {detail}
        </pre>
      )}
      {edited && <p className="quiet">{t('You changed this proposal: Allow does what is shown here.')}</p>}
      {diff && <Diff diff={diff} />}
      {files && <ChangedFiles id={id} label={t('Files that would change')} files={files} asked />}
      <Reason text={reason} />
      {rules.length === 1 && (
        <p className="quiet">{tElements('Always allow adds the rule {rule}.', { rule: <code>{rules[0]}</code> })}</p>
      )}
      {rules.length > 1 && (
        <div className="quiet">
          {t('Always allow adds the rules')}
          <ul className="approval-rules">
            {rules.map((rule) => (
              <li key={rule}>
                <code>{rule}</code>
              </li>
            ))}
          </ul>
        </div>
      )}
      <div className="approval-buttons">
        <button type="button" className="button" disabled={decided} onClick={() => void decide('allow')}>
          {t('Allow')}
        </button>
        <button
          type="button"
          className="button secondary"
          disabled={decided || !canAlways}
          title={canAlways ? undefined : t('This is asked every time; no rule can allow it.')}
          onClick={() => void decide('always')}
        >
          {approval.always ?? t('Always allow…')}
        </button>
        <button type="button" className="button secondary" disabled={decided} onClick={() => void decide('deny')}>
          {t('Deny')}
        </button>
        <input
          className="input approval-words"
          aria-label={t('Why not?')}
          placeholder={t('Why not? Told with Deny')}
          maxLength={2_000}
          value={words}
          disabled={decided}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={(event) => {
            // Enter that ends a composition is no decision.
            if (event.key !== 'Enter' || isComposing(event) || words.trim() === '') return;
            event.preventDefault();
            void decide('deny');
          }}
        />
      </div>
    </div>
  );
}

/** At most one piece of it is code, and code may hold backquotes itself: from the first to the last. */
function Reason({ text }: { text: string }) {
  const [from, to] = [text.indexOf('`'), text.lastIndexOf('`')];
  if (from === to) return <p className="quiet">{text}</p>;
  return (
    <p className="quiet">
      {text.slice(0, from)}
      <code>{text.slice(from + 1, to)}</code>
      {text.slice(to + 1)}
    </p>
  );
}
