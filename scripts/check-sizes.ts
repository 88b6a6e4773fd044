// Budgets in bytes: what is parsed at startup, on first use, in the view, and what is downloaded.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, VSIX } from './lib/package.ts';

const KB = 1024;
const MB = 1024 * KB;

/** Parsed in every window at startup, whether Letta is used or not. */
const STUB = 20 * KB;
/** Parsed when the view opens, on the thread that all extensions share. */
const HOST = 250 * KB;
/** Fetched and parsed before one can type: within 700 ms from the click, together with everything else. */
const WEBVIEW_INITIAL = 450 * KB;
const WEBVIEW_STYLE = 60 * KB;
/** Parsed in the worker before it can answer its first request; the models' code comes later. */
const WORKER_INITIAL = 400 * KB;
/** The smallest rival is 7.3 MB. */
const PACKAGE = 5 * MB;

interface Metafile {
  outputs: Record<
    string,
    { bytes: number; entryPoint?: string; cssBundle?: string; imports: { path: string; kind: string }[] }
  >;
}

function readMeta(name: string): Metafile | undefined {
  const path = join(root, 'dist', 'meta', `${name}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Metafile) : undefined;
}

/** Bytes of an entry and of everything it imports statically. */
export function initialBytes(meta: Metafile, entryPoint: string): number {
  const entry = Object.entries(meta.outputs).find(([, output]) => output.entryPoint === entryPoint);
  if (!entry) throw new Error(`The build has no ${entryPoint}.`);
  const seen = new Set<string>();
  const visit = (path: string): number => {
    const output = meta.outputs[path];
    if (!output || seen.has(path)) return 0;
    seen.add(path);
    const deeper = output.imports.filter((each) => each.kind === 'import-statement').map((each) => visit(each.path));
    return output.bytes + deeper.reduce((sum, bytes) => sum + bytes, 0);
  };
  return visit(entry[0]);
}

export interface Size {
  what: string;
  bytes: number;
  limit: number;
}

/** What the last build and package weigh. @throws Error when there is none */
export function measureSizes(): Size[] {
  const initial = (bundle: string, entry: string): number => {
    const meta = readMeta(bundle);
    if (!meta) throw new Error(`The ${bundle} bundle has not been built.`);
    return initialBytes(meta, entry);
  };
  return [
    { what: 'stub', bytes: initial('extension', 'src/extension.ts'), limit: STUB },
    { what: 'host', bytes: initial('host', 'src/host.ts'), limit: HOST },
    { what: 'worker, initial', bytes: initial('server', 'src/server/worker.ts'), limit: WORKER_INITIAL },
    { what: 'webview, initial', bytes: initial('webview', 'webview-ui/src/main.tsx'), limit: WEBVIEW_INITIAL },
    { what: 'webview, style', bytes: statSync(join(root, 'dist', 'webview', 'main.css')).size, limit: WEBVIEW_STYLE },
    { what: 'VSIX', bytes: statSync(VSIX).size, limit: PACKAGE },
  ];
}

export const inKb = (bytes: number): string => `${(bytes / KB).toFixed(1)} KB`;

/** @returns lines to print; none when all is well */
export function checkSizes(): string[] {
  return measureSizes()
    .filter(({ bytes, limit }) => bytes > limit)
    .map(({ what, bytes, limit }) => `${what}: ${inKb(bytes)} is more than ${inKb(limit)}.`);
}
