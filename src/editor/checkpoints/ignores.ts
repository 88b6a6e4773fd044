// What `.gitignore` files keep out, as git reads them: the nearest file that says something about a path has the word.
import ignore, { type Ignore } from 'ignore';

/** Rules that count below a folder but do not lie in it. `prefix`: where the root lies below them, with `/` at its end, or ''. */
export interface OuterRules {
  prefix: string;
  text: string;
}

const CASE_BLIND = process.platform === 'darwin' || process.platform === 'win32';

/** A longer line is no rule: made into a regular expression it may be too large for one. */
const LONGEST_LINE = 2_000;

function parse(text: string): Ignore {
  const rules = text.split(/\r?\n/).filter((line) => line.length <= LONGEST_LINE);
  return ignore({ ignorecase: CASE_BLIND, allowRelativePaths: true }).add(rules);
}

export class Ignores {
  private readonly outer: { prefix: string; rules: Ignore }[];
  private readonly inner = new Map<string, Ignore>();

  /** `outer`: the strongest first. */
  constructor(outer: readonly OuterRules[]) {
    this.outer = outer.map(({ prefix, text }) => ({ prefix, rules: parse(text) }));
  }

  /** The text of the `.gitignore` in a folder; '' is the root. */
  add(folder: string, text: string): void {
    this.inner.set(folder, parse(text));
  }

  get empty(): boolean {
    return this.inner.size === 0 && this.outer.length === 0;
  }

  /** Whether the rules name this very path; its folders are taken as not ignored. `path` relative to the root, with `/`. */
  names(path: string, isFolder: boolean): boolean {
    const end = isFolder ? '/' : '';
    for (let cut = path.lastIndexOf('/'); ; cut = path.lastIndexOf('/', cut - 1)) {
      const folder = cut < 0 ? '' : path.slice(0, cut);
      const rules = this.inner.get(folder);
      const verdict = rules?.test(path.slice(cut + 1) + end);
      if (verdict?.ignored) return true;
      if (verdict?.unignored) return false;
      if (cut <= 0) break;
    }
    for (const { prefix, rules } of this.outer) {
      const verdict = rules.test(prefix + path + end);
      if (verdict.ignored) return true;
      if (verdict.unignored) return false;
    }
    return false;
  }

  /** Whether the path or a folder it lies in is ignored. */
  hides(path: string): boolean {
    if (this.empty) return false;
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
      if (this.names(path.slice(0, slash), true)) return true;
    return this.names(path, false);
  }
}
