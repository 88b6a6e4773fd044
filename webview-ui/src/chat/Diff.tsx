// A unified diff, small enough to read in the side bar; VS Code's diff editor shows the whole.
import { useState } from 'react';
import type { DiffView } from '../../../src/protocol/transcript-views.ts';
import { visible } from '../../../src/protocol/visible.ts';
import { t } from '../l10n.tsx';

/** More lines than this begin folded. */
const FIRST_LINES = 60;

export function DiffCount({ diff }: { diff: Pick<DiffView, 'added' | 'removed'> }) {
  return (
    <span className="diff-count">
      <span className="plus">+{diff.added}</span> <span className="minus">−{diff.removed}</span>
    </span>
  );
}

export function Diff({ diff }: { diff: DiffView }) {
  const [whole, setWhole] = useState(false);
  const lines = bodyLines(diff.unified).map(visible);
  const shown = whole ? lines : lines.slice(0, FIRST_LINES);
  return (
    <div className="diff">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        {shown.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a diff have no other identity
          <span key={index} className={`diff-line ${kindOf(line)}`}>
            {`${line}\n`}
          </span>
        ))}
      </pre>
      {!whole && lines.length > FIRST_LINES && (
        <button type="button" className="link" onClick={() => setWhole(true)}>
          {t('Show all {0} lines', lines.length)}
        </button>
      )}
    </div>
  );
}

/** The lines without the file header, which only repeats the path. */
function bodyLines(unified: string): string[] {
  const lines = unified.replace(/\n$/, '').split('\n');
  const first = lines.findIndex((line) => line.startsWith('@@'));
  return first < 0 ? lines : lines.slice(first);
}

function kindOf(line: string): string {
  if (line.startsWith('@@')) return 'hunk';
  if (line.startsWith('+')) return 'inserted';
  if (line.startsWith('-')) return 'removed';
  return 'context';
}
