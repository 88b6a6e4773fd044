// Reflection: one background run reads what was said since the last one and proposes edits of memory, each with the messages that
// it rests on. Nothing is read twice or left out, whenever the process ends.
import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { OnceAnswer } from '../agent/ask-once.ts';
import { t } from '../protocol/l10n.ts';
import type { BlockView, Cite } from '../protocol/memory-views.ts';
import type { MemorySource } from '../protocol/sources.ts';
import type { Said, SaidSince } from '../threads/said-since.ts';
import type { ReflectLedger } from './reflect-ledger.ts';
import { compose, type Edit, OUTPUT_TOKENS, type Question, readAnswer } from './reflect-prompt.ts';
import { type SpendingLedger, setAside, settled } from './reflect-spending.ts';
import {
  type Answer,
  answered,
  beat,
  begin,
  type Cursor,
  finish,
  giveUp,
  nothingNew,
  type Proposal,
  type State,
  takeOver,
} from './reflect-state.ts';

export interface Verdict {
  decision: 'apply' | 'mark' | 'hold';
  /** A sentence each. */
  reasons: string[];
  masked: string;
}

export interface ReflectBackend {
  ledger: ReflectLedger;
  /** Of all agents. */
  spending: SpendingLedger;
  /** Of this window. */
  owner: string;
  /** Those that may be read and edited. */
  blocks(): Promise<BlockView[]>;
  /** Those of a person, in any order. `updatedAt`: ISO 8601. */
  threads(): Promise<{ id: string; title: string; updatedAt: string }[]>;
  /** Whether an answer is still being written there. */
  running(threadId: string): Promise<boolean>;
  said(threadId: string, from: { after?: Cursor | undefined; since: number }): Promise<SaidSince>;
  /** Where what the thread's model has read came from. */
  seen(threadId: string): Promise<readonly MemorySource[]>;
  /** What was proposed already and waits, or was turned down. `own`: by the agent, on nobody's words but the person's. */
  declined(): Promise<{ text: string; own: boolean }[]>;
  ask(text: string, maxOutput: number, signal: AbortSignal): Promise<OnceAnswer>;
  /** The memory-write policy. `before` '': an addition. */
  judge(edit: { label: string; before: string; after: string; seen: readonly MemorySource[] }): Promise<Verdict>;
  mask(text: string): string;
  /** Puts proposals up for review or into memory. Told again after a kill it does nothing twice. */
  carryOut(runId: string, answer: Answer): Promise<Carried>;
  /** Whether edits are applied where the policy lets them. */
  apply(): boolean;
  /** Tokens a day. */
  budget(): number;
  now(): number;
  log(line: string): void;
}

export interface Carried {
  /** Proposals that wait for a person. */
  waiting: number;
  /** Written into memory. */
  applied: { blockId: string; label: string; before: string; after: string }[];
  /** A sentence for each that was left out. */
  dropped: string[];
}

export type Reflection =
  | (Carried & { kind: 'done'; tokens: number; more: boolean })
  | { kind: 'nothing' }
  | { kind: 'busy' }
  | { kind: 'budget' }
  | { kind: 'stopped' }
  | { kind: 'failed'; reason: string };

const BEAT_MS = 2_000;
/** Times that another window may be quicker. */
const TRIES = 3;
/** Quotes of a message, in characters. */
const QUOTE = 160;

