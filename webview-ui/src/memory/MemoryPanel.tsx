// What the agent remembers: what waits for review, every block at once, the archive, and what the model sees of it.
import { useState } from 'react';
import type { BlockView } from '../../../src/protocol/memory-views.ts';
import { t } from '../l10n.tsx';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Loading } from '../ui/Loading.tsx';
import { Meter } from '../ui/Meter.tsx';
import { useApp, useAppState } from '../use-app.ts';
import { Archive } from './Archive.tsx';
import { Block } from './Block.tsx';
import { Context } from './Context.tsx';
import { NEW_BLOCK, NewBlock } from './Details.tsx';
import { Review } from './Review.tsx';
import { Search } from './Search.tsx';
import { useHasDraft } from './use-form-draft.ts';

export function MemoryPanel({ shown }: { shown: boolean }) {
  const blocks = useAppState((s) => s.blocks);
  const home = useAppState((s) => s.about?.homeLabel);
  if (!blocks) return <Loading />;
  return (
    <div className="memory-panel">
      <Search />
      <Review shown={shown} />
      <Toolbar />
      <p className="quiet intro">
        {t('What the agent knows in every thread.')} {home}
      </p>
      <Room />
      {blocks.length === 0 && <p className="quiet">{t('The agent has no memory blocks.')}</p>}
      {blocks.map((block) => (
        <Block key={block.id} block={block} shown={shown} />
      ))}
      <Archive shown={shown} />
      <Context shown={shown} />
    </div>
  );
}

const NONE: readonly BlockView[] = [];

/** How much of the prompt the blocks take together, where there is a cap. */
function Room() {
  const most = useAppState((s) => s.about?.memoryTokens);
  const blocks = useAppState((s) => s.blocks ?? NONE);
  const taken = blocks.reduce((sum, { tokens = 0 }) => sum + tokens, 0);
  // Where their sizes are not known, nothing is said of them.
  if (most === undefined || !blocks.some(({ tokens }) => tokens !== undefined)) return null;
  const text = t('{0} of {1} tokens of the prompt', taken, most);
  return (
    <div className="room">
      <Meter label={t('All blocks')} value={taken} max={most} text={text} />
      <p className="block-size">
        <span className={taken > most ? 'over' : undefined}>{text}</span>
      </p>
      {taken > most && (
        <p className="too-long">
          <Icon name="error" className="bad" />
          <span>
            {t(
              'Nothing more can be written to the blocks. Shorten the largest, move lines to the archive, or raise the setting letta.memory.maxPromptTokens.',
            )}
          </span>
        </p>
      )}
    </div>
  );
}

function Toolbar() {
  const app = useApp();
  const [making, setMaking] = useState<'kept' | 'pressed' | undefined>(useHasDraft(NEW_BLOCK) ? 'kept' : undefined);
  return (
    <>
      <div className="blocks-head">
        <h2>{t('Blocks')}</h2>
        <IconButton
          icon="link"
          label={t('Attach shared block')}
          title={t('Attach a block of another agent')}
          onClick={() => void app.ask('memory.attach', {})}
        />
        <IconButton
          icon="add"
          label={t('New block')}
          expanded={making !== undefined}
          onClick={() => setMaking(making ? undefined : 'pressed')}
        />
      </div>
      {making && <NewBlock focused={making === 'pressed'} onDone={() => setMaking(undefined)} />}
    </>
  );
}
