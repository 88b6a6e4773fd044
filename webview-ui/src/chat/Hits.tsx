// Places that a tool has found, each a link that opens it in the editor; many are folded.
import type { PlaceView } from '../../../src/protocol/transcript-views.ts';
import { Link } from '../markdown/Link.tsx';
import { readable } from '../markdown/readable.ts';
import { Fold } from '../ui/Fold.tsx';

/** More than these begin folded. */
const FEW = 4;

export function Hits({ callId, places, more }: { callId: string; places: PlaceView[]; more: number }) {
  if (places.length === 0) return null;
  const total = places.length + more;
  const files = new Set(places.map(({ name }) => name)).size;
  const count = `${total.toLocaleString('en')} ${total === 1 ? 'place' : 'places'}`;
  const where = more > 0 ? '' : ` in ${files} ${files === 1 ? 'file' : 'files'}`;
  return (
    <div className="hits">
      <Fold
        id={`hits:${callId}`}
        openByDefault={total <= FEW}
        summary={
          <span className="fold-title">{places.some(({ line }) => line) ? count + where : fileCount(total)}</span>
        }
      >
        <ul aria-label="Found places">
          {places.map((place, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two places can be alike in all that is shown
            <li key={index}>
              <Hit place={place} />
            </li>
          ))}
        </ul>
        {more > 0 && <div className="quiet">and {more.toLocaleString('en')} more</div>}
      </Fold>
    </div>
  );
}

function fileCount(total: number): string {
  return `${total.toLocaleString('en')} ${total === 1 ? 'file' : 'files'}`;
}

function Hit({ place: { name, line, text, href } }: { place: PlaceView }) {
  const where = line === undefined ? name : `${name}:${line}`;
  return (
    <>
      {href === undefined ? (
        <code title={`${where} is outside of the workspace`}>{where}</code>
      ) : (
        <Link href={href} title={`Open ${where}`}>
          <code>{where}</code>
        </Link>
      )}
      {text !== '' && <code className="hit-text">{readable(text)}</code>}
    </>
  );
}
