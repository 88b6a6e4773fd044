// The commands about where the agent lives, wired to what they ask and keep. Loaded with the first of them.
import type * as vscode from 'vscode';
import { forgetSeen } from './chat/last-seen.ts';
import { offerHome, type SelectHomeDeps, selectHomeCommand, signOutCommand } from './commands/select-home.ts';
import { CLOUD_URL, homeKeyOf } from './letta/connection.ts';
import { homeInEnvironment } from './letta/home-in-environment.ts';
import { checkServer } from './letta/verdict.ts';
import * as settings from './native/settings.ts';
import type { Vault } from './native/vault.ts';

interface Deps {
  vault: Vault;
  /** Of this computer. */
  state: vscode.Memento;
  /** The extension's storage of this computer. */
  globalFolder: string;
  /** Opens the same home anew. */
  reconnect(): Promise<void>;
}

export function choosingHome({ vault, state, globalFolder, reconnect }: Deps) {
  const deps: SelectHomeDeps = {
    current: settings.homeKind,
    url: settings.serverUrl,
    key: (home) => vault.serverKey(home),
    saveKey: (home, key) => vault.saveServerKey(home, key),
    forgetSeen: (home) => forgetSeen(globalFolder, home),
    check: (server) => checkServer(server),
    cloudUrl: CLOUD_URL,
    homeKey: homeKeyOf,
    reconnect,
    state,
  };
  return {
    select: () => selectHomeCommand(deps),
    signIn: () => selectHomeCommand(deps, { kind: 'cloud' }),
    signOut: () => signOutCommand(deps),
    /** What the environment names, once. */
    offer: async () => {
      const found = homeInEnvironment(process.env);
      if (found) await offerHome(deps, found);
    },
  };
}
