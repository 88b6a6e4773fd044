// What the agent remembers: every block at once, each with its editor.
import { useAppState } from '../app.ts';
import { Block } from './Block.tsx';

export function MemoryPanel({ shown }: { shown: boolean }) {
  const blocks = useAppState((s) => s.blocks);
  const home = useAppState((s) => s.about?.homeLabel);
  if (!blocks) return <p className="quiet pad">Loading…</p>;
  return (
    <div className="memory-panel">
      <p className="quiet intro">What the agent knows in every thread. {home}</p>
      {blocks.length === 0 && <p className="quiet">The agent has no memory blocks.</p>}
      {blocks.map((block) => (
        <Block key={block.id} block={block} shown={shown} />
      ))}
    </div>
  );
}
