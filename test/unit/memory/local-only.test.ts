// Keeping a block to local models from the host's side: the mark in its metadata, and homes that cannot promise it.
import { describe, expect, it } from 'vitest';
import { connect, type Home } from '../../../src/letta/connection.ts';
import { BlockManager } from '../../../src/memory/manage-blocks.ts';

function home(kind: Home['kind'], metadata: object = { other: 1 }) {
  const sent: { method: string; path: string; body: unknown }[] = [];
  const block = { id: 'block-1', label: 'diary', value: 'x', limit: 100, read_only: false, metadata };
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const { pathname } = new URL(String(input));
    const method = init?.method?.toUpperCase() ?? 'GET';
    const body = init?.body ? JSON.parse(String(init.body)) : undefined;
    if (method !== 'GET') sent.push({ method, path: pathname, body });
    if (pathname.endsWith('/agents')) return Response.json([]);
    if (pathname.endsWith('/blocks') || pathname.endsWith('/blocks/'))
      return Response.json(method === 'GET' ? [] : { ...block, ...body });
    return Response.json({ ...block, ...body });
  };
  const places: Record<Home['kind'], Home> = {
    embedded: { kind: 'embedded', fetch },
    selfHosted: { kind: 'selfHosted', url: 'http://letta.example', fetch },
    cloud: { kind: 'cloud', apiKey: 'k', fetch },
  };
  return { manager: new BlockManager(connect(places[kind]), 'agent-1'), sent };
}

describe('a block kept to local models', () => {
  it('is marked in its metadata, and what else is there stays', async () => {
    const { manager, sent } = home('embedded');
    expect(await manager.change('block-1', { localOnly: true })).toMatchObject({ localOnly: true });
    expect(sent).toEqual([
      { method: 'PATCH', path: '/v1/blocks/block-1', body: { metadata: { other: 1, local_only: true } } },
    ]);
  });

  it('is released by taking the mark away', async () => {
    const { manager, sent } = home('embedded', { other: 1, local_only: true });
    await manager.change('block-1', { localOnly: false });
    expect(sent[0]?.body).toEqual({ metadata: { other: 1 } });
  });

  const made = { label: 'diary', description: '', value: 'x', limit: 9, localOnly: true };

  it('is made closed, and never open for a moment', async () => {
    const { manager, sent } = home('embedded');
    await manager.create(made);
    expect(sent[0]).toMatchObject({ method: 'POST', body: { label: 'diary', metadata: { local_only: true } } });
  });

  it('stays closed while it is taken away and when it comes back', async () => {
    const { manager, sent } = home('embedded', { local_only: true });
    await manager.putBack(await manager.takeAway('block-1'));
    const marks = sent.flatMap(({ body }) =>
      typeof body === 'object' && body && 'metadata' in body ? body.metadata : [],
    );
    expect(marks).toHaveLength(2);
    for (const mark of marks) expect(mark).toMatchObject({ local_only: true });
  });

  it.each(['selfHosted', 'cloud'] as const)(
    'is refused on a home that puts the prompt together itself: %s',
    async (kind) => {
      const { manager, sent } = home(kind);
      await expect(manager.change('block-1', { localOnly: true })).rejects.toThrow(/Only the embedded home/);
      expect(sent).toEqual([]);
    },
  );
});
