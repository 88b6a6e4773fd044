// Secrets stay out of the files: a line that held one is masked and marked, and read back as the line it stands for.
import { diffArrays } from 'diff';

/** The text with every secret replaced; the same text when there is none. */
export type MaskSecrets = (text: string) => string;

const MARK = /<!-- letta:masked \d+ -->/;

export interface MaskedText {
  text: string;
  /** What a marked line stands for. */
  real: ReadonlyMap<string, readonly string[]>;
}

/** What a file may hold of a value. */
export function maskedText(value: string, maskSecrets: MaskSecrets): MaskedText {
  const real = new Map<string, readonly string[]>();
  const lines = value.split('\n');
  // A line that carries such a mark by itself means itself.
  for (const line of lines) if (MARK.test(line)) real.set(line, [line]);
  const masked = maskSecrets(value);
  if (masked === value) return { text: value, real };
  const out: string[] = [];
  let count = 0;
  let was: string[] = [];
  let is: string[] = [];
  const close = (): void => {
    if (was.length === 0 && is.length === 0) return;
    let line: string;
    do line = `${[...is, ''].join(' ')}<!-- letta:masked ${++count} -->`;
    while (real.has(line));
    real.set(line, was);
    out.push(line);
    was = [];
    is = [];
  };
  // Few lines differ; without a limit of time, since masking must never be skipped.
  for (const part of diffArrays(lines, masked.split('\n'))) {
    if (part.added) is.push(...part.value);
    else if (part.removed) was.push(...part.value);
    else {
      close();
      out.push(...part.value);
    }
  }
  close();
  return { text: out.join('\n'), real };
}

/**
 * The text with every marked line replaced by what it stands for. Null: a marked line was edited, or its secret is no
 * longer known, so that writing it would destroy the real one.
 */
export function unmasked(text: string, real: MaskedText['real']): string | null {
  const out: string[] = [];
  for (const line of text.split('\n')) {
    const known = real.get(line);
    if (known) out.push(...known);
    else if (MARK.test(line)) return null;
    else out.push(line);
  }
  return out.join('\n');
}
