// Reads what a TypeScript file imports, without a compiler: comments are blanked, then the import forms are matched.

export interface Import {
  /** As written, e.g. `../store/ids.ts`, `vscode`, `node:fs`. */
  specifier: string;
  /** `import type … from`: leaves nothing in the bundle. */
  typeOnly: boolean;
  line: number;
}

/**
 * Blanks comments and regular text of template literals, so that an import form inside them is not taken for one.
 * Quoted strings stay: specifiers are among them. Every line break stays: line numbers hold.
 */
export function blankComments(source: string): string {
  let out = '';
  let at = 0;
  const copyUntil = (end: number): void => {
    out += source.slice(at, end);
    at = end;
  };
  const blankUntil = (end: number): void => {
    out += source.slice(at, end).replace(/[^\n]/g, ' ');
    at = end;
  };
  while (at < source.length) {
    const two = source.slice(at, at + 2);
    const one = source[at];
    if (two === '//') {
      const end = source.indexOf('\n', at);
      blankUntil(end < 0 ? source.length : end);
    } else if (two === '/*') {
      const end = source.indexOf('*/', at + 2);
      blankUntil(end < 0 ? source.length : end + 2);
    } else if (one === "'" || one === '"') {
      copyUntil(endOfString(source, at));
    } else if (one === '`') {
      blankUntil(endOfString(source, at));
    } else if (one === '/' && /[=(,:[!&|?{};\n]\s*$/.test(out.slice(-40))) {
      // A regular expression: it stands where no value can be divided.
      copyUntil(endOfRegExp(source, at));
    } else {
      copyUntil(at + 1);
    }
  }
  return out;
}

function endOfString(source: string, start: number): number {
  const quote = source[start];
  for (let i = start + 1; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === quote) return i + 1;
    else if (source[i] === '\n' && quote !== '`') return i;
  }
  return source.length;
}

function endOfRegExp(source: string, start: number): number {
  let inClass = false;
  for (let i = start + 1; i < source.length; i++) {
    const char = source[i];
    if (char === '\n') return start + 1; // It was a division after all.
    if (char === '\\') i++;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return i + 1;
  }
  return start + 1;
}

const FORMS = [
  // import … from 'x', export … from 'x'; the middle holds no quote and no statement's end.
  /\b(?:import|export)\s+(type\s+)?(?:[\w*\s{},$]+?)\s*from\s*(['"])([^'"\n]+)\2/g,
  // import 'x'
  /\bimport\s*()(['"])([^'"\n]+)\2/g,
  // import('x'), typeof import('x'), require('x')
  /\b(?:(typeof\s+)?import|require)\s*\(\s*(['"])([^'"\n]+)\2/g,
];

/** All imports of a source text, in no particular order. */
export function importsOf(source: string): Import[] {
  const code = blankComments(source);
  return FORMS.flatMap((form) =>
    [...code.matchAll(form)].map((match) => ({
      specifier: match[3] ?? '',
      typeOnly: Boolean(match[1]),
      line: code.slice(0, match.index).split('\n').length,
    })),
  );
}
