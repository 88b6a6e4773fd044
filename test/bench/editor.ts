// Everything that is measured in a real VS Code with the packaged extension, as a person meets it.
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { FrameLocator, Locator } from 'playwright-core';
import { waitUntil } from '../../scripts/lib/processes.ts';
import { prepareKit } from '../e2e/harness/kit.ts';
import { VsCode } from '../e2e/harness/vscode.ts';
import type { Workbench } from '../e2e/harness/workbench.ts';
import { messageText, type RecordedRequest, startScriptedModel, text } from '../support/scripted-model.ts';
import { packEcho } from './echo/pack.ts';
import { seedMessages } from './seed.ts';
import { now, type Row, row } from './stats.ts';

/** The extension host is busy for 2 to 3 s after a window has opened: first settle, then measure. */
const SETTLE_MS = 4_000;
const OPENINGS = 5;
const FIRST_OPENINGS = 3;
const TURNS = 40;
const LONG_THREAD = 1_000;
/** What even a quick model takes until its first byte: the person's own message is drawn by then. */
const THINKS_MS = 300;

const MB = 1024 * 1024;

interface HostState {
  /** Milliseconds. */
  longest: number;
  /** Bytes. */
  rss: number;
}

class Host {
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  async ask(path: '/' | '/reset'): Promise<HostState> {
    await waitUntil(() => existsSync(this.file), 20_000);
    const response = await fetch(`http://127.0.0.1:${readFileSync(this.file, 'utf8')}${path}`);
    return (await response.json()) as HostState;
  }
}

/** `usableAt`: one can type, and the thread is there. `liveAt`: the host has confirmed it. */
type Mark = 'composerAt' | 'aboutAt' | 'usableAt' | 'liveAt';

/** Runs in every frame from its first moment, and notes when something is there. */
function noteWhenUsable(): void {
  setInterval(() => {
    const marks = globalThis as { [name in Mark]?: number };
    // The yardstick has a button, and nothing to restore.
    if (marks.usableAt === undefined && document.querySelector('#echo')) {
      marks.usableAt = performance.timeOrigin + performance.now();
    }
    const box = document.querySelector('textarea');
    if (marks.composerAt === undefined && box) marks.composerAt = performance.timeOrigin + performance.now();
    if (marks.aboutAt === undefined && document.querySelector('.about')) {
      marks.aboutAt = performance.timeOrigin + performance.now();
    }
    const thread = document.querySelector('[role="log"] article, [role="log"] [role="article"]');
    if (marks.usableAt === undefined && box && !box.disabled && thread) {
      marks.usableAt = performance.timeOrigin + performance.now();
    }
    if (marks.liveAt === undefined && thread && document.querySelector('[role="log"][aria-busy="false"]')) {
      marks.liveAt = performance.timeOrigin + performance.now();
    }
  }, 2);
}

const settle = (window: Workbench): Promise<void> => window.page.waitForTimeout(SETTLE_MS);

/** VS Code gives these tabs an empty name, so they are found by their text. */
const tab = (window: Workbench, title: string): Locator =>
  window.page.locator('.part.auxiliarybar .composite-bar .action-item', { hasText: title });

/** Shows VS Code's own chat, so that the next click opens Letta's view. */
async function hideLetta(window: Workbench): Promise<void> {
  await tab(window, 'Chat').click();
  await window.letta.composer.waitFor({ state: 'hidden' });
}

/** A new window whose side bar does not show Letta yet. VS Code writes down what is shown a little later. */
async function reloadHidden(window: Workbench): Promise<void> {
  for (let left = 3; left > 0; left--) {
    await hideLetta(window);
    await settle(window);
    await window.reload();
    await settle(window);
    if (!(await window.letta.composer.isVisible())) return;
  }
  throw new Error('VS Code shows Letta again after every reload.');
}

const noteClick = (target: Locator): Promise<void> =>
  target.evaluate((node) =>
    node.addEventListener(
      'mousedown',
      () => Object.assign(globalThis, { clickedAt: performance.timeOrigin + performance.now() }),
      { capture: true, once: true },
    ),
  );

