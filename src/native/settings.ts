// Reads the `letta.*` settings, parsed; a malformed entry is left out and named in the log, save of rules that tighten.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { type PermissionMode, PermissionModeSchema } from '../protocol/about-views.ts';
import { tighteningRules } from './rule-sources.ts';

const EndpointSchema = z.object({
  name: z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)),
  baseUrl: z.url({ protocol: /^https?$/ }),
  apiKeyEnv: z.optional(z.string()),
  providerType: z.optional(z.enum(['openai', 'anthropic', 'google_ai', 'openrouter', 'ollama', 'lmstudio'])),
  timeoutSeconds: z.optional(z.int().check(z.minimum(1), z.maximum(3_600))),
});
export type EndpointSetting = z.infer<typeof EndpointSchema>;

const HomeSchema = z.enum(['embedded', 'selfHosted', 'cloud']);
export type HomeKind = z.infer<typeof HomeSchema>;

const section = () => vscode.workspace.getConfiguration('letta');
const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : [];

export function homeKind(): HomeKind {
  return z.catch(HomeSchema, 'embedded').parse(section().get('server.home'));
}

export function serverUrl(): string {
  return section().get<string>('server.url', 'http://localhost:8283').replace(/\/+$/, '');
}

/** Absolute path of the embedded server's folder. */
export function dataDir(): string {
  const setting = section().get<string>('embedded.dataDir', '').trim() || '~/.letta/vscode';
  return absolute(setting);
}

const absolute = (path: string): string =>
  path === '~' || path.startsWith('~/') || path.startsWith('~\\') ? join(homedir(), path.slice(1)) : resolve(path);

/** Absolute path of the folder that mirrors memory as files; null when it is off. */
export function mirrorFolder(): string | null {
  const setting = section().get<string>('memory.mirror', 'off').trim();
  return setting === '' || setting === 'off' ? null : absolute(setting);
}

export async function saveMirrorFolder(folder: string): Promise<void> {
  await section().update('memory.mirror', folder, vscode.ConfigurationTarget.Global);
}

export function endpoints(log: (line: string) => void): EndpointSetting[] {
  const value: unknown = section().get('models.endpoints');
  const found: EndpointSetting[] = [];
  for (const entry of Array.isArray(value) ? value : []) {
    const parsed = EndpointSchema.safeParse(entry);
    if (parsed.success) found.push(parsed.data);
    else log('An entry of letta.models.endpoints is left out: it needs a "name" and an http(s) "baseUrl".');
  }
  return found;
}

export async function saveEndpoint(endpoint: EndpointSetting): Promise<void> {
  const others = endpoints(() => {}).filter((e) => e.name !== endpoint.name);
  await section().update('models.endpoints', [...others, endpoint], vscode.ConfigurationTarget.Global);
}

export function defaultModel(): string {
  return section().get<string>('models.default', '').trim();
}

export async function saveDefaultModel(handle: string): Promise<void> {
  await section().update('models.default', handle, vscode.ConfigurationTarget.Global);
}

export function reflection(): 'off' | 'propose' | 'apply' {
  return z.catch(z.enum(['off', 'propose', 'apply']), 'propose').parse(section().get('memory.reflection'));
}

/** Tokens a day. */
export function reflectionBudget(): number {
  return Math.max(0, z.catch(z.number(), 50_000).parse(section().get('memory.reflectionBudget')));
}

/** Whether commands run in the sandbox of the operating system, where there is one. */
export function sandboxWanted(): boolean {
  return section().get('terminal.sandbox') === 'whenAvailable';
}

/** Hosts that commands in the sandbox may reach. */
export function allowedDomains(): string[] {
  return strings(section().get('terminal.allowedDomains'));
}

/** What memory blocks together may take of the prompt. */
export function maxPromptTokens(): number {
  return Math.max(0, z.catch(z.number(), 8_000).parse(section().get('memory.maxPromptTokens')));
}

/** Tokens that a request may have; 0: what the model serves. */
export function contextWindow(): number {
  return Math.max(0, z.catch(z.int(), 0).parse(section().get('context.window')));
}

export function permissionMode(): PermissionMode {
  return z.catch(PermissionModeSchema, 'standard').parse(section().get('permissions.mode'));
}

export async function savePermissionMode(mode: PermissionMode): Promise<void> {
  await section().update('permissions.mode', mode, vscode.ConfigurationTarget.Global);
}

/**
 * The rules. `allow` has scope machine and comes from the person alone; `ask` and `deny` of a workspace are added to the
 * person's own, so that a workspace can only tighten.
 */
export function permissionRules(): { allow: string[]; ask: string[]; deny: string[] } {
  const every = (key: string): string[] => {
    const found = section().inspect<unknown>(key);
    const values = [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue];
    return tighteningRules(values, `letta.${key}`);
  };
  return {
    allow: strings(section().get('permissions.allow')),
    ask: every('permissions.ask'),
    deny: every('permissions.deny'),
  };
}

export async function addAllowRules(added: readonly string[]): Promise<void> {
  const rules = strings(section().get('permissions.allow'));
  const missing = added.filter((rule) => !rules.includes(rule));
  if (missing.length === 0) return;
  await section().update('permissions.allow', [...rules, ...missing], vscode.ConfigurationTarget.Global);
}

/** Whether the agent offers by itself to learn a skill. */
export function offersSkills(): boolean {
  return section().get('skills.offer') !== false;
}

export async function stopOfferingSkills(): Promise<void> {
  await section().update('skills.offer', false, vscode.ConfigurationTarget.Global);
}
