// One run: steps of model call and tools until there is nothing left to do, each step durable before it is announced.
import type { Prepared } from '../embeddings/embeddings.ts';
import { newId } from '../store/ids.ts';
import type { JsonObject } from '../store/json.ts';
import type { Message } from '../store/messages.ts';
import type { Chunk } from '../store/stream-log.ts';
import { callsOf, type SettledCall } from './approvals.ts';
import { parseArguments } from './arguments.ts';
import type { Audience } from './audience.ts';
import type { Context } from './context.ts';
import { audienceOf } from './kept-local.ts';
import { callModel, type ModelResult } from './model-call.ts';
import type { PlacedCall } from './own-tools.ts';
import { renderSkills } from './prompt.ts';
import { recompileKept } from './recompile.ts';
import { type LettaMessage, renderReturn, requestHead, toLettaMessages } from './render.ts';
import { RunJournal } from './run-journal.ts';
import { runOwnTools } from './run-own-tools.ts';
import { pingBody, RunStream, retryBody } from './run-stream.ts';
import { callOptionsOf } from './sampling.ts';
import { CANCELLED, endingChunks, finishRun, INTERRUPTED, LeaseLost, type Outcome, settleRun } from './settle.ts';
import { TokenSink } from './token-sink.ts';
import { offeredTools } from './tool-policy.ts';
import type { AllowedTools } from './tool-rules.ts';
import { ServerCallRunner } from './tool-run.ts';
import { runCalls } from './turn-calls.ts';
import { TurnRoom } from './turn-room.ts';
import { TurnRules } from './turn-rules.ts';
import { notAsked, outcomeOf, type RunEnd, stopReasonOf, type TurnDeps, type TurnSetup } from './turn-setup.ts';
import { UsageMeter } from './usage-meter.ts';

export class TurnRun {
  readonly id: string;
  readonly stream: RunStream;
  /** Settles when the run has ended, whichever way; never rejects. */
  readonly done: Promise<RunEnd>;
  private readonly setup: TurnSetup;
  private readonly deps: TurnDeps;
  private readonly abort = new AbortController();
  private readonly journal: RunJournal;
  private readonly room: TurnRoom;
  private readonly rules: TurnRules;
  private readonly messages: LettaMessage[] = [];
  private readonly usage = new UsageMeter();
  private ttftNs: number | null = null;
  private ended: RunEnd | undefined;
  private finish: (end: RunEnd) => void = () => {};

  constructor(setup: TurnSetup, deps: TurnDeps) {
    this.setup = setup;
    this.deps = deps;
    this.id = setup.run.id;
    this.stream = new RunStream(this.id);
    this.journal = new RunJournal(deps.store, setup.run, () => this.fence());
    this.rules = new TurnRules(deps.store, setup.agent, setup.run);
    this.journal.onFailure = (error) => this.fail(error);
    this.room = new TurnRoom(
      {
        owner: setup.run.owner,
        agent: setup.agent,
        handle: setup.handle,
        model: setup.model,
        window: setup.contextWindow,
        runId: this.id,
        maxOutputTokens: setup.modelSettings.max_output_tokens,
        isVisible: setup.request.compactionMessages,
      },
      {
        store: deps.store,
        compactor: deps.compactor,
        signal: this.abort.signal,
        fence: () => this.fence(),
        isEnded: () => this.ended !== undefined,
        stage: (message) => this.stageMessage(message),
        show: (chunks) => this.show(chunks),
        save: (chunks) => this.journal.saveChunks(chunks),
        publish: (chunks) => this.stream.publish(chunks),
        spent: (usage) => this.usage.spent(usage),
      },
    );
    this.done = new Promise((resolve) => {
      this.finish = resolve;
    });
  }

