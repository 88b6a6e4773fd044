// Minutes of answers that stream into the packaged extension in a real VS Code: what the view and the extension host hold before and after.
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { prepareKit } from '../e2e/harness/kit.ts';
import { VsCode } from '../e2e/harness/vscode.ts';
import type { Workbench } from '../e2e/harness/workbench.ts';
import { text } from './scripted-model.ts';

const MB = 1024 * 1024;
/** What may stay after any number of answers, once their thread is no longer shown. */
const MAX_VIEW_GROWTH = 25 * MB;
const MAX_HOST_GROWTH = 80 * MB;
const MAX_NODE_GROWTH = 500;
const TURN_MS = 120_000;
const ANSWER = `${'The loop in `src/shelf.ts` gives up **early**, see [the guide](https://example.com).\n\n- a point with `code`\n\n'.repeat(
  60,
)}\`\`\`ts\n${'const value = await compute(input);\n'.repeat(40)}\`\`\`\n\nThat was all.`;

interface Held {
  /** Bytes of the window's JavaScript after a collection: view and workbench, which share a heap. */
  heap: number;
  nodes: number;
  /** Resident bytes of the extension host. */
  host: number;
}

async function held(vscode: VsCode, window: Workbench): Promise<Held> {
  const session = await (window.page as Page).context().newCDPSession(window.page);
  await session.send('HeapProfiler.enable');
  for (let times = 2; times > 0; times--) await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  const nodes = await window.letta.frame.locator('body').evaluate(() => document.querySelectorAll('*').length);
  const host = vscode.extensionHosts().reduce((sum, pid) => {
    const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return sum + Number(resident ?? 0) * 1024;
  }, 0);
  return { heap: usedSize, nodes, host };
}

/**
 * Streams answers into one thread until the time is over, a new thread every tenth.
 * @param say is told what is held every minute
 * @returns lines that say what grew beyond its bound; none when all is well
 */
export async function soakStreaming(minutes: number, say: (line: string) => void): Promise<string[]> {
  const { kit, dispose } = await prepareKit();
  const vscode = await VsCode.start(kit, { packed: true, settings: { 'letta.memory.reflection': 'off' } });
  try {
    const window = await vscode.open();
    const { letta } = window;
    await letta.open();
    const turn = async (): Promise<void> => {
      vscode.model.script(text(ANSWER, { chunkSize: 40, delayMs: 5 }));
      await letta.send('Once more');
      await letta.last.getByText('That was all.').waitFor({ timeout: TURN_MS });
      await letta.idle(TURN_MS);
    };
    const atRest = async (): Promise<Held> => {
      await letta.newThread();
      return await held(vscode, window);
    };
    const inWords = ({ heap, nodes, host }: Held): string =>
      `heap ${(heap / MB).toFixed(1)} MB, ${nodes} nodes, extension host ${(host / MB).toFixed(0)} MB`;
    // Code that is loaded with the first answers is no growth.
    for (let warm = 3; warm > 0; warm--) await turn();
    const before = await atRest();
    say(`before: ${inWords(before)}`);
    const end = performance.now() + minutes * 60_000;
    let turns = 0;
    let told = performance.now();
    while (performance.now() < end) {
      await turn();
      if (++turns % 10 === 0) await letta.newThread();
      if (performance.now() - told < 60_000) continue;
      told = performance.now();
      say(`${turns} answers: ${inWords(await held(vscode, window))}`);
    }
    const after = await atRest();
    say(`after ${turns} answers: ${inWords(after)}`);
    const grown = (what: keyof Held, most: number): string[] =>
      after[what] - before[what] > most
        ? [`${what} grew from ${before[what]} to ${after[what]}, by more than ${most}`]
        : [];
    return [...grown('heap', MAX_VIEW_GROWTH), ...grown('nodes', MAX_NODE_GROWTH), ...grown('host', MAX_HOST_GROWTH)];
  } finally {
    await vscode.dispose();
    await dispose();
  }
}
