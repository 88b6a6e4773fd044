// Measures the view in Chromium: streaming, long threads, many skills.
// `node webview-ui/dev/measure.mjs`; exits with 1 when a figure is past its budget.
import { chromium } from 'playwright-core';
import { ensureBrowser } from '../../scripts/lib/browser.ts';
import { timeFrames } from './frames.ts';
import { buildPage, servePage } from './harness.ts';

const failures = [];
const row = (name, value, budget) => {
  const ok = value <= budget;
  if (!ok) failures.push(name);
  process.stdout.write(
    `${ok ? 'ok  ' : 'PAST'} ${name.padEnd(58)} ${value.toFixed(1).padStart(8)}  (budget ${budget})\n`,
  );
};
const quantile = (values, q) => values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * q)] ?? 0;

await buildPage();
const server = await servePage();
const browser = await chromium.launch({
  executablePath: await ensureBrowser(),
  args: ['--no-sandbox', '--disable-gpu'],
});

/** Opens a scene and waits until its first item, or the empty state, can be seen. */
async function open(scene, theme = 'dark') {
  const page = await browser.newPage({ viewport: { width: 380, height: 800 } });
  page.on('pageerror', (error) => failures.push(`${scene}: ${error.message}`));
  await page.goto(`${server.url}/?scene=${scene}&theme=${theme}`);
  await page.waitForSelector('[role=tab]');
  return page;
}

/** Streams a reply of 32 KB, 30 patches a second. Frames are timed in processor time, `wall` is for comparison. */
async function streaming(kind) {
  const page = await open('empty');
  let result = { most: 0, atEnd: 0 };
  const frames = await timeFrames(page, async () => {
    result = await page.evaluate(
      async ({ kind }) => {
        const paragraph =
          'The loop in `retry.ts` gives up **early** on errors that will not go away, see [the guide](https://example.com).\n\n';
        const list = '- a point with `code` and *emphasis*\n- another one\n\n';
        const code = `\`\`\`ts\n${'const value = await compute(input, { retries: 3 });\n'.repeat(12)}\`\`\`\n\n`;
        const table = `| a | b |\n| - | - |\n${'| one | two |\n'.repeat(6)}\n`;
        const whole = {
          prose: paragraph.repeat(400),
          mixed: (paragraph + list + code + table).repeat(60),
          oneCodeBlock: `\`\`\`ts\n${'const value = await compute(input);\n'.repeat(1_000)}`,
          oneList: '- a point with `code`, *emphasis* and some more words\n'.repeat(700),
        }[kind];
        const text = whole.slice(0, 32_768);
        const { host } = window;
        host.patch(
          { op: 'item', item: { kind: 'user', id: 'u', text: 'Go', date: '' } },
          { op: 'item', item: { kind: 'agent', id: 'a', parts: [], state: 'streaming', date: '' } },
          { op: 'running', running: true },
        );
        const log = document.querySelector('[role=log]');
        let inFrame = 0;
        let most = 0;
        new MutationObserver(() => {
          inFrame++;
          most = Math.max(most, inFrame);
        }).observe(log, { childList: true, subtree: true, characterData: true });
        let done = false;
        const tick = () => {
          inFrame = 0;
          if (!done) requestAnimationFrame(tick);
        };
        requestAnimationFrame(tick);
        const step = 128;
        for (let at = 0; at < text.length; at += step) {
          host.patch({ op: 'append', itemId: 'a', partType: 'text', partId: 't', text: text.slice(at, at + step) });
          await new Promise((resolve) => setTimeout(resolve, 33));
        }
        done = true;
        return { most, atEnd: log.scrollHeight - log.clientHeight - log.scrollTop };
      },
      { kind },
    );
  });
  await page.close();
  row(`streaming ${kind}: frame, p95 ms of processor time`, quantile(frames.cpu, 0.95), 8);
  row(`streaming ${kind}: frame, worst ms of processor time`, Math.max(...frames.cpu), 33);
  process.stdout.write(
    `     ${frames.cpu.length} frames; median ${quantile(frames.cpu, 0.5).toFixed(1)}; by the clock p95 ${quantile(frames.wall, 0.95).toFixed(1)}\n`,
  );
  row(`streaming ${kind}: commits in one frame`, result.most, 1);
  row(`streaming ${kind}: pixels from the end`, result.atEnd, 1);
}

