// Times the frames of a page by Chromium's trace: processor time of the main thread, so that a busy machine does not count.

/**
 * @param {import('playwright-core').Page} page
 * @param {() => Promise<unknown>} work
 * @returns {Promise<{cpu: number[], wall: number[]}>} milliseconds of each frame in which something was drawn
 */
export async function timeFrames(page, work) {
  const session = await page.context().newCDPSession(page);
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'] },
  });
  await work();
  await session.send('Tracing.end');
  await complete;
  const main = events.find((e) => e.name === 'FireAnimationFrame');
  if (!main) return { cpu: [], wall: [] };
  const mine = events.filter((e) => e.pid === main.pid && e.tid === main.tid && e.ph === 'X');
  const marks = mine.filter((e) => e.name === 'FireAnimationFrame').map((e) => e.ts);
  const drawn = mine.filter((e) => e.name === 'Layout' || e.name === 'UpdateLayoutTree').map((e) => e.ts);
  const within = (task, times) => times.some((ts) => ts >= task.ts && ts < task.ts + task.dur);
  const tasks = mine.filter((e) => e.name === 'RunTask' && within(e, marks) && within(e, drawn));
  return { cpu: tasks.map((e) => (e.tdur ?? e.dur) / 1_000), wall: tasks.map((e) => e.dur / 1_000) };
}
