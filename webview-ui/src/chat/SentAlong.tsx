// Under a message of the person: what was sent along with it.
import type { SentAttachment } from '../../../src/protocol/attachments.ts';
import { t } from '../l10n.tsx';
import { Link } from '../markdown/Link.tsx';
import { ATTACHMENT_KINDS } from './attachment-kinds.ts';

/** `src/a.ts:3-9` as a link of the host's. */
function hrefOf({ kind, label }: SentAttachment): string | undefined {
  if (kind !== 'file' && kind !== 'selection') return undefined;
  const [, path = label, line] = /^(.+?)(?::(\d+)(?:-\d+)?)?$/.exec(label) ?? [];
  return line === undefined ? path : `${path}#L${line}`;
}

export function SentAlong({ attached }: { attached: readonly SentAttachment[] }) {
  return (
    <ul className="chips" aria-label={t('Sent along')}>
      {attached.map((each, index) => {
        const href = hrefOf(each);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: what was sent never changes, and may be named alike.
          <li key={index} className="chip">
            <span className="chip-name" title={`${ATTACHMENT_KINDS[each.kind]}: ${each.label}`}>
              {href === undefined ? each.label : <Link href={href}>{each.label}</Link>}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
