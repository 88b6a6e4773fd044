// Measures how well stale lines are told from true ones: precision and recall over two labelled repositories.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkLines } from '../../src/memory/hygiene/check-line.ts';
import { DiskFacts } from '../../src/memory/hygiene/disk-facts.ts';
import {
  FLEET,
  FLEET_LINES,
  type Label,
  type Labelled,
  SHOP,
  SHOP_LINES,
  writeRepository,
} from '../support/hygiene-repo.ts';

export interface HygieneFigures {
  lines: number;
  /** Of `stale`, from 0 to 1. */
  precision: number;
  recall: number;
  /** Of all three verdicts. */
  accuracy: number;
  /** Milliseconds a line. */
  perLine: number;
  wrong: { line: string; label: Label; verdict: Label; reasons: string[] }[];
}

async function measure(files: Readonly<Record<string, string>>, lines: readonly Labelled[]): Promise<HygieneFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'letta-hygiene-'));
  try {
    await writeRepository(folder, files);
    const started = performance.now();
    const verdicts = await checkLines(
      lines.map(([line]) => line),
      new DiskFacts(folder),
    );
    const perLine = (performance.now() - started) / lines.length;
    const judged = lines.map(([line, label], index) => ({
      line,
      label,
      verdict: verdicts[index]?.verdict ?? 'unknown',
      reasons: verdicts[index]?.reasons ?? [],
    }));
    const said = judged.filter(({ verdict }) => verdict === 'stale');
    const are = judged.filter(({ label }) => label === 'stale');
    const hits = said.filter(({ label }) => label === 'stale').length;
    const wrong = judged.filter(({ verdict, label }) => verdict !== label);
    return {
      lines: lines.length,
      precision: hits / said.length,
      recall: hits / are.length,
      accuracy: 1 - wrong.length / lines.length,
      perLine,
      wrong,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `known`: the repository the rules were made with. `heldOut`: one of another kind. */
export async function benchHygiene(): Promise<{ known: HygieneFigures; heldOut: HygieneFigures }> {
  return { known: await measure(SHOP, SHOP_LINES), heldOut: await measure(FLEET, FLEET_LINES) };
}
