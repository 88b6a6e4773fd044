// Whether two patterns of names can mean the same file: what a wildcard may find must be known before it is run.

/** Whether a part of a path written with wildcards may be a name that the other pattern means. `dots`: `*` finds `.x`, too. */
export function namesMeet(a: string, b: string, dots: boolean): boolean {
  if (!dots && /^[*?[]/.test(a) && b.startsWith('.')) return false;
  return meet(signs(a), signs(b));
}

/** One sign each: a character, `?` for any one, `*` for any number. */
function signs(pattern: string): string[] {
  return (pattern.toLowerCase().match(/\[[^\]]*\]|\{[^}]*\}|\\.|[\s\S]/g) ?? []).map((sign) => {
    if (sign.startsWith('{') && sign.length > 1) return '*';
    if (sign.startsWith('[') && sign.length > 1) return '?';
    return sign.startsWith('\\') && sign.length > 1 ? sign.slice(1) : sign;
  });
}

function meet(a: readonly string[], b: readonly string[]): boolean {
  // next[j]: the rest of `a` behind i and the rest of `b` from j on can be the same.
  let next = [...b.map((_, j) => b.slice(j).every((sign) => sign === '*')), true];
  for (let i = a.length - 1; i >= 0; i--) {
    const x = a[i];
    const current: boolean[] = [];
    current[b.length] = x === '*' && (next[b.length] ?? false);
    for (let j = b.length - 1; j >= 0; j--) {
      const y = b[j];
      if (x === '*' || y === '*') current[j] = (next[j] ?? false) || (current[j + 1] ?? false);
      else current[j] = (x === y || x === '?' || y === '?') && (next[j + 1] ?? false);
    }
    next = current;
  }
  return next[0] ?? false;
}

const parts = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');

/** A line of an ignore file or a rule's glob, in its parts. `anchored`: it counts from the workspace folder. */
function pattern(line: string): { names: string[]; anchored: boolean } | undefined {
  const plain = line.trim().replace(/^\\(?=[#!])/, '');
  if (plain === '' || /^[#!]/.test(plain)) return undefined;
  const names = parts(plain.replace(/(?:\/\*\*?)?\/?$/, '').replace(/^\.\//, ''));
  const free = names[0] === '**';
  return { names: free ? names.slice(1) : names, anchored: !free && (plain.startsWith('/') || names.length > 1) };
}

/** Whether a path with wildcards (from the workspace folder) may lead to something that the line means. */
export function pathMeets(path: string, line: string, dots: boolean): boolean {
  const wanted = pattern(line);
  if (wanted === undefined) return false;
  const given = parts(path);
  if (wanted.names.length === 0 || given.includes('**')) return true;
  // Behind it anything may come.
  const any = wanted.names.indexOf('**');
  if (any !== -1)
    return !wanted.anchored || wanted.names.slice(0, any).every((name, i) => namesMeet(given[i] ?? '', name, dots));
  const starts = wanted.anchored ? [0] : given.map((_, i) => i);
  return starts.some((start) =>
    wanted.names.every((name, i) => {
      const part = given[start + i];
      return part !== undefined && namesMeet(part, name, dots);
    }),
  );
}

/** Whether something that the line means may lie in the folder (from the workspace folder; '' for itself). */
export function liesBelow(folder: string, line: string, dotted: boolean): boolean {
  const wanted = pattern(line);
  if (wanted === undefined) return false;
  if (!dotted && wanted.names.some((name) => name.startsWith('.'))) return false;
  if (!wanted.anchored) return true;
  const any = wanted.names.indexOf('**');
  return parts(folder).every((part, i) => {
    const name = wanted.names[i];
    return name === undefined || (any !== -1 && i >= any) || namesMeet(part, name, true);
  });
}
