// The agent's changes of files that nobody has decided on: how many, in which files, and what can be done with them.
import { useState } from 'react';
import type { ChangesView } from '../../../src/protocol/transcript-views.ts';
import { plural, t } from '../l10n.tsx';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useApp, useAppState } from '../use-app.ts';
import { DiffCount } from './Diff.tsx';

type File = ChangesView[number];

/** More files than this begin folded. */
const FEW = 5;

export function Changes() {
  const app = useApp();
  const changes = useAppState((s) => s.changes);
  const [unfolded, setUnfolded] = useState<boolean>();
  if (changes.length === 0) return null;
  const open = unfolded ?? changes.length <= FEW;
  const count = plural(changes.length, '{0} file changed', '{0} files changed');
  const sum = (of: 'added' | 'removed') => changes.reduce((total, file) => total + file[of], 0);
  const act = (what: 'keep' | 'undo' | 'open') => void app.change(what);
  const waits = changes.some(({ listed }) => !listed);
  return (
    <section className="changes" aria-label={t('Changed files')}>
      <div className="changes-head">
        <button type="button" className="link" aria-expanded={open} onClick={() => setUnfolded(!open)}>
          <Icon name={open ? 'chevron-down' : 'chevron-right'} /> {count}
        </button>
        <DiffCount diff={{ added: sum('added'), removed: sum('removed') }} />
        <span className="changes-acts">
          <button type="button" className="link" onClick={() => act('keep')}>
            {t('Keep all')}
          </button>
          {waits && (
            <>
              <button type="button" className="link" onClick={() => act('undo')}>
                {t('Undo all')}
              </button>
              <button type="button" className="link" onClick={() => act('open')}>
                {t('Review')}
              </button>
            </>
          )}
        </span>
      </div>
      {open && (
        <ul aria-label={t('Files changed by the agent')}>
          {changes.map((file) => (
            <ChangedFile key={file.path} file={file} />
          ))}
        </ul>
      )}
      {open && changes.some(({ listed }) => listed) && (
        <p className="quiet">
          {t('Not undone from here. Restore… at a message brings back what its checkpoint holds.')}
        </p>
      )}
    </section>
  );
}

const KINDS: Record<File['kind'], string> = {
  changed: t('changed'),
  created: t('created'),
  deleted: t('deleted'),
  moved: t('moved'),
};

/** What has no lines: what happened to it. */
const LISTED = {
  tooLarge: (kind: string) => t('{0}, too large to review', kind),
  noText: (kind: string) => t('{0}, not text', kind),
  folder: (kind: string) => t('{0} folder', kind),
} as const satisfies Record<NonNullable<File['listed']>, (kind: string) => string>;

function ChangedFile({ file }: { file: File }) {
  const app = useApp();
  const { path, name, from, kind, listed } = file;
  const act = (what: 'keep' | 'undo' | 'open') => void app.change(what, path);
  const where = from === undefined ? name : `${from} → ${name}`;
  if (listed)
    return (
      <li>
        <span className="changes-file" title={where}>
          {where}
        </span>
        <span className="changes-acts">
          <span className="quiet">{LISTED[listed](KINDS[kind])}</span>
          <IconButton icon="check" label={t('Dismiss {0}', name)} onClick={() => act('keep')} />
        </span>
      </li>
    );
  return (
    <li>
      <button
        type="button"
        className="link changes-file"
        title={t('Show what changed in {0}', name)}
        onClick={() => act('open')}
      >
        {name}
      </button>
      <span className="changes-acts">
        {kind !== 'changed' && <span className="quiet">{KINDS[kind]}</span>}
        <DiffCount diff={file} />
        <IconButton icon="check" label={t('Keep {0}', name)} onClick={() => act('keep')} />
        <IconButton icon="discard" label={t('Undo {0}', name)} onClick={() => act('undo')} />
      </span>
    </li>
  );
}
