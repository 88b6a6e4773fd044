// What the agent remembers: what waits for review, every block at once, the archive, and what the model sees of it.
import { useState } from 'react';
import { useApp, useAppState } from '../app.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Archive } from './Archive.tsx';
import { Block } from './Block.tsx';
import { Context } from './Context.tsx';
import { NewBlock } from './Details.tsx';
import { Review } from './Review.tsx';
import { Search } from './Search.tsx';

export function MemoryPanel({ shown }: { shown: boolean }) {
  const blocks = useAppState((s) => s.blocks);
  const home = useAppState((s) => s.about?.homeLabel);
  if (!blocks) return <p className="quiet pad">Loading…</p>;
  return (
    <div className="memory-panel">
      <Search />
      <Review shown={shown} />
      <Toolbar />
      <p className="quiet intro">What the agent knows in every thread. {home}</p>
      {blocks.length === 0 && <p className="quiet">The agent has no memory blocks.</p>}
      {blocks.map((block) => (
        <Block key={block.id} block={block} shown={shown} />
      ))}
      <Archive shown={shown} />
      <Context shown={shown} />
    </div>
  );
}

function Toolbar() {
  const app = useApp();
  const [making, setMaking] = useState(false);
  return (
    <>
      <div className="blocks-head">
        <h2>Blocks</h2>
        <IconButton
          icon="link"
          label="Attach shared block"
          title="Attach a block of another agent"
          onClick={() => void app.ask('memory.attach', {})}
        />
        <IconButton icon="add" label="New block" expanded={making} onClick={() => setMaking(!making)} />
      </div>
      {making && <NewBlock onDone={() => setMaking(false)} />}
    </>
  );
}
