// @vitest-environment happy-dom
// The Skills panel: searched, sorted, mended, previewed; hundreds of them; what their use suggests.
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SkillView } from '../../../src/protocol/skill-views.ts';
import { adviceFor, found, inWords, ordered } from '../../../webview-ui/src/skills/skill-order.ts';
import { openView } from './view.tsx';

const skill = (name: string, more: Partial<SkillView> = {}): SkillView => ({
  id: `/p/.agents/skills/${name}`,
  name,
  description: `How to ${name}.`,
  scope: 'project',
  location: `.agents/skills/${name}`,
  enabled: true,
  problems: [],
  ...more,
});
const usage = (used: number, succeeded: number, corrected: number, lastUsed: string | null) => ({
  usage: { used, succeeded, corrected, lastUsed },
});

async function openSkills(skills: SkillView[]) {
  const view = await openView({ skills });
  fireEvent.click(screen.getByRole('tab', { name: 'Skills' }));
  await view.settle();
  await screen.findByRole('tabpanel', { name: 'Skills' });
  await view.settle();
  const list = () => within(screen.getByRole('list', { name: 'Skills' }));
  const names = () =>
    list()
      .queryAllByRole('listitem')
      .map((item) => item.getAttribute('data-name'));
  const row = (name: string) => within(list().getByRole('listitem', { name }));
  const asked = (method: string) =>
    view.host.asked.filter((each) => each.method === method).map(({ params }) => params);
  return { view, names, row, asked };
}

