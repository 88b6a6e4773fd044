// "Letta: Select Home…", "Sign In", "Sign Out": where the agent and its memory live. Nothing is stored before the server has answered.
import * as vscode from 'vscode';
import { language, t } from '../protocol/l10n.ts';

type Kind = 'embedded' | 'selfHosted' | 'cloud';

export interface SelectHomeDeps {
  current(): Kind;
  url(): string;
  /** Asks a server what it is, and whether it takes the key. Never rejects. */
  check(server: {
    url: string;
    key?: string | undefined;
    cloud: boolean;
  }): Promise<{ verdict: string; message: string }>;
  cloudUrl: string;
  /** Names a home. */
  homeKey(kind: Kind, url: string): string;
  /** By the home's name: a key goes to no other. */
  key(home: string): Thenable<string | undefined>;
  saveKey(home: string, key: string | undefined): Thenable<void>;
  /** Takes away what is kept of it to be read while it does not answer. */
  forgetSeen(home: string): Promise<void>;
  /** Opens the same home anew. */
  reconnect(): Promise<void>;
  /** Of this computer. */
  state: vscode.Memento;
}

/** What is known already: nobody is asked for it. */
export interface GivenHome {
  kind: Kind;
  url?: string | undefined;
  key?: string | undefined;
}

const TITLE = t('Select Home');
/** The person knows that memory goes to that vendor. */
const CLOUD_NOTICED = 'letta.cloud.noticed';
/** Which home of the environment was offered. */
const OFFERED = 'letta.home.offered';

export async function selectHomeCommand(deps: SelectHomeDeps, given?: GivenHome): Promise<void> {
  const kind = given?.kind ?? (await pickKind(deps));
  if (!kind) return;
  const settings = vscode.workspace.getConfiguration('letta');
  let keyAlone = false;
  if (kind !== 'embedded') {
    if (kind === 'cloud' && !(await noticeCloud(deps.state))) return;
    const found = await askServer(deps, kind, given);
    if (!found) return;
    const isSame = kind === deps.current() && (kind === 'cloud' || found.url === deps.url());
    if (found.key) await deps.saveKey(deps.homeKey(kind, found.url), found.key);
    if (kind === 'selfHosted') await settings.update('server.url', found.url, vscode.ConfigurationTarget.Global);
    keyAlone = isSame && found.key !== '';
  }
  // A change of the setting reconnects. It comes before the person can choose another home while this one opens.
  await settings.update('server.home', kind, vscode.ConfigurationTarget.Global);
  // A new key alone changes no setting.
  if (keyAlone) await deps.reconnect();
}

/** Takes the key of the home off this computer, and what was last seen there. The agent and its memory stay where they are. */
export async function signOutCommand(deps: SelectHomeDeps): Promise<void> {
  const kind = deps.current();
  const url = kind === 'cloud' ? deps.cloudUrl : deps.url();
  const home = deps.homeKey(kind, url);
  if (kind === 'embedded' || !(await deps.key(home))) {
    void vscode.window.showInformationMessage(
      t('You are not signed in: no key of a Letta server is kept on this computer.'),
    );
    return;
  }
  const name = kind === 'cloud' ? 'Letta Cloud' : url;
  const detail = t(
    'Its key is removed from this computer. The agent and its memory stay there. Here, the home on this computer opens.',
  );
  const answer = await vscode.window.showWarningMessage(
    t('Sign out of {0}?', name),
    { modal: true, detail },
    t('Sign Out'),
  );
  if (answer !== t('Sign Out')) return;
  await deps.saveKey(home, undefined);
  await vscode.workspace.getConfiguration('letta').update('server.home', 'embedded', vscode.ConfigurationTarget.Global);
  await deps.forgetSeen(home);
}

/** @param found what the environment names. It is offered once, where no home was chosen yet */
export async function offerHome(deps: SelectHomeDeps, found: GivenHome & { names: string[] }): Promise<void> {
  const chosen = vscode.workspace.getConfiguration('letta').inspect('server.home')?.globalValue !== undefined;
  const name = found.url ?? 'Letta Cloud';
  if (chosen || deps.state.get(OFFERED) === name) return;
  await deps.state.update(OFFERED, name);
  const answer = await vscode.window.showInformationMessage(
    t(
      '{0} in your environment: keep the agent on {1}?',
      new Intl.ListFormat(language(), { type: 'conjunction' }).format(found.names),
      name,
    ),
    t('Use It'),
    t('Not Now'),
  );
  if (answer === t('Use It')) await selectHomeCommand(deps, { ...found, key: found.key ?? '' });
}

