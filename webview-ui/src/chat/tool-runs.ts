// Calls of one tool in a row that only looked at something: they stand as one line, which opens.
import type { Part, ToolPart } from '../../../src/protocol/transcript-views.ts';

/** Fewer stand for themselves. */
const FEWEST = 3;

export interface ToolRun {
  type: 'run';
  /** That of its first call. */
  id: string;
  calls: ToolPart[];
}

/** Parts as they are drawn. @param growing more may follow: the calls at the end stand for themselves until something else does */
export function foldRuns(parts: readonly Part[], growing: boolean): (Part | ToolRun)[] {
  const rows: (Part | ToolRun)[] = [];
  let run: ToolPart[] = [];
  const close = (folds: boolean) => {
    const [first] = run;
    if (folds && first && run.length >= FEWEST) rows.push({ type: 'run', id: first.id, calls: run });
    else rows.push(...run);
    run = [];
  };
  for (const part of parts) {
    const looks = isLook(part);
    if (!looks || (run[0] && run[0].name !== part.name)) close(true);
    if (looks) run.push(part);
    else rows.push(part);
  }
  close(!growing);
  return rows;
}

/** It has gone well, and changed and asked nothing. */
function isLook(part: Part): part is ToolPart {
  if (part.type !== 'tool' || part.state !== 'done') return false;
  const { body, diff, memory, problems } = part;
  return !diff && !memory && !problems && (body === undefined || body.kind === 'hits');
}