async function longThread() {
  const page = await open('long');
  await page.waitForSelector('article');
  const nodes = await page.evaluate('document.querySelectorAll("*").length');
  row('1,000 messages: DOM nodes', nodes, 1_500);
  const opened = await page.evaluate(async () => {
    const began = performance.now();
    window.host.end.send('snapshot', { ...window.host.thread, threadId: 'conv-again' });
    await new Promise((resolve) => setTimeout(resolve, 0));
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
    return performance.now() - began;
  });
  row('1,000 messages: opened, ms', opened, 300);
  const jump = await page.evaluate(async () => {
    const long = [];
    new PerformanceObserver((list) => long.push(...list.getEntries().map((e) => e.duration))).observe({
      type: 'longtask',
    });
    const log = document.querySelector('[role=log]');
    const began = performance.now();
    log.scrollTop = 0;
    while (!document.querySelector('article')?.textContent?.includes('Question 0:')) {
      if (performance.now() - began > 3_000) break;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    const took = performance.now() - began;
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { took, worst: Math.max(0, ...long), nodes: document.querySelectorAll('*').length };
  });
  row('1,000 messages: jump to the top, ms', jump.took, 200);
  row('1,000 messages: worst task of the jump, ms', jump.worst, 100);
  row('1,000 messages: DOM nodes at the top', jump.nodes, 1_500);
  await page.close();
}

/** Processor time of the page's main thread, in milliseconds: a busy machine does not count. */
async function processorTime(page, work) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const taken = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };
  const before = await taken();
  await work();
  const used = (await taken()) - before;
  await session.detach();
  return used;
}

async function manySkills() {
  const page = await open('manySkills');
  const click = (name) => page.getByRole('tab', { name, exact: true }).click();
  const first = page.locator('[aria-label=Skills] > li').first();
  const shown = [];
  for (let n = 0; n < 5; n++) {
    await click('Chat');
    await first.waitFor({ state: 'hidden' });
    shown.push(
      await processorTime(page, async () => {
        await click('Skills');
        await first.waitFor();
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0))));
      }),
    );
  }
  row('500 skills: panel shown, ms of processor time, worst of 5', Math.max(...shown), 200);
  row('500 skills: DOM nodes', await page.evaluate('document.querySelectorAll("*").length'), 3_000);
  const arrived = await page.evaluate(async () => {
    const before = document.querySelector('[aria-label=Skills] > li');
    const began = performance.now();
    window.host.end.send('skills', window.manySkills.toReversed());
    await new Promise((resolve) => setTimeout(resolve, 0));
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
    return before === null ? Number.POSITIVE_INFINITY : performance.now() - began;
  });
  row('500 skills: a new list, ms', arrived, 200);
  const searched = await page.evaluate(async () => {
    const box = document.querySelector('input[aria-label="Search skills"]');
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
    set.call(box, 'number 499');
    box.dispatchEvent(new Event('input', { bubbles: true }));
    const began = performance.now();
    while (document.querySelectorAll('[aria-label=Skills] > li').length > 1)
      await new Promise((resolve) => requestAnimationFrame(resolve));
    return performance.now() - began;
  });
  row('500 skills: found by typing, 180 ms of pause included', searched, 400);
  await page.close();
}

try {
  const only = process.argv[2];
  if (!only || only === 'stream')
    for (const kind of ['prose', 'mixed', 'oneCodeBlock', 'oneList']) await streaming(kind);
  if (!only || only === 'long') await longThread();
  if (!only || only === 'skills') await manySkills();
} finally {
  await browser.close();
  server.close();
}
if (failures.length > 0) {
  process.stderr.write(`${failures.length} past their budget: ${failures.join(', ')}\n`);
  process.exitCode = 1;
}