describe('the panel', () => {
  it('finds by the words of name, description and place', async () => {
    const { names } = await openSkills([skill('deploy'), skill('fold', { description: 'How paper is folded.' })]);
    fireEvent.change(screen.getByRole('searchbox', { name: 'Search skills' }), { target: { value: 'PAPER how' } });
    await waitFor(() => expect(names()).toEqual(['fold']));
    fireEvent.change(screen.getByRole('searchbox', { name: 'Search skills' }), { target: { value: 'nothing' } });
    await screen.findByText('No skill matches “nothing”.');
    expect(names()).toEqual([]);
  });

  it('sorts by name, last use, success and correction', async () => {
    const { names } = await openSkills([
      skill('c', usage(3, 1, 2, '2026-01-03T00:00:00Z')),
      skill('a'),
      skill('b', usage(9, 8, 0, '2026-01-02T00:00:00Z')),
    ]);
    const sort = (value: string) =>
      fireEvent.change(screen.getByRole('combobox', { name: 'Sort by' }), { target: { value } });
    expect(names()).toEqual(['a', 'b', 'c']);
    sort('lastUsed');
    expect(names()).toEqual(['c', 'b', 'a']);
    sort('succeeded');
    expect(names()).toEqual(['b', 'c', 'a']);
    sort('corrected');
    expect(names()).toEqual(['c', 'a', 'b']);
  });

  it('offers each scope what it can do', async () => {
    const { row, asked, view } = await openSkills([
      skill('mine'),
      skill('shipped', { id: 'bundled:shipped', scope: 'bundled', location: 'shipped' }),
      skill('alone', { id: '/p/.skills/alone.sh', bare: true, problems: ['A script alone.'] }),
    ]);
    const buttons = (name: string) =>
      row(name)
        .getAllByRole('button')
        .map((b) => b.getAttribute('aria-label') ?? b.textContent);
    expect(buttons('mine')).toEqual(['Preview', 'Try…', 'Revise…', 'Edit', 'Move', 'Versions…', 'Export…', 'Delete']);
    expect(buttons('shipped')).toEqual(['Preview', 'Try…', 'Revise…', 'Customize…']);
    expect(buttons('alone')).toEqual(['Wrap…', 'Edit']);
    expect(row('alone').queryByRole('switch')).toBeNull();
    fireEvent.click(row('mine').getByRole('button', { name: 'Move' }));
    fireEvent.click(row('shipped').getByRole('button', { name: 'Customize…' }));
    fireEvent.click(row('alone').getByRole('button', { name: 'Wrap…' }));
    await view.settle();
    expect(asked('skills.move')).toEqual([{ skillId: '/p/.agents/skills/mine' }, { skillId: 'bundled:shipped' }]);
    expect(asked('skills.wrap')).toEqual([{ skillId: '/p/.skills/alone.sh' }]);
  });

  it('says what is wrong, and offers to mend it where that needs no thought', async () => {
    const { row, asked, view } = await openSkills([
      skill('broken', { problems: ['The name is not that of its folder.'], fix: 'sets the name to broken' }),
      skill('hopeless', { problems: ['It is not UTF-8.'] }),
      skill('notes', { bare: true, stray: true, problems: ['The folder has no SKILL.md.'] }),
      skill('theirs', { hints: ['It has no name: other tools drop it.'] }),
    ]);
    row('notes').getByText('The folder has no SKILL.md.');
    expect(row('notes').queryAllByRole('button')).toEqual([]);
    row('theirs').getByText('It has no name: other tools drop it.');
    row('theirs').getByRole('button', { name: 'Try…' });
    row('broken').getByText('sets the name to broken');
    fireEvent.click(row('broken').getByRole('button', { name: 'Fix…' }));
    await view.settle();
    expect(asked('skills.fix')).toEqual([{ skillId: '/p/.agents/skills/broken' }]);
    expect(row('hopeless').queryByRole('button', { name: 'Fix…' })).toBeNull();
  });

  it('shows exactly what the model sees, with its cost, and follows the switch', async () => {
    const { row, view } = await openSkills([
      skill('mine', { tokens: { entry: 24, body: 310 }, scripts: ['scripts/a.sh'] }),
    ]);
    row('mine').getByText('24 + 310 tokens');
    row('mine').getByText('1 script');
    fireEvent.click(row('mine').getByRole('button', { name: 'Preview' }));
    await view.settle();
    expect(row('mine').getByRole('button', { name: 'Preview' }).getAttribute('aria-expanded')).toBe('true');
    const preview = within(row('mine').getByRole('region', { name: 'What the model sees of mine' }));
    expect(preview.getByRole('group', { name: /In every request · about 24 tokens/ }).textContent).toContain(
      'mine/SKILL.md (How to mine.)',
    );
    preview.getByText(/Skill directory: \.agents\/skills\/mine/);
    fireEvent.click(row('mine').getByRole('switch', { name: 'Enabled' }));
    await view.settle();
    await view.settle();
    preview.getByText(/It is switched off\./);
  });

  it('suggests to revise what was corrected and to retire what nobody wants', async () => {
    const { row, asked, view } = await openSkills([
      skill('poor', usage(3, 1, 2, new Date().toISOString())),
      skill('old', usage(2, 2, 0, '2020-01-01T00:00:00Z')),
      skill('good', usage(9, 9, 0, new Date().toISOString())),
      skill('hidden', { ...usage(3, 1, 2, new Date().toISOString()), problems: ['A rule hides it.'] }),
    ]);
    row('poor').getByText('Used 3 times, last now · 1 succeeded · 2 corrected');
    fireEvent.click(row('poor').getByRole('button', { name: 'Revise' }));
    fireEvent.click(row('old').getByRole('button', { name: 'Retire' }));
    await view.settle();
    expect(asked('skills.revise')).toEqual([{ skillId: '/p/.agents/skills/poor' }]);
    expect(row('old').getByRole('switch', { name: 'Enabled' }).getAttribute('aria-checked')).toBe('false');
    for (const name of ['good', 'hidden'])
      expect(row(name).queryByRole('button', { name: /^(Revise|Retire)$/ })).toBeNull();
  });

  it('leads to a revision that waits or was discarded', async () => {
    const { row, asked, view } = await openSkills([
      skill('new', { revision: 'waiting' }),
      skill('old', { revision: 'discarded' }),
      skill('plain'),
    ]);
    row('new').getByText('A revision waits for you.');
    row('old').getByText('You discarded a revision.');
    expect(row('plain').queryByRole('button', { name: 'View revision' })).toBeNull();
    fireEvent.click(row('old').getByRole('button', { name: 'View revision' }));
    await view.settle();
    expect(asked('skills.revision')).toEqual([{ skillId: '/p/.agents/skills/old' }]);
  });

  it('teaches how skills come about as long as none is the person’s own', async () => {
    await openSkills([skill('shipped', { id: 'bundled:shipped', scope: 'bundled' })]);
    screen.getByText('Learn Skill from Selection');
    expect(screen.queryByRole('listitem', { name: 'shipped' })).not.toBeNull();
  });

  it('gives the keyboard to the next one when one is deleted', async () => {
    const { row } = await openSkills([skill('a'), skill('b')]);
    fireEvent.click(row('a').getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(document.activeElement?.closest('li')?.getAttribute('data-name')).toBe('b'));
  });

  it('draws the first of hundreds, and more when asked', async () => {
    const many = Array.from({ length: 500 }, (_, n) => skill(`skill-${n}`, usage(n, 0, 0, null)));
    const { names, view } = await openSkills(many);
    expect(names()).toHaveLength(60);
    fireEvent.click(screen.getByRole('button', { name: 'Show 60 more of 500' }));
    await view.settle();
    expect(names()).toHaveLength(120);
    fireEvent.change(screen.getByRole('searchbox', { name: 'Search skills' }), { target: { value: 'skill-499' } });
    await waitFor(() => expect(names()).toEqual(['skill-499']));
    view.host.end.send('show', { panel: 'skills', focus: 'skill-499' });
    await view.settle();
    expect(names()).toEqual(['skill-499']);
  });

  describe('before it is opened', () => {
    const { requestIdleCallback } = globalThis;
    beforeEach(() => Object.assign(globalThis, { requestIdleCallback: (run: () => void) => setTimeout(run, 0) }));
    afterEach(() => Object.assign(globalThis, { requestIdleCallback }));

    it('has asked for the skills while the window was idle, so that a click shows them at once', async () => {
      let asked = 0;
      const once = () => (asked++ === 0 ? Promise.resolve([skill('deploy')]) : new Promise<never>(() => {}));
      const view = await openView({ handlers: { 'skills.list': once } });
      await view.settle();
      expect(asked).toBe(1);
      fireEvent.click(screen.getByRole('tab', { name: 'Skills' }));
      screen.getByRole('listitem', { name: 'deploy' });
    });

    it('says that they cannot be read only when somebody wants them', async () => {
      let asked = 0;
      const refused = () => Promise.reject(new Error(`They cannot be read (${++asked}).`));
      const view = await openView({ handlers: { 'skills.list': refused } });
      await view.settle();
      expect(asked).toBe(1);
      expect(screen.queryByRole('alert')).toBeNull();
      fireEvent.click(screen.getByRole('tab', { name: 'Skills' }));
      await view.settle();
      expect((await screen.findByRole('alert')).textContent).toContain('They cannot be read (2).');
    });
  });

  it('passes axe in every state', async () => {
    const { row, view } = await openSkills([
      skill('mine', { ...usage(3, 1, 2, '2026-01-01T00:00:00Z'), tokens: { entry: 2, body: 3 }, scripts: ['a.sh'] }),
      skill('shipped', { id: 'bundled:shipped', scope: 'bundled' }),
      skill('alone', { id: '/p/.skills/alone.sh', bare: true, problems: ['A script alone.'] }),
      skill('broken', { problems: ['No name.'], fix: 'sets the name', shadowedBy: 'elsewhere' }),
    ]);
    fireEvent.click(row('mine').getByRole('button', { name: 'Preview' }));
    await view.settle();
    const off = ['document-title', 'html-has-lang', 'color-contrast', 'page-has-heading-one'];
    const rules = Object.fromEntries(off.map((id) => [id, { enabled: false }]));
    const { violations } = await axe.run(document.body, { rules });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });
});