/** Milliseconds from the click until one can type and read the thread, and until the host has confirmed it. */
async function clickToUsable(window: Workbench): Promise<{ usable: number; live: number }> {
  await noteClick(tab(window, 'Letta'));
  await tab(window, 'Letta').click();
  await window.letta.articles.first().waitFor();
  const body = window.letta.frame.locator('body');
  const usable = await afterClick(window, body, 'usableAt');
  return { usable, live: await afterClick(window, body, 'liveAt') };
}

/** The very first opening in a workspace: there is no agent yet, and nothing kept to show. */
async function firstOpening(vscode: VsCode): Promise<{ composer: number; about: number }> {
  const window = await vscode.open({ initScript: noteWhenUsable });
  try {
    await settle(window);
    await noteClick(tab(window, 'Letta'));
    await tab(window, 'Letta').click();
    await window.letta.about.waitFor();
    const body = window.letta.frame.locator('body');
    const composer = await afterClick(window, body, 'composerAt');
    return { composer, about: await afterClick(window, body, 'aboutAt') };
  } finally {
    await window.page.close();
  }
}

/** The header of the yardstick's pane in the explorer: a click opens it, another one closes it. */
const echoHeader = (window: Workbench): Locator => window.page.locator('.pane-header', { hasText: 'Echo' });

/** The least that showing a view of an extension takes: a page with one button. */
async function clickToBareView(window: Workbench): Promise<number> {
  await noteClick(echoHeader(window));
  await echoHeader(window).click();
  const button = echoFrame(window).getByRole('button', { name: 'Echo' });
  await button.waitFor();
  const time = await afterClick(window, echoFrame(window).locator('body'), 'usableAt');
  // Closed again, so that the next window opens without it.
  await echoHeader(window).click();
  await button.waitFor({ state: 'hidden' });
  return time;
}

