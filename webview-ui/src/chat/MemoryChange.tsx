// A change of a memory block: its label, what stood there, what stands there now.
import type { ToolPart } from '../../../src/protocol/views.ts';
import { Icon } from '../ui/Icon.tsx';

export function MemoryChange({ memory }: { memory: NonNullable<ToolPart['memory']> }) {
  return (
    <div className="memory-change">
      <div className="memory-label">
        <Icon name="book" />
        <span>{memory.label}</span>
      </div>
      <OldAndNew before={memory.before} after={memory.after} />
    </div>
  );
}

/** `before` '' for what was added, null where it is not known. */
export function OldAndNew({ before, after }: { before: string | null; after: string }) {
  return (
    <>
      {before !== null && before !== '' && <Side kind="removed" title="Old" text={before} />}
      {after !== '' && <Side kind="inserted" title="New" text={after} />}
      {after === '' && <p className="quiet side-note">Removed.</p>}
    </>
  );
}

function Side({ kind, title, text }: { kind: 'removed' | 'inserted'; title: string; text: string }) {
  const Tag = kind === 'removed' ? 'del' : 'ins';
  return (
    <div className={`side ${kind}`}>
      <span className="sign" aria-hidden="true">
        {kind === 'removed' ? '−' : '+'}
      </span>
      <span className="visually-hidden">{title}: </span>
      <Tag className="side-text">{text}</Tag>
    </div>
  );
}
