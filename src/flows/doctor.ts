// /doctor: what is wrong in memory, with evidence and a proposed edit for each finding. What runs or asks is injected.
import { setImmediate } from 'node:timers/promises';
import type { BlockEdit } from '../memory/edit-blocks.ts';
import type { LineVerdict } from '../memory/hygiene/check-line.ts';
import { isExpired, parseExpiry, whyExpired } from '../memory/hygiene/expiry.ts';
import type { Evidence } from '../memory/hygiene/facts.ts';
import {
  alike,
  commandsOf,
  meaning,
  normalized,
  overlap,
  type Statement,
  statementsOf,
} from '../memory/hygiene/statements.ts';
import type { LineNote } from '../memory/hygiene/unverified.ts';
import { lineHash } from '../memory/line-hash.ts';
import type { BlockView } from '../protocol/views.ts';

export type FindingKind = 'duplicate' | 'contradiction' | 'oversized' | 'stale' | 'expired' | 'command';

/** A line of a block; `number` from 1, `text` as it stands there. */
export interface MemoryLine {
  blockId: string;
  label: string;
  number: number;
  text: string;
}

export interface Proposal {
  blockId: string;
  label: string;
  /** The line as it stands, and what takes its place; '' removes it. */
  before: string;
  after: string;
}

export interface Finding {
  /** The same for the same finding in a later look. */
  id: string;
  kind: FindingKind;
  label: string;
  lines: MemoryLine[];
  evidence: Evidence[];
  /** For the person, one or two sentences. */
  explanation: string;
  /** null: only the person can say what is right. */
  proposal: Proposal | null;
}

export interface CommandRun {
  ok: boolean;
  /** The end of what it wrote, for the person. */
  output: string;
  /** The sandbox kept it from what it wanted: that it failed proves nothing. */
  kept?: boolean;
}

export interface DoctorBackend {
  blocks(): Promise<BlockView[]>;
  /** `checkLines` over the workspace; in the order of the lines. */
  check(lines: readonly string[], signal: AbortSignal): Promise<LineVerdict[]>;
  /** Notes by line hash; an expiry written in the line itself needs none. */
  notes?(blockId: string): Promise<ReadonlyMap<string, LineNote>>;
  branches?(): Promise<readonly string[] | null>;
  /** Those of the branches that are merged. */
  merged?(branches: readonly { branch: string; at?: string | undefined }[]): Promise<string[]>;
  now(): Date;
  /** What is to be said where the blocks together take too much of the prompt. */
  tooMuch?(blocks: readonly BlockView[]): Promise<string | undefined>;
  /** Asks which of the remembered commands may run; [] when none. Left out: no command is run. */
  askCommands?(commands: readonly RememberedCommand[]): Promise<readonly string[]>;
  /** Runs one command, in the sandbox where there is one. */
  runCommand?(command: string, signal: AbortSignal): Promise<CommandRun>;
}

export interface RememberedCommand {
  command: string;
  lines: MemoryLine[];
}

