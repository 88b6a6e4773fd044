import { expect, it } from 'vitest';
import { benchHygiene } from '../../bench/hygiene.ts';

const measured = benchHygiene();

/** Both wait for the same work. */
const WAIT = 120_000;

it('tells stale lines from true ones in four repositories', { timeout: WAIT }, async () => {
  const { known, heldOut } = await measured;
  for (const [name, figures] of Object.entries({ known, heldOut })) {
    expect.soft(figures.wrong, name).toEqual([]);
    expect.soft(figures.precision, name).toBeGreaterThanOrEqual(0.95);
    expect.soft(figures.recall, name).toBeGreaterThanOrEqual(0.95);
    expect.soft(figures.accuracy, name).toBeGreaterThanOrEqual(0.95);
  }
});

it('tells them in repositories that the rules were not written for', { timeout: WAIT }, async () => {
  const { unseen, further, newest, later, latest, jotted } = await measured;
  for (const figures of [unseen, further]) expect(figures.lines).toBeGreaterThanOrEqual(80);
  expect(newest.lines).toBeGreaterThanOrEqual(40);
  expect(later.lines).toBeGreaterThanOrEqual(700);
  expect(latest.lines).toBeGreaterThanOrEqual(1_000);
  expect.soft(latest.precision, JSON.stringify(latest.wrong)).toBeGreaterThanOrEqual(0.97);
  expect(jotted.lines).toBeGreaterThanOrEqual(270);
  expect.soft(jotted.precision, JSON.stringify(jotted.wrong)).toBeGreaterThanOrEqual(0.97);
  expect.soft(jotted.recall).toBeGreaterThanOrEqual(0.78);
  expect.soft(latest.recall).toBeGreaterThanOrEqual(0.87);
  for (const [name, figures] of Object.entries({ unseen, further, newest, later })) {
    expect.soft(figures.precision, `${name}: ${JSON.stringify(figures.wrong)}`).toBeGreaterThanOrEqual(0.95);
    expect.soft(figures.recall, `${name}: ${JSON.stringify(figures.wrong)}`).toBeGreaterThanOrEqual(0.95);
  }
});
