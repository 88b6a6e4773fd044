// Places that a tool has found, each a link that opens it in the editor; many are folded.
import type { PlaceView } from '../../../src/protocol/transcript-views.ts';
import { plural, t } from '../l10n.tsx';
import { Link } from '../markdown/Link.tsx';
import { readable } from '../markdown/readable.ts';
import { Fold } from '../ui/Fold.tsx';

/** More than these begin folded. */
const FEW = 4;

export function Hits({ callId, places, more }: { callId: string; places: PlaceView[]; more: number }) {
  if (places.length === 0) return null;
  const total = places.length + more;
  const files = new Set(places.map(({ name }) => name)).size;
  const inFiles = plural(files, '{0} file', '{0} files');
  const count =
    more > 0
      ? plural(total, '{0} place', '{0} places')
      : plural(total, '{0} place in {1}', '{0} places in {1}', inFiles);
  return (
    <div className="hits">
      <Fold
        id={`hits:${callId}`}
        openByDefault={total <= FEW}
        summary={
          <span className="fold-title">
            {places.some(({ line }) => line) ? count : plural(total, '{0} file', '{0} files')}
          </span>
        }
      >
        <ul aria-label={t('Found places')}>
          {places.map((place, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two places can be alike in all that is shown
            <li key={index}>
              <Hit place={place} />
            </li>
          ))}
        </ul>
        {more > 0 && <div className="quiet">{t('and {0} more', more)}</div>}
      </Fold>
    </div>
  );
}

function Hit({ place: { name, line, text, href } }: { place: PlaceView }) {
  const where = line === undefined ? name : `${name}:${line}`;
  return (
    <>
      {href === undefined ? (
        <code title={t('{0} is outside of the workspace', where)}>{where}</code>
      ) : (
        <Link href={href} title={t('Open {0}', where)}>
          <code>{where}</code>
        </Link>
      )}
      {text !== '' && <code className="hit-text">{readable(text)}</code>}
    </>
  );
}
