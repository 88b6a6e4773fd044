// A picture that the agent looked at: what it is, and a link that opens it in the editor. Its bytes never come here.
import type { ToolBody } from '../../../src/protocol/transcript-views.ts';
import { t } from '../l10n.tsx';
import { Link } from '../markdown/Link.tsx';
import { Icon } from '../ui/Icon.tsx';

type Body = Extract<ToolBody, { kind: 'picture' }>;

export function Picture({ body: { name, what, href } }: { body: Body }) {
  return (
    <div className="picture command-line">
      <Icon name="file" />
      <span className="quiet">{what}</span>
      {href !== undefined && (
        <Link href={href} title={t('Open {0}', name)}>
          {t('Open picture')}
        </Link>
      )}
    </div>
  );
}