/** From this share of its limit on a block is called too large: a few more lines and writes fail. */
const LARGE = 0.85;
/** Beyond this many lines only equal ones are found. */
const MAX_LINES = 5_000;
/** Milliseconds of work before others have their turn. */
const SLICE = 8;
/** Headings, rules and fences say nothing by themselves. */
const HEADING = /^\s*(?:#|---|===|```|<!--|\|?[-:| ]+\|?$)/;

export function linesOf(block: Pick<BlockView, 'id' | 'label' | 'value'>): MemoryLine[] {
  const lines: MemoryLine[] = [];
  for (const [index, text] of block.value.split('\n').entries()) {
    if (text.trim() !== '' && !HEADING.test(text))
      lines.push({ blockId: block.id, label: block.label, number: index + 1, text: text.replace(/\r$/, '') });
  }
  return lines;
}

const idOf = (kind: FindingKind, lines: readonly MemoryLine[], more = ''): string =>
  `${kind}-${lineHash([kind, more, ...lines.map(({ blockId, number, text }) => `${blockId}\u0001${number}\u0001${text.trim()}`)].join('\u0002'))}`;

function finding(
  kind: FindingKind,
  lines: MemoryLine[],
  explanation: string,
  after: { line: MemoryLine; text: string } | null,
  evidence: Evidence[] = [],
  more = '',
): Finding {
  const proposal = after
    ? { blockId: after.line.blockId, label: after.line.label, before: after.line.text, after: after.text }
    : null;
  return { id: idOf(kind, lines, more), kind, label: lines[0]?.label ?? '', lines, evidence, explanation, proposal };
}

/** All findings, the surest first. @throws what the backend throws, and the signal's reason. */
export async function diagnose(backend: DoctorBackend, signal: AbortSignal): Promise<Finding[]> {
  const blocks = await backend.blocks();
  signal.throwIfAborted();
  const lines = blocks.flatMap(linesOf);
  const readOnly = new Set(blocks.filter((block) => block.readOnly).map(({ id }) => id));
  const twice = await duplicates(lines, readOnly);
  const removed = new Set(twice.map(({ proposal, lines: [, second] }) => (proposal ? second : undefined)));
  const left = lines.filter((line) => !removed.has(line));
  const late = await expired(backend, left);
  const verdicts = await backend.check(
    left.map(({ text }) => text),
    signal,
  );
  signal.throwIfAborted();
  const stale = left.flatMap((line, index) => {
    const verdict = verdicts[index];
    return verdict?.verdict === 'stale'
      ? [
          finding(
            'stale',
            [line],
            verdict.reasons.join(' ') || 'The workspace no longer is as this line says.',
            { line, text: '' },
            verdict.evidence,
          ),
        ]
      : [];
  });
  const staleLines = new Set(stale.flatMap((each) => each.lines));
  const found = [
    ...late,
    ...stale,
    ...twice,
    ...(await contradictions(left, staleLines)),
    ...(await crowded(backend, blocks)),
    ...oversized(blocks, lines),
    ...(await failing(backend, left, signal)),
  ];
  return found.map((each) =>
    each.proposal && readOnly.has(each.proposal.blockId)
      ? {
          ...each,
          proposal: null,
          explanation: `${each.explanation} The block ${each.proposal.label} is read-only: allow edits to change it.`,
        }
      : each,
  );
}

/** The later line goes, in the block that can be written. */
async function duplicates(lines: readonly MemoryLine[], readOnly: ReadonlySet<string>): Promise<Finding[]> {
  const found: Finding[] = [];
  const gone = new Set<MemoryLine>();
  const report = (first: MemoryLine, second: MemoryLine): void => {
    const [kept, dropped] =
      readOnly.has(second.blockId) && !readOnly.has(first.blockId) ? [second, first] : [first, second];
    gone.add(dropped);
    const same = normalized(kept.text) === normalized(dropped.text);
    const where = kept.blockId === dropped.blockId ? `line ${kept.number}` : `line ${kept.number} of ${kept.label}`;
    // The one that says more is kept: its words take the place of the other's.
    const longer = !same && meaning(dropped.text).size > meaning(kept.text).size;
    const text = longer
      ? `The line says the same as ${where}, and more.`
      : `The line says the same as ${where}${same ? '' : ' in other words'}.`;
    found.push(
      finding(
        'duplicate',
        [kept, dropped],
        text,
        longer && !readOnly.has(kept.blockId) ? { line: kept, text: '' } : { line: dropped, text: '' },
      ),
    );
    if (longer && !readOnly.has(kept.blockId)) {
      gone.delete(dropped);
      gone.add(kept);
    }
  };
  const exact = new Map<string, MemoryLine>();
  const others: MemoryLine[] = [];
  for (const line of lines) {
    const key = normalized(line.text);
    const first = exact.get(key);
    if (first && key !== '') report(first, line);
    else {
      exact.set(key, line);
      others.push(line);
    }
  }
  const paired = others.filter((line) => !gone.has(line)).slice(0, MAX_LINES);
  const words = paired.map((line) => meaning(line.text));
  const counts = new Map<string, number>();
  for (const word of words.flatMap((own) => [...own])) counts.set(word, (counts.get(word) ?? 0) + 1);
  // Two lines that share three quarters of their words share one of each one's rarest: only those are compared.
  const byWord = new Map<string, number[]>();
  const pause = pauser();
  for (const [index, second] of paired.entries()) {
    await pause();
    const own = words[index] ?? new Set<string>();
    const rarest = [...own]
      .sort((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0) || (a < b ? -1 : 1))
      .slice(0, Math.floor(own.size / 4) + 1);
    const near = [...new Set(rarest.flatMap((word) => byWord.get(word) ?? []))].sort((a, b) => a - b);
    const first = near
      .map((at) => ({ line: paired[at], words: words[at] }))
      .find((each) => each.line && !gone.has(each.line) && alike(each.line.text, second.text, each.words, own));
    if (first?.line) report(first.line, second);
    for (const word of rarest) {
      const known = byWord.get(word);
      if (known) known.push(index);
      else byWord.set(word, [index]);
    }
  }
  return found;
}

/** Lets the event loop go on when a slice of work is done. */
function pauser(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < SLICE) return;
    await setImmediate();
    since = performance.now();
  };
}