/** One run. Never rejects for the model or for what it says; @throws Error when server or disk cannot be used */
export async function reflect(backend: ReflectBackend, signal: AbortSignal): Promise<Reflection> {
  const left = await finishLeft(backend);
  if (left) return left;
  for (let n = 0; n < TRIES; n++) {
    if (signal.aborted) return { kind: 'stopped' };
    const from = await backend.ledger.read();
    const work = await gather(backend, from, signal);
    if (signal.aborted) return { kind: 'stopped' };
    if (!work) {
      await backend.ledger.change((state) => (state.run ? null : nothingNew(state)));
      return { kind: 'nothing' };
    }
    const id = randomUUID();
    const { question, to, more } = work;
    const { tokens } = question;
    const { owner } = backend;
    const begun = await backend.ledger.change((state) =>
      begin(state, from.cursors, { id, owner, now: backend.now(), to, more }),
    );
    if (begun === 'moved') continue;
    if (typeof begun === 'string') return { kind: 'busy' };
    const aside = await backend.spending.change((state) => setAside(state, tokens, backend.budget(), backend.now()));
    if (aside) return run(backend, id, work, aside.day, signal);
    await backend.ledger.change((state) => giveUp(state, id, owner, { failed: false, now: backend.now() }));
    return { kind: 'budget' };
  }
  return { kind: 'busy' };
}

/** Carries out what a window that is gone had an answer for. */
async function finishLeft(backend: ReflectBackend): Promise<Reflection | null> {
  const { ledger, owner } = backend;
  const taken = await ledger.change((state) => takeOver(state, owner, backend.now()));
  return taken?.run?.answer ? settle(backend, taken.run.id, taken.run.answer, taken.run.more) : null;
}

async function settle(backend: ReflectBackend, id: string, answer: Answer, more: boolean): Promise<Reflection> {
  const carried = await held(
    backend,
    id,
    () => {},
    () => backend.carryOut(id, answer),
  );
  await backend.ledger.change((state) => finish(state, id, backend.owner, backend.now()));
  return { kind: 'done', tokens: answer.tokens, more, ...carried };
}

