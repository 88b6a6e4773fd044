// Keys, in VS Code's SecretStorage and nowhere else.
import type * as vscode from 'vscode';
import type { EndpointSetting } from './settings.ts';

export interface ResolvedEndpoint {
  name: string;
  baseUrl: string;
  providerType?: EndpointSetting['providerType'];
  apiKey?: string;
  timeoutSeconds?: number | undefined;
}

export class Vault {
  private readonly secrets: vscode.SecretStorage;

  constructor(secrets: vscode.SecretStorage) {
    this.secrets = secrets;
  }

  /** The key of a Letta server or of Letta Cloud, by its name (`homeKeyOf`): none is ever sent to another. */
  serverKey(home: string): Thenable<string | undefined> {
    return this.secrets.get(`letta.server.key:${home}`);
  }

  saveServerKey(home: string, key: string | undefined): Thenable<void> {
    const name = `letta.server.key:${home}`;
    return key ? this.secrets.store(name, key) : this.secrets.delete(name);
  }

  saveEndpointKey(name: string, key: string): Thenable<void> {
    return this.secrets.store(`letta.endpoint.${name}`, key);
  }

  /** The embedded server's own providers, as it wrote them. */
  providers(): Thenable<string | undefined> {
    return this.secrets.get('letta.providers');
  }

  saveProviders(secret: string): Thenable<void> {
    return this.secrets.store('letta.providers', secret);
  }

  /** Adds each endpoint's key: from the environment variable it names, else from the vault. */
  async withKeys(endpoints: readonly EndpointSetting[]): Promise<ResolvedEndpoint[]> {
    return Promise.all(
      endpoints.map(async ({ name, baseUrl, apiKeyEnv, providerType, timeoutSeconds }) => {
        const apiKey =
          (apiKeyEnv ? process.env[apiKeyEnv] : undefined) ?? (await this.secrets.get(`letta.endpoint.${name}`));
        return { name, baseUrl, providerType, timeoutSeconds, ...(apiKey ? { apiKey } : {}) };
      }),
    );
  }
}
