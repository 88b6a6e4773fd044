// Times the frames of a page by Chromium's trace: processor time of the main thread, so that a busy machine does not count.
import type { Page } from 'playwright-core';

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds, as all times here. */
  ts: number;
  dur: number;
  tdur?: number;
}

/** @returns milliseconds of each frame in which something was drawn: of the processor, and by the clock */
export async function timeFrames(page: Page, work: () => Promise<unknown>): Promise<{ cpu: number[]; wall: number[] }> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  const complete = new Promise<unknown>((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'] },
  });
  await work();
  await session.send('Tracing.end');
  await complete;
  const main = events.find(({ name }) => name === 'FireAnimationFrame');
  if (!main) return { cpu: [], wall: [] };
  const mine = events.filter(({ pid, tid, ph }) => pid === main.pid && tid === main.tid && ph === 'X');
  const at = (...names: string[]) => mine.filter(({ name }) => names.includes(name)).map(({ ts }) => ts);
  const marks = at('FireAnimationFrame');
  const drawn = at('Layout', 'UpdateLayoutTree');
  const within = (task: TraceEvent, times: readonly number[]) =>
    times.some((ts) => ts >= task.ts && ts < task.ts + task.dur);
  const tasks = mine.filter((each) => each.name === 'RunTask' && within(each, marks) && within(each, drawn));
  return { cpu: tasks.map(({ tdur, dur }) => (tdur ?? dur) / 1_000), wall: tasks.map(({ dur }) => dur / 1_000) };
}
