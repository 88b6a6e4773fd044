// "Letta: Select Home…": where the agent and its memory live.
import * as vscode from 'vscode';

type Kind = 'embedded' | 'selfHosted' | 'cloud';

export interface SelectHomeDeps {
  current(): Kind;
  url(): string;
  saveKey(key: string | undefined): Promise<void>;
  /** Opens the same home anew. */
  reconnect(): Promise<void>;
}

export async function selectHomeCommand(deps: SelectHomeDeps): Promise<void> {
  const title = 'Select Home';
  const mark = (kind: Kind) => (deps.current() === kind ? { description: 'current' } : {});
  const picked = await vscode.window.showQuickPick(
    [
      {
        home: 'embedded' as const,
        label: 'This computer',
        detail: 'No account, no port, no Docker.',
        ...mark('embedded'),
      },
      { home: 'selfHosted' as const, label: 'Your own Letta server', detail: deps.url(), ...mark('selfHosted') },
      { home: 'cloud' as const, label: 'Letta Cloud', detail: 'Needs an API key.', ...mark('cloud') },
    ],
    { title, placeHolder: 'Where do the agent and its memory live?' },
  );
  if (!picked) return;
  const settings = vscode.workspace.getConfiguration('letta');
  let isSame = picked.home === deps.current();
  if (picked.home === 'selfHosted') {
    const url = await vscode.window.showInputBox({
      title,
      prompt: 'Address of your Letta server',
      value: deps.url(),
      ignoreFocusOut: true,
      validateInput: (text) =>
        /^https?:\/\/[^\s/]+/.test(text.trim()) ? undefined : 'An http or https address is needed.',
    });
    if (!url) return;
    if (url.trim() !== deps.url()) isSame = false;
    await settings.update('server.url', url.trim(), vscode.ConfigurationTarget.Global);
  }
  if (picked.home !== 'embedded') {
    const key = await vscode.window.showInputBox({
      title,
      prompt:
        'API key (kept in VS Code’s secret storage). Leave it empty to keep the one stored, or when none is needed.',
      password: true,
      ignoreFocusOut: true,
    });
    if (key === undefined) return;
    if (key.trim()) await deps.saveKey(key.trim());
    // A new key alone changes no setting.
    if (key.trim() && isSame) await deps.reconnect();
  }
  // A change of the setting reconnects.
  await settings.update('server.home', picked.home, vscode.ConfigurationTarget.Global);
}
