// Several files that one call changes or has changed, each with its diff.
import type { DiffView } from '../../../src/protocol/transcript-views.ts';
import { Fold } from '../ui/Fold.tsx';
import { Diff, DiffCount } from './Diff.tsx';

/** So many are unfolded by themselves, where a person must look at them. */
const FEW = 3;

interface Props {
  /** Under which folds are remembered. */
  id: string;
  label: string;
  files: readonly DiffView[];
  /** A person must look at them. */
  asked?: boolean;
}

export function ChangedFiles({ id, label, files, asked = false }: Props) {
  const open = asked && files.length <= FEW;
  return (
    <ul className="tool-files" aria-label={label}>
      {files.map((file) => (
        <li key={file.path}>
          <Fold
            id={`file:${id}:${file.path}`}
            empty={file.unified === ''}
            openByDefault={open}
            summary={
              <>
                <code className="fold-title">{file.path}</code>
                {file.added + file.removed > 0 && <DiffCount diff={file} />}
              </>
            }
          >
            <Diff diff={file} />
          </Fold>
        </li>
      ))}
    </ul>
  );
}
