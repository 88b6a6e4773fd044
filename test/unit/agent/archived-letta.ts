// A Letta server of the archived kind, small and in memory: it accepts every send with 200 and says inside the stream
// what it refuses, stores nothing of a turn that failed, answers a send it knows by the run it led to, and reads cursors by
// time.
import { connect } from '../../../src/letta/connection.ts';

export interface ScriptedCall {
  id: string;
  name: string;
  /** JSON, or whatever a model may write. */
  args: string;
  /** The server runs it by itself. */
  server?: string;
}

export interface ScriptedStep {
  reasoning?: string;
  text?: string;
  calls?: ScriptedCall[];
  /** The model fails, after what stands above. */
  fail?: { type: string; message: string };
  /** The connection breaks after that many events; the run goes on. */
  breakAfter?: number;
  /** Waits before the text is said, for as long as this promise is pending. */
  hold?: Promise<void>;
}

interface Stored {
  [field: string]: unknown;
  id: string;
}
interface Run {
  id: string;
  otid: string | undefined;
  status: string;
  stop_reason: string | null;
  conversation_id: string;
  metadata: Record<string, unknown>;
  events: Record<string, unknown>[];
  ended: boolean;
  wake: (() => void)[];
}

interface Approval {
  type: string;
  tool_call_id: string;
  approve?: boolean;
  reason?: string;
  tool_return?: string;
  status?: string;
}
interface Sent {
  type?: string;
  role?: string;
  otid?: string;
  content?: { type: string; text: string }[];
  approvals?: Approval[];
}

export class ArchivedLetta {
  readonly messages: Stored[] = [];
  readonly runs: Run[] = [];
  /** Bodies of every send, refused ones included. */
  readonly sends: { messages: Sent[]; client_tools: { name: string }[]; [field: string]: unknown }[] = [];
  readonly asked: string[] = [];
  readonly blocks: Record<string, string> = { human: '', project: '' };
  /** What is told of the agent; none of its tools needs an approval. */
  readonly agent = {
    id: 'agent-1',
    system: 'You are an agent made elsewhere.\n{CORE_MEMORY}\nBe brief.',
    tools: ['memory_insert', 'core_memory_append', 'archival_memory_search'].map((name) => ({
      name,
      description: `Does ${name}.`,
      json_schema: { name, parameters: { type: 'object', properties: { label: { type: 'string' } } } },
    })),
  };
  private readonly script: ScriptedStep[];
  private pending: ScriptedCall[] = [];
  private cancelled = false;
  private count = 0;

  constructor(script: ScriptedStep[]) {
    this.script = script;
  }

  get connection() {
    return connect({ kind: 'selfHosted', url: 'http://letta.test', fetch: (i, init) => this.fetch(i, init) });
  }

  /** As after a kill of the client: these calls wait for an answer. */
  leavePending(calls: ScriptedCall[]): void {
    this.pending = calls;
    this.store({ message_type: 'approval_request_message', tool_calls: calls.map(wire) });
  }

  get waiting(): string[] {
    return this.pending.map((call) => call.id);
  }

  private store(message: Record<string, unknown>): void {
    const id = `message-${++this.count}`;
    this.messages.push({ id, date: new Date(this.count * 1_000).toISOString(), ...message });
  }

