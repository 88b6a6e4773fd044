// `memory_apply_patch`: unified hunks on one block, or sections that add, update, move and delete blocks.
import type { Block } from '../../store/blocks.ts';
import { createBlock, deleteBlock, renameBlock } from './block-admin.ts';
import { expandTabs, rejectLineNumbers, writableBlock, writeBlock } from './block-edit.ts';
import { type ToolContext, ToolFailure } from './tool.ts';

interface Section {
  action: 'Add' | 'Update' | 'Delete';
  label: string;
  moveTo?: string;
  lines: string[];
}

interface Hunk {
  /** First line of the old text as the hunk's header says it, from 1; undefined where it says nothing. */
  line: number | undefined;
  old: string[];
  new: string[];
}

/** All or nothing: the caller runs it in a savepoint. */
export function applyBlockPatch(context: ToolContext, label: string, patch: string): string {
  rejectLineNumbers(patch.replace(/^[ +-]/gm, ''), 'patch');
  const sections = parseSections(patch);
  if (!sections) {
    const block = writableBlock(context, label);
    return writeBlock(context, block, applyHunks(block, patch.split('\n')));
  }
  return sections.map((section) => applySection(context, section)).join('\n');
}

function applySection(context: ToolContext, section: Section): string {
  if (section.action === 'Delete') return deleteBlock(context, section.label);
  if (section.action === 'Add') {
    const value = section.lines.map((line) => (line.startsWith('+') ? line.slice(1) : line)).join('\n');
    return createBlock(context, section.label, expandTabs(value), null);
  }
  const block = writableBlock(context, section.label);
  const value = section.lines.some((line) => line !== '')
    ? writeBlock(context, block, applyHunks(block, section.lines))
    : block.value;
  return section.moveTo ? renameBlock(context, section.label, section.moveTo, undefined) : value;
}

function parseSections(patch: string): Section[] | undefined {
  const sections: Section[] = [];
  for (const line of patch.split('\n')) {
    const header = /^\*\*\* (Add|Update|Delete) Block:\s*(\S.*?)\s*$/.exec(line);
    const current = sections.at(-1);
    if (header?.[1] && header[2]) {
      sections.push({ action: header[1] as Section['action'], label: header[2], lines: [] });
    } else if (current) {
      const move = /^\*\*\* Move to:\s*(\S.*?)\s*$/.exec(line);
      if (move?.[1]) current.moveTo = move[1];
      else if (!/^\*\*\* (?:End|Begin) (?:Patch|of File)/.test(line)) current.lines.push(line);
    }
  }
  for (const section of sections) while (section.lines.at(-1) === '') section.lines.pop();
  return sections.length > 0 ? sections : undefined;
}

function applyHunks(block: Block, lines: string[]): string {
  const hunks = parseHunks(lines);
  if (hunks.length === 0) throw new ToolFailure('The patch holds no hunk: no line begins with "+" or "-".');
  let value = block.value === '' ? [] : expandTabs(block.value).split('\n');
  let shift = 0;
  for (const hunk of hunks) {
    const at = locate(value, hunk, shift, block.label);
    value = [...value.slice(0, at), ...hunk.new, ...value.slice(at + hunk.old.length)];
    shift += hunk.new.length - hunk.old.length;
  }
  return value.join('\n');
}

function parseHunks(lines: string[]): Hunk[] {
  const hunks: Hunk[] = [];
  let hunk: Hunk = { line: undefined, old: [], new: [] };
  const close = () => {
    if (hunk.old.length > 0 || hunk.new.length > 0) hunks.push(hunk);
  };
  const body = [...lines];
  while (body.at(-1) === '') body.pop();
  for (const line of body) {
    if (/^(?:---|\+\+\+) /.test(line) || line.startsWith('*** ') || line.startsWith('\\ ')) continue;
    const header = /^@@(?:\s*-(\d+))?/.exec(line);
    if (header) {
      close();
      hunk = { line: header[1] ? Number(header[1]) : undefined, old: [], new: [] };
    } else if (line.startsWith('-')) hunk.old.push(expandTabs(line.slice(1)));
    else if (line.startsWith('+')) hunk.new.push(expandTabs(line.slice(1)));
    else {
      const kept = expandTabs(line.startsWith(' ') ? line.slice(1) : line);
      hunk.old.push(kept);
      hunk.new.push(kept);
    }
  }
  close();
  return hunks.filter((each) => each.old.join('\n') !== each.new.join('\n') || each.old.length !== each.new.length);
}

function locate(value: string[], hunk: Hunk, shift: number, label: string): number {
  const hint = hunk.line === undefined ? undefined : hunk.line - 1 + shift;
  if (hunk.old.length === 0) {
    // Pure additions: "-N" names the line after which they go.
    const after = hunk.line === undefined ? value.length : hunk.line + shift;
    return Math.min(Math.max(after, 0), value.length);
  }
  const found: number[] = [];
  for (let at = 0; at + hunk.old.length <= value.length; at++)
    if (hunk.old.every((line, index) => value[at + index] === line)) found.push(at);
  const [first] = found;
  if (first === undefined)
    throw new ToolFailure(
      `The patch was not applied: these lines did not appear verbatim in memory block with label \`${label}\`:\n${hunk.old.join('\n')}`,
    );
  if (found.length === 1) return first;
  if (hint !== undefined && found.includes(hint)) return hint;
  throw new ToolFailure(
    `The patch was not applied: its lines occur more than once, at lines [${found.map((at) => at + 1).join(', ')}]. Add context lines.`,
  );
}