/** Of two lines that exclude one another the stale one goes; otherwise the person chooses. */
async function contradictions(lines: readonly MemoryLine[], stale: ReadonlySet<MemoryLine>): Promise<Finding[]> {
  const bySubject = new Map<string, { line: MemoryLine; statement: Statement }[]>();
  const pause = pauser();
  for (const line of lines) {
    await pause();
    for (const statement of statementsOf(line.text)) {
      const known = bySubject.get(statement.subject);
      if (known) known.push({ line, statement });
      else bySubject.set(statement.subject, [{ line, statement }]);
    }
  }
  const found = new Map<string, Finding>();
  for (const [subject, all] of bySubject) {
    for (const [index, second] of all.entries()) {
      for (const first of all.slice(0, index)) {
        if (
          first.line === second.line ||
          first.statement.value === second.statement.value ||
          compatible(first.statement, second.statement)
        )
          continue;
        // A line that names two values itself knows of the other.
        if (statesBoth(all, first.line, second.statement) || statesBoth(all, second.line, first.statement)) continue;
        if (!overlap(first.statement.scope, second.statement.scope)) continue;
        const wrong = [first.line, second.line].filter((line) => stale.has(line));
        const [only] = wrong;
        const key = `${first.line.blockId}:${first.line.number}-${second.line.blockId}:${second.line.number}`;
        if (found.has(key)) continue;
        const about = subject.startsWith('rule: ')
          ? 'One says to do it, the other not to'
          : `They differ about ${subject}: ${first.statement.value} or ${second.statement.value}`;
        const explanation = `${about}. ${wrong.length === 1 ? 'The workspace contradicts one of them.' : 'Keep the one that holds.'}`;
        found.set(
          key,
          finding(
            'contradiction',
            [first.line, second.line],
            explanation,
            wrong.length === 1 && only ? { line: only, text: '' } : null,
          ),
        );
      }
    }
  }
  return [...found.values()];
}

const statesBoth = (
  all: readonly { line: MemoryLine; statement: Statement }[],
  line: MemoryLine,
  other: Statement,
): boolean => all.some((each) => each.line === line && each.statement.value === other.value);

