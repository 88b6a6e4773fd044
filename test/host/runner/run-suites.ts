// Runs host suites one case after the other.
import type { HostResult, HostSuite } from './case.ts';

/** The slowest thing a case waits for is a language server that starts on a busy machine. */
const CASE_TIMEOUT_MS = 60_000;

/** `filter` keeps the cases whose `file: name` contains it, or one of its parts between `|`. `report` is told each result as it comes. */
export async function runSuites(
  suites: HostSuite[],
  filter: string,
  report: (result: HostResult) => void,
): Promise<HostResult[]> {
  const results: HostResult[] = [];
  for (const { file, cases } of suites) {
    for (const each of cases) {
      if (!filter.split('|').some((part) => `${file}: ${each.name}`.includes(part))) continue;
      const start = performance.now();
      const said: string[] = [];
      const once = () => failureOf(() => each.run((line) => said.push(line)), each.timeout ?? CASE_TIMEOUT_MS);
      const atFirst = await once();
      // VS Code itself is late now and then; a case that passed only then is named at the end of the run.
      const error = atFirst === undefined ? undefined : await once();
      const result = { file, name: each.name, ok: error === undefined, took: Math.round(performance.now() - start) };
      results.push({
        ...result,
        ...(error === undefined ? {} : { error }),
        ...(error === undefined && atFirst !== undefined ? { atFirst } : {}),
        ...(said.length === 0 ? {} : { note: said.join('\n') }),
      });
      report(results.at(-1) ?? result);
    }
  }
  return results;
}

async function failureOf(run: () => Promise<void> | void, timeout: number): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The case took longer than ${timeout} ms.`)), timeout);
  });
  try {
    await Promise.race([run(), late]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  } finally {
    clearTimeout(timer);
  }
}
