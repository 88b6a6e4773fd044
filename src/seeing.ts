// What a home on a server takes beside the one on this computer: whether it answers, and what is kept of it for when it does not.
import type * as vscode from 'vscode';
import type { ChatHome } from './chat/home.ts';
import { LastSeen, type LastSeenDeps } from './chat/last-seen.ts';
import { keepingSeen } from './chat/seen-home.ts';
import { tellCloud } from './commands/select-home.ts';
import { CLOUD_URL, type Connection, connect, homeKeyOf } from './letta/connection.ts';
import { toLettaError } from './letta/errors.ts';
import { HomeDown } from './letta/home-down.ts';
import { type Checked, checkServer } from './letta/verdict.ts';
import * as settings from './native/settings.ts';
import type { Vault } from './native/vault.ts';
import { t } from './protocol/l10n.ts';
import type { BlockView } from './protocol/memory-views.ts';

/** @throws HomeDown where nothing answers. What is no Letta server by what it says may be one all the same, where the person wants it */
export async function openRemote(
  kind: 'selfHosted' | 'cloud',
  vault: Vault,
  state: vscode.Memento,
): Promise<{ connection: Connection; checked: Checked }> {
  const url = kind === 'cloud' ? CLOUD_URL : settings.serverUrl();
  const key = await vault.serverKey(homeKeyOf(kind, url));
  if (kind === 'cloud' && !key)
    throw new HomeDown({
      verdict: 'unauthorized',
      message: t('Letta Cloud needs an API key: run “Letta: Sign In to Letta Cloud” and enter it.'),
    });
  const checked = await checkServer({ url, key, cloud: kind === 'cloud' });
  if (['refused', 'dns', 'tls', 'timeout'].includes(checked.verdict)) throw new HomeDown(checked);
  if (kind === 'selfHosted') return { connection: connect({ kind, url, ...(key ? { apiKey: key } : {}) }), checked };
  tellCloud(state);
  return { connection: connect({ kind, apiKey: key ?? '' }), checked };
}

/** Why a server that was checked could not be opened. */
export function asDown(error: unknown, checked: Checked): unknown {
  if (checked.verdict !== 'ok') return new HomeDown(checked);
  const { reason, message } = toLettaError(error);
  return ['unreachable', 'timeout'].includes(reason) ? new HomeDown({ verdict: 'refused', message }) : error;
}

/** What was last seen here of the home that the settings name. */
export function lastSeen(where: SeenWhere): LastSeen {
  return new LastSeen({
    ...where,
    homeKey: homeKeyOf(settings.homeKind(), settings.serverUrl()),
    // Its tables are large.
    mask: async () => (await import('./permissions/secrets.ts')).maskSecrets,
  });
}

type SeenWhere = Pick<LastSeenDeps, 'globalFolder' | 'workspace' | 'log'>;

/** Keeps what is seen of an open home. */
export class Seeing {
  readonly chat: ChatHome;
  private readonly seen: LastSeen;

  constructor(chat: ChatHome, where: SeenWhere) {
    this.seen = lastSeen(where);
    this.chat = keepingSeen(chat, this.seen);
  }

  /** Threads and memory are to be read later also where nobody has opened their panels. */
  async lookAround(blocks: () => Promise<BlockView[]>): Promise<void> {
    await this.chat.threads.list({ limit: SEEN_THREADS });
    this.seen.keep('blocks', await blocks());
  }

  flush(): Promise<void> {
    return this.seen.flush();
  }
}

/** So many threads are listed when nobody has asked for the list. */
const SEEN_THREADS = 50;
