// One reading of the workspace: its paths, and the text of a fair sample of its code, for all miners together.
import type { Facts, TextFile } from './evidence.ts';
import { Pace } from './pace.ts';
import { type FoundFile, MAX_FILE_BYTES } from './workspace.ts';

/** Conventions show in a few hundred files; the rest only costs time. */
const MAX_SAMPLED = 800;
const MAX_SAMPLED_BYTES = 6 * 1024 * 1024;
/** Longer lines are data or minified. */
const MAX_LINE = 400;
const MAX_LINES = 3_000;

export type Language = 'script' | 'python' | 'go' | 'rust' | 'java' | 'ruby' | 'php' | 'other';

const LANGUAGE: Record<string, Language> = {
  ts: 'script',
  tsx: 'script',
  mts: 'script',
  cts: 'script',
  js: 'script',
  jsx: 'script',
  mjs: 'script',
  cjs: 'script',
  vue: 'script',
  svelte: 'script',
  py: 'python',
  go: 'go',
  rs: 'rust',
  java: 'java',
  kt: 'java',
  rb: 'ruby',
  php: 'php',
  cs: 'other',
  swift: 'other',
  scala: 'other',
  ex: 'other',
  exs: 'other',
  dart: 'other',
  c: 'other',
  h: 'other',
  cc: 'other',
  cpp: 'other',
  hpp: 'other',
};

const GENERATED =
  /(?:\.min\.|\.d\.ts$|\.generated\.|_pb2|\.pb\.|(?:^|\/)(?:generated|__generated__|fixtures?|snapshots?|testdata)\/)/;
const TEST =
  /(?:^|\/)(?:tests?|__tests__|specs?|e2e)\/|[._-](?:test|spec)\.\w+$|(?:^|\/)test_[^/]*\.py$|_test\.(?:go|py|rb)$|Tests?\.(?:java|kt|cs)$/;

export interface CodeFile extends TextFile {
  language: Language;
  /** Without the dot, e.g. `ts`. */
  extension: string;
  /** The folder, '' for the root. */
  folder: string;
  /** The file's name. */
  name: string;
  isTest: boolean;
}

export interface Survey {
  files: readonly FoundFile[];
  paths: ReadonlySet<string>;
  code: readonly CodeFile[];
  pace: Pace;
  /** Any text file, code or not; null when it can't be read. */
  text(path: string): Promise<TextFile | null>;
}

export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const extensionOf = (path: string): string => /\.([A-Za-z0-9]+)$/.exec(nameOf(path))?.[1] ?? '';
export const isTestPath = (path: string): boolean => TEST.test(path);
export const languageOf = (path: string): Language | undefined => LANGUAGE[extensionOf(path)];

const linesOf = (text: string): string[] =>
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/, MAX_LINES)
    .map((line) => (line.length > MAX_LINE ? line.slice(0, MAX_LINE) : line));

export async function survey(facts: Facts): Promise<Survey> {
  const pace = new Pace(facts.signal);
  const files = await facts.files.list();
  const cache = new Map<string, TextFile | null>();
  const text = async (path: string): Promise<TextFile | null> => {
    const known = cache.get(path);
    if (known !== undefined) return known;
    const read = await facts.files.read(path);
    const file = read === null ? null : { path, lines: linesOf(read) };
    cache.set(path, file);
    await pace.rest();
    return file;
  };
  const code: CodeFile[] = [];
  let bytes = 0;
  for (const { path, bytes: size } of sample(files)) {
    if (bytes + size > MAX_SAMPLED_BYTES) continue;
    const file = await text(path);
    const language = languageOf(path);
    if (!file || !language) continue;
    bytes += size;
    const { lines } = file;
    code.push({
      path,
      lines,
      language,
      extension: extensionOf(path),
      folder: folderOf(path),
      name: nameOf(path),
      isTest: isTestPath(path),
    });
  }
  return { files, paths: new Set(files.map((f) => f.path)), code, pace, text };
}

/** Evenly over all code, so that no folder speaks for the others. */
function sample(files: readonly FoundFile[]): FoundFile[] {
  const candidates = files.filter(
    (f) => f.bytes > 0 && f.bytes <= MAX_FILE_BYTES && languageOf(f.path) && !GENERATED.test(f.path),
  );
  const step = Math.max(1, candidates.length / MAX_SAMPLED);
  const taken: FoundFile[] = [];
  for (let at = 0; at < candidates.length; at += step) {
    const file = candidates[Math.floor(at)];
    if (file) taken.push(file);
  }
  return taken;
}