/** `3` and `3.1` of a version, `npm test` and `npm test -- --run`. */
function compatible(a: Statement, b: Statement): boolean {
  const [short = '', long = ''] = [a.value, b.value].sort((x, y) => x.length - y.length);
  return (
    (a.subject.startsWith('version of') && long.startsWith(`${short}.`)) ||
    (a.subject.endsWith(' command') && long.startsWith(`${short} `))
  );
}

function oversized(blocks: readonly BlockView[], lines: readonly MemoryLine[]): Finding[] {
  return blocks.flatMap((block) => {
    if (block.limit <= 0 || block.value.length < block.limit * LARGE) return [];
    const own = lines.filter((line) => line.blockId === block.id);
    const longest = [...own].sort((a, b) => b.text.length - a.text.length).slice(0, 3);
    const share = Math.round((block.value.length / block.limit) * 100);
    return [
      {
        ...finding(
          'oversized',
          longest,
          `${block.label} holds ${block.value.length} of ${block.limit} characters (${share} %). Shorten its longest lines, move some to the archive, or raise its limit.`,
          null,
          [],
          block.id,
        ),
        label: block.label,
      },
    ];
  });
}

/** One finding about all blocks, at the largest: which of them says too much only the person knows. */
async function crowded(backend: DoctorBackend, blocks: readonly BlockView[]): Promise<Finding[]> {
  const explanation = await backend.tooMuch?.(blocks);
  const [largest] = [...blocks].sort((a, b) => b.value.length - a.value.length);
  if (explanation === undefined || !largest) return [];
  return [{ ...finding('oversized', [], explanation, null, [], 'prompt'), label: largest.label }];
}

async function expired(backend: DoctorBackend, lines: readonly MemoryLine[]): Promise<Finding[]> {
  const branches = (await backend.branches?.()) ?? null;
  const notes = new Map<string, ReadonlyMap<string, LineNote>>();
  for (const id of new Set(lines.map(({ blockId }) => blockId)))
    notes.set(id, (await backend.notes?.(id)) ?? new Map());
  const found: Finding[] = [];
  for (const line of lines) {
    // What was noted counts before what the line says: a person may have said that it holds for good.
    const note = notes.get(line.blockId)?.get(lineHash(line.text));
    const expiry = note ? note.expiry : parseExpiry(line.text);
    if (!expiry) continue;
    const merged = 'branch' in expiry ? ((await backend.merged?.([expiry])) ?? []) : [];
    if (!isExpired(expiry, { now: backend.now(), branches, merged })) continue;
    found.push(finding('expired', [line], whyExpired(expiry, { branches }), { line, text: '' }));
  }
  return found;
}

/** Every command that memory tells one to run, once, with the lines that name it. */
export function rememberedCommands(lines: readonly MemoryLine[]): RememberedCommand[] {
  const found = new Map<string, RememberedCommand>();
  for (const line of lines) {
    if (/\b(?:never|don't|do not|not|avoid|instead of)\s+(?:\w+\s+){0,2}`/i.test(line.text)) continue;
    for (const command of commandsOf(line.text)) {
      const known = found.get(command);
      if (known) known.lines.push(line);
      else found.set(command, { command, lines: [line] });
    }
  }
  return [...found.values()];
}

async function failing(backend: DoctorBackend, lines: readonly MemoryLine[], signal: AbortSignal): Promise<Finding[]> {
  const all = rememberedCommands(lines);
  if (all.length === 0 || !backend.askCommands || !backend.runCommand) return [];
  const allowed = new Set(await backend.askCommands(all));
  const found: Finding[] = [];
  for (const { command, lines: named } of all) {
    if (!allowed.has(command)) continue;
    signal.throwIfAborted();
    const { ok, output, kept } = await backend.runCommand(command, signal);
    if (ok || kept) continue;
    const tail = output.trim().split('\n').slice(-3).join('\n');
    // It may fail for a reason of today: no edit is proposed.
    found.push(finding('command', named, `\`${command}\` failed${tail === '' ? '.' : `: ${tail}`}`, null, [], command));
  }
  return found;
}

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
