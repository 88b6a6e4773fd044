// Changes become one commit a painted frame, however slow a machine paints.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Frames } from '../../../webview-ui/src/frames.ts';

let waiting: Map<number, () => void>;
/** The browser paints: callbacks of the frame, then the tasks that they have started. */
const paint = (): void => {
  const callbacks = [...waiting.values()];
  waiting.clear();
  for (const callback of callbacks) callback();
  vi.advanceTimersByTime(0);
};

beforeEach(() => {
  vi.useFakeTimers();
  waiting = new Map();
  let last = 0;
  vi.stubGlobal('requestAnimationFrame', (callback: () => void) => {
    waiting.set(++last, callback);
    return last;
  });
  vi.stubGlobal('cancelAnimationFrame', (id: number) => waiting.delete(id));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function collect() {
  const batches: (readonly number[])[] = [];
  const frames = new Frames<number>((batch) => batches.push(batch));
  return { frames, batches };
}

it('delivers the first change at once, and those that come before it is painted together behind that', () => {
  const { frames, batches } = collect();
  frames.push(1);
  expect(batches).toEqual([[1]]);
  // Long after a sixtieth of a second: nothing has been painted all the same.
  vi.advanceTimersByTime(58);
  frames.push(2);
  vi.advanceTimersByTime(58);
  frames.push(3);
  expect(batches).toEqual([[1]]);
  paint();
  expect(batches).toEqual([[1], [2, 3]]);
});

it('delivers at once again when nothing came for a frame', () => {
  const { frames, batches } = collect();
  frames.push(1);
  paint();
  frames.push(2);
  expect(batches).toEqual([[1], [2]]);
});

it('goes on where nothing is painted', () => {
  const { frames, batches } = collect();
  frames.push(1);
  frames.push(2);
  vi.advanceTimersByTime(200);
  expect(batches).toEqual([[1], [2]]);
  frames.push(3);
  vi.advanceTimersByTime(200);
  expect(batches).toEqual([[1], [2], [3]]);
});

it('keeps the order when what is delivered brings on more, and when it is asked to deliver now', () => {
  const batches: (readonly number[])[] = [];
  const frames: Frames<number> = new Frames((batch) => {
    batches.push(batch);
    if (batch.includes(1)) frames.push(10);
  });
  frames.push(1);
  frames.push(2);
  frames.flush();
  expect(batches).toEqual([[1], [10, 2]]);
  paint();
  paint();
  expect(batches).toHaveLength(2);
});

it('may be asked to deliver when there is nothing', () => {
  const { frames, batches } = collect();
  frames.flush();
  expect([batches, waiting.size]).toEqual([[], 0]);
});