/** Keeps the run ours while the work goes on. */
async function held<T>(backend: ReflectBackend, id: string, lost: () => void, work: () => Promise<T>): Promise<T> {
  const { ledger, owner } = backend;
  const timer = setInterval(() => {
    ledger
      .change((state) => beat(state, id, owner, backend.now()))
      .then((state) => state ?? lost())
      .catch((error: unknown) => backend.log(`The lease of a reflection: ${String(error)}`));
  }, BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

// ── what there is to read ──────────────────────────────────────────────────────────────────────────────────────────

interface Work {
  question: Question;
  blocks: BlockView[];
  declined: string[];
  seen: MemorySource[];
  to: Record<string, Cursor>;
  more: boolean;
}

interface Unread extends SaidSince {
  threadId: string;
  title: string;
  seen: readonly MemorySource[];
}

/** Null: nothing was said. */
async function gather(backend: ReflectBackend, state: State, signal: AbortSignal): Promise<Work | null> {
  const { unread, all } = await readUnread(backend, state, signal);
  const [first] = unread;
  if (!first) return null;
  const chosen = backend.apply() ? await alikeTo(backend, first, unread) : unread;
  const [blocks, declined] = await Promise.all([backend.blocks(), backend.declined()]);
  const shown: BlockView[] = [];
  for (const block of blocks) shown.push({ ...block, value: await masked(backend, block.value) });
  const said: Said[] = [];
  let characters = 0;
  for (const one of chosen.flatMap((each) => each.said)) {
    if (characters > MOST_CHARACTERS) break;
    const text = await masked(backend, middleOut(one.text));
    characters += Math.min(text.length, 2_000);
    said.push({ ...one, text });
  }
  const titles = new Map(chosen.map(({ threadId, title }) => [threadId, backend.mask(title)]));
  const refused: string[] = [];
  // What waits because of where it came from is no business of a model's: it would speak to it in here.
  const own = declined.flatMap((each) => (each.own ? each.text : []));
  for (const line of own.slice(0, MOST_DECLINED)) refused.push(await masked(backend, line));
  const options = { scale: state.scale, nonce: randomUUID().slice(0, 8), titles };
  const question = compose(shown, said, refused, options);
  if (!question) return null;
  const read = [...question.cited.values()];
  const to: Record<string, Cursor> = {};
  const seen = new Set<MemorySource>();
  for (const { threadId, said: own, last, seen: sources } of chosen) {
    const mine = read.filter((one) => one.threadId === threadId);
    const newest = mine.at(-1);
    if (!newest) continue;
    // What says nothing stands behind what was read, and is read with it.
    const end = mine.length === own.length ? last : { id: newest.id, at: newest.at };
    if (end) to[threadId] = end;
    for (const source of sources) seen.add(source);
  }
  const more = !all || read.length < unread.reduce((sum, { said: own }) => sum + own.length, 0);
  return { question, blocks, declined: declined.map(({ text }) => text), seen: [...seen], to, more };
}

/** Some servers note the time of a thread before that of its last message. */
const CLOCKS_MS = 60_000;
/** More than one run can read. */
const MOST_CHARACTERS = 60_000;
const MOST_DECLINED = 40;
/** Characters of a message that are looked at on each side; what is quoted of it is far less. */
const SIDE = 6_000;

const middleOut = (text: string): string =>
  text.length <= 2 * SIDE ? text : `${text.slice(0, SIDE)}\n[…]\n${text.slice(-SIDE)}`;

/** Secrets are looked for text by text: the host has other things to do in between. */
async function masked(backend: ReflectBackend, text: string): Promise<string> {
  await setImmediate();
  return backend.mask(text);
}

/**
 * Threads with something new, those first whose oldest word has waited longest. `all`: false where others were left for
 * the next run.
 */
async function readUnread(
  backend: ReflectBackend,
  state: State,
  signal: AbortSignal,
): Promise<{ unread: Unread[]; all: boolean }> {
  const found: Unread[] = [];
  let characters = 0;
  const threads = (await backend.threads()).sort((a, b) => a.updatedAt.localeCompare(b.updatedAt));
  for (const { id, title, updatedAt } of threads) {
    if (signal.aborted || characters > MOST_CHARACTERS) return { unread: sorted(found), all: false };
    const after = state.cursors[id];
    const known = after ? Date.parse(after.at) : state.since;
    if (Date.parse(updatedAt) < known - CLOCKS_MS) continue;
    const said = await backend.said(id, { after, since: state.since });
    if (said.said.length === 0 || (await backend.running(id))) continue;
    if (said.cut) backend.log(`More was said in “${title}” than a reflection can read: the oldest of it is left out.`);
    characters += said.said.reduce((sum, { text }) => sum + Math.min(text.length, 2_000), 0);
    found.push({ ...said, threadId: id, title, seen: await backend.seen(id) });
  }
  return { unread: sorted(found), all: true };
}

const sorted = (unread: readonly Unread[]): Unread[] =>
  unread.toSorted((a, b) => when(a.said[0]).localeCompare(when(b.said[0])));

const when = (said: Said | undefined): string => said?.at ?? '';

/** What the policy would do with a harmless line: threads of one kind are read together, so that none taints another. */
const trust = async (backend: ReflectBackend, { seen }: Unread): Promise<string> =>
  (await backend.judge({ label: '', before: '', after: '', seen })).decision;

async function alikeTo(backend: ReflectBackend, first: Unread, unread: readonly Unread[]): Promise<Unread[]> {
  const [wanted, found] = await Promise.all([trust(backend, first), Promise.all(unread.map((e) => trust(backend, e)))]);
  return unread.filter((_, index) => found[index] === wanted);
}

// ── asking, and what comes of it ───────────────────────────────────────────────────────────────────────────────────

/** `day`: the one that pays. */
async function run(
  backend: ReflectBackend,
  id: string,
  work: Work,
  day: string,
  signal: AbortSignal,
): Promise<Reflection> {
  const { ledger, owner } = backend;
  const abort = new AbortController();
  const lost = () => abort.abort(LOST);
  const pay = (tokens: number) => backend.spending.change((state) => settled(state, day, work.question.tokens, tokens));
  /** `tokens`: what it has taken; null: nobody knows, so that all it might have taken counts. */
  const give = async (tokens: number | null, failed: boolean) => {
    await ledger.change((state) => giveUp(state, id, owner, { failed, now: backend.now() }));
    if (tokens !== null) await pay(tokens);
  };
  let answer: OnceAnswer;
  try {
    const stop = AbortSignal.any([signal, abort.signal]);
    answer = await held(backend, id, lost, () => backend.ask(work.question.text, OUTPUT_TOKENS, stop));
  } catch (error) {
    if (abort.signal.aborted) return { kind: 'busy' };
    await give(null, !signal.aborted);
    if (signal.aborted) return { kind: 'stopped' };
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
  const counted = answer.tokens && answer.tokens.prompt + answer.tokens.completion;
  if (answer.kind === 'failed') {
    await give(counted ?? (answer.begun ? null : 0), true);
    return { kind: 'failed', reason: answer.error.message };
  }
  const tokens = counted ?? work.question.tokens;
  const edits = readAnswer(answer.text, work.blocks, work.question.cited, work.declined);
  if (!edits) {
    await give(tokens, true);
    return { kind: 'failed', reason: t('The model did not answer in the form that was asked for.') };
  }
  const dropped = await changedSince(backend, edits.edits);
  for (const line of [...edits.dropped, ...dropped.map(({ block }) => changed(block.label))])
    backend.log(`Reflection left out an edit: ${backend.mask(line)}`);
  const left = edits.edits.filter((edit) => !dropped.includes(edit));
  const proposals = await Promise.all(left.map((edit) => proposalOf(backend, work, edit)));
  const scale = answer.tokens ? answer.tokens.prompt / work.question.estimate : 0;
  const kept = await ledger.change((state) =>
    answered(state, id, owner, {
      answer: { tokens, proposals },
      now: backend.now(),
      scale: scale || state.scale,
    }),
  );
  await pay(tokens);
  if (!kept) return { kind: 'busy' };
  const done = await settle(backend, id, { tokens, proposals }, work.more);
  if (done.kind !== 'done') return done;
  const labels = [...new Set(dropped.map(({ block }) => block.label))];
  return { ...done, dropped: [...labels.map(changed), ...done.dropped] };
}

const LOST = 'lost';

const changed = (label: string): string => t('{0} was changed meanwhile: what was proposed for it was dropped.', label);

/** Edits of blocks that somebody has changed while the model thought. */
async function changedSince(backend: ReflectBackend, edits: readonly Edit[]): Promise<Edit[]> {
  if (edits.length === 0) return [];
  const now = new Map((await backend.blocks()).map(({ id, value }) => [id, value]));
  return edits.filter(({ block }) => now.get(block.id) !== block.value);
}

async function proposalOf(
  backend: ReflectBackend,
  { seen }: Work,
  { block, before, after, cites, why }: Edit,
): Promise<Proposal> {
  const verdict = await backend.judge({ label: block.label, before, after, seen });
  const applied = verdict.decision === 'mark' ? 'mark' : 'apply';
  return {
    label: block.label,
    before,
    after: verdict.masked,
    base: block.value,
    why: backend.mask([why, ...(verdict.decision === 'hold' ? verdict.reasons : [])].map(sentence).join(' ').trim()),
    cites: cites.map(citeOf),
    sources: seen.filter((source) => source !== 'person'),
    act: backend.apply() && verdict.decision !== 'hold' ? applied : 'wait',
  };
}

/** As a sentence; '' stays. */
function sentence(text: string): string {
  const bare = text.trim().replace(/\.+$/, '');
  return bare === '' ? '' : `${bare.charAt(0).toUpperCase()}${bare.slice(1)}.`;
}

function citeOf({ threadId, causeId, who, text }: Said): Cite {
  const flat = text.replace(/\s+/g, ' ');
  const quote = flat.length > QUOTE ? `${flat.slice(0, QUOTE - 1)}…` : flat;
  return { threadId, ...(causeId === undefined ? {} : { messageId: causeId }), who, quote };
}
