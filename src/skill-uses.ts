// Follows the turns of open threads: which skills they use, what they write, and what the person makes of it. Loaded with the hands.
import { randomUUID } from 'node:crypto';
import type { TurnEvent, TurnStart } from './agent/events.ts';
import { usedSkill } from './agent/receipt-keeper.ts';
import { changedAgents, type Rewritten } from './flows/corrections.ts';
import type { Evidence } from './flows/improve-skill.ts';
import type { Meant, SkillUsage } from './skills/usage.ts';

export interface SkillUsesDeps {
  usage: SkillUsage;
  /** The id of the skill that a name means; undefined: there is none. */
  idOf(name: string): Promise<string | undefined>;
  /** The person corrected what came of a skill. */
  corrected(skillId: string, evidence: readonly Evidence[]): Promise<void>;
  /** The person asked for something in an open thread, and the turn ended well. */
  asked(threadId: string, text: string, usedSkill: boolean): Promise<void>;
  counted(): void;
  log(line: string): void;
}

/** A file that stands otherwise than the agent left it. `path` absolute. */
export interface FoundChanged extends Omit<Rewritten, 'name'> {
  path: string;
  name: string;
}

/** Who undoes one change often undoes the next: what they show is looked at together. Milliseconds. */
const QUIET_MS = 4_000;

export class SkillUses {
  private readonly deps: SkillUsesDeps;
  /** By thread. */
  private readonly running = new Map<string, TurnUse>();
  private readonly gathered = new Map<string, { evidence: Evidence[]; timer: NodeJS.Timeout }>();
  /** One after the other, in the order in which they happened. */
  private tail: Promise<unknown> = Promise.resolve();

  constructor(deps: SkillUsesDeps) {
    this.deps = deps;
  }

  dispose(): void {
    for (const { timer } of this.gathered.values()) clearTimeout(timer);
    this.gathered.clear();
  }

  /** Resolves when all that happened until now is on disk. */
  settled(): Promise<unknown> {
    return this.tail;
  }

  /**
   * A turn of an open thread begins.
   * @param ran looks, once a turn that used skills is over, which files its commands have written; absolute paths
   */
  begin(threadId: string, start: TurnStart, ran: () => Promise<readonly string[]> = async () => []): TurnUse {
    const turn = new TurnUse(threadId, start, {
      used: (use, name) =>
        this.later(async () => {
          const skill = await this.deps.idOf(name);
          if (skill === undefined) return;
          await this.deps.usage.used({ threadId, turn: await this.idOf(use), skill, wrote: [...use.wrote] });
          this.deps.counted();
        }),
      corrected: (use, evidence) => this.later(async () => this.correct({ turn: await this.idOf(use) }, evidence)),
      ended: (use, well) => {
        const looked = use.usedSkill ? ran().then((paths) => use.write(paths)) : undefined;
        this.later(async () => {
          if (this.running.get(threadId) === use) this.running.delete(threadId);
          await looked;
          await this.deps.usage.ended({ turn: await this.idOf(use), well, wrote: [...use.wrote] });
          if (well && start.kind === 'message') await this.deps.asked(threadId, start.text, use.usedSkill);
        });
      },
    });
    this.running.set(threadId, turn);
    for (const { name } of (start.kind === 'message' && start.skills) || []) turn.used(name);
    return turn;
  }

  /** What goes on after an interruption is the turn that was interrupted. */
  private async idOf(use: TurnUse): Promise<string> {
    use.id ??= (await this.deps.usage.unfinished(use.threadId)) ?? randomUUID();
    return use.id;
  }

  /** The agent writes files in a thread's turn; undefined where it cannot be told in which. */
  wrote(threadId: string | undefined, paths: readonly string[]): void {
    if (threadId !== undefined) this.running.get(threadId)?.write(paths);
  }

  /** The person took changes of the agent back. `threadId`: whose they were, where that is known. */
  undone(
    threadId: string | undefined,
    files: readonly { path: string; name: string; base: string; wrote: string }[],
  ): void {
    const paths = files.map(({ path }) => path);
    const evidence = {
      what: `The person undid what the agent had done in ${files.map(({ name }) => name).join(', ')}.`,
      files: files.map(({ name, base, wrote }) => ({ name, before: base, after: wrote, now: base })),
    };
    this.later(async () => {
      const use = threadId === undefined ? undefined : this.running.get(threadId);
      const now = use && paths.some((path) => use.wrote.has(path));
      await this.correct(now ? { turn: await this.idOf(use) } : { threadId, paths }, evidence);
    });
  }