describe('order and advice', () => {
  it('keeps skills of one name in order of precedence', () => {
    const two = [skill('x', { location: 'first' }), skill('x', { location: 'second' })];
    expect(ordered(two, 'name').map(({ location }) => location)).toEqual(['first', 'second']);
    expect(found(two, 'second project').map(({ location }) => location)).toEqual(['second']);
  });

  it('is careful: few uses prove nothing, what is off or bundled is left alone', () => {
    const now = Date.parse('2026-06-01T00:00:00Z');
    const advice = (more: Partial<SkillView>) => adviceFor(skill('x', more), now)?.kind;
    const recently = '2026-05-30T00:00:00Z';
    expect(advice({})).toBeUndefined();
    expect(advice(usage(1, 0, 1, recently))).toBeUndefined();
    expect(advice(usage(9, 6, 2, recently))).toBeUndefined();
    expect(advice(usage(6, 3, 2, recently))).toBe('revise');
    expect(advice(usage(5, 0, 0, recently))).toBe('retire');
    expect(advice(usage(1, 1, 0, '2026-03-03T00:00:00Z'))).toBe('retire');
    expect(advice(usage(1, 1, 0, '2026-03-04T00:00:00Z'))).toBeUndefined();
    expect(advice({ ...usage(6, 3, 3, recently), enabled: false })).toBeUndefined();
    const revised = (used: number, corrected: number) => {
      const { usage: counts } = usage(8, 3, 3, recently);
      return advice({ usage: { ...counts, revised: { used, succeeded: 3, corrected } } as NonNullable<typeof counts> });
    };
    expect([revised(8, 3), revised(6, 2), revised(5, 1), revised(3, 3)]).toEqual([
      undefined,
      undefined,
      'revise',
      'retire',
    ]);
    const unused = (since: string) => advice({ usage: { used: 0, succeeded: 0, corrected: 0, lastUsed: null, since } });
    expect([unused('2026-03-03T00:00:00Z'), unused('2026-03-04T00:00:00Z')]).toEqual(['retire', undefined]);
    expect(advice({ ...usage(6, 3, 3, recently), scope: 'bundled' })).toBeUndefined();
  });

  it('says how a skill fared', () => {
    expect(inWords({ used: 0, succeeded: 0, corrected: 0, lastUsed: null }, String)).toBe('Not used yet');
    expect(inWords({ used: 1, succeeded: 1, corrected: 0, lastUsed: 'x' }, () => 'today')).toBe(
      'Used once, last today · 1 succeeded · 0 corrected',
    );
  });
});