  /** Runs to the end. Called once. */
  async execute(): Promise<void> {
    try {
      if (this.setup.request.includePings) this.show([this.stream.stage(pingBody(this.id))]);
      if (await this.announceSettled()) return;
      while (!this.ended) await this.step();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Ends the run as cancelled; what was said is kept. */
  cancel(): void {
    this.abort.abort(new Error('cancelled'));
  }

  /** Ends the run at once since its process ends. Synchronous. */
  interrupt(): void {
    if (this.ended) return;
    const chunks = this.deps.store.write('durable', () => {
      this.fence();
      this.journal.savePartials();
      this.journal.saveChunks([]);
      return settleRun(this.deps.store, this.setup.run, INTERRUPTED, (data, event) => this.stream.stage(data, event));
    });
    this.close(INTERRUPTED, chunks);
    this.abort.abort(new Error('interrupted'));
  }

  /** Results of an answered request. True where a rule ends the turn with them. */
  private async announceSettled(): Promise<boolean> {
    const { settled, jobs, request, policy, run } = this.setup;
    const whole = !request.streamTokens;
    const at = { at: Date.now(), stepId: null, runId: run.id };
    const isOpen = ({ messageId }: SettledCall) => jobs.some((each) => each.messageId === messageId);
    const shown = settled.filter((result) => (whole || result.executed) && !isOpen(result));
    // Without tokens the client's own results are echoed, before those of the server.
    if (whole) shown.sort((a, b) => Number(a.executed) - Number(b.executed));
    const chunks = shown.flatMap(({ messageId, executed: _executed, ...result }) =>
      this.stageMessage(renderReturn({ ...at, id: messageId }, messageId, result)),
    );
    this.show(chunks);
    await this.runOpen(jobs);
    if (this.ended) return true;
    const [stopReason] = settled.flatMap((result) => (result.executed && policy.endsTurn(result)) || []);
    if (!stopReason) return false;
    const outcome: Outcome = { status: 'completed', stopReason, error: null };
    this.close(
      outcome,
      this.deps.store.write('durable', () => this.finishIn(outcome, [])),
    );
    return true;
  }

  private async step(): Promise<void> {
    const { request, handle, model, policy, run, vision } = this.setup;
    const { pictures } = this.deps;
    recompileKept(this.deps.store, this.setup.agent, run.owner);
    const all = offeredTools(this.deps.store, this.setup.agent, policy, request.clientTools);
    const allowed = this.rules.allowed(all.map(({ name }) => name));
    const tools = allowed ? all.filter(({ name }) => allowed.names.has(name)) : all;
    const obstacle = await this.room.before(
      () => this.context(),
      (now) => this.systemText(now.system),
      tools,
    );
    if (this.ended) return;
    const context = this.context();
    const stepId = newId('step');
    const messageId = newId('message');
    const at = { id: messageId, at: Date.now(), stepId, runId: run.id };
    const sink = new TokenSink(at, {
      show: (message) => this.show(this.stageMessage(message)),
      text: (kind, block, delta) => this.journal.addText({ messageId, stepId, block, kind, text: delta }),
      callBegins: () => this.journal.flush(),
      tokens: request.streamTokens,
    });
    const result =
      obstacle || this.abort.signal.aborted
        ? notAsked(obstacle)
        : await callModel(
            {
              model,
              name: handle,
              options: callOptionsOf(
                this.setup.modelSettings,
                this.systemText(context.system),
                pictures.shown(context.messages, handle, vision),
                tools,
                allowed?.forced,
              ),
              audience: this.audience(),
              takenIds: context.callIds,
              kindOf: (name) => policy.kindOf(name),
              oneCall: policy.oneCall,
              idleTimeoutMs: this.deps.idleTimeoutMs,
              signal: this.abort.signal,
              onRetry: (notice) => this.show([this.stream.stage(retryBody(this.id, notice))]),
            },
            sink,
          );
    if (this.ended) return;
    // Nothing was said and nothing is stored yet: with less in context, the step begins anew.
    if (result.error?.isOverflow && result.blocks.length === 0 && (await this.room.afterOverflow(result.error))) return;
    if (this.ended) return;
    const refusal = result.blocks.length === 0 && !result.aborted ? result.error : undefined;
    if (refusal && pictures.refusedBy(refusal, context.messages, handle, vision)) return;
    pictures.settle(context.messages, handle, !refusal && !result.aborted);
    this.usage.add(result.usage, context);
    const isFull = this.room.after(result.usage);
    if (result.firstPartMs !== undefined) this.ttftNs ??= Math.round(result.firstPartMs * 1_000_000);
    const outcome: Outcome | undefined = result.aborted
      ? CANCELLED
      : result.error
        ? { status: 'failed', stopReason: stopReasonOf(result.error.type), error: result.error.toRunError() }
        : undefined;
    const prepared = await this.deps.embeddings.prepareCalls(
      this.setup.agent,
      callsOf(result.blocks),
      this.setup.isLocal,
      this.abort.signal,
    );
    if (this.ended) return;
    const { held, open } = this.commit(at, result, outcome, isFull, prepared, allowed);
    await this.runOpen(open);
    if (!held || this.ended) return;
    if (isFull) await this.room.compact('post_step_context_check');
    if (this.ended) return;
    const ending = this.deps.store.write('durable', () => {
      this.fence();
      return this.finishIn(held, []);
    });
    this.close(held, ending);
  }

  private runOpen(placed: readonly PlacedCall[]): Promise<void> {
    return runOwnTools(placed, this.setup, this.deps, {
      signal: this.abort.signal,
      isEnded: () => this.ended !== undefined,
      fence: () => this.fence(),
      stage: (message) => this.stageMessage(message),
      show: (chunks) => this.show(chunks),
    });
  }

  private context(): Context {
    const { run, handle } = this.setup;
    const conversation = this.deps.store.conversations.get(run.owner);
    if (!conversation) throw new Error('The conversation was deleted.');
    return this.deps.contexts.get(conversation, handle, this.audience());
  }

  /** As it is now: the person may have closed a block to this model meanwhile. */
  private audience(): Audience {
    const { store, models } = this.deps;
    return audienceOf(store, models, this.setup.agent.id, this.setup.isLocal);
  }

  /**
   * Stores what the step said and did, runs its server tools, and ends the run where there is nothing left to do.
   * @param isFull the context has to be compacted before a turn that went well ends
   * @returns `held`: how the run ends, where that is left to the caller; `open`: calls that are yet to run
   */
  private commit(
    at: { id: string; at: number; stepId: string; runId: string },
    result: ModelResult,
    failed: Outcome | undefined,
    isFull: boolean,
    prepared: Prepared,
    allowed: AllowedTools | undefined,
  ): { held: Outcome | undefined; open: PlacedCall[] } {
    const { agent, request, handle, run, contextWindow, returnChars, policy } = this.setup;
    const { store } = this.deps;
    const whole = !request.streamTokens;
    const base = { agentId: agent.id, owner: run.owner, runId: run.id, stepId: at.stepId, model: handle };
    // A client call whose arguments are no JSON is answered here: the client could do nothing with it.
    const requests = result.requests.filter((call) => parseArguments(call.arguments));
    const malformed = result.requests.filter((call) => !requests.includes(call));
    const blocks = [...result.blocks, ...malformed.map((call) => ({ type: 'tool_call' as const, call }))];
    const staged: Chunk[] = [];
    let outcome = failed;
    let isHeld = false;
    let open: PlacedCall[] = [];
    // Words alone are safe from a kill when they are told, and from a power cut a second later.
    const ending = store.write(requests.length + callsOf(blocks).length === 0 ? 'relaxed' : 'durable', () => {
      this.fence();
      const body = { role: 'assistant' as const, blocks };
      if (blocks.length > 0) {
        const n = store.messages.append({ ...base, id: at.id, body });
        if (whole) staged.push(...this.stageAll({ n, id: at.id, at: at.at, ...base, body }));
      }
      const calls = callsOf(blocks);
      if (requests.length > 0) {
        const id = requestHead(at).id;
        const meta = Object.keys(result.requestMeta).length > 0 ? { meta: result.requestMeta } : {};
        const requestBody = { role: 'request' as const, calls: requests, ...meta };
        const n = store.messages.append({ ...base, id, body: requestBody });
        if (whole) staged.push(...this.stageAll({ n, id, at: at.at, ...base, body: requestBody }));
        outcome ??= { status: 'completed', stopReason: 'requires_approval', error: null };
      } else {
        const { embeddings, ownTools } = this.deps;
        const runner = new ServerCallRunner(
          { store, agent, runId: run.id, audience: this.audience(), recall: embeddings.recall, prepared },
          returnChars,
          policy.clientNames,
          ownTools,
          allowed?.names,
        );
        const ran = runCalls(store, calls, base, runner, (message) => this.stageMessage(message));
        staged.push(...ran.chunks);
        open = ran.open;
      }
      const isLast = this.usage.steps >= request.maxSteps;
      outcome ??= outcomeOf(result, calls, policy, isLast);
      if (!isLast && this.rules.demandsMore(outcome)) outcome = undefined;
      store.runs.putStep({
        id: at.stepId,
        runId: run.id,
        agentId: agent.id,
        status: failed ? failed.status : 'success',
        stopReason: outcome?.stopReason ?? null,
        model: handle,
        usage: result.usage,
        error: failed?.error ?? null,
        contextWindowLimit: contextWindow,
        createdAt: at.at,
        completedAt: Date.now(),
      });
      store.conversations.touch(run.owner, Date.now());
      this.journal.dropPartials();
      isHeld = (isFull || open.length > 0) && !failed && requests.length === 0 && outcome?.status === 'completed';
      if (outcome && !isHeld) return this.finishIn(outcome, staged);
      this.journal.saveChunks(staged);
      return undefined;
    });
    if (outcome && ending) this.close(outcome, ending);
    else this.stream.publish(staged);
    return { held: isHeld ? outcome : undefined, open };
  }

  /** Inside a transaction: ends the run with it. Returns the last events, to be shown once it is committed. */
  private finishIn(outcome: Outcome, staged: readonly Chunk[]): Chunk[] {
    const stage = (data: JsonObject, event?: 'error') => this.stream.stage(data, event);
    const chunks = [...staged, ...endingChunks(outcome, this.id, stage, this.usage.report(this.setup))];
    this.journal.saveChunks(chunks);
    finishRun(this.deps.store, this.setup.run, { ...outcome, usage: this.usage.total, ttftNs: this.ttftNs });
    return chunks;
  }

  private close(outcome: Outcome, chunks: readonly Chunk[]): void {
    this.ended = { ...outcome, messages: this.messages, usage: this.usage.report(this.setup) };
    this.journal.stop();
    this.stream.publish(chunks);
    this.stream.end();
    this.finish(this.ended);
  }

  /** Something broke on our side. The run must end all the same, and its conversation must be free. */
  private fail(error: unknown): void {
    if (this.ended) return;
    const { store, log } = this.deps;
    this.abort.abort(error);
    const message = error instanceof Error ? error.message : String(error);
    log(`Run ${this.id} failed: ${error instanceof Error ? (error.stack ?? message) : message}`);
    const outcome: Outcome = {
      status: 'failed',
      stopReason: 'error',
      error: { error_type: 'internal_error', message, detail: message },
    };
    const stage = (data: JsonObject, event?: 'error') => this.stream.stage(data, event);
    let chunks: Chunk[];
    try {
      if (error instanceof LeaseLost) throw error;
      chunks = store.write('durable', () => {
        this.fence();
        this.journal.savePartials();
        this.journal.saveChunks([]);
        return settleRun(store, this.setup.run, outcome, stage);
      });
    } catch {
      // The store cannot be written, or the run is another process's: the readers of this process still learn of the end.
      chunks = endingChunks(outcome, this.id, stage);
    }
    this.close(outcome, chunks);
  }

  private fence(): void {
    if (!this.deps.store.leases.holds(this.setup.run.owner, this.deps.owner, this.id))
      throw new LeaseLost('Another window has taken this conversation over.');
  }

  private systemText(compiled: string): string {
    const { request } = this.setup;
    const skills = renderSkills(request.clientSkills);
    return request.overrideSystem ?? (skills === '' ? compiled : `${compiled}\n\n${skills}`);
  }

  /** Numbered, unless the request asked for other kinds of message only. */
  private stageMessage(message: LettaMessage): Chunk[] {
    const { onlyTypes, streaming } = this.setup.request;
    if (onlyTypes && !onlyTypes.has(message.message_type)) return [];
    if (!streaming) this.messages.push(message);
    return [this.stream.stage(message)];
  }

  private stageAll(message: Omit<Message, 'otid' | 'createdAt'> & { at: number }): Chunk[] {
    const stored = { ...message, otid: null, createdAt: message.at };
    return toLettaMessages(stored).flatMap((variant) => this.stageMessage(variant));
  }

  private show(chunks: Chunk[]): void {
    this.stream.publish(chunks);
    this.journal.addChunks(chunks);
  }
}
