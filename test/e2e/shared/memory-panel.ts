// The Memory panel as a person uses it: blocks as a whole, the archive, the search over everything, and the context.
import { expect } from 'vitest';
import { text, toolCalls } from '../../support/scripted-model.ts';
import { violations } from '../harness/axe.ts';
import type { LettaServer } from '../harness/letta-server.ts';
import type { LettaView } from '../harness/letta-view.ts';
import { blockShows, insert } from '../harness/memory.ts';
import { newest, systemOf } from '../harness/requests.ts';
import type { Opened } from '../harness/with-vscode.ts';
import type { Case } from './case.ts';

const WAIT = 30_000;

interface ApiBlock {
  id: string;
  value: string;
  description: string | null;
  limit: number;
  read_only: boolean;
}

const blocksOf = (api: LettaServer, label: string) => api.get<ApiBlock[]>(`/v1/blocks/?label=${label}`);

/** Waits until a block of the server holds exactly that: *Save* is off while it saves, too. */
const stores = (api: LettaServer, label: string, value: string) =>
  expect.poll(async () => (await blocksOf(api, label)).map((block) => block.value), { timeout: WAIT }).toContain(value);

/** Everything in the archives of a server. */
async function passagesOf(api: LettaServer): Promise<{ text: string; tags: string[] }[]> {
  const agents = await api.get<{ id: string }[]>('/v1/agents/');
  const archives = await Promise.all(
    agents.map(({ id }) => api.get<{ text: string; tags: string[] }[]>(`/v1/agents/${id}/archival-memory`)),
  );
  return archives.flat().map(({ text, tags }) => ({ text, tags }));
}

const form = (letta: LettaView, name: string) => letta.frame.getByRole('form', { name, exact: true });

