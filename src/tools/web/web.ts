// Pages of the web as text: got, read in a worker thread, and kept for a moment so that a long one can be read on.
import { lookup } from 'node:dns/promises';
import { Worker } from 'node:worker_threads';
import type { Web, WebPage } from '../fetch.ts';
import { type Got, get, MAX_BYTES, type WebDeps } from './get.ts';
import type { PageBytes, PageRead } from './read-page.ts';
import { WebError } from './web-error.ts';

/** What a parser may take of time and of memory. */
const READ_MS = 15_000;
const HEAP_MB = 256;
const KEPT_PAGES = 3;
const KEPT_MS = 10 * 60_000;

export interface WebOptions extends Omit<WebDeps, 'resolve'> {
  /** `dist/tools/web.mjs` of the extension. */
  workerPath: string;
  /** For tests. */
  resolve?: WebDeps['resolve'];
}

/** The addresses that this computer knows a name by, its `hosts` file included. */
const resolveByName = async (host: string): Promise<string[]> =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

export function createWeb(options: WebOptions): Web {
  const deps: WebDeps = { ...options, resolve: options.resolve ?? resolveByName };
  const kept = new Map<string, { page: WebPage; at: number }>();
  return {
    page: async (url, again, signal) => {
      const known = kept.get(url);
      if (again && known && Date.now() - known.at < KEPT_MS) return known.page;
      const got = await get(deps, url, signal);
      const page = await textOf(options.workerPath, got, signal);
      kept.delete(url);
      kept.set(url, { page, at: Date.now() });
      for (const oldest of [...kept.keys()].slice(0, -KEPT_PAGES)) kept.delete(oldest);
      return page;
    },
  };
}

/** @throws WebError */
async function textOf(workerPath: string, got: Got, signal: AbortSignal): Promise<WebPage> {
  const { url, type, charset, bytes } = got;
  const read = await inWorker(workerPath, { url, type, charset, bytes }, signal);
  if (read.kind === 'unreadable') {
    throw new WebError('not-text', `${url} is ${read.what}: only pages of text can be read.`);
  }
  const { title, text, cut } = read.page;
  const notes =
    got.cut || cut ? [`only its first part was read: pages over ${MAX_BYTES / 1024 / 1024} MB are cut`] : [];
  return { url, title, text, notes };
}

function inWorker(workerPath: string, page: PageBytes, signal: AbortSignal): Promise<PageRead> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerPath, {
      workerData: page,
      transferList: [page.bytes.buffer as ArrayBuffer],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
      env: {},
    });
    const broken = () =>
      new WebError('broken', `${page.url} could not be read as a page: it is too large or not well made.`);
    const timer = setTimeout(() => settle(() => reject(broken())), READ_MS);
    const onAbort = () => settle(() => reject(signal.reason));
    const settle = (then: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      void worker.terminate();
      then();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    worker.once('message', (read: PageRead) => settle(() => resolve(read)));
    worker.once('error', () => settle(() => reject(broken())));
    worker.once('exit', () => settle(() => reject(broken())));
  });
}
