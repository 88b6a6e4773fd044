// A note that no longer fits into `inbox` goes to the archive; what else goes wrong is told.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChangeLog } from '../../../src/memory/change-log.ts';
import { keepInInbox } from '../../../src/memory/changes.ts';
import { OwnHome } from '../agent/own-home.ts';

let home: OwnHome;
let log: ChangeLog;
beforeEach(async () => {
  home = await OwnHome.open();
  log = new ChangeLog(join(home.workspace.folder, 'changes.jsonl'));
});
afterEach(() => home.close());

const keep = (note: string) => keepInInbox(home.connection, log, home.agentId, note);
const archived = async () =>
  (await home.connection.client.agents.passages.list(home.agentId, {})).map(({ text }) => text);

describe('the inbox', () => {
  it('takes what fits, to the last character; one more goes to the archive word for word', async () => {
    const inbox = await home.block('inbox');
    await home.connection.client.blocks.update(inbox.id, { value: 'First.', limit: 20 });
    expect(await keep('Thirteen more')).toEqual({ text: 'Thirteen more' });
    expect((await home.block('inbox')).value).toBe('First.\nThirteen more');
    expect(await keep('One')).toEqual({ text: 'One', archived: expect.stringMatching(/^passage-/) });
    expect((await home.block('inbox')).value).toBe('First.\nThirteen more');
    expect(await archived()).toEqual(['One']);
  });

  it('archives nothing when the server refuses for another reason', async () => {
    const { client } = home.connection;
    const update = () => Promise.reject(Object.assign(new Error('no'), { status: 500 }));
    const blocks = { update };
    const broken = { ...home.connection, client: { agents: client.agents, blocks } as unknown as typeof client };
    await expect(keepInInbox(broken, log, home.agentId, 'A note')).rejects.toThrow();
    expect(await archived()).toEqual([]);
  });
});
