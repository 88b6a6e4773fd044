// Why do you believe this? Each line of a block with the turn that wrote it and the words that led to it.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { BlockView, LineView } from '../../../src/protocol/memory-views.ts';
import { t } from '../l10n.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useLatest } from '../ui/latest.ts';
import { useApp } from '../use-app.ts';
import { Confirm, Mark } from './Doubts.tsx';
import { Origin, unreviewedInWords, useShowTurn } from './Origin.tsx';

export function Lines({ block }: { block: BlockView }) {
  const app = useApp();
  const [lines, setLines] = useState<LineView[]>();
  const latest = useLatest();
  const blockId = block.id;

  const load = useCallback(async () => {
    const isLatest = latest();
    const found = await app.ask('memory.lines', { blockId });
    if (found && isLatest()) setLines(found);
  }, [app, blockId, latest]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a changed block has other lines
  useEffect(() => void load(), [load, block]);

  return (
    <div className="under">
      {lines === undefined && <p className="quiet">{t('Loading…')}</p>}
      {lines?.length === 0 && <p className="quiet">{t('The block is empty.')}</p>}
      <ul className="lines" aria-label={t('Lines of {0}', block.label)}>
        {lines?.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line may stand there twice
          <Line key={index} block={block} line={line} />
        ))}
      </ul>
    </div>
  );
}

function Line({ block, line }: { block: BlockView; line: LineView }) {
  const app = useApp();
  const showTurn = useShowTurn();
  const item = useRef<HTMLLIElement>(null);
  const { text, origin, quote, unverified, expires } = line;
  const threadId = origin?.threadId;
  const setExpiry = async () => {
    const changed = await app.ask('memory.expire', { blockId: block.id, line: text });
    if (changed) app.putBlock(changed);
  };
  return (
    <li className="line" ref={item} tabIndex={-1}>
      <div className="line-head">
        <p className="line-text">{text}</p>
        {text.trim() !== '' && (
          <IconButton
            icon="watch"
            label={t('Expires…')}
            title={t('Until when does this line hold?')}
            onClick={() => void setExpiry()}
          />
        )}
        {threadId !== undefined && (
          <IconButton
            icon="comment-discussion"
            label={t('Show message')}
            title={
              origin?.threadTitle
                ? t('Show the message in {0}', origin.threadTitle)
                : t('Show the message in its thread')
            }
            onClick={() => showTurn({ threadId, messageId: origin?.messageId })}
          />
        )}
      </div>
      {quote !== undefined && <blockquote className="line-quote">{quote}</blockquote>}
      <p className="quiet line-origin">
        {origin ? <Origin origin={origin} thread /> : t('From before Letta began to watch.')}
      </p>
      {(origin?.unreviewed || unverified !== undefined || expires !== undefined) && (
        <div className="line-marks">
          {origin?.unreviewed && <Mark icon="unverified" text={unreviewedInWords(origin.sources)} />}
          {unverified !== undefined && <Mark icon="warning" text={unverified} />}
          {expires !== undefined && <Mark icon="history" text={t('Until {0}', expires)} />}
          {(origin?.unreviewed || unverified !== undefined) && (
            <Confirm block={block} line={text} onDone={() => item.current?.focus()} />
          )}
        </div>
      )}
    </li>
  );
}
