// @vitest-environment happy-dom
// What a slash in the composer offers: commands and skills, by keyboard and mouse.
import { fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { slashCommand } from '../../../src/chat/slash.ts';
import type { SkillView } from '../../../src/protocol/skill-views.ts';
import { SLASH_COMMANDS } from '../../../src/protocol/slash-commands.ts';
import { openView } from './view.tsx';

const composer = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message the agent' });
const menu = () => screen.queryByRole('listbox', { name: 'Commands and skills' });
const options = () =>
  within(menu() ?? document.body)
    .queryAllByRole('option')
    .map((option) => option.textContent?.split(' ')[0]);
const active = () =>
  document.getElementById(composer().getAttribute('aria-activedescendant') ?? '')?.textContent?.split(' ')[0];
const type = (value: string) => fireEvent.change(composer(), { target: { value } });
const press = (key: string) => fireEvent.keyDown(composer(), { key });
const skill = (name: string, more: Partial<SkillView> = {}): SkillView => ({
  ...{ id: `/p/${name}`, name, description: `Does ${name}.`, scope: 'project', location: `.agents/skills/${name}` },
  ...{ enabled: true, problems: [] },
  ...more,
});
const skills = [
  skill('deploy-site'),
  skill('undeploy'),
  skill('off', { enabled: false }),
  skill('broken', { problems: ['x'] }),
  skill('hidden', { shadowedBy: 'y' }),
  skill('auto', { agentOnly: true }),
  skill('bare', { bare: true }),
  skill('memory'),
];
const open = async () => {
  const opened = await openView({ skills });
  composer().focus();
  return opened;
};

describe('the menu of the composer', () => {
  it('offers commands and the skills that can be called, and completes by Tab or Enter without sending', async () => {
    const { settle, host } = await open();
    expect(menu()).toBeNull();
    type('/');
    await settle();
    expect(options()).toEqual([...SLASH_COMMANDS.map(({ name }) => `/${name}`), '/deploy-site', '/undeploy']);
    type('/dep');
    expect(options()).toEqual(['/deploy-site', '/undeploy']);
    expect(active()).toBe('/deploy-site');
    press('ArrowDown');
    expect(active()).toBe('/undeploy');
    press('ArrowDown');
    press('ArrowUp');
    press('ArrowUp');
    press('Tab');
    expect(composer().value).toBe('/deploy-site ');
    expect(menu()).toBeNull();
    type('/undep');
    press('Enter');
    expect(composer().value).toBe('/undeploy ');
    expect(host.asked.some(({ method }) => method === 'send')).toBe(false);
  });

  it('sends what is written in full', async () => {
    const { settle } = await open();
    type('/skills');
    await settle();
    press('Enter');
    await settle();
    expect(composer().value).toBe('');
  });

  it('is closed by Escape until another message begins, and is not there for paths and other text', async () => {
    const { settle } = await open();
    for (const text of ['/usr/bin', 'a /dep', '/deploy-site now', '/zzz', 'deploy']) {
      type(text);
      await settle();
      expect(menu(), text).toBeNull();
      expect(composer().hasAttribute('aria-activedescendant')).toBe(false);
    }
    type('/dep');
    await settle();
    press('Escape');
    expect(menu()).toBeNull();
    type('/depl');
    expect(menu()).toBeNull();
    type('');
    type('/d');
    expect(menu()).not.toBeNull();
  });

  it('takes what is clicked, and the text box keeps the keyboard', async () => {
    const { settle } = await open();
    type('/dep');
    await settle();
    expect(fireEvent.mouseDown(screen.getByRole('option', { name: /undeploy/ }))).toBe(false);
    expect(composer().value).toBe('/undeploy ');
    expect(document.activeElement).toBe(composer());
  });

  it('an input method chooses its own candidates', async () => {
    const { settle } = await open();
    type('/dep');
    await settle();
    fireEvent.keyDown(composer(), { key: 'Enter', keyCode: 229 });
    expect(composer().value).toBe('/dep');
  });

  it('holds exactly the commands that the host knows', () => {
    for (const { name } of SLASH_COMMANDS)
      expect(
        slashCommand(`/${name}`, () => true),
        name,
      ).toBeDefined();
  });
});
