// An agent is known to work in other folders, as long as they are there.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AgentWorkspaces } from '../../../src/flows/agent-workspaces.ts';

it('names the other folders that an agent works in', async () => {
  const root = mkdtempSync(join(tmpdir(), 'letta-workspaces-'));
  try {
    const [shop, site] = ['shop', 'site'].map((name) => join(root, name));
    if (!shop || !site) throw new Error('There are two.');
    mkdirSync(shop);
    mkdirSync(site);
    const window = () => new AgentWorkspaces(join(root, 'agent.json'));
    expect(await window().others([shop])).toEqual([]);
    expect(await window().others([site])).toEqual([shop]);
    expect(await window().others([shop])).toEqual([site]);
    expect(await window().others([shop, site])).toEqual([]);
    rmSync(site, { recursive: true });
    expect(await window().others([shop])).toEqual([]);
    expect(await window().others([])).toEqual([shop]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