export function memoryPanelCases({ vscode, window }: Opened): Case[] {
  async function save(letta: LettaView, label: string): Promise<void> {
    const button = letta.block(label).getByRole('button', { name: 'Save' });
    await button.click();
    await expect.poll(() => button.isDisabled(), { timeout: WAIT }).toBe(true);
  }

  /** What a case before has left in a block goes; the chat is shown afterwards. */
  async function empty(letta: LettaView, label: string): Promise<void> {
    await letta.panel('Memory');
    await letta.blockValue(label).waitFor();
    if ((await letta.blockValue(label).inputValue()) !== '') {
      await letta.blockValue(label).fill('');
      await save(letta, label);
    }
    await letta.panel('Chat');
  }

  async function details(letta: LettaView, label: string): Promise<void> {
    await letta.block(label).getByRole('button', { name: 'Edit details' }).click();
  }

  async function undoOfAnUnreviewedWrite(): Promise<void> {
    const { letta } = window();
    const { model } = vscode();
    const line = 'The sample is a small shop.';
    await empty(letta, 'project');
    model.script(toolCalls([{ name: 'Read', args: { path: 'README.md' } }]), insert('project', line), text('Read it.'));
    await letta.ask('Read the README');
    const card = letta.card('Remember project');
    await card.getByText('In memory, but nobody has reviewed it.').waitFor({ timeout: WAIT });
    await letta.panel('Memory');
    await blockShows(letta, 'project', line);
    await letta
      .block('project')
      .getByText(/nobody has confirmed.*files of the workspace/)
      .waitFor({ timeout: WAIT });
    await letta.block('project').getByRole('button', { name: 'Undo', exact: true }).waitFor();

    await letta.panel('Chat');
    await card.getByRole('button', { name: 'Undo', exact: true }).click();
    await card.getByText('Undone: it is not in memory any more.').waitFor({ timeout: WAIT });
    await letta.panel('Memory');
    await blockShows(letta, 'project', '');
    expect(await letta.block('project').getByRole('button', { name: 'Undo', exact: true }).count()).toBe(0);
    await letta.newThread();
    model.script(text('Hello.'));
    await letta.ask('Hello');
    expect(systemOf(newest(model))).not.toContain(line);
  }

  async function blocks(): Promise<void> {
    const { letta, quick } = window();
    const { model } = vscode();
    const api = await vscode().api();
    await letta.panel('Memory');

    // Made, renamed, described, limited, closed to the agent.
    await letta.button('New block').click();
    await form(letta, 'New block').getByRole('textbox', { name: 'Label' }).fill('glossary');
    await form(letta, 'New block').getByRole('textbox', { name: 'Limit in characters' }).fill('500');
    await form(letta, 'New block').getByRole('button', { name: 'Create' }).click();
    await letta.block('glossary').getByText('0 / 500 characters', { exact: true }).waitFor({ timeout: WAIT });
    await details(letta, 'glossary');
    await form(letta, 'Details of glossary').getByRole('textbox', { name: 'Label' }).fill('words');
    await form(letta, 'Details of glossary')
      .getByRole('textbox', { name: 'Description' })
      .fill('What words mean here.');
    await form(letta, 'Details of glossary').getByRole('textbox', { name: 'Limit in characters' }).fill('120');
    await form(letta, 'Details of glossary').getByRole('checkbox', { name: 'Read-only' }).check();
    await form(letta, 'Details of glossary').getByRole('button', { name: 'Apply' }).click();
    const words = letta.block('words');
    await words.getByText('0 / 120 characters', { exact: true }).waitFor({ timeout: WAIT });
    await words.getByText('What words mean here.', { exact: true }).waitFor();
    await words.getByTitle('The agent cannot change it').waitFor();
    await letta.blockValue('words').fill('A shelf holds books.');
    await save(letta, 'words');
    await stores(api, 'words', 'A shelf holds books.');
    const stored = { value: 'A shelf holds books.', description: 'What words mean here.', limit: 120, read_only: true };
    const [made] = await blocksOf(api, 'words');
    expect(made).toMatchObject(stored);
    expect(await blocksOf(api, 'glossary')).toEqual([]);
    expect(await violations(letta)).toEqual([]);

    // Deleted, and back as it was, with its past.
    await details(letta, 'words');
    await words.getByRole('button', { name: 'Delete this block…' }).click();
    await words.getByRole('group', { name: 'Delete words?' }).getByRole('button', { name: 'Delete' }).click();
    await words.waitFor({ state: 'detached', timeout: WAIT });
    await window().pressInNotification('Deleted the block words.', 'Undo');
    await blockShows(letta, 'words', stored.value);
    await words.getByTitle('The agent cannot change it').waitFor();
    expect(await blocksOf(api, 'words')).toEqual([expect.objectContaining({ ...stored, id: made?.id })]);
    await words.getByRole('button', { name: 'History' }).click();
    const history = letta.frame.getByRole('list', { name: 'History of words' }).getByRole('listitem');
    await history.filter({ hasText: stored.value }).first().waitFor({ timeout: WAIT });

    // A block of another agent is shared, and given up again.
    await api.post('/v1/agents/', {
      name: 'Neighbour',
      model: api.model,
      memory_blocks: [{ label: 'team', value: 'Ann leads.' }],
    });
    const attached = async () => {
      const [team] = await blocksOf(api, 'team');
      return team ? (await api.get<object[]>(`/v1/blocks/${team.id}/agents`)).length : 0;
    };
    await letta.button('Attach shared block').click();
    await quick.widget.locator('.monaco-list-row', { hasText: 'Neighbour' }).click();
    await blockShows(letta, 'team', 'Ann leads.');
    await letta.block('team').getByTitle('Other agents have it too').waitFor();
    expect(await attached()).toBe(2);
    await details(letta, 'team');
    await letta.block('team').getByRole('button', { name: 'Detach this block…' }).click();
    const sure = letta.block('team').getByRole('group', { name: 'Detach team?' });
    await sure.getByRole('button', { name: 'Detach' }).click();
    await letta.block('team').waitFor({ state: 'detached', timeout: WAIT });
    expect(await attached()).toBe(1);

    // The agent writes while the person types: both are kept.
    await letta.blockValue('lessons').fill('One.\nTwo.');
    await save(letta, 'lessons');
    await letta.blockValue('lessons').fill('One, by hand.\nTwo.');
    await letta.panel('Chat');
    model.script(insert('lessons', 'Three.'), text('Noted.'));
    await letta.ask('Three, too');
    await letta.panel('Memory');
    const lessons = letta.block('lessons');
    await lessons.getByText(/Changed while you were editing.*fit together/).waitFor({ timeout: WAIT });
    await lessons.getByRole('button', { name: 'Merge both' }).click();
    await blockShows(letta, 'lessons', 'One, by hand.\nTwo.\nThree.');
    await save(letta, 'lessons');
    await stores(api, 'lessons', 'One, by hand.\nTwo.\nThree.');
  }

  async function archive(): Promise<void> {
    const { letta } = window();
    const { model } = vscode();
    const api = await vscode().api();
    await empty(letta, 'project');
    model.script(insert('project', 'The pipeline has three stages.'), text('Noted.'));
    await letta.ask('Our pipeline has three stages');
    await letta.panel('Memory');

    const entries = letta.frame.getByRole('list', { name: 'Archive' }).getByRole('listitem');
    const add = async (entry: string, tags: string) => {
      await letta.button('Add entry').click();
      await form(letta, 'New entry').getByRole('textbox', { name: 'Text' }).fill(entry);
      await form(letta, 'New entry').getByRole('textbox', { name: 'Tags' }).fill(tags);
      await form(letta, 'New entry').getByRole('button', { name: 'Save' }).click();
      await entries.filter({ hasText: entry }).waitFor({ timeout: WAIT });
    };
    await add('Deploys go through the blue pipeline.', 'deploy');
    await add('The canteen closes at two.', '');
    const deploys = entries.filter({ hasText: 'Deploys go' });
    const canteen = entries.filter({ hasText: 'canteen' });

    await deploys.getByRole('button', { name: 'Edit' }).click();
    await form(letta, 'Edit entry')
      .getByRole('textbox', { name: 'Text' })
      .fill('Deploys go through the green pipeline.');
    await form(letta, 'Edit entry').getByRole('button', { name: 'Save' }).click();
    await entries.filter({ hasText: 'green pipeline' }).waitFor({ timeout: WAIT });
    const kept = { text: 'Deploys go through the green pipeline.', tags: ['deploy'] };
    expect(await passagesOf(api)).toEqual(
      expect.arrayContaining([kept, { text: 'The canteen closes at two.', tags: [] }]),
    );

    const search = letta.frame.getByRole('searchbox', { name: 'Search archive' });
    await search.fill('deploys pipeline');
    await deploys.getByText(/^Words: .*pipeline/).waitFor({ timeout: WAIT });
    await search.fill('');
    await canteen.waitFor({ timeout: WAIT });
    await letta.button('Filter').click();
    await letta.frame
      .getByRole('group', { name: 'Filter' })
      .getByRole('combobox', { name: 'Tag' })
      .selectOption('deploy');
    await canteen.waitFor({ state: 'detached', timeout: WAIT });
    await deploys.waitFor();

    await deploys.getByRole('button', { name: 'Delete' }).click();
    await deploys.waitFor({ state: 'detached', timeout: WAIT });
    expect((await passagesOf(api)).map((passage) => passage.text)).not.toContain(kept.text);
    await window().pressInNotification('Deleted an entry of the archive.', 'Undo');
    await deploys.waitFor({ timeout: WAIT });
    expect(await passagesOf(api)).toContainEqual(kept);
    expect(await violations(letta)).toEqual([]);

    // One box over blocks, archive and conversations; each hit leads to where it stands.
    const everywhere = letta.frame.getByRole('searchbox', { name: 'Search memory' });
    const hits = (name: string) => letta.frame.getByRole('list', { name }).getByRole('button');
    const focused = letta.frame.locator(':focus');
    await everywhere.fill('pipeline');
    await hits('Matching entries').filter({ hasText: 'green' }).waitFor({ timeout: WAIT });
    await hits('Matching blocks').filter({ hasText: 'three stages' }).click();
    await expect.poll(() => focused.getAttribute('aria-label'), { timeout: WAIT }).toBe('Value');
    expect(await letta.blockValue('project').and(focused).count()).toBe(1);
    await hits('Matching messages').filter({ hasText: 'Our pipeline has three stages' }).first().click();
    await expect.poll(() => focused.textContent(), { timeout: WAIT }).toContain('Our pipeline has three stages');

    // What the model would see, part by part.
    await letta.panel('Memory');
    await letta.frame.getByRole('button', { name: 'Context', exact: true }).click();
    const memory = letta.frame
      .getByRole('list', { name: 'Context' })
      .getByRole('listitem')
      .filter({ has: letta.frame.getByText('Memory', { exact: true }) });
    await memory.getByText(/^[\d,]+ tokens?$/).waitFor({ timeout: WAIT });
    await memory.getByRole('button').click();
    await memory.getByText('I am this workspace’s coding agent.').waitFor({ timeout: WAIT });
    // The model has seen all of the next turn as well: nothing of it is new to it.
    await letta.panel('Chat');
    model.script(text('Three.'));
    await letta.ask('How many stages?');
    await letta.panel('Memory');
    await letta.button('Refresh').click();
    const messages = letta.frame.getByRole('list', { name: 'Context' }).getByRole('button', { name: /Messages/ });
    await messages.click();
    await letta.frame.getByRole('list', { name: 'Context' }).getByText('How many stages?').waitFor({ timeout: WAIT });
    expect(await letta.frame.getByTitle('The model has not seen it like this yet').count()).toBe(0);

    // Why a line is there.
    await letta.block('project').getByRole('button', { name: 'Lines' }).click();
    const line = letta.frame.getByRole('list', { name: 'Lines of project' }).getByRole('listitem').first();
    await line.getByRole('blockquote').getByText('Our pipeline has three stages').waitFor({ timeout: WAIT });
    await line.getByRole('button', { name: 'Show message' }).click();
    await expect.poll(() => focused.textContent(), { timeout: WAIT }).toContain('Our pipeline has three stages');
  }

  const all: [string, () => Promise<void>][] = [
    [
      'what nobody has reviewed is taken back from its card, and the model does not see it again',
      undoOfAnUnreviewedWrite,
    ],
    ['a block is made, renamed, limited, deleted and brought back; one is shared; two hands in one are merged', blocks],
    ['the archive, the search over everything and the context show and keep what a person does there', archive],
  ];
  return all.map(([name, run]) => ({ name, run, onEachHome: true }));
}