async function afterClick(window: Workbench, body: Locator, mark: Mark): Promise<number> {
  const usable = await body.evaluate(async (_, name) => {
    const marks = globalThis as { [name in Mark]?: number };
    for (;;) {
      const at = marks[name];
      if (at !== undefined) return at;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }, mark);
  const clicked = await window.page.evaluate(() => (globalThis as { clickedAt?: number }).clickedAt ?? Number.NaN);
  return usable - clicked;
}

interface Turn {
  /** From the click to the request at the model. */
  toRequest: number;
  /** From the first byte that the model sent to the frame that shows it. */
  toPixel: number;
}

/** Where a turn is started and seen. Found anew in each frame: React may put another element in its place. */
interface Stage {
  body: Locator;
  button: Locator;
  /** CSS selector of what shows the answer. */
  answer: string;
}

const TURN_TIMEOUT_MS = 60_000;

async function turn(vscode: VsCode, { body, button, answer }: Stage, token: string, thinksMs: number): Promise<Turn> {
  let request: RecordedRequest | undefined;
  let firstByte = 0;
  vscode.model.script(async (incoming) => {
    request = incoming;
    if (thinksMs > 0) await wait(thinksMs);
    firstByte = now();
    return text(token);
  });
  const shown = body.evaluate(
    (_, { selector, wanted, timeout }) =>
      new Promise<number>((resolve, reject) => {
        const look = (): void => {
          if (document.querySelector(selector)?.textContent?.includes(wanted)) {
            resolve(performance.timeOrigin + performance.now());
          } else requestAnimationFrame(look);
        };
        look();
        setTimeout(() => reject(new Error('The answer did not come.')), timeout);
      }),
    { selector: answer, wanted: token, timeout: TURN_TIMEOUT_MS },
  );
  const clicked = body.evaluate(
    (node) =>
      new Promise<number>((resolve) =>
        node.ownerDocument.addEventListener('click', () => resolve(performance.timeOrigin + performance.now()), {
          capture: true,
          once: true,
        }),
      ),
  );
  await button.click();
  const [from, at] = await Promise.all([clicked, shown]);
  if (!request) throw new Error('The model was not asked.');
  return { toRequest: request.time - from, toPixel: at - firstByte };
}

async function lettaTurns(vscode: VsCode, window: Workbench, count: number, thinksMs = 0): Promise<Turn[]> {
  const stage = { body: window.letta.frame.locator('body'), button: window.letta.button('Send'), answer: '[role=log]' };
  const turns: Turn[] = [];
  for (let i = 0; i < count; i++) {
    await window.letta.composer.fill('measure this');
    turns.push(await turn(vscode, stage, `answer${i}at${Date.now()}`, thinksMs));
    await window.letta.idle();
  }
  return turns;
}

const echoFrame = (window: Workbench): FrameLocator =>
  window.page
    .frameLocator('iframe.webview.ready[src*="extensionId=letta-vscode.letta-bench-echo"]')
    .frameLocator('#active-frame');

async function openEcho(window: Workbench): Promise<void> {
  await window.command('Explorer: Focus on Echo View');
  await echoFrame(window).getByRole('button', { name: 'Echo' }).waitFor();
}

async function echoTurns(vscode: VsCode, window: Workbench, count: number, thinksMs = 0): Promise<Turn[]> {
  const frame = echoFrame(window);
  const button = frame.getByRole('button', { name: 'Echo' });
  const turns: Turn[] = [];
  for (let i = 0; i < count; i++) {
    // At most three characters, so that it comes in one piece: the echo shows what the model sent as it is, below what it
    // showed before.
    const token = `${thinksMs > 0 ? 'q' : 'e'}${i}`;
    turns.push(await turn(vscode, { body: frame.locator('body'), button, answer: '#answer' }, token, thinksMs));
  }
  return turns;
}

/** What VS Code itself says in its list of running extensions. */
async function activationTimes(window: Workbench): Promise<{ letta: number; echo: number }> {
  await window.command('Developer: Show Running Extensions');
  const list = window.page.locator('.runtime-extensions-editor');
  const timeOf = async (name: string): Promise<number> => {
    const entry = list.locator('.extension', { hasText: name });
    const line = await entry.locator('.activation-time').textContent();
    const time = /(\d+)\s*ms/.exec(line ?? '')?.[1];
    if (time === undefined) throw new Error(`VS Code tells no activation time: ${line}`);
    return Number(time);
  };
  const times = { letta: await timeOf('Letta for VS Code'), echo: await timeOf('Echo') };
  // It is shown above everything else; while it is, no other command runs.
  await window.page.keyboard.press('Escape');
  await list.waitFor({ state: 'hidden' });
  return times;
}

/** Characters as UTF-8, by four: the same yardstick as for the rivals. */
function fixedPromptTokens(request: RecordedRequest): number {
  const system = request.body.messages.filter((message) => message.role === 'system' || message.role === 'developer');
  return (Buffer.byteLength(system.map(messageText).join('\n')) + toolBytes(request)) / 4;
}

const toolBytes = (request: RecordedRequest): number => Buffer.byteLength(JSON.stringify(request.body.tools ?? []));

/** @returns the rows of the editor, in the order of the table */
export async function benchEditor(): Promise<Row[]> {
  const { kit, dispose } = await prepareKit([await packEcho()]);
  const scratch = await mkdtemp(join(tmpdir(), 'letta-bench-'));
  const portFile = join(scratch, 'port');
  const host = new Host(portFile);
  // Before VS Code, because its address is handed on in the environment.
  const model = await startScriptedModel();
  const vscode = await VsCode.start(kit, {
    packed: true,
    model,
    // High enough for the whole list of running extensions.
    viewport: { width: 1280, height: 1_400 },
    settings: {
      // VS Code as it comes: its own chat stands beside ours.
      'chat.disableAIFeatures': false,
      // It starts by itself after 25 turns, and would take the answer that is meant for the next one.
      'letta.memory.reflection': 'off',
    },
    env: { LETTA_BENCH_MODEL: model.baseUrl, LETTA_BENCH_PORT_FILE: portFile },
  });
  try {
    return await measure(vscode, host);
  } finally {
    await vscode.dispose();
    await dispose();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function measure(vscode: VsCode, host: Host): Promise<Row[]> {
  const first: { composer: number; about: number }[] = [];
  for (let i = 0; i < FIRST_OPENINGS; i++) first.push(await firstOpening(vscode));
  const folder = await vscode.makeWorkspace();
  const window = await vscode.open({ folder, initScript: noteWhenUsable });
  await settle(window);
  await window.letta.open();
  const [firstTurn] = await lettaTurns(vscode, window, 1);
  if (!firstTurn) throw new Error('There was no first turn.');
  const prompt = vscode.model.requests.at(-1);
  if (!prompt) throw new Error('The model was not asked.');

  await lettaTurns(vscode, window, 4);
  await host.ask('/reset');
  const turns = await lettaTurns(vscode, window, TURNS);
  const { longest } = await host.ask('/');
  const thought = await lettaTurns(vscode, window, TURNS, THINKS_MS);
  await settle(window);
  await host.ask('/reset');
  await openEcho(window);
  await settle(window);
  const bareOpening = await host.ask('/');
  const echo = await echoTurns(vscode, window, TURNS);
  const echoThought = await echoTurns(vscode, window, TURNS, THINKS_MS);

  const opened: { usable: number; live: number }[] = [];
  const reopened: { usable: number; live: number }[] = [];
  const bare: number[] = [];
  await echoHeader(window).click();
  const activated: number[] = [];
  const bareActivated: number[] = [];
  for (let i = 0; i < OPENINGS; i++) {
    await reloadHidden(window);
    const times = await activationTimes(window);
    activated.push(times.letta);
    bareActivated.push(times.echo);
    opened.push(await clickToUsable(window));
    await hideLetta(window);
    reopened.push(await clickToUsable(window));
    // In a window of its own: the first view in a window pays for what all of them need.
    await reloadHidden(window);
    bare.push(await clickToBareView(window));
  }

  await vscode.closeWindows();
  await seedMessages(vscode.lettaDir, vscode.model.baseUrl, LONG_THREAD);
  const long = await vscode.open({ folder, initScript: noteWhenUsable });
  await settle(long);
  const before = await host.ask('/reset');
  await long.letta.open();
  await long.letta.articles.first().waitFor();
  await settle(long);
  const after = await host.ask('/');
  const longTurns = await lettaTurns(vscode, long, TURNS / 2);

  const [composers, abouts] = [first.map(({ composer }) => composer), first.map(({ about }) => about)];
  const requests = (list: Turn[]): number[] => list.map((each) => each.toRequest);
  const usable = (list: { usable: number }[]): number[] => list.map((each) => each.usable);
  const live = (list: { live: number }[]): number[] => list.map((each) => each.live);
  const pixels = (list: Turn[]): number[] => list.map((each) => each.toPixel);
  return [
    row('activate()', 'ms', 'cold', activated, 10),
    row('activate(), bare extension', 'ms', 'cold', bareActivated),
    row('click to composer, first opening', 'ms', 'cold', composers, 700),
    row('click to agent and model named, first opening', 'ms', 'cold', abouts),
    row('click to usable composer, thread restored', 'ms', 'cold', usable(opened), 700),
    row('click to usable composer, shown again', 'ms', 'warm', usable(reopened), 700),
    row('click to the host in step', 'ms', 'cold', live(opened)),
    row('click to the host in step, shown again', 'ms', 'warm', live(reopened)),
    row('click to usable view, bare extension', 'ms', 'cold', bare),
    row('send to model request, first turn', 'ms', 'cold', [firstTurn.toRequest], 150),
    row('send to model request', 'ms', 'warm', requests(turns)),
    row('send to model request, 1,000 messages', 'ms', 'warm', requests(longTurns)),
    row('send to model request, bare extension', 'ms', 'warm', requests(echo)),
    row('first byte to first pixel', 'ms', 'warm', pixels(thought), 33),
    row('first byte to first pixel, bare extension', 'ms', 'warm', pixels(echoThought)),
    row('first byte to first pixel, of a model that answers at once', 'ms', 'warm', pixels(turns)),
    row('first byte to first pixel, at once, bare extension', 'ms', 'warm', pixels(echo)),
    row('fixed prompt', 'tokens', '-', [fixedPromptTokens(prompt)], 6_000),
    row('longest block of the event loop, turns', 'ms', 'warm', [longest], 25),
    row('longest block of the event loop, opening 1,000 messages', 'ms', 'cold', [after.longest], 25),
    row('longest block of the event loop, opening the bare view', 'ms', 'cold', [bareOpening.longest]),
    row('added memory, 1,000 messages open', 'MB', 'cold', [(after.rss - before.rss) / MB], 60),
  ];
}
