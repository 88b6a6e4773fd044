// "Letta: Connect a Model…": a vendor or another endpoint and its key, tried before it is kept.
import * as vscode from 'vscode';
import { t } from '../protocol/l10n.ts';
import { showError } from './show-error.ts';

export interface ConnectModelDeps {
  /** Stores endpoint and key, tells the server, and lists what answers there. @throws Error saying why nothing does. */
  connect(endpoint: { name: string; baseUrl: string; key: string }): Promise<string[]>;
  select(handle: string): Promise<void>;
  /** Models that VS Code has of other extensions. */
  vscodeModels(): Promise<vscode.LanguageModelChat[]>;
  /** VS Code asks the person whether Letta may use one. @returns its handle. @throws Error in VS Code's words */
  allow(model: vscode.LanguageModelChat): Promise<string>;
}

interface Preset extends vscode.QuickPickItem {
  id: string;
  baseUrl: string;
  needsKey: boolean;
}

/** Not an address: VS Code is asked. */
const VSCODE = 'vscode';

const PRESETS: readonly Preset[] = [
  { id: 'anthropic', label: 'Anthropic', baseUrl: 'https://api.anthropic.com/v1', needsKey: true },
  { id: 'openai', label: 'OpenAI', baseUrl: 'https://api.openai.com/v1', needsKey: true },
  {
    id: 'google_ai',
    label: 'Google Gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    needsKey: true,
  },
  { id: 'openrouter', label: 'OpenRouter', baseUrl: 'https://openrouter.ai/api/v1', needsKey: true },
  {
    id: 'ollama',
    label: 'Ollama',
    description: t('on this computer'),
    baseUrl: 'http://127.0.0.1:11434/v1',
    needsKey: false,
  },
  {
    id: 'lmstudio',
    label: 'LM Studio',
    description: t('on this computer'),
    baseUrl: 'http://127.0.0.1:1234/v1',
    needsKey: false,
  },
  {
    id: VSCODE,
    label: t('A model of VS Code'),
    description: t('Copilot’s and other extensions’'),
    baseUrl: '',
    needsKey: false,
  },
  { id: '', label: t('Another OpenAI-compatible endpoint…'), baseUrl: '', needsKey: true },
];

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

export async function connectModelCommand(deps: ConnectModelDeps): Promise<void> {
  const title = t('Connect a Model');
  const preset = await vscode.window.showQuickPick(PRESETS, { title, placeHolder: t('Where does the model run?') });
  if (!preset) return;
  if (preset.id === VSCODE) return connectVsCodeModel(title, deps);
  const baseUrl = preset.id ? preset.baseUrl : await askUrl(title);
  if (!baseUrl) return;
  const name = preset.id || (await askName(title, baseUrl));
  if (!name) return;
  const key = preset.needsKey
    ? await vscode.window.showInputBox({
        title,
        prompt: t('API key (kept in VS Code’s secret storage). Leave it empty when the endpoint needs none.'),
        password: true,
        ignoreFocusOut: true,
      })
    : '';
  if (key === undefined) return;
  try {
    const handles = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: t('Asking {0} for its models…', baseUrl) },
      () => deps.connect({ name, baseUrl, key: key.trim() }),
    );
    const handle =
      handles.length === 1
        ? handles[0]
        : await vscode.window.showQuickPick(handles, { title, placeHolder: t('Which model should answer?') });
    if (handle) await deps.select(handle);
  } catch (error) {
    showError(error);
  }
}

/** VS Code itself asks whether Letta may use it; that stays so until the person takes it back there. */
async function connectVsCodeModel(title: string, { select, vscodeModels, allow }: ConnectModelDeps): Promise<void> {
  try {
    const items = (await vscodeModels()).map((model) => ({
      label: model.name,
      description: t('{0}, {1} tokens', model.vendor, model.maxInputTokens),
      model,
    }));
    if (items.length === 0) {
      throw new Error(
        t('VS Code has no models now. Sign in to GitHub Copilot, or install an extension that brings models.'),
      );
    }
    const picked = await vscode.window.showQuickPick(items, { title, placeHolder: t('Which model should answer?') });
    if (!picked) return;
    const handle = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: t('Asking {0}…', picked.label) },
      () => allow(picked.model),
    );
    await select(handle);
  } catch (error) {
    showError(error);
  }
}

async function askUrl(title: string): Promise<string | undefined> {
  const value = await vscode.window.showInputBox({
    title,
    prompt: t('Base URL, e.g. http://127.0.0.1:8000/v1'),
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^https?:\/\/[^\s/]+/.test(text.trim()) ? undefined : t('An http or https address is needed.'),
  });
  return value?.trim().replace(/\/+$/, '');
}

async function askName(title: string, baseUrl: string): Promise<string | undefined> {
  const suggestion = new URL(baseUrl).hostname.replace(/[^A-Za-z0-9._-]/g, '-');
  return vscode.window.showInputBox({
    title,
    prompt: t('A short name; models are then called name/model-id'),
    value: NAME.test(suggestion) ? suggestion : 'endpoint',
    ignoreFocusOut: true,
    validateInput: (text) => (NAME.test(text) ? undefined : t('Letters, digits, dot, hyphen and underscore only.')),
  });
}
