import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { SkillOffers } from '../../../src/flows/offer-skill.ts';

let path: string;
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'letta-offers-')), 'agent.json');
});
const open = () => new SkillOffers(path, (text) => text.replaceAll('s3cret', '[secret]'));
const notes = (version: string) => `Write the release notes for ${version}`;

describe('SkillOffers', () => {
  it('offers on the third request of a kind, once, whichever window asks', async () => {
    expect(await open().asked({ threadId: 'a', text: notes('1.1') }, [], true)).toBeUndefined();
    expect(await open().asked({ threadId: 'b', text: notes('1.2') }, [], true)).toBeUndefined();
    const offer = await open().asked({ threadId: 'c', text: notes('1.3') }, [], true);
    expect(offer?.similar.sort()).toEqual([notes('1.1'), notes('1.2')]);
    expect(await open().asked({ threadId: 'd', text: notes('1.4') }, [], true)).toBeUndefined();
  });

  it('keeps the offer for the next time where it cannot be shown', async () => {
    for (const thread of ['a', 'b', 'c']) {
      expect(await open().asked({ threadId: thread, text: notes(thread) }, [], false)).toBeUndefined();
    }
    expect(await open().asked({ threadId: 'd', text: notes('1.4') }, [], true)).toBeDefined();
  });

  it('knows threads from before by their titles', async () => {
    const titles = [
      { threadId: 'a', text: notes('1.1') },
      { threadId: 'b', text: notes('1.2') },
    ];
    expect(await open().asked({ threadId: 'c', text: notes('1.3') }, titles, true)).toBeDefined();
  });

  it('counts threads, and not what is said again in one', async () => {
    for (const version of ['1', '2', '3', '4'])
      expect(await open().asked({ threadId: 'a', text: notes(version) }, [], true)).toBeUndefined();
  });

  it('keeps no secret', async () => {
    await open().asked({ threadId: 'a', text: 'Log in to staging with s3cret and deploy' }, [], true);
    expect(await readFile(path, 'utf8')).not.toContain('s3cret');
  });
});
