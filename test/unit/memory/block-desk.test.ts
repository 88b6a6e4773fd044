// What was taken away is still there for the window that offers it back, whichever other window starts meanwhile.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BlockDesk } from '../../../src/block-desk.ts';
import { listBlocks } from '../../../src/memory/blocks.ts';
import { BlockManager } from '../../../src/memory/manage-blocks.ts';
import { OwnHome } from '../agent/own-home.ts';

const HOUR_MS = 60 * 60_000;

let home: OwnHome;
beforeEach(async () => {
  home = await OwnHome.open();
});
afterEach(async () => {
  vi.useRealTimers();
  await home.close();
});

const labels = async () => (await listBlocks(home.connection, home.agentId)).map((block) => block.label);

function desk(blocks: BlockManager) {
  const offers: { undo: () => Promise<void> }[] = [];
  const swept = vi.spyOn(blocks, 'sweep');
  const opened = new BlockDesk({
    blocks,
    changed: async () => {},
    offerUndo: (_message, undo) => void offers.push({ undo }),
    sweep: async () => {},
    log: (line) => expect.fail(line),
  });
  return { desk: opened, offers, swept };
}

/** Lets a window start `hours` from now, and waits for what it does about what others left. */
async function startWindow(hours: number): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: Date.now() + hours * HOUR_MS });
  const window = desk(new BlockManager(home.connection, home.agentId));
  vi.advanceTimersByTime(2 * 60_000);
  vi.useRealTimers();
  await Promise.all(window.swept.mock.results.map(({ value }) => value as Promise<void>));
  expect(window.swept).toHaveBeenCalledOnce();
  window.desk.dispose();
}

it('can be brought back after an hour, with another window started in between', async () => {
  const first = desk(new BlockManager(home.connection, home.agentId));
  const { id } = await first.desk.create({ label: 'team', description: '', value: 'Ann leads.', limit: 90 });
  await first.desk.remove(id);
  expect(await labels()).not.toContain('team');
  await startWindow(1);
  await first.offers[0]?.undo();
  expect((await listBlocks(home.connection, home.agentId)).find((block) => block.label === 'team')?.id).toBe(id);
  first.desk.dispose();
});

it('goes in the end, a week after nobody wanted it back', async () => {
  const first = desk(new BlockManager(home.connection, home.agentId));
  const { id } = await first.desk.create({ label: 'team', description: '', value: 'Ann leads.', limit: 90 });
  await first.desk.remove(id);
  first.desk.dispose();
  await startWindow(8 * 24);
  const { items } = await home.connection.client.blocks.list({ label: 'team' });
  expect(items).toEqual([]);
});
