// The event stream of one run: numbered chunks that any number of readers follow, each at its own pace.

import type { JsonObject } from '../store/json.ts';
import type { Chunk } from '../store/stream-log.ts';
import type { RetryNotice } from './model-retry.ts';

/** Shorter than the idle limits of proxies and clients. */
const KEEPALIVE_MS = 20_000;
const DONE = 'data: [DONE]\n\n';
const encoder = new TextEncoder();

export function frame(chunk: Chunk): string {
  return chunk.event ? `event: ${chunk.event}\ndata: ${chunk.data}\n\n` : `data: ${chunk.data}\n\n`;
}

export interface ReadOptions {
  /** Only chunks numbered above this. */
  after: number;
  pings: boolean;
}

/** Where a reader gets chunks from: a run of this process, or the store for a run of another one. */
export interface ChunkSource {
  /** Chunks after `seq` that are there now. */
  read(seq: number): readonly Chunk[];
  /** True once nothing more will come. */
  ended(): boolean;
  /** Settles when there may be something new. */
  changed(signal: AbortSignal): Promise<void>;
}

export class RunStream implements ChunkSource {
  private readonly runId: string;
  private readonly chunks: Chunk[] = [];
  private seq = 0;
  private done = false;
  private waiting: (() => void)[] = [];

  constructor(runId: string) {
    this.runId = runId;
  }

  /** Numbers an event without showing it yet: what must be durable first. */
  stage(data: JsonObject, event?: 'error'): Chunk {
    this.seq += 1;
    const text = JSON.stringify({ ...data, seq_id: this.seq, run_id: this.runId });
    return event ? { seq: this.seq, event, data: text } : { seq: this.seq, data: text };
  }

  /** Shows staged events to the readers. */
  publish(chunks: readonly Chunk[]): void {
    if (this.done || chunks.length === 0) return;
    this.chunks.push(...chunks);
    this.wake();
  }

  end(): void {
    this.done = true;
    this.wake();
  }

  read(seq: number): readonly Chunk[] {
    const first = this.chunks[0];
    return first === undefined ? [] : this.chunks.slice(Math.max(0, seq - first.seq + 1));
  }

  ended(): boolean {
    return this.done;
  }

  changed(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** Server-sent events of a source, up to and including `[DONE]`. A reader that goes away stops nothing. */
export function eventStream(source: ChunkSource, runId: string, options: ReadOptions): ReadableStream<Uint8Array> {
  let seq = options.after;
  const gone = new AbortController();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          const ended = source.ended();
          const chunks = source.read(seq);
          const last = chunks.at(-1);
          if (last) seq = last.seq;
          const shown = options.pings
            ? chunks
            : chunks.filter((chunk) => !chunk.data.includes('"message_type":"ping"'));
          const text = shown.map(frame).join('') + (ended ? DONE : '');
          if (text !== '') controller.enqueue(encoder.encode(text));
          if (ended) return controller.close();
          if (text !== '' || gone.signal.aborted) return;
          if (!(await waitOrPing(source, gone.signal)) && options.pings && !gone.signal.aborted)
            return controller.enqueue(encoder.encode(frame({ seq, data: keepalive(runId, seq) })));
        }
      },
      cancel() {
        gone.abort();
      },
    },
    { highWaterMark: 1 },
  );
}

/** False when nothing came for as long as a reader should be left without a sign of life. */
async function waitOrPing(source: ChunkSource, signal: AbortSignal): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const quiet = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), KEEPALIVE_MS);
    timer.unref();
  });
  const result = await Promise.race([source.changed(signal).then(() => true as const), quiet]);
  clearTimeout(timer);
  return result;
}

function keepalive(runId: string, seq: number): string {
  return JSON.stringify({ ...pingBody(runId), seq_id: seq, run_id: runId });
}

export function pingBody(runId: string): JsonObject {
  return {
    id: runId.replace(/^run-/, 'ping-'),
    date: `${new Date().toISOString().slice(0, 19)}+00:00`,
    message_type: 'ping',
  };
}

/** A sign of life that says why it takes longer: clients that know nothing of it take it for any other ping. */
export function retryBody(runId: string, { attempt, maxAttempts, delayMs, message }: RetryNotice): JsonObject {
  return { ...pingBody(runId), retry: { attempt, max_attempts: maxAttempts, delay_ms: delayMs, message } };
}
