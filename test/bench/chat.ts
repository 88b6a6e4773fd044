// The conversation in a real VS Code with the packaged extension: a long answer that streams, a long thread that is opened and read.
import { setTimeout as wait } from 'node:timers/promises';
import { timeFrames } from '../../webview-ui/dev/frames.ts';
import { prepareKit } from '../e2e/harness/kit.ts';
import { VsCode } from '../e2e/harness/vscode.ts';
import type { Workbench } from '../e2e/harness/workbench.ts';
import { text } from '../support/scripted-model.ts';
import { seedMessages } from './seed.ts';
import { type Row, row } from './stats.ts';

/** The extension host is busy for some time after a window has opened. */
const SETTLE_MS = 4_000;
const LONG_THREAD = 1_000;
const OPENINGS = 5;
const REPLY = 32 * 1024;
/** A quick model: some forty characters every 20 ms. */
const CHUNK = 40;
const CHUNK_MS = 20;
const TURN_MS = 180_000;

const FENCE = '```';
const PIECE = [
  'The loop in `src/shelf.ts` gives up **early** on errors that will not go away, see [the guide](https://example.com).',
  '- a point with `code` and *emphasis*\n- another one',
  `${FENCE}ts\n${'const value = await compute(input, { retries: 3 }); // as before\n'.repeat(12)}${FENCE}`,
  `| a | b |\n| - | - |\n${'| one | two |\n'.repeat(6)}`,
].join('\n\n');

/** What streams: all that Markdown has. */
const answer = (): string => {
  const many = `${PIECE}\n\n`.repeat(Math.ceil(REPLY / PIECE.length)).slice(0, REPLY - 60);
  return `${many}\n${FENCE}\n\nThat was all.`;
};

interface Streamed {
  /** Milliseconds of processor time of each frame that was drawn. */
  frames: number[];
  /** Milliseconds of tasks of 50 ms and more, as the page itself sees them. */
  long: number[];
  /** Changes of the conversation in each frame that had any. */
  commits: number[];
  /** Messages of the host, by second. */
  messages: number[];
}

/** Tasks of its own that the page calls long, changes of the conversation by frame, messages by second. */
function watch(): void {
  const seen = { long: [] as number[], commits: [] as number[], messages: [] as number[] };
  Object.assign(globalThis, { seen });
  new PerformanceObserver((list) =>
    seen.long.push(
      ...list
        .getEntries()
        .filter(({ name }) => name === 'self')
        .map(({ duration }) => duration),
    ),
  ).observe({
    type: 'longtask',
  });
  const began = performance.now();
  window.addEventListener('message', ({ data }) => {
    if (data?.kind !== 'event') return;
    const second = Math.floor((performance.now() - began) / 1_000);
    seen.messages[second] = (seen.messages[second] ?? 0) + 1;
  });
  const log = document.querySelector('[role=log]');
  let inFrame = 0;
  if (log)
    new MutationObserver(() => {
      inFrame++;
    }).observe(log, { childList: true, subtree: true, characterData: true });
  const tick = (): void => {
    if (inFrame > 0) seen.commits.push(inFrame);
    inFrame = 0;
    requestAnimationFrame(tick);
  };
  tick();
}

async function streaming(vscode: VsCode, window: Workbench): Promise<Streamed> {
  const { letta, page } = window;
  const body = letta.frame.locator('body');
  await body.evaluate(watch);
  vscode.model.script(text(answer(), { chunkSize: CHUNK, delayMs: CHUNK_MS }));
  const { cpu } = await timeFrames(page, async () => {
    await letta.send('A long one');
    await letta.last.getByText('That was all.').waitFor({ timeout: TURN_MS });
    await letta.idle(TURN_MS);
  });
  const seen = await body.evaluate(() => (globalThis as unknown as { seen: Omit<Streamed, 'frames'> }).seen);
  // Over the whole answer: a busy view takes what came in several seconds in one go.
  const seconds = seen.messages.filter((count) => count > 0);
  const sum = seconds.reduce((total, count) => total + count, 0);
  return { frames: cpu, ...seen, messages: [sum / seconds.length] };
}

interface Opened {
  interactive: number;
  nodes: number;
}

