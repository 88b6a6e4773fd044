// Notebooks cell by cell, from the text of their file.
import * as z from 'zod/mini';

export interface NotebookCell {
  kind: 'code' | 'markdown' | 'raw';
  language: string;
  source: string;
  /** How many runs of the notebook there had been when it ran. */
  run?: number;
  /** As text; what is none is named by its type and size. */
  outputs: string[];
}

export interface Notebook {
  cells: NotebookCell[];
}

const Text = z.union([z.string(), z.array(z.string())]);
const Output = z.looseObject({
  output_type: z.string(),
  text: z.optional(Text),
  data: z.optional(z.record(z.string(), z.unknown())),
  ename: z.optional(z.string()),
  evalue: z.optional(z.string()),
  traceback: z.optional(z.array(z.string())),
});
const File = z.looseObject({
  cells: z.array(
    z.looseObject({
      cell_type: z.enum(['code', 'markdown', 'raw']),
      source: Text,
      execution_count: z.nullish(z.number()),
      outputs: z.optional(z.array(Output)),
    }),
  ),
  metadata: z.optional(
    z.looseObject({
      language_info: z.optional(z.looseObject({ name: z.optional(z.string()) })),
      kernelspec: z.optional(z.looseObject({ language: z.optional(z.string()) })),
    }),
  ),
});

/** Undefined: it is no notebook of Jupyter's format 4. */
export function parseNotebook(text: string): Notebook | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const file = File.safeParse(value);
  if (!file.success) return undefined;
  const { cells, metadata } = file.data;
  const language = metadata?.language_info?.name ?? metadata?.kernelspec?.language ?? 'python';
  return {
    cells: cells.map(({ cell_type: kind, source, execution_count: run, outputs = [] }) => ({
      kind,
      language: kind === 'code' ? language : kind,
      source: joined(source),
      ...(typeof run === 'number' ? { run } : {}),
      outputs: outputs.map(outputText).filter((output) => output !== ''),
    })),
  };
}

function outputText({ text, data, ename, evalue, traceback }: z.infer<typeof Output>): string {
  if (text !== undefined) return plainOutput(joined(text));
  if (ename !== undefined) return plainOutput(traceback?.join('\n') || `${ename}: ${evalue ?? ''}`);
  return bestOutput(
    Object.entries(data ?? {}).map(([mime, value]) => {
      const content = Text.safeParse(value);
      const whole = content.success ? joined(content.data) : JSON.stringify(value);
      // What is not text stands there in base64.
      const bytes = /^(?:image|audio|video)\/(?!svg)/.test(mime) ? Math.floor(whole.length * 0.75) : whole.length;
      return { mime, bytes, text: () => whole };
    }),
  );
}

export interface OutputItem {
  mime: string;
  bytes: number;
  text(): string;
}

/** Of the forms of one output the one that reads best. */
export function bestOutput(items: readonly OutputItem[]): string {
  const readable = ['text/plain', 'text/markdown', 'application/json', 'text/html'];
  const picture = items.find(({ mime }) => mime.startsWith('image/'));
  const best = readable.map((mime) => items.find((item) => item.mime === mime)).find((item) => item !== undefined);
  const shown = picture === undefined ? [] : [`[${picture.mime}, ${picture.bytes.toLocaleString('en')} bytes]`];
  if (best !== undefined) shown.push(plainOutput(best.text()));
  const [first] = items;
  if (shown.length === 0 && first !== undefined)
    shown.push(`[${first.mime}, ${first.bytes.toLocaleString('en')} bytes]`);
  return shown.join(' ');
}

/** Without colours of terminals. */
export function plainOutput(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what the codes begin with
  return text.replace(/\u001b\[[0-9;?]*[a-zA-Z]/g, '').trimEnd();
}

function joined(text: z.infer<typeof Text>): string {
  return typeof text === 'string' ? text : text.join('');
}
