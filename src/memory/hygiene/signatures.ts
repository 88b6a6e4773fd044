// What the functions and classes of the workspace take: the names of their parameters, and what stands in for one that is left out.
import type { Evidence } from './facts.ts';
import { lineAt } from './mask.ts';
import { isTestPath, type Workspace } from './workspace.ts';

export interface Parameter {
  name: string;
  /** The text of a literal, unquoted. */
  fallback?: string;
  optional: boolean;
}

export interface Signature extends Evidence {
  name: string;
  /** One that holds several by name (`{ a, b = 1 }: Options`) gives each of them. */
  parameters: Parameter[];
  /** How many stand between the parentheses. */
  count: number;
  /** Any number may follow. */
  open: boolean;
  async: boolean;
}

const HEADS: readonly [files: RegExp, head: RegExp][] = [
  [/\.pyi?$/, /^[ \t]*(async[ \t]+)?def[ \t]+(\w+)[ \t]*(?:\[[^\]\n]*\])?\(/gm],
  [/\.go$/, /^()func[ \t]+(?:\([^)\n]*\)[ \t]*)?(\w+)[ \t]*(?:\[[^\]\n]*\])?\(/gm],
  [
    /\.rs$/,
    /^[ \t]*(?:pub(?:\([a-z]+\))?[ \t]+)?(?:const[ \t]+)?(async[ \t]+)?(?:unsafe[ \t]+)?fn[ \t]+(\w+)[ \t]*(?:<[^(\n]*>)?\(/gm,
  ],
  [/\.[cm]?[jt]sx?$/, /(?<![\w$.])(async[ \t]+)?function\*?[ \t]+([\w$]+)[ \t]*(?:<[^(\n]*>)?\(/g],
  [
    /\.[cm]?[jt]sx?$/,
    /(?<![\w$.])(?:const|let)[ \t]+(?=[\w$]+[ \t]*(?::[^=\n]*)?=[ \t]*(?:async[ \t]*)?\([^\n]*=>)([\w$]+)()[^=\n]*=[ \t]*(?:async[ \t]*)?\(/g,
  ],
];

/** Every function by its name, and every class by what its constructor takes. */
export function signatures(workspace: Workspace): Promise<ReadonlyMap<string, Signature[]>> {
  return workspace.once('signatures', async () => {
    const found = new Map<string, Signature[]>();
    for (const path of (await workspace.codeFiles()).filter((file) => !isTestPath(file))) {
      const text = await workspace.text(path);
      if (text === null) continue;
      for (const signature of signaturesIn(path, text, workspace.masked(path, text))) {
        const known = found.get(signature.name);
        if (known) known.push(signature);
        else found.set(signature.name, [signature]);
      }
    }
    return found;
  });
}

function signaturesIn(path: string, text: string, masked: string): Signature[] {
  const found: Signature[] = [];
  for (const [files, head] of HEADS) {
    if (!files.test(path)) continue;
    for (const match of masked.matchAll(head)) {
      const arrow = match[2] === '';
      const name = (arrow ? match[1] : match[2]) ?? '';
      const open = match.index + match[0].length - 1;
      const list = masked.slice(open + 1, closed(masked, open));
      const parts = split(list).map(([from, to]) => text.slice(open + 1 + from, open + 1 + to).trim());
      const made = signatureOf(
        path,
        parts.filter((part) => part !== ''),
      );
      const owner = name === '__init__' ? classAround(masked, match.index) : undefined;
      found.push({
        ...made,
        name: owner ?? name,
        async: arrow ? /=[ \t]*async\b/.test(match[0]) : match[1] !== undefined && match[1] !== '',
        path,
        line: lineAt(text, match.index + match[0].search(/\S/)),
      });
    }
  }
  return found;
}

/** The class of a Python method: the nearest line above that is indented less. */
function classAround(masked: string, at: number): string | undefined {
  return [...masked.slice(0, at).matchAll(/^class[ \t]+(\w+)/gm)].at(-1)?.[1];
}

function signatureOf(path: string, parts: readonly string[]): Pick<Signature, 'parameters' | 'count' | 'open'> {
  const parameters: Parameter[] = [];
  let count = 0;
  let open = false;
  for (const part of parts) {
    if (/^(?:self|cls|&(?:mut )?self|mut self|\*|\/)\b|^[*/]$|^this:/.test(part)) continue;
    count += 1;
    if (/^(?:\*|\.\.\.)|\.\.\./.test(part)) {
      open = true;
      continue;
    }
    const inner = /^\{([\s\S]*?)\}/.exec(part)?.[1];
    if (inner !== undefined) {
      for (const [from, to] of split(inner)) parameters.push(...parameterOf(inner.slice(from, to).trim(), true));
      continue;
    }
    parameters.push(...(path.endsWith('.go') ? goParameter(part) : parameterOf(part, false)));
  }
  return { parameters, count, open };
}

const goParameter = (part: string): Parameter[] => {
  const name = /^(\w+)/.exec(part)?.[1];
  return name === undefined ? [] : [{ name, optional: false }];
};

function parameterOf(part: string, optional: boolean): Parameter[] {
  const name = /^(?:(?:public|private|protected|readonly|mut)\s+)*([A-Za-z_$][\w$]*)/.exec(part)?.[1];
  if (name === undefined) return [];
  const equals = /(?<![=!<>])=(?![=>])\s*([\s\S]+)$/.exec(part)?.[1]?.trim();
  // `typer.Option(90, help="…")`: a function that is given the value first.
  const given = equals === undefined ? undefined : (/^[\w.]+\(\s*([^,()]+)[,)]/.exec(equals)?.[1] ?? equals);
  const literal = /^(?:-?\d[\d_]*(?:\.\d+)?|True|False|true|false|None|null|"[^"]*"|'[^']*')$/.exec(given ?? '')?.[0];
  return [
    {
      name,
      optional: optional || equals !== undefined || new RegExp(`^${name}\\?`).test(part),
      ...(literal === undefined ? {} : { fallback: literal.replace(/^["']|["']$/g, '').replace(/(?<=\d)_/g, '') }),
    },
  ];
}

/** The place of the parenthesis that closes the one at `open`. */
function closed(masked: string, open: number): number {
  let depth = 0;
  for (let at = open; at < masked.length; at += 1) {
    if ('([{'.includes(masked[at] ?? ' ')) depth += 1;
    else if (')]}'.includes(masked[at] ?? ' ') && --depth === 0) return at;
  }
  return masked.length;
}

/** Where the parts between commas stand that are in no brackets. */
function split(list: string): [from: number, to: number][] {
  const found: [number, number][] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < list.length; at += 1) {
    const char = list[at] ?? '';
    if ('([{<'.includes(char)) depth += 1;
    else if (')]}'.includes(char) || (char === '>' && list[at - 1] !== '=')) depth -= 1;
    else if (char === ',' && depth === 0) {
      found.push([from, at]);
      from = at + 1;
    }
  }
  return [...found, [from, list.length]];
}