/** Milliseconds from the click on a thread until its newest message can be read and one can type. */
async function openLong(window: Workbench, title: RegExp, newest: string): Promise<Opened> {
  const { letta } = window;
  await letta.newThread();
  await letta.panel('Threads');
  const button = letta.threads.getByRole('button', { name: title }).first();
  await button.waitFor();
  const interactive = letta.frame.locator('body').evaluate(
    ({ ownerDocument }, wanted) =>
      new Promise<number>((resolve) => {
        let clicked = Number.NaN;
        ownerDocument.addEventListener('mousedown', () => (clicked = performance.now()), { capture: true, once: true });
        const look = (): void => {
          const log = ownerDocument.querySelector('[role=log]');
          const box = ownerDocument.querySelector('textarea');
          const there = log?.textContent?.includes(wanted) && box && !box.disabled && box.getClientRects().length > 0;
          if (Number.isNaN(clicked) || !there) requestAnimationFrame(look);
          else resolve(performance.now() - clicked);
        };
        look();
      }),
    newest,
  );
  await button.click();
  const took = await interactive;
  const nodes = await letta.frame.locator('body').evaluate(() => document.querySelectorAll('*').length);
  return { interactive: took, nodes };
}

interface Jumped {
  /** Milliseconds from the end to the beginning, once all of it was read. */
  jump: number;
  longest: number;
  /** Milliseconds to read all of it back, page by page. */
  back: number;
  nodes: number;
}

async function toTheTop(window: Workbench): Promise<Jumped> {
  return window.letta.frame.locator('body').evaluate(async () => {
    const log = document.querySelector('[role=log]');
    if (!log) throw new Error('There is no conversation.');
    const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
    const isFirst = (): boolean =>
      [...log.querySelectorAll('article')].some((each) => /Message 0\.(?!\d)/.test(each.textContent ?? ''));
    const up = async (): Promise<number> => {
      const began = performance.now();
      while (!isFirst() && performance.now() - began < 120_000) {
        log.scrollTop = 0;
        await frame();
      }
      return performance.now() - began;
    };
    const back = await up();
    log.scrollTop = log.scrollHeight;
    for (let left = 60; left > 0; left--) await frame();
    const long: number[] = [0];
    new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
    });
    const jump = await up();
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { back, jump, longest: Math.max(...long), nodes: document.querySelectorAll('*').length };
  });
}

/** @returns the rows of the conversation */
export async function benchChat(): Promise<Row[]> {
  const { kit, dispose } = await prepareKit();
  const vscode = await VsCode.start(kit, { packed: true, settings: { 'letta.memory.reflection': 'off' } });
  try {
    const folder = await vscode.makeWorkspace();
    const window = await vscode.open({ folder });
    await window.letta.open();
    await window.letta.ask('Message first');
    await vscode.closeWindows();
    await seedMessages(vscode.lettaDir, vscode.model.baseUrl, LONG_THREAD);
    const long = await vscode.open({ folder });
    await long.letta.open();
    await wait(SETTLE_MS);
    const streamed = await (async () => {
      await long.letta.newThread();
      return streaming(vscode, long);
    })();
    const opened: Opened[] = [];
    for (let i = 0; i < OPENINGS; i++) {
      opened.push(await openLong(long, /^Message first/, `Message ${LONG_THREAD / 2 - 1}.`));
    }
    const top = await toTheTop(long);
    return [
      row('streaming 32 KB, a frame, processor time', 'ms', 'warm', streamed.frames, 8),
      row('streaming 32 KB, longest task', 'ms', 'warm', [Math.max(0, ...streamed.long)], 50),
      row('streaming 32 KB, commits in one frame', 'count', 'warm', streamed.commits, 1),
      row('streaming 32 KB, messages of the host a second', 'count', 'warm', streamed.messages, 30),
      row(
        'open 1,000 messages, to interactive',
        'ms',
        'warm',
        opened.map(({ interactive }) => interactive),
        300,
      ),
      row(
        'open 1,000 messages, DOM nodes',
        'count',
        '-',
        opened.map(({ nodes }) => nodes),
        1_500,
      ),
      row('1,000 messages, read back to the first', 'ms', 'warm', [top.back]),
      row('1,000 messages, jump to the top', 'ms', 'warm', [top.jump], 200),
      row('1,000 messages, longest task of the jump', 'ms', 'warm', [top.longest], 100),
      row('1,000 messages, DOM nodes at the top', 'count', '-', [top.nodes], 1_500),
    ];
  } finally {
    await vscode.dispose();
    await dispose();
  }
}
