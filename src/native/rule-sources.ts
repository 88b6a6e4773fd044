// Where permission rules come from: what cannot be read there must not let more pass.
import { readFile } from 'node:fs/promises';

/** Its text; undefined where there is none, null where it is there and cannot be read: what it refuses is not known then. */
export async function readRuleFile(path: string): Promise<string | null | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : null;
  }
}

/** Rules that tighten, out of the values of a setting. What is no list of rules becomes one that nobody can read: it asks about everything. */
export function tighteningRules(values: readonly unknown[], setting: string): string[] {
  const broken = `${setting} is not valid`;
  return values.flatMap((value) => {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) return [broken];
    return value.map((rule: unknown) => (typeof rule === 'string' ? rule : broken));
  });
}