  private async fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const url = new URL(input instanceof Request ? input.url : input);
    const method = init?.method ?? 'GET';
    const path = url.pathname.replace(/\/$/, '');
    this.asked.push(`${method} ${path}`);
    const body = typeof init?.body === 'string' ? JSON.parse(init.body) : {};
    if (method === 'POST' && path.endsWith('/messages')) return this.send(body, path.split('/')[3] ?? '', init?.signal);
    if (method === 'POST' && path.endsWith('/stream')) return this.resume(path, body);
    if (method === 'POST' && path.endsWith('/cancel')) return this.cancel();
    if (method === 'POST' && path.endsWith('/recompile')) return Response.json('prompt');
    if (path.endsWith('/messages')) return this.list(url);
    if (path === '/v1/runs') return Response.json(this.runs.slice(-1));
    if (path.startsWith('/v1/runs/')) return Response.json(this.runs.find((r) => path.endsWith(r.id)) ?? null);
    if (path.endsWith('/core-memory/blocks')) {
      return Response.json(
        Object.entries(this.blocks).map(([label, value]) => ({ id: `block-${label}`, label, value })),
      );
    }
    if (method === 'GET' && /\/agents\/[\w-]+$/.test(path)) return Response.json(this.agent);
    const label = /core-memory\/blocks\/(\w+)$/.exec(path)?.[1];
    if (label) return Response.json({ id: `block-${label}`, label, value: this.blocks[label] ?? '' });
    return Response.json({ detail: 'Not found' }, { status: 404 });
  }

  private list(url: URL): Response {
    const limit = Number(url.searchParams.get('limit') ?? 100);
    const after = url.searchParams.get('after');
    const before = url.searchParams.get('before');
    let rows = this.messages;
    if (after) rows = rows.slice(rows.findIndex((m) => m.id === after) + 1);
    if (before)
      rows = rows.slice(
        0,
        rows.findIndex((m) => m.id === before),
      );
    return Response.json(rows.slice(-limit).reverse());
  }

  private cancel(): Response {
    const run = this.runs.at(-1);
    if (!run || run.ended) return Response.json({ detail: 'No active runs to cancel' }, { status: 409 });
    this.cancelled = true;
    for (const wake of run.wake.splice(0)) wake();
    return Response.json({ [run.id]: 'cancelled' });
  }

  private send(body: ArchivedLetta['sends'][number], conversation: string, signal?: AbortSignal | null): Response {
    this.sends.push(body);
    const otid = body.messages[0]?.otid;
    // A name that is known brings its run back, ended or not.
    const same = this.runs.find((run) => run.otid === otid);
    if (same) return this.stream(same, 0, signal ?? undefined);
    const run: Run = {
      id: `run-${this.runs.length + 1}`,
      otid,
      status: 'running',
      stop_reason: null,
      conversation_id: conversation,
      metadata: {},
      events: [],
      ended: false,
      wake: [],
    };
    this.runs.push(run);
    this.cancelled = false;
    const breakAfter = this.script[0]?.breakAfter;
    void this.work(run, body);
    return this.stream(run, 0, signal ?? undefined, breakAfter);
  }

  private resume(path: string, body: { starting_after?: number; run_id?: string }): Response {
    const run = this.runs.find((r) => path.includes(r.id)) ?? this.runs.at(-1);
    if (!run) return Response.json({ detail: 'No active runs found' }, { status: 400 });
    return this.stream(run, body.starting_after ?? 0);
  }

  private stream(run: Run, after: number, signal?: AbortSignal, breakAfter?: number): Response {
    const encoder = new TextEncoder();
    let next = after;
    let given = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        for (;;) {
          if (signal?.aborted) return controller.error(signal.reason);
          if (breakAfter !== undefined && given >= breakAfter) return controller.error(new TypeError('terminated'));
          const event = run.events[next];
          if (event) {
            next++;
            given++;
            const named = event.message_type === 'error_message' ? 'event: error\n' : '';
            const numbered = event.message_type === 'stop_reason' ? event : { ...event, seq_id: next, run_id: run.id };
            controller.enqueue(encoder.encode(`${named}data: ${JSON.stringify(numbered)}\n\n`));
            return;
          }
          if (run.ended) return controller.close();
          await new Promise<void>((resolve) => run.wake.push(resolve));
        }
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  }

  private say(run: Run, event: Record<string, unknown>): void {
    run.events.push(event);
    for (const wake of run.wake.splice(0)) wake();
  }

  private end(
    run: Run,
    status: string,
    reason: string,
    error?: { type: string; message: string; detail?: string },
  ): void {
    run.status = status;
    run.stop_reason = reason;
    this.say(run, { message_type: 'stop_reason', stop_reason: reason });
    if (error) {
      const frame = { error_type: error.type, message: error.message, detail: error.detail ?? '' };
      run.metadata = { error: frame };
      this.say(run, { message_type: 'error_message', ...frame });
    } else this.say(run, { message_type: 'usage_statistics', prompt_tokens: 1, completion_tokens: 1, run_ids: null });
    run.ended = true;
    for (const wake of run.wake.splice(0)) wake();
  }

  private async work(run: Run, body: ArchivedLetta['sends'][number]): Promise<void> {
    this.say(run, { message_type: 'ping', id: 'ping-1' });
    await Promise.resolve();
    const approval = body.messages.find((m) => m.type === 'approval');
    const users = body.messages.filter((m) => m.role === 'user');
    const refusal = this.refusal(approval, users.length > 0);
    if (refusal) {
      return this.end(run, 'failed', 'error', {
        type: 'internal_error',
        message: 'An error occurred',
        detail: refusal,
      });
    }
    const kept: Record<string, unknown>[] = [];
    if (approval) kept.push(...this.results(run, approval.approvals ?? []));
    for (const user of users) {
      kept.push({ message_type: 'user_message', content: user.content, otid: user.otid });
    }
    const step = this.script.shift() ?? { text: 'The script is empty.' };
    const id = `live-${run.id}`;
    if (step.reasoning) {
      this.say(run, { message_type: 'reasoning_message', id, otid: `${id}-0`, reasoning: step.reasoning });
      kept.push({ message_type: 'reasoning_message', otid: `${id}-0`, reasoning: step.reasoning });
    }
    if (step.hold) await Promise.race([step.hold, new Promise<void>((resolve) => run.wake.push(resolve))]);
    if (step.hold && !this.cancelled) await step.hold;
    if (this.cancelled) return this.end(run, 'cancelled', 'cancelled');
    for (const delta of step.text?.match(/[\s\S]{1,7}/g) ?? []) {
      this.say(run, { message_type: 'assistant_message', id, otid: `${id}-1`, content: delta });
    }
    if (step.text) kept.push({ message_type: 'assistant_message', otid: `${id}-1`, content: step.text });
    if (step.fail) return this.end(run, 'failed', 'error', step.fail);
    const asked = (step.calls ?? []).filter((call) => call.server === undefined);
    for (const call of step.calls ?? []) kept.push(...this.call(run, call));
    for (const message of kept) this.store(message);
    if (asked.length > 0) {
      this.pending = asked;
      this.store({ message_type: 'approval_request_message', tool_calls: asked.map(wire) });
    } else if (approval) this.pending = [];
    this.end(run, 'completed', asked.length > 0 ? 'requires_approval' : 'end_turn');
  }

  private refusal(approval: Sent | undefined, user: boolean): string | undefined {
    const ids = (approval?.approvals ?? []).map((a) => a.tool_call_id).sort();
    const expected = this.waiting.sort();
    if (!approval && user && expected.length > 0) {
      return 'CONFLICT: Cannot send a new message: The agent is waiting for approval on a tool call.';
    }
    if (approval && expected.length === 0) return 'No tool call is currently awaiting approval.';
    if (approval && ids.join() !== expected.join()) {
      return `Invalid tool call IDs. Expected '${expected.join()}', but received '${ids.join()}'`;
    }
    return undefined;
  }

  private results(run: Run, approvals: Approval[]): Record<string, unknown>[] {
    return approvals.flatMap((approval) => {
      const call = this.pending.find((c) => c.id === approval.tool_call_id);
      const response = { message_type: 'approval_response_message', approvals: [approval] };
      const returned = (text: string, status: string) => ({
        message_type: 'tool_return_message',
        name: call?.name,
        tool_call_id: approval.tool_call_id,
        tool_return: text,
        status,
      });
      if (approval.type === 'tool')
        return [response, returned(approval.tool_return ?? '', approval.status ?? 'success')];
      if (!approval.approve) return [response, returned(`Error: denied. ${approval.reason}`, 'error')];
      const message = returned(this.memory(call), 'success');
      this.say(run, message);
      return [response, message];
    });
  }

  private memory(call: ScriptedCall | undefined): string {
    const args = JSON.parse(call?.args ?? '{}') as { label: string; new_string: string };
    const value = [this.blocks[args.label], args.new_string].filter(Boolean).join('\n');
    this.blocks[args.label] = value;
    return value;
  }

  private call(run: Run, call: ScriptedCall): Record<string, unknown>[] {
    const type = call.server === undefined ? 'approval_request_message' : 'tool_call_message';
    const id = `call-${run.id}`;
    const first = { name: call.name, tool_call_id: call.id, arguments: null };
    this.say(run, { message_type: type, id, otid: id, tool_call: first, tool_calls: first });
    for (const delta of call.args.match(/[\s\S]{1,5}/g) ?? []) {
      const chunk = { name: null, tool_call_id: null, arguments: delta };
      this.say(run, { message_type: type, id, otid: id, tool_call: chunk, tool_calls: chunk });
    }
    if (call.server === undefined) return [];
    const returned = {
      message_type: 'tool_return_message',
      tool_call_id: call.id,
      tool_return: call.server,
      status: 'success',
    };
    this.say(run, returned);
    return [{ message_type: 'tool_call_message', tool_call: wire(call) }, returned];
  }
}

const wire = (call: ScriptedCall) => ({ name: call.name, tool_call_id: call.id, arguments: call.args });
