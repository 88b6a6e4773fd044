// Puts things beside the draft of the shown thread: they go along with its next message.
import { type Attachment, MAX_ATTACHED, sameAttachment } from '../../../src/protocol/attachments.ts';
import type { App } from '../app.ts';
import { t } from '../l10n.tsx';

export const draftKey = (app: App): string => {
  const { feed, savedThreadId } = app.store.getState();
  return feed.thread?.threadId ?? savedThreadId ?? '';
};

/** What is there already stays once. */
export function attach(app: App, added: readonly Attachment[]): void {
  const key = draftKey(app);
  const before = app.store.getState().attached[key] ?? [];
  const fresh = added.filter((each) => !before.some((other) => sameAttachment(each, other)));
  if (fresh.length === 0) return;
  const all = [...before, ...fresh];
  if (all.length > MAX_ATTACHED)
    app.tell(t('A message takes {0} attachments. The others were left out.', MAX_ATTACHED));
  app.setAttached(key, all.slice(0, MAX_ATTACHED));
  app.announce(t('Attached: {0}.', fresh.map(({ label }) => label).join(', ')));
}

export function detach(app: App, index: number): void {
  const key = draftKey(app);
  const before = app.store.getState().attached[key] ?? [];
  app.setAttached(
    key,
    before.filter((_, at) => at !== index),
  );
  app.announce(t('Removed: {0}.', before[index]?.label ?? ''));
}

/** What was pasted or dropped, as far as it is more than text. @returns false: it is the text box's */
export function takeTransfer(app: App, data: DataTransfer | null): boolean {
  const files = [...(data?.files ?? [])];
  const uris = data?.getData('application/vnd.code.uri-list') || data?.getData('text/uri-list') || '';
  const inEditor = uris.split(/\r?\n/).filter((line) => line.startsWith('file:'));
  if (inEditor.length > 0) {
    void app.ask('attach.dropped', { uris: inEditor.slice(0, MAX_ATTACHED) }).then((found) => attach(app, found ?? []));
    return true;
  }
  // Office programs bring a picture of the text along.
  if (files.length === 0 || data?.getData('text/plain')) return false;
  void keep(app, files);
  return true;
}

async function keep(app: App, files: readonly File[]): Promise<void> {
  for (const [index, file] of files.entries()) {
    const name = file.name || `pasted-${index + 1}`;
    if (file.size > 5_000_000) {
      app.tell(t('{0} is larger than 5 MB. Put it into the workspace and mention it with @ instead.', name));
      continue;
    }
    const kept = await app.ask('attach.keep', { name, base64: await base64Of(file) });
    if (kept) attach(app, [kept]);
  }
}

function base64Of(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(new Error(t('{0} could not be read.', file.name)));
    reader.readAsDataURL(file);
  });
}