async function pickKind(deps: SelectHomeDeps): Promise<Kind | undefined> {
  const mark = (kind: Kind) => (deps.current() === kind ? { description: t('current') } : {});
  const picked = await vscode.window.showQuickPick(
    [
      {
        home: 'embedded' as const,
        label: t('This computer'),
        detail: t('No account, no port, no Docker.'),
        ...mark('embedded'),
      },
      { home: 'selfHosted' as const, label: t('Your own Letta server'), detail: deps.url(), ...mark('selfHosted') },
      { home: 'cloud' as const, label: 'Letta Cloud', detail: t('Needs an API key.'), ...mark('cloud') },
    ],
    { title: TITLE, placeHolder: t('Where do the agent and its memory live?') },
  );
  return picked?.home;
}

/** The same for whoever chose it in the settings. */
export function tellCloud(state: vscode.Memento): void {
  if (state.get(CLOUD_NOTICED) === true) return;
  void state.update(CLOUD_NOTICED, true);
  void vscode.window.showWarningMessage(
    t('The agent’s memory and threads are now stored by Letta Cloud. Choose another home with “Letta: Select Home…”.'),
  );
}

/** Once on this computer. @returns false where the person backs out */
async function noticeCloud(state: vscode.Memento): Promise<boolean> {
  if (state.get(CLOUD_NOTICED) === true) return true;
  const detail = t(
    'The agent’s memory, its threads, and what it reads of your code for them are then stored by Letta, Inc., the company behind Letta Cloud, and go to the models there. Memory on this computer stays as it is.',
  );
  const answer = await vscode.window.showWarningMessage(
    t('On Letta Cloud, memory leaves this computer.'),
    { modal: true, detail },
    t('Use Letta Cloud'),
  );
  if (answer !== t('Use Letta Cloud')) return false;
  await state.update(CLOUD_NOTICED, true);
  return true;
}

/** @returns an address that answers, or that the person wants all the same; `key` is '' where it stays as it is */
async function askServer(
  deps: SelectHomeDeps,
  kind: Exclude<Kind, 'embedded'>,
  given: GivenHome | undefined,
): Promise<{ url: string; key: string } | undefined> {
  let url: string | undefined = kind === 'cloud' ? deps.cloudUrl : (given?.url ?? deps.url());
  let key = given?.key;
  let known = given?.url !== undefined || kind === 'cloud';
  for (;;) {
    if (!known) url = await askUrl(url);
    if (!url) return undefined;
    key ??= await askKey();
    if (key === undefined) return undefined;
    const address = { url, key: key || (await deps.key(deps.homeKey(kind, url))), cloud: kind === 'cloud' };
    const { verdict, message } = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: t('Asking {0}…', url) },
      () => deps.check(address),
    );
    if (verdict === 'ok') return { url, key };
    const answer = await vscode.window.showWarningMessage(message, t('Try Again'), t('Change…'), t('Use Anyway'));
    if (answer === t('Use Anyway')) return { url, key };
    if (answer === undefined) return undefined;
    if (answer === t('Try Again')) {
      known = true;
      continue;
    }
    known = kind === 'cloud';
    key = undefined;
  }
}

async function askUrl(value: string | undefined): Promise<string | undefined> {
  const url = await vscode.window.showInputBox({
    title: TITLE,
    prompt: t('Address of your Letta server'),
    value: value ?? '',
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^https?:\/\/[^\s/]+/.test(text.trim()) ? undefined : t('An http or https address is needed.'),
  });
  return url?.trim().replace(/\/+$/, '');
}

async function askKey(): Promise<string | undefined> {
  const key = await vscode.window.showInputBox({
    title: TITLE,
    prompt: t(
      'API key (kept in VS Code’s secret storage). Leave it empty to keep the one stored, or when none is needed.',
    ),
    password: true,
    ignoreFocusOut: true,
  });
  return key?.trim();
}
