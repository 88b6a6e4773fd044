// What an attachment is called to the person.
import type { AttachmentKind } from '../../../src/protocol/attachments.ts';
import { t } from '../l10n.tsx';

export const ATTACHMENT_KINDS: Record<AttachmentKind, string> = {
  file: t('file'),
  folder: t('folder'),
  symbol: t('symbol'),
  selection: t('selection'),
  problems: t('problems'),
  openFiles: t('open files'),
  changes: t('changes'),
  commit: t('commit'),
  terminal: t('terminal'),
  url: t('web page'),
  thread: t('thread'),
  memory: t('memory'),
  skill: t('skill'),
  copy: t('copy'),
};
