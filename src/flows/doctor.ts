// /doctor: what is wrong in memory, with evidence and a proposed edit for each finding. What runs or asks is injected.
import type { LineVerdict } from '../memory/hygiene/check-line.ts';
import { isExpired, parseExpiry, whyExpired } from '../memory/hygiene/expiry.ts';
import { commandsOf } from '../memory/hygiene/statements.ts';
import type { LineNote } from '../memory/hygiene/unverified.ts';
import { lineHash } from '../memory/line-hash.ts';
import { plural, t } from '../protocol/l10n.ts';
import type { BlockView } from '../protocol/memory-views.ts';
import { contradictions, duplicates } from './compare-lines.ts';
import { type Finding, finding, linesOf, type MemoryLine } from './findings.ts';

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
  /** Other workspaces of the agent, by name: a line that is wrong here may be about one of them. */
  elsewhere?(): Promise<readonly string[]>;
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
  const others = (await backend.elsewhere?.()) ?? [];
  const mayBe =
    others.length === 0 ? '' : t('The agent works in {0} too: the line may be about that.', others.join(', '));
  const stale = left.flatMap((line, index) => {
    const verdict = verdicts[index];
    return verdict?.verdict === 'stale'
      ? [
          finding(
            'stale',
            [line],
            `${verdict.reasons.join(' ') || t('The workspace no longer is as this line says.')} ${mayBe}`.trim(),
            mayBe === '' ? { line, text: '' } : null,
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
    ...unsearched(left, verdicts),
    ...(await failing(backend, left, signal)),
  ];
  return found.map((each) =>
    each.proposal && readOnly.has(each.proposal.blockId)
      ? {
          ...each,
          proposal: null,
          explanation: `${each.explanation} ${t('The block {0} is read-only: allow edits to change it.', each.proposal.label)}`,
        }
      : each,
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
          t(
            '{0} holds {1} of {2} characters ({3} %). Shorten its longest lines, move some to the archive, or raise its limit.',
            block.label,
            block.value.length,
            block.limit,
            share,
          ),
          null,
          [],
          block.id,
        ),
        label: block.label,
      },
    ];
  });
}

/** One finding for all lines that a workspace is too large for. */
function unsearched(lines: readonly MemoryLine[], verdicts: readonly LineVerdict[]): Finding[] {
  const named = lines.filter((_, index) => verdicts[index]?.unsearched);
  if (named.length === 0) return [];
  const which = plural(
    named.length,
    'This line names what is in none of the files that were searched.',
    '{0} lines name what is in none of the files that were searched.',
  );
  const explanation = `${which} ${t('The workspace has more files than can be searched: leave out what the agent need not see in .lettaignore.')}`;
  return [finding('unsearched', named, explanation, null)];
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