  /** Files were restored to how they were before the agent changed them. */
  restored(paths: readonly string[]): void {
    this.later(() => this.correct({ paths }, { what: 'The person restored files to before what the agent did.' }));
  }

  /** The person speaks again in a thread: what of its last turn's files stands otherwise. */
  spoke(threadId: string, found: readonly FoundChanged[]): void {
    const use = this.running.get(threadId);
    this.later(async () => {
      const turn = use ? await this.idOf(use) : '';
      await this.otherwise(threadId, found, turn);
      await this.deps.usage.next({ threadId, turn });
      this.deps.counted();
    });
  }

  /** Nobody has spoken in the thread since its last turn, and of its files these stand otherwise. Told again, it counts once. */
  changed(threadId: string, found: readonly FoundChanged[]): void {
    this.later(() => this.otherwise(threadId, found));
  }

  /** @param before the turn that has just begun */
  private async otherwise(threadId: string, found: readonly FoundChanged[], before?: string): Promise<void> {
    const files = found.filter(changedAgents);
    if (files.length === 0) return;
    const names = files.map(({ name }) => name).join(', ');
    const what = `The person changed what the agent had written in ${names}.`;
    const meant = { threadId, paths: files.map(({ path }) => path) };
    await this.correct({ ...meant, ...(before === undefined ? {} : { before }) }, { what, files });
  }

  private async correct(meant: Meant, evidence: Evidence): Promise<void> {
    const uses = await this.deps.usage.corrected(meant);
    if (uses.length === 0) return;
    this.deps.counted();
    for (const skill of new Set(uses.flatMap(({ skills }) => skills))) this.gather(skill, evidence);
  }

  private gather(skill: string, evidence: Evidence): void {
    const before = this.gathered.get(skill);
    clearTimeout(before?.timer);
    const all = [...(before?.evidence ?? []), evidence];
    const timer = setTimeout(() => {
      this.gathered.delete(skill);
      this.deps.corrected(skill, all).catch((error: unknown) => this.deps.log(String(error)));
    }, QUIET_MS);
    this.gathered.set(skill, { evidence: all, timer });
  }

  /** Nothing waits for it, and nothing fails with it. */
  private later(work: () => Promise<unknown>): void {
    this.tail = this.tail
      .then(work)
      .catch((error: unknown) => this.deps.log(`The use of a skill could not be noted: ${String(error)}`));
  }
}

interface Told {
  used(use: TurnUse, name: string): void;
  corrected(use: TurnUse, evidence: Evidence): void;
  ended(use: TurnUse, well: boolean): void;
}

/** One turn under way. */
export class TurnUse {
  readonly threadId: string;
  /** Undefined until it is known which turn goes on. */
  id: string | undefined;
  readonly wrote = new Set<string>();
  usedSkill = false;
  private readonly told: Told;
  private readonly corrections: Evidence[] = [];

  constructor(threadId: string, start: TurnStart, told: Told) {
    this.threadId = threadId;
    this.told = told;
    this.id = start.kind === 'message' ? (start.otid ?? randomUUID()) : undefined;
  }

  write(paths: readonly string[]): void {
    for (const path of paths) this.wrote.add(path);
  }

  event(event: TurnEvent): void {
    const name = event.type === 'tool' ? usedSkill(event.part) : undefined;
    if (name !== undefined) this.used(name);
    if (event.type !== 'ended') return;
    // By then the skills that it used are known, whichever came first.
    for (const evidence of this.corrections.splice(0)) this.told.corrected(this, evidence);
    this.told.ended(this, event.outcome.kind === 'done');
  }

  /** A skill is in this turn's context. */
  used(name: string): void {
    this.usedSkill = true;
    this.told.used(this, name);
  }

  /** @param what was refused, as its card says it */
  refused(what: string, why?: string): void {
    this.corrections.push({ what: `The person declined “${what}”.`, ...(why ? { why } : {}) });
  }

  /** The person changed proposals before they allowed them. */
  edited(files: readonly Rewritten[]): void {
    const names = files.map(({ name }) => name).join(', ');
    this.corrections.push({ what: `The person changed what was proposed for ${names} before they allowed it.`, files });
  }
}
