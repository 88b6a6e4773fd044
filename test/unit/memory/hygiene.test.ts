import { expect, it } from 'vitest';
import { benchHygiene } from '../../bench/hygiene.ts';

it('tells stale lines from true ones in four repositories', async () => {
  const { known, heldOut } = await benchHygiene();
  for (const [name, figures] of Object.entries({ known, heldOut })) {
    expect.soft(figures.wrong, name).toEqual([]);
    expect.soft(figures.precision, name).toBeGreaterThanOrEqual(0.95);
    expect.soft(figures.recall, name).toBeGreaterThanOrEqual(0.95);
    expect.soft(figures.accuracy, name).toBeGreaterThanOrEqual(0.95);
  }
});

it('tells them in a repository that the rules were not written for', async () => {
  const { unseen } = await benchHygiene();
  expect(unseen.lines).toBeGreaterThanOrEqual(60);
  expect.soft(unseen.precision, JSON.stringify(unseen.wrong)).toBeGreaterThanOrEqual(0.95);
  expect.soft(unseen.recall, JSON.stringify(unseen.wrong)).toBeGreaterThanOrEqual(0.95);
});
