// What findings propose, made into edits of blocks.
import type { BlockEdit } from '../memory/edit-blocks.ts';
import type { BlockView } from '../protocol/memory-views.ts';
import type { Finding } from './findings.ts';

export interface Applied {
  edits: BlockEdit[];
  /** Findings with no proposal, or whose line no longer stands as it did. */
  skipped: { id: string; reason: 'noProposal' | 'lineChanged' | 'blockGone' | 'unknown' }[];
}

/**
 * One edit a block for any number of findings, over the blocks as they are now. A line is found by its words, so edits made
 * meanwhile do no harm; each proposal touches one line and every other stays as it is, to the character.
 */
export function apply(findings: readonly Finding[], ids: readonly string[], blocks: readonly BlockView[]): Applied {
  const skipped: Applied['skipped'] = [];
  const rows = new Map(
    blocks.map((block) => [block.id, block.value.split('\n').map((text) => ({ text, gone: false, done: false }))]),
  );
  const done = new Map<string, string>();
  for (const id of new Set(ids)) {
    const each = findings.find((one) => one.id === id);
    const proposal = each?.proposal;
    if (!each) skipped.push({ id, reason: 'unknown' });
    else if (!proposal) skipped.push({ id, reason: 'noProposal' });
    else {
      const own = rows.get(proposal.blockId);
      const line = each.lines.find((one) => one.blockId === proposal.blockId && one.text === proposal.before);
      const key = `${proposal.blockId}:${line?.number ?? 0}`;
      // Two findings about one line that want the same are both met.
      if (own && done.get(key) === proposal.after) continue;
      const matches = (text: string): boolean => text.trim() === proposal.before.trim();
      const open = (own ?? []).flatMap((row, index) => (!row.done && matches(row.text) ? [index] : []));
      const nearest = open.sort(
        (a, b) => Math.abs(a + 1 - (line?.number ?? 0)) - Math.abs(b + 1 - (line?.number ?? 0)),
      )[0];
      const row = nearest === undefined ? undefined : own?.[nearest];
      if (!own) skipped.push({ id, reason: 'blockGone' });
      else if (!row) skipped.push({ id, reason: 'lineChanged' });
      else {
        row.done = true;
        if (proposal.after === '') row.gone = true;
        else row.text = proposal.after;
        done.set(key, proposal.after);
      }
    }
  }
  const edits = blocks.flatMap((block) => {
    const after = (rows.get(block.id) ?? [])
      .filter(({ gone }) => !gone)
      .map(({ text }) => text)
      .join('\n');
    return after === block.value ? [] : [{ blockId: block.id, label: block.label, before: block.value, after }];
  });
  return { edits, skipped };
}
