// Arguments or a result of a tool call, word for word.
import { plural } from '../l10n.tsx';
import { readable } from '../markdown/readable.ts';

/** More of it is for the log, not for a side bar. */
const MAX_DETAIL = 20_000;

export function Detail({ title, text }: { title: string; text: string }) {
  const cut = text.length > MAX_DETAIL;
  return (
    <div className="detail">
      <div className="detail-title">{title}</div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{readable(cut ? text.slice(0, MAX_DETAIL) : text)}</pre>
      {cut && (
        <div className="quiet">{plural(text.length - MAX_DETAIL, '{0} more character', '{0} more characters')}</div>
      )}
    </div>
  );
}
