// What an answer was given with, and what can be done about it: ask again with another memory, ask why.
import { type ReactNode, useEffect, useState } from 'react';
import type { ReceiptView } from '../../../src/protocol/thread-views.ts';
import { plural, t } from '../l10n.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { spentText } from '../ui/spent.ts';
import { longDate } from '../ui/time.ts';
import { useApp, useAppState } from '../use-app.ts';

const NAME = t('About this answer');
const AGAIN = [
  {
    memory: 'today',
    label: t('Ask again with today’s memory'),
    hint: t('In a new thread, forked before the question. Memory is pinned there.'),
  },
  {
    memory: 'then',
    label: t('Ask again with that day’s memory'),
    hint: t('In a new thread, forked before the question. Memory is pinned there as this answer had it.'),
  },
  {
    memory: 'none',
    label: t('Ask again with no memory'),
    hint: t('In a new thread, forked before the question. The agent sees no memory there.'),
  },
] as const;

/** `beside`: what else can be done with the answer, next to the button. */
export function AboutAnswer({ itemId, beside }: { itemId: string; beside?: ReactNode }) {
  const app = useApp();
  const key = `about:${itemId}`;
  const open = useAppState((s) => s.unfolded[key] ?? false);
  return (
    <div className={open ? 'answer-about open' : 'answer-about'}>
      <div className="answer-row">
        <IconButton icon="info" label={NAME} expanded={open} onClick={() => app.unfold(key, !open)} />
        {beside}
      </div>
      {open && <Details itemId={itemId} />}
    </div>
  );
}

function Details({ itemId }: { itemId: string }) {
  const app = useApp();
  const threadId = useAppState((s) => s.feed.thread?.threadId ?? '');
  /** Each change of memory is an object of its own: what has become of the answer's memory is asked anew. */
  const memory = useAppState((s) => s.blocks);
  /** `undefined` while it is asked for, `null` where nothing was kept. */
  const [receipt, setReceipt] = useState<ReceiptView | null>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what it was given with is compared with memory as it is now
  useEffect(() => {
    let gone = false;
    void app.ask('answer.about', { threadId, itemId }).then((answer) => {
      if (!gone && answer) setReceipt(answer.receipt ?? null);
    });
    return () => {
      gone = true;
    };
  }, [app, threadId, itemId, memory]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
    <div className="answer-details" role="group" aria-label={NAME} aria-busy={receipt === undefined}>
      {receipt === undefined && <p className="quiet">{t('Looking it up…')}</p>}
      {receipt === null && (
        <p className="quiet">
          {t(
            'Nothing was kept of what this answer was given with: the message did not reach the agent, or it was answered before receipts were kept, or on another computer.',
          )}
        </p>
      )}
      {receipt && <Facts receipt={receipt} itemId={itemId} threadId={threadId} />}
      {receipt !== undefined && (
        <div className="answer-actions">
          {AGAIN.map(({ memory, label, hint }) => (
            <button
              key={memory}
              type="button"
              className="button secondary small"
              disabled={memory === 'then' && receipt === null}
              title={memory === 'then' && receipt === null ? t('That day’s memory was not kept') : hint}
              onClick={() => void app.askAgain(itemId, memory)}
            >
              {label}
            </button>
          ))}
          <button
            type="button"
            className="button secondary small"
            onClick={() => void app.ask('answer.why', { threadId, itemId })}
          >
            {t('Why did you do that?')}
          </button>
        </div>
      )}
    </div>
  );
}

function pinName(pin: NonNullable<ReceiptView['pin']>): string {
  switch (pin) {
    case 'pinned':
      return t('pinned in this thread');
    case 'today':
      return t('asked again, pinned as it was then');
    case 'then':
      return t('asked again, as of an earlier answer');
    case 'none':
      return t('none: asked again without memory');
  }
}

function Facts({ receipt, itemId, threadId }: { receipt: ReceiptView; itemId: string; threadId: string }) {
  const { at, model, blocks, newer, skills, pin, spent } = receipt;
  return (
    <dl className="facts">
      <dt>{t('Answered')}</dt>
      <dd>{longDate(at)}</dd>
      <dt>{t('Model')}</dt>
      <dd className="mono">{model || t('not known')}</dd>
      <dt>{t('Memory')}</dt>
      <dd>
        {pin && <p>{pinName(pin)}</p>}
        {blocks.length === 0 && !pin && t('none')}
        {blocks.length > 0 && (
          <ul className="answer-blocks" aria-label={t('Memory of this answer')}>
            {blocks.map((block) => (
              <AnswerBlock key={block.id} block={block} itemId={itemId} threadId={threadId} />
            ))}
          </ul>
        )}
        {newer.length > 0 && <p className="quiet">{t('Not there yet: {0}', newer.join(', '))}</p>}
      </dd>
      <dt>{t('Skills')}</dt>
      <dd>{skills.length === 0 ? t('none used') : skills.join(', ')}</dd>
      {spent && (
        <>
          <dt>{t('Spent')}</dt>
          <dd>{spentText(spent)}</dd>
        </>
      )}
    </dl>
  );
}

interface AnswerBlockProps {
  block: ReceiptView['blocks'][number];
  itemId: string;
  threadId: string;
}

function AnswerBlock({ block, itemId, threadId }: AnswerBlockProps) {
  const app = useApp();
  const { id, label, size, revisedAt, revisionId, state, since = 0 } = block;
  return (
    <li>
      <button type="button" className="link" onClick={() => app.showPanel('memory', label)}>
        {label}
      </button>{' '}
      <span className="quiet" title={revisionId}>
        {size === 0 ? t('empty') : sizeInWords(size, revisedAt)}
        {state === 'same' && size > 0 && `, ${t('unchanged')}`}
        {state === 'gone' && `, ${t('deleted since')}`}
        {state === 'changed' && `, ${plural(Math.max(1, since), 'changed since', 'changed {0} times since')}`}
      </span>
      {state !== 'same' && (
        <IconButton
          icon="git-compare"
          label={t('Compare {0}', label)}
          onClick={() => void app.ask('answer.compare', { threadId, itemId, blockId: id })}
        />
      )}
    </li>
  );
}

function sizeInWords(size: number, revisedAt: string | undefined): string {
  if (!revisedAt) return plural(size, '{0} character', '{0} characters');
  return plural(size, '{0} character of {1}', '{0} characters of {1}', longDate(revisedAt));
}
